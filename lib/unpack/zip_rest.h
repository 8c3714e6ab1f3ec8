/* SPDX-License-Identifier: MIT
 *
 * Zips that people made, with what libarchive leaves of them: most by our own reader, all comments. */
#ifndef RMN_UNPACK_ZIP_REST_H
#define RMN_UNPACK_ZIP_REST_H

#include "base/blob.h"
#include "base/sink.h"

/* Whether an end record with entries stands at the end, and the directory before it. */
bool zip_end_is_there(struct rmn_blob *content);

/* The comments of the archive and of its members as text. */
enum rmn_status rmn_zip_comments(struct rmn_blob *content, const struct rmn_sink *sink);

/* Hands on the members by our own reader (unpack/zip.h), which steps over a damaged one.  only_plain:
 * nothing is handed on unless the directory is whole (RMN_CORRUPT) and knows no methods but "stored"
 * and "deflated" (RMN_UNSUPPORTED).  RMN_PARTIAL when any member is damaged, or the directory had to be
 * rebuilt. */
enum rmn_status rmn_zip_members(struct rmn_blob *content, bool only_plain,
    const struct rmn_sink *sink, struct rmn_error *error);

#endif
