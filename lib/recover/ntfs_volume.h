/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: lost NTFS volumes.  One base may have several: a volume that was formatted over
 * another has its own $MFT in which the same numbers stand for other files. */
#ifndef RMN_RECOVER_NTFS_VOLUME_H
#define RMN_RECOVER_NTFS_VOLUME_H

#include "recover/folders.h"
#include "recover/ntfs_mft.h"

struct rmn_ntfs_volume {
	struct rmn_ntfs_base base;	/* cluster_bytes 0: not known; only what is resident is found */
	struct rmn_folders *folders;	/* owned; by reference */
	char label[256];
	size_t rows;			/* that are not the file system's own */
	uint32_t found;			/* from rmn_found_volume_add */
	/* When the volume was made, and when the next one in its place: what is younger is not its.
	 * INT64_MIN and INT64_MAX where that is not known. */
	int64_t since, until;
};
#define RMN_NTFS_VOLUMES_MAX 64u

struct rmn_ntfs_volumes {
	struct rmn_ntfs_volume *list;	/* owned */
	size_t count;
};

/* Makes volumes of the pieces' bases, and sets the rows' volume. */
enum rmn_status rmn_ntfs_volumes_make(struct rmn_recovery *r, struct rmn_ntfs_table *t,
    const struct rmn_ntfs_bases *bases, const struct rmn_ntfs_mfts *mfts,
    struct rmn_ntfs_volumes *volumes);
void rmn_ntfs_volumes_release(struct rmn_ntfs_volumes *volumes);

/* Whether a place on the image may be the volume's. */
bool rmn_ntfs_volume_has(const struct rmn_ntfs_volume *v, uint64_t place);

/* Whether a name is older than the next volume in the same place. */
bool rmn_ntfs_volume_is_older(const struct rmn_ntfs_volume *v, const struct rmn_ntfs_name *name);

/* Where a cluster lies on the image; false when that is not on it.  *length_bytes, of so many
 * clusters, is clipped to the image. */
bool rmn_ntfs_volume_place(const struct rmn_recovery *r, const struct rmn_ntfs_volume *v,
    const struct rmn_ntfs_run *run, uint64_t *place, uint64_t *length_bytes);

#endif
