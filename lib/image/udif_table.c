/* SPDX-License-Identifier: MIT
 *
 * The trailer ("koly") says where an XML property list stands; its blkx entries hold, in base64, one
 * table ("mish") for each partition.  Numbers are big-endian. */
#include "image/udif_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/checked.h"
#include "base/cursor.h"
#include "base/limits.h"

#define TRAILER_BYTES 512u
#define MISH_HEADER_BYTES 204u
#define RUN_BYTES 40u
/* The list of a terabyte of small runs; it is held in memory. */
#define LIST_BYTES_MAX (64 * RMN_MIB)
/* Writers use 256 KiB or 1 MiB for one compressed run. */
#define COMPRESSED_RUN_BYTES_MAX (64 * RMN_MIB)

struct trailer {
	uint64_t data_at, list_at, list_bytes, sectors;
	uint32_t segments;
};

static bool
trailer_read(struct rmn_blob *content, struct trailer *t)
{
	unsigned char bytes[TRAILER_BYTES];
	struct rmn_cursor c = rmn_cursor_over((struct rmn_bytes){bytes, sizeof(bytes)});
	size_t got;

	if (content->size_bytes < TRAILER_BYTES || rmn_blob_read(content,
	    content->size_bytes - TRAILER_BYTES, bytes, sizeof(bytes), &got, NULL) != RMN_OK ||
	    got < sizeof(bytes) || memcmp(bytes, "koly", 4) != 0)
		return false;
	return rmn_cursor_seek(&c, 24) && rmn_cursor_be64(&c, &t->data_at) &&
	    rmn_cursor_seek(&c, 60) && rmn_cursor_be32(&c, &t->segments) &&
	    rmn_cursor_seek(&c, 216) && rmn_cursor_be64(&c, &t->list_at) &&
	    rmn_cursor_be64(&c, &t->list_bytes) && rmn_cursor_seek(&c, 492) &&
	    rmn_cursor_be64(&c, &t->sectors);
}

static int
base64_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static void
base64_decode(struct rmn_bytes text, struct rmn_buf *out)
{
	unsigned bits = 0, count = 0;

	for (size_t i = 0; i < text.size && text.data[i] != '='; i++) {
		int value = base64_value(text.data[i]);

		if (value < 0)
			continue;
		bits = (bits << 6 | (unsigned)value) & 0xFFFFFF;
		count += 6;
		if (count >= 8) {
			count -= 8;
			rmn_buf_append_char(out, (char)(bits >> count & 0xFF));
		}
	}
}

static bool
run_add(struct udif_table *table, const struct udif_run *run)
{
	if (table->count == table->capacity) {
		size_t capacity = table->capacity ? table->capacity * 2 : 256;
		struct udif_run *runs = reallocarray(table->runs, capacity, sizeof(*runs));

		if (!runs)
			return false;
		table->runs = runs;
		table->capacity = capacity;
	}
	table->runs[table->count++] = *run;
	return true;
}

/* One run of a table whose sectors count from first and whose data from data_at. */
static enum rmn_status
run_read(struct rmn_cursor *c, uint64_t first, uint64_t data_at, struct udif_table *table)
{
	struct udif_run run;
	uint64_t sector, sectors;

	if (!rmn_cursor_be32(c, &run.type) || !rmn_cursor_skip(c, 4) ||
	    !rmn_cursor_be64(c, &sector) || !rmn_cursor_be64(c, &sectors) ||
	    !rmn_cursor_be64(c, &run.packed_at) || !rmn_cursor_be64(c, &run.packed_bytes))
		return RMN_CORRUPT;
	if (run.type == UDIF_COMMENT || run.type == UDIF_END || sectors == 0)
		return RMN_OK;
	if (!rmn_add_u64(sector, first, &sector) ||
	    !rmn_mul_u64(sector, UDIF_SECTOR_BYTES, &run.start) ||
	    !rmn_mul_u64(sectors, UDIF_SECTOR_BYTES, &run.size_bytes) ||
	    !rmn_add_u64(run.packed_at, data_at, &run.packed_at) ||
	    run.start > table->size_bytes || run.size_bytes > table->size_bytes - run.start)
		return RMN_CORRUPT;
	if ((run.type & 0x80000000u) && (run.size_bytes > COMPRESSED_RUN_BYTES_MAX ||
	    run.packed_bytes > COMPRESSED_RUN_BYTES_MAX))
		return RMN_LIMIT;
	return run_add(table, &run) ? RMN_OK : RMN_NOMEM;
}

static enum rmn_status
mish_read(struct rmn_bytes mish, uint64_t data_at, struct udif_table *table)
{
	struct rmn_cursor c = rmn_cursor_over(mish);
	uint64_t first, mish_data_at;
	uint32_t count;
	enum rmn_status status = RMN_OK;

	if (!rmn_bytes_start_with(mish, "mish") || !rmn_cursor_seek(&c, 8) ||
	    !rmn_cursor_be64(&c, &first) || !rmn_cursor_skip(&c, 8) ||
	    !rmn_cursor_be64(&c, &mish_data_at) || !rmn_add_u64(data_at, mish_data_at, &data_at) ||
	    !rmn_cursor_seek(&c, MISH_HEADER_BYTES - 4) || !rmn_cursor_be32(&c, &count) ||
	    count > rmn_cursor_left(&c) / RUN_BYTES)
		return RMN_CORRUPT;
	for (; count > 0 && status == RMN_OK; count--)
		status = run_read(&c, first, data_at, table);
	return status;
}

/* Where needle starts behind at; the end when there is none. */
static size_t
find_from(struct rmn_bytes bytes, size_t at, const char *needle)
{
	size_t found = rmn_bytes_find(rmn_bytes_after(bytes, at), rmn_bytes_from_string(needle));

	return found == SIZE_MAX ? bytes.size : at + found;
}

/* The blkx array: its <data> elements are the tables. */
static enum rmn_status
list_read(struct rmn_bytes list, uint64_t data_at, struct udif_table *table)
{
	size_t at = find_from(list, 0, "<key>blkx</key>");
	size_t end = find_from(list, at, "</array>");
	enum rmn_status status = at < list.size ? RMN_OK : RMN_UNSUPPORTED;
	struct rmn_buf mish;

	rmn_buf_init(&mish, LIST_BYTES_MAX);
	while (status == RMN_OK) {
		size_t close;

		at = find_from(list, at, "<data>");
		if (at >= end)
			break;
		close = find_from(list, at, "</data>");
		rmn_buf_clear(&mish);
		base64_decode((struct rmn_bytes){list.data + at + 6, close - at - 6}, &mish);
		status = mish.failed ? RMN_NOMEM :
		    mish_read(rmn_buf_bytes(&mish), data_at, table);
		at = close;
	}
	rmn_buf_release(&mish);
	return status;
}

static int
run_compare(const void *a, const void *b)
{
	const struct udif_run *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Of runs that overlap the first keeps its sectors: a hostile table. */
static bool
runs_sort(struct udif_table *table)
{
	qsort(table->runs, table->count, sizeof(*table->runs), run_compare);
	for (size_t i = 1; i < table->count; i++)
		if (table->runs[i].start <
		    table->runs[i - 1].start + table->runs[i - 1].size_bytes)
			return false;
	return true;
}

enum rmn_status
udif_table_read(struct rmn_blob *content, struct udif_table *table, struct rmn_error *error)
{
	struct trailer t = {0};
	unsigned char *list;
	size_t got = 0;
	enum rmn_status status;

	if (!trailer_read(content, &t) || !rmn_mul_u64(t.sectors, UDIF_SECTOR_BYTES,
	    &table->size_bytes) || table->size_bytes > INT64_MAX)
		return rmn_fail(error, RMN_CORRUPT, "the trailer of this disk image is damaged");
	if (t.segments > 1)
		return rmn_fail(error, RMN_UNSUPPORTED, "one of %u segments of a disk image; join "
		    "them first (hdiutil convert)", (unsigned)t.segments);
	if (t.list_bytes == 0)
		return rmn_fail(error, RMN_UNSUPPORTED, "a disk image whose table is in a resource "
		    "fork is not read");
	if (t.list_bytes > LIST_BYTES_MAX)
		return rmn_fail(error, RMN_LIMIT, "the table of this disk image is too long");
	list = malloc((size_t)t.list_bytes);
	if (!list)
		return rmn_fail(error, RMN_NOMEM, "out of memory for the table of a disk image");
	status = rmn_blob_read(content, t.list_at, list, (size_t)t.list_bytes, &got, error);
	if (status == RMN_OK && got < t.list_bytes)
		status = RMN_CORRUPT;
	if (status == RMN_OK)
		status = list_read((struct rmn_bytes){list, got}, t.data_at, table);
	free(list);
	if (status == RMN_OK && (table->count == 0 || !runs_sort(table)))
		status = RMN_CORRUPT;
	if (status != RMN_OK)
		return rmn_fail(error, status, "the table of this disk image is damaged");
	return RMN_OK;
}

void
udif_table_release(struct udif_table *table)
{
	free(table->runs);
	*table = (struct udif_table){0};
}
