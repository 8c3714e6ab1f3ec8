/* SPDX-License-Identifier: MIT */
#include "format/mail/pst_scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/limits.h"

#define SCAN_BYTES_MAX RMN_GIB	/* half a minute of a slow disk, without a sign of life */
#define WINDOW_BYTES ((size_t)1 << 20)
#define FIRST_PAGE 0x4400u
#define COUNT_MAX (1u << 21)
#define NODE_TYPE 0x1Fu

/* Room for one more in an array of the arena; false when there is none. */
static bool
grow(struct rmn_arena *arena, void **items, size_t count, size_t *capacity, size_t item_bytes)
{
	size_t wanted = *capacity ? *capacity * 2 : 256;
	void *more;

	if (count < *capacity)
		return true;
	more = wanted <= COUNT_MAX ? rmn_arena_alloc(arena, wanted, item_bytes) : NULL;
	if (!more)
		return false;
	if (count > 0)
		memcpy(more, *items, count * item_bytes);
	*items = more;
	*capacity = wanted;
	return true;
}

void
rmn_pst_numbers_add(struct rmn_pst_numbers *n, struct rmn_arena *arena, uint64_t number)
{
	void *items = n->numbers;

	if (!grow(arena, &items, n->count, &n->capacity, sizeof(*n->numbers))) {
		n->is_full = true;
		return;
	}
	n->numbers = items;
	n->numbers[n->count++] = number;
}

static int
number_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

void
rmn_pst_numbers_sort(struct rmn_pst_numbers *n)
{
	if (n->count > 0)
		qsort(n->numbers, n->count, sizeof(*n->numbers), number_compare);
}

bool
rmn_pst_numbers_have(const struct rmn_pst_numbers *n, uint64_t number)
{
	return n->count > 0 && bsearch(&number, n->numbers, n->count, sizeof(*n->numbers),
	    number_compare);
}

struct scan {
	struct rmn_pst *pst;
	const struct rmn_pst_numbers *current;
	struct rmn_arena *arena;
	struct rmn_pst_old *old;
	size_t place_capacity;
};

static void
node_take(struct scan *s, const struct rmn_pst_node *node)
{
	unsigned type = node->id & NODE_TYPE;
	void *items = s->old->nodes;

	if ((type != RMN_PST_FOLDER && type != RMN_PST_MESSAGE) || node->data == 0 ||
	    (type == RMN_PST_MESSAGE && rmn_pst_numbers_have(s->current, node->data)))
		return;
	if (!grow(s->arena, &items, s->old->count, &s->old->capacity, sizeof(*node))) {
		s->old->is_full = true;
		return;
	}
	s->old->nodes = items;
	s->old->nodes[s->old->count++] = *node;
}

static void
place_take(struct scan *s, const struct rmn_pst_place *place)
{
	void *items = s->pst->old;

	if (!grow(s->arena, &items, s->pst->old_count, &s->place_capacity, sizeof(*place))) {
		s->old->is_full = true;
		return;
	}
	s->pst->old = items;
	s->pst->old[s->pst->old_count] = *place;
	s->pst->old[s->pst->old_count++].id &= ~1ull;
}

static void
page_take(struct scan *s, uint64_t offset, const unsigned char *page)
{
	bool is_nodes = rmn_pst_page_fits(s->pst, page, true);
	unsigned size, height, count;
	struct rmn_pst_node node;
	struct rmn_pst_place place;

	if (!is_nodes && !rmn_pst_page_fits(s->pst, page, false))
		return;
	count = rmn_pst_page_entries(s->pst, page, &size, &height);
	if (count == 0 || height > 0 || (is_nodes && size < (s->pst->is_wide ? 32u : 16u)) ||
	    rmn_pst_page_is_current(s->pst, offset, page, is_nodes))
		return;
	for (unsigned i = 0; i < count; i++) {
		if (is_nodes) {
			rmn_pst_node_parse(s->pst, page + (size_t)i * size, &node);
			node_take(s, &node);
		} else {
			rmn_pst_place_parse(s->pst, page + (size_t)i * size, &place);
			place_take(s, &place);
		}
	}
}

/* Both bytes that name the kind of a page; anything else is not worth a CRC. */
static bool
is_likely(const struct rmn_pst *pst, const unsigned char *page)
{
	size_t at = pst->is_big ? 4072 : pst->is_wide ? 496 : 500;

	return page[at] == page[at + 1] && (page[at] & 0xFE) == 0x80;
}

static int
place_compare(const void *a, const void *b)
{
	const struct rmn_pst_place *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id ? 1 : x->offset < y->offset ? -1 :
	    x->offset > y->offset;
}

static int
node_compare(const void *a, const void *b)
{
	const struct rmn_pst_node *x = a, *y = b;
	unsigned s = x->id & NODE_TYPE, t = y->id & NODE_TYPE;

	return s != t ? (s < t ? -1 : 1) : x->id != y->id ? (x->id < y->id ? -1 : 1) :
	    x->data < y->data ? -1 : x->data > y->data;
}

static void
old_settle(struct scan *s)
{
	struct rmn_pst_node *nodes = s->old->nodes;
	size_t kept = 0;

	if (s->pst->old_count > 0)
		qsort(s->pst->old, s->pst->old_count, sizeof(*s->pst->old), place_compare);
	if (s->old->count == 0)
		return;
	qsort(nodes, s->old->count, sizeof(*nodes), node_compare);
	for (size_t i = 0; i < s->old->count; i++)
		if (kept == 0 || nodes[i].id != nodes[kept - 1].id ||
		    nodes[i].data != nodes[kept - 1].data)
			nodes[kept++] = nodes[i];
	s->old->count = kept;
}

void
rmn_pst_scan(struct rmn_pst *pst, const struct rmn_pst_numbers *current,
    struct rmn_arena *arena, struct rmn_pst_old *old, uint64_t *unread)
{
	struct scan s = {pst, current, arena, old, 0};
	uint64_t end = rmn_min_u64(pst->content->size_bytes, SCAN_BYTES_MAX);
	size_t page = rmn_pst_page_bytes(pst);
	unsigned char *window = rmn_arena_take(arena, WINDOW_BYTES);

	*old = (struct rmn_pst_old){.is_full = !window};
	*unread = pst->content->size_bytes - end;
	if (!window)
		return;
	for (uint64_t at = FIRST_PAGE / page * page; at + page <= end;) {
		size_t got = 0, i = 0;

		rmn_blob_read(pst->content, at, window, WINDOW_BYTES, &got, NULL);
		for (; i + page <= got; i += 512)
			if (is_likely(pst, window + i))
				page_take(&s, at + i, window + i);
		at += i > 0 ? i : WINDOW_BYTES;	/* what cannot be read is stepped over */
	}
	old_settle(&s);
}
