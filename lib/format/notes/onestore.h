/* SPDX-License-Identifier: MIT
 *
 * The file format below OneNote (MS-ONESTORE): lists of nodes in fragments all over the file, and sets
 * of properties that some of them point to. */
#ifndef RMN_FORMAT_ONESTORE_H
#define RMN_FORMAT_ONESTORE_H

#include "base/bytes.h"
#include "base/cursor.h"

#define RMN_ONE_GUID_BYTES 16u

enum rmn_one_node_id {
	RMN_ONE_SPACE_LIST = 0x008,
	RMN_ONE_REVISION_LIST = 0x010,
	RMN_ONE_REVISION_START_4 = 0x01B,
	RMN_ONE_REVISION_START_6 = 0x01E,
	RMN_ONE_REVISION_START_7 = 0x01F,
	RMN_ONE_TABLE_START = 0x021,
	RMN_ONE_TABLE_START_2 = 0x022,
	RMN_ONE_TABLE_ENTRY = 0x024,
	RMN_ONE_TABLE_ENTRY_2 = 0x025,
	RMN_ONE_TABLE_ENTRY_3 = 0x026,
	RMN_ONE_OBJECT_OLD = 0x02D,
	RMN_ONE_OBJECT_OLD_LARGE = 0x02E,
	RMN_ONE_OBJECT_REVISED = 0x041,
	RMN_ONE_OBJECT_REVISED_LARGE = 0x042,
	RMN_ONE_ROOT_COMPACT = 0x059,
	RMN_ONE_ROOT = 0x05A,
	RMN_ONE_FILE_OBJECT = 0x072,
	RMN_ONE_FILE_OBJECT_LARGE = 0x073,
	RMN_ONE_ENCRYPTION_KEY = 0x07C,
	RMN_ONE_FILE_LIST = 0x090,
	RMN_ONE_FILE_DATA = 0x094,
	RMN_ONE_OBJECT = 0x0A4,
	RMN_ONE_OBJECT_LARGE = 0x0A5,
	RMN_ONE_GROUP_LIST = 0x0B0,
	RMN_ONE_OBJECT_READ_ONLY = 0x0C4,
	RMN_ONE_OBJECT_READ_ONLY_LARGE = 0x0C5,
	RMN_ONE_FRAGMENT_END = 0x0FF,
};

/* A place in the file. */
struct rmn_one_chunk {
	uint64_t offset;
	uint64_t size;
};

struct rmn_one_node {
	unsigned id;
	bool has_chunk;
	struct rmn_one_chunk chunk;	/* a list or a set of properties, by id */
	struct rmn_cursor data;		/* what follows the reference */
};

/* The list of lists, from the header.  False when there is none. */
bool rmn_one_root(struct rmn_bytes file, struct rmn_one_chunk *list);

/* The nodes of one fragment, and where the next one is (size 0: none). */
bool rmn_one_fragment(struct rmn_bytes file, const struct rmn_one_chunk *list,
    struct rmn_cursor *nodes, struct rmn_one_chunk *next);

/* The next node of a fragment; false at its end. */
bool rmn_one_node_next(struct rmn_cursor *nodes, struct rmn_one_node *node);

/* The bytes of a chunk; false when they are not all there. */
bool rmn_one_bytes(struct rmn_bytes file, const struct rmn_one_chunk *chunk,
    struct rmn_bytes *bytes);

/* One property: its number without type, and its value where it has bytes. */
struct rmn_one_property {
	uint32_t id;			/* with type, as MS-ONE lists them */
	struct rmn_bytes value;		/* of types 3 to 7 */
	size_t reference;		/* of types 8 and 9: number of its first object */
	size_t reference_count;
};

/* Sees each property, those of sets inside sets too. */
typedef void rmn_one_property_taker(void *context, const struct rmn_one_property *property);

/* Reads an object's references (compact ids, 4 bytes each) and its properties.  False when the set did
 * not hold to its end. */
bool rmn_one_object(struct rmn_bytes set, struct rmn_bytes *references,
    rmn_one_property_taker *take, void *context);

#endif
