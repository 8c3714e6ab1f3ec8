/* SPDX-License-Identifier: MIT
 *
 * Where a recovered file is written: its own path below the output folder, made safe.  A name from
 * evidence can neither leave that folder nor pass through a link, nor act on a terminal, nor meet
 * another one on a file system that ignores case. */
#ifndef RMN_RESTORE_PATH_H
#define RMN_RESTORE_PATH_H

#include <stdbool.h>

#include "base/buf.h"

/* The longest name that common file systems take, in bytes. */
#define RMN_RESTORE_NAME_BYTES 255

/* Appends one component: NFC as it came; control characters, '/' and what is ill-formed as '_'; "",
 * "." and ".." as "_", "_." and "_.."; cut to RMN_RESTORE_NAME_BYTES at a character, keeping
 * the extension. */
void rmn_restore_name(struct rmn_bytes name, struct rmn_buf *safe);

/* Appends a path, component by component ('/' between them; empty ones are left out). */
void rmn_restore_path(struct rmn_bytes path, struct rmn_buf *safe);

/* The paths used so far, compared without case. */
struct rmn_restore_paths;
struct rmn_restore_paths *rmn_restore_paths_new(void);
void rmn_restore_paths_free(struct rmn_restore_paths *paths);	/* takes NULL */

/* Makes path one that was not used before by adding " (2)", " (3)" ... before the extension, and
 * remembers it.  False when out of memory. */
bool rmn_restore_paths_claim(struct rmn_restore_paths *paths, struct rmn_buf *path);

#endif
