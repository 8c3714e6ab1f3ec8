/* SPDX-License-Identifier: MIT */
#include "base/aes.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/limits.h"

struct rmn_aes {
	EVP_CIPHER_CTX *context;
};

static const EVP_CIPHER *
cipher_of(size_t key_bytes, bool is_chained)
{
	switch (key_bytes) {
	case 16:
		return is_chained ? EVP_aes_128_cbc() : EVP_aes_128_ecb();
	case 24:
		return is_chained ? EVP_aes_192_cbc() : EVP_aes_192_ecb();
	case 32:
		return is_chained ? EVP_aes_256_cbc() : EVP_aes_256_ecb();
	default:
		return NULL;
	}
}

struct rmn_aes *
rmn_aes_new(struct rmn_bytes key, bool is_chained)
{
	const EVP_CIPHER *cipher = cipher_of(key.size, is_chained);
	struct rmn_aes *aes = cipher ? calloc(1, sizeof(*aes)) : NULL;

	if (!aes)
		return NULL;
	aes->context = EVP_CIPHER_CTX_new();
	if (!aes->context ||
	    EVP_DecryptInit_ex(aes->context, cipher, NULL, key.data, NULL) != 1 ||
	    EVP_CIPHER_CTX_set_padding(aes->context, 0) != 1) {
		rmn_aes_free(aes);
		return NULL;
	}
	return aes;
}

void
rmn_aes_free(struct rmn_aes *aes)
{
	if (!aes)
		return;
	EVP_CIPHER_CTX_free(aes->context);
	free(aes);
}

bool
rmn_aes_decrypt(struct rmn_aes *aes, const unsigned char *vector, struct rmn_bytes from,
    unsigned char *to)
{
	int got = 0;

	if (from.size > RMN_GIB || from.size % RMN_AES_BLOCK_BYTES != 0)
		return false;
	return EVP_DecryptInit_ex(aes->context, NULL, NULL, NULL, vector) == 1 &&
	    EVP_DecryptUpdate(aes->context, to, &got, from.data, (int)from.size) == 1 &&
	    (size_t)got == from.size;
}
