/* SPDX-License-Identifier: MIT
 *
 * Expert Witness images (E01, S01) through libewf.
 *
 * A chunk whose checksum is wrong comes back from libewf as if it were good, and is only counted;
 * here it is unreadable, because bytes that are not what was acquired are no evidence. */
#define LIBEWF_HAVE_BFIO 1
#include <libewf.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "image/bfio.h"
#include "image/container.h"

struct ewf {
	libewf_handle_t *handle;
	libbfio_pool_t *pool;
	uint32_t sector_bytes;
	uint32_t error_count;
	bool is_strict;		/* from the end of open on */
};

static bool
ewf_claim(const struct rmn_image_ends *ends)
{
	return rmn_bytes_start_with(ends->head, "EVF\x09\x0d\x0a\xff") ||
	    rmn_bytes_start_with(ends->head, "EVF2\x0d\x0a\x81") ||
	    rmn_bytes_start_with(ends->head, "LVF\x09\x0d\x0a\xff");
}

static void
ewf_close(void *state)
{
	struct ewf *ewf = state;

	if (ewf->handle) {
		libewf_handle_close(ewf->handle, NULL);
		libewf_handle_free(&ewf->handle, NULL);
	}
	if (ewf->pool)
		libbfio_pool_free(&ewf->pool, NULL);
	free(ewf);
}

/* The pool owns the handles that were appended. */
static bool
pool_fill(struct ewf *ewf, const struct rmn_image_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		libbfio_handle_t *io = rmn_bfio_new(rmn_image_file(files, i), 1,
		    &ewf->is_strict);
		int entry;

		if (!io)
			return false;
		if (libbfio_pool_append_handle(ewf->pool, &entry, io, LIBBFIO_OPEN_READ, NULL) != 1) {
			rmn_bfio_free(io);
			return false;
		}
	}
	return true;
}

static enum rmn_status
ewf_open(const struct rmn_image_files *files, void **state, uint64_t *size_bytes,
    uint32_t *sector_bytes, struct rmn_error *error)
{
	struct ewf *ewf = calloc(1, sizeof(*ewf));
	size64_t size = 0;
	uint32_t sector = 0;

	if (!ewf || libbfio_pool_initialize(&ewf->pool, 0,
	    LIBBFIO_POOL_UNLIMITED_NUMBER_OF_OPEN_HANDLES, NULL) != 1 ||
	    !pool_fill(ewf, files) || libewf_handle_initialize(&ewf->handle, NULL) != 1) {
		if (ewf)
			ewf_close(ewf);
		return rmn_fail(error, RMN_NOMEM, "%s: out of memory", files->names[0]);
	}
	if (libewf_handle_open_file_io_pool(ewf->handle, ewf->pool, LIBEWF_OPEN_READ, NULL) != 1 ||
	    libewf_handle_get_media_size(ewf->handle, &size, NULL) != 1) {
		ewf_close(ewf);
		return rmn_fail(error, RMN_CORRUPT, "%s: the structure of this Expert Witness "
		    "image is damaged, a segment is missing, or it is of a kind that is not read",
		    files->names[0]);
	}
	if (libewf_handle_get_bytes_per_sector(ewf->handle, &sector, NULL) == 1 &&
	    sector >= 512 && sector <= 65536 && sector % 512 == 0)
		*sector_bytes = sector;
	ewf->sector_bytes = *sector_bytes;
	*size_bytes = size;
	ewf->is_strict = true;
	*state = ewf;
	return RMN_OK;
}

/* Cuts what was read at the first chunk with a wrong checksum.  libewf lists those it has met. */
static enum rmn_status
checksums_honour(struct ewf *ewf, uint64_t offset, size_t *got, struct rmn_error *error)
{
	uint32_t count = 0;

	if (libewf_handle_get_number_of_checksum_errors(ewf->handle, &count, NULL) != 1)
		return RMN_OK;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t first, sectors, start, end;

		if (libewf_handle_get_checksum_error(ewf->handle, i, &first, &sectors, NULL) != 1 ||
		    !rmn_mul_u64(first, ewf->sector_bytes, &start) ||
		    !rmn_mul_u64(sectors, ewf->sector_bytes, &end) ||
		    !rmn_add_u64(start, end, &end))
			continue;
		if (end > offset && start < offset + *got)
			*got = start > offset ? (size_t)(start - offset) : 0;
		else
			continue;
		return rmn_fail(error, RMN_IO, "wrong checksum at byte %llu",
		    (unsigned long long)start);
	}
	return RMN_OK;
}

static enum rmn_status
ewf_read(void *state, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	struct ewf *ewf = state;
	ssize_t n;

	n = libewf_handle_read_random(ewf->handle, buffer, size, (off64_t)offset, NULL);
	if (n < 0)
		return rmn_fail(error, RMN_IO, "cannot read at byte %llu",
		    (unsigned long long)offset);
	*got = rmn_min_size((size_t)n, size);
	return checksums_honour(ewf, offset, got, error);
}

const struct rmn_image_container rmn_container_ewf = {
	.name = "ewf",
	.title = "Expert Witness image",
	.extensions = ".e01 .s01 .ex01 .l01",
	.claim = ewf_claim,
	.open = ewf_open,
	.close = ewf_close,
	.read = ewf_read,
};
