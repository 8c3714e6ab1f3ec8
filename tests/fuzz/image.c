/* SPDX-License-Identifier: MIT
 *
 * Headers of images, and the walk of what is in them.  Behind both are libraries that are known to
 * crash, which a scan survives: a child takes each input, and its death is told and no failure. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/checked.h"
#include "fs/walk.h"
#include "tests/fuzz/fuzz.h"

#define CHILD_SECONDS 10

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

/* What is told of the bytes of a source, which must add up to its size. */
struct ledger {
	uint64_t bytes, size_bytes;
};

static enum rmn_status
on_volume(void *context, const struct rmn_volume *volume)
{
	(void)context;
	(void)volume;
	return RMN_OK;
}

/* Extents of one item are not longer than it, holes included.  They may lie behind the end of a
 * source that is cut short, but at a place that the case can keep. */
static enum rmn_status
on_item(void *context, const struct rmn_walk_item *item)
{
	uint64_t sum = 0;

	(void)context;
	for (size_t i = 0; i < item->extent_count; i++) {
		const struct rmn_extent *e = &item->extents[i];

		if (!rmn_add_u64(sum, e->length_bytes, &sum) || sum > item->size_bytes)
			abort();
		if (e->image_offset != RMN_EXTENT_SPARSE && e->image_offset > INT64_MAX)
			abort();
	}
	return RMN_OK;
}

static enum rmn_status
on_space(void *context, uint32_t volume, uint64_t window_offset, const struct rmn_space_run *runs,
    size_t count)
{
	struct ledger *l = context;

	(void)volume;
	(void)window_offset;
	for (size_t i = 0; i < count; i++)
		l->bytes += runs[i].length_bytes;
	return RMN_OK;
}

static enum rmn_status
on_ledger(void *context, uint32_t volume, uint64_t content_bytes, uint64_t metadata_bytes)
{
	struct ledger *l = context;

	(void)volume;
	l->bytes += content_bytes + metadata_bytes;
	return RMN_OK;
}

static void
walk(int fd, uint64_t size_bytes)
{
	char name[] = "source.raw", *names[] = {name};
	struct rmn_image_files files = {.fds = &fd, .names = names, .count = 1,
	    .size_bytes = size_bytes, .sector_bytes = 512};
	struct rmn_image *image = NULL;
	struct ledger l = {0};
	struct rmn_walk_sink sink = {.context = &l, .volume = on_volume, .item = on_item,
	    .space = on_space, .ledger = on_ledger};
	enum rmn_status status;

	if (rmn_image_open(&files, &image, NULL) != RMN_OK)
		return;
	l.size_bytes = rmn_image_size(image);
	status = rmn_walk_image(image, NULL, &sink, NULL);
	if ((status == RMN_OK || status == RMN_PARTIAL) && l.bytes != l.size_bytes) {
		fprintf(stderr, "the ledger holds %llu bytes of %llu\n",
		    (unsigned long long)l.bytes, (unsigned long long)l.size_bytes);
		_exit(99);
	}
	rmn_image_close(image);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("source", MFD_CLOEXEC), status = 0;
	pid_t child = -1;

	if (fd >= 0 && write(fd, data, size) == (ssize_t)size)
		child = fork();
	if (child == 0) {
		alarm(CHILD_SECONDS);
		walk(fd, size);
		_exit(0);
	}
	if (child > 0 && waitpid(child, &status, 0) == child && status != 0)
		fprintf(stderr, "the walk stopped (status %d) in %zu bytes\n", status, size);
	if (fd >= 0)
		close(fd);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 99)
		abort();
	return 0;
}
