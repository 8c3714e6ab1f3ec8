/* SPDX-License-Identifier: MIT
 *
 * Where a workbook's stream has sectors of zeros: settings of printers, bitmaps, the index of the shared
 * strings, pictures; and behind its last record. */
#include "base/buf.h"
#include "base/checked.h"
#include "base/limits.h"
#include "base/number.h"
#include "format/ole/zeros.h"
#include "format/sheet/xls.h"

#define PRINTER 0x004Du
#define BITMAP 0x007Fu
#define BACKGROUND 0x00E9u
#define OBJECT 0x005Du
#define DRAWING_GROUP 0x00EBu
#define DRAWING 0x00ECu
#define CLUSTERS 0xF006u		/* of shape numbers, most of them unused */
#define STRING_INDEX 0x00FFu
#define END 0x000Au
#define HEAD_BYTES 4u

struct walk {
	struct rmn_zeros *z;
	uint16_t owner;			/* type of the record that CONTINUE records continue */
	struct rmn_buf drawing;		/* the drawing group without heads of records */
	struct rmn_buf runs;		/* zeros in it: struct rmn_zero_run */
};

static void
drawing_add(struct walk *w, size_t start, size_t end)
{
	const struct rmn_zeros *z = w->z;
	const struct rmn_zero_run *run = rmn_zeros_in(z, start, end);

	for (; run && run < z->runs + z->count && run->start < end; run++) {
		size_t from = run->start > start ? run->start : start;
		struct rmn_zero_run there = {.start = w->drawing.size + (from - start),
		    .end = w->drawing.size + (rmn_min_size(run->end, end) - start)};

		rmn_buf_append_data(&w->runs, &there, sizeof(there));
	}
	rmn_buf_append(&w->drawing, rmn_bytes_head(rmn_bytes_after(z->stream, start), end - start));
}

static void
record_take(struct walk *w, uint16_t type, size_t start, size_t end)
{
	if (type != XLS_CONTINUE)
		w->owner = type;
	switch (w->owner) {
	case PRINTER:
	case BITMAP:
	case BACKGROUND:
	case STRING_INDEX:
		rmn_zeros_explain(w->z, start, end);
		break;
	case OBJECT:
	case DRAWING:
		/* pictures in the drawing of one sheet are rare, and are left alone */
		if (type == XLS_CONTINUE)
			rmn_zeros_explain(w->z, start, end);
		break;
	case DRAWING_GROUP:
		drawing_add(w, start, end);
		rmn_zeros_explain(w->z, start, end);
		break;
	default:
		break;
	}
}

static void
drawing_judge(struct walk *w)
{
	struct rmn_zeros drawing = {.cfb = w->z->cfb, .stream = rmn_buf_bytes(&w->drawing),
	    .runs = (struct rmn_zero_run *)(void *)w->runs.data,
	    .count = w->runs.size / sizeof(struct rmn_zero_run)};
	const unsigned char *first = drawing.stream.size >= 16 ? drawing.stream.data + 8 : NULL;

	if (drawing.count == 0 || w->drawing.failed || w->runs.failed)
		return;
	if (first && rmn_le16(first + 2) == CLUSTERS)
		rmn_zeros_explain(&drawing, 16, 16 + (size_t)rmn_le32(first + 4));
	rmn_zeros_blips(&drawing);
	for (size_t i = 0; i < drawing.count; i++)
		if (drawing.is_hole || drawing.runs[i].explained == 0)
			w->z->is_hole = true;
}

void
rmn_zeros_xls(struct rmn_zeros *z)
{
	struct walk w = {.z = z};
	struct rmn_bytes left;
	uint16_t type = 0;
	size_t at = 0, size;

	rmn_buf_init(&w.drawing, RMN_LIMIT_WHOLE_ITEM_BYTES);
	rmn_buf_init(&w.runs, 0);
	for (;; at += HEAD_BYTES + size) {
		left = rmn_bytes_after(z->stream, at);
		if (left.size < HEAD_BYTES || rmn_le32(left.data) == 0)
			break;
		type = rmn_le16(left.data);
		size = rmn_min_size(rmn_le16(left.data + 2), left.size - HEAD_BYTES);
		record_take(&w, type, at + HEAD_BYTES, at + HEAD_BYTES + size);
	}
	/* padding, not the records that zeros took */
	if ((type == END && rmn_bytes_are_zero(left)) || !rmn_zeros_in(z, at, at + 1))
		rmn_zeros_explain(z, at, z->stream.size);
	drawing_judge(&w);
	rmn_buf_release(&w.drawing);
	rmn_buf_release(&w.runs);
}
