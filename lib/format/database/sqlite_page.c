/* SPDX-License-Identifier: MIT */
#include "format/database/sqlite_page.h"

#include <string.h>

#include "base/checked.h"
#include "base/number.h"
#include "charset/charset.h"
#include "format/sheet/cells.h"

#define PAGE_BYTES_MIN 512u
#define PAYLOAD_BYTES_MAX (1ull << 31)

bool
rmn_sqlite_shape_read(struct rmn_bytes head, struct rmn_sqlite_shape *shape)
{
	uint32_t code;

	if (head.size < RMN_SQLITE_HEADER_BYTES ||
	    memcmp(head.data, "SQLite format 3", 16) != 0)
		return false;
	shape->page_bytes = rmn_be16(head.data + 16) == 1 ? 65536 : rmn_be16(head.data + 16);
	if (shape->page_bytes < PAGE_BYTES_MIN ||
	    (shape->page_bytes & (shape->page_bytes - 1)) != 0)
		return false;
	shape->usable_bytes = shape->page_bytes - head.data[20];
	if (shape->usable_bytes < 480)
		return false;
	code = rmn_be32(head.data + 56);
	shape->encoding = code == 2 ? RMN_UTF16LE : code == 3 ? RMN_UTF16BE : RMN_UTF8;
	return true;
}

size_t
rmn_sqlite_varint(struct rmn_bytes bytes, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < 8 && i < bytes.size; i++) {
		*value = *value << 7 | (bytes.data[i] & 0x7F);
		if (!(bytes.data[i] & 0x80))
			return i + 1;
	}
	if (bytes.size < 9)
		return 0;
	*value = *value << 8 | bytes.data[8];
	return 9;
}

bool
rmn_sqlite_page_open(const struct rmn_sqlite_shape *shape, struct rmn_bytes bytes, uint32_t number,
    struct rmn_sqlite_page *page)
{
	const unsigned char *head;
	bool is_inner;

	*page = (struct rmn_sqlite_page){
		.bytes = rmn_bytes_head(bytes, shape->usable_bytes),
		.from = number == 1 ? RMN_SQLITE_HEADER_BYTES : 0,
	};
	if (page->bytes.size < shape->usable_bytes)
		return false;
	head = page->bytes.data + page->from;
	if (head[0] != RMN_SQLITE_INDEX_INNER && head[0] != RMN_SQLITE_TABLE_INNER &&
	    head[0] != RMN_SQLITE_INDEX_LEAF && head[0] != RMN_SQLITE_TABLE_LEAF)
		return false;
	page->kind = head[0];
	is_inner = page->kind == RMN_SQLITE_INDEX_INNER || page->kind == RMN_SQLITE_TABLE_INNER;
	page->cell_count = rmn_be16(head + 3);
	page->content = rmn_be16(head + 5) ? rmn_be16(head + 5) : 65536;
	page->array = page->from + (is_inner ? 12 : 8);
	page->right_child = is_inner ? rmn_be32(head + 8) : 0;
	return head[7] <= 60 && page->array + page->cell_count * 2 <= page->content &&
	    page->content <= shape->usable_bytes;
}

/* How much of a payload is on the page itself (2.1, "Cell Payload Overflow Pages"). */
static uint64_t
local_bytes(const struct rmn_sqlite_shape *shape, uint64_t payload, bool is_table)
{
	uint64_t u = shape->usable_bytes, least = (u - 12) * 32 / 255 - 23, k;
	uint64_t most = is_table ? u - 35 : (u - 12) * 64 / 255 - 23;

	if (payload <= most)
		return payload;
	k = least + (payload - least) % (u - 4);
	return k <= most ? k : least;
}

bool
rmn_sqlite_cell_at(const struct rmn_sqlite_shape *shape, struct rmn_bytes bytes,
    enum rmn_sqlite_kind kind, uint32_t at, struct rmn_sqlite_cell *cell)
{
	bool is_inner = kind == RMN_SQLITE_INDEX_INNER || kind == RMN_SQLITE_TABLE_INNER;
	bool is_table = kind == RMN_SQLITE_TABLE_LEAF || kind == RMN_SQLITE_TABLE_INNER;
	struct rmn_bytes rest = rmn_bytes_after(bytes, at);
	uint64_t row = 0, local;
	size_t part;

	*cell = (struct rmn_sqlite_cell){.start = at};
	if (is_inner) {
		if (rest.size < 4)
			return false;
		cell->child = rmn_be32(rest.data);
		rest = rmn_bytes_after(rest, 4);
	}
	if (kind != RMN_SQLITE_TABLE_INNER) {
		part = rmn_sqlite_varint(rest, &cell->payload_bytes);
		if (part == 0 || cell->payload_bytes > PAYLOAD_BYTES_MAX)
			return false;
		rest = rmn_bytes_after(rest, part);
	}
	if (is_table) {
		part = rmn_sqlite_varint(rest, &row);
		if (part == 0)
			return false;
		cell->row = (int64_t)row;
		rest = rmn_bytes_after(rest, part);
	}
	local = local_bytes(shape, cell->payload_bytes, is_table);
	if (local > rest.size)
		return false;
	cell->local = rmn_bytes_head(rest, (size_t)local);
	rest = rmn_bytes_after(rest, (size_t)local);
	if (local < cell->payload_bytes) {
		if (rest.size < 4)
			return false;
		cell->overflow = rmn_be32(rest.data);
		rest = rmn_bytes_after(rest, 4);
	}
	cell->end = (uint32_t)(bytes.size - rest.size);
	return true;
}

bool
rmn_sqlite_cell_read(const struct rmn_sqlite_shape *shape, const struct rmn_sqlite_page *page,
    uint32_t index, struct rmn_sqlite_cell *cell)
{
	uint32_t at = rmn_be16(page->bytes.data + page->array + (size_t)index * 2);

	return at >= page->content && at < page->bytes.size &&
	    rmn_sqlite_cell_at(shape, page->bytes, page->kind, at, cell);
}

bool
rmn_sqlite_record_open(struct rmn_bytes payload, struct rmn_sqlite_record *record)
{
	uint64_t header;
	size_t part = rmn_sqlite_varint(payload, &header);

	*record = (struct rmn_sqlite_record){.is_damaged = true};
	if (part == 0 || header < part || header > payload.size)
		return false;
	record->types = rmn_bytes_after(rmn_bytes_head(payload, (size_t)header), part);
	record->body = rmn_bytes_after(payload, (size_t)header);
	record->is_damaged = false;
	return true;
}

bool
rmn_sqlite_type_bytes(uint64_t type, uint64_t *size_bytes)
{
	static const uint8_t sizes[10] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};

	if (type == 10 || type == 11)
		return false;
	*size_bytes = type < 10 ? sizes[type] : (type - 12) / 2;
	return true;
}

/* Big-endian, two's complement. */
static int64_t
integer_of(struct rmn_bytes bytes)
{
	uint64_t value = bytes.size > 0 && (bytes.data[0] & 0x80) ? UINT64_MAX : 0;

	for (size_t i = 0; i < bytes.size; i++)
		value = value << 8 | bytes.data[i];
	return (int64_t)value;
}

static void
value_of(uint64_t type, struct rmn_bytes bytes, struct rmn_sqlite_value *value)
{
	*value = (struct rmn_sqlite_value){.type = RMN_SQLITE_NULL, .bytes = bytes};
	if (type == 7 && bytes.size == 8) {
		uint64_t bits = rmn_be64(bytes.data);

		value->type = RMN_SQLITE_REAL;
		memcpy(&value->real, &bits, sizeof(value->real));
	} else if (type > 0 && type < 7) {
		value->type = RMN_SQLITE_INTEGER;
		value->integer = integer_of(bytes);
	} else if (type == 8 || type == 9) {
		value->type = RMN_SQLITE_INTEGER;
		value->integer = type == 9;
	} else if (type >= 12) {
		value->type = type % 2 ? RMN_SQLITE_TEXT : RMN_SQLITE_BLOB;
	}
}

bool
rmn_sqlite_record_next(struct rmn_sqlite_record *record, struct rmn_sqlite_value *value)
{
	uint64_t type, size;
	size_t part;
	bool is_cut;

	if (record->types.size == 0)
		return false;
	part = rmn_sqlite_varint(record->types, &type);
	if (part == 0 || !rmn_sqlite_type_bytes(type, &size)) {
		record->is_damaged = true;
		record->types.size = 0;
		return false;
	}
	record->types = rmn_bytes_after(record->types, part);
	is_cut = size > record->body.size;
	if (is_cut) {
		record->is_damaged = true;
		size = type < 12 ? 0 : record->body.size;
	}
	value_of(is_cut && type < 12 ? 0 : type, rmn_bytes_head(record->body, (size_t)size), value);
	value->is_cut = is_cut;
	record->body = is_cut ? (struct rmn_bytes){NULL, 0} :
	    rmn_bytes_after(record->body, (size_t)size);
	return true;
}

static void
blob_put(struct rmn_text *text, struct rmn_bytes bytes)
{
	struct rmn_charset_guess guess = {.is_text = false};

	if (bytes.size == 0)
		return;
	if (bytes.size >= 4)
		guess = rmn_charset_guess(bytes);
	if (guess.is_text && guess.confidence >= 50)
		rmn_cell_put_encoded(text, rmn_bytes_after(bytes, guess.bom_bytes), guess.encoding);
	else
		rmn_runs_put(text, bytes, RMN_UTF8, ' ');
}

void
rmn_sqlite_value_put(struct rmn_text *text, const struct rmn_sqlite_value *value,
    enum rmn_encoding encoding)
{
	switch (value->type) {
	case RMN_SQLITE_NULL:
		break;
	case RMN_SQLITE_INTEGER:
		rmn_cell_put_integer(text, value->integer);
		break;
	case RMN_SQLITE_REAL:
		rmn_cell_put_real(text, value->real);
		break;
	case RMN_SQLITE_TEXT:
		rmn_cell_put_encoded(text, value->bytes, encoding);
		break;
	case RMN_SQLITE_BLOB:
		blob_put(text, value->bytes);
		break;
	}
}
