/* SPDX-License-Identifier: MIT
 *
 * MD4 (RFC 1320), by which Office names its pictures: here it only tells whether one is whole. */
#ifndef RMN_FORMAT_MD4_H
#define RMN_FORMAT_MD4_H

#include "base/bytes.h"

#define RMN_MD4_BYTES 16

void rmn_md4(struct rmn_bytes bytes, unsigned char digest[RMN_MD4_BYTES]);

#endif
