/* SPDX-License-Identifier: MIT
 *
 * Private to restore/: files below one open folder.  No link on the way is followed, nothing that is
 * there is overwritten. */
#ifndef RMN_RESTORE_FOLDER_H
#define RMN_RESTORE_FOLDER_H

#include "base/buf.h"
#include "base/status.h"

/* Opens the output folder, made when it is not there; -1 with the sentence in error. */
int rmn_folder_open(const char *path, struct rmn_error *error);

/* Makes the file that is being written anew; -1: errno says why. */
int rmn_folder_temporary(int root);

/* Gives the temporary file its name, making folders on the way.  A folder whose name a file has gets
 * '_' behind it; path then says so. */
enum rmn_status rmn_folder_rename(int root, struct rmn_buf *path, struct rmn_error *error);

/* Another name of a file that was written; false when the file system cannot. */
bool rmn_folder_link(int root, const char *from, struct rmn_buf *path);

/* Removes what an interrupted run left. */
void rmn_folder_clean(int root);

#endif
