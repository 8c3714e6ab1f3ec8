/* SPDX-License-Identifier: MIT */
#include "format/ole/cfb.h"

#include <string.h>
#include <strings.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/utf8.h"

#define HEADER_BYTES 512u
#define ENTRY_BYTES 128u
#define HEADER_DIFAT 109u
#define LAST_SECTOR 0xFFFFFFFAu	/* above are marks: end of chain, free, table sectors */
#define TABLE_SECTOR 0xFFFFFFFCu	/* this and the next: sectors of the tables */
#define ENTRIES_MAX 65536u
#define PIECES_MAX 16u		/* of a stream that is not copied; writers leave a few */
#define JOIN_BYTES_MIN (64u << 10)	/* shorter ones are copied as fast */

struct header {
	uint32_t fat_sectors;
	uint32_t directory_start;
	uint32_t difat_start;
	uint32_t difat[HEADER_DIFAT];
};

/* One wrong byte in the first eight does not hide a file whose header is otherwise as it must be: byte
 * order, sector sizes of 512 or 4,096 and 64 bytes (MS-CFB 2.2). */
bool
rmn_cfb_claim(struct rmn_bytes head)
{
	struct rmn_bytes magic = rmn_bytes_from_string("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
	struct rmn_bytes fixed = rmn_bytes_head(rmn_bytes_after(head, 28), 6);
	unsigned equal = 0;

	if (rmn_bytes_start_with(head, (const char *)magic.data))
		return true;
	for (size_t i = 0; i < magic.size && i < head.size; i++)
		equal += head.data[i] == magic.data[i];
	return equal >= 6 &&
	    (rmn_bytes_equal(fixed, (struct rmn_bytes){(const unsigned char *)"\xFE\xFF\x09\0\6\0", 6}) ||
	    rmn_bytes_equal(fixed, (struct rmn_bytes){(const unsigned char *)"\xFE\xFF\x0C\0\6\0", 6}));
}

static bool
header_read(struct rmn_cfb *cfb, struct header *h)
{
	unsigned char bytes[HEADER_BYTES];
	struct rmn_cursor c;
	uint16_t sector_shift, mini_shift;
	uint32_t cutoff, mini_fat_sectors;
	size_t got;

	if (rmn_blob_read(cfb->content, 0, bytes, sizeof(bytes), &got, NULL) != RMN_OK ||
	    got < sizeof(bytes) || !rmn_cfb_claim((struct rmn_bytes){bytes, got}))
		return false;
	c = rmn_cursor_over((struct rmn_bytes){bytes, got});
	if (!rmn_cursor_seek(&c, 30) || !rmn_cursor_le16(&c, &sector_shift) ||
	    !rmn_cursor_le16(&c, &mini_shift) || !rmn_cursor_seek(&c, 44) ||
	    !rmn_cursor_le32(&c, &h->fat_sectors) || !rmn_cursor_le32(&c, &h->directory_start) ||
	    !rmn_cursor_seek(&c, 56) || !rmn_cursor_le32(&c, &cutoff) ||
	    !rmn_cursor_le32(&c, &cfb->mini_fat_start) ||
	    !rmn_cursor_le32(&c, &mini_fat_sectors) || !rmn_cursor_le32(&c, &h->difat_start) ||
	    !rmn_cursor_seek(&c, 76))
		return false;
	for (size_t i = 0; i < HEADER_DIFAT; i++)
		if (!rmn_cursor_le32(&c, &h->difat[i]))
			return false;
	if ((sector_shift != 9 && sector_shift != 12) || mini_shift != 6)
		return false;
	cfb->sector_shift = sector_shift;
	cfb->mini_shift = mini_shift;
	cfb->mini_cutoff = cutoff;
	cfb->directory_start = h->directory_start;
	return true;
}

/* Reads one sector of 32-bit numbers; those past the end of the content are not there. */
static size_t
numbers_read(struct rmn_cfb *cfb, uint32_t sector, uint32_t *numbers)
{
	unsigned char bytes[4096];
	size_t size = (size_t)1 << cfb->sector_shift, got = 0, count = 0;
	struct rmn_cursor c;

	if (rmn_blob_read(cfb->content, ((uint64_t)sector + 1) << cfb->sector_shift, bytes, size,
	    &got, NULL) != RMN_OK)
		cfb->is_damaged = true;
	c = rmn_cursor_over((struct rmn_bytes){bytes, got});
	/* not even a table of free sectors: a lost one */
	cfb->is_damaged = cfb->is_damaged || rmn_bytes_are_zero(c.bytes);
	while (rmn_cursor_le32(&c, &numbers[count]))
		count++;
	return count;
}

static void
fat_append(struct rmn_cfb *cfb, uint32_t sector, size_t capacity)
{
	size_t per_sector = ((size_t)1 << cfb->sector_shift) / 4;

	if (sector >= LAST_SECTOR || capacity - cfb->fat_count < per_sector)
		return;
	/* a sector that cannot be read still takes its place in the table */
	if (numbers_read(cfb, sector, cfb->fat + cfb->fat_count) < per_sector)
		cfb->is_damaged = true;
	cfb->fat_count += per_sector;
}

static bool
fat_read(struct rmn_cfb *cfb, const struct header *h)
{
	size_t per_sector = ((size_t)1 << cfb->sector_shift) / 4;
	uint64_t sectors = (cfb->content->size_bytes >> cfb->sector_shift) + 1;
	uint64_t tables = rmn_min_u64(h->fat_sectors, sectors / per_sector + 1);
	size_t capacity = (size_t)tables * per_sector, before;
	uint32_t next = h->difat_start, numbers[1024];

	cfb->fat = rmn_arena_alloc(cfb->arena, capacity, sizeof(uint32_t));
	if (!cfb->fat)
		return false;
	for (size_t i = 0; i < HEADER_DIFAT; i++)
		fat_append(cfb, h->difat[i], capacity);
	while (next < LAST_SECTOR && cfb->fat_count < capacity) {
		size_t count = numbers_read(cfb, next, numbers);

		before = cfb->fat_count;
		if (count < per_sector)
			break;
		for (size_t i = 0; i + 1 < count; i++)
			fat_append(cfb, numbers[i], capacity);
		next = numbers[count - 1];
		if (cfb->fat_count == before)
			break;
	}
	return true;
}

/* How many sectors follow each other from this one on, itself among them; at most max. */
static size_t
neighbours_count(const struct rmn_cfb *cfb, uint32_t sector, size_t max)
{
	size_t count = 1;

	while (count < max && sector + count < cfb->fat_count &&
	    cfb->fat[sector + count - 1] == sector + count)
		count++;
	return count;
}

/* Copies a chain of sectors into memory; how much it gave. */
static size_t
chain_read(struct rmn_cfb *cfb, uint32_t start, unsigned char *memory, size_t size)
{
	size_t done = 0, steps = 0, sector_size = (size_t)1 << cfb->sector_shift;
	uint32_t sector = start;

	while (done < size && sector < cfb->fat_count && steps <= cfb->fat_count) {
		size_t count = neighbours_count(cfb, sector,
		    rmn_min_size(((size - done - 1) >> cfb->sector_shift) + 1,
		    cfb->fat_count + 1 - steps));
		size_t wanted = rmn_min_size(count * sector_size, size - done), got = 0;
		enum rmn_status status = rmn_blob_read(cfb->content,
		    ((uint64_t)sector + 1) << cfb->sector_shift, memory + done, wanted, &got,
		    NULL);

		done += got;
		steps += count;
		if (status != RMN_OK || got < wanted)
			break;
		sector = cfb->fat[sector + count - 1];
	}
	return done;
}

/* The chain's bytes without a copy, when it lies in few pieces that can be had so; data is NULL else. */
static struct rmn_bytes
chain_join(struct rmn_cfb *cfb, uint32_t start, size_t size)
{
	struct rmn_blob_piece pieces[PIECES_MAX];
	size_t count = 0, done = 0;
	uint32_t sector = start;

	while (done < size) {
		size_t run, offset;

		if (count == PIECES_MAX || (count == 1 && size < JOIN_BYTES_MIN) ||
		    sector >= cfb->fat_count)
			return (struct rmn_bytes){NULL, 0};
		run = neighbours_count(cfb, sector, ((size - done - 1) >> cfb->sector_shift) + 1);
		offset = ((size_t)sector + 1) << cfb->sector_shift;
		pieces[count++] = (struct rmn_blob_piece){offset,
		    rmn_min_size(run << cfb->sector_shift, size - done)};
		done += run << cfb->sector_shift;
		sector = cfb->fat[sector + run - 1];
	}
	return rmn_blob_join(cfb->content, pieces, count);
}

/* How long the chain is, in bytes; bounded by the table. */
static size_t
chain_bytes(const struct rmn_cfb *cfb, uint32_t start)
{
	size_t steps = 0;

	for (uint32_t s = start; s < cfb->fat_count && steps < cfb->fat_count; s = cfb->fat[s])
		steps++;
	return steps << cfb->sector_shift;
}

static bool
entry_read(struct rmn_cursor *c, struct rmn_cfb_entry *entry, unsigned sector_shift)
{
	struct rmn_bytes name;
	struct rmn_cursor units;
	uint16_t name_bytes, unit;
	uint8_t type, colour;
	size_t used = 0;

	if (!rmn_cursor_take(c, 64, &name) || !rmn_cursor_le16(c, &name_bytes) ||
	    !rmn_cursor_u8(c, &type) || !rmn_cursor_u8(c, &colour) ||
	    !rmn_cursor_le32(c, &entry->left) || !rmn_cursor_le32(c, &entry->right) ||
	    !rmn_cursor_le32(c, &entry->child) || !rmn_cursor_skip(c, 36) ||
	    !rmn_cursor_le32(c, &entry->start) || !rmn_cursor_le64(c, &entry->size_bytes))
		return false;
	entry->type = (enum rmn_cfb_type)type;
	entry->parent = RMN_CFB_NONE;
	if (sector_shift == 9)
		entry->size_bytes &= UINT32_MAX;	/* older writers left rubbish above */
	units = rmn_cursor_over(rmn_bytes_head(name, name_bytes));
	while (rmn_cursor_le16(&units, &unit) && unit != 0)
		used += rmn_utf8_encode(unit, (unsigned char *)entry->name + used);
	entry->name[used] = '\0';
	return true;
}

static bool
directory_read(struct rmn_cfb *cfb, uint32_t start)
{
	size_t whole = chain_bytes(cfb, start);
	size_t size = rmn_min_size(whole, (size_t)ENTRIES_MAX * ENTRY_BYTES);
	unsigned char *memory = rmn_arena_alloc(cfb->arena, size, 1);
	struct rmn_cursor c;

	cfb->entries = rmn_arena_alloc(cfb->arena, size / ENTRY_BYTES, sizeof(*cfb->entries));
	if (!memory || !cfb->entries)
		return false;
	size = chain_read(cfb, start, memory, size);
	cfb->is_damaged = cfb->is_damaged || size < whole;
	c = rmn_cursor_over((struct rmn_bytes){memory, size});
	while (rmn_cursor_left(&c) >= ENTRY_BYTES &&
	    entry_read(&c, &cfb->entries[cfb->entry_count], cfb->sector_shift))
		cfb->entry_count++;
	return true;
}

/* Gives every entry its parent: siblings are a tree of their own, walked with a stack. */
static bool
parents_find(struct rmn_cfb *cfb)
{
	uint32_t *stack = rmn_arena_alloc(cfb->arena, cfb->entry_count + 1, sizeof(uint32_t));
	size_t depth = 0;

	if (!stack)
		return false;
	stack[depth++] = 0;
	while (depth > 0) {
		uint32_t index = stack[--depth];
		struct rmn_cfb_entry *e = &cfb->entries[index];
		const struct {
			uint32_t to, parent;
		} links[3] = {{e->left, e->parent}, {e->right, e->parent}, {e->child, index}};

		for (size_t i = 0; i < 3; i++) {
			uint32_t to = links[i].to;

			/* one visit each: what has a parent was seen; the root has no siblings */
			if (to == 0 || to >= cfb->entry_count || (index == 0 && i < 2) ||
			    cfb->entries[to].parent != RMN_CFB_NONE)
				continue;
			cfb->is_damaged = cfb->is_damaged || cfb->entries[to].type == RMN_CFB_UNUSED;
			cfb->entries[to].parent = links[i].parent;
			stack[depth++] = to;
		}
	}
	for (size_t i = cfb->entry_count; i-- > 1;) {
		struct rmn_cfb_entry *e = &cfb->entries[i];

		if (e->parent == RMN_CFB_NONE)
			continue;
		e->next = cfb->entries[e->parent].first;
		cfb->entries[e->parent].first = (uint32_t)i;
	}
	return true;
}

/* Whether the table has a number that is neither a sector nor a mark: changed bytes. */
static bool
has_nonsense(const struct rmn_cfb *cfb)
{
	for (size_t i = 0; i < cfb->fat_count; i++)
		if (cfb->fat[i] >= cfb->fat_count && cfb->fat[i] < TABLE_SECTOR)
			return true;
	return false;
}

/* Whether chains lead behind the end of the content.  A mark alone proves nothing: some writers fill
 * the rest of the table with ends of chains. */
static bool
is_cut(const struct rmn_cfb *cfb)
{
	uint64_t last = 0;

	for (size_t i = 0; i < cfb->fat_count; i++) {
		uint32_t next = cfb->fat[i];

		if (next == TABLE_SECTOR || next == TABLE_SECTOR + 1)
			last = i;
		else if (next > 0 && next < cfb->fat_count)
			last = i > next && i > last ? i : next > last ? next : last;
	}
	for (size_t i = 0; i < cfb->entry_count; i++) {
		const struct rmn_cfb_entry *e = &cfb->entries[i];

		if (e->type == RMN_CFB_STREAM && e->size_bytes >= cfb->mini_cutoff &&
		    e->start < cfb->fat_count && e->start > last)
			last = e->start;
	}
	return (last + 2) << cfb->sector_shift > cfb->content->size_bytes;
}

enum rmn_status
rmn_cfb_open(struct rmn_blob *content, struct rmn_arena *arena, struct rmn_cfb *cfb,
    struct rmn_error *error)
{
	struct header h;

	*cfb = (struct rmn_cfb){.content = content, .arena = arena};
	if (!header_read(cfb, &h))
		return rmn_fail(error, RMN_CORRUPT, "no compound file header");
	if (!fat_read(cfb, &h) || !directory_read(cfb, h.directory_start))
		return rmn_fail(error, RMN_LIMIT, "compound file outgrows its memory");
	cfb->is_damaged = cfb->is_damaged || is_cut(cfb) || has_nonsense(cfb);
	if (cfb->entry_count == 0)
		return rmn_fail(error, RMN_CORRUPT, "compound file has no directory");
	cfb->is_damaged = cfb->is_damaged || cfb->entries[0].type != RMN_CFB_ROOT;
	if (!parents_find(cfb))
		return rmn_fail(error, RMN_LIMIT, "compound file outgrows its memory");
	return RMN_OK;
}

const struct rmn_cfb_entry *
rmn_cfb_find(const struct rmn_cfb *cfb, uint32_t parent, const char *name)
{
	if (parent >= cfb->entry_count)
		return NULL;
	for (uint32_t i = cfb->entries[parent].first; i > 0; i = cfb->entries[i].next)
		if (strcasecmp(cfb->entries[i].name, name) == 0)
			return &cfb->entries[i];
	return NULL;
}

bool
rmn_cfb_mini_open(struct rmn_cfb *cfb)
{
	size_t size, stream_size;
	unsigned char *memory, *stream;
	struct rmn_cursor c;

	if (cfb->mini_fat)
		return true;
	size = chain_bytes(cfb, cfb->mini_fat_start);
	stream_size = chain_bytes(cfb, cfb->entries[0].start);
	memory = rmn_arena_alloc(cfb->arena, size + 4, 1);
	stream = rmn_arena_alloc(cfb->arena, stream_size + 1, 1);
	cfb->mini_fat = rmn_arena_alloc(cfb->arena, size / 4 + 1, sizeof(uint32_t));
	if (!memory || !stream || !cfb->mini_fat)
		return false;
	size = chain_read(cfb, cfb->mini_fat_start, memory, size);
	c = rmn_cursor_over((struct rmn_bytes){memory, size});
	while (rmn_cursor_le32(&c, &cfb->mini_fat[cfb->mini_fat_count]))
		cfb->mini_fat_count++;
	stream_size = chain_read(cfb, cfb->entries[0].start, stream, stream_size);
	cfb->mini_stream = (struct rmn_bytes){stream, stream_size};
	return true;
}

/* A small stream lies in 64-byte pieces of the root's own stream. */
static size_t
mini_read(struct rmn_cfb *cfb, uint32_t start, unsigned char *memory, size_t size)
{
	size_t piece = (size_t)1 << cfb->mini_shift, done = 0, steps = 0;
	uint32_t sector = start;

	if (!rmn_cfb_mini_open(cfb))
		return 0;
	while (done < size && sector < cfb->mini_fat_count && steps++ <= cfb->mini_fat_count) {
		struct rmn_bytes bytes = rmn_bytes_head(rmn_bytes_after(cfb->mini_stream,
		    (size_t)sector << cfb->mini_shift), rmn_min_size(piece, size - done));

		if (bytes.size == 0)
			break;
		memcpy(memory + done, bytes.data, bytes.size);
		done += bytes.size;
		sector = cfb->mini_fat[sector];
	}
	return done;
}

enum rmn_status
rmn_cfb_read(struct rmn_cfb *cfb, const struct rmn_cfb_entry *entry, uint64_t limit_bytes,
    struct rmn_bytes *bytes, struct rmn_error *error)
{
	size_t size, done;
	unsigned char *memory;

	*bytes = (struct rmn_bytes){NULL, 0};
	if (entry->size_bytes > limit_bytes)
		return rmn_fail(error, RMN_LIMIT, "stream %s is larger than %llu bytes",
		    entry->name, (unsigned long long)limit_bytes);
	size = (size_t)rmn_min_u64(entry->size_bytes, cfb->content->size_bytes);
	*bytes = entry->whole;
	if (!bytes->data && entry->size_bytes >= cfb->mini_cutoff && size == entry->size_bytes)
		*bytes = chain_join(cfb, entry->start, size);
	if (bytes->data) {
		cfb->entries[entry - cfb->entries].whole = *bytes;
		return RMN_OK;
	}
	memory = rmn_arena_take(cfb->arena, size + 1);
	if (!memory)
		return rmn_fail(error, RMN_LIMIT, "compound file outgrows its memory");
	done = entry->size_bytes < cfb->mini_cutoff ?
	    mini_read(cfb, entry->start, memory, size) :
	    chain_read(cfb, entry->start, memory, size);
	memory[done] = 0;
	*bytes = (struct rmn_bytes){memory, done};
	if (done < entry->size_bytes)
		return rmn_fail(error, RMN_PARTIAL, "stream %s is cut short", entry->name);
	if (done >= cfb->mini_cutoff)
		cfb->entries[entry - cfb->entries].whole = *bytes;
	return RMN_OK;
}
