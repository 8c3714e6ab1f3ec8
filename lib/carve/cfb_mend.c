/* SPDX-License-Identifier: MIT
 *
 * Puts a fragmented compound file together.  First the blocks that say themselves where they belong are
 * found: FAT, directory, heads of streams.  Then the gaps between them are filled (cfb_gap.c), and where
 * the bytes alone leave a choice, the streams' own chains of records make it.  Nothing in the format is
 * checksummed: a file in which one choice stays open is not claimed. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/checked.h"
#include "base/limits.h"
#include "carve/cfb_mend.h"
#include "base/number.h"

#define ATTEMPTS 6u		/* FAT sectors of other files of the same size may come first */
#define FAT_SECTORS_MAX 4096u
#define EXACT_TO 256u		/* ways of a gap that are all looked at; of more the cheap ones */
#define COST_SPAN 80
#define MARGIN 12
#define ONCE_MAX 4096u		/* ways of one gap to look at */
#define BREAKS_MAX 64u		/* cuts found by following a stream */

static uint32_t
fat_index(const struct cfb *c, uint32_t sector)
{
	uint32_t index = 0;

	while (c->fat_places[index] != sector)
		index++;
	return index;
}

/* The FAT sectors of one block: w->count from place w->index on.  Most entries of a FAT name the sector
 * behind their own. */
static bool
fat_wanted_fits(const struct cfb_wanted *w, const unsigned char *bytes)
{
	const struct cfb *c = w->c;
	uint32_t count = c->sector_bytes / 4, used = 0, next = 0;

	for (uint32_t k = 0; k < w->count; k++) {
		uint32_t sector = c->fat_sorted[w->index + k], index = fat_index(c, sector);
		const unsigned char *at = bytes + (cfb_offset(c, sector) - w->file_offset);

		if (!cfb_fat_fits(c, index, at))
			return false;
		for (uint32_t i = 0; i < count; i++) {
			uint32_t value = rmn_le32(at + i * 4);

			used += value != CFB_FREE;
			next += value == index * count + i + 1 ||
			    (value >= CFB_DIFAT && value != CFB_FREE);
		}
	}
	return used > 0 && next * 4 >= used;
}

/* A FAT may end in sectors that have nothing to say. */
static bool
fat_empty_fits(const struct cfb_wanted *w, const unsigned char *bytes)
{
	for (size_t i = 0; i < w->c->sector_bytes; i++)
		if (bytes[i] != 0xFF)
			return false;
	return true;
}

static bool
directory_wanted_fits(const struct cfb_wanted *w, const unsigned char *bytes)
{
	static const unsigned char root[] = {'R', 0};
	unsigned used = 0;

	if (!cfb_directory_fits(bytes, w->c->sector_bytes, w->index == 0))
		return false;
	for (uint32_t at = 0; at < w->c->sector_bytes; at += CFB_ENTRY_BYTES)
		used += bytes[at + 66] != 0;
	return used > 0 && (w->index > 0 || memcmp(bytes, root, 2) == 0);
}

/* Only the first block of FAT sectors that is not where it is expected may be another than the
 * nearest. */
static bool
fat_find(struct cfb_mend *d, const struct cfb *c, unsigned skip)
{
	uint32_t count;

	for (uint32_t i = 0; i < c->fat_sectors; i += count) {
		struct cfb_wanted w = {.file_offset = cfb_offset(c, c->fat_sorted[i]),
		    .fits = fat_wanted_fits, .c = c, .index = i};
		uint64_t end = (w.file_offset / d->block_bytes + 1) * d->block_bytes;
		bool is_expected;

		for (count = 1; i + count < c->fat_sectors &&
		    cfb_offset(c, c->fat_sorted[i + count]) < end; count++)
			;
		w.count = count;
		w.size = (size_t)(cfb_offset(c, c->fat_sorted[i + count - 1]) - w.file_offset) +
		    c->sector_bytes;
		is_expected = cfb_spot_expect(d, &w);
		if (is_expected)
			continue;
		w.fits = fat_empty_fits;
		if (cfb_spot_expect(d, &w))
			continue;
		w.fits = fat_wanted_fits;
		if (!cfb_spot_find(d, &w, skip))
			return false;
		skip = 0;
	}
	return true;
}

static bool
directory_find(struct cfb_mend *d, const struct cfb *c)
{
	uint32_t sector = c->directory_start;

	for (uint32_t i = 0; sector < c->fat_entries && i < c->fat_entries; i++) {
		struct cfb_wanted w = {.file_offset = cfb_offset(c, sector),
		    .size = c->sector_bytes, .fits = directory_wanted_fits, .c = c, .index = i};

		/* The last sectors may hold no entry and say nothing. */
		if (!cfb_spot_expect(d, &w) && !cfb_spot_find(d, &w, 0) && i == 0)
			return false;
		sector = c->fat[sector];
	}
	return true;
}

/* How streams begin whose name says what they are. */
static const struct head {
	const char *name;
	uint8_t size;
	unsigned char bytes[8];
} heads[] = {
	{"Workbook", 6, {0x09, 0x08, 0x10, 0x00, 0x00, 0x06}},
	{"Book", 4, {0x09, 0x08, 0x08, 0x00}},
	{"WordDocument", 2, {0xEC, 0xA5}},
	{"PowerPoint Document", 4, {0x0F, 0x00, 0xE8, 0x03}},
	{"?SummaryInformation", 4, {0xFE, 0xFF, 0x00, 0x00}},
	{"?DocumentSummaryInformation", 4, {0xFE, 0xFF, 0x00, 0x00}},
};

/* A zlib stream; of one that begins with bytes as they are, also their number. */
static bool
zlib_wanted_fits(const struct cfb_wanted *w, const unsigned char *bytes)
{
	(void)w;
	if (bytes[0] != 0x78 || rmn_be16(bytes) % 31 != 0 || (bytes[1] & 0x20))
		return false;
	return (bytes[2] & 6) != 0 || (rmn_le16(bytes + 3) ^ rmn_le16(bytes + 5)) == 0xFFFF;
}

static bool
head_wanted_fits(const struct cfb_wanted *w, const unsigned char *bytes)
{
	return memcmp(bytes, heads[w->index].bytes, heads[w->index].size) == 0;
}

static bool
mini_fat_wanted_fits(const struct cfb_wanted *w, const unsigned char *bytes)
{
	uint32_t count = w->c->sector_bytes / 4, limit = w->c->mini_sectors * count, next = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t value = rmn_le32(bytes + i * 4);

		if (value > CFB_LAST ? value < CFB_END : value >= limit)
			return false;
		next += value == w->index * count + i + 1;
	}
	return next > 0;
}

static void
streams_find(struct cfb_mend *d, const struct cfb *c)
{
	uint32_t sector = c->mini_start;

	for (uint32_t i = 0; i < c->mini_sectors && sector < c->fat_entries; i++) {
		struct cfb_wanted w = {.file_offset = cfb_offset(c, sector),
		    .size = c->sector_bytes, .fits = mini_fat_wanted_fits, .c = c, .index = i};

		if (!cfb_spot_expect(d, &w))
			cfb_spot_find(d, &w, 0);
		sector = c->fat[sector];
	}
	for (size_t i = 1; i < c->entry_count; i++) {
		const struct cfb_entry *e = &c->entries[i];
		struct cfb_wanted packed = {.file_offset = cfb_offset(c, e->start), .size = 7,
		    .fits = zlib_wanted_fits, .c = c};

		if (e->type == 2 && e->size >= c->cutoff && (strcasecmp(e->name, "Data") == 0 ||
		    strcasecmp(e->name, "Pictures") == 0) && !cfb_spot_expect(d, &packed))
			cfb_spot_find_between(d, &packed);
		for (uint32_t h = 0; h < sizeof(heads) / sizeof(heads[0]); h++) {
			struct cfb_wanted w = {.file_offset = cfb_offset(c, e->start),
			    .size = heads[h].size, .fits = head_wanted_fits, .c = c, .index = h};

			if (e->type == 2 && e->size >= c->cutoff &&
			    strcasecmp(e->name, heads[h].name) == 0 && !cfb_spot_expect(d, &w))
				cfb_spot_find(d, &w, 0);
		}
	}
}

/* What a stream's bytes may look like: by its name, if its first records are what the name says. */
static enum cfb_kind
stream_kind(const struct cfb *c, const struct cfb_entry *e)
{
	struct cfb_stream s;
	struct cfb_verdict v, of_table;
	const struct cfb_entry *table;

	if (!cfb_stream_open(c, e, &s))
		return CFB_KIND_UNKNOWN;
	if (strcasecmp(e->name, "Workbook") == 0 || strcasecmp(e->name, "Book") == 0)
		return cfb_check_biff(&s, &v) ? CFB_KIND_PLAIN : CFB_KIND_UNKNOWN;
	if (strcasecmp(e->name, "PowerPoint Document") == 0)
		return cfb_check_ppt(&s, &v) ? CFB_KIND_MIXED : CFB_KIND_UNKNOWN;
	if (strcasecmp(e->name, "WordDocument") == 0)
		return cfb_check_word(&s, e->parent, &v, &table, &of_table) ? CFB_KIND_PLAIN :
		    CFB_KIND_UNKNOWN;
	if (strcasecmp(e->name, "1Table") == 0 || strcasecmp(e->name, "0Table") == 0) {
		e = cfb_find(c, e->parent, "WordDocument");
		return e ? stream_kind(c, e) : CFB_KIND_UNKNOWN;
	}
	if (strcasecmp(e->name, "?SummaryInformation") == 0 ||
	    strcasecmp(e->name, "?DocumentSummaryInformation") == 0)
		return cfb_check_properties(&s, &v) && v.broken_at == UINT64_MAX ?
		    CFB_KIND_PLAIN : CFB_KIND_UNKNOWN;
	if (strcasecmp(e->name, "Data") == 0 || strcasecmp(e->name, "Pictures") == 0)
		return cfb_check_zlib(&s, &v) ? CFB_KIND_PACKED : CFB_KIND_UNKNOWN;
	return CFB_KIND_UNKNOWN;
}

static void
kind_set(const struct cfb_mend *d, const struct cfb *c, uint32_t sector, enum cfb_kind kind,
    uint32_t chain)
{
	size_t at = (size_t)(cfb_offset(c, sector) / 512), limit = (size_t)d->blocks *
	    (d->block_bytes / 512);

	for (uint32_t i = 0; i < c->sector_bytes / 512 && at + i < limit; i++) {
		d->kinds[at + i] = (uint8_t)kind;
		d->chains[at + i] = chain;
	}
}

static void
kind_set_chain(const struct cfb_mend *d, const struct cfb *c, uint32_t start, enum cfb_kind kind,
    uint32_t chain)
{
	uint32_t sector = start;

	/* The chains have been walked: they end. */
	for (size_t i = 0; sector < c->fat_entries && i < c->fat_entries; i++) {
		kind_set(d, c, sector, kind, chain);
		sector = c->fat[sector];
	}
}

static bool
kinds_fill(struct cfb_mend *d, const struct cfb *c)
{
	size_t count = (size_t)d->blocks * (d->block_bytes / 512);

	if (!d->kinds) {
		d->kinds = rmn_arena_alloc(d->arena, d->kind_capacity, 1);
		d->chains = rmn_arena_alloc(d->arena, d->kind_capacity, sizeof(*d->chains));
	}
	if (!d->kinds || !d->chains || count > d->kind_capacity)
		return false;
	memset(d->kinds, 0, count);
	memset(d->chains, 0, count * sizeof(*d->chains));
	kind_set_chain(d, c, c->directory_start, CFB_KIND_DIRECTORY, 0);
	if (c->mini_sectors)
		kind_set_chain(d, c, c->mini_start, CFB_KIND_MINI_FAT, 0);
	if (c->entries[0].size)
		kind_set_chain(d, c, c->entries[0].start, CFB_KIND_MINI, 1);
	for (uint32_t i = 0; i < c->fat_sectors; i++)
		kind_set(d, c, c->fat_places[i], CFB_KIND_FAT, 0);
	for (size_t i = 1; i < c->entry_count; i++) {
		const struct cfb_entry *e = &c->entries[i];

		if (e->type == 2 && e->size >= c->cutoff)
			kind_set_chain(d, c, e->start, stream_kind(c, e), (uint32_t)i + 1);
	}
	return true;
}

/* All but the judgement, over the view as it is.  Release c when true. */
static bool
view_read(struct cfb_mend *d, struct cfb *c)
{
	if (!cfb_open(c, d->view, d->m->tools))
		return false;
	if (cfb_read_places(c) && cfb_read_fat(c) && cfb_read_directory(c) && cfb_read_chains(c))
		return true;
	cfb_release(c);
	return false;
}

/* entry 0: all streams. */
static bool
view_judge(struct cfb_mend *d, size_t entry, struct cfb_judgement *judged)
{
	struct cfb c;

	*judged = (struct cfb_judgement){0};
	if (!cfb_places_view(d) || !view_read(d, &c))
		return false;
	if (entry)
		cfb_judge_entry(&c, entry, judged);
	else
		cfb_judge(&c, judged);
	/* While blocks are being chosen a flaw may be a wrong choice. */
	if (judged->flawed_at < judged->broken_at)
		judged->broken_at = judged->flawed_at;
	cfb_release(&c);
	return true;
}

/* With other blocks in their places streams may be what their names say that were not before. */
static void
kinds_renew(struct cfb_mend *d)
{
	struct cfb c;

	if (!cfb_places_view(d) || !view_read(d, &c))
		return;
	kinds_fill(d, &c);
	cfb_release(&c);
}

/* How good a way is, in this order. */
struct merit {
	uint64_t broken_at, known_bytes;
	int cost;
};

/* Above 0: a is better than b, clearly when 2. */
static int
merit_compare(const struct merit *a, const struct merit *b)
{
	if (a->broken_at != b->broken_at)
		return a->broken_at > b->broken_at ? 2 : -2;
	if (a->known_bytes != b->known_bytes)
		return a->known_bytes > b->known_bytes ? 2 : -2;
	if (a->cost == b->cost)
		return 0;
	return (a->cost < b->cost ? 1 : -1) * (abs(a->cost - b->cost) >= MARGIN ? 2 : 1);
}

/* One way after the other through the streams' records: the one after which they go on longest. */
static bool
gap_judge(struct cfb_mend *d, struct cfb_gap *g)
{
	struct merit best = {0, 0, INT32_MAX};
	int least = INT32_MAX;
	uint32_t best_kept = 0;
	bool is_clear = false;

	if (g->need > ONCE_MAX)
		return false;
	for (uint32_t k = 0; k <= g->need; k++)
		least = cfb_gap_once_cost(g, k) < least ? cfb_gap_once_cost(g, k) : least;
	for (uint32_t k = 0; k <= g->need; k++) {
		struct merit merit = {.cost = cfb_gap_once_cost(g, k)};
		struct cfb_judgement judged;
		int better;

		if (g->need > EXACT_TO && merit.cost > least + COST_SPAN)
			continue;
		cfb_gap_once_take(g, k);
		view_judge(d, 0, &judged);
		merit.broken_at = judged.broken_at;
		merit.known_bytes = judged.known_bytes;
		better = merit_compare(&merit, &best);
		is_clear = better == 2 || (is_clear && better == -2);
		if (better > 0) {
			best = merit;
			best_kept = k;
		}
	}
	cfb_gap_once_take(g, best_kept);
	kinds_renew(d);
	return is_clear && cfb_gap_is_sure(g);
}

/* Lays the blocks from block on, up to the next spot, from a place on. */
static void
places_lay(struct cfb_mend *d, uint32_t block, uint32_t end, uint64_t image_offset)
{
	for (uint32_t i = block; i < end; i++)
		d->places[i] = image_offset + (uint64_t)(i - block) * d->block_bytes;
}

struct broken {
	const struct cfb_spot *before, *after;
	struct cfb_judgement judged;
	uint32_t block, end;		/* the block of the break, the next spot or the file's end */
	const char *name;		/* of the stream */
};

/* How far the stream goes when the block of the break lies at a place; 0: nowhere. */
static uint64_t
place_try(struct cfb_mend *d, const struct broken *b, uint64_t image_offset)
{
	unsigned char bytes[8];
	struct cfb_judgement judged;
	uint64_t inside = b->judged.broken_at % d->block_bytes;

	if (!rmn_mender_is_free(d->m, image_offset))
		return 0;
	d->m->tools->work += sizeof(bytes);
	if (inside + sizeof(bytes) <= d->block_bytes &&
	    (!rmn_disk_read(d->m->disk, image_offset + inside, bytes, sizeof(bytes)) ||
	    !cfb_record_fits(b->name, bytes)))
		return 0;
	places_lay(d, b->block, b->end, image_offset);
	return view_judge(d, b->judged.broken_entry, &judged) ? judged.broken_at : 0;
}

/* Another place for the block of a break: the one from which the stream goes on longest.  Where the
 * spot behind leads to is tried first: then one cut is enough.  Two places as good as each other are
 * none. */
static bool
break_mend(struct cfb_mend *d, const struct broken *b)
{
	uint64_t step = d->block_bytes, best = b->judged.broken_at + step, best_at = 0;
	uint64_t at = b->before->image_offset + (b->block - b->before->block) * step;
	uint64_t end = rmn_min_u64(at + d->m->reach_bytes, rmn_disk_size(d->m->disk) - step);
	bool is_unique = false;

	if (b->after) {
		end = b->after->image_offset - (b->after->block - b->block) * step;
		if (end > at && place_try(d, b, end) == UINT64_MAX)
			return cfb_spot_add(d, b->block, end);
	}
	for (at += step; at <= end; at += step) {
		uint64_t far = place_try(d, b, at);

		if (far < best)
			continue;
		is_unique = far > best;
		best = far;
		best_at = at;
	}
	return is_unique && cfb_spot_add(d, b->block, best_at);
}

/* Follows the streams' records, and finds where each goes on that breaks off. */
static void
breaks_find(struct cfb_mend *d, const struct cfb *c)
{
	for (unsigned i = 0; i < BREAKS_MAX; i++) {
		struct broken b = {0};

		cfb_spots_place(d);
		if (!view_judge(d, 0, &b.judged) || b.judged.broken_at == UINT64_MAX ||
		    b.judged.broken_entry == 0)
			return;
		b.block = (uint32_t)(b.judged.broken_at / d->block_bytes);
		b.before = cfb_spot_around(d, b.block, &b.after);
		b.end = b.after ? b.after->block : d->blocks;
		b.name = c->entries[b.judged.broken_entry].name;
		if (b.block >= d->blocks || b.before->block == b.block ||
		    (b.after && b.after->image_offset <= b.before->image_offset) ||
		    !break_mend(d, &b))
			return;
	}
}

/* Behind the last spot: on from there.  That it jumps over what others have would be a guess. */
static bool
tail_fill(struct cfb_mend *d)
{
	const struct cfb_spot *last = &d->spots[d->spot_count - 1];

	for (uint32_t i = last->block + 1; i < d->blocks; i++)
		if (!rmn_mender_is_free(d->m, d->places[i]))
			return false;
	return true;
}

/* Whether the streams agree with what was filled in between two spots. */
static bool
gap_agrees(struct cfb_mend *d, const struct cfb_spot *from, const struct cfb_spot *to)
{
	struct cfb_judgement judged;
	uint64_t first = (uint64_t)(from->block + 1) * d->block_bytes;
	uint64_t end = ((uint64_t)to->block + 1) * d->block_bytes;

	return view_judge(d, 0, &judged) && (judged.broken_at < first || judged.broken_at >= end);
}

static bool
gaps_fill(struct cfb_mend *d)
{
	bool is_clear = tail_fill(d);

	for (size_t i = 1; i < d->spot_count && is_clear; i++) {
		struct cfb_gap gap;
		enum cfb_gap_end end = cfb_gap_fill(d, &d->spots[i - 1], &d->spots[i], &gap);

		if (end == CFB_GAP_NONE)
			return false;
		if (gap.extra == 0 ||
		    (end == CFB_GAP_CLEAR && cfb_gap_is_sure(&gap) &&
		    gap_agrees(d, &d->spots[i - 1], &d->spots[i])))
			continue;
		is_clear = gap_judge(d, &gap);
	}
	return is_clear;
}

/* One try: which FAT sector of those that fit is ours. */
static bool
file_try(struct cfb_mend *d, unsigned skip, bool *has_more)
{
	struct cfb c;
	bool is_done = false;

	d->spot_count = 1;
	*has_more = false;
	if (!cfb_open(&c, d->view, d->m->tools))
		return false;
	d->blocks = (uint32_t)(cfb_offset(&c, (uint32_t)c.fat_entries) / d->block_bytes + 1);
	if (!cfb_read_places(&c) || !fat_find(d, &c, skip))
		goto out;
	*has_more = true;
	cfb_spots_place(d);
	if (!cfb_places_view(d) || !cfb_read_fat(&c))
		goto out;
	d->blocks = (uint32_t)((cfb_length(&c) + d->block_bytes - 1) / d->block_bytes);
	if (!directory_find(d, &c))
		goto out;
	cfb_spots_place(d);
	if (!cfb_places_view(d) || !cfb_read_directory(&c))
		goto out;
	streams_find(d, &c);
	cfb_spots_place(d);
	if (!cfb_places_view(d) || !cfb_read_chains(&c) || !kinds_fill(d, &c))
		goto out;
	breaks_find(d, &c);
	cfb_spots_place(d);
	is_done = gaps_fill(d);
out:
	cfb_release(&c);
	return is_done;
}

static bool
mend_init(struct cfb_mend *d, const struct rmn_mender *m, struct rmn_view *view)
{
	struct cfb c;
	uint64_t blocks = 0;

	*d = (struct cfb_mend){.m = m, .view = view, .start = view->pieces[0].image_offset,
	    .block_bytes = m->block_bytes};
	if (m->block_bytes < 512 || m->block_bytes % 512 ||
	    m->block_bytes > CFB_BLOCK_MAX || !cfb_open(&c, view, m->tools))
		return false;
	if (c.fat_sectors <= FAT_SECTORS_MAX && c.sector_bytes <= m->block_bytes)
		blocks = cfb_offset(&c, (uint32_t)c.fat_entries) / m->block_bytes + 2;
	cfb_release(&c);
	d->arena = blocks ? rmn_arena_new(256 * RMN_MIB) : NULL;
	d->spots = d->arena ? rmn_arena_alloc(d->arena, CFB_SPOTS_MAX, sizeof(*d->spots)) : NULL;
	d->places = d->spots ? rmn_arena_alloc(d->arena, (size_t)blocks, sizeof(*d->places)) : NULL;
	d->kind_capacity = (size_t)blocks * (m->block_bytes / 512);
	d->scratch = d->places ? rmn_arena_take(d->arena, CFB_BLOCK_MAX) : NULL;
	if (!d->scratch)
		return false;
	d->spots[0] = (struct cfb_spot){0, d->start};
	return true;
}

bool
rmn_mend_cfb(const struct rmn_mender *m, struct rmn_view *view, struct rmn_proven *proven)
{
	struct rmn_proven found = {0};
	struct cfb_mend d;
	bool is_mended = false, has_more = mend_init(&d, m, view);

	for (unsigned i = 0; i < ATTEMPTS && has_more && !is_mended; i++) {
		while (view->count > 1)
			rmn_view_uncut(view);
		if (!file_try(&d, i, &has_more) || !cfb_places_view(&d))
			continue;
		rmn_walk_cfb(view, m->tools, &found);
		is_mended = found.proof >= RMN_PROOF_STRUCTURE;
	}
	rmn_arena_free(d.arena);
	if (is_mended)
		*proven = found;
	else
		while (view->count > 1)
			rmn_view_uncut(view);
	return is_mended;
}
