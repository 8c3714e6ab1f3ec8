/* SPDX-License-Identifier: MIT
 *
 * From runs of text to files: where each ends, and how sure that is. */
#include "carve/text.h"

#include <stdlib.h>

#include "carve/text_private.h"

#define BROKEN_LEAST 1024u	/* of a file whose end is missing */

#define DIRTY_LEAST 4096u	/* of a text that something else interrupts */
#define RUNS_MAX ((size_t)1 << 16)	/* kept to be put together: 80 MB */
#define READERS_MAX ((size_t)1 << 14)	/* of them those that go on elsewhere: 50 MB */

struct state {
	const struct rmn_text_job *job;
	struct rmn_text_run *runs;	/* owned, and their readers */
	size_t count, capacity, readers;
	bool is_told;
	bool failed;
};

static const struct rmn_carver families[RMN_TEXT_KIND_COUNT] = {
	[RMN_TEXT_PLAIN] = {.name = "text", .extension = "txt"},
	[RMN_TEXT_MARKUP] = {.name = "markup", .extension = "html"},
	[RMN_TEXT_MAIL] = {.name = "mail", .extension = "eml"},
	[RMN_TEXT_MBOX] = {.name = "mail", .extension = "mbox"},
	[RMN_TEXT_CARD] = {.name = "card", .extension = "vcf"},
	[RMN_TEXT_LDIF] = {.name = "text", .extension = "ldif"},
};

static enum rmn_proof
run_judge(const struct rmn_text_run *run)
{
	switch (run->stop) {
	case RMN_TEXT_PADDED:
	case RMN_TEXT_GUESSED:
		return rmn_text_is_closed(run) ? RMN_PROOF_STRUCTURE : RMN_PROOF_PLAUSIBLE;
	case RMN_TEXT_BORDER:
		return rmn_text_is_closed(run) ? RMN_PROOF_STRUCTURE : RMN_PROOF_BROKEN;
	case RMN_TEXT_DIRTY:
		break;
	}
	return run->end - run->start >= DIRTY_LEAST ? RMN_PROOF_BROKEN : RMN_PROOF_NONE;
}

static void
carved_tell(struct state *s, const struct rmn_text_run *run, enum rmn_proof proof,
    const struct rmn_extent *extents, size_t count)
{
	struct rmn_carved carved = {
		.extents = extents, .extent_count = count, .carver = &families[run->kind],
		.is_mended = count > 1,
		.proven = {.proof = proof, .extension = run->shape.extension},
	};

	for (size_t i = 0; i < count; i++) {
		rmn_sectors_add(s->job->taken, extents[i].image_offset, extents[i].length_bytes);
		carved.size_bytes += extents[i].length_bytes;
	}
	carved.proven.good_bytes = carved.size_bytes;
	if (proof == RMN_PROOF_BROKEN)
		carved.proven.broken_at = carved.size_bytes;
	else
		carved.proven.length_bytes = carved.size_bytes;
	s->failed |= s->job->taken->failed;
	s->job->carved(s->job->context, &carved);
}

static void
run_settle(struct state *s, const struct rmn_text_run *run)
{
	struct rmn_extent extent = {run->start, run->end - run->start};
	enum rmn_proof proof;

	if (run->kind == RMN_TEXT_NONE || run->is_middle)
		return;
	proof = run_judge(run);
	if (proof != RMN_PROOF_NONE &&
	    (proof != RMN_PROOF_BROKEN || extent.length_bytes >= BROKEN_LEAST))
		carved_tell(s, run, proof, &extent, 1);
}

static void
on_joined(void *context, const struct rmn_text_run *whole, const size_t *pieces, size_t count)
{
	struct state *s = context;
	struct rmn_extent *extents = calloc(count, sizeof(*extents));

	s->failed |= !extents;
	for (size_t i = 0; extents && i < count; i++) {
		const struct rmn_text_run *piece = &s->runs[pieces[i]];

		extents[i] = (struct rmn_extent){piece->start, piece->end - piece->start};
	}
	if (extents)
		carved_tell(s, whole, RMN_PROOF_PLAUSIBLE, extents, count);
	free(extents);
}

static void
limit_tell(struct state *s)
{
	if (!s->is_told && s->job->limit)
		s->job->limit(s->job->context, "too many fragmented texts: "
		    "not every combination of pieces was tried");
	s->is_told = true;
}

/* Puts together what can be, hands on the rest, and forgets all. */
static void
runs_settle(struct state *s)
{
	struct rmn_text_joiner joiner = {.job = s->job, .runs = s->runs, .count = s->count,
	    .told = on_joined, .context = s};

	if (s->readers > 0 && !rmn_text_join(&joiner))
		s->failed = true;
	if (joiner.is_limited)
		limit_tell(s);
	for (size_t i = 0; i < s->count; i++) {
		if (!s->failed)
			run_settle(s, &s->runs[i]);
		rmn_text_run_release(&s->runs[i]);
	}
	s->count = s->readers = 0;
}

static void
run_add(struct state *s, struct rmn_text_run *run)
{
	if (s->count == RUNS_MAX || s->readers == READERS_MAX) {
		limit_tell(s);
		runs_settle(s);
	}
	if (s->count == s->capacity) {
		size_t capacity = s->capacity ? s->capacity * 2 : 256;
		struct rmn_text_run *runs = reallocarray(s->runs, capacity, sizeof(*runs));

		if (!runs) {
			rmn_text_run_release(run);
			s->failed = true;
			return;
		}
		s->runs = runs;
		s->capacity = capacity;
	}
	s->runs[s->count++] = *run;
	s->readers += run->reader != NULL;
}

enum rmn_status
rmn_carve_text(const struct rmn_text_job *job, struct rmn_error *error)
{
	struct rmn_text_scan *scan = rmn_text_scan_new(job);
	struct state s = {.job = job, .failed = !scan};
	struct rmn_text_run run;

	while (!s.failed && rmn_text_scan_next(scan, &run))
		run_add(&s, &run);
	s.failed = s.failed || rmn_text_scan_failed(scan);
	runs_settle(&s);
	rmn_text_scan_free(scan);
	free(s.runs);
	return s.failed ? rmn_fail(error, RMN_NOMEM, "text carving: out of memory") : RMN_OK;
}
