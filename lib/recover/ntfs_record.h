/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: what stands in one FILE record of NTFS.  Everything is little-endian.  A record
 * is protected by its update sequence: the last two bytes of each sector are replaced by a counter on
 * the disk, and their true values stand in an array in the record's head. */
#ifndef RMN_RECOVER_NTFS_RECORD_H
#define RMN_RECOVER_NTFS_RECORD_H

#include "base/buf.h"
#include "base/cursor.h"
#include "image/disk.h"

#define RMN_NTFS_RECORD_MAX 4096u
#define RMN_NTFS_NUMBER_MASK 0xffffffffffffull
#define RMN_NTFS_ROOT 5u
#define RMN_NTFS_VOLUME 3u		/* has the label */
#define RMN_NTFS_EXTEND 11u
#define RMN_NTFS_FIRST_USER 24u		/* records before it are the file system's own */

enum rmn_ntfs_attribute_type {
	RMN_NTFS_TIMES = 0x10, RMN_NTFS_LIST = 0x20, RMN_NTFS_NAME = 0x30,
	RMN_NTFS_LABEL = 0x60, RMN_NTFS_DATA = 0x80,
	RMN_NTFS_INDEX_ROOT = 0x90, RMN_NTFS_INDEX_BLOCKS = 0xa0, RMN_NTFS_REPARSE = 0xc0,
};

/* A reference names a record and which of its lives: number and sequence. */
static inline uint64_t
rmn_ntfs_reference(uint64_t number, unsigned sequence)
{
	return (number & RMN_NTFS_NUMBER_MASK) | (uint64_t)sequence << 48;
}

struct rmn_ntfs_record {
	unsigned char data[RMN_NTFS_RECORD_MAX];	/* with its fix-ups applied */
	uint32_t size;
	uint64_t place;			/* on the image */
	uint32_t number;		/* when has_number (Windows XP and later) */
	bool has_number;
	uint16_t sequence, links;
	bool is_in_use, is_folder;
	uint64_t base;			/* reference of the base record; 0: this is one */
	uint64_t lsn;
	uint16_t first;			/* attribute */
	uint16_t update_place;		/* of the update sequence */
	uint8_t bad_sectors;		/* a bit for each whose update sequence does not fit */
};

/* Reads the record at place.  False when there is none, or its first sector is damaged. */
bool rmn_ntfs_record_load(struct rmn_disk *disk, uint64_t place, struct rmn_ntfs_record *r);

/* The same from size bytes in memory; data may be longer than the record. */
bool rmn_ntfs_record_parse(struct rmn_bytes data, uint64_t place, struct rmn_ntfs_record *r);

/* Applies the update sequence to size bytes (whole sectors) whose head names it; *bad has a bit for
 * each sector that does not fit (those from the 64th on share the last).  False when the array does not lie where it must. */
bool rmn_ntfs_fix(unsigned char *data, size_t size, uint64_t *bad);

struct rmn_ntfs_attribute {
	uint32_t type;
	uint16_t flags;
	struct rmn_bytes name;		/* UTF-16; borrowed from the record, as all bytes here */
	bool is_resident;
	struct rmn_bytes value;		/* resident */
	size_t value_at;		/* its offset in the record */
	struct rmn_bytes runs;		/* not resident */
	uint64_t first_cluster, last_cluster;	/* of the stream that these runs describe */
	uint64_t allocated_bytes, size_bytes, valid_bytes;	/* only where first_cluster is 0 */
	unsigned unit_shift;		/* log2 of a compression unit's clusters; 0: none */
};
#define RMN_NTFS_COMPRESSED 0x0001u
#define RMN_NTFS_ENCRYPTED 0x4000u
#define RMN_NTFS_SPARSE 0x8000u

/* The next attribute from *at on (start with r->first); those that touch a bad sector are left out.
 * False at the end, or where the chain breaks. */
bool rmn_ntfs_attribute_next(const struct rmn_ntfs_record *r, size_t *at,
    struct rmn_ntfs_attribute *a);

#define RMN_NTFS_HOLE UINT64_MAX
struct rmn_ntfs_run {
	uint64_t cluster;		/* RMN_NTFS_HOLE: none */
	uint64_t count;
};
/* The next run; *at is the last cluster so far (start with 0).  False at the end and where the bytes
 * are no run: rmn_cursor_left tells the two apart no better than the stream's size does. */
bool rmn_ntfs_run_next(struct rmn_cursor *c, uint64_t *at, struct rmn_ntfs_run *run);

struct rmn_ntfs_name {
	uint64_t parent;		/* reference */
	int64_t created, modified, changed, accessed;
	uint64_t allocated_bytes, size_bytes;
	uint32_t flags;
	unsigned space;			/* 0 POSIX, 1 long, 2 DOS, 3 both */
	struct rmn_bytes units;		/* UTF-16 */
};
#define RMN_NTFS_SPACE_DOS 2u
#define RMN_NTFS_NAME_IS_FOLDER 0x10000000u
#define RMN_NTFS_NAME_HEAD_BYTES 66u

/* A FILE_NAME: an attribute's value or an index entry's key.  False when it cannot be one. */
bool rmn_ntfs_name_read(struct rmn_bytes value, struct rmn_ntfs_name *name);

/* 100 ns since 1601 -> base/time.h; 0 is unknown. */
int64_t rmn_ntfs_time(uint64_t ticks);

/* Whether a time is one a file can have: 1980 to 2107. */
bool rmn_ntfs_time_is_plausible(int64_t time_ns);

#endif
