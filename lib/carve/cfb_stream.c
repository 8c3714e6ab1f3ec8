/* SPDX-License-Identifier: MIT
 *
 * Streams of a compound file as runs of its bytes: neighbouring sectors are one run. */
#include "base/checked.h"
#include "carve/cfb.h"

struct run_list {
	struct cfb_run *runs;
	size_t count;
	uint64_t next;		/* file offset behind the last run */
};

static void
run_add(struct run_list *list, uint64_t stream_offset, uint64_t file_offset, uint64_t size)
{
	if (list->count == 0 || file_offset != list->next)
		list->runs[list->count++] = (struct cfb_run){stream_offset, file_offset};
	list->next = file_offset + size;
}

/* Two turns, so that runs take only the memory they need; chains have been walked before. */
static size_t
chain_runs(const struct cfb *c, uint32_t start, uint64_t count, struct run_list *list)
{
	uint32_t sector = start;
	size_t runs = 0;

	for (uint64_t i = 0, last = UINT64_MAX; i < count && sector < c->fat_entries; i++) {
		if (list)
			run_add(list, i << c->shift, cfb_offset(c, sector), c->sector_bytes);
		runs += i == 0 || last + 1 != sector;
		last = sector;
		sector = c->fat[sector];
	}
	return runs;
}

static bool
big_open(const struct cfb *c, const struct cfb_entry *e, struct cfb_stream *s)
{
	uint64_t count = (e->size + c->sector_bytes - 1) >> c->shift;
	struct run_list list = {0};

	list.runs = rmn_arena_alloc(c->arena, chain_runs(c, e->start, count, NULL),
	    sizeof(*list.runs));
	if (!list.runs)
		return false;
	chain_runs(c, e->start, count, &list);
	s->runs = list.runs;
	s->run_count = list.count;
	return list.count > 0;
}

static bool
small_open(const struct cfb *c, const struct cfb_entry *e, struct cfb_stream *s)
{
	uint64_t count = (e->size + 63) / 64;
	struct run_list list = {0};
	struct cfb_stream root = {.cfb = c, .size = c->entries[0].size};
	uint32_t sector = e->start;

	list.runs = rmn_arena_alloc(c->arena, (size_t)count, sizeof(*list.runs));
	if (!list.runs || !big_open(c, &c->entries[0], &root))
		return false;
	for (uint64_t i = 0; i < count && sector < c->mini_entries; i++, sector = c->mini[sector])
		run_add(&list, i * 64, cfb_stream_place(&root, (uint64_t)sector * 64), 64);
	s->runs = list.runs;
	s->run_count = list.count;
	return list.count > 0;
}

bool
cfb_stream_open(const struct cfb *c, const struct cfb_entry *entry, struct cfb_stream *stream)
{
	*stream = (struct cfb_stream){.cfb = c, .entry = entry, .size = entry->size};
	if (entry->type != 2 || entry->size == 0)
		return false;
	return entry->size >= c->cutoff ? big_open(c, entry, stream) : small_open(c, entry, stream);
}

static size_t
run_find(const struct cfb_stream *s, uint64_t offset)
{
	size_t low = 0, high = s->run_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (s->runs[middle].stream_offset <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

uint64_t
cfb_stream_place(const struct cfb_stream *s, uint64_t offset)
{
	const struct cfb_run *run = &s->runs[run_find(s, offset)];

	return run->file_offset + (offset - run->stream_offset);
}

size_t
cfb_stream_read(const struct cfb_stream *s, uint64_t offset, void *buffer, size_t size)
{
	unsigned char *to = buffer;
	size_t got = 0;

	if (offset >= s->size)
		return 0;
	size = (size_t)rmn_min_u64(size, s->size - offset);
	for (size_t i = run_find(s, offset); i < s->run_count && got < size; i++) {
		uint64_t inside = offset + got - s->runs[i].stream_offset;
		uint64_t left = i + 1 < s->run_count ?
		    s->runs[i + 1].stream_offset - s->runs[i].stream_offset - inside : UINT64_MAX;
		size_t part = (size_t)rmn_min_u64(left, size - got);
		size_t read = rmn_view_read(s->cfb->view, s->runs[i].file_offset + inside, to + got,
		    part);

		got += read;
		if (read < part)
			break;
	}
	s->cfb->tools->work += got;
	return got;
}

bool
cfb_window_init(struct cfb_window *w, const struct cfb_stream *stream)
{
	*w = (struct cfb_window){.stream = stream};
	w->data = rmn_arena_take(stream->cfb->arena, CFB_WINDOW_BYTES);
	return w->data != NULL;
}

const unsigned char *
cfb_window_at(struct cfb_window *w, uint64_t offset, size_t need)
{
	const struct rmn_carve_tools *tools = w->stream->cfb->tools;

	if (offset >= w->at && offset - w->at <= w->size && w->size - (offset - w->at) >= need)
		return w->data + (offset - w->at);
	if (need > CFB_WINDOW_BYTES || (tools->work_limit && tools->work > tools->work_limit))
		return NULL;
	w->at = offset;
	w->size = cfb_stream_read(w->stream, offset, w->data, CFB_WINDOW_BYTES);
	return w->size >= need ? w->data : NULL;
}

bool
cfb_window_is_zero(struct cfb_window *w, uint64_t offset)
{
	uint64_t end = rmn_min_u64(w->stream->size, offset + 4096);

	for (; offset < end; offset++) {
		const unsigned char *p = cfb_window_at(w, offset, 1);

		if (!p || *p)
			return false;
	}
	return true;
}
