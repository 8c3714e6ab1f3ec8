/* SPDX-License-Identifier: MIT
 *
 * Archives and compressed streams: everything libarchive reads, and what is left of a zip or gzip
 * whose container is gone.  Limits are kept by the caller (examine/); this only streams. */
#ifndef RMN_UNPACK_UNPACK_H
#define RMN_UNPACK_UNPACK_H

#include "base/blob.h"
#include "base/sink.h"
#include "base/status.h"

/* Reads content as an archive (seekable, so that a zip's central directory is used) and hands each
 * member to sink->member.  Names that are not UTF-8 are taken as CP932 when that decodes cleanly
 * with Japanese text, else CP1252; member.raw_name then has the stored bytes.  Encrypted members
 * are handed on with is_encrypted and no data.  RMN_PARTIAL when the archive is damaged: members
 * before the damage were handed on.  *format_name (static text) says what it was ("zip"). */
enum rmn_status rmn_unpack_archive(struct rmn_blob *content, const struct rmn_sink *sink,
    const char **format_name, struct rmn_error *error);

/* True when the first bytes (up to 8 KiB; tar needs 512) look like an archive or a compressed
 * stream that rmn_unpack_archive reads; *format_name as above. */
bool rmn_unpack_claim(struct rmn_bytes head, const char **format_name);

/* Looks through bytes of unclaimed space (or a damaged archive) for deflate streams that can
 * still be inflated: zip local file headers, gzip headers, PDF FlateDecode streams.  Each that
 * gives at least 16 bytes is handed on as a member named after its stored name or "deflate@N";
 * limit_bytes bounds the output of one. */
enum rmn_status rmn_unpack_residue(struct rmn_bytes bytes, uint64_t limit_bytes,
    const struct rmn_sink *sink, struct rmn_error *error);

#endif
