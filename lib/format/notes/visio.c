/* SPDX-License-Identifier: MIT
 *
 * Visio drawings before 2013 (.vsd, .vss, .vst).  Text of shapes comes out by page; the strings of all
 * other records (names, fields, custom properties, links, comments) as runs of text behind them,
 * because their layout is known for a few only.  Objects of other programs are members. */
#include <stdio.h>

#include "base/limits.h"
#include "base/number.h"
#include "charset/charset.h"
#include "format/member_bytes.h"
#include "format/ole/ole_walk.h"
#include "format/notes/visio_stream.h"

#define VERSION_AT 0x1Au
#define TRAILER_AT 0x24u
#define DEPTH_MAX 12u		/* streams in streams; honest drawings have 6 */
#define POINTERS_MAX 65536u
#define TEXT_HEAD 8u		/* of a text chunk */
#define STRING_TOKEN 0x60u
#define SEEN_SLOTS (2 * POINTERS_MAX)
#define READ_MAX (256 * RMN_MIB)

struct drawing {
	const struct rmn_ole *ole;
	struct rmn_text_runs runs;
	const struct rmn_cfb_entry *entry;	/* of the stream */
	struct rmn_bytes bytes;
	unsigned version;
	uint32_t *seen;		/* offsets of streams that were read, hashed; +1 */
	unsigned pointers;
	uint64_t read_bytes;	/* of all streams, unpacked: they may overlap */
	struct rmn_buf object;	/* of another program, as far as it was met */
	struct rmn_buf strings;	/* in formulas and values, a line each */
	struct rmn_buf others;	/* what else is in chunks that are no text */
	unsigned page, master;
	bool is_whole;
};

/* Each stream once: pointers may go in circles. */
static bool
is_new(struct drawing *d, uint32_t offset)
{
	size_t slot = (size_t)(offset * 2654435761u) % SEEN_SLOTS;

	while (d->seen[slot] != 0) {
		if (d->seen[slot] == offset + 1)
			return false;
		slot = (slot + 1) % SEEN_SLOTS;
	}
	d->seen[slot] = offset + 1;
	return true;
}

/* No zeros, and no control characters but line ends and tabs. */
static bool
is_string(struct rmn_bytes bytes, size_t unit)
{
	for (size_t i = 0; i + unit <= bytes.size; i += unit) {
		unsigned c = unit == 2 ? rmn_le16(bytes.data + i) : bytes.data[i];

		if (c < 0x20 && c != '\n' && c != '\r' && c != '\t')
			return false;
	}
	return true;
}

/* 8-bit text of Visio 6 and before: Japanese or western. */
static void
narrow_put(struct drawing *d, struct rmn_bytes bytes)
{
	struct rmn_charset_guess guess = rmn_charset_guess(bytes);
	struct rmn_buf utf8;

	rmn_buf_init(&utf8, 0);
	rmn_charset_decode(bytes, guess.encoding == RMN_CP932 ? RMN_CP932 : RMN_CP1252, &utf8,
	    NULL);
	rmn_text_put(d->ole->text, rmn_buf_bytes(&utf8));
	d->is_whole = d->is_whole && !utf8.failed;
	rmn_buf_release(&utf8);
}

static void
text_give(struct drawing *d, struct rmn_bytes data)
{
	struct rmn_text *text = d->ole->text;

	data = rmn_bytes_after(data, TEXT_HEAD);
	if (d->version >= 11) {
		rmn_text_utf16_put(text, data, false);
	} else {
		while (data.size > 0 && data.data[data.size - 1] == 0)
			data.size--;
		narrow_put(d, data);
	}
	rmn_text_newline(text);
}

/* Formulas and values: a string in them is 60, its length in characters, the characters and a zero.  Names
 * and what else there is come out as runs. */
static void
others_give(struct drawing *d, struct rmn_bytes data)
{
	size_t unit = d->version >= 11 ? 2 : 1, start = 0;

	for (size_t at = 0; at + 2 < data.size; at++) {
		size_t size = data.data[at] == STRING_TOKEN ? data.data[at + 1] * unit : 0;
		struct rmn_bytes string = rmn_bytes_after(data, at + 2);

		if (size == 0 || size + unit > string.size ||
		    !rmn_bytes_are_zero((struct rmn_bytes){string.data + size, unit}) ||
		    !is_string(rmn_bytes_head(string, size), unit))
			continue;
		rmn_buf_append_data(&d->others, data.data + start, at - start);
		rmn_buf_append_data(&d->others, "\0\0", 2);
		rmn_buf_append(&d->strings, rmn_bytes_head(string, size));
		rmn_buf_append_data(&d->strings, "\n\0", unit);
		at += size + 1;
		start = at + 1;
	}
	rmn_buf_append(&d->others, rmn_bytes_after(data, start));
	rmn_buf_append_data(&d->others, "\0\0", 2);
}

static void
object_give(struct drawing *d)
{
	if (d->object.size > 0)
		rmn_member_bytes_give(d->ole->text, rmn_bytes_from_string("object"),
		    rmn_buf_bytes(&d->object));
	d->is_whole = d->is_whole && !d->object.failed;
	rmn_buf_clear(&d->object);
}

/* An object is an OLE2 file in pieces of 8 KiB, each a stream, one behind the other. */
static void
object_take(struct drawing *d, struct rmn_bytes piece)
{
	if (rmn_bytes_start_with(piece, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
		object_give(d);
	else if (d->object.size == 0)
		return;
	rmn_buf_append(&d->object, piece);
}

/* What a chunk or the record of a stream holds. */
static void
data_give(struct drawing *d, uint32_t type, struct rmn_bytes data)
{
	if (type == RMN_VISIO_TEXT) {
		text_give(d, data);
	} else if (type == RMN_VISIO_OLE_DATA) {
		object_take(d, data);
	} else if (type != RMN_VISIO_FOREIGN && type != RMN_VISIO_COLORS &&
	    type != RMN_VISIO_FONT_FACE) {
		others_give(d, data);
	}
}

static void
chunks_give(struct drawing *d, struct rmn_bytes bytes)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	struct rmn_visio_chunk chunk;
	size_t start = 0;
	bool is_broken = false;

	while (rmn_visio_chunk_next(&c, d->version, &chunk, &is_broken)) {
		data_give(d, chunk.type, chunk.data);
		start = c.offset;
	}
	if (is_broken) {
		d->is_whole = false;
		rmn_text_runs_put(&d->runs, rmn_bytes_after(bytes, start));
	}
}

/* Visio 5 keeps several records in one stream; their places stand at its end, from the last. */
static void
records_give(struct drawing *d, uint32_t type, struct rmn_bytes bytes)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint16_t count, end, kind, offset;
	bool has_text = false;
	size_t places;

	if (bytes.size >= 8 && rmn_cursor_seek(&c, bytes.size - 4) && rmn_cursor_le16(&c, &count) &&
	    rmn_cursor_le16(&c, &end) && count > 0 && bytes.size / 4 > count) {
		places = bytes.size - 4 * ((size_t)count + 1);
		rmn_cursor_seek(&c, places);
		while (count-- > 0 && rmn_cursor_le16(&c, &kind) && rmn_cursor_le16(&c, &offset)) {
			size_t start = ((size_t)offset + 3) & ~(size_t)3;

			if (kind == RMN_VISIO_TEXT && start < end && end <= places) {
				text_give(d, rmn_bytes_head(rmn_bytes_after(bytes, start),
				    end - start));
				has_text = true;
			}
			end = offset;
		}
	}
	if (!has_text || type != RMN_VISIO_TEXT)
		data_give(d, type, bytes);
}

static void
part_start(struct drawing *d, uint32_t type)
{
	char name[40];

	if (type == RMN_VISIO_PAGE)
		snprintf(name, sizeof(name), "page %u", ++d->page);
	else if (type == RMN_VISIO_STENCIL_PAGE)
		snprintf(name, sizeof(name), "master %u", ++d->master);
	else
		return;
	rmn_text_part(d->ole->text, RMN_PART_PAGE, rmn_bytes_from_string(name));
}

static void stream_give(struct drawing *d, const struct rmn_visio_pointer *pointer,
    unsigned depth);

static void
pointers_follow(struct drawing *d, uint32_t type, struct rmn_bytes bytes, unsigned shift,
    unsigned depth)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	struct rmn_visio_pointer pointer;
	uint32_t count;

	if (!rmn_visio_pointers_find(&c, d->version, type, shift, &count)) {
		d->is_whole = false;
		return;
	}
	while (count-- > 0 && d->ole->text->status == RMN_OK) {
		if (!rmn_visio_pointer_read(&c, d->version, &pointer)) {
			d->is_whole = false;
			return;
		}
		if (pointer.type == 0 || pointer.size == 0 || !is_new(d, pointer.offset))
			continue;
		if (depth == DEPTH_MAX || ++d->pointers == POINTERS_MAX) {
			d->is_whole = false;
			return;
		}
		stream_give(d, &pointer, depth + 1);
	}
}

static void
stream_give(struct drawing *d, const struct rmn_visio_pointer *pointer, unsigned depth)
{
	struct rmn_cursor c = rmn_cursor_over(d->bytes);
	unsigned shift = rmn_visio_is_packed(pointer) ? 4 : 0;
	struct rmn_bytes bytes;
	struct rmn_buf unpacked;

	if (!rmn_cursor_seek(&c, pointer->offset) || d->read_bytes > READ_MAX) {
		d->is_whole = false;
		return;
	}
	if (!rmn_cursor_take(&c, pointer->size, &bytes)) {
		d->is_whole = false;
		bytes = rmn_bytes_after(d->bytes, pointer->offset);
	}
	rmn_buf_init(&unpacked, RMN_LIMIT_TEXT_BYTES);
	if (shift > 0) {
		rmn_visio_unpack(bytes, &unpacked);
		bytes = rmn_buf_bytes(&unpacked);
	}
	d->read_bytes += bytes.size;
	if (unpacked.failed)
		d->is_whole = false;
	part_start(d, pointer->type);
	if (rmn_visio_has_chunks(pointer))
		chunks_give(d, bytes);	/* they have no length before them */
	else if (d->version < 6)
		records_give(d, pointer->type, rmn_bytes_after(bytes, shift));
	else
		data_give(d, pointer->type, rmn_bytes_after(bytes, shift));
	if (rmn_visio_has_pointers(pointer))
		pointers_follow(d, pointer->type, bytes, shift, depth);
	rmn_buf_release(&unpacked);
}

static bool
drawing_give(struct drawing *d)
{
	struct rmn_cursor c = rmn_cursor_over(d->bytes);
	struct rmn_visio_pointer trailer;
	uint8_t version;

	if (!rmn_bytes_start_with(d->bytes, "Visio (TM) Drawing") ||
	    !rmn_cursor_seek(&c, VERSION_AT) || !rmn_cursor_u8(&c, &version) || version < 1 ||
	    version > 11 || !rmn_cursor_seek(&c, TRAILER_AT))
		return false;
	d->version = version;
	if (!rmn_visio_pointer_read(&c, d->version, &trailer))
		return false;
	if (d->version < 6)
		trailer.type = RMN_VISIO_TRAILER;
	trailer.format = (uint16_t)((trailer.format & 0x0F) | 0x50);
	rmn_text_part(d->ole->text, RMN_PART_BODY, rmn_bytes_from_string("document"));
	stream_give(d, &trailer, 0);
	object_give(d);
	rmn_text_part(d->ole->text, RMN_PART_BODY, rmn_bytes_from_string("names and fields"));
	if (d->version >= 11)
		rmn_text_utf16_put(d->ole->text, rmn_buf_bytes(&d->strings), false);
	else
		narrow_put(d, rmn_buf_bytes(&d->strings));
	d->runs.wide_only = d->version >= 11;
	rmn_text_runs_put(&d->runs, rmn_buf_bytes(&d->others));
	d->runs.wide_only = false;
	return d->is_whole && !d->others.failed && !d->strings.failed;
}

static enum rmn_status
take_stream(void *context, const struct rmn_cfb_entry *entry, const char *path)
{
	struct drawing *d = context;
	enum rmn_status status = RMN_OK;

	if (entry != d->entry)
		return rmn_ole_runs(d->ole, &d->runs, entry, path);
	if (!rmn_ole_stream(d->ole, entry, &d->bytes, &status) || drawing_give(d))
		return status;
	if (d->ole->text->status == RMN_OK && d->ole->text->given_bytes == 0)
		rmn_text_runs_put(&d->runs, d->bytes);
	return rmn_fail(d->ole->error, RMN_PARTIAL, "the drawing does not hold together");
}

enum rmn_status
rmn_ole_visio(const struct rmn_ole *ole)
{
	struct drawing d = {.ole = ole, .is_whole = true};
	enum rmn_status status;

	d.entry = rmn_cfb_find(ole->cfb, ole->storage, "VisioDocument");
	rmn_text_runs_init(&d.runs, ole->text, ole->cfb->arena);
	d.seen = rmn_arena_alloc(ole->cfb->arena, SEEN_SLOTS, sizeof(*d.seen));
	if (!d.seen && ole->text->status == RMN_OK)
		ole->text->status = rmn_fail(ole->error, RMN_LIMIT, "item outgrows its memory");
	if (ole->text->status != RMN_OK)
		return ole->text->status;
	rmn_buf_init(&d.others, RMN_LIMIT_TEXT_BYTES);
	rmn_buf_init(&d.strings, RMN_LIMIT_TEXT_BYTES);
	rmn_buf_init(&d.object, RMN_LIMIT_TEXT_BYTES);
	status = rmn_ole_walk(ole, take_stream, &d);
	rmn_buf_release(&d.strings);
	rmn_buf_release(&d.object);
	rmn_buf_release(&d.others);
	return status;
}
