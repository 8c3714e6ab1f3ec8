/* SPDX-License-Identifier: MIT
 *
 * MD4: the vectors of RFC 1320, and lengths around the end of a block. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "format/ole/md4.h"

static void
expect(const char *text, const char *hex)
{
	unsigned char digest[RMN_MD4_BYTES];
	char found[2 * RMN_MD4_BYTES + 1];

	rmn_md4(rmn_bytes_from_string(text), digest);
	rmn_hex(digest, sizeof(digest), found);
	assert_string_equal(found, hex);
}

static void
test_vectors(void **state)
{
	(void)state;
	expect("", "31d6cfe0d16ae931b73c59d7e0c089c0");
	expect("a", "bde52cb31de33e46245e05fbdbd6fb24");
	expect("abc", "a448017aaf21d8525fc10ae87aa6729d");
	expect("message digest", "d9130a8164549fe818874806e1c7014b");
	expect("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
	    "043f8582f241db351ce627e153e7f0e4");
	expect("12345678901234567890123456789012345678901234567890123456789012345678901234567890",
	    "e33b4ddc9c38f2199c3e7b164fcc0536");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
