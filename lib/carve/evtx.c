/* SPDX-License-Identifier: MIT
 *
 * Windows event logs: a header of 4 KiB, then chunks of 64 KiB with CRCs over their headers and their
 * records (libyal's documentation of the format, sections 2 and 3). */
#include <string.h>

#include "base/number.h"
#include "carve/window.h"
#include "unpack/checksum.h"

#define HEADER_BYTES 4096u
#define CHUNK_BYTES 65536u
#define CHUNK_HEAD_BYTES 512u
#define CHUNKS_MAX 65535u

static bool
chunk_fits(struct rmn_window *w, uint64_t at)
{
	struct rmn_bytes chunk = rmn_window_bytes(w, at, CHUNK_BYTES);
	const unsigned char *p = chunk.data;
	uint32_t end;

	if (chunk.size < CHUNK_BYTES || memcmp(p, "ElfChnk", 8) != 0)
		return false;
	end = rmn_le32(p + 48);
	return end >= CHUNK_HEAD_BYTES && end <= CHUNK_BYTES &&
	    rmn_crc32(rmn_crc32(0, p, 120), p + 128, CHUNK_HEAD_BYTES - 128) ==
	    rmn_le32(p + 124) &&
	    rmn_crc32(0, p + CHUNK_HEAD_BYTES, end - CHUNK_HEAD_BYTES) == rmn_le32(p + 52);
}

/* Chunks that were never used are zeros. */
static bool
chunk_is_empty(struct rmn_window *w, uint64_t at)
{
	struct rmn_bytes chunk = rmn_window_bytes(w, at, CHUNK_BYTES);

	for (size_t i = 0; i < CHUNK_BYTES && i < chunk.size; i++)
		if (chunk.data[i])
			return false;
	return chunk.size >= CHUNK_BYTES;
}

void
rmn_walk_evtx(const struct rmn_view *view, struct rmn_carve_tools *tools, struct rmn_proven *proven)
{
	struct rmn_window w;
	struct rmn_bytes head;
	uint64_t at = HEADER_BYTES;
	uint32_t chunks;
	bool is_dirty;

	*proven = (struct rmn_proven){0};
	rmn_window_init(&w, view, tools, &tools->buffer);
	head = rmn_window_bytes(&w, 0, 128);
	if (head.size < 128 || memcmp(head.data, "ElfFile", 8) != 0 ||
	    rmn_le16(head.data + 40) != HEADER_BYTES ||
	    rmn_crc32(0, head.data, 120) != rmn_le32(head.data + 124))
		return;
	chunks = rmn_le16(head.data + 42);
	/* A log that was not closed may have more than it says. */
	is_dirty = (rmn_le32(head.data + 120) & 1) != 0;
	for (uint32_t i = 0; i < CHUNKS_MAX && (i < chunks || is_dirty); i++, at += CHUNK_BYTES) {
		if (chunk_fits(&w, at))
			continue;
		if (i >= chunks)
			break;
		if (!chunk_is_empty(&w, at)) {
			rmn_proven_break(view, proven, at, at + CHUNK_BYTES - 1);
			return;
		}
	}
	rmn_proven_end(view, proven, RMN_PROOF_CHECKSUM, at);
}
