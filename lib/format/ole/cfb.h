/* SPDX-License-Identifier: MIT
 *
 * OLE2 compound files (MS-CFB): a small file system in a file.  Everything is bounded by the size
 * of the content; a chain that runs in circles or out of the file ends there. */
#ifndef RMN_FORMAT_CFB_H
#define RMN_FORMAT_CFB_H

#include "base/arena.h"
#include "base/blob.h"
#include "base/status.h"

#define RMN_CFB_NAME_UNITS 32u
#define RMN_CFB_NONE UINT32_MAX

enum rmn_cfb_type {
	RMN_CFB_UNUSED = 0,
	RMN_CFB_STORAGE = 1,
	RMN_CFB_STREAM = 2,
	RMN_CFB_ROOT = 5,
};

struct rmn_cfb_entry {
	char name[RMN_CFB_NAME_UNITS * 3 + 1];	/* UTF-8 */
	enum rmn_cfb_type type;
	uint32_t parent;		/* RMN_CFB_NONE for the root and what cannot be reached */
	uint32_t left, right, child;	/* as stored */
	uint32_t first, next;		/* the children as a list, in the order of entries; 0: none */
	uint32_t start;
	uint64_t size_bytes;
	struct rmn_bytes whole;		/* a long stream's bytes, once they were read */
};

/* Lives in the arena; nothing is to be closed. */
struct rmn_cfb {
	struct rmn_blob *content;
	struct rmn_arena *arena;
	unsigned sector_shift;
	unsigned mini_shift;
	uint64_t mini_cutoff;
	uint32_t *fat;
	size_t fat_count;
	uint32_t *mini_fat;
	size_t mini_fat_count;
	uint32_t mini_fat_start, directory_start;
	struct rmn_bytes mini_stream;	/* read with the first small stream */
	struct rmn_cfb_entry *entries;	/* entry 0 is the root */
	size_t entry_count;
	bool is_damaged;		/* a chain or table was cut short */
};

bool rmn_cfb_claim(struct rmn_bytes head);

/* RMN_CORRUPT when there is no directory, RMN_LIMIT without memory. */
enum rmn_status rmn_cfb_open(struct rmn_blob *content, struct rmn_arena *arena,
    struct rmn_cfb *cfb, struct rmn_error *error);

/* An entry directly below parent (0: the root), names without regard to case; NULL when there is
 * none. */
const struct rmn_cfb_entry *rmn_cfb_find(const struct rmn_cfb *cfb, uint32_t parent,
    const char *name);

/* A stream's bytes, in the arena or where the content lies in memory.  RMN_PARTIAL when it is cut short,
 * RMN_LIMIT above limit_bytes (nothing is read then). */
enum rmn_status rmn_cfb_read(struct rmn_cfb *cfb, const struct rmn_cfb_entry *entry,
    uint64_t limit_bytes, struct rmn_bytes *bytes, struct rmn_error *error);

/* Reads the table of small streams and their sectors, if that was not done.  False without memory. */
bool rmn_cfb_mini_open(struct rmn_cfb *cfb);

#endif
