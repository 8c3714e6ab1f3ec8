/* SPDX-License-Identifier: MIT
 *
 * Names as archives store them: most formats do not say in which encoding. */
#ifndef RMN_UNPACK_NAME_H
#define RMN_UNPACK_NAME_H

#include "base/buf.h"
#include "base/bytes.h"

/* Replaces the content of name by stored as UTF-8 in NFC: UTF-8 when it is valid; EUC-JP or CP932
 * when it decodes cleanly to Japanese; else CP1252.  Stops at the first NUL.  The buffer says
 * whether memory sufficed (rmn_buf.failed). */
void rmn_unpack_name(struct rmn_bytes stored, struct rmn_buf *name);

#endif
