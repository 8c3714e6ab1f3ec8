/* SPDX-License-Identifier: MIT
 *
 * QEMU's copy-on-write images through libqcow. */
#define LIBQCOW_HAVE_BFIO 1
#include <libqcow.h>
#include <stdlib.h>

#include "base/checked.h"
#include "image/bfio.h"
#include "image/container.h"

#define CLUSTER_BYTES_MAX (2u << 20)

struct qcow2 {
	libqcow_file_t *file;
	libbfio_handle_t *io;
	bool is_strict;		/* from the end of open on */
};

static bool
qcow2_claim(const struct rmn_image_ends *ends)
{
	return rmn_bytes_start_with(ends->head, "QFI\xfb");
}

static void
qcow2_close(void *state)
{
	struct qcow2 *qcow = state;

	if (qcow->file) {
		libqcow_file_close(qcow->file, NULL);
		libqcow_file_free(&qcow->file, NULL);
	}
	rmn_bfio_free(qcow->io);
	free(qcow);
}

static enum rmn_status
qcow2_check(struct qcow2 *qcow, const char *name, uint64_t *size_bytes, struct rmn_error *error)
{
	size_t backing = 0;
	size64_t size = 0;
	uint32_t method = 0;

	if (libqcow_file_get_media_size(qcow->file, &size, NULL) != 1)
		return rmn_fail(error, RMN_CORRUPT, "%s: its size is unreadable", name);
	if (libqcow_file_get_encryption_method(qcow->file, &method, NULL) == 1 && method != 0)
		return rmn_fail(error, RMN_ENCRYPTED, "%s is encrypted", name);
	if (libqcow_file_get_utf8_backing_filename_size(qcow->file, &backing, NULL) == 1 &&
	    backing > 1)
		return rmn_fail(error, RMN_UNSUPPORTED,
		    "%s holds only the changes to another image; join the two first "
		    "(qemu-img convert)", name);
	*size_bytes = size;
	return RMN_OK;
}

static enum rmn_status
qcow2_open(const struct rmn_image_files *files, void **state, uint64_t *size_bytes,
    uint32_t *sector_bytes, struct rmn_error *error)
{
	struct qcow2 *qcow = calloc(1, sizeof(*qcow));
	enum rmn_status status;

	(void)sector_bytes;
	if (qcow)
		qcow->io = rmn_bfio_new(rmn_image_file(files, 0), CLUSTER_BYTES_MAX, &qcow->is_strict);
	if (!qcow || !qcow->io || libqcow_file_initialize(&qcow->file, NULL) != 1) {
		if (qcow)
			qcow2_close(qcow);
		return rmn_fail(error, RMN_NOMEM, "%s: out of memory", files->names[0]);
	}
	if (libqcow_file_open_file_io_handle(qcow->file, qcow->io, LIBQCOW_OPEN_READ, NULL) != 1)
		status = rmn_fail(error, RMN_CORRUPT,
		    "%s: the structure of this QCOW image is damaged or of a kind that is not read",
		    files->names[0]);
	else
		status = qcow2_check(qcow, files->names[0], size_bytes, error);
	if (status != RMN_OK) {
		qcow2_close(qcow);
		return status;
	}
	qcow->is_strict = true;
	*state = qcow;
	return RMN_OK;
}

static enum rmn_status
qcow2_read(void *state, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	struct qcow2 *qcow = state;
	ssize_t n = libqcow_file_read_buffer_at_offset(qcow->file, buffer, size, (off64_t)offset,
	    NULL);

	if (n < 0)
		return rmn_fail(error, RMN_IO, "cannot read at byte %llu",
		    (unsigned long long)offset);
	*got = rmn_min_size((size_t)n, size);
	return RMN_OK;
}

const struct rmn_image_container rmn_container_qcow2 = {
	.name = "qcow2",
	.title = "QCOW image",
	.extensions = ".qcow .qcow2",
	.claim = qcow2_claim,
	.open = qcow2_open,
	.close = qcow2_close,
	.read = qcow2_read,
};
