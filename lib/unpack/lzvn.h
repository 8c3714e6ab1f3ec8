/* SPDX-License-Identifier: MIT
 *
 * LZVN, one of the compressions of files on HFS+ and APFS: opcodes that give literals, and matches at
 * a distance that the next opcode may take over. */
#ifndef RMN_UNPACK_LZVN_H
#define RMN_UNPACK_LZVN_H

#include "base/bytes.h"

/* Decodes into plain, at most plain_size bytes, and says how many.  Less than the caller expects:
 * the packed bytes are damaged or cut. */
size_t rmn_lzvn_decode(struct rmn_bytes packed, unsigned char *plain, size_t plain_size);

#endif
