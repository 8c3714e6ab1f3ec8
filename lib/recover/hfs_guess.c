/* SPDX-License-Identifier: MIT
 *
 * Where the content of a deleted file lies of which only the name is left (a thread in the slack).
 * Files that were made one after the other have neighbouring CNIDs and lie one behind the other: what
 * stands in the gap behind the file with the CNID before, and is what the name promises, is most
 * likely it.  Only content with a proven end, or plain text up to its zeros, is taken; the file is
 * marked as guessed. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/checked.h"
#include "carve/carve.h"
#include "recover/hfs.h"

#define NEIGHBOUR_MAX 32u		/* how far the CNIDs of neighbours may be apart */
#define ROOM_MAX ((uint64_t)64 << 20)
#define TEXT_MAX ((uint64_t)4 << 20)
/* Bytes read for all guesses of a volume. */
#define WORK_MAX ((uint64_t)2 << 30)
#define WALK_MAX ((uint64_t)128 << 20)

struct known {
	uint32_t cnid;
	uint64_t end;			/* of its last block, on the image */
};

struct bare {
	uint32_t cnid, entry;
};

struct guessing {
	struct hfs *h;
	uint32_t volume;
	struct hfs_plan *plan;
	struct rmn_sectors taken;	/* by files that are known */
	struct known *known;		/* by CNID */
	size_t known_count;
	struct bare *bare;		/* by CNID */
	size_t bare_count;
	struct rmn_carve_tools tools;
	uint64_t work;
};

static int
known_compare(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	if (x->cnid != y->cnid)
		return x->cnid < y->cnid ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

static int
bare_compare(const void *a, const void *b)
{
	const struct bare *x = a, *y = b;

	if (x->cnid != y->cnid)
		return x->cnid < y->cnid ? -1 : 1;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

static int
guess_compare(const void *a, const void *b)
{
	const struct hfs_guess *x = a, *y = b;

	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

static uint64_t
block_up(const struct guessing *g, uint64_t place)
{
	const struct hfs_volume *v = &g->h->volumes[g->volume];
	uint64_t inside = place > v->base ? (place - v->base) % v->block_bytes : 0;

	return inside ? place + (v->block_bytes - inside) : place;
}

/* What the volume's files claim, and where each of them ends. */
static bool
known_fill(struct guessing *g)
{
	struct hfs *h = g->h;
	struct hfs_list list = {0};

	for (size_t i = 0; i < g->plan->count; i++) {
		const struct hfs_entry *e = &g->plan->entries[i];
		const struct hfs_record *record = &h->records[e->record];
		bool is_whole;

		if (hfs_entry_is_bare(h, e)) {
			g->bare[g->bare_count++] = (struct bare){e->cnid, (uint32_t)i};
			continue;
		}
		if (e->kind != HFS_FILE || record->link != HFS_NO_LINK)
			continue;
		is_whole = rmn_hfs_fork_extents(h, g->volume, record, false, &list);
		for (size_t k = 0; k < list.count && e->origin == RMN_ORIGIN_RECORD; k++)
			rmn_sectors_add(&g->taken, list.extents[k].image_offset,
			    list.extents[k].length_bytes);
		if (is_whole && list.count > 0)
			g->known[g->known_count++] = (struct known){e->cnid, block_up(g,
			    list.extents[list.count - 1].image_offset +
			    list.extents[list.count - 1].length_bytes)};
	}
	free(list.extents);
	return !h->failed && !g->taken.failed;
}

/* The last known file before a CNID. */
static const struct known *
known_before(const struct guessing *g, uint32_t cnid)
{
	size_t low = 0, high = g->known_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (g->known[middle].cnid < cnid)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &g->known[low - 1] : NULL;
}

/* How far the bytes behind a place belong to nobody. */
static uint64_t
room_end(const struct guessing *g, uint64_t start)
{
	uint64_t end = rmn_min_u64(rmn_disk_size(g->h->r->disk), start + ROOM_MAX);

	end = rmn_sectors_next(&g->taken, start, end, true);
	return rmn_sectors_next(g->h->r->in_use, start, end, true);
}

static bool
is_text_name(struct rmn_bytes name)
{
	static const char *const extensions[] = {"txt", "csv", "tsv", "eml", "htm", "html", "xml",
	    "log", "md", "json", "ini", "tex", "vcf", "ics"};
	const unsigned char *dot = name.size ? memrchr(name.data, '.', name.size) : NULL;
	size_t size = dot ? name.size - (size_t)(dot - name.data) - 1 : 0;

	for (size_t i = 0; dot && i < sizeof(extensions) / sizeof(extensions[0]); i++)
		if (strlen(extensions[i]) == size &&
		    strncasecmp((const char *)dot + 1, extensions[i], size) == 0)
			return true;
	return false;
}

static bool
is_text_byte(unsigned char byte)
{
	return byte >= 0x20 ? byte != 0x7f : byte == '\t' || byte == '\n' || byte == '\r' ||
	    byte == '\f' || byte == 0x1b;
}

/* Text from start up to zeros that fill its last block: its size; 0: that is not what stands there.  Of a
 * text that fills its last block to the byte nothing shows the end. */
static uint64_t
text_measure(struct guessing *g, uint64_t start, uint64_t end)
{
	unsigned char p[4096];
	uint64_t size = 0, border;

	end = rmn_min_u64(end, start + TEXT_MAX);
	for (uint64_t at = start; at < end; at += sizeof(p)) {
		size_t count = (size_t)rmn_min_u64(sizeof(p), end - at), i = 0;

		rmn_disk_read(g->h->r->disk, at, p, count);
		g->work += count;
		if (at == start && rmn_carver_find(p, count) != SIZE_MAX)
			return 0;
		while (i < count && is_text_byte(p[i]))
			i++;
		size += i;
		if (i == count)
			continue;
		border = block_up(g, at + i);
		for (; i < count && at + i < border; i++)
			if (p[i] != 0)
				return 0;
		return size;
	}
	return 0;		/* cut where another file begins: there was more of it elsewhere */
}

/* The place of the first head of a kind in the room, when it is the only one. */
static bool
head_find(const struct guessing *g, unsigned kind, uint64_t start, uint64_t end, uint64_t *place)
{
	const struct rmn_sightings *s = g->h->r->sightings;
	size_t i = rmn_sightings_from(s, kind, start), count = rmn_sightings_count(s, kind);

	if (i == count || rmn_sighting_offset(s, kind, i) >= end)
		return false;
	*place = rmn_sighting_offset(s, kind, i);
	if (*place == start)
		return true;
	return block_up(g, *place) == *place &&
	    (i + 1 == count || rmn_sighting_offset(s, kind, i + 1) >= end);
}

static uint64_t
head_measure(struct guessing *g, uint64_t start, uint64_t end)
{
	const struct rmn_carver *carver;
	struct rmn_proven proven;
	struct rmn_view view;

	if (!rmn_view_open(&view, g->h->r->disk, start))
		return 0;
	g->tools.work = 0;
	g->tools.work_limit = WALK_MAX;
	rmn_carve_prove(&view, &g->tools, &proven, &carver);
	g->work += g->tools.work;
	rmn_view_release(&view);
	return carver && proven.proof >= RMN_PROOF_STRUCTURE && proven.length_bytes <= end - start ?
	    proven.length_bytes : 0;
}

static bool
bare_guess(struct guessing *g, const struct bare *bare, uint64_t start, struct hfs_guess *guess)
{
	const struct hfs_record *record = &g->h->records[g->plan->entries[bare->entry].record];
	struct rmn_bytes name = hfs_name(g->h, record);
	uint64_t end = room_end(g, start);
	unsigned kind;

	*guess = (struct hfs_guess){.entry = bare->entry, .place = start};
	if (end <= start)
		return false;
	if (rmn_promise_kind(name, &kind)) {
		if (!head_find(g, kind, start, end, &guess->place))
			return false;
		guess->size_bytes = head_measure(g, guess->place, end);
	} else if (is_text_name(name)) {
		guess->size_bytes = text_measure(g, start, end);
	}
	return guess->size_bytes > 0;
}

/* In the order of the CNIDs, so that of two deleted neighbours the second follows the first. */
static void
guesses_fill(struct guessing *g)
{
	uint32_t last_cnid = 0;
	uint64_t last_end = 0;

	for (size_t i = 0; i < g->bare_count && g->work < WORK_MAX; i++) {
		const struct bare *bare = &g->bare[i];
		const struct known *before = known_before(g, bare->cnid);
		uint64_t start = before ? before->end : 0;
		struct hfs_guess guess;

		if (last_cnid && (!before || before->cnid < last_cnid)) {
			start = last_end;
		} else if (!before || bare->cnid - before->cnid > NEIGHBOUR_MAX) {
			continue;
		}
		if (!bare_guess(g, bare, start, &guess))
			continue;
		g->plan->guesses[g->plan->guess_count++] = guess;
		rmn_sectors_add(&g->taken, guess.place, guess.size_bytes);
		last_cnid = bare->cnid;
		last_end = block_up(g, guess.place + guess.size_bytes);
	}
}

bool
rmn_hfs_guesses_make(struct hfs *h, uint32_t volume, struct hfs_plan *plan)
{
	struct guessing g = {.h = h, .volume = volume, .plan = plan};
	bool is_fine;

	if (!h->volumes[volume].has_base)
		return true;
	g.known = calloc(plan->count + 1, sizeof(*g.known));
	g.bare = calloc(plan->count + 1, sizeof(*g.bare));
	is_fine = g.known && g.bare && rmn_sectors_init(&g.taken, rmn_disk_size(h->r->disk));
	rmn_carve_tools_init(&g.tools);
	if (is_fine)
		is_fine = known_fill(&g);
	if (is_fine && g.bare_count > 0) {
		plan->guesses = calloc(g.bare_count, sizeof(*plan->guesses));
		is_fine = plan->guesses != NULL;
	}
	if (is_fine && g.bare_count > 0) {
		qsort(g.known, g.known_count, sizeof(*g.known), known_compare);
		qsort(g.bare, g.bare_count, sizeof(*g.bare), bare_compare);
		guesses_fill(&g);
		qsort(plan->guesses, plan->guess_count, sizeof(*plan->guesses), guess_compare);
	}
	rmn_carve_tools_release(&g.tools);
	rmn_sectors_release(&g.taken);
	free(g.known);
	free(g.bare);
	return is_fine;
}

const struct hfs_guess *
rmn_hfs_guess_find(const struct hfs_plan *plan, uint32_t entry)
{
	size_t low = 0, high = plan->guess_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (plan->guesses[middle].entry < entry)
			low = middle + 1;
		else
			high = middle;
	}
	return low < plan->guess_count && plan->guesses[low].entry == entry ?
	    &plan->guesses[low] : NULL;
}
