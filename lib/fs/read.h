/* SPDX-License-Identifier: MIT
 *
 * Bytes of a file that only its file system can give: resident, compressed, in a fork. */
#ifndef RMN_FS_READ_H
#define RMN_FS_READ_H

#include "base/blob.h"
#include "fs/walk.h"

struct rmn_fs;

/* Borrows the image. */
enum rmn_status rmn_fs_open(struct rmn_image *image, uint64_t start_byte, const char *filesystem,
    struct rmn_fs **fs, struct rmn_error *error);
void rmn_fs_close(struct rmn_fs *fs);	/* takes NULL */

/* A blob over one attribute of one inode; close it with rmn_fs_blob_close. */
enum rmn_status rmn_fs_blob_open(struct rmn_fs *fs, uint64_t inode, uint32_t attribute_type,
    uint32_t attribute_id, struct rmn_blob *blob, struct rmn_error *error);
void rmn_fs_blob_close(struct rmn_blob *blob);

#endif
