/* SPDX-License-Identifier: MIT */
#include "base/blob.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/checked.h"

static enum rmn_status
memory_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	(void)error;
	memcpy(buffer, blob->memory.data + offset, size);
	*got = size;
	return RMN_OK;
}

static const struct rmn_blob_ops memory_ops = {.read = memory_read};

struct rmn_blob
rmn_blob_from_bytes(struct rmn_bytes bytes)
{
	return (struct rmn_blob){&memory_ops, bytes.size, NULL, bytes};
}

static enum rmn_status
fd_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	int fd = (int)(intptr_t)blob->state;

	for (*got = 0; *got < size;) {
		ssize_t n = pread(fd, (unsigned char *)buffer + *got, size - *got,
		    (off_t)(offset + *got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return rmn_fail(error, RMN_IO, "cannot read at %llu: %s",
			    (unsigned long long)(offset + *got), strerror(errno));
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return RMN_OK;
}

static const struct rmn_blob_ops fd_ops = {.read = fd_read};

struct rmn_blob
rmn_blob_from_fd(int fd, uint64_t size_bytes)
{
	return (struct rmn_blob){&fd_ops, size_bytes, (void *)(intptr_t)fd, {NULL, 0}};
}

static enum rmn_status
slice_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	const struct rmn_blob_slice *slice = blob->state;

	return rmn_blob_read(slice->of, slice->offset + offset, buffer, size, got, error);
}

static const struct rmn_blob_ops slice_ops = {.read = slice_read};

struct rmn_blob
rmn_blob_from_slice(struct rmn_blob_slice *slice, uint64_t size_bytes)
{
	struct rmn_bytes memory = slice->of->memory;

	if (memory.data && slice->offset <= memory.size)
		return rmn_blob_from_bytes(rmn_bytes_head(
		    rmn_bytes_after(memory, (size_t)slice->offset), (size_t)size_bytes));
	return (struct rmn_blob){&slice_ops, size_bytes, slice, {NULL, 0}};
}

enum rmn_status
rmn_blob_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	*got = 0;
	if (offset >= blob->size_bytes || size == 0)
		return RMN_OK;
	size = (size_t)rmn_min_u64(size, blob->size_bytes - offset);
	return blob->ops->read(blob, offset, buffer, size, got, error);
}

enum rmn_status
rmn_blob_bytes(struct rmn_blob *blob, uint64_t limit_bytes, struct rmn_arena *arena,
    struct rmn_bytes *bytes, struct rmn_error *error)
{
	enum rmn_status status;
	size_t size, got;
	unsigned char *data;

	if (blob->size_bytes > limit_bytes || !rmn_size_from_u64(blob->size_bytes, &size))
		return rmn_fail(error, RMN_LIMIT, "%llu bytes are more than the %llu that are held in memory",
		    (unsigned long long)blob->size_bytes, (unsigned long long)limit_bytes);
	if (blob->memory.data || size == 0) {
		*bytes = (struct rmn_bytes){blob->memory.data, size};
		return RMN_OK;
	}
	data = rmn_arena_take(arena, size);
	if (!data)
		return rmn_fail(error, RMN_NOMEM, "out of memory for %zu bytes", size);
	status = rmn_blob_read(blob, 0, data, size, &got, error);
	*bytes = (struct rmn_bytes){data, size};
	if (status == RMN_OK && got == size)
		return RMN_OK;
	memset(data + got, 0, size - got);
	return rmn_fail(error, RMN_PARTIAL, "only %zu of %zu bytes could be read", got, size);
}

struct rmn_bytes
rmn_blob_join(struct rmn_blob *blob, const struct rmn_blob_piece *pieces, size_t count)
{
	struct rmn_bytes memory = blob->memory;

	if (count == 1 && memory.data && pieces->offset <= memory.size &&
	    pieces->size <= memory.size - pieces->offset)
		return (struct rmn_bytes){memory.data + pieces->offset, pieces->size};
	if (count < 2 || !blob->ops->join)
		return (struct rmn_bytes){NULL, 0};
	return blob->ops->join(blob, pieces, count);
}
