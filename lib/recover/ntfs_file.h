/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: files put together from their records.  A file's attributes may be spread over
 * its base record and many extension records; each stream may be in pieces. */
#ifndef RMN_RECOVER_NTFS_FILE_H
#define RMN_RECOVER_NTFS_FILE_H

#include "recover/ntfs_names.h"

/* Hands on all files of the table's rows, by volume and number, then those known by name alone. */
enum rmn_status rmn_ntfs_files_give(struct rmn_recovery *r, const struct rmn_ntfs_table *t,
    const struct rmn_ntfs_volumes *volumes, const struct rmn_ntfs_names *names);

#endif
