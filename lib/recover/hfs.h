/* SPDX-License-Identifier: MIT
 *
 * Private to the HFS+ engine (recover/hfs*.c): what leaf nodes of a lost catalogue hold (Apple
 * TN1150), kept until it is known which volume each of them belongs to.
 *
 * All leaves of the disk are read once, in disk order, into one struct hfs.  Then volumes are made
 * from headers and by voting, each leaf is given to one of them, and the records of a volume become
 * a tree. */
#ifndef RMN_RECOVER_HFS_H
#define RMN_RECOVER_HFS_H

#include "recover/engine.h"
#include "recover/vote.h"

#define HFS_NODE_MAX 32768u
#define HFS_ROOT_PARENT 1u
#define HFS_ROOT 2u
#define HFS_EXTENTS_FILE 3u
#define HFS_CATALOGUE_FILE 4u
#define HFS_ATTRIBUTES_FILE 8u
#define HFS_FIRST_USER 16u
#define HFS_FORK_EXTENTS 8u
#define HFS_NO_VOLUME UINT32_MAX

/* Records of all volumes together: 700 MB with their names.  Beyond it the rest is reported. */
#define HFS_RECORDS_MAX ((size_t)5 << 20)
/* Files handed on: what rmn_found_add has memory for. */
#define HFS_FILES_MAX ((size_t)2500000)

enum hfs_kind { HFS_FOLDER = 1, HFS_FILE = 2, HFS_FOLDER_THREAD = 3, HFS_FILE_THREAD = 4 };
enum hfs_link { HFS_NO_LINK, HFS_FILE_LINK, HFS_FOLDER_LINK };
enum hfs_tree { HFS_TREE_UNKNOWN, HFS_TREE_CATALOGUE, HFS_TREE_EXTENTS, HFS_TREE_ATTRIBUTES };

/* How sure it is that a record was in use, the surest first. */
enum hfs_rank {
	HFS_RANK_LIVE,		/* a record of a leaf node */
	HFS_RANK_SALVAGED,	/* of a node that is damaged: perhaps it was in use */
	HFS_RANK_FREED,		/* of a node that was no part of the tree any more */
	HFS_RANK_JOURNAL,	/* of a node's image in the journal */
	HFS_RANK_SLACK,		/* between a node's records and its offset table */
};

struct hfs_extent {
	uint32_t start, count;		/* blocks */
};

struct hfs_fork {
	uint64_t size_bytes;
	uint32_t blocks;
	uint32_t extent_at;		/* in extents of struct hfs */
	uint8_t extent_count;
};

struct hfs_record {
	uint64_t place;			/* on the image */
	uint32_t leaf;
	uint32_t parent, cnid;		/* of a thread: those of the thing it is about */
	uint32_t name;			/* in names of struct hfs: UTF-8, as in a path */
	uint16_t name_size;
	uint8_t kind, rank, link, owner_flags;
	uint16_t mode;
	bool is_cut;			/* a file's record without its forks */
	uint32_t created, modified, changed, accessed;	/* as stored: seconds since 1904 */
	uint32_t uid, gid, special;
	struct hfs_fork data, resource;
};

/* Further extents of a file that has more than eight. */
struct hfs_overflow {
	uint32_t leaf, cnid, start;
	uint8_t fork;			/* 0: data, 255: resources */
	uint8_t extent_count;
	uint32_t extent_at;
};

/* Attributes worth keeping: how a file is compressed, and where it came from. */
enum hfs_attribute_kind {
	HFS_DECMPFS,			/* com.apple.decmpfs */
	HFS_WHERE_FROMS,		/* com.apple.metadata:kMDItemWhereFroms */
	HFS_QUARANTINE,			/* com.apple.quarantine */
	HFS_DROPBOX,			/* com.dropbox.attributes */
};
const char *rmn_hfs_attribute_name(uint8_t kind);

struct hfs_attribute {
	uint32_t leaf, cnid;
	uint32_t value_bytes;		/* of decmpfs: behind its header */
	uint32_t type;			/* of decmpfs */
	uint64_t value_at;		/* on the image */
	uint64_t size_bytes;		/* of decmpfs: of the file, unpacked */
	uint8_t kind;
};

struct hfs_leaf {
	uint64_t place;
	uint64_t version;		/* in a journal: younger is higher; 0 elsewhere */
	uint32_t next, previous;	/* as the node says */
	uint32_t first_record, record_count;
	uint32_t volume;
	uint8_t bits;			/* log2 of the node's size */
	uint8_t tree;
	bool is_damaged;		/* not sighted, read because it lies between two that were */
};

/* A stretch of the image, and which of a volume's trees lies there. */
struct hfs_range {
	uint64_t start, end;
	uint64_t node;			/* number of the first node in it, times node size */
	uint8_t tree;			/* HFS_TREE_UNKNOWN: the journal */
};

struct hfs_volume {
	struct rmn_found_volume found;
	uint32_t number;		/* from rmn_found_volume_add; HFS_NO_VOLUME: not added */
	uint64_t base;			/* valid with has_base */
	uint64_t end;			/* UINT64_MAX: unknown */
	uint32_t block_bytes, total_blocks;	/* total 0: unknown */
	uint32_t created;		/* of the volume, local time; 0: unknown */
	uint32_t node_bytes;		/* of the catalogue; 0: unknown */
	bool has_base, has_header;
	struct hfs_range *ranges;	/* owned */
	size_t range_count;
	size_t leaf_count;
};

struct hfs_journal {
	uint64_t start, end;		/* of the ring, on the image */
	uint64_t oldest;		/* where the ring is written next */
	uint32_t unit_bytes;		/* what block numbers count */
	uint32_t list_bytes;		/* of a block list */
	bool is_big;			/* big-endian */
};

struct hfs {
	struct rmn_recovery *r;
	struct rmn_buf names;
	struct hfs_extent *extents;
	size_t extent_count, extent_capacity;
	struct hfs_record *records;
	size_t record_count, record_capacity;
	struct hfs_overflow *overflows;
	size_t overflow_count, overflow_capacity;
	struct hfs_attribute *attributes;
	size_t attribute_count, attribute_capacity;
	struct hfs_leaf *leaves;
	size_t leaf_count, leaf_capacity;
	struct hfs_volume *volumes;
	size_t volume_count;
	struct hfs_journal *journals;
	size_t journal_count;
	bool failed;			/* out of memory */
	bool is_cut;			/* HFS_RECORDS_MAX */
};

struct hfs_node {
	struct hfs *h;
	struct hfs_leaf *leaf;
	const unsigned char *p;
	size_t size;
	size_t free_at;			/* where the records in use end; 0: the table is damaged */
};

/* hfs_attribute.c: a record of these trees at a place, up to end: its length; 0: there is none. */
size_t rmn_hfs_overflow_read(const struct hfs_node *n, size_t at, size_t end);
size_t rmn_hfs_attribute_read(const struct hfs_node *n, size_t at, size_t end);

/* hfs_node.c: reads the records of a node (1 << leaf->bits bytes at p) into h; how many.  A node that
 * is no leaf of any tree adds nothing. */
size_t rmn_hfs_node_read(struct hfs *h, struct hfs_leaf *leaf, const unsigned char *p);

/* hfs_journal.c: the journals of the disk, and the versions of the leaves inside them. */
void rmn_hfs_journals_find(struct hfs *h);

/* hfs_ring.c: where the volume began, by the block lists of its journal: they say where a node's image
 * has its home, and the node is found there. */
bool rmn_hfs_ring_base(struct hfs *h, uint64_t *base);

/* hfs_volume.c: volumes from headers, and what lies in their trees. */
void rmn_hfs_volumes_from_headers(struct hfs *h);
struct hfs_volume *rmn_hfs_volume_new(struct hfs *h);
/* Whether the blocks can be of that volume. */
bool rmn_hfs_volume_holds(const struct hfs *h, const struct hfs_volume *v, struct hfs_extent e);

/* hfs_freed.c: leaves that are no part of their volume's catalogue any more; marks their records. */
void rmn_hfs_freed_find(struct hfs *h);

/* The first leaf at or behind a place. */
size_t rmn_hfs_leaves_from(const struct hfs *h, uint64_t place);

/* hfs_group.c: gives every leaf that is left to a volume, old or new. */
void rmn_hfs_leaves_group(struct hfs *h);

/* hfs_base.c: places where volumes usually begin, for a volume too small to be elected. */
#define HFS_STARTS_MAX 160u
size_t rmn_hfs_starts_find(const struct hfs *h, uint64_t starts[HFS_STARTS_MAX]);

/* hfs_generation.c: of volumes that were made one after the other in the same place, the one that
 * a run of leaves does not contradict: no CNID has another name and another day of birth there. */
struct hfs_births;
struct hfs_births *rmn_hfs_births_new(void);
void rmn_hfs_births_free(struct hfs_births *births);	/* takes NULL */
/* What the leaves [first, end) say counts from now on for that volume; false: out of memory. */
bool rmn_hfs_births_add(struct hfs_births *births, const struct hfs *h, size_t first, size_t end,
    uint32_t volume);
bool rmn_hfs_births_contradict(const struct hfs_births *births, const struct hfs *h, size_t first,
    size_t end, uint32_t volume);

/* hfs_file.c: where a fork's bytes are on the image; false when not all of them are known.  The list
 * grows as needed and is the caller's to free. */
struct hfs_list {
	struct rmn_extent *extents;
	size_t count, capacity;
};
bool rmn_hfs_fork_extents(struct hfs *h, uint32_t volume, const struct hfs_record *record,
    bool is_resource, struct hfs_list *list);
void rmn_hfs_tables_sort(struct hfs *h);	/* before the first of these */
/* The further extents of a file that begin at that block; those in leaves of [start, end) of the
 * image are preferred.  NULL: none. */
const struct hfs_overflow *rmn_hfs_overflow_find(const struct hfs *h, uint64_t start, uint64_t end,
    uint32_t cnid, uint8_t fork, uint32_t block);
/* The attribute of that kind; NULL: none. */
const struct hfs_attribute *rmn_hfs_attribute_find(const struct hfs *h, uint32_t volume,
    uint32_t cnid, uint8_t kind);

/* hfs_plan.c: of all records of a volume, those that count: one for each thing, and what is left of
 * older versions that lie elsewhere. */
struct hfs_entry {
	uint32_t record;		/* a thread where the thing's own record is lost */
	uint32_t parent, cnid;
	uint8_t kind;			/* enum hfs_kind of the record */
	uint8_t origin;			/* enum rmn_origin */
	bool is_seen;			/* listed under a first path */
	bool is_visited;		/* a folder whose contents were listed */
	bool is_linked;			/* the content of hard links: listed under their names */
};

struct hfs_place {
	uint32_t id;
	uint32_t entry;
};

/* Where the content of an entry that has only a name most likely lies. */
struct hfs_guess {
	uint32_t entry;
	uint64_t place, size_bytes;
};

struct hfs_plan {
	struct hfs_entry *entries;	/* by parent, then in the order of listing */
	size_t count;
	struct hfs_place *folders;	/* by CNID */
	size_t folder_count;
	struct hfs_place *contents;	/* iNode files by the number in their names */
	size_t content_count;
	struct hfs_place *linked;	/* dir_ folders by the number in their names */
	size_t linked_count;
	struct hfs_guess *guesses;	/* by entry */
	size_t guess_count;
};

bool rmn_hfs_plan_make(struct hfs *h, uint32_t volume, struct hfs_plan *plan);
void rmn_hfs_plan_release(struct hfs_plan *plan);
struct hfs_entry *rmn_hfs_place_find(const struct hfs_plan *plan, const struct hfs_place *places,
    size_t count, uint32_t id);	/* NULL: none */

/* The first entry below that folder, or where it would be. */
size_t rmn_hfs_children_from(const struct hfs_plan *plan, uint32_t parent);

static inline bool
hfs_entry_is_bare(const struct hfs *h, const struct hfs_entry *e)
{
	return e->kind == HFS_FILE_THREAD ||
	    (e->kind == HFS_FILE && h->records[e->record].is_cut);
}

/* hfs_guess.c: fills the guesses of a plan; false: out of memory. */
bool rmn_hfs_guesses_make(struct hfs *h, uint32_t volume, struct hfs_plan *plan);
const struct hfs_guess *rmn_hfs_guess_find(const struct hfs_plan *plan, uint32_t entry);

/* hfs_tree.c: the files of one volume, handed on. */
enum rmn_status rmn_hfs_volume_emit(struct hfs *h, uint32_t volume);

/* hfs.c: the row of engines.def. */
enum rmn_status rmn_recover_hfs(struct rmn_recovery *r);

/* Makes room for one more element of one of the arrays of h; false: out of memory. */
bool rmn_hfs_grow(struct hfs *h, void **array, size_t *capacity, size_t count, size_t size);

static inline struct rmn_bytes
hfs_name(const struct hfs *h, const struct hfs_record *record)
{
	return (struct rmn_bytes){h->names.data + record->name, record->name_size};
}

#endif
