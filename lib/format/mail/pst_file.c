/* SPDX-License-Identifier: MIT */
#include "format/mail/pst_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/number.h"
#include "unpack/checksum.h"
#include "unpack/inflate.h"

#define HEADER_BYTES 564u
#define VERSION_WIDE 20u	/* ANSI below (14, 15), Unicode from here (21, 23) */
#define VERSION_BIG 36u
#define DEPTH_MAX 8u
#define WORK_RATIO 16u		/* blocks may be read so often, all of them, before a store is a trap */
#define WORK_BYTES_MIN ((uint64_t)64 << 20)
#define TYPE_BLOCKS 0x80u
#define TYPE_NODES 0x81u
#define TYPE_MAP 0x84u

uint32_t
rmn_pst_crc(const unsigned char *p, size_t size)
{
	return ~rmn_crc32(0xFFFFFFFF, p, size);
}

static bool
version_is_known(unsigned version)
{
	return version == 14 || version == 15 || (version >= VERSION_WIDE && version <= 23) ||
	    version == VERSION_BIG;
}

/* A header that was overwritten: the first allocation map stands in its place in every layout. */
static void
layout_guess(struct rmn_pst *pst)
{
	static const struct {
		uint64_t offset;
		bool is_wide, is_big;
	} maps[] = {{0x4400 + 496, true, false}, {0x4400 + 500, false, false},
	    {0x22000 + 4072, true, true}};
	unsigned char type[2];
	size_t got;

	pst->is_damaged = true;
	pst->is_wide = true;
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		if (rmn_blob_read(pst->content, maps[i].offset, type, sizeof(type), &got, NULL) !=
		    RMN_OK || got < sizeof(type) || type[0] != TYPE_MAP || type[1] != TYPE_MAP)
			continue;
		pst->is_wide = maps[i].is_wide;
		pst->is_big = maps[i].is_big;
		break;
	}
	pst->crypt = rmn_pst_crypt_guess(pst);
}

static void
header_parse(struct rmn_pst *pst, const unsigned char *h)
{
	unsigned version = rmn_le16(h + 10);

	if (!version_is_known(version)) {
		layout_guess(pst);
		return;
	}
	pst->is_wide = version >= VERSION_WIDE;
	pst->is_big = version >= VERSION_BIG;
	pst->length = pst->is_wide ? rmn_le64(h + 184) : rmn_le32(h + 168);
	pst->node_root = pst->is_wide ? rmn_le64(h + 224) : rmn_le32(h + 188);
	pst->block_root = pst->is_wide ? rmn_le64(h + 240) : rmn_le32(h + 196);
	pst->crypt = (enum rmn_pst_crypt)h[pst->is_wide ? 513 : 461];
}

enum rmn_status
rmn_pst_open(struct rmn_pst *pst, struct rmn_blob *content, struct rmn_arena *arena,
    struct rmn_error *error)
{
	unsigned char h[HEADER_BYTES];
	size_t got;

	*pst = (struct rmn_pst){.content = content};
	pst->work_limit = content->size_bytes * WORK_RATIO + WORK_BYTES_MIN;
	rmn_buf_init(&pst->inflated, RMN_PST_BLOCK_MAX);
	if (rmn_blob_read(content, 0, h, sizeof(h), &got, error) != RMN_OK || got < sizeof(h) ||
	    memcmp(h, "!BDN", 4) != 0)
		return rmn_fail(error, RMN_CORRUPT, "the header of the store is cut short");
	pst->pages = rmn_arena_alloc(arena, RMN_PST_CACHED_PAGES, sizeof(*pst->pages));
	for (size_t i = 0; i < 2; i++)
		pst->lists[i] = rmn_arena_take(arena, RMN_PST_BLOCK_MAX);
	if (!pst->pages || !pst->lists[0] || !pst->lists[1])
		return rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
	header_parse(pst, h);
	if (pst->crypt > RMN_PST_CYCLIC)
		return rmn_fail(error, RMN_ENCRYPTED, "the store is encrypted for one account (method %u)",
		    (unsigned)pst->crypt);
	return RMN_OK;
}

void
rmn_pst_close(struct rmn_pst *pst)
{
	rmn_inflate_free(pst->inflate);
	rmn_buf_release(&pst->inflated);
}

uint32_t
rmn_pst_page_bytes(const struct rmn_pst *pst)
{
	return pst->is_big ? 4096 : 512;
}

bool
rmn_pst_page_fits(const struct rmn_pst *pst, const unsigned char *page, bool is_nodes)
{
	size_t at = pst->is_big ? 4072 : pst->is_wide ? 496 : 500;
	unsigned type = is_nodes ? TYPE_NODES : TYPE_BLOCKS;

	return page[at] == type && page[at + 1] == type &&
	    rmn_pst_crc(page, at) == rmn_le32(page + at + (pst->is_wide ? 4 : 8));
}

unsigned
rmn_pst_page_entries(const struct rmn_pst *pst, const unsigned char *page, unsigned *size,
    unsigned *height)
{
	const unsigned char *tail = page + (pst->is_big ? 4056 : pst->is_wide ? 488 : 496);
	unsigned count = pst->is_big ? rmn_le16(tail) : tail[0];

	*size = tail[pst->is_big ? 4 : 2];
	*height = tail[pst->is_big ? 5 : 3];
	return *size >= (pst->is_wide ? 24u : 12u) && count * *size <= (size_t)(tail - page) ?
	    count : 0;
}

void
rmn_pst_node_parse(const struct rmn_pst *pst, const unsigned char *entry,
    struct rmn_pst_node *node)
{
	if (pst->is_wide)
		*node = (struct rmn_pst_node){rmn_le32(entry), rmn_le32(entry + 24),
		    rmn_le64(entry + 8), rmn_le64(entry + 16)};
	else
		*node = (struct rmn_pst_node){rmn_le32(entry), rmn_le32(entry + 12),
		    rmn_le32(entry + 4), rmn_le32(entry + 8)};
}

void
rmn_pst_place_parse(const struct rmn_pst *pst, const unsigned char *entry,
    struct rmn_pst_place *place)
{
	if (pst->is_wide)
		*place = (struct rmn_pst_place){rmn_le64(entry), rmn_le64(entry + 8),
		    rmn_le16(entry + 16)};
	else
		*place = (struct rmn_pst_place){rmn_le32(entry), rmn_le32(entry + 4),
		    rmn_le16(entry + 8)};
}

/* A proven page, kept for the next who asks; NULL when it is wrong. */
static const unsigned char *
page_load(struct rmn_pst *pst, uint64_t offset, bool is_nodes)
{
	struct rmn_pst_page *page = &pst->pages[offset / 512 % RMN_PST_CACHED_PAGES];
	size_t size = rmn_pst_page_bytes(pst), got;

	if (offset == 0)
		return NULL;
	if (page->offset != offset) {
		page->offset = 0;
		if (rmn_blob_read(pst->content, offset, page->bytes, size, &got, NULL) != RMN_OK ||
		    got < size || !rmn_pst_page_fits(pst, page->bytes, is_nodes)) {
			pst->is_damaged = true;
			return NULL;
		}
		page->offset = offset;
	}
	return rmn_pst_page_fits(pst, page->bytes, is_nodes) ? page->bytes : NULL;
}

static uint64_t
entry_key(const struct rmn_pst *pst, const unsigned char *entry)
{
	return pst->is_wide ? rmn_le64(entry) : rmn_le32(entry);
}

static uint64_t
entry_child(const struct rmn_pst *pst, const unsigned char *entry)
{
	return pst->is_wide ? rmn_le64(entry + 16) : rmn_le32(entry + 8);
}

/* The entry of a leaf with this key; NULL when there is none.  *leaf is where it would stand. */
static const unsigned char *
tree_find(struct rmn_pst *pst, bool is_nodes, uint64_t key, uint64_t *leaf)
{
	uint64_t offset = is_nodes ? pst->node_root : pst->block_root;
	unsigned last_height = DEPTH_MAX;

	for (;;) {
		const unsigned char *page = page_load(pst, offset, is_nodes), *hit = NULL;
		unsigned size, height, count = page ?
		    rmn_pst_page_entries(pst, page, &size, &height) : 0;

		if (count == 0 || height >= last_height)
			return NULL;
		for (unsigned i = 0; i < count; i++) {
			const unsigned char *entry = page + (size_t)i * size;
			uint64_t here = entry_key(pst, entry);

			if (height == 0 ? here == key : here <= key)
				hit = entry;
		}
		*leaf = offset;
		if (!hit || height == 0)
			return hit;
		offset = entry_child(pst, hit);
		last_height = height;
	}
}

bool
rmn_pst_node_find(struct rmn_pst *pst, uint32_t id, struct rmn_pst_node *node)
{
	uint64_t leaf;
	const unsigned char *entry = tree_find(pst, true, id, &leaf);

	if (entry)
		rmn_pst_node_parse(pst, entry, node);
	return entry != NULL;
}

static int
place_compare(const void *key, const void *element)
{
	uint64_t a = *(const uint64_t *)key, b = ((const struct rmn_pst_place *)element)->id;

	return a < b ? -1 : a > b;
}

/* The lowest bit of a block's number is not part of it. */
bool
rmn_pst_place_find(struct rmn_pst *pst, uint64_t id, struct rmn_pst_place *place)
{
	uint64_t key = id & ~1ull, leaf;
	const unsigned char *entry = tree_find(pst, false, key, &leaf);
	const struct rmn_pst_place *old;

	if (entry) {
		rmn_pst_place_parse(pst, entry, place);
		return true;
	}
	if (pst->old_count == 0)
		return false;
	old = bsearch(&key, pst->old, pst->old_count, sizeof(*old), place_compare);
	if (old)
		*place = *old;
	return old != NULL;
}

bool
rmn_pst_page_is_current(struct rmn_pst *pst, uint64_t offset, const unsigned char *page,
    bool is_nodes)
{
	bool was_damaged = pst->is_damaged;
	uint64_t leaf = 0;

	tree_find(pst, is_nodes, entry_key(pst, page), &leaf);
	pst->is_damaged = was_damaged;
	return leaf == offset;
}

struct level {
	uint64_t offset;
	unsigned next, height;
};

/* Goes on with the page at the top of the stack: one entry.  Heights fall from page to page, so that no
 * tree is endless. */
static enum rmn_status
walk_step(struct rmn_pst *pst, struct level *levels, unsigned *depth, uint64_t *pages,
    rmn_pst_node_function *function, void *context)
{
	struct level *l = &levels[*depth - 1];
	const unsigned char *page = page_load(pst, l->offset, true), *entry;
	unsigned size, height, count = page ? rmn_pst_page_entries(pst, page, &size, &height) : 0;
	struct rmn_pst_node node;

	if (count == 0 || l->next >= count || *pages > pst->content->size_bytes / 512 ||
	    (*depth > 1 && height >= levels[*depth - 2].height)) {
		pst->is_damaged |= page && l->next < count;
		--*depth;
		return RMN_OK;
	}
	l->height = height;
	entry = page + (size_t)l->next++ * size;
	if (height > 0) {
		++*pages;
		if (*depth < DEPTH_MAX)
			levels[(*depth)++] = (struct level){entry_child(pst, entry), 0, 0};
		else
			pst->is_damaged = true;
		return RMN_OK;
	}
	if (pst->is_wide && size < 32)
		return RMN_OK;
	rmn_pst_node_parse(pst, entry, &node);
	return function(context, &node);
}

enum rmn_status
rmn_pst_nodes_walk(struct rmn_pst *pst, rmn_pst_node_function *function, void *context)
{
	struct level levels[DEPTH_MAX];
	uint64_t pages = 0;
	unsigned depth = 1;
	enum rmn_status status = RMN_OK;

	levels[0] = (struct level){pst->node_root, 0, 0};
	pst->is_damaged |= pst->node_root == 0;
	while (status == RMN_OK && depth > 0)
		status = walk_step(pst, levels, &depth, &pages, function, context);
	return status;
}
