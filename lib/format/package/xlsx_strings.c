/* SPDX-License-Identifier: MIT
 *
 * Shared strings and number formats of a workbook: what cells refer to by number. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/utf8.h"
#include "format/package/xlsx.h"

#define BLOCK_BYTES ((size_t)64 << 10)
#define STYLES_MAX 65536u	/* Excel has 65,490 */
#define CUSTOM_MAX 512u		/* Excel has about 250 */

struct strings_reading {
	struct xlsx *x;
	bool in_text;
	bool in_phonetic;	/* readings repeat the text in kana */
};

static void
out_of_memory(struct xlsx *x)
{
	if (x->text->status == RMN_OK)
		x->text->status = rmn_fail(x->ooxml.package.error, RMN_LIMIT,
		    "strings of the workbook outgrow their memory");
}

/* Room for size more bytes of the string under way, which moves to a new block when it must. */
static bool
room_make(struct xlsx *x, size_t size)
{
	struct xlsx_strings *s = &x->strings;
	size_t begun = s->used - s->start, wanted;
	unsigned char *memory;

	if (s->size - s->used >= size)
		return true;
	if (!rmn_add_size(begun, size, &wanted) || !rmn_mul_size(wanted, 2, &wanted))
		return false;
	if (wanted < BLOCK_BYTES)
		wanted = BLOCK_BYTES;
	memory = rmn_arena_alloc(x->ooxml.package.arena, wanted, 1);
	if (!memory) {
		out_of_memory(x);
		return false;
	}
	if (begun > 0)
		memcpy(memory, s->memory + s->start, begun);
	s->memory = memory;
	s->size = wanted;
	s->start = 0;
	s->used = begun;
	return true;
}

/* "_x000D_" is how XML that has no such character writes it. */
static bool
escape_read(struct rmn_bytes body, size_t at, uint32_t *code)
{
	char digits[5] = "", *end;

	if (body.size - at < 7 || body.data[at + 1] != 'x' || body.data[at + 6] != '_')
		return false;
	memcpy(digits, body.data + at + 2, 4);
	*code = (uint32_t)strtoul(digits, &end, 16);
	return *end == '\0';
}

static void
code_put(struct xlsx_strings *s, uint32_t code)
{
	if (code < ' ')
		s->memory[s->used++] = ' ';
	else
		s->used += rmn_utf8_encode(code, s->memory + s->used);
}

static void
string_put(struct xlsx *x, struct rmn_bytes body)
{
	static const bool is_special[256] = {
		['\t'] = true, ['\n'] = true, ['\r'] = true, ['&'] = true, ['_'] = true,
	};
	struct xlsx_strings *s = &x->strings;
	size_t at = 0, room;

	if (!rmn_mul_size(body.size, 2, &room) || !room_make(x, room + 4))
		return;
	while (at < body.size) {
		size_t from = at, size = 1;
		uint32_t code = 0;

		while (at < body.size && !is_special[body.data[at]])
			at++;
		memcpy(s->memory + s->used, body.data + from, at - from);
		s->used += at - from;
		if (at == body.size)
			break;
		if (body.data[at] == '&')
			code = rmn_markup_entity(body, at, &size);
		else if (body.data[at] == '_' && escape_read(body, at, &code))
			size = 7;
		else if (body.data[at] <= '\r')
			code = ' ';
		code_put(s, code == 0 && size == 1 ? body.data[at] : code);
		at += size;
	}
}

static void
string_end(struct xlsx *x)
{
	struct xlsx_strings *s = &x->strings;

	if (s->count == s->capacity) {
		size_t capacity = s->capacity ? s->capacity * 2 : 1024;
		struct rmn_bytes *items =
		    rmn_arena_alloc(x->ooxml.package.arena, capacity, sizeof(*items));

		if (!items) {
			out_of_memory(x);
			return;
		}
		if (s->count > 0)
			memcpy(items, s->items, s->count * sizeof(*items));
		s->items = items;
		s->capacity = capacity;
	}
	s->items[s->count++] = (struct rmn_bytes){s->memory + s->start, s->used - s->start};
	s->start = s->used;
}

static void
take_string(void *context, const struct rmn_markup_token *t)
{
	struct strings_reading *r = context;

	switch (t->kind) {
	case RMN_MARKUP_TEXT:
	case RMN_MARKUP_CDATA:
		if (r->in_text && !r->in_phonetic)
			string_put(r->x, t->body);
		break;
	case RMN_MARKUP_START:
		if (t->name.size == 1 && t->name.data[0] == 't')
			r->in_text = !t->is_empty;
		else if (rmn_markup_is(t->name, "rPh"))
			r->in_phonetic = !t->is_empty;
		else if (t->is_empty && rmn_markup_is(t->name, "si") && room_make(r->x, 1))
			string_end(r->x);
		break;
	case RMN_MARKUP_END:
		if (t->name.size == 1 && t->name.data[0] == 't')
			r->in_text = false;
		else if (t->name.size == 2 && memcmp(t->name.data, "si", 2) == 0) {
			if (room_make(r->x, 1))
				string_end(r->x);
		} else if (rmn_markup_is(t->name, "rPh"))
			r->in_phonetic = false;
		break;
	default:
		break;
	}
}

void
xlsx_strings_read(struct xlsx *x)
{
	static const struct rmn_ooxml_part part = {
		"sharedStrings+xml", "xl/sharedStrings", RMN_PART_BODY, take_string,
	};
	struct strings_reading reading = {.x = x};

	rmn_ooxml_scan_all(&x->ooxml, &part, &reading);
	/* the part was cut in the middle of a string */
	if (x->strings.used > x->strings.start)
		string_end(x);
}

struct rmn_bytes
xlsx_string_use(struct xlsx *x, size_t index)
{
	struct xlsx_strings *s = &x->strings;

	if (index >= s->count)
		return (struct rmn_bytes){NULL, 0};
	if (!s->is_used)
		s->is_used = rmn_arena_alloc(x->ooxml.package.arena, s->count, sizeof(bool));
	if (s->is_used)
		s->is_used[index] = true;
	else
		out_of_memory(x);
	return s->items[index];
}

void
xlsx_unused_give(struct xlsx *x)
{
	const struct xlsx_strings *s = &x->strings;

	rmn_text_part(x->text, RMN_PART_DELETED, rmn_bytes_from_string("strings of no cell"));
	for (size_t i = 0; i < s->count && x->text->status == RMN_OK; i++) {
		if ((s->is_used && s->is_used[i]) || s->items[i].size == 0)
			continue;
		rmn_text_put(x->text, s->items[i]);
		rmn_text_char(x->text, '\n');
	}
}

struct custom_format {
	uint64_t id;
	struct rmn_number_format format;
};

struct styles_reading {
	struct xlsx *x;
	struct custom_format *custom;
	size_t custom_count;
	size_t capacity;	/* of x->styles */
	bool in_cell_styles;	/* cellXfs, not cellStyleXfs */
};

static uint64_t
number_of(struct rmn_bytes value)
{
	uint64_t number = 0;

	for (size_t i = 0; i < value.size && i < 10; i++) {
		if (value.data[i] < '0' || value.data[i] > '9')
			return UINT64_MAX;
		number = number * 10 + (value.data[i] - (unsigned)'0');
	}
	return value.size > 0 && value.size <= 10 ? number : UINT64_MAX;
}

static void
custom_add(struct styles_reading *r, const struct rmn_markup_token *t)
{
	struct rmn_bytes id, code;
	struct custom_format *added;

	if (r->custom_count == CUSTOM_MAX || !rmn_markup_attribute(t->body, "numFmtId", &id) ||
	    !rmn_markup_attribute(t->body, "formatCode", &code))
		return;
	code = rmn_text_decoded(r->x->text, r->x->ooxml.package.arena, code);
	added = &r->custom[r->custom_count++];
	added->id = number_of(id);
	added->format = (struct rmn_number_format){rmn_number_kind(code), code};
}

static bool
styles_grow(struct styles_reading *r)
{
	struct xlsx *x = r->x;
	struct rmn_number_format *styles;
	size_t capacity = r->capacity ? r->capacity * 2 : 256;

	if (x->style_count < r->capacity)
		return true;
	if (x->style_count >= STYLES_MAX)
		return false;
	styles = rmn_arena_alloc(x->ooxml.package.arena, capacity, sizeof(*styles));
	if (!styles) {
		out_of_memory(x);
		return false;
	}
	if (x->style_count > 0)
		memcpy(styles, x->styles, x->style_count * sizeof(*styles));
	x->styles = styles;
	r->capacity = capacity;
	return true;
}

static void
style_add(struct styles_reading *r, const struct rmn_markup_token *t)
{
	struct rmn_number_format format = {0};
	struct rmn_bytes value;
	uint64_t id;

	if (!styles_grow(r) || !rmn_markup_attribute(t->body, "numFmtId", &value))
		return;
	id = number_of(value);
	if (id < 164)
		format.kind = rmn_number_builtin((unsigned)id);
	for (size_t i = 0; i < r->custom_count; i++)
		if (r->custom[i].id == id)
			format = r->custom[i].format;
	r->x->styles[r->x->style_count++] = format;
}

static void
take_style(void *context, const struct rmn_markup_token *t)
{
	struct styles_reading *r = context;

	if (t->kind == RMN_MARKUP_START) {
		if (rmn_markup_is(t->name, "numFmt"))
			custom_add(r, t);
		else if (rmn_markup_is(t->name, "cellXfs"))
			r->in_cell_styles = !t->is_empty;
		else if (r->in_cell_styles && rmn_markup_is(t->name, "xf"))
			style_add(r, t);
	} else if (t->kind == RMN_MARKUP_END && rmn_markup_is(t->name, "cellXfs")) {
		r->in_cell_styles = false;
	}
}

void
xlsx_styles_read(struct xlsx *x)
{
	static const struct rmn_ooxml_part part = {
		"styles+xml", "xl/styles", RMN_PART_BODY, take_style,
	};
	struct styles_reading reading = {.x = x};
	struct rmn_arena *arena = x->ooxml.package.arena;

	for (size_t i = 0; i < x->ooxml.package.count; i++) {
		const struct rmn_zip_entry *entry = rmn_package_entry(&x->ooxml.package, i);

		if (!rmn_ooxml_is(&x->ooxml, entry, &part))
			continue;
		reading.custom = rmn_arena_alloc(arena, CUSTOM_MAX, sizeof(*reading.custom));
		if (reading.custom)
			rmn_package_scan(&x->ooxml.package, entry, take_style, &reading);
		else
			out_of_memory(x);
		return;
	}
}
