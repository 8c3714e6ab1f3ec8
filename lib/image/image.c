/* SPDX-License-Identifier: MIT
 *
 * The image as the rest of the program sees it: finds the container, and finds out which part of
 * a range is good when the container can only say that some of it is not. */
#include "image/image.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/checked.h"
#include "image/container.h"

#define HEAD_BYTES 1024
#define TAIL_BYTES 512

struct rmn_image {
	const struct rmn_image_container *container;
	void *state;
	uint64_t size_bytes;
	uint32_t sector_bytes;
	struct rmn_image_files inner;	/* of rmn_image_open_blob: refers to what follows */
	char name[16], *names[1];
};

struct rmn_blob
rmn_image_file(const struct rmn_image_files *files, size_t index)
{
	off_t size;

	if (files->content)
		return *files->content;
	size = lseek(files->fds[index], 0, SEEK_END);
	return rmn_blob_from_fd(files->fds[index], size < 0 ? 0 : (uint64_t)size);
}

/* Unreadable ends are no reason to refuse an image: claim() just sees less. */
static void
ends_read(const struct rmn_image_files *files, unsigned char head[HEAD_BYTES],
    unsigned char tail[TAIL_BYTES], struct rmn_image_ends *ends)
{
	struct rmn_blob first = rmn_image_file(files, 0);
	struct rmn_blob last = rmn_image_file(files, files->count - 1);
	size_t got = 0;

	rmn_blob_read(&first, 0, head, HEAD_BYTES, &got, NULL);
	ends->head = (struct rmn_bytes){head, got};
	got = 0;
	if (last.size_bytes >= TAIL_BYTES)
		rmn_blob_read(&last, last.size_bytes - TAIL_BYTES, tail, TAIL_BYTES, &got, NULL);
	ends->tail = (struct rmn_bytes){tail, got};
}

static bool
extension_is_in(const char *name, const char *extensions)
{
	const char *dot = strrchr(name, '.');
	size_t length;

	if (!dot || !dot[1])
		return false;
	length = strlen(dot);
	for (const char *at = extensions; *at; at += strcspn(at, " "), at += *at == ' ') {
		if (strcspn(at, " ") == length && strncasecmp(at, dot, length) == 0)
			return true;
	}
	return false;
}

static enum rmn_status
container_find(const struct rmn_image_files *files, const struct rmn_image_container **found,
    struct rmn_error *error)
{
	unsigned char head[HEAD_BYTES], tail[TAIL_BYTES];
	struct rmn_image_ends ends;
	const struct rmn_image_container *promised = NULL;

	if (files->count == 0 || files->size_bytes == 0)
		return rmn_fail(error, RMN_CORRUPT, "%s is empty",
		    files->count ? files->names[0] : "the source");
	ends_read(files, head, tail, &ends);
	for (size_t i = 0; rmn_image_containers[i]; i++) {
		if (extension_is_in(files->names[0], rmn_image_containers[i]->extensions))
			promised = rmn_image_containers[i];
	}
	for (size_t i = 0; rmn_image_containers[i]; i++) {
		*found = rmn_image_containers[i];
		if ((*found)->claim(&ends))
			break;
	}
	if (promised && !files->is_device && strcmp((*found)->name, "raw") == 0)
		return rmn_fail(error, RMN_CORRUPT,
		    "%s is named like an image, but its content is no %s",
		    files->names[0], promised->title);
	return RMN_OK;
}

static enum rmn_status
image_open(struct rmn_image *image, const struct rmn_image_files *files, struct rmn_error *error)
{
	enum rmn_status status;

	image->sector_bytes = files->sector_bytes ? files->sector_bytes : 512;
	status = container_find(files, &image->container, error);
	if (status == RMN_OK)
		status = image->container->open(files, &image->state, &image->size_bytes,
		    &image->sector_bytes, error);
	if (status == RMN_OK && image->size_bytes == 0)
		status = rmn_fail(error, RMN_CORRUPT, "%s holds an empty medium",
		    files->names[0]);
	return status;
}

enum rmn_status
rmn_image_open(const struct rmn_image_files *files, struct rmn_image **opened,
    struct rmn_error *error)
{
	struct rmn_image *image = calloc(1, sizeof(*image));
	enum rmn_status status;

	if (!image)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	status = image_open(image, files, error);
	if (status != RMN_OK) {
		rmn_image_close(image);
		return status;
	}
	*opened = image;
	return RMN_OK;
}

enum rmn_status
rmn_image_open_blob(struct rmn_blob *content, struct rmn_image **opened, struct rmn_error *error)
{
	struct rmn_image *image = calloc(1, sizeof(*image));
	enum rmn_status status;

	if (!image)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	memcpy(image->name, "the image", sizeof("the image"));
	image->names[0] = image->name;
	image->inner = (struct rmn_image_files){.names = image->names, .count = 1,
	    .content = content, .size_bytes = content->size_bytes, .sector_bytes = 512};
	status = image_open(image, &image->inner, error);
	if (status != RMN_OK) {
		rmn_image_close(image);
		return status;
	}
	*opened = image;
	return RMN_OK;
}

enum rmn_status
rmn_image_wrap(const struct rmn_image_container *container, void *state, uint64_t size_bytes,
    struct rmn_image **opened, struct rmn_error *error)
{
	struct rmn_image *image = calloc(1, sizeof(*image));

	if (!image) {
		container->close(state);
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	}
	*image = (struct rmn_image){.container = container, .state = state,
	    .size_bytes = size_bytes, .sector_bytes = 512};
	*opened = image;
	return RMN_OK;
}

const void *
rmn_image_state(const struct rmn_image *image)
{
	return image->state;
}

uint64_t
rmn_image_hole(const struct rmn_image *image, uint64_t offset)
{
	if (!image->container->hole || offset >= image->size_bytes)
		return 0;
	return image->container->hole(image->state, offset);
}

void
rmn_image_close(struct rmn_image *image)
{
	if (image && image->state)
		image->container->close(image->state);
	free(image);
}

uint64_t
rmn_image_size(const struct rmn_image *image)
{
	return image->size_bytes;
}

uint32_t
rmn_image_sector_bytes(const struct rmn_image *image)
{
	return image->sector_bytes;
}

const char *
rmn_image_format(const struct rmn_image *image)
{
	return image->container->name;
}

static enum rmn_status
container_read(struct rmn_image *image, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	enum rmn_status status;

	*got = 0;
	status = image->container->read(image->state, offset, buffer, size, got, error);
	/* The size is known, so less than asked for is a hole in the container. */
	if (status == RMN_OK && *got < size)
		status = rmn_fail(error, RMN_IO, "nothing is stored at byte %llu",
		    (unsigned long long)(offset + *got));
	return status;
}

/* Narrows a failed range down to the sector: everything before it is read. */
static enum rmn_status
read_up_to_fault(struct rmn_image *image, uint64_t offset, unsigned char *buffer, size_t size,
    size_t *got, struct rmn_error *error)
{
	size_t step = size - *got;

	while (*got < size) {
		uint64_t at = offset + *got;
		size_t to_boundary = image->sector_bytes - (size_t)(at % image->sector_bytes);
		size_t more = 0;
		enum rmn_status status;

		if (step > size - *got)
			step = size - *got;
		status = container_read(image, at, buffer + *got, step, &more, NULL);
		*got += more;
		if (status == RMN_OK)
			continue;
		if (more == 0 && step <= to_boundary)
			return rmn_fail(error, RMN_IO, "cannot read at byte %llu",
			    (unsigned long long)at);
		if (more == 0 && step / 2 > to_boundary)
			step /= 2;
		else if (more == 0)
			step = to_boundary;
	}
	return RMN_OK;
}

enum rmn_status
rmn_image_read(struct rmn_image *image, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	enum rmn_status status;

	*got = 0;
	if (offset >= image->size_bytes)
		return RMN_OK;
	size = (size_t)rmn_min_u64(size, image->size_bytes - offset);
	status = container_read(image, offset, buffer, size, got, NULL);
	if (status == RMN_OK)
		return RMN_OK;
	return read_up_to_fault(image, offset, buffer, size, got, error);
}

/* A run of bad sectors that grows until a good one ends it. */
struct bad_run {
	uint64_t start, size;
	void (*report)(void *context, uint64_t offset, uint64_t size_bytes);
	void *context;
};

static void
bad_run_flush(struct bad_run *run)
{
	if (run->size && run->report)
		run->report(run->context, run->start, run->size);
	run->size = 0;
}

static void
bad_run_add(struct bad_run *run, uint64_t offset, uint64_t size)
{
	if (run->size && run->start + run->size != offset)
		bad_run_flush(run);
	if (!run->size)
		run->start = offset;
	run->size += size;
}

/* Halves what fails and doubles what succeeds, so that a dead region costs one attempt a sector. */
enum rmn_status
rmn_image_read_around(struct rmn_image *image, uint64_t offset, void *buffer, size_t size,
    size_t *got, void (*bad)(void *context, uint64_t offset, uint64_t size_bytes), void *context,
    struct rmn_error *error)
{
	struct bad_run run = {.report = bad, .context = context};
	enum rmn_status result = RMN_OK;
	size_t limit, step;

	*got = 0;
	if (offset >= image->size_bytes)
		return RMN_OK;
	limit = step = (size_t)rmn_min_u64(size, image->size_bytes - offset);
	while (*got < limit) {
		uint64_t at = offset + *got;
		size_t to_boundary = image->sector_bytes - (size_t)(at % image->sector_bytes);
		unsigned char *place = (unsigned char *)buffer + *got;
		size_t more;

		step = rmn_min_size(step, limit - *got);
		if (container_read(image, at, place, step, &more, error) == RMN_OK) {
			*got += more;
			step = step < limit / 2 ? step * 2 : limit;
		} else if (more) {
			*got += more;
		} else if (step > to_boundary) {
			step = step / 2 > to_boundary ? step / 2 : to_boundary;
		} else {
			memset(place, 0, step);
			bad_run_add(&run, at, step);
			*got += step;
			step = image->sector_bytes;
			result = RMN_PARTIAL;
		}
	}
	bad_run_flush(&run);
	return result;
}
