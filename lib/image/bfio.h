/* SPDX-License-Identifier: MIT
 *
 * Private to image/: an open file as the libyal libraries want to read it.
 *
 * Two libraries have these symbols: libbfio.so, and libewf.so with a copy of its own.  All calls,
 * theirs and ours, go to whichever the linker met first, so a handle never meets the other's code;
 * tests/unit/image_containers.c reads every container that way. */
#ifndef RMN_IMAGE_BFIO_H
#define RMN_IMAGE_BFIO_H

#include <libbfio.h>
#include <stdbool.h>

#include "base/blob.h"
#include "base/status.h"

/* Copies the blob and borrows what is behind it, and is_strict.  NULL when out of memory.
 *
 * While *is_strict, a read that meets the end of the file fails.  The libraries take less than they
 * asked for as whole, so that the content of a container that was cut short would come back as
 * zeros; while they open one, though, they look for headers in files that are shorter.  libbfio
 * cuts reads at the size it was told: the size is rounded up to size_multiple (a power of two), so
 * that the last, incomplete block is asked for as a whole. */
libbfio_handle_t *rmn_bfio_new(struct rmn_blob file, uint64_t size_multiple,
    const bool *is_strict);
void rmn_bfio_free(libbfio_handle_t *handle);	/* takes NULL */

#endif
