/* SPDX-License-Identifier: MIT
 *
 * The walk through a tree.  Each page is used once, so that loops in damaged files end. */
#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/number.h"
#include "format/database/sqlite.h"

struct level {
	struct rmn_sqlite_page page;
	uint32_t step;		/* of an inner page: child 0, cell 0, child 1 ... */
	uint64_t room;		/* bytes of payload that may still be on the page */
};

struct walk {
	struct rmn_sqlite *s;
	bool is_table;
	uint32_t owner;
	rmn_sqlite_visit *visit;
	void *context;
	struct level levels[RMN_SQLITE_DEPTH_MAX];
	unsigned depth;
};

struct rmn_bytes
rmn_sqlite_page_load(struct rmn_sqlite *s, uint32_t number, unsigned char **memory)
{
	uint64_t offset = (uint64_t)(number - 1) * s->shape.page_bytes;
	struct rmn_blob *content = s->input->content;
	struct rmn_bytes page = {NULL, 0};

	if (content->memory.data)
		return rmn_bytes_head(rmn_bytes_after(content->memory, (size_t)offset),
		    s->shape.page_bytes);
	if (!*memory)
		*memory = rmn_arena_take(s->input->arena, s->shape.page_bytes);
	if (!*memory) {
		if (s->text.status == RMN_OK)
			s->text.status = rmn_fail(s->error, RMN_LIMIT,
			    "item outgrows its memory");
		return page;
	}
	if (rmn_blob_read(content, offset, *memory, s->shape.page_bytes, &page.size, NULL) !=
	    RMN_OK)
		page.size = 0;
	page.data = *memory;
	return page;
}

static bool
page_take(struct rmn_sqlite *s, uint32_t number, uint32_t owner)
{
	if (number == 0 || number > s->page_count || s->owners[number - 1] != RMN_SQLITE_UNSEEN)
		return false;
	s->owners[number - 1] = owner;
	return true;
}

/* The whole payload: what is on the page, and its overflow pages. */
static struct rmn_bytes
payload_gather(struct walk *w, const struct rmn_sqlite_cell *cell)
{
	struct rmn_sqlite *s = w->s;
	struct rmn_buf *payload = &s->payload;
	uint64_t left = cell->payload_bytes - cell->local.size;
	uint32_t number = cell->overflow;

	if (left == 0)
		return cell->local;
	rmn_buf_clear(payload);
	rmn_buf_append(payload, cell->local);
	while (left > 0 && page_take(s, number, RMN_SQLITE_TAKEN)) {
		struct rmn_bytes page = rmn_bytes_head(rmn_sqlite_page_load(s, number, &s->spare),
		    s->shape.usable_bytes);
		struct rmn_bytes more = rmn_bytes_after(page, 4);

		if (more.size == 0)
			break;
		more = rmn_bytes_head(more, (size_t)rmn_min_u64(left, more.size));
		if (w->visit)
			rmn_buf_append(payload, more);
		left -= more.size;
		number = rmn_be32(page.data);
	}
	if (left > 0)
		s->damage++;
	if (payload->failed && s->text.status == RMN_OK)
		s->text.status = rmn_fail(s->error, RMN_LIMIT, "a row is too large for memory");
	return rmn_buf_bytes(payload);
}

static void
cell_visit(struct walk *w, struct level *level, const struct rmn_sqlite_cell *cell)
{
	struct rmn_bytes payload;

	if (cell->local.size > level->room) {
		w->s->damage++;		/* cells that lie over each other */
		return;
	}
	level->room -= cell->local.size;
	payload = payload_gather(w, cell);
	if (w->visit)
		w->visit(w->s, w->context, cell->row, payload);
}

static bool
kind_fits(const struct walk *w, enum rmn_sqlite_kind kind)
{
	return w->is_table == (kind == RMN_SQLITE_TABLE_INNER || kind == RMN_SQLITE_TABLE_LEAF);
}

static bool
is_inner(enum rmn_sqlite_kind kind)
{
	return kind == RMN_SQLITE_TABLE_INNER || kind == RMN_SQLITE_INDEX_INNER;
}

static void
page_enter(struct walk *w, uint32_t number)
{
	struct rmn_sqlite *s = w->s;
	struct rmn_sqlite_page page;
	struct rmn_bytes bytes;

	if (number == 0 || number > s->page_count || w->depth == RMN_SQLITE_DEPTH_MAX ||
	    s->owners[number - 1] != RMN_SQLITE_UNSEEN) {
		s->damage++;
		return;
	}
	bytes = rmn_sqlite_page_load(s, number, &s->pages[w->depth]);
	if (!rmn_sqlite_page_open(&s->shape, bytes, number, &page) || !kind_fits(w, page.kind)) {
		s->damage++;
		return;
	}
	s->owners[number - 1] = is_inner(page.kind) ? RMN_SQLITE_TAKEN : w->owner;
	w->levels[w->depth++] = (struct level){.page = page, .room = page.bytes.size};
}

/* One step on an inner page; false behind its last child. */
static bool
inner_step(struct walk *w, struct level *level)
{
	uint32_t step = level->step++;
	struct rmn_sqlite_cell cell;

	if (step == level->page.cell_count * 2) {
		page_enter(w, level->page.right_child);
		return true;
	}
	if (step > level->page.cell_count * 2)
		return false;
	if (!rmn_sqlite_cell_read(&w->s->shape, &level->page, step / 2, &cell))
		w->s->damage += step % 2;
	else if (step % 2 == 0)
		page_enter(w, cell.child);
	else if (!w->is_table)
		cell_visit(w, level, &cell);
	return true;
}

static void
leaf_visit(struct walk *w, struct level *level)
{
	struct rmn_sqlite *s = w->s;

	for (uint32_t i = 0; i < level->page.cell_count && s->text.status == RMN_OK; i++) {
		struct rmn_sqlite_cell cell;

		if (rmn_sqlite_cell_read(&s->shape, &level->page, i, &cell))
			cell_visit(w, level, &cell);
		else
			s->damage++;
	}
}

void
rmn_sqlite_walk(struct rmn_sqlite *s, uint32_t root, bool is_table, uint32_t owner,
    rmn_sqlite_visit *visit, void *context)
{
	struct walk w = {.s = s, .is_table = is_table, .owner = owner, .visit = visit,
	    .context = context};

	page_enter(&w, root);
	while (w.depth > 0 && s->text.status == RMN_OK) {
		struct level *level = &w.levels[w.depth - 1];

		if (!is_inner(level->page.kind)) {
			leaf_visit(&w, level);
			w.depth--;
		} else if (!inner_step(&w, level)) {
			w.depth--;
		}
	}
}
