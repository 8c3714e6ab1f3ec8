/* SPDX-License-Identifier: MIT
 *
 * Adler-32 is two sums, one of the bytes and one of the bytes times their distance from the end.
 * Moving a cut by a block exchanges the bytes of that block and leaves all others where they
 * are, so that it adds a fixed amount to both sums, whatever the other cuts do: all combinations
 * can be tried by adding. */
#include "carve/pdf_settle.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

#define MODULUS 65521u
#define CUTS_MAX 8u
#define SHIFTS 16			/* blocks each way: a stored block has 64 KiB */
#define OPTIONS (2 * SHIFTS + 1)
#define TRIES_MAX (4u << 20)

struct sums {
	uint32_t a, b;
};

struct option {
	int shift;			/* in blocks */
	struct sums change;
};

struct cut {
	size_t piece;
	struct option options[OPTIONS];
	size_t count;
};

struct settle {
	const struct rmn_mender *m;
	struct rmn_view *view;
	struct cut cuts[CUTS_MAX];
	size_t count;
	size_t chosen[CUTS_MAX];
	struct sums wanted;
	uint64_t size_bytes;		/* of what is inflated */
	uint64_t tries;
	unsigned char *old, *new;	/* a block each */
};

static struct sums
sums_add(struct sums x, struct sums y)
{
	return (struct sums){(x.a + y.a) % MODULUS, (x.b + y.b) % MODULUS};
}

/* What the sums change by when the bytes from index on become others. */
static struct sums
block_change(const unsigned char *from, const unsigned char *to, size_t size, uint64_t left)
{
	uint64_t a = 0, b = 0;

	for (size_t i = 0; i < size; i++) {
		uint64_t difference = (uint64_t)MODULUS + to[i] - from[i];

		a += difference;
		b += difference % MODULUS * ((left - i) % MODULUS) % MODULUS;
	}
	return (struct sums){(uint32_t)(a % MODULUS), (uint32_t)(b % MODULUS)};
}

static uint64_t
piece_place(const struct rmn_view *view, size_t piece, uint64_t offset)
{
	const struct rmn_view_piece *p = &view->pieces[piece];

	return p->image_offset + offset - p->file_offset;
}

/* The change that the block at offset makes when it comes from another piece. */
static bool
block_swap(struct settle *s, uint64_t offset, size_t from, size_t to, uint64_t index,
    struct sums *change)
{
	uint64_t target = piece_place(s->view, to, offset);
	size_t block = s->m->block_bytes;

	if (!rmn_mender_is_free(s->m, target) || index + block > s->size_bytes)
		return false;
	rmn_disk_read(s->m->disk, piece_place(s->view, from, offset), s->old, block);
	rmn_disk_read(s->m->disk, target, s->new, block);
	s->m->tools->work += 2 * block;
	*change = block_change(s->old, s->new, block, s->size_bytes - index);
	return true;
}

/* All places that a cut can move to: backwards to the cut before, forwards to the one behind. */
static void
options_gather(struct settle *s, struct cut *cut, uint64_t stream, uint64_t end, uint64_t index)
{
	const struct rmn_view_piece *p = &s->view->pieces[cut->piece];
	uint64_t low = p[-1].file_offset > stream ? p[-1].file_offset : stream;
	uint64_t high = cut->piece + 1 < s->view->count ? p[1].file_offset : end;
	uint64_t block = s->m->block_bytes;
	struct sums sum = {0}, change;

	cut->options[cut->count++] = (struct option){0};
	for (int i = 1; i <= SHIFTS; i++) {
		uint64_t offset = p->file_offset + (uint64_t)(i - 1) * block;

		if (offset + block >= high || !block_swap(s, offset, cut->piece, cut->piece - 1,
		    index + (uint64_t)(i - 1) * block, &change))
			break;
		sum = sums_add(sum, change);
		cut->options[cut->count++] = (struct option){i, sum};
	}
	sum = (struct sums){0};
	for (int i = 1; i <= SHIFTS; i++) {
		uint64_t back = (uint64_t)i * block;

		if (p->file_offset < low + back || index < back || p->image_offset < back ||
		    !block_swap(s, p->file_offset - back, cut->piece - 1, cut->piece,
		    index - back, &change))
			break;
		sum = sums_add(sum, change);
		cut->options[cut->count++] = (struct option){-i, sum};
	}
}

/* Tries all options from the cut-th cut on. */
static bool
options_try(struct settle *s, size_t cut, struct sums sum)
{
	if (cut == s->count)
		return sum.a == s->wanted.a && sum.b == s->wanted.b;
	for (size_t i = 0; i < s->cuts[cut].count && s->tries < TRIES_MAX; i++) {
		s->tries++;
		s->chosen[cut] = i;
		if (options_try(s, cut + 1, sums_add(sum, s->cuts[cut].options[i].change)))
			return true;
	}
	return false;
}

/* Moves the cuts; forwards or back, a piece keeps where its bytes lie. */
static bool
options_apply(struct settle *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct rmn_view_piece *p = &s->view->pieces[s->cuts[i].piece];
		int64_t move = (int64_t)s->m->block_bytes *
		    s->cuts[i].options[s->chosen[i]].shift;

		p->file_offset += (uint64_t)move;
		p->image_offset += (uint64_t)move;
		if (p->file_offset <= p[-1].file_offset)
			return false;
	}
	return true;
}

/* How much is inflated when the stream has been read up to offset; false: it breaks before. */
static bool
index_at(struct settle *s, struct rmn_flow *flow, uint64_t *at, uint64_t offset, uint64_t *index)
{
	struct rmn_buf *buffer = &s->m->tools->more;

	while (*at < offset) {
		size_t size = (size_t)rmn_min_u64(offset - *at, RMN_WINDOW_BYTES), used;
		struct rmn_bytes b = rmn_view_load(s->view, *at, size, buffer);

		s->m->tools->work += b.size;
		if (b.size < size || rmn_flow_feed(flow, b, &used) != RMN_FLOW_MORE)
			return false;
		*at += size;
	}
	*index = rmn_inflate_size(flow->inflate);
	return true;
}

static bool
cuts_gather(struct settle *s, uint64_t stream, uint64_t end, struct rmn_flow *flow)
{
	uint64_t at = stream, index;

	flow->kind = RMN_FLOW_ZLIB;
	rmn_flow_restart(flow);
	for (size_t i = 1; i < s->view->count; i++) {
		uint64_t offset = s->view->pieces[i].file_offset;

		if (offset <= stream || offset >= end)
			continue;
		if (s->count == CUTS_MAX || !index_at(s, flow, &at, offset, &index))
			return false;
		s->cuts[s->count].piece = i;
		options_gather(s, &s->cuts[s->count++], stream, end, index);
	}
	return s->count > 0;
}

bool
rmn_pdf_settle(const struct rmn_mender *m, struct rmn_view *view, uint64_t stream,
    const struct rmn_flow *ended, struct rmn_flow *flow)
{
	struct settle *s = calloc(1, sizeof(*s));
	bool is_settled = false;

	if (!s)
		return false;
	s->m = m;
	s->view = view;
	s->size_bytes = rmn_inflate_size(ended->inflate);
	s->old = malloc(m->block_bytes);
	s->new = malloc(m->block_bytes);
	s->wanted.a = ((ended->stored & 0xFFFF) + MODULUS - (ended->adler & 0xFFFF)) % MODULUS;
	s->wanted.b = ((ended->stored >> 16) + MODULUS - (ended->adler >> 16)) % MODULUS;
	if (s->old && s->new && cuts_gather(s, stream, stream + ended->fed, flow) &&
	    options_try(s, 0, (struct sums){0}))
		is_settled = options_apply(s);
	free(s->old);
	free(s->new);
	free(s);
	return is_settled;
}
