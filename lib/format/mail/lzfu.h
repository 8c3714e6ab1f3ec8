/* SPDX-License-Identifier: MIT
 *
 * Compressed RTF ([MS-OXRTFCP]), as Outlook keeps bodies in PidTagRtfCompressed. */
#ifndef RMN_FORMAT_LZFU_H
#define RMN_FORMAT_LZFU_H

#include "base/arena.h"
#include "base/status.h"

/* The RTF, in the arena or borrowed.  RMN_PARTIAL: the CRC is wrong or the end is missing, rtf holds
 * what came out.  RMN_CORRUPT: no such stream. */
enum rmn_status rmn_lzfu_unpack(struct rmn_bytes packed, struct rmn_arena *arena,
    struct rmn_bytes *rtf, struct rmn_error *error);

#endif
