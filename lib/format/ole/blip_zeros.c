/* SPDX-License-Identifier: MIT
 *
 * Pictures in drawings (MS-ODRAW 2.2.23): Office names each after the MD4 of its bytes, other writers do not;
 * then its own checksums tell, if it has any. */
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/holes.h"
#include "base/limits.h"
#include "base/number.h"
#include "format/ole/md4.h"
#include "format/ole/zeros.h"
#include "unpack/checksum.h"
#include "unpack/inflate.h"

#define HEAD_BYTES 8u
#define METAFILE_HEAD_BYTES 34u	/* behind the digests: size, place, how it is packed */
#define PACKED_HOW_AT 32u
#define ZLIB_HEAD_BYTES 2u
#define ADLER_BYTES 4u
#define INFLATED_MAX (256 * RMN_MIB)	/* of the pictures of one stream that zeros lie in */

enum kind { METAFILE, JPEG, PNG, OTHER };
enum verdict { WHOLE, UNKNOWN, BROKEN };

static const struct row {
	uint16_t type, instance;	/* of one digest; two have the next */
	enum kind kind;
} rows[] = {
	{0xF01A, 0x3D4, METAFILE}, {0xF01B, 0x216, METAFILE}, {0xF01C, 0x542, METAFILE},
	{0xF01D, 0x46A, JPEG}, {0xF01D, 0x6E2, JPEG}, {0xF02A, 0x46A, JPEG}, {0xF02A, 0x6E2, JPEG},
	{0xF01E, 0x6E0, PNG}, {0xF01F, 0x7A8, OTHER}, {0xF029, 0x6E4, OTHER},
};

struct blip {
	enum kind kind;
	unsigned digests;
	size_t end;			/* in the stream */
	struct rmn_bytes body;		/* digests and all */
	size_t file_at;			/* of the picture, in the stream */
	struct rmn_bytes file;
};

struct unpacking {
	uint64_t left;
	uint32_t adler;
};

static bool
blip_at(const struct rmn_zeros *z, size_t at, struct blip *b)
{
	struct rmn_cursor c = rmn_cursor_over(z->stream);
	uint16_t head, type;
	uint32_t size;
	size_t before;

	if (!rmn_cursor_seek(&c, at) || !rmn_cursor_le16(&c, &head) || !rmn_cursor_le16(&c, &type) ||
	    !rmn_cursor_le32(&c, &size) || (head & 0x0F) != 0 || !rmn_cursor_take(&c, size, &b->body))
		return false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (type != rows[i].type || (head >> 4 & ~1) != rows[i].instance)
			continue;
		b->kind = rows[i].kind;
		b->digests = 1 + (head >> 4 & 1);
		before = b->digests * RMN_MD4_BYTES + (b->kind == METAFILE ? METAFILE_HEAD_BYTES : 1);
		b->end = c.offset;
		b->file_at = c.offset - size + before;
		b->file = rmn_bytes_after(b->body, before);
		return size > before;
	}
	return false;
}

static bool
has_digest(const struct blip *b, struct rmn_bytes file)
{
	unsigned char digest[RMN_MD4_BYTES];

	rmn_md4(file, digest);
	for (unsigned i = 0; i < b->digests; i++)
		if (memcmp(b->body.data + (size_t)i * RMN_MD4_BYTES, digest, RMN_MD4_BYTES) == 0)
			return true;
	return false;
}

static bool
unpacked_take(void *context, struct rmn_bytes output)
{
	struct unpacking *u = context;

	if (output.size > u->left)
		return false;
	u->left -= output.size;
	u->adler = rmn_adler32(u->adler, output.data, output.size);
	return true;
}

/* zlib's own checksum is behind the stream. */
static enum verdict
metafile_judge(const struct blip *b, uint64_t *budget)
{
	const unsigned char *how = b->body.data + b->digests * RMN_MD4_BYTES + PACKED_HOW_AT;
	struct rmn_bytes packed = rmn_bytes_after(b->file, ZLIB_HEAD_BYTES), sum;
	struct unpacking u = {.left = *budget, .adler = 1};
	struct rmn_inflate *inflate;
	enum rmn_inflate_state state;
	size_t used;

	if (*how != 0)
		return UNKNOWN;
	inflate = rmn_inflate_new();
	if (!inflate)
		return UNKNOWN;
	state = rmn_inflate_feed(inflate, packed, &used, unpacked_take, &u);
	rmn_inflate_free(inflate);
	if (state == RMN_INFLATE_BAD && u.left < *budget / 2)
		return UNKNOWN;		/* too large to follow */
	*budget = u.left;
	sum = rmn_bytes_head(rmn_bytes_after(packed, used), ADLER_BYTES);
	return state == RMN_INFLATE_END && sum.size == ADLER_BYTES && rmn_be32(sum.data) == u.adler ?
	    WHOLE : BROKEN;
}

static enum verdict
png_judge(const struct blip *b)
{
	struct rmn_cursor c = rmn_cursor_over(b->file);
	struct rmn_bytes chunk;
	uint32_t size, crc;

	if (!rmn_bytes_start_with(b->file, "\x89PNG\r\n\x1A\n") || !rmn_cursor_skip(&c, 8))
		return rmn_bytes_are_zero(rmn_bytes_head(b->file, 8)) ? BROKEN : UNKNOWN;
	while (rmn_cursor_be32(&c, &size)) {
		if (size > rmn_cursor_left(&c) || !rmn_cursor_take(&c, (size_t)size + 4, &chunk) ||
		    !rmn_cursor_be32(&c, &crc) || rmn_crc32(0, chunk.data, chunk.size) != crc)
			return BROKEN;
		if (rmn_bytes_start_with(chunk, "IEND"))
			return WHOLE;
	}
	return BROKEN;
}

/* Zeros in the coded picture are a hole; in what programs put in front of it they are not. */
static enum verdict
jpeg_judge(const struct rmn_zeros *z, const struct blip *b)
{
	static const unsigned char end_mark[] = {0xFF, 0xD9};
	struct rmn_cursor c = rmn_cursor_over(b->file);
	struct rmn_bytes coded;
	uint16_t mark, size;
	size_t end;

	if (!rmn_cursor_be16(&c, &mark))
		return UNKNOWN;
	if (mark != 0xFFD8)
		return mark == 0 ? BROKEN : UNKNOWN;
	while (rmn_cursor_be16(&c, &mark) && rmn_cursor_be16(&c, &size)) {
		if (mark >> 8 != 0xFF || size < 2)
			return mark == 0 ? BROKEN : UNKNOWN;
		if (mark == 0xFFDA) {
			coded = rmn_bytes_after(b->file, c.offset);
			end = rmn_bytes_find(coded, (struct rmn_bytes){end_mark, 2});
			end = end == SIZE_MAX ? coded.size : end;
			return rmn_zeros_in(z, b->file_at + c.offset, b->file_at + c.offset + end) ?
			    BROKEN : UNKNOWN;
		}
		if (!rmn_cursor_skip(&c, size - 2u))
			return BROKEN;
	}
	return BROKEN;
}

static enum verdict
blip_judge(const struct rmn_zeros *z, const struct blip *b, uint64_t *budget)
{
	if (b->kind == METAFILE)
		return metafile_judge(b, budget);
	if (has_digest(b, b->file))
		return WHOLE;
	return b->kind == PNG ? png_judge(b) : b->kind == JPEG ? jpeg_judge(z, b) : UNKNOWN;
}

void
rmn_zeros_blips(struct rmn_zeros *z)
{
	uint64_t budget = INFLATED_MAX;
	size_t last = z->count > 0 ? z->runs[z->count - 1].end : 0, at = 0;
	struct blip b;

	while (at + HEAD_BYTES <= last) {
		/* types are F01A to F02A */
		if (z->stream.data[at + 3] != 0xF0 || !blip_at(z, at, &b)) {
			at++;
			continue;
		}
		if (rmn_zeros_in(z, at + HEAD_BYTES, b.end)) {
			if (blip_judge(z, &b, &budget) == BROKEN) {
				z->is_hole = true;
				return;
			}
			rmn_zeros_explain(z, at + HEAD_BYTES, b.end);
		}
		at = b.end;
	}
}
