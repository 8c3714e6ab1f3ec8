/* SPDX-License-Identifier: MIT
 *
 * One evidence source as a flat run of bytes: raw, split raw, E01, VMDK, VHD, QCOW2, UDIF, a device.
 *
 * Opening has two halves, because the process that opens files parses nothing and the process
 * that parses opens nothing: rmn_image_files_open() opens descriptors (read-only) from names
 * alone; rmn_image_open() reads container headers through those descriptors, in the sandbox. */
#ifndef RMN_IMAGE_IMAGE_H
#define RMN_IMAGE_IMAGE_H

#include "base/blob.h"
#include "base/status.h"

#define RMN_IMAGE_SEGMENTS_MAX 4096

struct rmn_image_files {
	int *fds;		/* owned, O_RDONLY | O_CLOEXEC; one a segment, in order */
	char **names;		/* owned; base names, which some containers refer to */
	size_t count;
	struct rmn_blob *content;	/* borrowed; instead of one file, and fds is not used then */
	bool is_device;
	uint64_t size_bytes;	/* of all files together, or of the device */
	uint32_t sector_bytes;	/* of the device; 512 for files */
};

/* Opens path and the segments that its name announces (.E01 .E02, .001 .002, .aa .ab, VMDK
 * extents beside the descriptor).  Every process needs its own, because positions are shared.
 * An empty file is RMN_CORRUPT, and so is a segment that is missing before one that is there. */
enum rmn_status rmn_image_files_open(const char *path, struct rmn_image_files *files,
    struct rmn_error *error);
void rmn_image_files_release(struct rmn_image_files *files);

/* What a device says of itself (sysfs, ioctl); empty strings where it says nothing. */
struct rmn_device_facts {
	char model[64], serial[64], firmware[32];
	uint32_t logical_sector_bytes, physical_sector_bytes;
	bool is_rotational;
};
void rmn_device_facts(const char *path, struct rmn_device_facts *facts);

struct rmn_image;

/* Borrows files.  The format is found from the content: a file called .E01 that is none is opened
 * as raw only when its name does not promise a container, else RMN_CORRUPT. */
enum rmn_status rmn_image_open(const struct rmn_image_files *files, struct rmn_image **image,
    struct rmn_error *error);
/* An image inside another item.  Borrows content.  Segments and extents beside it are not there. */
enum rmn_status rmn_image_open_blob(struct rmn_blob *content, struct rmn_image **image,
    struct rmn_error *error);
void rmn_image_close(struct rmn_image *image);		/* takes NULL */

uint64_t rmn_image_size(const struct rmn_image *image);
uint32_t rmn_image_sector_bytes(const struct rmn_image *image);
const char *rmn_image_format(const struct rmn_image *image);	/* "raw", "ewf", "qcow2", ... */

/* How many bytes from offset on are known to read as zeros because they are stored nowhere; 0 when
 * nothing is known. */
uint64_t rmn_image_hole(const struct rmn_image *image, uint64_t offset);

/* Reads at offset.  A medium that fails in the middle gives RMN_IO with the good bytes before it
 * in *got; the caller steps over the bad sector (rmn_image_read_around). */
enum rmn_status rmn_image_read(struct rmn_image *image, uint64_t offset, void *buffer, size_t size,
    size_t *got, struct rmn_error *error);

/* As read, but unreadable sectors come back as zeros and are reported, in order: *got is then
 * short only at the end of the image.  RMN_PARTIAL when there were any. */
enum rmn_status rmn_image_read_around(struct rmn_image *image, uint64_t offset, void *buffer,
    size_t size, size_t *got, void (*bad)(void *context, uint64_t offset, uint64_t size_bytes),
    void *context, struct rmn_error *error);

#endif
