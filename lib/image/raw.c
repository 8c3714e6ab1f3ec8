/* SPDX-License-Identifier: MIT
 *
 * A plain copy of the medium, in one file or in segments that follow each other, or the medium
 * itself.  The common case, one descriptor, is a pread and nothing else. */
#include <stdlib.h>

#include "base/checked.h"
#include "image/container.h"

struct raw {
	const struct rmn_image_files *files;
	struct rmn_blob first;
	uint64_t *ends;		/* ends[i]: offset of the first byte behind segment i */
};

static bool
raw_claim(const struct rmn_image_ends *ends)
{
	(void)ends;
	return true;
}

static void
raw_close(void *state)
{
	struct raw *raw = state;

	if (raw)
		free(raw->ends);
	free(raw);
}

static enum rmn_status
raw_open(const struct rmn_image_files *files, void **state, uint64_t *size_bytes,
    uint32_t *sector_bytes, struct rmn_error *error)
{
	struct raw *raw = calloc(1, sizeof(*raw));
	uint64_t end = 0;

	(void)sector_bytes;
	if (raw)
		raw->ends = calloc(files->count, sizeof(*raw->ends));
	if (!raw || !raw->ends) {
		raw_close(raw);
		return rmn_fail(error, RMN_NOMEM, "%s: out of memory", files->names[0]);
	}
	raw->files = files;
	raw->first = rmn_image_file(files, 0);
	for (size_t i = 0; i < files->count; i++) {
		if (!rmn_add_u64(end, rmn_image_file(files, i).size_bytes, &end)) {
			raw_close(raw);
			return rmn_fail(error, RMN_IO, "%s: its size is unknown", files->names[i]);
		}
		raw->ends[i] = end;
	}
	*size_bytes = end;
	*state = raw;
	return RMN_OK;
}

static enum rmn_status
raw_read(void *state, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	struct raw *raw = state;
	size_t segment = 0;

	if (raw->files->count == 1)
		return rmn_blob_read(&raw->first, offset, buffer, size, got, error);
	*got = 0;
	while (segment + 1 < raw->files->count && raw->ends[segment] <= offset)
		segment++;
	for (; *got < size && segment < raw->files->count; segment++) {
		uint64_t start = segment ? raw->ends[segment - 1] : 0;
		uint64_t at = offset + *got;
		size_t want = (size_t)rmn_min_u64(size - *got, raw->ends[segment] - at);
		size_t more;
		struct rmn_blob file = rmn_blob_from_fd(raw->files->fds[segment],
		    raw->ends[segment] - start);
		enum rmn_status status = rmn_blob_read(&file, at - start,
		    (unsigned char *)buffer + *got, want, &more, error);

		*got += more;
		if (status != RMN_OK || more < want)
			return status;
	}
	return RMN_OK;
}

const struct rmn_image_container rmn_container_raw = {
	.name = "raw",
	.title = "plain copy of the medium",
	.extensions = "",
	.claim = raw_claim,
	.open = raw_open,
	.close = raw_close,
	.read = raw_read,
};
