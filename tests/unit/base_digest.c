/* SPDX-License-Identifier: MIT
 *
 * Hashes and AES against published vectors (FIPS 180-4, FIPS 197, RFC 4231, SP 800-38A). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/aes.h"
#include "base/digest.h"
#include "base/hash.h"

static const struct rmn_bytes nothing = {NULL, 0};

static void
expect(const unsigned char *bytes, size_t size, const char *hex)
{
	char found[2 * RMN_DIGEST_MAX + 1];

	rmn_hex(bytes, size, found);
	assert_string_equal(found, hex);
}

static void
test_hashes(void **state)
{
	static const struct {
		enum rmn_digest_kind kind;
		const char *hex;
	} rows[] = {
		{RMN_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{RMN_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{RMN_SHA384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
		    "8086072ba1e7cc2358baeca134c825a7"},
		{RMN_SHA512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
		    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
	};
	unsigned char digest[RMN_DIGEST_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(rmn_digest_pair(rows[i].kind, rmn_bytes_from_string("abc"), nothing,
		    digest));
		expect(digest, rmn_digest_bytes(rows[i].kind), rows[i].hex);
		assert_true(rmn_digest_pair(rows[i].kind, rmn_bytes_from_string("a"),
		    rmn_bytes_from_string("bc"), digest));
		expect(digest, rmn_digest_bytes(rows[i].kind), rows[i].hex);
	}
}

static void
test_rounds(void **state)
{
	unsigned char spun[RMN_DIGEST_MAX], step[RMN_DIGEST_MAX];
	unsigned char number[4] = {0};

	(void)state;
	assert_true(rmn_digest_pair(RMN_SHA512, rmn_bytes_from_string("abc"), nothing, spun));
	memcpy(step, spun, sizeof(step));
	assert_true(rmn_digest_spin(RMN_SHA512, 0, spun));
	assert_memory_equal(spun, step, sizeof(spun));
	assert_true(rmn_digest_spin(RMN_SHA512, 300, spun));
	for (unsigned i = 0; i < 300; i++) {
		number[0] = (unsigned char)i;
		number[1] = (unsigned char)(i >> 8);
		assert_true(rmn_digest_pair(RMN_SHA512, (struct rmn_bytes){number, 4},
		    (struct rmn_bytes){step, sizeof(step)}, step));
	}
	assert_memory_equal(spun, step, sizeof(spun));
}

static void
test_hmac(void **state)
{
	unsigned char code[RMN_DIGEST_MAX];

	(void)state;
	assert_true(rmn_digest_hmac(RMN_SHA512, rmn_bytes_from_string("Jefe"),
	    rmn_bytes_from_string("what do ya want for nothing?"), code));
	expect(code, 64, "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
	    "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
}

static void
test_aes(void **state)
{
	static const unsigned char key[] = {0x2B, 0x7E, 0x15, 0x16, 0x28, 0xAE, 0xD2, 0xA6, 0xAB,
	    0xF7, 0x15, 0x88, 0x09, 0xCF, 0x4F, 0x3C};
	static const unsigned char vector[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
	static const unsigned char single[] = {0x3A, 0xD7, 0x7B, 0xB4, 0x0D, 0x7A, 0x36, 0x60, 0xA8,
	    0x9E, 0xCA, 0xF3, 0x24, 0x66, 0xEF, 0x97};
	static const unsigned char chained[] = {0x76, 0x49, 0xAB, 0xAC, 0x81, 0x19, 0xB2, 0x46, 0xCE,
	    0xE9, 0x8E, 0x9B, 0x12, 0xE9, 0x19, 0x7D};
	struct rmn_aes *ecb = rmn_aes_new((struct rmn_bytes){key, 16}, false);
	struct rmn_aes *cbc = rmn_aes_new((struct rmn_bytes){key, 16}, true);
	unsigned char plain[16];

	(void)state;
	assert_null(rmn_aes_new((struct rmn_bytes){key, 15}, true));
	assert_non_null(ecb);
	assert_non_null(cbc);
	for (unsigned i = 0; i < 2; i++) {	/* each time anew */
		assert_true(rmn_aes_decrypt(ecb, NULL, (struct rmn_bytes){single, 16}, plain));
		expect(plain, 16, "6bc1bee22e409f96e93d7e117393172a");
		assert_true(rmn_aes_decrypt(cbc, vector, (struct rmn_bytes){chained, 16}, plain));
		expect(plain, 16, "6bc1bee22e409f96e93d7e117393172a");
	}
	assert_false(rmn_aes_decrypt(ecb, NULL, (struct rmn_bytes){single, 15}, plain));
	rmn_aes_free(ecb);
	rmn_aes_free(cbc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_rounds),
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_aes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
