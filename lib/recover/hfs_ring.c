/* SPDX-License-Identifier: MIT
 *
 * Block lists of a journal (TN1150, "Block List Header"): each says of the images behind it which
 * blocks of the volume they are.  An image that is a leaf, and the same leaf elsewhere on the disk,
 * give the volume's first byte without any name or header. */
#include <stdlib.h>

#include "base/checked.h"
#include "recover/hfs.h"
#include "recover/sight.h"

#define LIST_HEADER 16u
#define ENTRY_BYTES 16u
#define LIST_MAX 65536u
#define BALLOTS_MAX 4096u
#define VOTES_MIN 2u

struct home {
	uint64_t key, place;
};

struct ring {
	struct hfs *h;
	struct home *homes;		/* leaves outside the journals, by key */
	size_t home_count;
	uint64_t *ballots;		/* bases */
	size_t ballot_count;
};

/* What the versions of one node have in common: its neighbours and its first record. */
static uint64_t
leaf_key(const struct hfs *h, const struct hfs_leaf *leaf)
{
	const struct hfs_record *first = &h->records[leaf->first_record];
	uint64_t key = (uint64_t)leaf->next << 32 | leaf->previous;

	key = (key ^ first->cnid) * 0x9e3779b97f4a7c15ull;
	return (key ^ first->parent ^ (uint64_t)first->kind << 32) * 0x9e3779b97f4a7c15ull;
}

static int
home_compare(const void *a, const void *b)
{
	const struct home *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static int
ballot_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool
homes_fill(struct ring *r)
{
	struct hfs *h = r->h;

	r->homes = calloc(h->leaf_count + 1, sizeof(*r->homes));
	r->ballots = calloc(BALLOTS_MAX, sizeof(*r->ballots));
	if (!r->homes || !r->ballots)
		return false;
	for (size_t i = 0; i < h->leaf_count; i++)
		if (h->leaves[i].version == 0 && h->leaves[i].record_count > 0)
			r->homes[r->home_count++] = (struct home){leaf_key(h, &h->leaves[i]),
			    h->leaves[i].place};
	qsort(r->homes, r->home_count, sizeof(*r->homes), home_compare);
	return true;
}

/* An image in the ring whose home is so many bytes into the volume. */
static void
image_vote(struct ring *r, uint64_t place, uint64_t home)
{
	struct hfs *h = r->h;
	size_t i = rmn_hfs_leaves_from(h, place), low = 0, high = r->home_count;
	uint64_t key;

	if (i == h->leaf_count || h->leaves[i].place != place || h->leaves[i].record_count == 0)
		return;
	key = leaf_key(h, &h->leaves[i]);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->homes[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < r->home_count && r->homes[low].key == key; low++)
		if (r->homes[low].place >= home && r->ballot_count < BALLOTS_MAX)
			r->ballots[r->ballot_count++] = r->homes[low].place - home;
}

/* One list with its images, if one stands there. */
static void
list_read(struct ring *r, const struct hfs_journal *j, uint64_t place, unsigned char *p)
{
	uint64_t at, ring = j->end - j->start;
	unsigned most, count;

	if (!rmn_disk_read(r->h->r->disk, place, p, LIST_HEADER))
		return;
	most = j->is_big ? rmn_be16(p) : rmn_le16(p);
	count = j->is_big ? rmn_be16(p + 2) : rmn_le16(p + 2);
	if (most != j->list_bytes / ENTRY_BYTES - 1 || count < 2 || count > most ||
	    place + j->list_bytes > j->end ||
	    !rmn_disk_read(r->h->r->disk, place, p, j->list_bytes))
		return;
	at = place + j->list_bytes;
	for (unsigned i = 1; i < count; i++) {
		const unsigned char *e = p + LIST_HEADER + (size_t)i * ENTRY_BYTES;
		uint64_t number = j->is_big ? (uint64_t)rmn_be32(e) << 32 | rmn_be32(e + 4) :
		    rmn_le64(e);
		uint32_t size = j->is_big ? rmn_be32(e + 8) : rmn_le32(e + 8);
		uint64_t home;

		if (size == 0 || size > ring || size % RMN_SECTOR_BYTES != 0)
			return;
		if (at >= j->end)
			at -= ring;
		if (rmn_mul_u64(number, j->unit_bytes, &home))
			image_vote(r, at, home);
		at += size;
	}
}

static void
journal_read(struct ring *r, const struct hfs_journal *j, unsigned char *p)
{
	if (j->list_bytes < LIST_HEADER + 2 * ENTRY_BYTES || j->list_bytes > LIST_MAX)
		return;
	for (uint64_t place = j->start; place < j->end && r->ballot_count < BALLOTS_MAX;
	    place += j->unit_bytes)
		list_read(r, j, place, p);
}

static bool
ballots_count(struct ring *r, uint64_t *base)
{
	size_t best = 0;

	qsort(r->ballots, r->ballot_count, sizeof(*r->ballots), ballot_compare);
	for (size_t i = 0, run; i < r->ballot_count; i += run) {
		for (run = 1; i + run < r->ballot_count && r->ballots[i + run] == r->ballots[i];)
			run++;
		if (run > best) {
			best = run;
			*base = r->ballots[i];
		}
	}
	return best >= VOTES_MIN;
}

bool
rmn_hfs_ring_base(struct hfs *h, uint64_t *base)
{
	unsigned char *p = malloc(LIST_MAX);
	struct ring r = {.h = h};
	bool found = false;

	if (p && homes_fill(&r)) {
		for (size_t i = 0; i < h->journal_count; i++)
			journal_read(&r, &h->journals[i], p);
		found = ballots_count(&r, base);
	} else {
		h->failed = true;
	}
	free(p);
	free(r.homes);
	free(r.ballots);
	return found;
}
