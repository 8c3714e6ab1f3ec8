/* SPDX-License-Identifier: MIT
 *
 * Private to image/: one row a container (images.def), each in its own file.
 *
 * A container reads through the descriptors it was given and opens nothing. */
#ifndef RMN_IMAGE_CONTAINER_H
#define RMN_IMAGE_CONTAINER_H

#include "image/image.h"

/* What claim() looks at. */
struct rmn_image_ends {
	struct rmn_bytes head;		/* up to 1 KiB of the first file */
	struct rmn_bytes tail;		/* the last 512 bytes of the last file */
};

struct rmn_image_container {
	const char *name;		/* stable: stored in cases */
	const char *title;
	const char *extensions;		/* that promise it: ".e01 .s01", lower case */
	bool (*claim)(const struct rmn_image_ends *ends);
	/* Fills *size_bytes and may lower *sector_bytes from evidence; the state is freed by close. */
	enum rmn_status (*open)(const struct rmn_image_files *files, void **state,
	    uint64_t *size_bytes, uint32_t *sector_bytes, struct rmn_error *error);
	void (*close)(void *state);
	/* offset + size is within the image.  RMN_IO with *got = 0 is enough: image.c finds out
	 * how much of the range is good. */
	enum rmn_status (*read)(void *state, uint64_t offset, void *buffer, size_t size,
	    size_t *got, struct rmn_error *error);
	/* May be NULL: how many bytes from offset on are stored nowhere and read as zeros. */
	uint64_t (*hole)(const void *state, uint64_t offset);
};

/* An image over a state that is open already; the state is closed when this fails. */
enum rmn_status rmn_image_wrap(const struct rmn_image_container *container, void *state,
    uint64_t size_bytes, struct rmn_image **image, struct rmn_error *error);
const void *rmn_image_state(const struct rmn_image *image);

/* NULL-terminated; raw comes last because it claims everything. */
extern const struct rmn_image_container *const rmn_image_containers[];

/* One of the files, read by its own offsets.  Its size is 0 where it cannot be known. */
struct rmn_blob rmn_image_file(const struct rmn_image_files *files, size_t index);

#endif
