/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: all FILE records that no living volume has, a row of 24 bytes each, and the
 * pieces of $MFT in which they stand.  In a piece a record's place goes with its number, so that pieces
 * tell one $MFT from another and stray copies from both. */
#ifndef RMN_RECOVER_NTFS_TABLE_H
#define RMN_RECOVER_NTFS_TABLE_H

#include "recover/engine.h"
#include "recover/ntfs_record.h"
#include "recover/vote.h"

enum rmn_ntfs_row_flag {
	RMN_NTFS_ROW_IN_USE = 1, RMN_NTFS_ROW_FOLDER = 2,
	RMN_NTFS_ROW_EXTENSION = 4,	/* of another record: `other` is its reference */
	RMN_NTFS_ROW_STALE = 8,		/* another row is the true one of this number */
	RMN_NTFS_ROW_MFT = 16,		/* record 0 by its name */
};

struct rmn_ntfs_row {
	uint64_t place : 40;		/* in sectors */
	uint64_t flags : 24;
	uint32_t number;
	uint16_t sequence;
	uint16_t volume;		/* place in the list of volumes; RMN_NTFS_NO_VOLUME */
	uint64_t other;			/* base record, or the time of creation in ns */
};
#define RMN_NTFS_NO_VOLUME 0xffffu

struct rmn_ntfs_piece {
	int64_t origin;			/* where record 0 would stand if it were all one piece */
	size_t row, rows;
	size_t promise, promises;
	uint32_t record_bytes;
	uint32_t cluster_votes;		/* for cluster_bytes, less those against */
	uint32_t cluster_bytes;		/* 0: no record tells */
	uint32_t base;			/* place in the list of bases, when one was found */
	bool has_origin;		/* the numbers are known */
	uint8_t mft;			/* 1 + place in the list of tables it is of; 0: not known */
	bool is_older;			/* of none of its base's tables, and made before them */
};
#define RMN_NTFS_PIECES_MAX ((size_t)1 << 20)

struct rmn_ntfs_table {
	struct rmn_ntfs_row *rows;	/* owned; in disk order */
	size_t count, capacity;
	struct rmn_ntfs_piece *pieces;	/* owned; in disk order */
	size_t piece_count, piece_capacity;
	struct rmn_promise *promises;	/* owned; in disk order */
	size_t promise_count, promise_capacity;
	uint32_t *order;		/* owned: rows of base records by volume and number */
	size_t order_count;
	uint32_t *extensions;		/* owned: extension records by volume and base number */
	size_t extension_count;
	bool is_cut;			/* more pieces than are kept apart */
};

/* Reads every record that was sighted outside living volumes. */
enum rmn_status rmn_ntfs_table_collect(struct rmn_recovery *r, struct rmn_ntfs_table *t);
void rmn_ntfs_table_release(struct rmn_ntfs_table *t);

/* Gives the promises' memory back, when the bases are known. */
void rmn_ntfs_table_forget(struct rmn_ntfs_table *t);

/* When the rows' volumes are known: makes the orders, and marks the stale ones. */
enum rmn_status rmn_ntfs_table_sort(struct rmn_recovery *r, struct rmn_ntfs_table *t);

static inline uint64_t
rmn_ntfs_row_offset(const struct rmn_ntfs_row *row)
{
	return (uint64_t)row->place * RMN_SECTOR_BYTES;
}

/* Copies of one record that are looked at, and records of one file that are read (some 300,000
 * fragments). */
#define RMN_NTFS_COPIES_MAX 64u
#define RMN_NTFS_EXTENSIONS_MAX 8192u

/* Rows of this number: the first's place in order, and how many there are; the true one first. */
size_t rmn_ntfs_table_find(const struct rmn_ntfs_table *t, unsigned volume, uint64_t number,
    size_t *first);
/* The same for extension records of this base number. */
size_t rmn_ntfs_table_extensions(const struct rmn_ntfs_table *t, unsigned volume,
    uint64_t number, size_t *first);

#endif
