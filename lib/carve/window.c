/* SPDX-License-Identifier: MIT */
#include "carve/window.h"

#include "base/checked.h"

#define FIRST_BYTES ((size_t)8 * 1024)

void
rmn_window_init(struct rmn_window *w, const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_buf *buffer)
{
	rmn_buf_clear(buffer);
	*w = (struct rmn_window){.view = view, .tools = tools, .buffer = buffer,
	    .step = FIRST_BYTES};
}

static struct rmn_bytes
window_slice(const struct rmn_window *w, uint64_t offset)
{
	if (offset < w->offset || offset - w->offset > w->buffer->size)
		return (struct rmn_bytes){NULL, 0};
	return rmn_bytes_after(rmn_buf_bytes(w->buffer), (size_t)(offset - w->offset));
}

/* A walk that goes on where it was reads ever more at once; one that jumps starts small again. */
static void
step_choose(struct rmn_window *w, uint64_t offset)
{
	uint64_t end = w->offset + w->buffer->size;

	if (w->buffer->size == 0 || offset < w->offset || offset > end)
		w->step = FIRST_BYTES;
	else if (w->step < RMN_WINDOW_BYTES)
		w->step *= 2;
}

struct rmn_bytes
rmn_window_bytes(struct rmn_window *w, uint64_t offset, size_t size)
{
	struct rmn_bytes slice = window_slice(w, offset);
	struct rmn_carve_tools *tools = w->tools;
	size_t want;

	size = rmn_min_size(size, RMN_WINDOW_BYTES);
	if (slice.size >= size && slice.data)
		return slice;
	if (w->is_last && w->buffer->size > 0 && offset >= w->offset)
		return slice;
	if (tools->work_limit > 0 && tools->work >= tools->work_limit) {
		w->is_spent = true;
		return slice;
	}
	step_choose(w, offset);
	want = size > w->step ? size : w->step;
	slice = rmn_view_load(w->view, offset, want, w->buffer);
	w->offset = offset;
	w->is_last = slice.size < want;
	tools->work += slice.size;
	return slice;
}

uint64_t
rmn_window_find(struct rmn_window *w, uint64_t offset, uint64_t limit, struct rmn_bytes needle)
{
	while (offset < limit && limit - offset >= needle.size) {
		struct rmn_bytes part = rmn_window_bytes(w, offset, needle.size);
		size_t found;

		if (limit - offset < part.size)
			part.size = (size_t)(limit - offset);
		found = rmn_bytes_find(part, needle);
		if (found != SIZE_MAX)
			return offset + found;
		if (part.size < needle.size)
			break;
		offset += part.size - needle.size + 1;
	}
	return UINT64_MAX;
}

/* How much of the first size bytes the view has. */
static uint64_t
view_has(const struct rmn_view *view, uint64_t size)
{
	uint64_t low = 0, high = size;
	unsigned char byte;

	if (size == 0 || rmn_view_read(view, size - 1, &byte, 1) == 1)
		return size;
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		if (rmn_view_read(view, middle - 1, &byte, 1) == 1)
			low = middle;
		else
			high = middle;
	}
	return low;
}

void
rmn_proven_break(const struct rmn_view *view, struct rmn_proven *proven, uint64_t good_bytes,
    uint64_t broken_at)
{
	good_bytes = view_has(view, good_bytes);
	proven->proof = RMN_PROOF_BROKEN;
	proven->good_bytes = good_bytes;
	proven->broken_at = broken_at > good_bytes ? broken_at : good_bytes;
	proven->length_bytes = good_bytes;
}

void
rmn_proven_end(const struct rmn_view *view, struct rmn_proven *proven, enum rmn_proof proof,
    uint64_t length_bytes)
{
	unsigned char last;

	if (length_bytes == 0 || rmn_view_read(view, length_bytes - 1, &last, 1) != 1) {
		rmn_proven_break(view, proven, length_bytes, length_bytes);
		return;
	}
	proven->proof = proof;
	proven->length_bytes = proven->good_bytes = length_bytes;
	proven->broken_at = 0;
}

void
rmn_view_limit(struct rmn_view *view, const struct rmn_sectors *taken)
{
	const struct rmn_view_piece *p = &view->pieces[view->count - 1];
	uint64_t disk = rmn_disk_size(view->disk);
	uint64_t next = rmn_sectors_next(taken, p->image_offset, disk, true);

	view->size_bytes = next == disk ? RMN_VIEW_OPEN : p->file_offset + (next - p->image_offset);
}

bool
rmn_view_uses(const struct rmn_view *view, uint64_t place, uint64_t file_end)
{
	for (size_t i = 0; i < view->count && view->pieces[i].file_offset < file_end; i++) {
		const struct rmn_view_piece *p = &view->pieces[i];
		uint64_t stop = i + 1 < view->count ? rmn_min_u64(p[1].file_offset, file_end) :
		    file_end;

		if (place >= p->image_offset && place - p->image_offset < stop - p->file_offset)
			return true;
	}
	return false;
}
