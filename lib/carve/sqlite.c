/* SPDX-License-Identifier: MIT
 *
 * Carver of SQLite databases.  Every page of a whole database is in a tree, in an overflow chain, on the
 * list of free pages, or a pointer map: when all are found and each page of a tree describes itself
 * well, nothing is missing and nothing foreign. */
#include "carve/sqlite.h"

#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/number.h"

#define HEADER_BYTES 100u
#define ARENA_BYTES (256 * RMN_MIB)
#define PAGES_MAX (1u << 26)
#define PAGES_UNKNOWN (1u << 22)	/* when the header does not say how many there are */
#define LOCK_BYTE 0x40000000ull		/* the page with it stays unused */

enum { INDEX_INNER = 2, TABLE_INNER = 5, INDEX_LEAF = 10, TABLE_LEAF = 13 };

/* A big-endian number of 1 to 9 bytes; 0 when it does not end before size. */
static size_t
varint_read(const unsigned char *p, size_t size, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < 9 && i < size; i++) {
		if (i == 8) {
			*value = *value << 8 | p[8];
			return 9;
		}
		*value = *value << 7 | (p[i] & 0x7F);
		if (!(p[i] & 0x80))
			return i + 1;
	}
	return 0;
}

bool
sqlite_open(struct sqlite *s, const struct rmn_view *view, struct rmn_carve_tools *tools)
{
	unsigned char h[HEADER_BYTES];
	uint64_t disk = rmn_disk_size(view->disk);

	*s = (struct sqlite){.view = view, .tools = tools};
	if (rmn_view_read(view, 0, h, sizeof(h)) < sizeof(h) ||
	    memcmp(h, "SQLite format 3", 16) != 0)
		return false;
	s->page_bytes = rmn_be16(h + 16) == 1 ? 65536 : rmn_be16(h + 16);
	s->usable_bytes = s->page_bytes - h[20];
	if (s->page_bytes < 512 || (s->page_bytes & (s->page_bytes - 1)) || s->usable_bytes < 480 ||
	    h[18] < 1 || h[18] > 2 || h[19] < 1 || h[19] > 2 || h[21] != 64 || h[22] != 32 ||
	    h[23] != 32)
		return false;
	if (rmn_be32(h + 28) && rmn_be32(h + 24) == rmn_be32(h + 92))
		s->stated = rmn_be32(h + 28);
	s->freelist = rmn_be32(h + 32);
	s->free_count = rmn_be32(h + 36);
	s->has_pointer_maps = rmn_be32(h + 52) != 0;
	s->limit = s->stated ? s->stated : PAGES_UNKNOWN;
	if (s->limit > disk / s->page_bytes)
		s->limit = (uint32_t)rmn_min_u64(disk / s->page_bytes, PAGES_UNKNOWN);
	if (s->limit == 0 || s->limit > PAGES_MAX || (s->stated && s->limit < s->stated))
		return false;
	s->arena = rmn_arena_new(ARENA_BYTES);
	s->seen = s->arena ? rmn_arena_alloc(s->arena, s->limit / 64 + 1, 8) : NULL;
	s->checked = s->seen ? rmn_arena_alloc(s->arena, s->limit / 8 + 1, 1) : NULL;
	if (s->checked)
		return true;
	sqlite_release(s);
	return false;
}

void
sqlite_release(struct sqlite *s)
{
	rmn_arena_free(s->arena);
	s->arena = NULL;
}

static void
page_break(struct sqlite *s, uint32_t page)
{
	if (page && (s->broken == 0 || page < s->broken)) {
		s->broken = page;
		s->missing.page = 0;
	}
}

/* A page of a tree is not where it has to be. */
static void
page_miss(struct sqlite *s, const struct sqlite_task *t)
{
	page_break(s, t->page);
	if (s->broken == t->page)
		s->missing = *t;
}

/* Takes a page for one use: false when it is out of range or has another already. */
static bool
page_take(struct sqlite *s, uint32_t page)
{
	uint64_t bit = 1ull << (page % 64);

	if (page == 0 || page > s->limit || (s->seen[page / 64] & bit))
		return false;
	s->seen[page / 64] |= bit;
	s->seen_count++;
	if (page > s->highest)
		s->highest = page;
	return true;
}

static const unsigned char *
page_load(struct sqlite *s, uint32_t page, size_t size)
{
	struct rmn_bytes bytes;

	s->tools->work += size;
	if (s->tools->work_limit && s->tools->work > s->tools->work_limit)
		return NULL;
	bytes = rmn_view_load(s->view, (uint64_t)(page - 1) * s->page_bytes, size,
	    &s->tools->buffer);
	return bytes.size == size ? bytes.data : NULL;
}

static uint32_t
page_kind(unsigned flag)
{
	return flag == INDEX_INNER || flag == TABLE_INNER || flag == INDEX_LEAF ||
	    flag == TABLE_LEAF ? flag : 0;
}

bool
sqlite_page_fits(const struct sqlite *s, const unsigned char *page, uint32_t from)
{
	uint32_t kind = page_kind(page[from]), head = kind == 2 || kind == 5 ? 12 : 8;
	uint32_t cells = rmn_be16(page + from + 3), content = rmn_be16(page + from + 5);
	uint32_t array = from + head + cells * 2;

	if (content == 0)
		content = 65536;
	if (!kind || page[from + 7] > 60 || array > s->usable_bytes || content < array ||
	    content > s->usable_bytes || rmn_be16(page + from + 1) > s->usable_bytes)
		return false;
	for (uint32_t i = 0; i < cells; i++) {
		uint32_t at = rmn_be16(page + from + head + i * 2);

		if (at < content || at + 4 > s->usable_bytes)
			return false;
	}
	return true;
}

static bool
task_add(struct sqlite *s, uint32_t page, const struct sqlite_task *like)
{
	if (!page_take(s, page))
		return false;
	if (s->task_count == s->task_capacity) {
		size_t capacity = s->task_capacity ? s->task_capacity * 2 : 256;
		struct sqlite_task *tasks = rmn_arena_take(s->arena, capacity * sizeof(*tasks));

		if (!tasks)
			return false;
		if (s->task_count)
			memcpy(tasks, s->tasks, s->task_count * sizeof(*tasks));
		s->tasks = tasks;
		s->task_capacity = capacity;
	}
	s->tasks[s->task_count++] = *like;
	s->tasks[s->task_count - 1].page = page;
	return true;
}

/* A chain of overflow pages that must hold size bytes. */
static void
overflow_follow(struct sqlite *s, uint32_t page, uint64_t size, uint32_t from)
{
	while (size > 0) {
		const unsigned char *p;

		if (!page_take(s, page)) {
			page_break(s, from);
			return;
		}
		p = page_load(s, page, 4);
		size -= rmn_min_u64(size, s->usable_bytes - 4);
		if (!p || (size == 0 && rmn_be32(p) != 0)) {
			page_break(s, page);
			return;
		}
		from = page;
		page = rmn_be32(p);
	}
}

/* A row of the schema: its fourth column is the root page of a tree. */
static uint32_t
schema_root(const unsigned char *payload, size_t size)
{
	static const uint8_t sizes[10] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
	uint64_t header, type, skip = 0;
	size_t at = varint_read(payload, size, &header), part;
	uint32_t root = 0;

	if (at == 0 || header > size)
		return 0;
	for (unsigned column = 0; column < 4; column++) {
		part = varint_read(payload + at, (size_t)header - rmn_min_size(at, (size_t)header), &type);
		if (part == 0 || type > 1u << 20)
			return 0;
		at += part;
		if (column < 3)
			skip += type < 10 ? sizes[type] : (type - 12) / 2;
	}
	if (type == 9)
		return 1;
	if (type < 1 || type > 4 || header + skip + sizes[type] > size)
		return 0;
	for (unsigned i = 0; i < sizes[type]; i++)
		root = root << 8 | payload[header + skip + i];
	return root;
}

/* How much of a payload is on the page itself. */
static uint64_t
local_size(const struct sqlite *s, uint64_t payload, bool is_table)
{
	uint64_t u = s->usable_bytes, least = (u - 12) * 32 / 255 - 23, k;
	uint64_t most = is_table ? u - 35 : (u - 12) * 64 / 255 - 23;

	if (payload <= most)
		return payload;
	k = least + (payload - least) % (u - 4);
	return k <= most ? k : least;
}

/* One cell at p; false when it does not fit the page.  *row is a table's row number. */
static bool
cell_follow(struct sqlite *s, const struct sqlite_task *t, unsigned kind, const unsigned char *p,
    size_t size, int64_t *row)
{
	uint64_t payload = 0, number = 0, local;
	size_t at = kind == INDEX_INNER || kind == TABLE_INNER ? 4 : 0, part;
	uint32_t root;

	if (kind != TABLE_INNER) {
		part = varint_read(p + at, size - at, &payload);
		if (part == 0 || payload > 1u << 31)
			return false;
		at += part;
	}
	if (kind == TABLE_INNER || kind == TABLE_LEAF) {
		part = varint_read(p + at, size - at, &number);
		if (part == 0)
			return false;
		at += part;
	}
	*row = (int64_t)number;
	if (kind == TABLE_INNER)
		return true;
	local = local_size(s, payload, kind == TABLE_LEAF);
	if (local + (local < payload ? 4 : 0) > size - at)
		return false;
	if (t->is_schema && kind == TABLE_LEAF) {
		const struct sqlite_task tree = {.above = INT64_MIN, .bound = INT64_MAX};

		root = schema_root(p + at, (size_t)local);
		if (root && !task_add(s, root, &tree))
			page_break(s, t->page);
	}
	if (local < payload) {
		unsigned char pointer[4];

		memcpy(pointer, p + at + local, 4);
		overflow_follow(s, rmn_be32(pointer), payload - local, t->page);
	}
	return true;
}

/* Children of an inner page, their rows bounded by the cells around. */
static bool
child_add(struct sqlite *s, const struct sqlite_task *t, uint32_t page, bool is_table, int64_t above,
    int64_t bound)
{
	const struct sqlite_task like = {.is_table = is_table, .is_schema = t->is_schema,
	    .above = is_table ? above : INT64_MIN, .bound = is_table ? bound : INT64_MAX};

	return task_add(s, page, &like);
}

static bool
cells_follow(struct sqlite *s, const struct sqlite_task *t, const unsigned char *page, uint32_t from)
{
	unsigned kind = page[from];
	bool is_inner = kind == INDEX_INNER || kind == TABLE_INNER;
	bool is_table = kind == TABLE_INNER || kind == TABLE_LEAF;
	uint32_t cells = rmn_be16(page + from + 3), array = from + (is_inner ? 12 : 8);
	int64_t row = t->above, before = t->above;

	for (uint32_t i = 0; i < cells; i++) {
		uint32_t at = rmn_be16(page + array + i * 2);

		if (!cell_follow(s, t, kind, page + at, s->usable_bytes - at, &row) ||
		    (is_table && (row < before || row > t->bound || (i > 0 && row == before))))
			return false;
		if (is_inner && !child_add(s, t, rmn_be32(page + at), is_table, before, row))
			return false;
		before = row;
	}
	return !is_inner || child_add(s, t, rmn_be32(page + from + 8), is_table, before,
	    t->bound);
}

bool
sqlite_rows_fit(const struct sqlite *s, const struct sqlite_task *task, const unsigned char *page)
{
	bool is_inner = page[0] == TABLE_INNER;
	uint32_t cells = rmn_be16(page + 3), array = is_inner ? 12 : 8;
	int64_t before = task->above;

	if (!task->is_table)
		return true;
	if (!is_inner && page[0] != TABLE_LEAF)
		return false;
	for (uint32_t i = 0; i < cells; i++) {
		uint32_t at = rmn_be16(page + array + i * 2);
		uint64_t payload, row;
		size_t part = is_inner ? 4 : varint_read(page + at, s->usable_bytes - at, &payload);

		if (part == 0 || !varint_read(page + at + part, s->usable_bytes - at - part, &row) ||
		    (int64_t)row <= before || (int64_t)row > task->bound)
			return false;
		before = (int64_t)row;
	}
	return true;
}

static void
tree_page_follow(struct sqlite *s, const struct sqlite_task *t)
{
	uint32_t from = t->page == 1 ? HEADER_BYTES : 0;
	const unsigned char *loaded = page_load(s, t->page, s->page_bytes);

	if (!loaded || !sqlite_page_fits(s, loaded, from) ||
	    (t->is_table && loaded[from] != TABLE_INNER && loaded[from] != TABLE_LEAF)) {
		page_miss(s, t);
		return;
	}
	/* Overflow chains are read while the page is in hand. */
	rmn_buf_clear(&s->tools->more);
	rmn_buf_append_data(&s->tools->more, loaded, s->page_bytes);
	if (s->tools->more.failed || !cells_follow(s, t, s->tools->more.data, from))
		page_miss(s, t);
	else
		s->checked[t->page / 8] |= (uint8_t)(1u << (t->page % 8));
}

/* Trunk pages list the numbers of leaves, which hold nothing. */
static void
freelist_follow(struct sqlite *s)
{
	uint32_t trunk = s->freelist, left = s->free_count;

	while (trunk != 0 && left > 0) {
		const unsigned char *p = page_take(s, trunk) ? page_load(s, trunk, s->page_bytes) : NULL;
		uint32_t count = p ? rmn_be32(p + 4) : 0;

		if (!p || count > s->usable_bytes / 4 - 2 || count > left - 1) {
			page_break(s, trunk <= s->limit ? trunk : 1);
			return;
		}
		for (uint32_t i = 0; i < count; i++) {
			if (!page_take(s, rmn_be32(p + 8 + i * 4))) {
				page_break(s, trunk);
				return;
			}
		}
		left -= count + 1;
		trunk = rmn_be32(p);
	}
}

/* Page 2 and every so many behind it, when the database vacuums itself. */
static void
pointer_maps_take(struct sqlite *s)
{
	uint32_t step = s->usable_bytes / 5 + 1;
	uint32_t lock = (uint32_t)(LOCK_BYTE / s->page_bytes) + 1;

	for (uint64_t page = 2; s->has_pointer_maps && page <= s->highest; page += step)
		page_take(s, page == lock ? (uint32_t)page + 1 : (uint32_t)page);
	if (s->highest > lock)
		page_take(s, lock);
}

void
sqlite_follow(struct sqlite *s)
{
	const struct sqlite_task schema = {.is_table = true, .is_schema = true, .above = INT64_MIN,
	    .bound = INT64_MAX};

	if (!task_add(s, 1, &schema))
		return;
	while (s->task_count > 0) {
		struct sqlite_task t = s->tasks[--s->task_count];

		tree_page_follow(s, &t);
	}
	freelist_follow(s);
	if (s->stated > s->highest)
		s->highest = s->stated;
	pointer_maps_take(s);
	for (uint32_t page = s->broken ? s->broken - 1 : s->highest; page > 0 && s->good == 0; page--)
		if (s->checked[page / 8] & 1u << (page % 8))
			s->good = page;
}

void
rmn_walk_sqlite(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	struct sqlite s;
	unsigned char last;
	uint64_t length;

	*proven = (struct rmn_proven){0};
	if (!sqlite_open(&s, view, tools))
		return;
	sqlite_follow(&s);
	length = (uint64_t)s.highest * s.page_bytes;
	proven->length_bytes = length;
	proven->good_bytes = (uint64_t)s.good * s.page_bytes;
	if (!s.broken && rmn_view_read(view, length - 1, &last, 1) < 1)
		s.broken = s.highest;
	if (s.broken || (tools->work_limit && tools->work > tools->work_limit)) {
		proven->proof = RMN_PROOF_BROKEN;
		proven->broken_at = (uint64_t)(s.broken ? s.broken - 1 : s.good) * s.page_bytes;
		if (proven->broken_at < HEADER_BYTES)
			proven->broken_at = HEADER_BYTES + 1;
		if (proven->good_bytes >= proven->broken_at)
			proven->good_bytes = proven->broken_at - 1;
	} else {
		/* A page in no tree may be anybody's. */
		proven->proof = s.seen_count == s.highest ? RMN_PROOF_STRUCTURE :
		    RMN_PROOF_PLAUSIBLE;
		proven->good_bytes = length;
	}
	sqlite_release(&s);
}
