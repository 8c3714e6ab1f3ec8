/* SPDX-License-Identifier: MIT */
#include "format/database/sqlite_lost.h"

#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "base/number.h"
#include "base/utf8.h"
#include "format/sheet/cells.h"

/* Bytes looked at for each byte of a region: past it only runs of text are found. */
#define WORK_FACTOR 64u
/* In text every byte is a possible size of a header; below a space none is. */
#define HEADER_BYTES_UNSURE 31u

struct region {
	struct rmn_text *text;
	const struct rmn_sqlite_shape *shape;
	struct rmn_bytes bytes;
	unsigned columns;
	uint64_t work;
};

/* A record at some place, or what is left of one. */
struct candidate {
	struct rmn_bytes types, body;
	unsigned lost;			/* columns before the first type */
	struct rmn_bytes first;		/* what the lost one held, when that is text */
	size_t end;			/* in the region */
};

void
rmn_sqlite_record_put(struct rmn_text *text, struct rmn_bytes payload, enum rmn_encoding encoding)
{
	struct rmn_sqlite_record record;
	struct rmn_sqlite_value value;
	bool is_first = true;

	if (!rmn_sqlite_record_open(payload, &record)) {
		rmn_runs_put(text, payload, encoding, '\n');
		rmn_text_newline(text);
		return;
	}
	while (text->status == RMN_OK && rmn_sqlite_record_next(&record, &value)) {
		if (!is_first)
			rmn_text_char(text, '\t');
		is_first = false;
		rmn_sqlite_value_put(text, &value, encoding);
	}
	rmn_text_newline(text);
}

unsigned
rmn_sqlite_leaf_put(struct rmn_text *text, const struct rmn_sqlite_shape *shape,
    const struct rmn_sqlite_page *page)
{
	uint64_t room = page->bytes.size;
	unsigned count = 0;

	for (uint32_t i = 0; i < page->cell_count && text->status == RMN_OK; i++) {
		struct rmn_sqlite_cell cell;

		if (!rmn_sqlite_cell_read(shape, page, i, &cell))
			continue;
		if (cell.local.size > room)
			break;		/* cells lie over each other */
		room -= cell.local.size;
		rmn_sqlite_record_put(text, cell.local, shape->encoding);
		count++;
	}
	return count;
}

static bool
is_written(struct rmn_bytes text, enum rmn_encoding encoding)
{
	if (encoding != RMN_UTF8)
		return text.size % 2 == 0;
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] < ' ' && text.data[i] != '\n' && text.data[i] != '\r' &&
		    text.data[i] != '\t')
			return false;
	return rmn_utf8_is_valid(text);
}

/* A number that somebody would store; bytes of something else are mostly none. */
static bool
is_likely(double real)
{
	double size = fabs(real);

	return real == 0 || (size > 1e-12 && size < 1e18);
}

/* Whether types and body fit each other, with a text that can be read. */
static bool
candidate_fits(struct region *r, struct candidate *c)
{
	struct rmn_sqlite_record record = {.types = c->types, .body = c->body};
	struct rmn_sqlite_value value;
	unsigned count = c->lost;
	bool has_text = false;

	while (rmn_sqlite_record_next(&record, &value)) {
		r->work += 1 + value.bytes.size;
		if (value.is_cut || r->work > r->bytes.size * (uint64_t)WORK_FACTOR)
			return false;
		if (value.type == RMN_SQLITE_TEXT && !is_written(value.bytes, r->shape->encoding))
			return false;
		if (value.type == RMN_SQLITE_REAL && !is_likely(value.real))
			return false;
		has_text |= value.type == RMN_SQLITE_TEXT && value.bytes.size > 0;
		count++;
	}
	c->body.size -= record.body.size;
	c->end = (size_t)(c->body.data - r->bytes.data) + c->body.size;
	has_text |= c->first.size > 0;
	return !record.is_damaged && has_text && count >= 2 &&
	    (r->columns == 0 || count <= r->columns);
}

/* A record whose header is whole. */
static bool
record_at(struct region *r, size_t at, struct candidate *c)
{
	struct rmn_bytes rest = rmn_bytes_after(r->bytes, at);
	struct rmn_sqlite_record record;

	if (rest.size < 4 || rest.data[0] < 3 ||
	    (r->columns == 0 && rest.data[0] > HEADER_BYTES_UNSURE) ||
	    !rmn_sqlite_record_open(rest, &record) || record.types.size < r->columns)
		return false;
	*c = (struct candidate){.types = record.types, .body = record.body};
	return candidate_fits(r, c);
}

/* The serial types of this many columns at the start of bytes; *left: bytes behind their values. */
static bool
types_cut(struct rmn_bytes bytes, unsigned count, struct candidate *c, size_t *left)
{
	struct rmn_bytes rest = bytes;
	uint64_t type, size, sum = 0;

	for (unsigned i = 0; i < count; i++) {
		size_t part = rmn_sqlite_varint(rest, &type);

		if (part == 0 || !rmn_sqlite_type_bytes(type, &size) || size > bytes.size)
			return false;
		rest = rmn_bytes_after(rest, part);
		sum += size;
	}
	if (sum > rest.size)
		return false;
	*left = rest.size - (size_t)sum;
	c->types = rmn_bytes_head(bytes, bytes.size - rest.size);
	c->body = rest;
	return true;
}

/* A cell without its first type.  Mostly that was of a row number, which takes no room; if there is room
 * for more than the other columns, the first was a text. */
static bool
block_without_type(struct region *r, struct rmn_bytes rest, struct candidate *c)
{
	size_t left;

	*c = (struct candidate){.lost = 1};
	if (!types_cut(rest, r->columns - 1, c, &left))
		return false;
	c->first = rmn_bytes_head(c->body, left);
	r->work += left;
	if (left > 0 && is_written(c->first, r->shape->encoding)) {
		c->body = rmn_bytes_after(c->body, left);
		if (candidate_fits(r, c))
			return true;
		types_cut(rest, r->columns - 1, c, &left);
	}
	c->first.size = 0;
	return candidate_fits(r, c);
}

/* A free block: the place of the next one and its own size stand where the cell had its sizes, its row
 * number and, when those were short, its first type. */
static bool
block_at(struct region *r, size_t at, struct candidate *c)
{
	struct rmn_bytes rest = rmn_bytes_after(r->bytes, at);
	uint32_t next, size;
	size_t left;

	if (r->columns < 2 || rest.size < 8)
		return false;
	next = rmn_be16(rest.data);
	size = rmn_be16(rest.data + 2);
	if (size < 8 || size > rest.size || next >= r->shape->usable_bytes || (next && next < size))
		return false;
	rest = rmn_bytes_after(rmn_bytes_head(rest, size), 4);
	r->work += r->columns;
	if (block_without_type(r, rest, c))
		return true;
	*c = (struct candidate){.lost = 0};
	return types_cut(rest, r->columns, c, &left) && candidate_fits(r, c);
}

static void
candidate_put(struct region *r, const struct candidate *c)
{
	struct rmn_sqlite_record record = {.types = c->types, .body = c->body};
	struct rmn_sqlite_value value;
	unsigned count = c->lost;

	rmn_cell_put_encoded(r->text, c->first, r->shape->encoding);
	while (rmn_sqlite_record_next(&record, &value)) {
		if (count++ > 0)
			rmn_text_char(r->text, '\t');
		rmn_sqlite_value_put(r->text, &value, r->shape->encoding);
	}
	rmn_text_newline(r->text);
}

void
rmn_sqlite_region_put(struct rmn_text *text, const struct rmn_sqlite_shape *shape,
    struct rmn_bytes region, unsigned columns)
{
	struct region r = {text, shape, region, columns, 0};
	size_t at = 0, start = 0;

	if (rmn_bytes_are_zero(region))
		return;
	while (at < region.size && text->status == RMN_OK) {
		struct candidate c;

		if (r.work > region.size * (uint64_t)WORK_FACTOR ||
		    (!block_at(&r, at, &c) && !record_at(&r, at, &c))) {
			at++;
			continue;
		}
		rmn_runs_put(text, (struct rmn_bytes){region.data + start, at - start},
		    shape->encoding, '\n');
		rmn_text_newline(text);
		candidate_put(&r, &c);
		start = at = c.end;
	}
	rmn_runs_put(text, rmn_bytes_after(region, start), shape->encoding, '\n');
	rmn_text_newline(text);
}

/* Marks the cells; false when they lie over each other so much that no gap is one. */
static bool
mark_cells(const struct rmn_sqlite_shape *shape, const struct rmn_sqlite_page *page,
    unsigned char *used)
{
	uint64_t room = page->bytes.size;

	memset(used, 0, page->bytes.size);
	memset(used, 1, page->array + (size_t)page->cell_count * 2);
	for (uint32_t i = 0; i < page->cell_count; i++) {
		struct rmn_sqlite_cell cell;

		if (!rmn_sqlite_cell_read(shape, page, i, &cell))
			continue;
		if (cell.end - cell.start > room)
			return false;
		room -= cell.end - cell.start;
		memset(used + cell.start, 1, cell.end - cell.start);
	}
	return true;
}

void
rmn_sqlite_gaps_put(struct rmn_text *text, const struct rmn_sqlite_shape *shape,
    const struct rmn_sqlite_page *page, unsigned columns, unsigned char *used)
{
	size_t size = page->bytes.size;

	if (!mark_cells(shape, page, used))
		return;
	for (size_t at = 0; at < size && text->status == RMN_OK;) {
		size_t start = at;

		while (at < size && used[at] == used[start])
			at++;
		if (!used[start] && at - start >= 4)
			rmn_sqlite_region_put(text, shape,
			    (struct rmn_bytes){page->bytes.data + start, at - start}, columns);
	}
}
