/* SPDX-License-Identifier: MIT */
#include "unpack/feed.h"

#include <archive.h>
#include <errno.h>
#include <stdlib.h>

#include "base/checked.h"

#define FEED_BLOCK_BYTES (256u * 1024)

enum rmn_status
rmn_unpack_feed_init(struct rmn_unpack_feed *feed, struct rmn_blob *content,
    struct rmn_error *error)
{
	*feed = (struct rmn_unpack_feed){.content = content, .status = RMN_OK};
	if (content->memory.data)
		return RMN_OK;
	feed->buffer = malloc(FEED_BLOCK_BYTES);
	if (!feed->buffer)
		return rmn_fail(error, RMN_NOMEM, "out of memory for a read buffer");
	return RMN_OK;
}

void
rmn_unpack_feed_release(struct rmn_unpack_feed *feed)
{
	free(feed->buffer);
}

void
rmn_unpack_feed_rewind(struct rmn_unpack_feed *feed)
{
	feed->offset = 0;
}

/* What is in memory is handed out whole, without a copy. */
static la_ssize_t
feed_memory(struct rmn_unpack_feed *feed, const void **block)
{
	struct rmn_bytes rest = rmn_bytes_after(feed->content->memory, (size_t)feed->offset);

	*block = rest.data;
	feed->offset += rest.size;
	return (la_ssize_t)rest.size;
}

static la_ssize_t
feed_read(struct archive *a, void *state, const void **block)
{
	struct rmn_unpack_feed *feed = state;
	enum rmn_status status;
	size_t got;

	if (feed->content->memory.data)
		return feed_memory(feed, block);
	*block = feed->buffer;
	status = rmn_blob_read(feed->content, feed->offset, feed->buffer, FEED_BLOCK_BYTES, &got,
	    &feed->error);
	feed->offset += got;
	if (status != RMN_OK && got == 0) {
		feed->status = status;
		archive_set_error(a, EIO, "the medium cannot be read");
		return ARCHIVE_FATAL;
	}
	return (la_ssize_t)got;
}

static la_int64_t
feed_skip(struct archive *a, void *state, la_int64_t request)
{
	struct rmn_unpack_feed *feed = state;
	uint64_t step;

	(void)a;
	if (request <= 0 || feed->offset >= feed->content->size_bytes)
		return 0;
	step = rmn_min_u64((uint64_t)request, feed->content->size_bytes - feed->offset);
	feed->offset += step;
	return (la_int64_t)step;
}

static la_int64_t
feed_seek(struct archive *a, void *state, la_int64_t offset, int whence)
{
	struct rmn_unpack_feed *feed = state;
	int64_t base = whence == SEEK_SET ? 0 :
	    whence == SEEK_CUR ? (int64_t)feed->offset : (int64_t)feed->content->size_bytes;
	int64_t target;

	if (__builtin_add_overflow(base, offset, &target) || target < 0) {
		archive_set_error(a, EINVAL, "seek outside the archive");
		return ARCHIVE_FATAL;
	}
	feed->offset = rmn_min_u64((uint64_t)target, feed->content->size_bytes);
	return (la_int64_t)feed->offset;
}

void
rmn_unpack_feed_attach(struct rmn_unpack_feed *feed, struct archive *a)
{
	archive_read_set_callback_data(a, feed);
	archive_read_set_read_callback(a, feed_read);
	archive_read_set_skip_callback(a, feed_skip);
	archive_read_set_seek_callback(a, feed_seek);
}
