/* SPDX-License-Identifier: MIT
 *
 * VMware images through libvmdk: one sparse file, or a descriptor and its extents, which were
 * opened by name and are joined here by what the descriptor says. */
#define LIBVMDK_HAVE_BFIO 1
#include <libvmdk.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "image/bfio.h"
#include "image/container.h"

#define NAME_BYTES 1024

struct vmdk {
	libvmdk_handle_t *handle;
	libbfio_handle_t *io;
	libbfio_pool_t *extents;
	bool is_strict;		/* from the end of open on */
};

static bool
vmdk_claim(const struct rmn_image_ends *ends)
{
	return rmn_bytes_start_with(ends->head, "KDMV") ||
	    rmn_bytes_start_with(ends->head, "COWD") ||
	    rmn_bytes_start_with(ends->head, "# Disk DescriptorFile");
}

static void
vmdk_close(void *state)
{
	struct vmdk *vmdk = state;

	if (vmdk->handle) {
		libvmdk_handle_close(vmdk->handle, NULL);
		libvmdk_handle_free(&vmdk->handle, NULL);
	}
	if (vmdk->extents)
		libbfio_pool_free(&vmdk->extents, NULL);
	rmn_bfio_free(vmdk->io);
	free(vmdk);
}

/* The number of the file that extent index names, or -1.  A lone file may have been renamed. */
static int
extent_file(libvmdk_handle_t *handle, int index, int extent_count,
    const struct rmn_image_files *files)
{
	libvmdk_extent_descriptor_t *extent = NULL;
	char name[NAME_BYTES] = "";
	int found = -1;

	if (libvmdk_handle_get_extent_descriptor(handle, index, &extent, NULL) != 1)
		return -1;
	if (libvmdk_extent_descriptor_get_utf8_filename(extent, (uint8_t *)name, sizeof(name),
	    NULL) == 1) {
		const char *slash = strrchr(name, '/');
		const char *base = slash ? slash + 1 : name;

		for (size_t i = 0; i < files->count && found < 0; i++) {
			if (strcmp(files->names[i], base) == 0)
				found = (int)i;
		}
	}
	libvmdk_extent_descriptor_free(&extent, NULL);
	if (found < 0 && extent_count == 1 && files->count <= 2)
		found = (int)files->count - 1;
	return found;
}

static enum rmn_status
extents_open(struct vmdk *vmdk, const struct rmn_image_files *files, struct rmn_error *error)
{
	int count = 0;

	if (libvmdk_handle_get_number_of_extents(vmdk->handle, &count, NULL) != 1 || count < 1 ||
	    count > RMN_IMAGE_SEGMENTS_MAX)
		return rmn_fail(error, RMN_CORRUPT, "%s lists no readable extents",
		    files->names[0]);
	if (libbfio_pool_initialize(&vmdk->extents, count,
	    LIBBFIO_POOL_UNLIMITED_NUMBER_OF_OPEN_HANDLES, NULL) != 1)
		return rmn_fail(error, RMN_NOMEM, "%s: out of memory", files->names[0]);
	for (int i = 0; i < count; i++) {
		int file = extent_file(vmdk->handle, i, count, files);
		libbfio_handle_t *io = file < 0 ? NULL :
		    rmn_bfio_new(rmn_image_file(files, (size_t)file), 1, &vmdk->is_strict);

		if (!io)
			return rmn_fail(error, RMN_CORRUPT,
			    "%s: the file with extent %d of %d is not beside it", files->names[0],
			    i + 1, count);
		if (libbfio_pool_set_handle(vmdk->extents, i, io, LIBBFIO_OPEN_READ, NULL) != 1) {
			rmn_bfio_free(io);
			return rmn_fail(error, RMN_NOMEM, "%s: out of memory", files->names[0]);
		}
	}
	if (libvmdk_handle_open_extent_data_files_file_io_pool(vmdk->handle, vmdk->extents,
	    NULL) != 1)
		return rmn_fail(error, RMN_CORRUPT, "%s: the extents of this VMDK image are damaged",
		    files->names[0]);
	return RMN_OK;
}

static enum rmn_status
handle_open(struct vmdk *vmdk, const struct rmn_image_files *files, uint64_t *size_bytes,
    struct rmn_error *error)
{
	const char *name = files->names[0];
	uint32_t parent = 0;
	size64_t size = 0;
	enum rmn_status status;

	if (libvmdk_handle_open_file_io_handle(vmdk->handle, vmdk->io, LIBVMDK_OPEN_READ,
	    NULL) != 1)
		return rmn_fail(error, RMN_CORRUPT,
		    "%s: the structure of this VMDK image is damaged or of a kind that is not read",
		    name);
	if (libvmdk_handle_get_parent_content_identifier(vmdk->handle, &parent, NULL) == 1 &&
	    parent != UINT32_MAX)
		return rmn_fail(error, RMN_UNSUPPORTED,
		    "%s holds only the changes to another image; join the two first", name);
	status = extents_open(vmdk, files, error);
	if (status != RMN_OK)
		return status;
	if (libvmdk_handle_get_media_size(vmdk->handle, &size, NULL) != 1)
		return rmn_fail(error, RMN_CORRUPT, "%s: its size is unreadable", name);
	*size_bytes = size;
	return RMN_OK;
}

static enum rmn_status
vmdk_open(const struct rmn_image_files *files, void **state, uint64_t *size_bytes,
    uint32_t *sector_bytes, struct rmn_error *error)
{
	struct vmdk *vmdk = calloc(1, sizeof(*vmdk));
	enum rmn_status status;

	(void)sector_bytes;
	if (vmdk)
		vmdk->io = rmn_bfio_new(rmn_image_file(files, 0), 1, &vmdk->is_strict);
	if (!vmdk || !vmdk->io || libvmdk_handle_initialize(&vmdk->handle, NULL) != 1)
		status = rmn_fail(error, RMN_NOMEM, "%s: out of memory", files->names[0]);
	else
		status = handle_open(vmdk, files, size_bytes, error);
	if (status != RMN_OK) {
		if (vmdk)
			vmdk_close(vmdk);
		return status;
	}
	vmdk->is_strict = true;
	*state = vmdk;
	return RMN_OK;
}

static enum rmn_status
vmdk_read(void *state, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	struct vmdk *vmdk = state;
	ssize_t n = libvmdk_handle_read_buffer_at_offset(vmdk->handle, buffer, size,
	    (off64_t)offset, NULL);

	if (n < 0)
		return rmn_fail(error, RMN_IO, "cannot read at byte %llu",
		    (unsigned long long)offset);
	*got = rmn_min_size((size_t)n, size);
	return RMN_OK;
}

const struct rmn_image_container rmn_container_vmdk = {
	.name = "vmdk",
	.title = "VMDK image",
	.extensions = ".vmdk",
	.claim = vmdk_claim,
	.open = vmdk_open,
	.close = vmdk_close,
	.read = vmdk_read,
};
