/* SPDX-License-Identifier: MIT
 *
 * DocuWorks documents and binders (.xdw, .xbd; docs/formats/docuworks.md).  Not published: what is known
 * comes from public notes, and no real file was at hand.  Every save appends: what the last one
 * replaced comes out as deleted. */
#include <stdio.h>

#include "base/checked.h"
#include "base/limits.h"
#include "charset/charset.h"
#include "format/format.h"
#include "format/word/lh5.h"
#include "format/member_bytes.h"
#include "format/picture/metafile.h"
#include "format/text_runs.h"
#include "format/notes/xdw_elements.h"

#define UNPACKED_MAX (128 * RMN_MIB)
#define ENTRIES_MAX 65536u
#define KIND_EMF 4u
#define KIND_WMF 1u

struct binder {
	struct rmn_text text;
	struct rmn_text_runs runs;
	struct rmn_arena *arena;
	struct rmn_bytes *entries;	/* raw bodies, by number; empty for drawings */
	size_t entry_count;
	uint64_t unpacked_bytes;
	unsigned pages, attached;
	bool is_whole;
};

static bool
unpack(struct binder *b, struct rmn_bytes packed, uint64_t size, struct rmn_bytes *bytes)
{
	enum rmn_status status;

	if (size > UNPACKED_MAX - rmn_min_u64(b->unpacked_bytes, UNPACKED_MAX)) {
		b->is_whole = false;
		return false;
	}
	status = rmn_lh5_bytes(packed, size, UNPACKED_MAX, b->arena, bytes);
	b->unpacked_bytes += bytes->size;
	if (status != RMN_OK)
		b->is_whole = false;
	return bytes->size > 0;
}

/* A drawing or picture: its text is what the printer driver drew. */
static void
drawing_give(struct binder *b, struct rmn_bytes body)
{
	struct rmn_cursor c = rmn_cursor_over(body);
	struct rmn_xdw_element e;
	uint64_t kind = 0, size = 0;
	struct rmn_bytes data = {NULL, 0};
	bool is_packed = false;
	char name[32];

	while (rmn_xdw_element_next(&c, &e)) {
		if (e.tag == 0x80)
			kind = rmn_xdw_number(e.value);
		else if (e.tag == 0x81)
			size = rmn_xdw_number(e.value);
		else if (e.tag == 0x8A)
			is_packed = rmn_xdw_number(e.value) == 1;
		else if (e.tag == 0x86)
			data = e.value;
	}
	if (data.size == 0 || (kind != KIND_EMF && kind != KIND_WMF))
		return;
	if ((is_packed || size > data.size) && !unpack(b, data, size, &data))
		return;
	snprintf(name, sizeof(name), "drawing %u", ++b->pages);
	rmn_text_part(&b->text, RMN_PART_PAGE, rmn_bytes_from_string(name));
	if (!rmn_metafile_give(&b->text, data))
		rmn_text_runs_put(&b->runs, data);
}

/* An entry: a drawing, a JPEG with its head, or a file that was attached. */
static void
entry_give(struct binder *b, struct rmn_bytes entry)
{
	struct rmn_cursor c = rmn_cursor_over(entry);
	struct rmn_xdw_element e;

	if (b->entry_count == ENTRIES_MAX) {
		b->is_whole = false;
		return;
	}
	while (rmn_xdw_element_next(&c, &e)) {
		if (e.tag != 0x82)
			continue;
		if (e.value.size > 0 && e.value.data[0] == 0x80)
			drawing_give(b, e.value);
		else
			b->entries[b->entry_count] = e.value;
	}
	b->entry_count++;
}

/* A reference to an entry that is a file of its own: its number, its size, its size packed. */
static bool
file_give(struct binder *b, struct rmn_bytes value)
{
	struct rmn_cursor c = rmn_cursor_over(value);
	uint64_t numbers[3];
	struct rmn_xdw_element e;
	struct rmn_bytes bytes;
	char name[32];

	for (unsigned i = 0; i < 3; i++) {
		if (!rmn_xdw_element_next(&c, &e) || e.tag != 0x81 + i)
			return false;
		numbers[i] = rmn_xdw_number(e.value);
	}
	if (rmn_cursor_left(&c) > 0 || numbers[0] >= b->entry_count ||
	    b->entries[numbers[0]].size != numbers[2])
		return false;
	snprintf(name, sizeof(name), "file %u", ++b->attached);
	if (unpack(b, b->entries[numbers[0]], numbers[1], &bytes))
		rmn_member_bytes_give(&b->text, rmn_bytes_from_string(name), bytes);
	b->entries[numbers[0]] = (struct rmn_bytes){NULL, 0};
	return true;
}

/* Values of attributes that are text: UTF-16LE where the name says so, else CP932; of what is
 * neither, nothing. */
static void
value_give(struct binder *b, struct rmn_bytes value)
{
	struct rmn_charset_guess guess;
	struct rmn_buf utf8;
	size_t size = value.size;

	while (value.size > 0 && value.data[value.size - 1] == 0)
		value.size--;
	if (value.size < 2)
		return;
	if (value.size % 2 != 0 && value.size < size)
		value.size++;	/* the upper half of the last letter */
	if (value.size % 2 == 0 && rmn_text_runs_are_wide(&b->runs, value)) {
		rmn_text_newline(&b->text);
		rmn_text_utf16_put(&b->text, value, false);
		rmn_text_newline(&b->text);
		return;
	}
	guess = rmn_charset_guess(value);
	if (!guess.is_text || (guess.encoding != RMN_CP932 && guess.encoding != RMN_ASCII)) {
		rmn_text_runs_put(&b->runs, value);
		return;
	}
	rmn_buf_init(&utf8, 0);
	rmn_charset_decode(value, RMN_CP932, &utf8, NULL);
	if (rmn_text_is_clean(rmn_buf_bytes(&utf8))) {
		rmn_text_newline(&b->text);
		rmn_text_put(&b->text, rmn_buf_bytes(&utf8));
		rmn_text_newline(&b->text);
	}
	rmn_buf_release(&utf8);
}

/* The tree of objects: records one behind the other, attributes in each. */
static bool
properties_give(struct binder *b, struct rmn_bytes properties, enum rmn_part_kind kind)
{
	struct rmn_cursor c = rmn_cursor_over(properties), inner;
	struct rmn_xdw_element record, e;

	while (rmn_xdw_element_next(&c, &record)) {
		inner = rmn_cursor_over(record.value);
		while (record.tag == 0x62 && rmn_xdw_element_next(&inner, &e)) {
			if (e.tag == 0x87 || e.tag == 0xA7) {
				drawing_give(b, e.value);
				rmn_text_part(&b->text, kind, rmn_bytes_from_string("properties"));
			} else if (!file_give(b, e.value))
				value_give(b, e.value);
		}
		if (rmn_cursor_left(&inner) > 0)
			b->is_whole = false;
	}
	return rmn_cursor_left(&c) == 0;
}

/* One save: new entries, all properties, a trailer that has the properties' size. */
static void
segment_give(struct binder *b, struct rmn_bytes segment, bool is_last)
{
	enum rmn_part_kind kind = is_last ? RMN_PART_BODY : RMN_PART_DELETED;
	struct rmn_cursor c = rmn_cursor_over(segment), fields;
	struct rmn_bytes properties = {NULL, 0}, unpacked;
	struct rmn_xdw_element e, field;
	uint64_t size = 0;

	while (rmn_xdw_element_next(&c, &e)) {
		if (e.tag == 0x64)
			entry_give(b, e.value);
		else if (e.tag == 0x63)
			properties = e.value;
		fields = rmn_cursor_over(e.value);
		while ((e.tag == 0x65 || e.tag == 0x68) && rmn_xdw_element_next(&fields, &field))
			if (field.tag == 0x83)
				size = rmn_xdw_number(field.value);
	}
	rmn_text_part(&b->text, kind, rmn_bytes_from_string("properties"));
	if (properties.size > 0 && size > 0 && size != properties.size &&
	    unpack(b, properties, size, &unpacked))
		properties = unpacked;
	if (!properties_give(b, properties, kind)) {
		b->is_whole = false;
		rmn_text_runs_put(&b->runs, properties);
	}
}

static enum rmn_status
xdw_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct binder b = {.arena = input->arena, .is_whole = true};
	struct rmn_bytes bytes;
	struct rmn_cursor c;
	struct rmn_xdw_element e;
	enum rmn_status status;
	unsigned segments = 0, left;

	rmn_text_init(&b.text, sink, input->arena, error);
	rmn_text_runs_init(&b.runs, &b.text, input->arena);
	b.entries = rmn_arena_alloc(input->arena, ENTRIES_MAX, sizeof(*b.entries));
	if (b.text.status != RMN_OK || !b.entries)
		return rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
	status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES, input->arena, &bytes,
	    error);
	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	c = rmn_cursor_over(bytes);
	while (rmn_xdw_element_next(&c, &e))
		segments += e.tag == 0x61;
	left = segments;
	c = rmn_cursor_over(bytes);
	while (b.text.status == RMN_OK && rmn_xdw_element_next(&c, &e))
		if (e.tag == 0x61)
			segment_give(&b, e.value, --left == 0);
	if (rmn_cursor_left(&c) > 0 || segments == 0) {
		rmn_text_part(&b.text, RMN_PART_BODY, rmn_bytes_from_string("other text"));
		rmn_text_runs_put(&b.runs, rmn_bytes_after(bytes, c.offset));
		b.is_whole = false;
	}
	if (rmn_text_flush(&b.text) != RMN_OK)
		return b.text.status;
	return rmn_fail(error, RMN_PARTIAL, b.is_whole ?
	    "text of drawings and annotations only: pictures are not read" :
	    "the document does not hold together");
}

static unsigned
xdw_claim(const struct rmn_format_input *input)
{
	struct rmn_cursor c = rmn_cursor_over(input->head), fields;
	struct rmn_xdw_element e, field;
	unsigned bits = 0;

	/* a head with its generation, then the first segment */
	if (!rmn_bytes_start_with(input->head, "\x60") || !rmn_xdw_element_next(&c, &e) ||
	    e.value.size > 64)
		return 0;
	fields = rmn_cursor_over(e.value);
	while (rmn_xdw_element_next(&fields, &field))
		if (field.tag == 0x82 && rmn_xdw_number(field.value) < 32)
			bits = 24;
	return bits > 0 && rmn_cursor_left(&fields) == 0 && rmn_cursor_left(&c) > 0 &&
	    c.bytes.data[c.offset] == 0x61 ? bits + 16 : 0;
}

const struct rmn_format rmn_format_xdw = {
	.name = "xdw",
	.title = "DocuWorks document",
	.media_type = "application/vnd.fujixerox.docuworks",
	.kind = RMN_KIND_DOCUMENT,
	.claim = xdw_claim,
	.read = xdw_read,
};
