/* SPDX-License-Identifier: MIT
 *
 * An image that is put together from stretches of another one: a disk that lies in files of a disk. */
#ifndef RMN_IMAGE_MAPPED_H
#define RMN_IMAGE_MAPPED_H

#include "image/extent.h"
#include "image/image.h"

/* The stretches in the order of the new image, which is as long as they are together; a hole reads as
 * zeros.  Borrows under and extents until the new image is closed.  Its sectors have 512 bytes. */
enum rmn_status rmn_image_open_mapped(struct rmn_image *under, const struct rmn_extent *extents,
    size_t count, struct rmn_image **image, struct rmn_error *error);

/* Where a stretch of the new image lies on the one under it: one extent for each piece goes to add,
 * holes too.  What is behind the end is a hole.  Ends early when add says something else than
 * RMN_OK. */
enum rmn_status rmn_image_mapped_each(const struct rmn_image *image, uint64_t offset,
    uint64_t length_bytes, enum rmn_status (*add)(void *context, struct rmn_extent extent),
    void *context);

#endif
