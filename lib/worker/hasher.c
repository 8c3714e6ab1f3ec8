/* SPDX-License-Identifier: MIT
 *
 * The hasher reads the whole source once, in order, and is the only process that must: what the
 * workers read beside it comes from the page cache that it fills. */
#include <stdlib.h>

#include "base/checked.h"
#include "base/limits.h"
#include "worker/child.h"
#include "worker/message.h"

/* Small enough to stay in the second-level cache between reading and hashing. */
#define PIECE_BYTES ((size_t)256 * 1024)
#define REPORT_BYTES (32 * RMN_MIB)

static void
hasher_send(struct rmn_channel *channel, uint32_t type, const uint64_t *numbers, size_t count)
{
	rmn_put_numbers(rmn_channel_begin(channel, type), numbers, count);
	rmn_channel_end(channel);
}

static void
hasher_bad(void *context, uint64_t offset, uint64_t size_bytes)
{
	uint64_t range[2] = {offset, size_bytes};

	hasher_send(context, RMN_MESSAGE_BAD_RANGE, range, 2);
}

static enum rmn_status
hasher_read(struct rmn_image *image, struct rmn_sha256 *hash, struct rmn_channel *channel,
    struct rmn_error *error)
{
	uint64_t size = rmn_image_size(image), next_report = REPORT_BYTES;
	unsigned char *piece = malloc(PIECE_BYTES);
	enum rmn_status status = RMN_OK;

	if (!piece)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	for (uint64_t at = 0; at < size && status == RMN_OK;) {
		size_t got = 0;

		status = rmn_image_read_around(image, at, piece, PIECE_BYTES, &got, hasher_bad,
		    channel, error);
		if (status == RMN_PARTIAL)	/* bad sectors, hashed as zeros and reported */
			status = RMN_OK;
		if (status == RMN_OK && got == 0)
			status = rmn_fail(error, RMN_IO, "the source ends at %llu of %llu bytes",
			    (unsigned long long)at, (unsigned long long)size);
		rmn_sha256_update(hash, piece, got);
		at += got;
		if (at >= next_report) {
			hasher_send(channel, RMN_MESSAGE_HASHED_BYTES, &at, 1);
			rmn_channel_flush(channel);
			next_report = at + REPORT_BYTES;
		}
	}
	free(piece);
	return status;
}

int
rmn_hasher_main(const struct rmn_child_plan *plan, const struct rmn_image_files *files,
    struct rmn_channel *channel)
{
	unsigned char digest[RMN_SHA256_BYTES];
	struct rmn_error error = {0};
	struct rmn_sha256 *hash = rmn_sha256_new();
	struct rmn_image *image = NULL;
	enum rmn_status status = hash ? RMN_OK : rmn_fail(&error, RMN_NOMEM, "out of memory");

	(void)plan;
	if (status == RMN_OK)
		status = rmn_image_open(files, &image, &error);
	if (status == RMN_OK)
		status = hasher_read(image, hash, channel, &error);
	if (status != RMN_OK)
		return rmn_child_fail(channel, &error);
	rmn_sha256_finish(hash, digest);
	rmn_buf_append_data(rmn_channel_begin(channel, RMN_MESSAGE_HASH), digest, sizeof(digest));
	rmn_channel_end(channel);
	rmn_channel_flush(channel);
	rmn_image_close(image);
	rmn_sha256_free(hash);
	return 0;
}
