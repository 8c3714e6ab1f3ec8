/* SPDX-License-Identifier: MIT
 *
 * Hashes: SHA-256 (FIPS 180-4, libcrypto) for evidence, keyed BLAKE2b (RFC 7693, libsodium)
 * for values, so that two findings can be compared without keeping what was found. */
#ifndef RMN_BASE_HASH_H
#define RMN_BASE_HASH_H

#include "base/bytes.h"

#define RMN_SHA256_BYTES 32
#define RMN_VALUE_HASH_BYTES 16
#define RMN_VALUE_KEY_BYTES 32

struct rmn_sha256;

/* NULL when out of memory.  After finish the object starts anew. */
struct rmn_sha256 *rmn_sha256_new(void);
void rmn_sha256_free(struct rmn_sha256 *hash);	/* takes NULL */
void rmn_sha256_update(struct rmn_sha256 *hash, const void *data, size_t size);
void rmn_sha256_finish(struct rmn_sha256 *hash, unsigned char digest[RMN_SHA256_BYTES]);

void rmn_sha256_once(struct rmn_bytes bytes, unsigned char digest[RMN_SHA256_BYTES]);

#define RMN_MD5_BYTES 16

/* MD5, for old formats that are built on it; zeros where the library refuses it. */
void rmn_md5_once(struct rmn_bytes bytes, unsigned char digest[RMN_MD5_BYTES]);

/* The value hash under the case's own key: equal values of one case have equal hashes, and
 * without the key a phone number cannot be found by trying all of them. */
void rmn_value_hash(const unsigned char key[RMN_VALUE_KEY_BYTES], struct rmn_bytes value,
    unsigned char hash[RMN_VALUE_HASH_BYTES]);

#define RMN_TABLE_KEY_BYTES 16

/* SipHash-2-4, for tables in memory that remember values of evidence: under a random key nobody can make
 * values that have the same hash. */
uint64_t rmn_table_hash(const unsigned char key[RMN_TABLE_KEY_BYTES], struct rmn_bytes value);

/* size random bytes from the system. */
void rmn_random(void *data, size_t size);

/* Lower-case hexadecimal and a NUL: text has 2 * size + 1 bytes. */
void rmn_hex(const unsigned char *data, size_t size, char *text);

#endif
