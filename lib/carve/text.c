/* SPDX-License-Identifier: MIT
 *
 * From runs of text to files: where each ends, and how sure that is. */
#include "carve/text.h"

#include <stdlib.h>

#include "base/checked.h"
#include "carve/text_private.h"

#define BROKEN_LEAST 512u	/* of a file whose end is missing */
#define DIRTY_LEAST 4096u	/* of plain text that something else interrupts */
#define CLOSED_TAIL 4u		/* line ends behind what closes a file */

struct state {
	const struct rmn_text_job *job;
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

/* Whether nothing but white space stands behind what closes the file. */
static bool
is_closed(const struct rmn_text_run *run)
{
	return run->shape.is_closed && run->solid_end <= run->shape.closed_at;
}

static enum rmn_proof
run_judge(const struct rmn_text_run *run, uint64_t *size)
{
	*size = run->end - run->start;
	switch (run->stop) {
	case RMN_TEXT_PADDED:
	case RMN_TEXT_NEXT:
		return is_closed(run) ? RMN_PROOF_STRUCTURE : RMN_PROOF_PLAUSIBLE;
	case RMN_TEXT_BORDER:
		return is_closed(run) ? RMN_PROOF_STRUCTURE : RMN_PROOF_BROKEN;
	case RMN_TEXT_DIRTY:
		break;
	}
	if (run->shape.is_closed && *size - run->shape.closed_at <= CLOSED_TAIL) {
		*size = run->shape.closed_at;
		return RMN_PROOF_STRUCTURE;
	}
	if (run->kind == RMN_TEXT_PLAIN && *size < DIRTY_LEAST)
		return RMN_PROOF_NONE;
	return RMN_PROOF_BROKEN;
}

static void
carved_tell(struct state *s, const struct rmn_text_run *run, enum rmn_proof proof, uint64_t size)
{
	struct rmn_extent extent = {run->start, size};
	struct rmn_carved carved = {
		.extents = &extent, .extent_count = 1, .size_bytes = size,
		.carver = &families[run->kind],
		.proven = {
			.proof = proof, .good_bytes = size,
			.length_bytes = proof == RMN_PROOF_BROKEN ? 0 : size,
			.broken_at = proof == RMN_PROOF_BROKEN ? size : 0,
			.extension = run->shape.extension,
		},
	};

	rmn_sectors_add(s->job->taken, run->start, size);
	s->failed |= s->job->taken->failed;
	s->job->carved(s->job->context, &carved);
}

enum rmn_status
rmn_carve_text(const struct rmn_text_job *job, struct rmn_error *error)
{
	struct rmn_text_scan *scan = rmn_text_scan_new(job);
	struct state s = {.job = job};
	struct rmn_text_run run;

	if (!scan)
		return rmn_fail(error, RMN_NOMEM, "text carving: out of memory");
	while (!s.failed && rmn_text_scan_next(scan, &run)) {
		uint64_t size;
		enum rmn_proof proof = run.is_middle ? RMN_PROOF_NONE : run_judge(&run, &size);

		if (proof == RMN_PROOF_NONE || (proof == RMN_PROOF_BROKEN && size < BROKEN_LEAST))
			continue;
		carved_tell(&s, &run, proof, size);
	}
	s.failed |= rmn_text_scan_failed(scan);
	rmn_text_scan_free(scan);
	return s.failed ? rmn_fail(error, RMN_NOMEM, "text carving: out of memory") : RMN_OK;
}
