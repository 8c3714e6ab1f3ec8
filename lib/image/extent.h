/* SPDX-License-Identifier: MIT
 *
 * A stretch of an item's bytes on the source. */
#ifndef RMN_IMAGE_EXTENT_H
#define RMN_IMAGE_EXTENT_H

#include <stdint.h>

#define RMN_EXTENT_SPARSE UINT64_MAX	/* image_offset of a hole: zeros that are nowhere */

struct rmn_extent {
	uint64_t image_offset;
	uint64_t length_bytes;
};

#endif
