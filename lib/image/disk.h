/* SPDX-License-Identifier: MIT
 *
 * A source for readers that jump about: small reads come from a page cache, bad sectors and what
 * lies behind the end read as zeros and are counted.  Recovery reads through this, and so does a
 * test that has its disk in memory. */
#ifndef RMN_IMAGE_DISK_H
#define RMN_IMAGE_DISK_H

#include <stdbool.h>

#include "base/blob.h"
#include "image/image.h"

struct rmn_disk;

/* Borrows.  NULL when out of memory. */
struct rmn_disk *rmn_disk_from_image(struct rmn_image *image);
struct rmn_disk *rmn_disk_from_blob(struct rmn_blob *blob);
void rmn_disk_free(struct rmn_disk *disk);	/* takes NULL */

uint64_t rmn_disk_size(const struct rmn_disk *disk);

/* Calls tick every thousand reads or so: a sign of life of whoever reads. */
void rmn_disk_on_tick(struct rmn_disk *disk, void (*tick)(void *context, uint64_t reads),
    void *context);

/* Fills the buffer.  False when any byte of it could not be read (bad sector, behind the end): those
 * are zeros.  Reads of up to 16 KiB are kept in pages; longer ones go straight to the source. */
bool rmn_disk_read(struct rmn_disk *disk, uint64_t offset, void *buffer, size_t size);

/* Bytes of bad sectors met so far (a sector read twice counts twice). */
uint64_t rmn_disk_bad_bytes(const struct rmn_disk *disk);

#endif
