/* SPDX-License-Identifier: MIT
 *
 * AES (FIPS 197), decryption only, by libcrypto: blocks one by one (ECB) or chained (CBC, SP 800-38A),
 * without padding. */
#ifndef RMN_BASE_AES_H
#define RMN_BASE_AES_H

#include "base/bytes.h"

#define RMN_AES_BLOCK_BYTES 16u

struct rmn_aes;

/* A key of 16, 24 or 32 bytes.  NULL for other sizes and without memory. */
struct rmn_aes *rmn_aes_new(struct rmn_bytes key, bool is_chained);
void rmn_aes_free(struct rmn_aes *aes);		/* takes NULL */

/* Decrypts whole blocks, at most 1 GiB; to may be from.  vector has one block, and is not looked at
 * where blocks are not chained.  False without memory. */
bool rmn_aes_decrypt(struct rmn_aes *aes, const unsigned char *vector, struct rmn_bytes from,
    unsigned char *to);

#endif
