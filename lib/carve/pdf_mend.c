/* SPDX-License-Identifier: MIT
 *
 * PDFs in pieces.  The section at the end lists where every object stands, so that "12 0 obj" at
 * the right place of some free block says which block of the file that is: gaps, backward gaps
 * and blocks in any order come to the same.  Where exactly a piece ends is found by walking
 * across: a wrong cut breaks the objects around it or the Flate data inside, which a copied
 * state finds out within a few bytes.  Long streams without any object inside are followed block
 * by block, and proven by their Adler-32 at the end. */
#include <string.h>

#include "base/checked.h"
#include "carve/pdf_find.h"
#include "carve/pdf_settle.h"

#define CUTS_MAX 512u
#define TRIES_MAX 6u
#define GUESSES_PER_BLOCK 4u
#define FIRST_REACH (2ull << 20)
#define TRIAL_BYTES ((size_t)64 * 1024)

/* Following a stream: how many borders back from where it broke, how many blocks each way, and
 * what is enough to be taken at once. */
#define FOLLOW_BORDERS 17u
#define FOLLOW_BLOCKS 4096u
#define FOLLOW_ENOUGH (256ull * 1024)
#define FOLLOW_LEAST 64u		/* trials before one is believed */
#define FOLLOW_WORK (24ull << 20)
#define PROOF_WORK (4ull << 20)
#define FOLLOW_BANS 8u

#define TABLE_BLOCKS 64u		/* of a table behind a cut in it */

struct mend {
	const struct rmn_mender *m;
	struct rmn_view *view;
	struct rmn_pdf pdf;
	struct rmn_pdf_finds finds;
	struct rmn_flow trial, kept[FOLLOW_BORDERS];
	struct rmn_buf buffer;
	uint64_t start, length;
	/* Ways that were followed in vain, for this tail. */
	struct follow { uint64_t border, place, taken; } banned[FOLLOW_BANS], last_follow;
	size_t ban_count;
};

static bool
is_spent(const struct mend *d)
{
	const struct rmn_carve_tools *tools = d->m->tools;

	return tools->work_limit > 0 && tools->work >= tools->work_limit;
}

/* Where an offset in the last piece lies, whether or not that is free. */
static uint64_t
place_of(const struct mend *d, uint64_t offset)
{
	const struct rmn_view_piece *p = &d->view->pieces[d->view->count - 1];

	return p->image_offset + (offset - p->file_offset);
}

/* Cuts the view, and takes the walk up again behind what is good. */
static bool
view_cut(struct mend *d, uint64_t border, uint64_t place)
{
	if (!rmn_view_cut(d->view, border, place))
		return false;
	rmn_view_limit(d->view, d->m->taken);
	rmn_pdf_resume(&d->pdf);
	return true;
}

/* Whether the block at place is free and not a part of the file so far, which ends at file_end. */
static bool
is_usable(const struct mend *d, uint64_t place, uint64_t file_end)
{
	return rmn_mender_is_free(d->m, place) && !rmn_view_uses(d->view, place, file_end);
}

/* The stream in which the walk broke can be checked as it flows. */
static bool
is_flowing(const struct rmn_pdf *pdf)
{
	return pdf->stream > 0 && (pdf->stream_filter == RMN_PDF_FILTER_FLATE ||
	    pdf->stream_filter == RMN_PDF_FILTER_JPEG);
}

static enum rmn_flow_kind
flow_kind(const struct rmn_pdf *pdf)
{
	return pdf->stream_filter == RMN_PDF_FILTER_FLATE ? RMN_FLOW_ZLIB : RMN_FLOW_JPEG;
}

/* The walk as it stood when saved was copied from it: what it owns may have grown since. */
static void
walk_restore(struct mend *d, const struct rmn_pdf *saved)
{
	struct rmn_pdf *p = &d->pdf;

	p->good = saved->good;
	rmn_pdf_resume(p);
	p->wrong = saved->wrong;
	p->stream = saved->stream;
	p->stream_end = saved->stream_end;
	p->stream_filter = saved->stream_filter;
	p->damaged = saved->damaged;
	p->end = saved->end;
	p->startxref = saved->startxref;
	p->is_done = saved->is_done;
}

/* Tries the file cut at border, going on at place: whether the walk then passes the border and
 * gets as far as far. */
static bool
cut_verify(struct mend *d, uint64_t border, uint64_t place, uint64_t far)
{
	const struct rmn_pdf saved = d->pdf;
	struct rmn_view before;

	if (!rmn_view_copy(&before, d->view))
		return false;
	if (view_cut(d, border, place)) {
		d->pdf.stop = far > border ? far : border + 1;
		rmn_pdf_run(&d->pdf, true);
		d->pdf.stop = UINT64_MAX;
		if (d->pdf.good > border && d->pdf.good >= far) {
			rmn_view_release(&before);
			return true;
		}
	}
	rmn_view_release(d->view);
	*d->view = before;
	walk_restore(d, &saved);
	return false;
}

/* Feeds a flow with the view from `at` to `to`; false: it broke before. */
static bool
flow_advance(struct mend *d, struct rmn_flow *flow, uint64_t at, uint64_t to)
{
	while (at < to) {
		size_t size = (size_t)rmn_min_u64(to - at, TRIAL_BYTES), used;
		struct rmn_bytes b = rmn_view_load(d->view, at, size, &d->buffer);

		d->m->tools->work += b.size;
		if (b.size < size || rmn_flow_feed(flow, b, &used) == RMN_FLOW_BAD)
			return false;
		at += size;
		if (used < size)
			return false;
	}
	return true;
}

/* How many bytes of free blocks at place a copy of the flow takes, up to limit; UINT64_MAX: it
 * came to its end. */
static uint64_t
flow_try(struct mend *d, const struct rmn_flow *flow, uint64_t place, uint64_t border,
    uint64_t limit)
{
	uint64_t block = d->m->block_bytes, taken = 0;

	rmn_flow_copy(&d->trial, flow);
	d->m->tools->work += block / 8;		/* the copy */
	while (taken < limit && !is_spent(d)) {
		size_t size = (size_t)block, used;
		enum rmn_flow_state state;

		if (!is_usable(d, place + taken, border))
			break;
		rmn_buf_clear(&d->buffer);
		if (!rmn_buf_reserve(&d->buffer, size))
			break;
		rmn_disk_read(d->m->disk, place + taken, d->buffer.data, size);
		state = rmn_flow_feed(&d->trial, (struct rmn_bytes){d->buffer.data, size}, &used);
		d->m->tools->work += used;
		taken += used;
		if (state == RMN_FLOW_END)
			return UINT64_MAX;
		if (state == RMN_FLOW_BAD)
			break;
	}
	return taken;
}

/* A cut between the borders first and last such that the block of guess g gets its place. */

/* The first border from which on all blocks up to the guess are usable. */
static uint64_t
run_start(const struct mend *d, uint64_t first, const struct rmn_pdf_guess *g)
{
	uint64_t block = d->m->block_bytes, border = g->block * block, place = g->place;

	while (border > first && place >= block && is_usable(d, place - block, first)) {
		border -= block;
		place -= block;
	}
	return border;
}

static bool
is_banned(const struct mend *d, uint64_t border, uint64_t place)
{
	for (size_t i = 0; i < d->ban_count; i++) {
		if (d->banned[i].border == border && d->banned[i].place == place)
			return true;
	}
	return false;
}

/* In a stream: the first border at which the data goes on and the walk gets to the guess.  When
 * the data goes on but for its checksum, an earlier cut in the stream may be at the wrong border:
 * that is settled at its end. */
static bool
cut_flowing(struct mend *d, uint64_t first, uint64_t last, const struct rmn_pdf_guess *g)
{
	uint64_t block = d->m->block_bytes;
	struct rmn_flow *flow = &d->kept[0];
	struct follow loose = {0};
	bool is_good;

	flow->kind = d->trial.kind = flow_kind(&d->pdf);
	rmn_flow_restart(flow);
	is_good = flow_advance(d, flow, d->pdf.stream, first);
	for (uint64_t border = first; is_good && border <= last && !is_spent(d); border += block) {
		uint64_t place = g->place - (g->block * block - border);
		uint64_t limit = rmn_min_u64(TRIAL_BYTES, g->block * block + block - border);

		if (!is_banned(d, border, place) &&
		    (flow_try(d, flow, place, border, limit) >= limit || d->trial.tail == 4)) {
			/* The checksum is proof enough; a picture must lead to the guess. */
			if (cut_verify(d, border, place, flow->kind == RMN_FLOW_ZLIB ? 0 :
			    g->anchor))
				return true;
			if (loose.taken == 0)
				loose = (struct follow){border, place, 1};
		}
		is_good = flow_advance(d, flow, border, border + block);
	}
	if (loose.taken == 0 || !view_cut(d, loose.border, loose.place))
		return false;
	d->last_follow = loose;
	return true;
}

/* Among objects: from the last border back, the walk across decides.  In data that nothing checks
 * every cut would pass, so that there must be only one border. */
static bool
cut_plain(struct mend *d, uint64_t first, uint64_t last, const struct rmn_pdf_guess *g)
{
	uint64_t block = d->m->block_bytes;
	uint64_t only = (d->pdf.good / block + 1) * block;

	if (d->pdf.stream > 0 && !is_flowing(&d->pdf) && only != g->block * block)
		return false;
	for (uint64_t border = last; border >= first && border > 0 && !is_spent(d);
	     border -= block) {
		uint64_t place = g->place - (g->block * block - border);

		if (cut_verify(d, border, place, g->anchor))
			return true;
	}
	return false;
}

static bool
cut_to_guess(struct mend *d, uint64_t first, uint64_t last, const struct rmn_pdf_guess *g)
{
	uint64_t from, stream = d->pdf.stream;

	last = rmn_min_u64(last, g->block * d->m->block_bytes);
	from = run_start(d, first, g);
	if (from > last)
		return false;
	/* A break in a stream's data may come from a cut in the objects before it. */
	if (is_flowing(&d->pdf) && last > stream) {
		uint64_t in = stream / d->m->block_bytes * d->m->block_bytes + d->m->block_bytes;

		if (last >= in && cut_flowing(d, from > in ? from : in, last, g))
			return true;
		if (from >= in)
			return false;
		last = in - d->m->block_bytes;
		return from <= last && cut_plain(d, from, last, g);
	}
	return cut_plain(d, from, last, g);
}

/* Following a stream where no object helps. */

/* What was tried so far: wrong blocks too are taken for a while, some kilobytes on average, and
 * the more are tried the farther the luckiest of them comes. */
struct follow_state {
	uint64_t borders[FOLLOW_BORDERS];
	size_t count;
	uint64_t limit;			/* the stream goes on elsewhere from here on */
	uint64_t before;		/* where it broke; a way must lead beyond */
	struct follow best;
	uint64_t best_gain, tried, gains;
};

/* More than the luckiest of so many wrong ones would take. */
static uint64_t
luck(const struct mend *d, const struct follow_state *f)
{
	uint64_t mean = f->tried ? f->gains / f->tried : 0, times = 3;

	for (uint64_t n = f->tried; n > 1; n /= 3)
		times++;
	return (mean > d->m->block_bytes / 4 ? mean : d->m->block_bytes / 4) * times;
}

static bool
is_found(const struct mend *d, const struct follow_state *f)
{
	return f->best_gain == UINT64_MAX ||
	    (f->tried >= FOLLOW_LEAST && f->best_gain > luck(d, f));
}

/* Tries one place behind some of the borders, the last first. */
static void
follow_place(struct mend *d, uint64_t place, struct follow_state *f, size_t low, size_t high)
{
	for (size_t i = high; i-- > low && f->best_gain < UINT64_MAX;) {
		uint64_t border = f->borders[i], taken, gain, from;

		if (border >= f->limit || is_banned(d, border, place) ||
		    !is_usable(d, place, border))
			continue;
		taken = flow_try(d, &d->kept[i], place, border,
		    rmn_min_u64(FOLLOW_ENOUGH, f->limit - border));
		from = border > f->before ? border : f->before;
		gain = taken == UINT64_MAX ? taken : border + taken > from ?
		    border + taken - from : 0;
		if (gain > f->best_gain) {
			f->best = (struct follow){border, place, taken};
			f->best_gain = gain;
		}
		f->tried++;
		f->gains += gain < UINT64_MAX ? gain : 0;
	}
}

/* The states at the last borders up to where the stream broke. */
static void
borders_keep(struct mend *d, uint64_t first, uint64_t last, struct follow_state *f)
{
	uint64_t block = d->m->block_bytes, at = d->pdf.stream;
	uint64_t lowest = last / block * block;

	lowest = lowest > (FOLLOW_BORDERS - 1) * block ?
	    lowest - (FOLLOW_BORDERS - 1) * block : 0;
	if (lowest < first)
		lowest = first;
	for (size_t i = 0; i < FOLLOW_BORDERS; i++)
		d->kept[i].kind = flow_kind(&d->pdf);
	d->trial.kind = flow_kind(&d->pdf);
	rmn_flow_restart(&d->kept[0]);
	for (uint64_t border = lowest; border <= last && f->count < FOLLOW_BORDERS;
	     border += block) {
		if (border <= at && f->count == 0)
			continue;
		if (f->count > 0)
			rmn_flow_copy(&d->kept[f->count], &d->kept[f->count - 1]);
		if (!flow_advance(d, &d->kept[f->count], at, border))
			break;
		f->borders[f->count++] = at = border;
	}
}

static bool
stream_follow(struct mend *d, uint64_t first, uint64_t last, uint64_t limit)
{
	uint64_t block = d->m->block_bytes, here;
	uint64_t reach = rmn_min_u64(d->m->reach_bytes / block, FOLLOW_BLOCKS);
	struct follow_state f = {.limit = limit, .before = d->pdf.wrong};
	uint64_t enough;

	borders_keep(d, first, last, &f);
	if (f.count == 0)
		return false;
	here = place_of(d, f.borders[f.count - 1]);
	here -= here % block >= d->start % block ? here % block - d->start % block : 0;
	/* Most cuts are just before the break; stored data breaks where its next header must be,
	 * and for that the last border does for all. */
	for (size_t high = f.count, low = high > 2 ? high - 2 : 0; high > 0 && f.best_gain == 0;
	     high = low, low = 0) {
		enough = d->m->tools->work + FOLLOW_WORK;
		for (uint64_t i = 0; i <= reach && !is_found(d, &f) && !is_spent(d) &&
		     d->m->tools->work < enough; i++) {
			follow_place(d, here + i * block, &f, low, high);
			if (i > 0 && here >= i * block)
				follow_place(d, here - i * block, &f, low, high);
		}
	}
	if (f.best_gain == 0 || !view_cut(d, f.best.border, f.best.place))
		return false;
	d->last_follow = f.best;
	return true;
}

/* One cut behind what is good. */
static bool
cut_make(struct mend *d)
{
	const struct rmn_view *v = d->view;
	uint64_t block = d->m->block_bytes, low = d->pdf.good, last, first;
	uint64_t limit = (d->length / block + 1) * block;
	uint64_t piece = v->pieces[v->count - 1].file_offset;

	low = low > piece ? low : piece;
	first = (low / block + 1) * block;
	last = d->pdf.wrong / block * block;
	if (first > last)
		return false;
	for (size_t i = 0, blocks = 0; i < d->finds.guess_count && blocks < 2 && !is_spent(d);
	     i++) {
		const struct rmn_pdf_guess *g = &d->finds.guesses[i];
		bool is_first = i == 0 || d->finds.guesses[i - 1].block != g->block;
		size_t rank = 0;

		if (g->block * block < first)
			continue;
		blocks += is_first;
		while (rank < i && d->finds.guesses[i - rank - 1].block == g->block)
			rank++;
		/* What stands there already needs no cut, unless one is made and undone before
		 * it. */
		if (blocks > 1 || rank >= GUESSES_PER_BLOCK)
			continue;
		if (g->place == place_of(d, g->block * block)) {
			blocks -= is_first;
			continue;
		}
		limit = rmn_min_u64(limit, g->block * block);
		if (cut_to_guess(d, first, last, g))
			return true;
	}
	return is_flowing(&d->pdf) && stream_follow(d, d->pdf.stream > first ?
	    (d->pdf.stream / block + 1) * block : first, rmn_min_u64(last, limit), limit);
}

/* An increment would follow in the same block: only at a border can the rest be elsewhere. */
static bool
is_whole(const struct mend *d)
{
	const struct rmn_pdf_end *end = &d->pdf.end;
	uint64_t inside = end->at % d->m->block_bytes;

	return d->pdf.is_done && d->pdf.wrong == UINT64_MAX && end->is_there &&
	    end->is_sealed && (end->at + 8 >= d->length || inside > 2);
}

/* Back to one piece, and to the file's first byte. */
static void
start_over(struct mend *d)
{
	rmn_view_cut(d->view, 1, d->start + 1);
	rmn_view_uncut(d->view);
	rmn_view_limit(d->view, d->m->taken);
	d->pdf.good = 0;
	d->pdf.end = (struct rmn_pdf_end){0};
	d->last_follow = (struct follow){0};
	rmn_pdf_resume(&d->pdf);
}

/* A stream that was read to its end, through cuts, but for its checksum. */
static bool
cuts_settle(struct mend *d)
{
	const struct rmn_flow *flow = &d->pdf.flow;
	const struct rmn_view *v = d->view;

	if (d->pdf.stream == 0 || d->pdf.stream_filter != RMN_PDF_FILTER_FLATE ||
	    flow->tail < 4 || d->pdf.wrong != d->pdf.stream + flow->fed ||
	    v->pieces[v->count - 1].file_offset <= d->pdf.stream ||
	    !rmn_pdf_settle(d->m, d->view, d->pdf.stream, flow, &d->trial))
		return false;
	rmn_view_limit(d->view, d->m->taken);
	rmn_pdf_resume(&d->pdf);
	return true;
}

static bool
cuts_make(struct mend *d)
{
	start_over(d);
	for (unsigned cuts = 0; cuts < CUTS_MAX && !is_spent(d) && !d->finds.failed; cuts++) {
		rmn_pdf_run(&d->pdf, true);
		if (is_whole(d))
			return true;
		if (d->pdf.is_done && d->pdf.wrong == UINT64_MAX) {
			/* An earlier revision's end at a border: the next is elsewhere. */
			d->pdf.good = d->pdf.wrong = d->pdf.end.at;
			d->pdf.stream = 0;
		}
		if (d->pdf.wrong == UINT64_MAX)
			return false;
		if (!cuts_settle(d) && !cut_make(d))
			return false;
	}
	return false;
}

/* Puts the file together for one tail; the view is what it came to.  A way that was followed in
 * vain is not gone again. */
static bool
tail_try(struct mend *d, const struct rmn_pdf_tail *t)
{
	d->length = t->length;
	d->ban_count = 0;
	for (;;) {
		if (cuts_make(d))
			return true;
		if (d->last_follow.taken == 0 || d->ban_count == FOLLOW_BANS || is_spent(d))
			return false;
		d->banned[d->ban_count++] = d->last_follow;
	}
}

/* The cut is inside the last table: the block of startxref, or one before it, follows the first
 * border. */
static bool
table_try(struct mend *d, const struct rmn_pdf_tail *t)
{
	uint64_t block = d->m->block_bytes, border, place;

	start_over(d);
	rmn_pdf_run(&d->pdf, true);
	border = (d->pdf.good / block + 1) * block;
	place = t->place - (t->place + block - d->start % block) % block;
	d->length = 0;
	for (uint64_t i = 0; i < TABLE_BLOCKS && place >= i * block && !is_spent(d); i++) {
		if (!is_usable(d, place - i * block, border))
			break;
		if (cut_verify(d, border, place - i * block, border + 1)) {
			rmn_pdf_run(&d->pdf, true);
			return is_whole(d);
		}
	}
	return false;
}

/* The file as the cuts make it, walked from its start. */
static bool
whole_prove(struct mend *d, struct rmn_proven *proven)
{
	struct rmn_proven now = {0};
	uint64_t limit = d->m->tools->work_limit;

	/* What is found is proven, whatever finding it took. */
	if (limit > 0)
		d->m->tools->work_limit = d->m->tools->work + 4 * d->pdf.end.at + PROOF_WORK;
	rmn_walk_pdf(d->view, d->m->tools, &now);
	d->m->tools->work_limit = limit;
	if (now.proof < RMN_PROOF_STRUCTURE)
		return false;
	*proven = now;
	return true;
}

static bool
tails_try(struct mend *d, struct rmn_view *best, uint64_t *best_good, struct rmn_proven *proven)
{
	unsigned tries = 0;

	for (size_t i = 0; i < d->finds.tail_count && tries < TRIES_MAX && !is_spent(d); i++) {
		const struct rmn_pdf_tail *t = &d->finds.tails[i];

		if (t->agreed == 0 && d->pdf.objects.count > 2)
			continue;
		tries++;
		if (!t->is_cut)
			rmn_pdf_guess_all(&d->finds, d->m, &d->pdf, d->start, i);
		if ((t->is_cut ? table_try(d, t) : tail_try(d, t)) && whole_prove(d, proven))
			return true;
		if (d->pdf.good > *best_good && d->view->count > 1) {
			*best_good = d->pdf.good;
			rmn_view_release(best);
			if (!rmn_view_copy(best, d->view))
				*best = (struct rmn_view){0};
		}
	}
	return false;
}

/* The free blocks around the start, ring by ring: most pieces are near. */
static bool
rings_try(struct mend *d, struct rmn_proven *proven)
{
	uint64_t disk = rmn_disk_size(d->m->disk), inner = 0, best_good = d->pdf.good;
	uint64_t block = d->m->block_bytes, phase = d->start % block;
	struct rmn_view best = {0};
	bool is_mended = false;

	for (uint64_t outer = FIRST_REACH; !is_mended && inner < d->m->reach_bytes && !is_spent(d);
	     inner = outer, outer *= 4) {
		uint64_t low, high, inner_low;

		outer = rmn_min_u64(outer / block * block, d->m->reach_bytes / block * block);
		low = d->start > outer ? d->start - outer : phase;
		inner_low = d->start > inner ? d->start - inner : phase;
		high = d->start + rmn_min_u64(outer, disk - d->start);
		rmn_pdf_find(&d->finds, d->m, &d->pdf, d->start, low, inner_low);
		rmn_pdf_find(&d->finds, d->m, &d->pdf, d->start,
		    d->start + rmn_min_u64(inner, disk - d->start), high);
		is_mended = tails_try(d, &best, &best_good, proven);
		/* The walk up to the first break again, which the next ring's finds must fit. */
		if (!is_mended) {
			start_over(d);
			rmn_pdf_run(&d->pdf, true);
		}
		if (outer == inner)
			break;
	}
	if (!is_mended && best.pieces) {
		rmn_view_release(d->view);
		*d->view = best;
	} else {
		rmn_view_release(&best);
	}
	return is_mended;
}

bool
rmn_mend_pdf(const struct rmn_mender *m, struct rmn_view *view, struct rmn_proven *proven)
{
	struct mend d = {.m = m, .view = view, .start = view->pieces[0].image_offset};
	bool is_ready, is_mended = false;

	rmn_pdf_finds_init(&d.finds);
	rmn_buf_init(&d.buffer, 0);
	is_ready = rmn_pdf_init(&d.pdf, view, m->tools);
	is_ready &= rmn_flow_init(&d.trial, RMN_FLOW_ZLIB);
	for (size_t i = 0; i < FOLLOW_BORDERS; i++)
		is_ready &= rmn_flow_init(&d.kept[i], RMN_FLOW_ZLIB);
	if (is_ready) {
		rmn_view_limit(d.view, m->taken);
		rmn_pdf_run(&d.pdf, true);
		if (d.pdf.wrong != UINT64_MAX && d.pdf.objects.count > 0)
			is_mended = rings_try(&d, proven);
	}
	view->size_bytes = RMN_VIEW_OPEN;
	for (size_t i = 0; i < FOLLOW_BORDERS; i++)
		rmn_flow_release(&d.kept[i]);
	rmn_flow_release(&d.trial);
	rmn_pdf_release(&d.pdf);
	rmn_pdf_finds_release(&d.finds);
	rmn_buf_release(&d.buffer);
	return is_mended;
}
