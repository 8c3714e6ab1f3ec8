/* SPDX-License-Identifier: MIT */
#include "format/member_bytes.h"

#include <string.h>

#include "base/checked.h"
#include "base/time.h"

static enum rmn_status
bytes_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	struct rmn_bytes *left = state;

	(void)error;
	*got = rmn_min_size(size, left->size);
	if (*got == 0)
		return RMN_END;
	memcpy(buffer, left->data, *got);
	*left = rmn_bytes_after(*left, *got);
	return RMN_OK;
}

struct rmn_member_reader
rmn_member_bytes_reader(struct rmn_bytes *left)
{
	return (struct rmn_member_reader){bytes_read, left};
}

bool
rmn_member_bytes_give(struct rmn_text *text, struct rmn_bytes name, struct rmn_bytes bytes)
{
	struct rmn_member member = {.name = name, .size_bytes = bytes.size,
	    .modified = RMN_TIME_UNKNOWN, .created = RMN_TIME_UNKNOWN};
	struct rmn_member_reader reader = rmn_member_bytes_reader(&bytes);

	if (rmn_text_flush(text) == RMN_OK)
		text->status = rmn_sink_member(text->sink, &member, &reader);
	return text->status == RMN_OK;
}
