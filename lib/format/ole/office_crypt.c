/* SPDX-License-Identifier: MIT */
#include "format/ole/office_crypt.h"

#include <string.h>

#define FLAG_AES 0x20u
#define ALGORITHM_RC4 0x6801u
#define ALGORITHM_AES_128 0x660Eu	/* and 192 and 256 behind it */
#define ALGORITHM_AES_256 0x6610u
#define HASH_SHA1 0x8004u
#define SALT_BYTES 16u
#define KEY_BITS_OLD 40u		/* as exported; also where no size is said */
#define KEY_BYTES_OLD 16u		/* what a key of so few bits is padded to */
#define KEY_BITS_MAX 128u
#define BLOCK_NUMBER_BYTES 4u

struct rmn_bytes
rmn_password_units(const char *password, unsigned char units[RMN_PASSWORD_UNITS_BYTES])
{
	size_t size = 0;

	for (; *password != '\0' && size < RMN_PASSWORD_UNITS_BYTES; size += 2) {
		units[size] = (unsigned char)*password++;
		units[size + 1] = 0;
	}
	return (struct rmn_bytes){units, size};
}

void
rmn_password_give(struct rmn_text *text, struct rmn_arena *arena, const char *password)
{
	rmn_text_property_plain(text, arena, RMN_PROPERTY_OTHER, "default_password",
	    rmn_bytes_from_string(password));
}

/* Key sizes must fit the algorithm; 0 says the usual one. */
static void
cipher_settle(struct rmn_office_crypt *crypt, uint32_t flags, uint32_t algorithm, uint32_t hash)
{
	bool is_aes = (algorithm >= ALGORITHM_AES_128 && algorithm <= ALGORITHM_AES_256) ||
	    (algorithm == 0 && (flags & FLAG_AES));

	if (hash != 0 && hash != HASH_SHA1)
		return;
	if (is_aes) {
		uint32_t fitting = algorithm == 0 ? 128 :
		    128 + (algorithm - ALGORITHM_AES_128) * 64;

		if (crypt->key_bits == 0)
			crypt->key_bits = fitting;
		if (crypt->key_bits == fitting)
			crypt->cipher = RMN_CIPHER_AES;
	} else if (algorithm == 0 || algorithm == ALGORITHM_RC4) {
		if (crypt->key_bits == 0)
			crypt->key_bits = KEY_BITS_OLD;
		if (crypt->key_bits >= KEY_BITS_OLD && crypt->key_bits <= KEY_BITS_MAX &&
		    crypt->key_bits % 8 == 0)
			crypt->cipher = RMN_CIPHER_RC4;
	}
}

bool
rmn_office_crypt_read(struct rmn_cursor *c, struct rmn_office_crypt *crypt)
{
	uint32_t size, flags, extra, algorithm, hash, salt_size, proof_size;
	struct rmn_bytes header;
	struct rmn_cursor h;

	*crypt = (struct rmn_office_crypt){.cipher = RMN_CIPHER_UNKNOWN};
	if (!rmn_cursor_le32(c, &flags) || !rmn_cursor_le32(c, &size) ||
	    !rmn_cursor_take(c, size, &header))
		return false;
	h = rmn_cursor_over(header);
	if (!rmn_cursor_le32(&h, &flags) || !rmn_cursor_le32(&h, &extra) ||
	    !rmn_cursor_le32(&h, &algorithm) || !rmn_cursor_le32(&h, &hash) ||
	    !rmn_cursor_le32(&h, &crypt->key_bits))
		return false;
	cipher_settle(crypt, flags, algorithm, hash);
	if (!rmn_cursor_le32(c, &salt_size) || salt_size != SALT_BYTES ||
	    !rmn_cursor_take(c, SALT_BYTES, &crypt->salt) ||
	    !rmn_cursor_take(c, RMN_VERIFIER_BYTES, &crypt->verifier) ||
	    !rmn_cursor_le32(c, &proof_size) || proof_size != RMN_SHA1_BYTES)
		return false;
	crypt->proof = rmn_bytes_after(c->bytes, c->offset);
	return crypt->proof.size >= RMN_SHA1_BYTES;
}

bool
rmn_cryptoapi_block(struct rmn_cryptoapi *keys, uint32_t block)
{
	unsigned char number[BLOCK_NUMBER_BYTES], digest[RMN_DIGEST_MAX];
	size_t size = keys->key_bytes;

	for (unsigned i = 0; i < BLOCK_NUMBER_BYTES; i++)
		number[i] = (unsigned char)(block >> (8 * i));
	if (!rmn_digest_pair(RMN_SHA1, (struct rmn_bytes){keys->base, sizeof(keys->base)},
	    (struct rmn_bytes){number, sizeof(number)}, digest))
		return false;
	if (size == KEY_BITS_OLD / 8) {
		memset(digest + size, 0, KEY_BYTES_OLD - size);
		size = KEY_BYTES_OLD;
	}
	rmn_rc4_start(&keys->rc4, (struct rmn_bytes){digest, size});
	return true;
}

bool
rmn_cryptoapi_open(struct rmn_cryptoapi *keys, const struct rmn_office_crypt *crypt,
    const char *password)
{
	unsigned char units[RMN_PASSWORD_UNITS_BYTES], digest[RMN_DIGEST_MAX];
	unsigned char plain[RMN_VERIFIER_BYTES + RMN_SHA1_BYTES];

	if (crypt->cipher != RMN_CIPHER_RC4)
		return false;
	keys->key_bytes = crypt->key_bits / 8;
	if (!rmn_digest_pair(RMN_SHA1, crypt->salt, rmn_password_units(password, units), digest))
		return false;
	memcpy(keys->base, digest, sizeof(keys->base));
	if (!rmn_cryptoapi_block(keys, 0))
		return false;
	memcpy(plain, crypt->verifier.data, RMN_VERIFIER_BYTES);
	memcpy(plain + RMN_VERIFIER_BYTES, crypt->proof.data, RMN_SHA1_BYTES);
	rmn_rc4_apply(&keys->rc4, plain, sizeof(plain));
	return rmn_digest_pair(RMN_SHA1, (struct rmn_bytes){plain, RMN_VERIFIER_BYTES},
	    (struct rmn_bytes){NULL, 0}, digest) &&
	    memcmp(plain + RMN_VERIFIER_BYTES, digest, RMN_SHA1_BYTES) == 0;
}
