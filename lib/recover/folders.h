/* SPDX-License-Identifier: MIT
 *
 * Folders by their ids, from records that may be stale, doubled or circular. */
#ifndef RMN_RECOVER_FOLDERS_H
#define RMN_RECOVER_FOLDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"


/* root_id: the folder whose path is empty.  NULL when out of memory. */
struct rmn_folders *rmn_folders_new(uint64_t root_id);
void rmn_folders_free(struct rmn_folders *tree);	/* takes NULL */

/* A folder's name and parent; of several for one id the highest rank counts, of equal ranks the
 * first.  The name is copied. */
bool rmn_folders_add(struct rmn_folders *tree, uint64_t id, uint64_t parent,
    struct rmn_bytes name, uint64_t rank);

bool rmn_folders_has(const struct rmn_folders *tree, uint64_t id);

/* Appends the folder's path (no '/' at either end).  An unknown id gives "orphan-<id>" and so does the
 * top of a path that ends in one; a circle ends the same way.  False when the path is not whole. */
bool rmn_folders_path(const struct rmn_folders *tree, uint64_t id, struct rmn_buf *path);

#endif
