/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: lost APFS volumes from single nodes (Apple File System Reference).
 * Metadata is never overwritten in place: older nodes lie about until their space is wanted, and
 * each says its object and its transaction, so that scanning for nodes beats following what is
 * left of the trees. */
#ifndef RMN_RECOVER_APFS_H
#define RMN_RECOVER_APFS_H

#include "recover/engine.h"
#include "recover/folders.h"

#define APFS_BLOCK_BYTES 4096u
#define APFS_ROOT_FOLDER 2u
#define APFS_FIRST_USER 16u		/* lower ids are the file system's own */
#define APFS_MODE_FORMAT 0xf000u
#define APFS_MODE_FOLDER 0x4000u
#define APFS_MODE_FILE 0x8000u
#define APFS_MODE_LINK 0xa000u
#define APFS_FLAG_COMPRESSED 0x20u	/* of bsd_flags */

#define APFS_SUBTYPE_OMAP 0x0bu
#define APFS_SUBTYPE_TREE 0x0eu

/* One record of a node. */
struct rmn_apfs_record {
	uint64_t id;
	unsigned type;			/* of a file-system tree: the key's upper four bits */
	struct rmn_bytes key, value;
	uint32_t value_offset;		/* in the node */
};

enum { APFS_INODE = 3, APFS_ATTRIBUTE = 4, APFS_LINK = 5, APFS_EXTENT = 8, APFS_ENTRY = 9 };

/* A node of 4,096 bytes, borrowed. */
struct rmn_apfs_node {
	const unsigned char *data;
	uint64_t oid, xid;
	unsigned level, flags;
	uint32_t count;			/* of records that its table can hold */
	size_t table, keys, values;	/* offsets: of the table, of keys; end of values */
};
bool rmn_apfs_node_open(struct rmn_apfs_node *node, const unsigned char *data);

/* False when the record's key or value is not in the node. */
bool rmn_apfs_node_record(const struct rmn_apfs_node *node, uint32_t index,
    struct rmn_apfs_record *record);

/* --- what the records of one volume say */

struct rmn_apfs_inode {
	uint64_t id, parent, stream, xid;	/* stream: the owner of its extents */
	int64_t created, modified, changed, accessed;
	uint64_t size_bytes;
	uint32_t mode, uid, gid, link_count, flags;
	uint32_t name_size;
	size_t name;				/* in texts */
	bool is_current;
};

struct rmn_apfs_name {
	uint64_t child, parent, xid;
	size_t name;
	uint32_t name_size;
	bool is_current;
};

struct rmn_apfs_extent {
	uint64_t owner, at, length, block, xid;
};

enum rmn_apfs_kind { APFS_DECMPFS, APFS_FORK, APFS_TARGET };
struct rmn_apfs_attribute {
	uint64_t owner, xid;
	enum rmn_apfs_kind kind;
	bool is_stream;
	uint64_t place, size_bytes;	/* embedded: on the image; stream: its owner, its size */
};

struct rmn_apfs_list {
	void *entries;			/* owned */
	size_t count, capacity;
};

struct rmn_apfs_volume {
	unsigned char uuid[16];
	char label[256];
	uint64_t xid;			/* of its youngest superblock; 0: none was found */
	uint64_t map, tree;		/* block of its object map; oid of its tree's root */
	uint32_t component;		/* of the nodes that are its own */
	bool is_encrypted, has_superblock;
	uint32_t living;

	struct rmn_apfs_list inodes, names, extents, attributes;
	struct rmn_buf texts;
	bool failed;
	bool was_cut;
};
void rmn_apfs_volume_init(struct rmn_apfs_volume *v);
void rmn_apfs_volume_release(struct rmn_apfs_volume *v);

/* Adds what a leaf that stands at place says. */
void rmn_apfs_volume_leaf(struct rmn_apfs_volume *v, const struct rmn_apfs_node *node,
    uint64_t place, bool is_current);

/* Sorts, drops doubles. */
void rmn_apfs_volume_sort(struct rmn_apfs_volume *v);

/* Where volumes begin when no object says so: by names and first bytes.  False when nothing
 * fits. */
bool rmn_apfs_volume_vote(const struct rmn_apfs_volume *v, const struct rmn_sightings *s,
    uint64_t *start_byte, char *evidence, size_t evidence_size);

struct rmn_apfs_place {
	uint64_t start_byte, length_bytes;	/* of the container; length 0: unknown */
	bool is_known;				/* else only names can be given */
	char evidence[64];
};
enum rmn_status rmn_apfs_emit(struct rmn_recovery *r, struct rmn_apfs_volume *v,
    const struct rmn_apfs_place *place);

/* Room for one more entry of size bytes, zeroed; NULL when out of memory or at the limit. */
void *rmn_apfs_list_add(struct rmn_apfs_volume *v, struct rmn_apfs_list *list, size_t size);

/* --- which nodes belong together: virtual object ids of a container are never used twice */

struct rmn_apfs_groups;
struct rmn_apfs_groups *rmn_apfs_groups_new(void);
void rmn_apfs_groups_free(struct rmn_apfs_groups *groups);	/* takes NULL */
bool rmn_apfs_groups_join(struct rmn_apfs_groups *groups, uint64_t a, uint64_t b);
/* The group of an id, or UINT32_MAX when it was never joined. */
uint32_t rmn_apfs_groups_of(struct rmn_apfs_groups *groups, uint64_t id);

#endif
