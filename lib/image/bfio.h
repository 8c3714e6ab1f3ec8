/* SPDX-License-Identifier: MIT
 *
 * Private to image/: an open descriptor as the libyal libraries want to read it.
 *
 * Two libraries have these symbols: libbfio.so, and libewf.so with a copy of its own.  All calls,
 * theirs and ours, go to whichever the linker met first, so a handle never meets the other's code;
 * tests/unit/image_containers.c reads every container that way. */
#ifndef RMN_IMAGE_BFIO_H
#define RMN_IMAGE_BFIO_H

#include <libbfio.h>

#include "base/status.h"

/* Borrows the descriptor, which is read with pread.  NULL when out of memory. */
libbfio_handle_t *rmn_bfio_new(int fd);
void rmn_bfio_free(libbfio_handle_t *handle);	/* takes NULL */

#endif
