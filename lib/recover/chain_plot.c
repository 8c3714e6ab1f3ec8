/* SPDX-License-Identifier: MIT
 *
 * What deleted files had, as plots of clusters that do not overlap: one deleted file may have been
 * written where an older one had been, and a live file may begin in the middle of it. */
#include <stdlib.h>

#include "base/checked.h"
#include "recover/chain_state.h"

/* Plots that one proven file may teach about. */
#define LEARN_MAX 1024u

struct border {
	uint32_t cluster;
	int cover;		/* deleted files that begin less those that end */
};

static int
border_compare(const void *a, const void *b)
{
	const struct border *x = a, *y = b;

	if (x->cluster != y->cluster)
		return x->cluster < y->cluster ? -1 : 1;
	return x->cover < y->cover ? -1 : x->cover > y->cover;
}

static size_t
borders_fill(const struct rmn_chain_solver *s, struct border *borders)
{
	size_t count = 0;

	for (size_t i = 0; i < s->deleted_count; i++) {
		uint32_t first = s->deleted[i]->first;
		uint64_t clusters = rmn_chain_clusters(s->grid, s->deleted[i]->size_bytes);

		borders[count++] = (struct border){first, 1};
		borders[count++] = (struct border){first +
		    (uint32_t)rmn_min_u64(clusters, s->grid->cluster_end - first), -1};
	}
	for (size_t i = 0; i < s->live_count; i++)
		borders[count++] = (struct border){s->live[i]->first, 0};
	qsort(borders, count, sizeof(*borders), border_compare);
	return count;
}

bool
rmn_chain_plots_fill(struct rmn_chain_solver *s)
{
	size_t most = 2 * s->deleted_count + s->live_count, count;
	struct border *borders = calloc(most + 1, sizeof(*borders));
	int cover = 0;

	s->plot_count = 0;
	s->plots = rmn_arena_alloc(s->arena, most + 1, sizeof(*s->plots));
	if (!borders || !s->plots) {
		free(borders);
		return false;
	}
	count = borders_fill(s, borders);
	for (size_t i = 0; i + 1 < count; i++) {
		cover += borders[i].cover;
		if (cover > 0 && borders[i].cluster < borders[i + 1].cluster)
			s->plots[s->plot_count++] = (struct rmn_chain_plot){borders[i].cluster,
			    borders[i + 1].cluster, RMN_CHAIN_FATE_UNKNOWN};
	}
	free(borders);
	return true;
}

size_t
rmn_chain_plot_from(const struct rmn_chain_solver *s, uint32_t cluster)
{
	size_t low = 0, high = s->plot_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->plots[middle].first < cluster)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
rmn_chain_learn(struct rmn_chain_solver *s, const struct rmn_chain_list *list)
{
	size_t run = 0, seen = 0;

	for (size_t i = rmn_chain_plot_from(s, list->runs[0].first);
	    i < s->plot_count && seen < LEARN_MAX; i++, seen++) {
		struct rmn_chain_plot *plot = &s->plots[i];

		while (run < list->count &&
		    list->runs[run].first + list->runs[run].count <= plot->first)
			run++;
		if (run == list->count)
			break;
		if (list->runs[run].first < plot->end)
			plot->fate = RMN_CHAIN_FATE_GONE;
		else if (plot->fate == RMN_CHAIN_FATE_UNKNOWN)
			plot->fate = RMN_CHAIN_FATE_LIVED;
	}
	s->is_learning = true;
}

bool
rmn_chain_abuts(const struct rmn_chain_solver *s, uint32_t end)
{
	size_t next = rmn_chain_plot_from(s, end);

	return end < s->grid->cluster_end &&
	    (rmn_sectors_has(&s->hard, rmn_chain_place(s->grid, end)) ||
	    (next < s->plot_count && s->plots[next].first == end));
}
