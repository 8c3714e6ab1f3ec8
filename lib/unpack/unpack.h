/* SPDX-License-Identifier: MIT
 *
 * Archives and compressed streams: everything libarchive reads, and what is left of a zip or gzip
 * whose container is gone.  Limits are kept by the caller (examine/); this only streams. */
#ifndef RMN_UNPACK_UNPACK_H
#define RMN_UNPACK_UNPACK_H

#include "base/blob.h"
#include "base/buf.h"
#include "base/sink.h"
#include "base/status.h"

/* Before the sandbox (see unpack/prepare.h): takes what libarchive would look up on disk, and sets
 * the time zone to UTC, in which DOS times are read.  Else the first archive does it. */
enum rmn_status rmn_unpack_prepare(struct rmn_error *error);

/* Reads content as an archive (seekable, so that a zip's central directory is used) and hands each
 * member to sink->member.  Names are in NFC; those that are not UTF-8 are taken as CP932 or EUC-JP
 * when that decodes cleanly to Japanese, else CP1252.  member.raw_name has the stored bytes when
 * the name differs from them.  A lone compressed stream gives one member, whose name is empty when
 * the stream has none: rmn_unpack_inner_name says what to call it.  Encrypted members are handed
 * on with is_encrypted and no data; RMN_ENCRYPTED when not even names can be read.  RMN_PARTIAL
 * when the archive or a member of it is damaged: what could be read was handed on, and members
 * behind a damaged one too where the format leads to them.  RMN_CORRUPT: nothing could be read.
 * *format_name (static text) says what it was ("zip").
 *
 * Archives that make libarchive loop or crash are known (docs/formats/archives.md): to be called
 * in a process that may die. */
enum rmn_status rmn_unpack_archive(struct rmn_blob *content, const struct rmn_sink *sink,
    const char **format_name, struct rmn_error *error);

/* What a lone compressed stream in a file of this name holds: "a.tar.gz" -> "a.tar",
 * "a.tgz" -> "a.tar", "a" -> "a".  Borrows from name, or appends to *buffer. */
struct rmn_bytes rmn_unpack_inner_name(struct rmn_bytes name, struct rmn_buf *buffer);

/* True when the first bytes look like an archive or a compressed stream that rmn_unpack_archive
 * reads; *format_name as above.  8 KiB suffice (tar needs 512), but for ISO 9660, whose
 * descriptor stands at 32 KiB: it is claimed only when head has 32776 bytes or more. */
bool rmn_unpack_claim(struct rmn_bytes head, const char **format_name);

/* Looks for an archive that does not start where content does: in or behind a program that unpacks
 * itself (zip, rar, 7z, cab, lha, arj), a zip behind anything, and ISO 9660, whose descriptors stand at
 * 32 KiB.  head is the start of content.  *offset is where it begins, 0 for a zip (it counts from its
 * end).  For content that rmn_unpack_claim does not claim. */
bool rmn_unpack_find(struct rmn_blob *content, struct rmn_bytes head, uint64_t *offset,
    const char **format_name);

/* Looks through bytes of unclaimed space (or a damaged archive) for what can still be inflated when
 * the container is gone: zip members by their local headers (deflated, or stored and whole), gzip
 * streams, PDF streams with FlateDecode (but not those of pictures, fonts and cross-reference tables).
 * Each that gives at least 16 bytes is handed on as a member named after its stored name or
 * "deflate@N" (N: offset of the data), with container_offset set; encrypted zip members without
 * data.  A broken stream gives what it gave up to the damage, then RMN_CORRUPT from the reader.
 * limit_bytes bounds the output of one (then RMN_LIMIT from the reader); deflate itself bounds
 * the ratio at 1,032.  What was read is stepped over, so that nothing comes twice.  RMN_LIMIT
 * when the headers overlap so much that inflating them all would take more than 16 times the
 * input: the rest was not looked at. */
enum rmn_status rmn_unpack_residue(struct rmn_bytes bytes, uint64_t limit_bytes,
    const struct rmn_sink *sink, struct rmn_error *error);

#endif
