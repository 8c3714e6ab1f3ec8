/* SPDX-License-Identifier: MIT */
#include "format/mail/lzfu.h"

#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "unpack/checksum.h"

#define MAGIC_PACKED 0x75465A4Cu	/* "LZFu" */
#define MAGIC_PLAIN 0x414C454Du		/* "MELA" */
#define WINDOW 4096u

/* What every window starts with (2.1.2.1): the most common words of RTF. */
static const char preset[] = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}"
    "{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes "
    "New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u"
    "\\tab\\tx";

struct unpacking {
	unsigned char window[WINDOW];
	uint32_t at;		/* in the window */
	unsigned char *out;
	size_t used, size;
};

static void
put(struct unpacking *u, unsigned char byte)
{
	if (u->used < u->size)
		u->out[u->used++] = byte;
	u->window[u->at] = byte;
	u->at = (u->at + 1) % WINDOW;
}

/* One control byte and its eight tokens; false at the end of the stream (a reference to itself) or of
 * the bytes. */
static bool
run_unpack(struct unpacking *u, struct rmn_cursor *c, bool *is_whole)
{
	uint8_t control, byte;
	uint16_t token;

	if (!rmn_cursor_u8(c, &control))
		return false;
	for (unsigned bit = 0; bit < 8; bit++) {
		if (!(control >> bit & 1)) {
			if (!rmn_cursor_u8(c, &byte))
				return false;
			put(u, byte);
			continue;
		}
		if (!rmn_cursor_be16(c, &token))
			return false;
		if (token >> 4 == u->at) {
			*is_whole = true;
			return false;
		}
		for (unsigned i = 0; i < (token & 15u) + 2; i++)
			put(u, u->window[((token >> 4) + i) % WINDOW]);
	}
	return true;
}

/* Each byte of input makes at most eight and a half of output. */
static enum rmn_status
stream_unpack(struct rmn_bytes stream, uint32_t size, uint32_t crc, struct rmn_arena *arena,
    struct rmn_bytes *rtf, struct rmn_error *error)
{
	struct unpacking u = {.at = sizeof(preset) - 1};
	struct rmn_cursor c = rmn_cursor_over(stream);
	bool is_whole = false;

	u.size = (size_t)rmn_min_u64(size, (uint64_t)stream.size * 9);
	u.out = rmn_arena_alloc(arena, u.size + 1, 1);
	if (!u.out)
		return rmn_fail(error, RMN_LIMIT, "the RTF body outgrows its memory");
	memcpy(u.window, preset, sizeof(preset) - 1);
	while (u.used < u.size && run_unpack(&u, &c, &is_whole))
		continue;
	*rtf = (struct rmn_bytes){u.out, u.used};
	/* the CRC starts at 0 and is not inverted */
	if (u.used < size || ~rmn_crc32(0xFFFFFFFF, stream.data, stream.size) != crc)
		return rmn_fail(error, RMN_PARTIAL, "the RTF body is damaged");
	return RMN_OK;
}

enum rmn_status
rmn_lzfu_unpack(struct rmn_bytes packed, struct rmn_arena *arena, struct rmn_bytes *rtf,
    struct rmn_error *error)
{
	struct rmn_cursor c = rmn_cursor_over(packed);
	uint32_t packed_size, size, magic, crc;
	struct rmn_bytes stream;

	if (!rmn_cursor_le32(&c, &packed_size) || !rmn_cursor_le32(&c, &size) ||
	    !rmn_cursor_le32(&c, &magic) || !rmn_cursor_le32(&c, &crc) ||
	    (magic != MAGIC_PACKED && magic != MAGIC_PLAIN))
		return rmn_fail(error, RMN_CORRUPT, "the RTF body has no header");
	stream = rmn_bytes_after(packed, 16);
	if (packed_size >= 12)
		stream = rmn_bytes_head(stream, packed_size - 12);
	if (magic == MAGIC_PACKED)
		return stream_unpack(stream, size, crc, arena, rtf, error);
	*rtf = rmn_bytes_head(stream, size);
	return rtf->size < size ? rmn_fail(error, RMN_PARTIAL, "the RTF body is cut short") : RMN_OK;
}
