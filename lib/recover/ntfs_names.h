/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: names that lost NTFS volumes left outside their records.  Folders' names go to
 * the volume's tree, whoever tells them; files' names are kept where the file's own record is gone. */
#ifndef RMN_RECOVER_NTFS_NAMES_H
#define RMN_RECOVER_NTFS_NAMES_H

#include "base/hashes.h"
#include "recover/ntfs_index.h"
#include "recover/ntfs_volume.h"

/* How sure a folder's name is, rising. */
enum rmn_ntfs_trust {
	RMN_NTFS_TRUST_SHORT,		/* the DOS name only */
	RMN_NTFS_TRUST_LOG,
	RMN_NTFS_TRUST_LEFT_OVER,
	RMN_NTFS_TRUST_DELETED,
	RMN_NTFS_TRUST_INDEX,
	RMN_NTFS_TRUST_RECORD,
};

/* A file known by name alone. */
struct rmn_ntfs_told {
	uint64_t reference, parent;
	uint64_t size_bytes;
	int64_t created, modified, changed, accessed;
	size_t name;			/* offset in names */
	uint16_t name_size;
	uint16_t volume;
	bool is_folder;
};

struct rmn_ntfs_names {
	struct rmn_ntfs_told *list;	/* owned */
	size_t count, capacity;
	struct rmn_buf names;		/* UTF-8 */
	struct rmn_hashes seen;		/* of what was told before */
	bool is_cut;			/* RMN_NTFS_TOLD_MAX was reached */
};
#define RMN_NTFS_TOLD_MAX ((size_t)1 << 20)

/* Reads the folders' records, the index blocks and the logs, and fills the volumes' trees. */
enum rmn_status rmn_ntfs_names_collect(struct rmn_recovery *r, const struct rmn_ntfs_table *t,
    struct rmn_ntfs_volumes *volumes, struct rmn_ntfs_names *names);
void rmn_ntfs_names_release(struct rmn_ntfs_names *names);

/* One name of the file or folder `reference`, told by something other than its record. */
bool rmn_ntfs_names_add(const struct rmn_ntfs_table *t, struct rmn_ntfs_volumes *volumes,
    struct rmn_ntfs_names *names, size_t volume, uint64_t reference,
    const struct rmn_ntfs_name *name, enum rmn_ntfs_trust trust);

/* Whether a record of the volume is this life of the file, in use or just deleted. */
bool rmn_ntfs_names_has_record(const struct rmn_ntfs_table *t, unsigned volume,
    uint64_t reference);

/* The path of a folder; "orphan-<number>" on top where it is lost. */
void rmn_ntfs_names_path(const struct rmn_ntfs_volume *v, uint64_t reference,
    struct rmn_buf *path);

#endif
