/* SPDX-License-Identifier: MIT */
#include "format/word/lh5.h"

#include "base/time.h"
#include "unpack/lzh.h"

static enum rmn_status
member_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	enum rmn_status status = rmn_lzh_read(state, buffer, size, got);

	return status == RMN_CORRUPT ? rmn_fail(error, status, "damaged data") : status;
}

static struct rmn_lzh *
stream_open(struct rmn_blob *blob, uint64_t size_bytes)
{
	struct rmn_lzh *lzh = rmn_lzh_new();

	if (lzh && rmn_lzh_start(lzh, rmn_bytes_from_string("-lh5-"), blob, 0, blob->size_bytes,
	    size_bytes) == RMN_OK)
		return lzh;
	rmn_lzh_free(lzh);
	return NULL;
}

enum rmn_status
rmn_lh5_member(struct rmn_bytes packed, uint64_t size_bytes, struct rmn_bytes name,
    const struct rmn_sink *sink)
{
	struct rmn_blob blob = rmn_blob_from_bytes(packed);
	struct rmn_member member = {.name = name, .size_bytes = size_bytes,
	    .modified = RMN_TIME_UNKNOWN, .created = RMN_TIME_UNKNOWN};
	struct rmn_lzh *lzh = stream_open(&blob, size_bytes);
	struct rmn_member_reader reader = {member_read, lzh};
	enum rmn_status status;

	if (!lzh)
		return RMN_NOMEM;
	status = rmn_sink_member(sink, &member, &reader);
	rmn_lzh_free(lzh);
	return status;
}

enum rmn_status
rmn_lh5_bytes(struct rmn_bytes packed, uint64_t size_bytes, uint64_t limit_bytes,
    struct rmn_arena *arena, struct rmn_bytes *bytes)
{
	struct rmn_blob blob = rmn_blob_from_bytes(packed);
	enum rmn_status status = RMN_OK;
	unsigned char *memory;
	struct rmn_lzh *lzh;
	size_t used = 0, got;

	*bytes = (struct rmn_bytes){NULL, 0};
	if (size_bytes > limit_bytes)
		return RMN_LIMIT;
	memory = rmn_arena_take(arena, (size_t)size_bytes + 1);
	lzh = memory ? stream_open(&blob, size_bytes) : NULL;
	if (!lzh)
		return RMN_LIMIT;
	while (status == RMN_OK && used < size_bytes) {
		got = 0;
		status = rmn_lzh_read(lzh, memory + used, (size_t)size_bytes - used, &got);
		used += got;
	}
	rmn_lzh_free(lzh);
	*bytes = (struct rmn_bytes){memory, used};
	return used == size_bytes ? RMN_OK : RMN_PARTIAL;
}
