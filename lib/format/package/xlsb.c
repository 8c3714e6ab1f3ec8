/* SPDX-License-Identifier: MIT
 *
 * Binary workbooks (MS-XLSB): the parts of xl/ as runs of records, each a number and a length of
 * seven bits a byte.  What they mean is as in XML, so strings, styles and number formats end up in
 * the same tables. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "format/package/xlsx.h"

#define CUSTOM_MAX 512u
#define STYLES_MAX 65536u

/* Record numbers (MS-XLSB 2.3.2). */
enum {
	ROW_HEADER = 0, CELL_RK = 2, CELL_ERROR = 3, CELL_BOOLEAN = 4, CELL_REAL = 5,
	CELL_STRING = 6, CELL_SHARED = 7, FORMULA_STRING = 8, FORMULA_NUMBER = 9,
	FORMULA_BOOLEAN = 10, FORMULA_ERROR = 11, SHARED_STRING = 19, NUMBER_FORMAT = 44,
	STYLE = 47, CELL_RICH = 62, WORKBOOK_PROPERTIES = 153, SHEET = 156, BEGIN_STRINGS = 159,
	PAGE_HEADER = 479, BEGIN_CELL_STYLES = 617, END_CELL_STYLES = 618, COMMENT_AUTHOR = 632,
	COMMENT_TEXT = 637, SAVED_PATH = 2071,
};

struct record {
	uint32_t number;
	struct rmn_cursor body;
};

struct binary {
	struct xlsx *x;
	struct rmn_buf part;		/* the part under way, unpacked */
	struct rmn_buf scratch;
	struct rmn_number_format custom[CUSTOM_MAX];
	uint16_t custom_id[CUSTOM_MAX];
	size_t custom_count;
	size_t style_capacity;		/* 0: outside of the cells' styles */
	size_t string_capacity;
	uint64_t next_column;		/* of the row under way */
};

static bool
varint_read(struct rmn_cursor *c, unsigned bytes_max, uint32_t *value)
{
	uint8_t byte = 0x80;

	*value = 0;
	for (unsigned i = 0; i < bytes_max && (byte & 0x80); i++) {
		if (!rmn_cursor_u8(c, &byte))
			return false;
		*value |= (uint32_t)(byte & 0x7F) << (7 * i);
	}
	return true;
}

/* False at the end, or where a record is cut: then c is not at its end. */
static bool
record_next(struct rmn_cursor *c, struct record *record)
{
	struct rmn_cursor at = *c;
	struct rmn_bytes body;
	uint32_t size;

	if (!varint_read(&at, 2, &record->number) || !varint_read(&at, 4, &size) ||
	    !rmn_cursor_take(&at, size, &body))
		return false;
	record->body = rmn_cursor_over(body);
	*c = at;
	return true;
}

/* A counted string (2.5.168) as UTF-8 on one line, in b->scratch.  A nullable one that is null is
 * empty. */
static bool
string_read(struct binary *b, struct rmn_cursor *c)
{
	struct rmn_bytes units;
	uint32_t count;

	rmn_buf_clear(&b->scratch);
	if (!rmn_cursor_le32(c, &count))
		return false;
	if (count == UINT32_MAX)
		return true;
	if (count > rmn_cursor_left(c) / 2 || !rmn_cursor_take(c, (size_t)count * 2, &units))
		return false;
	rmn_charset_decode(units, RMN_UTF16LE, &b->scratch, NULL);
	if (b->scratch.failed && b->x->text->status == RMN_OK)
		b->x->text->status = rmn_fail(b->x->ooxml.package.error, RMN_LIMIT,
		    "strings of the workbook outgrow their memory");
	for (size_t i = 0; i < b->scratch.size; i++)
		if (b->scratch.data[i] < ' ')
			b->scratch.data[i] = ' ';
	return true;
}

/* Calls take for every record of a part. */
static void
part_each(struct binary *b, const struct rmn_zip_entry *entry,
    void (*take)(struct binary *b, struct record *record))
{
	struct rmn_package *package = &b->x->ooxml.package;
	struct record record;
	struct rmn_cursor c;

	if (!rmn_package_load(package, entry, &b->part))
		return;
	c = rmn_cursor_over(rmn_buf_bytes(&b->part));
	while (package->text.status == RMN_OK && record_next(&c, &record))
		take(b, &record);
	if (package->text.status == RMN_OK && rmn_cursor_left(&c) > 0)
		rmn_package_note(package, RMN_PARTIAL, entry->name, "ends inside a record");
}

static void
take_string(struct binary *b, struct record *r)
{
	struct xlsx *x = b->x;
	uint32_t total, count;
	uint8_t flags;

	if (r->number == BEGIN_STRINGS && rmn_cursor_le32(&r->body, &total) &&
	    rmn_cursor_le32(&r->body, &count) && !x->strings.items) {
		/* a string takes five bytes at least */
		b->string_capacity = rmn_min_size(count, b->part.size / 5);
		x->strings.items = rmn_arena_alloc(x->ooxml.package.arena, b->string_capacity,
		    sizeof(*x->strings.items));
		if (!x->strings.items)
			x->text->status = rmn_fail(x->ooxml.package.error, RMN_LIMIT,
			    "strings of the workbook outgrow their memory");
	} else if (r->number == SHARED_STRING && x->strings.count < b->string_capacity) {
		if (!rmn_cursor_u8(&r->body, &flags) || !string_read(b, &r->body))
			rmn_buf_clear(&b->scratch);
		x->strings.items[x->strings.count++] = rmn_text_kept(x->text,
		    x->ooxml.package.arena, rmn_buf_bytes(&b->scratch));
	}
}

static void
custom_add(struct binary *b, struct record *r)
{
	struct rmn_bytes code;
	uint16_t id;

	if (b->custom_count == CUSTOM_MAX || !rmn_cursor_le16(&r->body, &id) ||
	    !string_read(b, &r->body))
		return;
	code = rmn_text_kept(b->x->text, b->x->ooxml.package.arena, rmn_buf_bytes(&b->scratch));
	b->custom_id[b->custom_count] = id;
	b->custom[b->custom_count++] = (struct rmn_number_format){rmn_number_kind(code), code};
}

static void
take_style(struct binary *b, struct record *r)
{
	struct rmn_number_format format = {0};
	struct xlsx *x = b->x;
	uint16_t parent, id;
	uint32_t count;

	if (r->number == NUMBER_FORMAT) {
		custom_add(b, r);
	} else if (r->number == BEGIN_CELL_STYLES && rmn_cursor_le32(&r->body, &count) &&
	    !x->styles) {
		b->style_capacity = rmn_min_size(count, STYLES_MAX);
		x->styles = rmn_arena_alloc(x->ooxml.package.arena, b->style_capacity,
		    sizeof(*x->styles));
		if (!x->styles)
			b->style_capacity = 0;
	} else if (r->number == END_CELL_STYLES) {
		b->style_capacity = 0;
	} else if (r->number == STYLE && x->style_count < b->style_capacity &&
	    rmn_cursor_le16(&r->body, &parent) && rmn_cursor_le16(&r->body, &id)) {
		if (id < 164)
			format.kind = rmn_number_builtin(id);
		for (size_t i = 0; i < b->custom_count; i++)
			if (b->custom_id[i] == id)
				format = b->custom[i];
		x->styles[x->style_count++] = format;
	}
}

/* Thirty bits of a number: an integer or the head of a double, maybe in hundredths (2.5.122). */
static double
rk_value(uint32_t rk)
{
	double value;

	if (rk & 2) {
		int32_t shifted = (int32_t)(rk & ~3u);

		value = shifted / 4;
	} else {
		uint64_t bits = (uint64_t)(rk & ~3u) << 32;

		memcpy(&value, &bits, sizeof(value));
	}
	return rk & 1 ? value / 100 : value;
}

static void
number_put(struct binary *b, double value, uint32_t style)
{
	static const struct rmn_number_format plain = {0};
	const struct rmn_number_format *format =
	    style < b->x->style_count ? &b->x->styles[style] : &plain;
	unsigned char text[RMN_NUMBER_BYTES];
	char stored[40];

	if (!isfinite(value))
		return;
	snprintf(stored, sizeof(stored), "%.17g", value);
	rmn_text_put(b->x->text, (struct rmn_bytes){text, rmn_number_text(
	    rmn_bytes_from_string(stored), format, b->x->from_1904, text)});
}

static void
cell_put(struct binary *b, struct record *r, uint32_t style)
{
	struct xlsx *x = b->x;
	uint32_t number;
	uint64_t bits;
	double value;
	uint8_t byte;

	switch (r->number) {
	case CELL_RK:
		if (rmn_cursor_le32(&r->body, &number))
			number_put(b, rk_value(number), style);
		break;
	case CELL_REAL:
	case FORMULA_NUMBER:
		if (rmn_cursor_le64(&r->body, &bits)) {
			memcpy(&value, &bits, sizeof(value));
			number_put(b, value, style);
		}
		break;
	case CELL_BOOLEAN:
	case FORMULA_BOOLEAN:
		if (rmn_cursor_u8(&r->body, &byte))
			rmn_text_put(x->text, rmn_bytes_from_string(byte ? "TRUE" : "FALSE"));
		break;
	case CELL_SHARED:
		if (rmn_cursor_le32(&r->body, &number))
			rmn_text_put(x->text, xlsx_string_use(x, number));
		break;
	case CELL_RICH:
		if (!rmn_cursor_u8(&r->body, &byte))
			break;
		/* fall through */
	case CELL_STRING:
	case FORMULA_STRING:
		if (string_read(b, &r->body))
			rmn_text_put(x->text, rmn_buf_bytes(&b->scratch));
		break;
	default:
		break;
	}
}

static void
headers_put(struct binary *b, struct record *r)
{
	uint16_t flags;

	if (!rmn_cursor_le16(&r->body, &flags))
		return;
	rmn_text_newline(b->x->text);
	rmn_text_part(b->x->text, RMN_PART_HEADER,
	    rmn_bytes_from_string("page header and footer"));
	for (int i = 0; i < 6 && string_read(b, &r->body); i++) {
		struct rmn_buf plain;

		if (b->scratch.size == 0)
			continue;
		rmn_buf_init(&plain, 0);
		xlsx_header_append(&plain, rmn_buf_bytes(&b->scratch));
		rmn_text_put(b->x->text, rmn_buf_bytes(&plain));
		rmn_buf_release(&plain);
	}
}

static void
take_cell(struct binary *b, struct record *r)
{
	uint32_t column, style;

	if (r->number == ROW_HEADER) {
		rmn_text_newline(b->x->text);
		b->next_column = 0;
	} else if (r->number == PAGE_HEADER) {
		headers_put(b, r);
	} else if (((r->number >= CELL_RK && r->number <= FORMULA_ERROR) ||
	    r->number == CELL_RICH) && rmn_cursor_le32(&r->body, &column) &&
	    rmn_cursor_le32(&r->body, &style)) {
		rmn_text_tabs(b->x->text, &b->next_column, column);
		cell_put(b, r, style & 0xFFFFFF);
	}
}

static void
take_comment(struct binary *b, struct record *r)
{
	uint8_t flags;

	if ((r->number == COMMENT_AUTHOR ||
	    (r->number == COMMENT_TEXT && rmn_cursor_u8(&r->body, &flags))) &&
	    string_read(b, &r->body)) {
		rmn_text_put(b->x->text, rmn_buf_bytes(&b->scratch));
		rmn_text_newline(b->x->text);
	}
}

static void
sheet_read(struct binary *b, const struct rmn_zip_entry *entry, struct rmn_bytes name,
    bool is_hidden)
{
	if (!xlsx_sheet_begin(b->x, entry, name, is_hidden))
		return;
	b->next_column = 0;
	part_each(b, entry, take_cell);
	rmn_text_newline(b->x->text);
}

/* The sheet that the rest of a BrtBundleSh record tells of. */
static void
listed_read(struct binary *b, struct record *r)
{
	struct xlsx *x = b->x;
	struct rmn_arena *arena = x->ooxml.package.arena;
	const struct rmn_zip_entry *entry;
	const struct rmn_relation *relation;
	uint32_t state, number;
	struct rmn_bytes name;

	if (!rmn_cursor_le32(&r->body, &state) || !rmn_cursor_le32(&r->body, &number) ||
	    !string_read(b, &r->body))
		return;
	relation = rmn_relation_find(&x->relations, rmn_buf_bytes(&b->scratch));
	entry = relation ? rmn_package_find(&x->ooxml.package, relation->target) : NULL;
	if (!string_read(b, &r->body))
		return;
	name = rmn_text_kept(x->text, arena, rmn_buf_bytes(&b->scratch));
	if (entry)
		sheet_read(b, entry, name, state != 0);
	else
		rmn_package_note(&x->ooxml.package, RMN_PARTIAL, name, "the sheet is missing");
}

/* The workbook's records are few: its part makes room for those of its sheets. */
static void
sheets_read(struct binary *b, const struct rmn_zip_entry *workbook)
{
	struct xlsx *x = b->x;
	struct rmn_arena *arena = x->ooxml.package.arena;
	struct rmn_bytes part;
	struct record r;
	struct rmn_cursor c;
	uint32_t flags;

	rmn_package_relations(&x->ooxml.package, workbook->name, &x->relations);
	if (!rmn_package_load(&x->ooxml.package, workbook, &b->part))
		return;
	part = rmn_text_kept(x->text, arena, rmn_buf_bytes(&b->part));
	c = rmn_cursor_over(part);
	while (x->text->status == RMN_OK && record_next(&c, &r)) {
		if (r.number == WORKBOOK_PROPERTIES && rmn_cursor_le32(&r.body, &flags)) {
			x->from_1904 = flags & 1;
		} else if (r.number == SAVED_PATH && string_read(b, &r.body)) {
			rmn_text_property_plain(x->text, arena, RMN_PROPERTY_OTHER, "path",
			    rmn_buf_bytes(&b->scratch));
		} else if (r.number == SHEET) {
			listed_read(b, &r);
		}
	}
}

static bool
is_kind(const struct rmn_zip_entry *entry, const char *prefix)
{
	return rmn_bytes_start_with(entry->name, prefix) && entry->name.size > 4 &&
	    rmn_markup_is(rmn_bytes_after(entry->name, entry->name.size - 4), ".bin");
}

/* Sheets that no list names: it may be lost, and drafts of the format had another. */
static void
unlisted_read(struct binary *b)
{
	struct rmn_package *package = &b->x->ooxml.package;

	for (size_t i = 0; i < package->count; i++) {
		const struct rmn_zip_entry *entry = rmn_package_entry(package, i);

		if (is_kind(entry, "xl/worksheets/sheet"))
			sheet_read(b, entry, entry->name, false);
	}
}

/* Comments, and a word about what is not read. */
static void
others_read(struct binary *b)
{
	struct rmn_package *package = &b->x->ooxml.package;

	for (size_t i = 0; i < package->count; i++) {
		const struct rmn_zip_entry *entry = rmn_package_entry(package, i);

		if (is_kind(entry, "xl/comments")) {
			rmn_text_part(b->x->text, RMN_PART_COMMENT, entry->name);
			part_each(b, entry, take_comment);
		} else if (is_kind(entry, "xl/pivotCache/") || is_kind(entry, "xl/externalLinks/")) {
			rmn_package_note(package, RMN_UNSUPPORTED, entry->name,
			    "what a binary workbook keeps of other sources is not read");
		}
	}
}

void
xlsb_read(struct xlsx *x, const struct rmn_zip_entry *workbook)
{
	struct rmn_package *package = &x->ooxml.package;
	struct binary *b = rmn_arena_alloc(package->arena, 1, sizeof(*b));
	const struct rmn_zip_entry *entry;

	if (!b) {
		rmn_package_note(package, RMN_LIMIT, workbook->name, "outgrows its memory");
		return;
	}
	b->x = x;
	rmn_buf_init(&b->part, RMN_LIMIT_WHOLE_ITEM_BYTES);
	rmn_buf_init(&b->scratch, RMN_LIMIT_PART_BYTES);
	entry = rmn_package_find(package, rmn_bytes_from_string("xl/sharedStrings.bin"));
	if (entry)
		part_each(b, entry, take_string);
	entry = rmn_package_find(package, rmn_bytes_from_string("xl/styles.bin"));
	if (entry)
		part_each(b, entry, take_style);
	sheets_read(b, workbook);
	unlisted_read(b);
	if (x->sheets_read == 0)
		rmn_package_note(package, RMN_PARTIAL, workbook->name, "no sheet was found");
	others_read(b);
	rmn_buf_release(&b->part);
	rmn_buf_release(&b->scratch);
}
