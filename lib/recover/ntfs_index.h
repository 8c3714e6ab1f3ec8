/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: folder entries of NTFS, from index blocks (INDX), from index roots, and from what
 * removed entries leave behind in both. */
#ifndef RMN_RECOVER_NTFS_INDEX_H
#define RMN_RECOVER_NTFS_INDEX_H

#include "recover/ntfs_record.h"

#define RMN_NTFS_INDEX_MAX 65536u

struct rmn_ntfs_entry {
	uint64_t reference;		/* of the file */
	struct rmn_ntfs_name name;
	bool is_left_over;		/* behind the last entry in use */
};

/* Entries of a list in rising order, then what is left over behind it. */
struct rmn_ntfs_entries {
	struct rmn_bytes bytes;		/* from the first entry to the end of the space */
	size_t used;			/* of them in use */
	size_t at;
	bool is_left_over;
};

/* An index block with fix-ups applied: size bytes from the disk at place.  False when it is none or
 * its first sector is damaged.  Other bad sectors are filled with zeros.  data is the caller's, for RMN_NTFS_INDEX_MAX bytes. */
bool rmn_ntfs_index_load(struct rmn_disk *disk, uint64_t place, unsigned char *data,
    struct rmn_ntfs_entries *entries);

/* The value of an index root. */
bool rmn_ntfs_index_root(struct rmn_bytes value, struct rmn_ntfs_entries *entries);

bool rmn_ntfs_entries_next(struct rmn_ntfs_entries *entries, struct rmn_ntfs_entry *entry);

#endif
