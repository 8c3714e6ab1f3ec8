/* SPDX-License-Identifier: MIT
 *
 * LHA archives (.lzh), which Japan used until about 2010.  Our own reader: libarchive 3.6 rejects
 * names in CP932 without a code page, and a quarter of fragglet/lhasa's collection. */
#ifndef RMN_UNPACK_LHA_H
#define RMN_UNPACK_LHA_H

#include "base/blob.h"
#include "base/sink.h"

/* As rmn_unpack_archive. */
enum rmn_status rmn_unpack_lha(struct rmn_blob *content, const struct rmn_sink *sink,
    struct rmn_error *error);

#endif
