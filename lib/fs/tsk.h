/* SPDX-License-Identifier: MIT
 *
 * Private to fs/: The Sleuth Kit over our image, and what its file systems are called here. */
#ifndef RMN_FS_TSK_H
#define RMN_FS_TSK_H

#include <tsk/libtsk.h>

#include "base/status.h"
#include "image/image.h"

/* Our image as libtsk reads it.  Borrows the image; close with rmn_tsk_image_close. */
TSK_IMG_INFO *rmn_tsk_image_open(struct rmn_image *image);
void rmn_tsk_image_close(TSK_IMG_INFO *tsk);	/* takes NULL */

/* An open file system.  For APFS, pool and index say which of the container's volumes. */
struct rmn_tsk_fs {
	TSK_FS_INFO *fs;
	const TSK_POOL_INFO *pool;	/* owned; NULL but for APFS */
	TSK_IMG_INFO *pool_image;	/* owned */
	char name[16];			/* as rmn_volume.filesystem */
};

/* Finds the file system at start.  RMN_UNSUPPORTED when there is none that libtsk knows.
 * *also is the name of a second one that could be opened there too, or NULL. */
enum rmn_status rmn_tsk_fs_find(TSK_IMG_INFO *tsk, uint64_t start, struct rmn_tsk_fs *found,
    const char **also, struct rmn_error *error);

/* Opens the one of this name. */
enum rmn_status rmn_tsk_fs_open(TSK_IMG_INFO *tsk, uint64_t start, const char *name,
    struct rmn_tsk_fs *opened, struct rmn_error *error);
void rmn_tsk_fs_close(struct rmn_tsk_fs *fs);

/* How many volumes the APFS container at start has; 0 when there is no container. */
int rmn_tsk_apfs_count(TSK_IMG_INFO *tsk, uint64_t start);

/* What libtsk says of the last failure, in its own words, cut to size; then forgets it. */
void rmn_tsk_reason(char *text, size_t size);

#endif
