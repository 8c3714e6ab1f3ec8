/* SPDX-License-Identifier: MIT
 *
 * Header, FAT, directory and chains of a compound file ([MS-CFB] 2).  The file may be torn apart: each
 * step compares what two places say and stops at the first disagreement. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/checked.h"
#include "base/limits.h"
#include "carve/cfb.h"
#include "base/number.h"

/* 16 GiB of 512-byte sectors; the format's own files end at 2 GiB with them. */
#define FAT_SECTORS_MAX (1u << 18)
#define ARENA_BYTES (512 * RMN_MIB)

static const unsigned char magic[8] = {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1};

uint64_t
cfb_offset(const struct cfb *c, uint32_t sector)
{
	return ((uint64_t)sector + 1) << c->shift;
}

uint64_t
cfb_length(const struct cfb *c)
{
	return cfb_offset(c, c->highest) + c->sector_bytes;
}

void
cfb_break(struct cfb *c, uint64_t offset)
{
	if (offset < c->broken_at)
		c->broken_at = offset;
}

void
cfb_good(struct cfb *c, uint64_t offset)
{
	if (offset > c->good_at)
		c->good_at = offset;
}

bool
cfb_open(struct cfb *c, const struct rmn_view *view, struct rmn_carve_tools *tools)
{
	unsigned char h[CFB_HEADER_BYTES];
	unsigned version, shift;

	*c = (struct cfb){.view = view, .tools = tools, .broken_at = UINT64_MAX,
	    .good_at = CFB_HEADER_BYTES};
	if (rmn_view_read(view, 0, h, sizeof(h)) < sizeof(h) || memcmp(h, magic, 8) != 0)
		return false;
	version = rmn_le16(h + 26);
	shift = rmn_le16(h + 30);
	if (rmn_le16(h + 28) != 0xFFFE || rmn_le16(h + 32) != 6 ||
	    !((version == 3 && shift == 9) || (version == 4 && shift == 12)))
		return false;
	c->shift = shift;
	c->sector_bytes = 1u << shift;
	c->fat_sectors = rmn_le32(h + 44);
	c->directory_start = rmn_le32(h + 48);
	c->cutoff = rmn_le32(h + 56);
	c->mini_start = rmn_le32(h + 60);
	c->mini_sectors = rmn_le32(h + 64);
	c->difat_start = rmn_le32(h + 68);
	c->difat_sectors = rmn_le32(h + 72);
	c->fat_entries = (size_t)c->fat_sectors * (c->sector_bytes / 4);
	if (c->fat_sectors == 0 || c->fat_sectors > FAT_SECTORS_MAX || c->cutoff != 4096 ||
	    c->directory_start >= c->fat_entries ||
	    (c->mini_sectors && c->mini_start >= c->fat_entries) ||
	    c->mini_sectors > c->fat_entries || c->difat_sectors > c->fat_sectors)
		return false;
	c->arena = rmn_arena_new(ARENA_BYTES);
	return c->arena != NULL;
}

void
cfb_release(struct cfb *c)
{
	rmn_arena_free(c->arena);
	c->arena = NULL;
}

/* A whole sector into the tools' buffer; NULL behind the end, or when the work is used up. */
static const unsigned char *
sector_load(const struct cfb *c, uint32_t sector)
{
	struct rmn_bytes bytes;

	c->tools->work += c->sector_bytes;
	if (c->tools->work_limit && c->tools->work > c->tools->work_limit)
		return NULL;
	bytes = rmn_view_load(c->view, cfb_offset(c, sector), c->sector_bytes, &c->tools->buffer);
	if (bytes.size == 0 || (bytes.size < c->sector_bytes && c->view->size_bytes == RMN_VIEW_OPEN))
		return NULL;
	/* Some writers leave the last sector incomplete. */
	memset(c->tools->buffer.data + bytes.size, 0, c->sector_bytes - bytes.size);
	return c->tools->buffer.data;
}

static int
place_compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* How many of the FAT's own sectors lie below sector. */
static size_t
places_below(const struct cfb *c, uint64_t sector)
{
	size_t low = 0, high = c->fat_sectors;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->fat_sorted[middle] < sector)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
places_take(struct cfb *c, const unsigned char *words, size_t count, uint32_t *filled)
{
	for (size_t i = 0; i < count && *filled < c->fat_sectors; i++) {
		uint32_t sector = rmn_le32(words + i * 4);

		if (sector >= c->fat_entries)
			return false;
		c->fat_places[(*filled)++] = sector;
	}
	return true;
}

bool
cfb_read_places(struct cfb *c)
{
	unsigned char head[CFB_HEADER_BYTES];
	size_t words = c->sector_bytes / 4 - 1;
	uint32_t filled = 0, next = c->difat_start;

	c->fat_places = rmn_arena_alloc(c->arena, c->fat_sectors, sizeof(*c->fat_places));
	c->fat_sorted = rmn_arena_alloc(c->arena, c->fat_sectors, sizeof(*c->fat_sorted));
	if (!c->fat_places || !c->fat_sorted ||
	    rmn_view_read(c->view, 0, head, sizeof(head)) < sizeof(head) ||
	    !places_take(c, head + 76, 109, &filled)) {
		cfb_break(c, CFB_HEADER_BYTES);
		return false;
	}
	for (uint32_t i = 0; i < c->difat_sectors && filled < c->fat_sectors; i++) {
		const unsigned char *sector = next < c->fat_entries ? sector_load(c, next) : NULL;

		if (!sector || !places_take(c, sector, words, &filled)) {
			cfb_break(c, next < c->fat_entries ? cfb_offset(c, next) : CFB_HEADER_BYTES);
			return false;
		}
		next = rmn_le32(sector + words * 4);
	}
	if (filled < c->fat_sectors) {
		cfb_break(c, CFB_HEADER_BYTES);
		return false;
	}
	memcpy(c->fat_sorted, c->fat_places, filled * sizeof(*c->fat_sorted));
	qsort(c->fat_sorted, filled, sizeof(*c->fat_sorted), place_compare);
	for (uint32_t i = 1; i < filled; i++)
		if (c->fat_sorted[i] == c->fat_sorted[i - 1])
			return false;
	return true;
}

bool
cfb_fat_fits(const struct cfb *c, uint32_t index, const unsigned char *sector)
{
	size_t count = c->sector_bytes / 4, marked = 0;
	uint64_t first = (uint64_t)index * count;
	size_t low = places_below(c, first), high = places_below(c, first + count);

	for (size_t i = 0; i < count; i++) {
		uint32_t value = rmn_le32(sector + i * 4);

		if (value >= c->fat_entries && value < CFB_DIFAT)
			return false;
		if (value == first + i)
			return false;
		marked += value == CFB_FAT;
	}
	if (marked != high - low)
		return false;
	for (size_t i = low; i < high; i++)
		if (rmn_le32(sector + (c->fat_sorted[i] - first) * 4) != CFB_FAT)
			return false;
	return true;
}

/* Writers that encrypt fill up the FAT's last sector with ends of chains instead of free entries.  No
 * stream ends in several sectors one behind the other, so what counts there is what chains go through. */
static void
fill_leave_out(struct cfb *c)
{
	size_t end = c->fat_entries;

	while (end > 1 && c->fat[end - 1] == CFB_END)
		end--;
	c->is_filled = c->fat_entries - end > 1;
	if (c->is_filled)
		c->highest = (uint32_t)(end - 1);
}

static void
fill_settle(struct cfb *c)
{
	for (size_t i = c->highest + 1; i < c->fat_entries && c->is_filled; i++)
		if (c->used[i / 64] >> i % 64 & 1)
			c->highest = (uint32_t)i;
}

bool
cfb_read_fat(struct cfb *c)
{
	size_t count = c->sector_bytes / 4;

	/* One sector is read before memory for all is asked for: most false headers end here. */
	for (uint32_t i = 0; i < c->fat_sectors; i++) {
		const unsigned char *sector = sector_load(c, c->fat_places[i]);

		if (!sector || !cfb_fat_fits(c, i, sector)) {
			cfb_break(c, cfb_offset(c, c->fat_places[i]));
			return false;
		}
		if (i == 0)
			c->fat = rmn_arena_take(c->arena, c->fat_entries * sizeof(*c->fat));
		if (!c->fat)
			return false;
		for (size_t j = 0; j < count; j++) {
			c->fat[i * count + j] = rmn_le32(sector + j * 4);
			if (c->fat[i * count + j] != CFB_FREE)
				c->highest = (uint32_t)(i * count + j);
		}
		cfb_good(c, cfb_offset(c, c->fat_places[i]) + c->sector_bytes);
	}
	fill_leave_out(c);
	c->used = rmn_arena_alloc(c->arena, c->fat_entries / 64 + 1, sizeof(*c->used));
	return c->used != NULL;
}

/* The next sector of a chain, which no chain may have passed before. */
static bool
chain_take(struct cfb *c, uint32_t sector)
{
	uint64_t bit;

	if (sector >= c->fat_entries)
		return false;
	bit = 1ull << (sector % 64);
	if (c->used[sector / 64] & bit)
		return false;
	c->used[sector / 64] |= bit;
	return true;
}

/* Takes the chain from start on; it must have exactly count sectors. */
static bool
chain_walk(struct cfb *c, uint32_t start, uint64_t count)
{
	uint32_t sector = start;

	for (uint64_t i = 0; i < count; i++) {
		if (!chain_take(c, sector))
			return false;
		sector = c->fat[sector];
	}
	return count == 0 || sector == CFB_END;
}

static bool
entry_fits(const unsigned char *e, bool is_root)
{
	unsigned name_bytes = rmn_le16(e + 64), type = e[66];

	if (type == 0)
		return !is_root;
	if ((type == 5) != is_root || (type != 1 && type != 2 && type != 5) || e[67] > 1)
		return false;
	if (name_bytes < 2 || name_bytes > 64 || name_bytes % 2 ||
	    rmn_le16(e + name_bytes - 2) != 0)
		return false;
	return name_bytes == 2 || rmn_le16(e) != 0;
}

bool
cfb_directory_fits(const unsigned char *sector, uint32_t sector_bytes, bool is_first)
{
	for (uint32_t at = 0; at < sector_bytes; at += CFB_ENTRY_BYTES)
		if (!entry_fits(sector + at, is_first && at == 0))
			return false;
	return true;
}

static void
entry_read(const struct cfb *c, const unsigned char *raw, struct cfb_entry *e)
{
	unsigned units = rmn_le16(raw + 64) / 2;

	e->type = raw[66];
	if (e->type == 0)
		return;
	for (unsigned i = 0; i + 1 < units && i < sizeof(e->name) - 1; i++) {
		unsigned unit = rmn_le16(raw + i * 2);

		e->name[i] = unit >= 0x20 && unit < 0x7F ? (char)unit : '?';
	}
	e->left = rmn_le32(raw + 68);
	e->right = rmn_le32(raw + 72);
	e->child = rmn_le32(raw + 76);
	e->start = rmn_le32(raw + 116);
	/* The upper half is undefined with 512-byte sectors ([MS-CFB] 2.6.3). */
	e->size = c->shift == 9 ? rmn_le32(raw + 120) : rmn_le64(raw + 120);
}

/* Every entry has one parent or sibling above it at most: no cycle, no two ways. */
static bool
links_fit(struct cfb *c)
{
	uint8_t *seen = rmn_arena_alloc(c->arena, c->entry_count, 1);

	if (!seen)
		return false;
	for (size_t i = 0; i < c->entry_count; i++) {
		const struct cfb_entry *e = &c->entries[i];
		const uint32_t links[3] = {e->left, e->right, e->child};

		for (size_t j = 0; j < 3 && e->type != 0; j++) {
			if (links[j] == CFB_FREE)
				continue;
			if (links[j] >= c->entry_count || links[j] == 0 || links[j] == i ||
			    c->entries[links[j]].type == 0 || seen[links[j]]++)
				return false;
		}
	}
	return true;
}

/* Tells each entry its storage; every one is reached once at most (links_fit). */
static bool
parents_set(struct cfb *c)
{
	uint32_t *queue = rmn_arena_take(c->arena, c->entry_count * sizeof(*queue));
	size_t head = 0, tail = 0;

	if (!queue)
		return false;
	for (size_t i = 0; i < c->entry_count; i++)
		c->entries[i].parent = CFB_FREE;
	queue[tail++] = 0;
	while (head < tail) {
		uint32_t at = queue[head++];
		const struct cfb_entry *e = &c->entries[at];
		const uint32_t next[3] = {at ? e->left : CFB_FREE, at ? e->right : CFB_FREE, e->child};

		for (size_t i = 0; i < 3; i++) {
			if (next[i] == CFB_FREE)
				continue;
			c->entries[next[i]].parent = i == 2 ? at : e->parent;
			queue[tail++] = next[i];
		}
	}
	return true;
}

bool
cfb_read_directory(struct cfb *c)
{
	uint32_t sector, per = c->sector_bytes / CFB_ENTRY_BYTES;
	size_t count = 0;

	for (sector = c->directory_start; sector != CFB_END; sector = c->fat[sector]) {
		if (!chain_take(c, sector)) {
			cfb_break(c, c->good_at);
			return false;
		}
		count++;
	}
	c->entries = rmn_arena_alloc(c->arena, count * per, sizeof(*c->entries));
	if (!c->entries)
		return false;
	sector = c->directory_start;
	for (size_t i = 0; i < count; i++, sector = c->fat[sector]) {
		const unsigned char *raw = sector_load(c, sector);

		if (!raw || !cfb_directory_fits(raw, c->sector_bytes, i == 0)) {
			cfb_break(c, cfb_offset(c, sector));
			return false;
		}
		for (uint32_t j = 0; j < per; j++)
			entry_read(c, raw + j * CFB_ENTRY_BYTES, &c->entries[c->entry_count++]);
	}
	if (links_fit(c) && parents_set(c))
		return true;
	cfb_break(c, cfb_offset(c, c->directory_start) + c->sector_bytes);
	return false;
}

static bool
mini_read(struct cfb *c)
{
	size_t per = c->sector_bytes / 4;
	uint32_t sector = c->mini_start;

	if (!chain_walk(c, c->mini_start, c->mini_sectors))
		return false;
	c->mini_entries = c->mini_sectors * per;
	c->mini = rmn_arena_take(c->arena, c->mini_entries * sizeof(*c->mini) + 1);
	if (!c->mini)
		return false;
	for (uint32_t i = 0; i < c->mini_sectors; i++, sector = c->fat[sector]) {
		const unsigned char *raw = sector_load(c, sector);

		if (!raw)
			return false;
		for (size_t j = 0; j < per; j++) {
			uint32_t value = rmn_le32(raw + j * 4);

			if (value > CFB_LAST ? value < CFB_END : value >= c->mini_entries) {
				cfb_break(c, cfb_offset(c, sector));
				return false;
			}
			c->mini[i * per + j] = value;
		}
	}
	return true;
}

/* A small stream's chain in the mini FAT; bits as in chain_take. */
static bool
mini_walk(const struct cfb *c, const struct cfb_entry *e, uint64_t *used)
{
	uint64_t count = (e->size + 63) / 64, limit = c->entries[0].size / 64;
	uint32_t sector = e->start;

	for (uint64_t i = 0; i < count; i++) {
		if (sector >= c->mini_entries || sector > limit ||
		    (used[sector / 64] & 1ull << (sector % 64)))
			return false;
		used[sector / 64] |= 1ull << (sector % 64);
		sector = c->mini[sector];
	}
	return sector == CFB_END;
}

bool
cfb_read_chains(struct cfb *c)
{
	uint64_t *used, round = c->sector_bytes - 1u;
	const struct cfb_entry *root = &c->entries[0];
	bool is_good = mini_read(c);

	used = is_good ? rmn_arena_alloc(c->arena, c->mini_entries / 64 + 1, sizeof(*used)) : NULL;
	is_good = used != NULL;
	if (is_good && root->size)
		is_good = chain_walk(c, root->start, (root->size + round) >> c->shift);
	for (size_t i = 1; i < c->entry_count && is_good; i++) {
		const struct cfb_entry *e = &c->entries[i];

		if (e->type != 2 || e->size == 0)
			continue;
		if (e->size >= c->cutoff)
			is_good = e->size <= (uint64_t)c->fat_entries << c->shift &&
			    chain_walk(c, e->start, (e->size + round) >> c->shift);
		else
			is_good = mini_walk(c, e, used);
	}
	/* FAT and directory are each well-formed and disagree: one of them is not this file's. */
	if (!is_good)
		cfb_break(c, c->good_at > cfb_offset(c, c->directory_start) ? c->good_at - 1 :
		    cfb_offset(c, c->directory_start));
	else
		cfb_good(c, cfb_offset(c, c->directory_start) + c->sector_bytes);
	if (is_good)
		fill_settle(c);
	return is_good;
}

const struct cfb_entry *
cfb_find(const struct cfb *c, uint32_t parent, const char *name)
{
	for (size_t i = 1; i < c->entry_count; i++) {
		const struct cfb_entry *e = &c->entries[i];

		if (e->type != 0 && e->parent == parent && strcasecmp(e->name, name) == 0)
			return e;
	}
	return NULL;
}
