/* SPDX-License-Identifier: MIT
 *
 * 7z (7zFormat.txt): a start header with the place, size and CRC of the end header, and nothing behind it.
 * What lies between has checksums that only unpacking shows. */
#include "base/checked.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "carve/window.h"
#include "unpack/checksum.h"

#define START_BYTES 32u
/* The largest honest end header seen has some MiB: names of a million files. */
#define END_MAX (256 * RMN_MIB)

struct start {
	uint64_t next_offset, next_bytes;
	uint32_t next_crc;
};

static bool
start_read(struct rmn_bytes bytes, struct start *s)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint8_t major, minor;
	uint32_t crc;

	return rmn_cursor_skip(&c, 6) && rmn_cursor_u8(&c, &major) && rmn_cursor_u8(&c, &minor) &&
	    rmn_cursor_le32(&c, &crc) && rmn_cursor_le64(&c, &s->next_offset) &&
	    rmn_cursor_le64(&c, &s->next_bytes) && rmn_cursor_le32(&c, &s->next_crc) &&
	    major == 0 && rmn_crc32(0, bytes.data + 12, START_BYTES - 12) == crc;
}

void
rmn_walk_seven_zip(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	struct rmn_window w;
	struct start s;
	uint64_t at, end;
	uint32_t crc = 0;

	*proven = (struct rmn_proven){0};
	rmn_window_init(&w, view, tools, &tools->buffer);
	if (!start_read(rmn_bytes_head(rmn_window_bytes(&w, 0, START_BYTES), START_BYTES), &s) ||
	    s.next_bytes > END_MAX || !rmn_add_u64(START_BYTES, s.next_offset, &at) ||
	    !rmn_add_u64(at, s.next_bytes, &end))
		return;
	while (at < end) {
		size_t part = (size_t)rmn_min_u64(end - at, RMN_WINDOW_BYTES);
		struct rmn_bytes bytes = rmn_window_bytes(&w, at, part);

		if (bytes.size < part)
			break;
		crc = rmn_crc32(crc, bytes.data, part);
		at += part;
	}
	if (at < end || crc != s.next_crc)
		rmn_proven_break(view, proven, START_BYTES, end);
	else
		rmn_proven_end(view, proven, RMN_PROOF_STRUCTURE, end);
}
