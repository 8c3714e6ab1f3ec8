/* SPDX-License-Identifier: MIT
 *
 * Which volume a leaf belongs to.  What lies where a header says that its trees are is that
 * volume's.  The rest is taken in clusters (leaves side by side: a tree grows in clumps), and a
 * cluster belongs to the base with which its files' first blocks meet the heads that their names
 * promise: bases of headers first, then those that an election finds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recover/hfs.h"
#include "recover/sight.h"

#define CLUSTER_GAP ((uint64_t)1 << 20)
#define ELECTIONS 6u
#define BEST 8u
#define VOTES_MIN 3u
/* A true base meets most of its promises, a false one about one in a hundred. */
#define FIT_PART 5u
#define DAY 86400u
#define FIT_PROMISES 512u		/* of a cluster, evenly picked */
#define STARTS_CLUSTERS 256u

struct cluster {
	size_t first, end;		/* leaves */
	size_t promise, promise_count;
	uint32_t youngest;		/* date of a change to any record */
	uint32_t volume;
};

struct group {
	struct hfs *h;
	struct rmn_promise *promises;
	size_t promise_count, promise_capacity;
	struct cluster *clusters;
	size_t cluster_count, cluster_capacity;
	uint32_t *sizes;		/* block sizes that the records allow */
	size_t size_count;
	struct hfs_births *births;
};

static void
leaf_take(struct hfs *h, struct hfs_leaf *leaf, uint32_t volume)
{
	leaf->volume = volume;
	h->volumes[volume].leaf_count++;
}

static void
leaves_by_header(struct group *g, uint32_t volume)
{
	struct hfs *h = g->h;
	const struct hfs_volume *v = &h->volumes[volume];

	for (size_t i = 0; i < v->range_count; i++)
		for (size_t k = rmn_hfs_leaves_from(h, v->ranges[i].start);
		    k < h->leaf_count && h->leaves[k].place < v->ranges[i].end; k++)
			if (h->leaves[k].volume == HFS_NO_VOLUME) {
				leaf_take(h, &h->leaves[k], volume);
				h->failed |= !rmn_hfs_births_add(g->births, h, k, k + 1, volume);
			}
}

/* Size in blocks and size in bytes say how large a block is. */
static void
sizes_count(const struct hfs *h, uint64_t count[8])
{
	for (size_t i = 0; i < h->record_count; i++) {
		const struct hfs_record *record = &h->records[i];
		const struct hfs_fork *fork = &record->data;

		if (record->kind != HFS_FILE || fork->blocks < 2 ||
		    h->leaves[record->leaf].volume != HFS_NO_VOLUME)
			continue;
		for (unsigned bit = 0; bit < 8; bit++) {
			uint64_t block = (uint64_t)512 << bit;

			if (fork->size_bytes <= block * fork->blocks &&
			    fork->size_bytes > block * (fork->blocks - 1))
				count[bit]++;
		}
	}
}

/* The block sizes worth an election: those that one record in twenty agrees with (there may be
 * several volumes), all when no record says anything. */
static size_t
sizes_pick(const struct hfs *h, uint32_t sizes[8])
{
	uint64_t count[8] = {0}, all = 0;
	size_t used = 0;

	sizes_count(h, count);
	for (unsigned bit = 0; bit < 8; bit++)
		all += count[bit];
	for (unsigned bit = 0; bit < 8; bit++)
		if (count[bit] * 20 >= all)
			sizes[used++] = 512u << bit;
	return used;
}

static bool
promise_add(struct group *g, const struct hfs_record *record)
{
	struct hfs *h = g->h;
	unsigned kind;

	if (record->kind != HFS_FILE || record->rank == HFS_RANK_SLACK ||
	    record->data.extent_count == 0 || record->data.size_bytes == 0 ||
	    !rmn_promise_kind(hfs_name(h, record), &kind))
		return true;
	if (!rmn_hfs_grow(h, (void **)&g->promises, &g->promise_capacity, g->promise_count,
	    sizeof(*g->promises)))
		return false;
	g->promises[g->promise_count++] = (struct rmn_promise){
	    h->extents[record->data.extent_at].start, kind};
	return true;
}

static bool
cluster_add(struct group *g, size_t first, size_t end)
{
	struct hfs *h = g->h;
	struct cluster *c;

	if (!rmn_hfs_grow(h, (void **)&g->clusters, &g->cluster_capacity, g->cluster_count,
	    sizeof(*g->clusters)))
		return false;
	c = &g->clusters[g->cluster_count++];
	*c = (struct cluster){.first = first, .end = end, .promise = g->promise_count,
	    .volume = HFS_NO_VOLUME};
	for (size_t i = first; i < end; i++) {
		const struct hfs_leaf *leaf = &h->leaves[i];

		for (size_t k = 0; k < leaf->record_count && leaf->volume == HFS_NO_VOLUME; k++) {
			const struct hfs_record *record = &h->records[leaf->first_record + k];

			if (record->changed > c->youngest && record->rank <= HFS_RANK_SALVAGED)
				c->youngest = record->changed;
			if (!promise_add(g, record))
				return false;
		}
	}
	c->promise_count = g->promise_count - c->promise;
	return true;
}

/* The leaves that no header claimed, cut where the disk has a gap between them. */
static bool
clusters_find(struct group *g)
{
	struct hfs *h = g->h;
	size_t i = 0, end;

	while (i < h->leaf_count) {
		uint64_t last = h->leaves[i].place;
		unsigned bits = h->leaves[i].bits;

		if (h->leaves[i].volume != HFS_NO_VOLUME) {
			i++;
			continue;
		}
		for (end = i + 1; end < h->leaf_count; end++) {
			const struct hfs_leaf *leaf = &h->leaves[end];

			if (leaf->volume != HFS_NO_VOLUME || leaf->bits != bits ||
			    leaf->place - last > CLUSTER_GAP)
				break;
			last = leaf->place;
		}
		if (!cluster_add(g, i, end))
			return false;
		i = end;
	}
	return true;
}

/* How many of a cluster's promises are kept with a base; *asked of them were looked at. */
static size_t
cluster_fit(const struct group *g, const struct cluster *c, uint64_t base, uint32_t block_bytes,
    size_t *asked)
{
	const struct rmn_sightings *s = g->h->r->sightings;
	size_t kept = 0, step = c->promise_count / FIT_PROMISES + 1;

	*asked = 0;
	for (size_t i = 0; i < c->promise_count; i += step) {
		const struct rmn_promise *promise = &g->promises[c->promise + i];
		uint64_t place = base + promise->block * block_bytes;
		size_t at = rmn_sightings_from(s, promise->kind, place);

		(*asked)++;
		kept += at < rmn_sightings_count(s, promise->kind) &&
		    rmn_sighting_offset(s, promise->kind, at) == place;
	}
	return kept;
}

static bool
bases_equal(const struct hfs_volume *a, const struct hfs_volume *b)
{
	return a->has_base && b->has_base && a->base == b->base &&
	    a->block_bytes == b->block_bytes;
}

/* Leaves outside the trees of a volume with a header are of an older volume in the same place when
 * the header's volume is in use, or was made after their last change. */
static bool
is_older(const struct hfs_volume *v, const struct cluster *c)
{
	return v->has_header && (v->found.living ||
	    (c->youngest && v->created > c->youngest + DAY));
}

/* The generation of that volume that a cluster fits into; a new one when none. */
static uint32_t
volume_for(struct group *g, const struct cluster *c, uint32_t volume)
{
	struct hfs *h = g->h;
	struct hfs_volume *v;

	for (size_t turn = 0; turn <= h->volume_count; turn++) {
		size_t k = turn ? turn - 1 : volume;	/* itself first */

		if ((k == volume && turn) || (k != volume &&
		    !bases_equal(&h->volumes[k], &h->volumes[volume])))
			continue;
		if (!is_older(&h->volumes[k], c) &&
		    !rmn_hfs_births_contradict(g->births, h, c->first, c->end, (uint32_t)k))
			return (uint32_t)k;
	}
	v = rmn_hfs_volume_new(h);
	if (!v)
		return volume;
	v->base = h->volumes[volume].base;
	v->block_bytes = h->volumes[volume].block_bytes;
	v->has_base = h->volumes[volume].has_base;
	snprintf(v->found.evidence, sizeof(v->found.evidence), "older, in the place of another");
	return (uint32_t)(h->volume_count - 1);
}

static void
cluster_place(struct group *g, struct cluster *c, uint32_t volume)
{
	c->volume = volume;
	for (size_t i = c->first; i < c->end; i++)
		if (g->h->leaves[i].volume == HFS_NO_VOLUME)
			leaf_take(g->h, &g->h->leaves[i], volume);
	g->h->failed |= !rmn_hfs_births_add(g->births, g->h, c->first, c->end, volume);
}

/* Gives the clusters to the volumes whose base keeps their promises. */
static void
clusters_fit(struct group *g)
{
	struct hfs *h = g->h;

	for (size_t i = 0; i < g->cluster_count; i++) {
		struct cluster *c = &g->clusters[i];
		size_t best = 0;
		uint32_t chosen = HFS_NO_VOLUME;

		if (c->volume != HFS_NO_VOLUME || c->promise_count == 0)
			continue;
		for (size_t k = 0; k < h->volume_count; k++) {
			size_t asked = 0, fit = h->volumes[k].has_base ? cluster_fit(g, c,
			    h->volumes[k].base, h->volumes[k].block_bytes, &asked) : 0;

			if (fit > best && fit * FIT_PART >= asked) {
				best = fit;
				chosen = (uint32_t)k;
			}
		}
		if (chosen != HFS_NO_VOLUME)
			cluster_place(g, c, volume_for(g, c, chosen));
	}
}

static void
volume_elected(struct group *g, uint64_t base, uint32_t block_bytes, const char *evidence)
{
	struct hfs_volume *v = rmn_hfs_volume_new(g->h);

	if (!v)
		return;
	v->base = base;
	v->block_bytes = block_bytes;
	v->has_base = true;
	snprintf(v->found.evidence, sizeof(v->found.evidence), "%s", evidence);
}

static bool
base_is_known(const struct hfs *h, uint64_t base, uint32_t block_bytes)
{
	for (size_t i = 0; i < h->volume_count; i++)
		if (h->volumes[i].has_base && h->volumes[i].base == base &&
		    h->volumes[i].block_bytes == block_bytes)
			return true;
	return false;
}

/* The promises of clusters that have no volume yet. */
static size_t
promises_left(const struct group *g, struct rmn_promise *left)
{
	size_t count = 0;

	for (size_t i = 0; i < g->cluster_count; i++)
		if (g->clusters[i].volume == HFS_NO_VOLUME)
			for (size_t k = 0; k < g->clusters[i].promise_count; k++)
				left[count++] = g->promises[g->clusters[i].promise + k];
	return count;
}

/* One election; false when nobody won. */
static bool
election_hold(struct group *g)
{
	struct rmn_promise *left = calloc(g->promise_count, sizeof(*left));
	struct rmn_base best[BEST];
	size_t count, found;
	char evidence[64];
	uint32_t noise;

	if (!left)
		return false;
	count = promises_left(g, left);
	found = count ? rmn_vote(g->h->r->sightings, left, count, g->sizes, g->size_count, best,
	    BEST) : 0;
	free(left);
	if (found == 0)
		return false;
	noise = found < BEST ? 1 : best[BEST - 1].votes;
	if (best[0].votes < VOTES_MIN || best[0].votes < 2 * noise || best[0].start_byte < 0 ||
	    base_is_known(g->h, (uint64_t)best[0].start_byte, best[0].block_bytes))
		return false;
	snprintf(evidence, sizeof(evidence), "%u votes against %u", best[0].votes,
	    found > 1 ? best[1].votes : 0);
	volume_elected(g, (uint64_t)best[0].start_byte, best[0].block_bytes, evidence);
	return true;
}

/* Whether enough of the promises that are left are kept with a base: two at least. */
static bool
start_fits(const struct group *g, uint64_t start, uint32_t block_bytes, const size_t *left,
    size_t left_count)
{
	size_t kept = 0, asked = 0, part;

	for (size_t i = 0; i < left_count; i++) {
		const struct cluster *c = &g->clusters[left[i]];

		if (c->volume == HFS_NO_VOLUME) {
			kept += cluster_fit(g, c, start, block_bytes, &part);
			asked += part;
		}
	}
	return kept >= 2 && kept * FIT_PART >= asked;
}

/* Places where volumes usually begin, for what is left after the elections. */
static void
starts_try(struct group *g)
{
	size_t left[STARTS_CLUSTERS], left_count = 0, count;
	uint64_t starts[HFS_STARTS_MAX];

	for (size_t i = 0; i < g->cluster_count && left_count < STARTS_CLUSTERS; i++)
		if (g->clusters[i].volume == HFS_NO_VOLUME && g->clusters[i].promise_count > 0)
			left[left_count++] = i;
	count = left_count ? rmn_hfs_starts_find(g->h, starts) : 0;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < g->size_count; k++)
			if (!base_is_known(g->h, starts[i], g->sizes[k]) &&
			    start_fits(g, starts[i], g->sizes[k], left, left_count)) {
				volume_elected(g, starts[i], g->sizes[k],
				    "a usual place, names and heads");
				clusters_fit(g);
			}
}

/* A base without any promise: a file of the volume itself says where the journal is. */
static void
journal_anchor(struct group *g)
{
	struct hfs *h = g->h;
	const struct rmn_sightings *s = h->r->sightings;

	for (size_t i = 0; i < h->record_count; i++) {
		const struct hfs_record *record = &h->records[i];
		uint64_t offset, place;
		uint32_t block_bytes;

		if (record->kind != HFS_FILE || record->data.extent_count == 0 ||
		    h->leaves[record->leaf].volume != HFS_NO_VOLUME ||
		    record->data.size_bytes % record->data.blocks != 0 ||
		    !rmn_bytes_equal(hfs_name(h, record), rmn_bytes_from_string(".journal")))
			continue;
		block_bytes = (uint32_t)(record->data.size_bytes / record->data.blocks);
		offset = (uint64_t)h->extents[record->data.extent_at].start * block_bytes;
		if (block_bytes < 512 || (block_bytes & (block_bytes - 1)) != 0)
			continue;
		for (size_t k = 0; k < rmn_sightings_count(s, RMN_SIGHT_HFS_JOURNAL) && k < 16; k++) {
			place = rmn_sighting_offset(s, RMN_SIGHT_HFS_JOURNAL, k);
			if (place < offset || base_is_known(h, place - offset, block_bytes))
				continue;
			volume_elected(g, place - offset, block_bytes, "place of the journal");
			return;
		}
		return;
	}
}

/* The same by the journal's own lists, when the records agree on one block size. */
static void
ring_anchor(struct group *g)
{
	uint64_t base;

	for (size_t i = 0; i < g->h->volume_count; i++)
		if (g->h->volumes[i].has_base)
			return;
	if (g->h->journal_count && g->size_count == 1 && rmn_hfs_ring_base(g->h, &base))
		volume_elected(g, base, g->sizes[0], "block lists of the journal");
}

/* What promises nothing, or nothing that was kept, goes with the cluster before it, else with the
 * first volume of all. */
static void
clusters_rest(struct group *g)
{
	struct hfs *h = g->h;
	uint32_t last = HFS_NO_VOLUME;

	for (size_t k = h->volume_count; k-- > 0;)
		if (h->volumes[k].leaf_count > 0 && !h->volumes[k].found.living)
			last = (uint32_t)k;
	for (size_t k = h->volume_count; k-- > 0 && last == HFS_NO_VOLUME;)
		if (!h->volumes[k].found.living)
			last = (uint32_t)k;
	for (size_t i = 0; i < g->cluster_count; i++) {
		struct cluster *c = &g->clusters[i];

		if (c->volume != HFS_NO_VOLUME) {
			last = c->volume;
			continue;
		}
		if (last == HFS_NO_VOLUME) {
			if (!rmn_hfs_volume_new(h))
				return;
			last = (uint32_t)(h->volume_count - 1);
		}
		cluster_place(g, c, volume_for(g, c, last));
	}
}

void
rmn_hfs_leaves_group(struct hfs *h)
{
	uint32_t sizes[8];
	struct group g = {.h = h, .sizes = sizes, .births = rmn_hfs_births_new()};

	if (!g.births) {
		h->failed = true;
		return;
	}
	for (size_t i = 0; i < h->volume_count; i++)
		leaves_by_header(&g, (uint32_t)i);
	g.size_count = sizes_pick(h, sizes);
	if (clusters_find(&g)) {
		clusters_fit(&g);
		for (unsigned i = 0; i < ELECTIONS && election_hold(&g); i++)
			clusters_fit(&g);
		starts_try(&g);
		journal_anchor(&g);
		ring_anchor(&g);
		clusters_rest(&g);
	}
	rmn_hfs_births_free(g.births);
	free(g.promises);
	free(g.clusters);
}
