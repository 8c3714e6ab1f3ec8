/* SPDX-License-Identifier: MIT
 *
 * Texts in pieces.  A file whose text stops at a border without its end goes on with a run that is no
 * file's sure start and fits its end; it is taken when the end then proves it, or, where the format has
 * no end to prove, when every seam does. */
#include <stdlib.h>

#include "base/checked.h"
#include "base/limits.h"
#include "carve/text_private.h"

#define REACH_BYTES RMN_GIB
#define SEAM_BYTES 4096u
#define FEED_BYTES ((size_t)64 << 10)
#define PIECES_MAX 24u
#define CANDIDATES_MAX 48u	/* for one seam */
#define LOOKS_MAX 1024u		/* runs looked at for one seam, each way */
#define FILE_STEPS 512u		/* pieces tried for one file */
#define BYTES_LEAST (256 * RMN_MIB)	/* read for all files */
#define BYTES_DISKS 2u

struct candidate {
	size_t index;
	int fit;
	uint64_t distance;
};

struct chain {
	struct rmn_text_joiner *j;
	struct rmn_text_run whole;	/* the first run, and what is known of all */
	struct rmn_text_reader readers[PIECES_MAX + 1];	/* behind each piece */
	size_t pieces[PIECES_MAX + 1];
	size_t count;
	uint64_t size_bytes;
	uint32_t steps;
	uint64_t bytes, bytes_max;	/* of all files */
	struct rmn_buf buffer, narrowed;
	bool failed;
};

static size_t
load(struct chain *c, uint64_t offset, size_t size, unsigned char *to)
{
	c->bytes += size;
	rmn_disk_read(c->j->job->disk, offset, to, size);
	return size;
}

/* How the run at `index` fits the end of the chain. */
static int
fit_of(struct chain *c, size_t index)
{
	const struct rmn_text_run *last = &c->j->runs[c->pieces[c->count - 1]];
	const struct rmn_text_run *next = &c->j->runs[index];
	unsigned char before[SEAM_BYTES], after[SEAM_BYTES];
	struct rmn_bytes a = {before, 0}, b = {after, 0};
	enum rmn_encoding encoding = c->whole.encoding;
	int fit, state = RMN_SEAM_OPEN;

	if (next->kind == RMN_TEXT_NONE || next->is_sure || next->is_behind)
		return RMN_SEAM_WRONG;
	a.size = (size_t)rmn_min_u64(sizeof(before), last->end - last->start);
	b.size = (size_t)rmn_min_u64(sizeof(after), next->end - next->start);
	load(c, last->end - a.size, a.size, before);
	load(c, next->start, b.size, after);
	if (!rmn_text_goes_on(b, &encoding))
		return RMN_SEAM_WRONG;
	fit = rmn_text_seam(a, b, encoding);
	if (fit != RMN_SEAM_WRONG)
		state = rmn_text_seam_state(&c->readers[c->count - 1], b, &c->narrowed);
	return state == RMN_SEAM_WRONG || state > fit ? state : fit;
}

static bool
is_in_chain(const struct chain *c, size_t index)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->pieces[i] == index)
			return true;
	return false;
}

static int
candidate_order(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->fit != y->fit)
		return y->fit - x->fit;
	return x->distance != y->distance ? (x->distance < y->distance ? -1 : 1) :
	    (x->index > y->index) - (x->index < y->index);
}

/* Looks one way from the last piece.  What lies behind it counts as nearer than what lies before. */
static void
candidates_look(struct chain *c, bool is_forward, struct candidate *found, size_t *count)
{
	const struct rmn_text_run *last = &c->j->runs[c->pieces[c->count - 1]];
	uint64_t reach = c->j->job->reach_bytes ? c->j->job->reach_bytes : REACH_BYTES;
	size_t index = c->pieces[c->count - 1];

	for (size_t looks = 0; looks < LOOKS_MAX && *count < CANDIDATES_MAX; looks++) {
		const struct rmn_text_run *next;
		uint64_t distance;
		int fit;

		if (is_forward ? ++index >= c->j->count : index-- == 0)
			return;
		next = &c->j->runs[index];
		distance = is_forward ? next->start - last->end : last->start - next->start;
		if (distance > reach)
			return;
		if (is_in_chain(c, index))
			continue;
		fit = fit_of(c, index);
		if (fit != RMN_SEAM_WRONG)
			found[(*count)++] = (struct candidate){index, fit,
			    is_forward ? distance : distance + reach};
	}
	if (*count < CANDIDATES_MAX)
		c->j->is_limited = true;
}

static size_t
candidates_find(struct chain *c, struct candidate *found)
{
	size_t count = 0;

	candidates_look(c, true, found, &count);
	candidates_look(c, false, found, &count);
	qsort(found, count, sizeof(*found), candidate_order);
	return count;
}

/* Reads a run as the next piece of the chain. */
static bool
piece_add(struct chain *c, size_t index)
{
	const struct rmn_text_run *run = &c->j->runs[index];
	struct rmn_text_reader *reader = &c->readers[c->count];

	*reader = c->readers[c->count - 1];
	rmn_buf_clear(&c->buffer);
	if (!rmn_buf_reserve(&c->buffer, FEED_BYTES)) {
		c->failed = true;
		return false;
	}
	for (uint64_t at = run->start; at < run->end;) {
		size_t part = (size_t)rmn_min_u64(FEED_BYTES, run->end - at);

		load(c, at, part, c->buffer.data);
		if (!rmn_text_reader_feed(reader, (struct rmn_bytes){c->buffer.data, part},
		    &c->narrowed)) {
			c->failed = true;
			return false;
		}
		at += part;
	}
	c->pieces[c->count++] = index;
	c->size_bytes += run->end - run->start;
	rmn_text_machine_end(&reader->machine, &c->whole.shape);
	c->whole.shape.closed_at = rmn_text_to_bytes(&c->whole, c->whole.shape.closed_at);
	c->whole.solid_end = rmn_text_to_bytes(&c->whole, reader->machine.solid_end);
	c->whole.stop = run->stop;
	return true;
}

static void
piece_drop(struct chain *c)
{
	const struct rmn_text_run *run = &c->j->runs[c->pieces[--c->count]];

	c->size_bytes -= run->end - run->start;
}

/* Whether the chain is a file; fit: the worst of its seams. */
static bool
is_whole(const struct chain *c, int fit)
{
	bool needs_end = c->whole.kind == RMN_TEXT_MARKUP || c->whole.kind == RMN_TEXT_CARD ||
	    ((c->whole.kind == RMN_TEXT_MAIL || c->whole.kind == RMN_TEXT_MBOX) &&
	    c->readers[c->count - 1].machine.as.mail.boundary_size > 0);

	if (rmn_text_is_closed(&c->whole))
		return true;
	if (c->whole.stop == RMN_TEXT_BORDER || c->whole.stop == RMN_TEXT_DIRTY || needs_end)
		return false;
	return fit >= RMN_SEAM_LIKELY;
}

/* Tries all that may come next; depth first, within the budget. */
static bool
chain_extend(struct chain *c, int worst)
{
	struct candidate found[CANDIDATES_MAX];
	size_t count;

	if (c->count > PIECES_MAX)
		return false;
	count = candidates_find(c, found);
	for (size_t i = 0; i < count && !c->failed; i++) {
		int fit = found[i].fit < worst ? found[i].fit : worst;

		if (++c->steps > FILE_STEPS || c->bytes > c->bytes_max) {
			c->j->is_limited = true;
			return false;
		}
		if (!piece_add(c, found[i].index))
			return false;
		if (is_whole(c, fit))
			return true;
		if (c->whole.stop == RMN_TEXT_BORDER && chain_extend(c, fit))
			return true;
		piece_drop(c);
	}
	return false;
}

static void
chain_start(struct chain *c, size_t index)
{
	const struct rmn_text_run *run = &c->j->runs[index];

	c->whole = *run;
	c->readers[0] = *run->reader;
	c->pieces[0] = index;
	c->count = 1;
	c->size_bytes = run->end - run->start;
	c->steps = 0;
}

bool
rmn_text_join(struct rmn_text_joiner *j)
{
	struct chain *c = calloc(1, sizeof(*c));
	bool is_good;

	if (!c)
		return false;
	c->j = j;
	c->bytes_max = BYTES_LEAST + BYTES_DISKS * rmn_disk_size(j->job->disk);
	rmn_buf_init(&c->buffer, 0);
	rmn_buf_init(&c->narrowed, 0);
	for (size_t i = 0; i < j->count && !c->failed; i++) {
		const struct rmn_text_run *run = &j->runs[i];

		if (!run->reader || run->kind == RMN_TEXT_NONE || run->is_middle)
			continue;
		chain_start(c, i);
		if (!chain_extend(c, RMN_SEAM_SURE))
			continue;
		j->told(j->context, &c->whole, c->pieces, c->count);
		for (size_t k = 0; k < c->count; k++)
			j->runs[c->pieces[k]].kind = RMN_TEXT_NONE;
	}
	is_good = !c->failed;
	rmn_buf_release(&c->buffer);
	rmn_buf_release(&c->narrowed);
	free(c);
	return is_good;
}
