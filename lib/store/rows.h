/* SPDX-License-Identifier: MIT
 *
 * What the scanner writes into a case, as plain rows.  Strings are UTF-8 and borrowed for the
 * call; NULL text is stored as NULL.  Times are those of base/time.h.
 *
 * Ids.  A unit is what a worker is given at once: a file, a stream, or a window of unclaimed space.
 * Units are numbered 1.. through the whole case in the order of the walk.  An item is unit << 20 | n:
 * n = 0 is the unit's own item, members count from 1 in the order of reading.  A finding is
 * unit << 24 | n.  So ids never depend on which worker was faster, and everything of a unit is one
 * range of ids that can be deleted and made again. */
#ifndef RMN_STORE_ROWS_H
#define RMN_STORE_ROWS_H

#include "base/bytes.h"
#include "base/hash.h"
#include "base/time.h"

#define RMN_ITEM_BITS 20
#define RMN_FINDING_BITS 24

static inline int64_t
rmn_item_id(int64_t unit, uint32_t member)
{
	return unit << RMN_ITEM_BITS | member;
}

struct rmn_source_row {
	const char *path;		/* as given on the command line */
	const char *name;		/* base name: the first word of every forensic path */
	const char *kind;		/* "image" "device" "tree" */
	const char *format;		/* "raw" "ewf" ... "directory" */
	uint64_t size_bytes;
	const char *model, *serial, *firmware;
	uint32_t logical_sector_bytes, physical_sector_bytes;
	const char *note;		/* e.g. what the triage samples said; may be NULL */
};

struct rmn_volume_row {
	int64_t source_id;
	uint32_t number;
	uint64_t start_byte, length_bytes;
	const char *slot, *filesystem, *state, *label, *description;
	uint32_t block_bytes;
	int64_t outer_id;		/* of a disk inside a file: the volume of that file; 0: none */
	struct rmn_bytes outer_path;	/* its path there */
};

struct rmn_named_row {
	int64_t item_id;		/* which speaks of it */
	uint32_t number;		/* 0.. in the unit */
	struct rmn_bytes name, path;
	uint64_t size_bytes;		/* UINT64_MAX: unknown */
	int64_t created, modified;
};

struct rmn_extent_row {
	int64_t image_offset;		/* -1: a hole */
	uint64_t length_bytes;
	uint8_t kind;			/* 0 content, 1 unallocated, 2 slack, 3 gap */
	uint64_t owner;			/* of slack: inode */
};

struct rmn_item_row {
	int64_t id;
	int64_t source_id, volume_id;	/* volume_id 0: none; a member has that of its unit */
	int64_t parent_id;		/* 0, or the container of a member */
	struct rmn_bytes path;		/* within the volume; members: container path//name;
					 * streams: path:stream */
	struct rmn_bytes name;		/* last component */
	const char *kind;		/* file directory symlink special stream metadata space member */
	const char *state;		/* allocated deleted lost carved residue member */
	const char *recoverability;	/* intact partial text-only metadata-only, NULL: not yet known */
	uint64_t size_bytes;		/* UINT64_MAX: not known */
	int64_t created, modified, changed, accessed;
	uint64_t inode;
	uint32_t mode, uid, gid, link_count;
	uint64_t overwritten_bytes;
	uint8_t content_how;		/* enum rmn_content_how, so that a resumed scan can read it */
	uint32_t attribute_type, attribute_id;
	char grade;			/* 'A' to 'E' of what was recovered; 0: none */
	const char *name_source;	/* rmn_name_source_word; NULL: none (living files, members) */
	uint64_t first_offset;		/* of the first extent on the source; the queue's order */
	const struct rmn_extent_row *extents;	/* NULL for members */
	size_t extent_count;
};

/* What examining an item gave; written over the row of the same id. */
struct rmn_item_result {
	int64_t id;
	bool has_sha256;
	unsigned char sha256[RMN_SHA256_BYTES];
	const char *media_type;
	const char *format;		/* name in the format table, or NULL */
	const char *status;		/* complete partial encrypted unsupported failed skipped */
	const char *status_reason;	/* NULL when complete */
	const char *recoverability;	/* NULL: what the walk said stays */
	uint64_t text_bytes;
	bool has_size;			/* of a member: size_bytes is what was read of it, and */
	uint64_t size_bytes;		/* replaces what its container declared */
};

struct rmn_document_row {
	int64_t item_id;
	const char *format, *doc_type;
	unsigned type_score;
	bool is_business;
	struct rmn_bytes title, author, last_author, company, application;
	int64_t created, modified;	/* from inside the document */
	const char *marking;		/* "" none */
	unsigned marking_level;
	const char *marking_text;
	const char *language;
	uint64_t text_bytes;
};

struct rmn_finding_row {
	int64_t id;
	int64_t item_id;
	int64_t rule;			/* row id of rmn_case_add_rule */
	uint8_t severity, score, encoding_index;
	const char *encoding;
	uint16_t reasons;
	uint64_t offset;
	uint32_t length_bytes;
	bool in_text;			/* offset counts in the extracted text, not in the bytes */
	struct rmn_bytes part;		/* "sheet 顧客", "page 3"; may be empty */
	struct rmn_bytes masked, context;
	struct rmn_bytes value;		/* stored only when the case keeps values */
	unsigned char value_hash[RMN_VALUE_HASH_BYTES];
};

struct rmn_unexamined_row {
	int64_t unit;			/* 0: not of one unit */
	int64_t item_id;		/* 0: none */
	int64_t source_id, volume_id;	/* volume_id 0: none */
	const char *stage;		/* walk read unpack format pdf detect sandbox limit ... */
	const char *reason;		/* one sentence */
};

struct rmn_rule_row {
	const char *id, *title_en, *title_ja, *category;
	uint8_t severity;
};

#endif
