/* SPDX-License-Identifier: MIT */
#include "fs/inodes.h"

#include <stdlib.h>

#define PAGE_SHIFT 9
#define PAGE_WORDS 8

struct rmn_inode_page {
	uint64_t key;		/* (inode >> PAGE_SHIFT) + 1; 0 is a free place */
	uint64_t bits[PAGE_WORDS];
};

void
rmn_inodes_release(struct rmn_inodes *set)
{
	free(set->pages);
	*set = (struct rmn_inodes){0};
}

static struct rmn_inode_page *
page_find(struct rmn_inode_page *pages, size_t capacity, uint64_t key)
{
	uint64_t place = key * 0x9e3779b97f4a7c15ull;

	for (place ^= place >> 32;; place++) {
		struct rmn_inode_page *page = &pages[place & (capacity - 1)];

		if (page->key == key || page->key == 0)
			return page;
	}
}

static bool
has_room(struct rmn_inodes *set)
{
	size_t capacity = set->capacity ? set->capacity * 2 : 64;
	struct rmn_inode_page *pages;

	if (set->capacity && set->count < set->capacity / 4 * 3)
		return true;
	pages = calloc(capacity, sizeof(*pages));
	if (!pages)
		return false;
	for (size_t i = 0; i < set->capacity; i++) {
		if (set->pages[i].key)
			*page_find(pages, capacity, set->pages[i].key) = set->pages[i];
	}
	free(set->pages);
	set->pages = pages;
	set->capacity = capacity;
	return true;
}

bool
rmn_inodes_add(struct rmn_inodes *set, uint64_t inode)
{
	uint64_t bit = 1ull << (inode & 63);
	struct rmn_inode_page *page;
	uint64_t *word;

	if (!has_room(set)) {
		set->failed = true;
		return true;
	}
	page = page_find(set->pages, set->capacity, (inode >> PAGE_SHIFT) + 1);
	if (!page->key) {
		page->key = (inode >> PAGE_SHIFT) + 1;
		set->count++;
	}
	word = &page->bits[inode >> 6 & (PAGE_WORDS - 1)];
	if (*word & bit)
		return false;
	*word |= bit;
	return true;
}
