/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define ROUND_BYTES 4u

static const struct {
	const EVP_MD *(*hash)(void);
	size_t size;
} kinds[] = {
	[RMN_SHA1] = {EVP_sha1, RMN_SHA1_BYTES},
	[RMN_SHA256] = {EVP_sha256, 32},
	[RMN_SHA384] = {EVP_sha384, 48},
	[RMN_SHA512] = {EVP_sha512, 64},
};

size_t
rmn_digest_bytes(enum rmn_digest_kind kind)
{
	return kinds[kind].size;
}

bool
rmn_digest_pair(enum rmn_digest_kind kind, struct rmn_bytes first, struct rmn_bytes second,
    unsigned char *digest)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool is_done = context &&
	    EVP_DigestInit_ex(context, kinds[kind].hash(), NULL) == 1 &&
	    EVP_DigestUpdate(context, first.data, first.size) == 1 &&
	    EVP_DigestUpdate(context, second.data, second.size) == 1 &&
	    EVP_DigestFinal_ex(context, digest, NULL) == 1;

	EVP_MD_CTX_free(context);
	return is_done;
}

/* The hash is fetched once and its context used again: the rounds are what takes the time. */
bool
rmn_digest_spin(enum rmn_digest_kind kind, uint32_t rounds, unsigned char *digest)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_MD *hash = EVP_MD_fetch(NULL, EVP_MD_get0_name(kinds[kind].hash()), NULL);
	unsigned char bytes[ROUND_BYTES + RMN_DIGEST_MAX];
	size_t size = kinds[kind].size;
	bool is_done = context && hash;

	memcpy(bytes + ROUND_BYTES, digest, size);
	for (uint32_t i = 0; is_done && i < rounds; i++) {
		for (unsigned at = 0; at < ROUND_BYTES; at++)
			bytes[at] = (unsigned char)(i >> (8 * at));
		is_done = EVP_DigestInit_ex2(context, i == 0 ? hash : NULL, NULL) == 1 &&
		    EVP_DigestUpdate(context, bytes, ROUND_BYTES + size) == 1 &&
		    EVP_DigestFinal_ex(context, bytes + ROUND_BYTES, NULL) == 1;
	}
	memcpy(digest, bytes + ROUND_BYTES, size);
	EVP_MD_free(hash);
	EVP_MD_CTX_free(context);
	return is_done;
}

bool
rmn_digest_hmac(enum rmn_digest_kind kind, struct rmn_bytes key, struct rmn_bytes bytes,
    unsigned char *code)
{
	unsigned size = 0;

	return key.size <= INT32_MAX && HMAC(kinds[kind].hash(), key.data,
	    (int)key.size, bytes.data, bytes.size, code, &size) && size == kinds[kind].size;
}
