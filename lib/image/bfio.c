/* SPDX-License-Identifier: MIT */
#include "image/bfio.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "image/container.h"

struct io {
	struct rmn_blob file;
	off64_t position;
	size64_t size;
	bool is_open;
	const bool *is_strict;	/* borrowed */
};

static int
io_free(intptr_t **handle, libbfio_error_t **error)
{
	(void)error;
	free(*handle);
	*handle = NULL;
	return 1;
}

static int
io_clone(intptr_t **copy, intptr_t *handle, libbfio_error_t **error)
{
	const struct io *from = (const struct io *)handle;
	struct io *io = malloc(sizeof(*io));

	(void)error;
	if (!io)
		return -1;
	*io = (struct io){from->file, 0, from->size, false, from->is_strict};
	*copy = (intptr_t *)io;
	return 1;
}

static int
io_open(intptr_t *handle, int access_flags, libbfio_error_t **error)
{
	struct io *io = (struct io *)handle;

	(void)error;
	if (access_flags & LIBBFIO_ACCESS_FLAG_WRITE)
		return -1;
	io->is_open = true;
	io->position = 0;
	return 1;
}

static int
io_close(intptr_t *handle, libbfio_error_t **error)
{
	(void)error;
	((struct io *)handle)->is_open = false;
	return 0;
}

static ssize_t
io_read(intptr_t *handle, uint8_t *buffer, size_t size, libbfio_error_t **error)
{
	struct io *io = (struct io *)handle;
	size_t got;

	(void)error;
	if (rmn_blob_read(&io->file, (uint64_t)io->position, buffer, size, &got, NULL) != RMN_OK ||
	    (got < size && *io->is_strict))
		return -1;
	io->position += (off64_t)got;
	return (ssize_t)got;
}

static ssize_t
io_write(intptr_t *handle, const uint8_t *buffer, size_t size, libbfio_error_t **error)
{
	(void)handle;
	(void)buffer;
	(void)size;
	(void)error;
	return -1;
}

static off64_t
io_seek(intptr_t *handle, off64_t offset, int whence, libbfio_error_t **error)
{
	struct io *io = (struct io *)handle;
	off64_t base = whence == SEEK_CUR ? io->position : whence == SEEK_END ?
	    (off64_t)io->size : 0;
	off64_t target;

	(void)error;
	if (__builtin_add_overflow(base, offset, &target) || target < 0)
		return -1;
	io->position = target;
	return target;
}

static int
io_exists(intptr_t *handle, libbfio_error_t **error)
{
	(void)handle;
	(void)error;
	return 1;
}

static int
io_is_open(intptr_t *handle, libbfio_error_t **error)
{
	(void)error;
	return ((struct io *)handle)->is_open;
}

static int
io_get_size(intptr_t *handle, size64_t *size, libbfio_error_t **error)
{
	(void)error;
	*size = ((struct io *)handle)->size;
	return 1;
}

libbfio_handle_t *
rmn_bfio_new(struct rmn_blob file, uint64_t size_multiple, const bool *is_strict)
{
	struct io *io = calloc(1, sizeof(*io));
	libbfio_handle_t *handle = NULL;

	if (!io)
		return NULL;
	*io = (struct io){file, 0, file.size_bytes, false, is_strict};
	io->size = (io->size + size_multiple - 1) & ~(size_multiple - 1);
	if (libbfio_handle_initialize(&handle, (intptr_t *)io, io_free, io_clone, io_open,
	    io_close, io_read, io_write, io_seek, io_exists, io_is_open, io_get_size,
	    LIBBFIO_FLAG_IO_HANDLE_MANAGED | LIBBFIO_FLAG_IO_HANDLE_CLONE_BY_FUNCTION, NULL) != 1) {
		free(io);
		return NULL;
	}
	return handle;
}

void
rmn_bfio_free(libbfio_handle_t *handle)
{
	if (handle)
		libbfio_handle_free(&handle, NULL);
}
