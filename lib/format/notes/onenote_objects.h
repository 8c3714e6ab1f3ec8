/* SPDX-License-Identifier: MIT
 *
 * The objects of a OneNote section: every version of each, which one is current, and the roots that
 * lead to them. */
#ifndef RMN_FORMAT_ONENOTE_OBJECTS_H
#define RMN_FORMAT_ONENOTE_OBJECTS_H

#include "base/arena.h"
#include "format/notes/onestore.h"

struct rmn_one_id {
	unsigned char guid[RMN_ONE_GUID_BYTES];
	uint32_t number;
};

/* What the small numbers in compact ids stand for. */
struct rmn_one_table {
	struct rmn_one_id *guids;	/* .number unused */
	size_t count, capacity;
};

struct rmn_one_version {
	struct rmn_one_id id;
	uint32_t space;
	uint32_t kind;			/* JCID */
	struct rmn_one_chunk set;	/* its properties */
	const struct rmn_one_table *table;
	struct rmn_bytes file_reference, file_ending;	/* UTF-16LE: of an object that is a file */
	struct rmn_bytes file_name;	/* UTF-16LE, told by the object that shows it */
	uint32_t older;			/* the version before, + 1 */
	bool is_current;
	bool was_given;
};

/* The bytes of an embedded file. */
struct rmn_one_file {
	unsigned char guid[RMN_ONE_GUID_BYTES];
	struct rmn_one_chunk chunk;
	bool was_given;
};

struct rmn_one_objects {
	struct rmn_bytes file;
	struct rmn_arena *arena;
	struct rmn_one_version *versions;
	size_t count, capacity;
	uint32_t *slots;		/* hashed: the current version of an id, + 1 */
	size_t slot_count;
	uint32_t *roots;		/* current versions of roots, by space and role */
	size_t root_count;
	struct rmn_one_file *files;
	size_t file_count, file_capacity;
	bool is_encrypted;
	bool is_whole;
	bool has_memory;		/* false: RMN_LIMIT */
};

/* Walks all lists.  False when there is no list at all. */
bool rmn_one_objects_read(struct rmn_one_objects *objects, struct rmn_bytes file,
    struct rmn_arena *arena);

/* The current version of what the index-th reference of an object points to; NULL when there is none. */
struct rmn_one_version *rmn_one_referred(struct rmn_one_objects *objects,
    const struct rmn_one_version *from, struct rmn_bytes references, size_t index);

#endif
