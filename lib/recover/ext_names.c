/* SPDX-License-Identifier: MIT */
#include "recover/ext_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "recover/sight.h"

#define HEAD 8u			/* of an entry, before its name */
#define TYPE_MAX 7u
#define TAIL_TYPE 0xdeu		/* of the false entry that holds the block's checksum */
#define TAIL_BYTES 12u
#define STEPS_MAX (EXT_BLOCK_BYTES_MAX / 4 + 1)

struct entry {
	uint32_t inode;
	size_t length;		/* to the next entry */
	size_t name_size;
	uint8_t type;
};

void
rmn_ext_names_init(struct rmn_ext_names *names)
{
	*names = (struct rmn_ext_names){0};
	rmn_buf_init(&names->texts, 0);
}

void
rmn_ext_names_release(struct rmn_ext_names *names)
{
	free(names->entries);
	rmn_buf_release(&names->texts);
	*names = (struct rmn_ext_names){0};
}

struct rmn_bytes
rmn_ext_names_text(const struct rmn_ext_names *names, const struct rmn_ext_name *name)
{
	return (struct rmn_bytes){names->texts.data + name->text, name->size};
}

static size_t
entry_need(const struct entry *e)
{
	return (HEAD + e->name_size + 3) & ~(size_t)3;
}

/* An entry at a place, whatever it says, if its lengths fit. */
static bool
entry_read(const struct rmn_ext_layout *l, const unsigned char *block, size_t size, size_t at,
    struct entry *e)
{
	if (size - at < HEAD + 4)
		return false;
	e->inode = rmn_le32(block + at);
	e->length = rmn_le16(block + at + 4);
	if (size == EXT_BLOCK_BYTES_MAX && (e->length == 0 || e->length == 0xffff))
		e->length = size;
	e->name_size = block[at + 6];
	e->type = l->incompat & EXT_INCOMPAT_FILETYPE ? block[at + 7] : 0;
	return e->length % 4 == 0 && e->length >= HEAD + 4 && e->length <= size - at &&
	    entry_need(e) <= e->length && e->inode <= l->inode_count;
}

static bool
name_is_plausible(const unsigned char *name, size_t size)
{
	if (size == 0)
		return false;
	for (size_t i = 0; i < size; i++)
		if (name[i] < 0x20 || name[i] == 0x7f || name[i] == '/')
			return false;
	return true;
}

static bool
is_dot(const unsigned char *name, size_t size)
{
	return (size == 1 && name[0] == '.') || (size == 2 && name[0] == '.' && name[1] == '.');
}

static void
name_add(struct rmn_ext_names *names, const struct entry *e, const unsigned char *text,
    uint32_t parent, enum rmn_ext_source source, uint64_t version)
{
	struct rmn_ext_name *entries;
	size_t start = names->texts.size;

	if (is_dot(text, e->name_size))
		return;
	if (names->count == names->capacity) {
		size_t capacity = names->capacity ? names->capacity * 2 : 1024;

		if (capacity > RMN_EXT_NAMES_MAX) {
			names->is_cut = true;
			return;
		}
		entries = reallocarray(names->entries, capacity, sizeof(*entries));
		if (!entries) {
			names->failed = true;
			return;
		}
		names->entries = entries;
		names->capacity = capacity;
	}
	rmn_found_name_utf8(&names->texts, (struct rmn_bytes){text, e->name_size});
	if (names->texts.failed) {
		names->failed = true;
		return;
	}
	names->entries[names->count++] = (struct rmn_ext_name){e->inode, parent, version, start,
	    (uint32_t)(names->texts.size - start), e->type, (uint8_t)source};
}

/* What was removed leaves its bytes in the room of the entry before it. */
static void
dropped_find(struct rmn_ext_names *names, const struct rmn_ext_layout *l,
    const unsigned char *block, size_t from, size_t to, uint32_t parent, uint64_t version)
{
	struct entry e;

	while (to - from >= HEAD + 4) {
		if (entry_read(l, block, to, from, &e) && e.inode != 0 && e.type <= TYPE_MAX &&
		    name_is_plausible(block + from + HEAD, e.name_size)) {
			name_add(names, &e, block + from + HEAD, parent, RMN_EXT_DROPPED, version);
			from += entry_need(&e);
		} else {
			from += 4;
		}
	}
}

/* Behind damage: the first place from where entries follow each other to the block's end.  Walks
 * from the end, so that each place is looked at once. */
static size_t
chain_find(const struct rmn_ext_layout *l, const unsigned char *block, size_t size, size_t from)
{
	bool *reaches = calloc(STEPS_MAX, sizeof(*reaches));
	size_t found = size;
	struct entry e;

	if (!reaches)
		return size;
	reaches[size / 4] = true;
	for (size_t at = size - TAIL_BYTES; at >= from && at >= 4; at -= 4)
		if (entry_read(l, block, size, at, &e) && reaches[(at + e.length) / 4] &&
		    (e.type <= TYPE_MAX || (e.type == TAIL_TYPE && at == size - TAIL_BYTES)) &&
		    (e.inode == 0 || name_is_plausible(block + at + HEAD, e.name_size))) {
			reaches[at / 4] = true;
			if (e.inode != 0)
				found = at;
		}
	free(reaches);
	return found;
}

/* The inner nodes of a hashed folder: false entries over arrays of hashes and block numbers. */
static bool
is_hash_node(const unsigned char *block, size_t size, size_t at, const struct entry *e)
{
	if (at == 0 && e->inode == 0 && e->length == size)
		return rmn_le16(block + 8) == (size - 8) / 8 ||
		    rmn_le16(block + 8) == (size - 16) / 8;
	return at == 12 && e->length == size - 12 && size >= 64 && rmn_le32(block + 24) == 0 &&
	    block[29] == 8;
}

void
rmn_ext_names_block(struct rmn_ext_names *names, const struct rmn_ext_layout *l,
    const unsigned char *block, size_t size, uint32_t parent, enum rmn_ext_source source,
    uint64_t version)
{
	struct entry e;

	if (size % 4 != 0 || size > EXT_BLOCK_BYTES_MAX || size < HEAD + 4)
		return;
	for (size_t at = 0; at < size; at += e.length) {
		const unsigned char *text = block + at + HEAD;

		if (!entry_read(l, block, size, at, &e) ||
		    (e.type > TYPE_MAX && e.type != TAIL_TYPE)) {
			at = chain_find(l, block, size, at + 4);
			if (at >= size || !entry_read(l, block, size, at, &e))
				return;
			text = block + at + HEAD;
		}
		if (is_hash_node(block, size, at, &e))
			return;
		if (e.type == TAIL_TYPE)
			continue;
		if (name_is_plausible(text, e.name_size))
			name_add(names, &e, text, parent, e.inode ? source : RMN_EXT_DROPPED,
			    version);
		dropped_find(names, l, block, at + entry_need(&e), at + e.length, parent, version);
	}
}

static int
name_compare(const void *a, const void *b, void *context)
{
	const struct rmn_ext_names *names = context;
	const struct rmn_ext_name *x = a, *y = b;
	int order;

	if (x->child != y->child)
		return x->child < y->child ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	if (x->version != y->version)
		return x->version > y->version ? -1 : 1;
	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	order = memcmp(names->texts.data + x->text, names->texts.data + y->text, x->size);
	return order ? order : x->text < y->text ? -1 : x->text > y->text;
}

static bool
is_same(const struct rmn_ext_names *names, const struct rmn_ext_name *x,
    const struct rmn_ext_name *y)
{
	return x->child == y->child && x->parent == y->parent && x->size == y->size &&
	    memcmp(names->texts.data + x->text, names->texts.data + y->text, x->size) == 0;
}

void
rmn_ext_names_sort(struct rmn_ext_names *names)
{
	size_t kept = 0;

	if (names->count > 0)
		qsort_r(names->entries, names->count, sizeof(*names->entries), name_compare, names);
	for (size_t i = 0; i < names->count; i++)
		if (kept == 0 || !is_same(names, &names->entries[kept - 1], &names->entries[i]))
			names->entries[kept++] = names->entries[i];
	names->count = kept;
}

size_t
rmn_ext_names_find(const struct rmn_ext_names *names, uint32_t child)
{
	size_t low = 0, high = names->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (names->entries[middle].child < child)
			low = middle + 1;
		else
			high = middle;
	}
	return low < names->count && names->entries[low].child == child ? low : names->count;
}

bool
rmn_ext_folder_head(const unsigned char *block, size_t size, uint32_t *self, uint32_t *parent)
{
	if (size < 24 || rmn_le16(block + 4) != 12 || block[6] != 1 || block[8] != '.' ||
	    block[18] != 2 || block[20] != '.' || block[21] != '.')
		return false;
	*self = rmn_le32(block);
	*parent = rmn_le32(block + 12);
	return *self != 0 && *parent != 0;
}

/* A hashed folder's first block and inner nodes keep their checksum behind the array of hashes. */
static bool
hash_node_seed(const struct rmn_ext_crc *crc, const unsigned char *block, size_t size,
    uint32_t *seed)
{
	size_t count_at = rmn_le16(block + 4) == 12 ? 32 : 8;
	size_t limit = rmn_le16(block + count_at), count = rmn_le16(block + count_at + 2);
	uint32_t end;

	if (count == 0 || count > limit || count_at + limit * 8 + 8 > size)
		return false;
	/* The tail counts with its reserved word, and with zeros where the checksum stands. */
	end = rmn_le32(block + count_at + limit * 8 + 4);
	end = rmn_ext_crc_start(crc, end, "\0\0\0\0", 4);
	end = rmn_ext_crc_start(crc, end, block + count_at + limit * 8, 4);
	*seed = rmn_ext_crc_start(crc, end, block, count_at + count * 8);
	return true;
}

bool
rmn_ext_folder_seed(const struct rmn_ext_crc *crc, const unsigned char *block, size_t size,
    uint32_t *seed)
{
	const unsigned char *tail;

	if (size < 64)
		return false;
	tail = block + size - TAIL_BYTES;
	if (rmn_le32(tail) == 0 && rmn_le16(tail + 4) == TAIL_BYTES && tail[6] == 0 &&
	    tail[7] == TAIL_TYPE) {
		*seed = rmn_ext_crc_start(crc, rmn_le32(tail + 8), block, size - TAIL_BYTES);
		return true;
	}
	if (rmn_le16(block + 4) == 12 ? block[29] == 8 && rmn_le16(block + 16) == size - 12 :
	    rmn_le32(block) == 0 && rmn_le16(block + 4) == size)
		return hash_node_seed(crc, block, size, seed);
	return false;
}
