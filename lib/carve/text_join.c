/* SPDX-License-Identifier: MIT
 *
 * Texts in pieces.  A file whose text stops at a border without its end goes on with a run that is
 * no file's sure start and fits its end; it is taken when the end then proves it, or, where the
 * format has no end to prove, when every seam does. */
#include <stdlib.h>

#include "base/checked.h"
#include "base/limits.h"
#include "carve/text_private.h"

#define REACH_BYTES RMN_GIB
#define BEFORE_BYTES 4096u	/* in front of a seam */
#define FEED_BYTES ((size_t)64 << 10)
#define PIECES_MAX 24u
#define CANDIDATES_MAX 48u	/* for one seam */
#define LOOKS_MAX 1024u		/* runs looked at for one seam, each way */
#define OPEN_MAX 8u		/* of them those that show nothing for or against it */
#define LOOKS_ALL (2u << 20)	/* for all files: some seconds */
#define BYTES_LEAST (64 * RMN_MIB)	/* read for all files: so much and a part of the disk */
#define BYTES_PART 4u

/* Each file gets a little first; then those that need more, as long as there is. */
static const struct round {
	uint32_t steps;		/* pieces tried for one file */
	uint32_t looks;		/* runs looked at */
	uint64_t bytes;		/* of pieces read */
} rounds[] = {{32, 8192, 4 * RMN_MIB}, {512, 65536, 64 * RMN_MIB}};

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
	uint64_t bytes_stop;		/* where this file must stop */
	uint64_t looks, looks_stop;	/* the same: runs looked at */
	const struct round *round;
	struct rmn_buf buffer, narrowed;
	bool is_limited;		/* not every combination was tried */
	bool failed;
};

/* How a run fits the end of the chain, whose last bytes are `before`. */
static int
fit_of(struct chain *c, const struct rmn_text_run *next, struct rmn_bytes before)
{
	struct rmn_bytes after = {next->head, next->head_size};
	enum rmn_encoding encoding = c->whole.encoding;
	int fit, state;

	if (next->kind == RMN_TEXT_NONE || !next->head)
		return RMN_SEAM_WRONG;
	c->looks++;
	if (!rmn_text_goes_on(after, &encoding))
		return RMN_SEAM_WRONG;
	fit = rmn_text_seam(before, after, encoding);
	if (fit == RMN_SEAM_WRONG)
		return RMN_SEAM_WRONG;
	state = rmn_text_seam_state(&c->readers[c->count - 1], after, &c->narrowed);
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
candidate_order(const struct candidate *x, const struct candidate *y)
{
	if (x->fit != y->fit)
		return y->fit - x->fit;
	return x->distance != y->distance ? (x->distance < y->distance ? -1 : 1) :
	    (x->index > y->index) - (x->index < y->index);
}

/* Keeps the best, first those that fit better, then those that are nearer. */
static void
candidate_add(struct candidate *found, size_t *count, const struct candidate *new)
{
	size_t at = *count;

	if (at == CANDIDATES_MAX && candidate_order(&found[at - 1], new) <= 0)
		return;
	if (at < CANDIDATES_MAX)
		(*count)++;
	else
		at--;
	for (; at > 0 && candidate_order(&found[at - 1], new) > 0; at--)
		found[at] = found[at - 1];
	found[at] = *new;
}

/* Looks one way from the last piece.  What lies behind it counts as nearer than what lies
 * before. */
static void
candidates_look(struct chain *c, struct rmn_bytes before, bool is_forward, int least,
    struct candidate *found, size_t *count)
{
	const struct rmn_text_run *last = &c->j->runs[c->pieces[c->count - 1]];
	uint64_t reach = c->j->job->reach_bytes ? c->j->job->reach_bytes : REACH_BYTES;
	size_t index = c->pieces[c->count - 1];

	for (size_t looks = 0; looks < LOOKS_MAX; looks++) {
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
		fit = fit_of(c, next, before);
		if (fit >= least)
			candidate_add(found, count, &(struct candidate){index, fit,
			    is_forward ? distance : distance + reach});
	}
	c->is_limited = true;
}

/* Whether files of a kind have an end that proves them. */
static bool
has_end(enum rmn_text_kind kind, const struct rmn_text_machine *m)
{
	return kind == RMN_TEXT_MARKUP || kind == RMN_TEXT_CARD ||
	    ((kind == RMN_TEXT_MAIL || kind == RMN_TEXT_MBOX) && m->as.mail.boundary_size > 0);
}

static size_t
candidates_find(struct chain *c, struct candidate *found)
{
	const struct rmn_text_machine *m = &c->readers[c->count - 1].machine;
	int least = has_end(c->whole.kind, m) ? RMN_SEAM_OPEN : RMN_SEAM_LIKELY;
	const struct rmn_text_run *last = &c->j->runs[c->pieces[c->count - 1]];
	unsigned char end[BEFORE_BYTES];
	struct rmn_bytes before = {end, (size_t)rmn_min_u64(sizeof(end), last->end - last->start)};
	size_t count = 0, open = 0;

	rmn_disk_read(c->j->job->disk, last->end - before.size, end, before.size);
	candidates_look(c, before, true, least, found, &count);
	candidates_look(c, before, false, least, found, &count);
	/* Where only the end can tell, few get the chance. */
	for (size_t i = 0; i < count; i++)
		if (found[i].fit == RMN_SEAM_OPEN && ++open > OPEN_MAX)
			count = i;
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

		c->bytes += part;
		rmn_disk_read(c->j->job->disk, at, c->buffer.data, part);
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
	if (rmn_text_is_closed(&c->whole))
		return true;
	if (c->whole.stop == RMN_TEXT_BORDER || c->whole.stop == RMN_TEXT_DIRTY ||
	    has_end(c->whole.kind, &c->readers[c->count - 1].machine))
		return false;
	return fit >= (c->count > 2 ? RMN_SEAM_SURE : RMN_SEAM_LIKELY);
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

		if (++c->steps > c->round->steps || c->bytes > c->bytes_stop ||
		    c->looks > c->looks_stop) {
			c->is_limited = true;
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
	c->bytes_stop = rmn_min_u64(c->bytes + c->round->bytes, c->bytes_max);
	c->looks_stop = rmn_min_u64(c->looks + c->round->looks, LOOKS_ALL);
	c->is_limited = false;
}

/* Tries every file that goes on elsewhere; is_last: what fails now is told. */
static void
round_run(struct chain *c, bool is_last)
{
	struct rmn_text_joiner *j = c->j;

	for (size_t i = 0; i < j->count && !c->failed; i++) {
		const struct rmn_text_run *run = &j->runs[i];

		if (!run->reader || run->kind == RMN_TEXT_NONE || run->is_middle)
			continue;
		chain_start(c, i);
		if (!chain_extend(c, RMN_SEAM_SURE)) {
			j->is_limited |= is_last && c->is_limited;
			continue;
		}
		j->told(j->context, &c->whole, c->pieces, c->count);
		for (size_t k = 0; k < c->count; k++)
			j->runs[c->pieces[k]].kind = RMN_TEXT_NONE;
	}
}

bool
rmn_text_join(struct rmn_text_joiner *j)
{
	const size_t round_count = sizeof(rounds) / sizeof(rounds[0]);
	struct chain *c = calloc(1, sizeof(*c));
	bool is_good;

	if (!c)
		return false;
	c->j = j;
	c->bytes_max = BYTES_LEAST + rmn_disk_size(j->job->disk) / BYTES_PART;
	rmn_buf_init(&c->buffer, 0);
	rmn_buf_init(&c->narrowed, 0);
	for (size_t i = 0; i < round_count; i++) {
		c->round = &rounds[i];
		round_run(c, i + 1 == round_count);
	}
	is_good = !c->failed;
	rmn_buf_release(&c->buffer);
	rmn_buf_release(&c->narrowed);
	free(c);
	return is_good;
}
