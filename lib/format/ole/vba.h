/* SPDX-License-Identifier: MIT
 *
 * Source text of VBA projects (MS-OVBA): Excel's _VBA_PROJECT_CUR, Word's Macros, vbaProject.bin of
 * OOXML packages, and what PowerPoint keeps deflated. */
#ifndef RMN_FORMAT_VBA_H
#define RMN_FORMAT_VBA_H

#include "base/buf.h"
#include "format/ole/cfb.h"
#include "format/text.h"

/* Gives every module of the project below storage (0: the root), which is the one that holds "VBA";
 * each is a RMN_PART_MACRO named after its stream.  RMN_OK also where there is no project; RMN_PARTIAL
 * or RMN_LIMIT when something could not be read, and what could was given. */
enum rmn_status rmn_vba_give(struct rmn_cfb *cfb, uint32_t storage, struct rmn_text *text,
    struct rmn_error *error);

/* The same for a file of its own (vbaProject.bin), as bytes. */
enum rmn_status rmn_vba_file_give(struct rmn_bytes file, struct rmn_arena *arena,
    struct rmn_text *text, struct rmn_error *error);

/* Decompresses a CompressedContainer (MS-OVBA 2.4.1) and appends what comes out, which may be all of it
 * or what stands before the damage: false then, and when out's cap is reached. */
bool rmn_vba_decompress(struct rmn_bytes container, struct rmn_buf *out);

#endif
