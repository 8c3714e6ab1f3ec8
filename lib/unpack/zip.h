/* SPDX-License-Identifier: MIT
 *
 * Zip as documents use it: any part by its number, in any order, fast.  For archives that people
 * made see unpack.h; this knows no AES, no volumes and no method but "stored" and "deflated".
 *
 * A directory that is damaged or gone is rebuilt from the local headers, so that the front half
 * of an overwritten .docx still gives its parts. */
#ifndef RMN_UNPACK_ZIP_H
#define RMN_UNPACK_ZIP_H

#include "base/blob.h"
#include "base/sink.h"
#include "base/status.h"

struct rmn_zip_entry {
	struct rmn_bytes name;		/* as stored; borrowed from the zip */
	uint64_t header_offset;		/* of the local header, in the content */
	uint64_t packed_bytes;		/* UINT64_MAX: not known (rebuilt, streamed by the writer) */
	uint64_t size_bytes;		/* as declared; UINT64_MAX: not known */
	struct rmn_bytes comment;	/* as stored; of the directory */
	struct rmn_bytes unicode_name;	/* UTF-8, where a writer gave both; else empty */
	int64_t modified;		/* base/time.h */
	uint32_t crc;
	uint16_t method;
	uint16_t flags;
	bool is_encrypted;
};

struct rmn_zip;

/* Opens content, which must outlive the zip; entries live in the arena.  RMN_OK with a whole
 * directory; RMN_PARTIAL when it was rebuilt; RMN_CORRUPT when there is no entry at all, and
 * *zip is then NULL. */
enum rmn_status rmn_zip_open(struct rmn_blob *content, struct rmn_arena *arena,
    struct rmn_zip **zip, struct rmn_error *error);

/* The same, but RMN_CORRUPT when the directory is not whole: nothing is rebuilt. */
enum rmn_status rmn_zip_open_whole(struct rmn_blob *content, struct rmn_arena *arena,
    struct rmn_zip **zip, struct rmn_error *error);
void rmn_zip_close(struct rmn_zip *zip);	/* takes NULL */

size_t rmn_zip_count(const struct rmn_zip *zip);

/* Of the archive, as stored; empty when the directory was rebuilt. */
struct rmn_bytes rmn_zip_comment(const struct rmn_zip *zip);

const struct rmn_zip_entry *rmn_zip_entry(const struct rmn_zip *zip, size_t index);

/* Starts reading one entry; at most limit_bytes come out, then RMN_LIMIT.  One entry at a time:
 * starting the next ends the one before.  RMN_ENCRYPTED, RMN_UNSUPPORTED (method),
 * RMN_CORRUPT (no local header there). */
enum rmn_status rmn_zip_begin(struct rmn_zip *zip, const struct rmn_zip_entry *entry,
    uint64_t limit_bytes, struct rmn_error *error);

/* The next piece of it, borrowed until the next call: RMN_OK with at least one byte, RMN_END, or
 * why there is no more (RMN_CORRUPT: stream or CRC).  Everything that could be inflated before
 * the damage comes out first. */
enum rmn_status rmn_zip_piece(struct rmn_zip *zip, struct rmn_bytes *piece,
    struct rmn_error *error);

/* Hands one entry on as a member; its bytes come through rmn_zip_begin and rmn_zip_piece. */
enum rmn_status rmn_zip_member(struct rmn_zip *zip, const struct rmn_zip_entry *entry,
    const struct rmn_sink *sink);

#endif
