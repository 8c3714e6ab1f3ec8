/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

struct rmn_sha256 {
	EVP_MD_CTX *context;
};

struct rmn_sha256 *
rmn_sha256_new(void)
{
	struct rmn_sha256 *hash = calloc(1, sizeof(*hash));

	if (!hash)
		return NULL;
	hash->context = EVP_MD_CTX_new();
	if (!hash->context || EVP_DigestInit_ex(hash->context, EVP_sha256(), NULL) != 1) {
		rmn_sha256_free(hash);
		return NULL;
	}
	return hash;
}

void
rmn_sha256_free(struct rmn_sha256 *hash)
{
	if (!hash)
		return;
	EVP_MD_CTX_free(hash->context);
	free(hash);
}

void
rmn_sha256_update(struct rmn_sha256 *hash, const void *data, size_t size)
{
	EVP_DigestUpdate(hash->context, data, size);
}

void
rmn_sha256_finish(struct rmn_sha256 *hash, unsigned char digest[RMN_SHA256_BYTES])
{
	EVP_DigestFinal_ex(hash->context, digest, NULL);
	EVP_DigestInit_ex(hash->context, NULL, NULL);
}

void
rmn_sha256_once(struct rmn_bytes bytes, unsigned char digest[RMN_SHA256_BYTES])
{
	EVP_Digest(bytes.data, bytes.size, digest, NULL, EVP_sha256(), NULL);
}

void
rmn_md5_once(struct rmn_bytes bytes, unsigned char digest[RMN_MD5_BYTES])
{
	memset(digest, 0, RMN_MD5_BYTES);
	EVP_Digest(bytes.data, bytes.size, digest, NULL, EVP_md5(), NULL);
}

void
rmn_value_hash(const unsigned char key[RMN_VALUE_KEY_BYTES], struct rmn_bytes value,
    unsigned char hash[RMN_VALUE_HASH_BYTES])
{
	crypto_generichash(hash, RMN_VALUE_HASH_BYTES, value.data, value.size, key,
	    RMN_VALUE_KEY_BYTES);
}

uint64_t
rmn_table_hash(const unsigned char key[RMN_TABLE_KEY_BYTES], struct rmn_bytes value)
{
	unsigned char hash[crypto_shorthash_BYTES];

	_Static_assert(crypto_shorthash_KEYBYTES == RMN_TABLE_KEY_BYTES, "the key of SipHash");
	crypto_shorthash(hash, value.data, value.size, key);
	return rmn_le64(hash);
}

void
rmn_random(void *data, size_t size)
{
	randombytes_buf(data, size);
}

void
rmn_hex(const unsigned char *data, size_t size, char *text)
{
	sodium_bin2hex(text, 2 * size + 1, data, size);
}
