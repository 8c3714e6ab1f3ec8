/* SPDX-License-Identifier: MIT
 *
 * Virtual PC and Hyper-V images (VHD, VHDX) through libvhdi.  A fixed VHD is known by its last
 * sector only. */
#define LIBVHDI_HAVE_BFIO 1
#include <libvhdi.h>
#include <stdlib.h>

#include "base/checked.h"
#include "image/bfio.h"
#include "image/container.h"

struct vhd {
	libvhdi_file_t *file;
	libbfio_handle_t *io;
	bool is_strict;		/* from the end of open on */
};

static bool
vhd_claim(const struct rmn_image_ends *ends)
{
	return rmn_bytes_start_with(ends->head, "conectix") ||
	    rmn_bytes_start_with(ends->head, "vhdxfile") ||
	    rmn_bytes_start_with(ends->tail, "conectix");
}

static void
vhd_close(void *state)
{
	struct vhd *vhd = state;

	if (vhd->file) {
		libvhdi_file_close(vhd->file, NULL);
		libvhdi_file_free(&vhd->file, NULL);
	}
	rmn_bfio_free(vhd->io);
	free(vhd);
}

static enum rmn_status
vhd_check(struct vhd *vhd, const char *name, uint64_t *size_bytes, struct rmn_error *error)
{
	uint8_t parent[16];
	size64_t size = 0;

	if (libvhdi_file_get_media_size(vhd->file, &size, NULL) != 1)
		return rmn_fail(error, RMN_CORRUPT, "%s: its size is unreadable", name);
	if (libvhdi_file_get_parent_identifier(vhd->file, parent, sizeof(parent), NULL) == 1)
		return rmn_fail(error, RMN_UNSUPPORTED,
		    "%s holds only the changes to another image; join the two first", name);
	*size_bytes = size;
	return RMN_OK;
}

static enum rmn_status
vhd_open(const struct rmn_image_files *files, void **state, uint64_t *size_bytes,
    uint32_t *sector_bytes, struct rmn_error *error)
{
	struct vhd *vhd = calloc(1, sizeof(*vhd));
	enum rmn_status status;

	(void)sector_bytes;
	if (vhd)
		vhd->io = rmn_bfio_new(rmn_image_file(files, 0), 1, &vhd->is_strict);
	if (!vhd || !vhd->io || libvhdi_file_initialize(&vhd->file, NULL) != 1) {
		if (vhd)
			vhd_close(vhd);
		return rmn_fail(error, RMN_NOMEM, "%s: out of memory", files->names[0]);
	}
	if (libvhdi_file_open_file_io_handle(vhd->file, vhd->io, LIBVHDI_OPEN_READ, NULL) != 1)
		status = rmn_fail(error, RMN_CORRUPT,
		    "%s: the structure of this VHD image is damaged or of a kind that is not read",
		    files->names[0]);
	else
		status = vhd_check(vhd, files->names[0], size_bytes, error);
	if (status != RMN_OK) {
		vhd_close(vhd);
		return status;
	}
	vhd->is_strict = true;
	*state = vhd;
	return RMN_OK;
}

static enum rmn_status
vhd_read(void *state, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	struct vhd *vhd = state;
	ssize_t n = libvhdi_file_read_buffer_at_offset(vhd->file, buffer, size, (off64_t)offset,
	    NULL);

	if (n < 0)
		return rmn_fail(error, RMN_IO, "cannot read at byte %llu",
		    (unsigned long long)offset);
	*got = rmn_min_size((size_t)n, size);
	return RMN_OK;
}

const struct rmn_image_container rmn_container_vhd = {
	.name = "vhd",
	.title = "VHD image",
	.extensions = ".vhd .vhdx .avhd .avhdx",
	.claim = vhd_claim,
	.open = vhd_open,
	.close = vhd_close,
	.read = vhd_read,
};
