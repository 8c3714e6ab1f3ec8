/* SPDX-License-Identifier: MIT
 *
 * Which kind of encryption it is, and the standard one (2.3.4.5 to 2.3.4.9). */
#include "format/ole/package_key.h"

#include <string.h>

#include "base/aes.h"
#include "format/ole/office_crypt.h"

#define MAJOR_AGILE 4u
#define MINOR_AGILE 4u
#define MINOR_STANDARD 2u
#define ROUNDS 50000u
#define PROOF_BYTES 32u			/* SHA-1 in whole blocks */
#define MIX_BYTES 64u

/* The hash, mixed into a block of one byte value, and hashed (2.3.4.7). */
static bool
half_make(const unsigned char *hash, unsigned char fill, unsigned char *half)
{
	unsigned char mixed[MIX_BYTES];

	memset(mixed, fill, sizeof(mixed));
	for (size_t i = 0; i < RMN_SHA1_BYTES; i++)
		mixed[i] ^= hash[i];
	return rmn_digest_pair(RMN_SHA1, (struct rmn_bytes){mixed, sizeof(mixed)},
	    (struct rmn_bytes){NULL, 0}, half);
}

static bool
key_make(const struct rmn_office_crypt *crypt, const char *password, struct rmn_package_key *key)
{
	static const unsigned char block[4] = {0};
	unsigned char units[RMN_PASSWORD_UNITS_BYTES], hash[RMN_DIGEST_MAX];
	unsigned char halves[2 * RMN_SHA1_BYTES];

	key->key_bytes = crypt->key_bits / 8;
	if (!rmn_digest_pair(RMN_SHA1, crypt->salt, rmn_password_units(password, units), hash) ||
	    !rmn_digest_spin(RMN_SHA1, ROUNDS, hash) ||
	    !rmn_digest_pair(RMN_SHA1, (struct rmn_bytes){hash, RMN_SHA1_BYTES},
	    (struct rmn_bytes){block, sizeof(block)}, hash) || !half_make(hash, 0x36, halves) ||
	    !half_make(hash, 0x5C, halves + RMN_SHA1_BYTES))
		return false;
	memcpy(key->key, halves, key->key_bytes);
	return true;
}

/* A number and its hash are encrypted with the key. */
static bool
key_open(const struct rmn_office_crypt *crypt, const struct rmn_package_key *key, bool *fits)
{
	struct rmn_aes *aes = rmn_aes_new((struct rmn_bytes){key->key, key->key_bytes}, false);
	unsigned char number[RMN_VERIFIER_BYTES], proof[PROOF_BYTES], hash[RMN_DIGEST_MAX];
	bool is_done = aes && rmn_aes_decrypt(aes, NULL, crypt->verifier, number) &&
	    rmn_aes_decrypt(aes, NULL, rmn_bytes_head(crypt->proof, PROOF_BYTES), proof) &&
	    rmn_digest_pair(RMN_SHA1, (struct rmn_bytes){number, sizeof(number)},
	    (struct rmn_bytes){NULL, 0}, hash);

	*fits = is_done && memcmp(hash, proof, RMN_SHA1_BYTES) == 0;
	rmn_aes_free(aes);
	return is_done;
}

enum rmn_status
rmn_package_key_standard(struct rmn_bytes info, const char *password, struct rmn_package_key *key,
    struct rmn_error *error)
{
	struct rmn_cursor c = rmn_cursor_over(info);
	struct rmn_office_crypt crypt;
	bool fits;

	if (!rmn_office_crypt_read(&c, &crypt) || crypt.cipher != RMN_CIPHER_AES ||
	    crypt.proof.size < PROOF_BYTES)
		return rmn_fail(error, RMN_ENCRYPTED, "encrypted in a way that is not read");
	if (!key_make(&crypt, password, key) || !key_open(&crypt, key, &fits))
		return rmn_fail(error, RMN_LIMIT, "no memory to decrypt");
	return fits ? RMN_OK : RMN_ENCRYPTED;
}

enum rmn_status
rmn_package_key_find(struct rmn_bytes info, struct rmn_arena *arena, struct rmn_package_key *key,
    struct rmn_error *error)
{
	static const char *const passwords[] = {RMN_EXCEL_PASSWORD, RMN_POWERPOINT_PASSWORD};
	struct rmn_cursor c = rmn_cursor_over(info);
	enum rmn_status status = RMN_ENCRYPTED;
	uint16_t major, minor;

	if (!rmn_cursor_le16(&c, &major) || !rmn_cursor_le16(&c, &minor))
		return rmn_fail(error, RMN_ENCRYPTED, "encrypted; nothing says how");
	info = rmn_bytes_after(info, c.offset);
	*key = (struct rmn_package_key){.is_agile = major == MAJOR_AGILE && minor == MINOR_AGILE};
	for (size_t i = 0; i < sizeof(passwords) / sizeof(passwords[0]) &&
	    status == RMN_ENCRYPTED; i++) {
		key->password = passwords[i];
		if (key->is_agile)
			status = rmn_package_key_agile(info, arena, passwords[i], key, error);
		else if (minor == MINOR_STANDARD)
			status = rmn_package_key_standard(info, passwords[i], key, error);
	}
	return status == RMN_ENCRYPTED ? rmn_fail(error, RMN_ENCRYPTED,
	    "the document is protected by a password") : status;
}
