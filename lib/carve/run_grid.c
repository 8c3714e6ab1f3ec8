/* SPDX-License-Identifier: MIT
 *
 * Where files may begin: at the block borders of the volumes that are known, and elsewhere at those that the
 * places of heads themselves suggest. */
#include "carve/run_private.h"

/* A magic this long is no chance. */
#define MAGIC_SURE 4u
/* Fewer distances say nothing. */
#define DISTANCES_LEAST 8u
#define BLOCK_UNKNOWN 4096u

bool
rmn_carve_head_fits(const struct rmn_carve_job *job, uint64_t offset, uint32_t *block_bytes)
{
	bool is_inside = false;

	*block_bytes = 0;
	for (size_t i = 0; i < job->grid_count; i++) {
		const struct rmn_carve_grid *g = &job->grids[i];

		if (offset < g->start_byte || offset - g->start_byte >= g->length_bytes ||
		    g->block_bytes < RMN_SECTOR_BYTES)
			continue;
		is_inside = true;
		if ((offset - g->start_byte) % g->block_bytes == 0) {
			*block_bytes = g->block_bytes;
			return true;
		}
	}
	return !is_inside && offset % RMN_SECTOR_BYTES == 0;
}

/* Whether the head tells something of the blocks outside of all grids. */
static bool
head_counts(const struct rmn_carve_job *job, const struct rmn_carve_head *head)
{
	uint32_t block;

	return head->carver < rmn_carver_count &&
	    rmn_carvers[head->carver].magic_size >= MAGIC_SURE &&
	    rmn_carve_head_fits(job, head->offset, &block) && block == 0;
}

void
rmn_carve_blocks_guess(struct rmn_carve_state *s)
{
	uint64_t last = UINT64_MAX, distances = 0, fits[RMN_CARVE_BLOCK_SIZES] = {0};
	unsigned best = RMN_CARVE_BLOCK_SIZES;

	for (size_t i = 0; i < s->job->head_count; i++) {
		const struct rmn_carve_head *head = &s->job->heads[i];

		if (!head_counts(s->job, head))
			continue;
		for (unsigned k = 0; k < RMN_CARVE_BLOCK_SIZES && last != UINT64_MAX; k++)
			fits[k] += (head->offset - last) % (RMN_SECTOR_BYTES << k) == 0;
		distances += last != UINT64_MAX;
		last = head->offset;
	}
	s->block_guess = BLOCK_UNKNOWN;
	if (distances < DISTANCES_LEAST)
		return;
	/* The largest size that nearly all distances are multiples of: of the next larger half are. */
	while (best > 1 && fits[best - 1] < distances - distances / 5)
		best--;
	s->block_guess = RMN_SECTOR_BYTES << (best - 1);
	for (size_t i = 0; i < s->job->head_count; i++) {
		if (!head_counts(s->job, &s->job->heads[i]))
			continue;
		s->phases[s->job->heads[i].offset % s->block_guess / RMN_SECTOR_BYTES]++;
		s->phase_heads++;
	}
}

bool
rmn_carve_is_in_phase(const struct rmn_carve_state *s, uint64_t offset)
{
	/* A disk may have had a few volumes, each with a phase of its own. */
	return s->phase_heads == 0 ||
	    s->phases[offset % s->block_guess / RMN_SECTOR_BYTES] >= s->phase_heads / 10 + 1;
}
