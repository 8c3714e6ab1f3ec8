/* SPDX-License-Identifier: MIT
 *
 * The hashes that formats are built on (FIPS 180-4, RFC 2104), by libcrypto.  Each function gives false
 * without memory or where the library refuses the hash; digest then holds nothing of use. */
#ifndef RMN_BASE_DIGEST_H
#define RMN_BASE_DIGEST_H

#include "base/bytes.h"

enum rmn_digest_kind {RMN_SHA1, RMN_SHA256, RMN_SHA384, RMN_SHA512};

#define RMN_SHA1_BYTES 20u
#define RMN_DIGEST_MAX 64u	/* bytes of the longest */

size_t rmn_digest_bytes(enum rmn_digest_kind kind);

/* Of first and, right behind it, second; digest may be one of them. */
bool rmn_digest_pair(enum rmn_digest_kind kind, struct rmn_bytes first, struct rmn_bytes second,
    unsigned char *digest);

/* Replaces digest, rounds times, by the hash of the round's number (32 bits, little-endian, from 0) and
 * itself: how passwords become keys slowly. */
bool rmn_digest_spin(enum rmn_digest_kind kind, uint32_t rounds, unsigned char *digest);

bool rmn_digest_hmac(enum rmn_digest_kind kind, struct rmn_bytes key, struct rmn_bytes bytes,
    unsigned char *code);

#endif
