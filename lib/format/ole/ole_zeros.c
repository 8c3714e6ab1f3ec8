/* SPDX-License-Identifier: MIT
 *
 * Who judges which stream. */
#include <strings.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/holes.h"
#include "base/limits.h"
#include "format/ole/zeros.h"

/* Zeros at the borders of what a judge explains are no hole of their own. */
#define UNEXPLAINED_MIN ((size_t)128)
#define SMALL_MIN ((size_t)64)		/* of a small stream: its sector */

static const struct {
	const char *stream;
	rmn_zeros_judge *judge;
} judges[] = {
	{"WordDocument", rmn_zeros_doc},
	{"0Table", rmn_zeros_doc_table},
	{"1Table", rmn_zeros_doc_table},
	{"Data", rmn_zeros_doc_data},
	{"Workbook", rmn_zeros_xls},
	{"Book", rmn_zeros_xls},
	{"PowerPoint Document", rmn_zeros_ppt},
	{"Pictures", rmn_zeros_pictures},
	{"\005SummaryInformation", rmn_zeros_property_set},
	{"\005DocumentSummaryInformation", rmn_zeros_property_set},
	{"\003EPRINT", rmn_zeros_metafile},
	{"\001CompObj", rmn_zeros_marked},
	{"\001Ole10Native", rmn_zeros_marked},
	{"Current User", rmn_zeros_marked},
	{"CONTENTS", rmn_zeros_marked},
	{"Package", rmn_zeros_marked},
};

void
rmn_zeros_explain(struct rmn_zeros *z, size_t start, size_t end)
{
	const struct rmn_zero_run *first = rmn_zeros_in(z, start, end);
	size_t i = first ? (size_t)(first - z->runs) : z->count;

	for (; i < z->count && z->runs[i].start < end; i++) {
		size_t from = start > z->runs[i].start ? start : z->runs[i].start;

		z->runs[i].explained += rmn_min_size(end, z->runs[i].end) - from;
	}
}

const struct rmn_zero_run *
rmn_zeros_in(const struct rmn_zeros *z, size_t start, size_t end)
{
	size_t low = 0, high = z->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (z->runs[middle].end <= start)
			low = middle + 1;
		else
			high = middle;
	}
	return low < z->count && z->runs[low].start < end ? &z->runs[low] : NULL;
}

/* JExcelAPI leaves both sets empty. */
static bool
is_empty_pair(struct rmn_cfb *cfb, uint32_t storage)
{
	static const char *const names[] = {"\005SummaryInformation", "\005DocumentSummaryInformation"};
	struct rmn_bytes bytes;

	for (size_t i = 0; i < 2; i++) {
		const struct rmn_cfb_entry *entry = rmn_cfb_find(cfb, storage, names[i]);

		if (!entry || rmn_cfb_read(cfb, entry, RMN_MIB, &bytes, NULL) != RMN_OK ||
		    !rmn_bytes_are_zero(bytes))
			return false;
	}
	return true;
}

#define SET_HEAD_BYTES 28u
#define SECTION_ROW_BYTES 20u
#define SECTIONS_MAX 8u
#define PROPERTIES_MAX 256u
#define THUMBNAIL 17u
#define FORMAT_BITMAP 8u		/* CF_DIB */
#define BITMAP_AT 16u			/* behind type, size, kind, format */
#define BITMAP_HEAD_BYTES 40u
#define BITMAP_SIZE_AT 20u

/* A bitmap is shorter than the place that is kept for it. */
static void
thumbnail_explain(struct rmn_zeros *z, size_t section, size_t end)
{
	struct rmn_cursor c = rmn_cursor_over(z->stream), value;
	uint32_t count, id, offset, format, size;

	if (!rmn_cursor_seek(&c, section + 4) || !rmn_cursor_le32(&c, &count))
		return;
	for (uint32_t i = 0; i < count && i < PROPERTIES_MAX; i++) {
		if (!rmn_cursor_le32(&c, &id) || !rmn_cursor_le32(&c, &offset))
			return;
		value = rmn_cursor_over(z->stream);
		if (id != THUMBNAIL || !rmn_cursor_seek(&value, section + offset) ||
		    !rmn_cursor_skip(&value, BITMAP_AT - 4) || !rmn_cursor_le32(&value, &format) ||
		    format != FORMAT_BITMAP || !rmn_cursor_skip(&value, BITMAP_SIZE_AT) ||
		    !rmn_cursor_le32(&value, &size))
			continue;
		if (size > 0 && size < z->stream.size)
			rmn_zeros_explain(z, section + offset + BITMAP_AT + BITMAP_HEAD_BYTES + size, end);
	}
}

/* The sections are as long as they say; what is behind and between them is padding. */
void
rmn_zeros_property_set(struct rmn_zeros *z)
{
	struct rmn_cursor c = rmn_cursor_over(z->stream), section;
	uint32_t count, offset, size;
	size_t done;

	if (rmn_bytes_are_zero(z->stream)) {
		if (is_empty_pair(z->cfb, z->cfb->entries[z->entry].parent))
			rmn_zeros_explain(z, 0, z->stream.size);
		return;
	}
	if (!rmn_cursor_skip(&c, SET_HEAD_BYTES - 4) || !rmn_cursor_le32(&c, &count) ||
	    count == 0 || count > SECTIONS_MAX)
		return;
	done = SET_HEAD_BYTES + count * SECTION_ROW_BYTES;
	for (uint32_t i = 0; i < count; i++) {
		section = rmn_cursor_over(z->stream);
		if (!rmn_cursor_skip(&c, SECTION_ROW_BYTES - 4) || !rmn_cursor_le32(&c, &offset) ||
		    !rmn_cursor_seek(&section, offset) || !rmn_cursor_le32(&section, &size))
			return;
		if (size == 0)		/* its length is lost too */
			return;
		if (size > z->stream.size - offset)
			break;		/* some writers say nonsense */
		if (offset > done)
			rmn_zeros_explain(z, done, offset);
		thumbnail_explain(z, offset, (size_t)offset + size);
		if (offset >= done)
			done = (size_t)offset + size;
	}
	rmn_zeros_explain(z, done, z->stream.size);
}

/* Streams that begin with a mark; nobody knows what follows. */
void
rmn_zeros_marked(struct rmn_zeros *z)
{
	z->is_hole = rmn_zeros_in(z, 0, 1);
	rmn_zeros_explain(z, 0, z->stream.size);
}

#define EMF_HEADER 1u
#define EMF_GDI_COMMENT 70u
#define EMF_RECORD_MIN 8u

/* Records that carry bitmaps. */
static bool
is_bitmap_record(uint32_t type)
{
	return (type >= 76 && type <= 81) || type == 93 || type == 94 || type == 114 || type == 116 ||
	    type == EMF_GDI_COMMENT;
}

void
rmn_zeros_metafile(struct rmn_zeros *z)
{
	struct rmn_cursor c = rmn_cursor_over(z->stream);
	uint32_t type, size, mark;
	size_t at = 0;

	if (!rmn_cursor_le32(&c, &type) || type != EMF_HEADER || !rmn_cursor_seek(&c, 40) ||
	    !rmn_cursor_le32(&c, &mark) || mark != 0x464D4520) {
		rmn_zeros_explain(z, 0, z->stream.size);
		return;
	}
	while (rmn_cursor_seek(&c, at) && rmn_cursor_le32(&c, &type) && rmn_cursor_le32(&c, &size) &&
	    size >= EMF_RECORD_MIN && size <= z->stream.size - at) {
		if (is_bitmap_record(type))
			rmn_zeros_explain(z, at, at + size);
		at += size;
	}
	/* the records end before the stream, or where a hole begins */
	if (!rmn_zeros_in(z, at, at + 1))
		rmn_zeros_explain(z, at, z->stream.size);
}

static rmn_zeros_judge *
judge_find(const struct rmn_cfb_entry *entry)
{
	for (size_t i = 0; i < sizeof(judges) / sizeof(judges[0]); i++)
		if (strcasecmp(entry->name, judges[i].stream) == 0)
			return judges[i].judge;
	return NULL;
}

static enum rmn_status
stream_judge(struct rmn_cfb *cfb, rmn_zeros_judge *judge, struct rmn_zero_run *runs, size_t count,
    struct rmn_error *error)
{
	const struct rmn_cfb_entry *entry = &cfb->entries[runs->entry];
	size_t least = entry->size_bytes < cfb->mini_cutoff ? SMALL_MIN : UNEXPLAINED_MIN;
	struct rmn_zeros z = {.cfb = cfb, .entry = runs->entry, .runs = runs, .count = count};
	const char *name = entry->name + ((unsigned char)entry->name[0] < ' ');
	enum rmn_status status = rmn_cfb_read(cfb, entry, RMN_LIMIT_WHOLE_ITEM_BYTES, &z.stream, error);

	if (status != RMN_OK)
		return status;
	judge(&z);
	for (size_t i = 0; i < count; i++) {
		size_t size = runs[i].end - runs[i].start;

		if (z.is_hole || (size > runs[i].explained && size - runs[i].explained >= least))
			return rmn_fail(error, RMN_PARTIAL, "a hole of zeros in stream %s at byte %zu",
			    name, runs[i].start);
	}
	return RMN_OK;
}

enum rmn_status
rmn_ole_holes_look(struct rmn_cfb *cfb, struct rmn_error *error)
{
	struct rmn_zero_run *runs;
	size_t count, next;
	enum rmn_status status = rmn_cfb_zeros_find(cfb, &runs, &count, error);

	for (size_t i = 0; status == RMN_OK && i < count; i = next) {
		rmn_zeros_judge *judge = judge_find(&cfb->entries[runs[i].entry]);

		next = i + 1;
		while (next < count && runs[next].entry == runs[i].entry)
			next++;
		if (judge)
			status = stream_judge(cfb, judge, runs + i, next - i, error);
	}
	return status;
}
