/* SPDX-License-Identifier: MIT
 *
 * The reader: takes a unit and sends its bytes as they are, for files that are written out. */
#include <stdlib.h>

#include "base/checked.h"
#include "worker/child.h"
#include "worker/held_unit.h"

#define PIECE_BYTES ((size_t)256 * 1024)

struct reader {
	struct rmn_channel *channel;
	struct rmn_content content;
	struct rmn_held_unit held;
	unsigned char *piece;
};

/* Ends an answer: how it went, and how many bytes were zeros for want of better. */
static enum rmn_status
answer_end(struct reader *r, enum rmn_status status)
{
	uint64_t numbers[2] = {(uint64_t)-(int64_t)status, rmn_content_bad_bytes(&r->content)};
	enum rmn_status sent;

	rmn_put_numbers(rmn_channel_begin(r->channel, RMN_MESSAGE_DATA_END), numbers, 2);
	sent = rmn_channel_end(r->channel);
	return sent == RMN_OK ? rmn_channel_flush(r->channel) : sent;
}

static enum rmn_status
answer(struct reader *r)
{
	struct rmn_content_place place = rmn_held_unit_place(&r->held);
	enum rmn_status status, sent = RMN_OK;
	struct rmn_blob blob;

	status = rmn_content_open(&r->content, &place, &blob, NULL);
	if (status != RMN_OK)
		return answer_end(r, status);
	for (uint64_t at = 0; at < place.size_bytes && status == RMN_OK && sent == RMN_OK;) {
		size_t got = 0;

		status = rmn_blob_read(&blob, at, r->piece,
		    (size_t)rmn_min_u64(PIECE_BYTES, place.size_bytes - at), &got, NULL);
		if (got == 0)
			break;
		rmn_buf_append_data(rmn_channel_begin(r->channel, RMN_MESSAGE_DATA), r->piece, got);
		sent = rmn_channel_end(r->channel);
		at += got;
	}
	if (sent == RMN_OK)
		sent = answer_end(r, status);
	rmn_content_close(&r->content, &blob);
	return sent;
}

int
rmn_reader_main(const struct rmn_child_plan *plan, const struct rmn_image_files *files,
    struct rmn_channel *channel)
{
	struct reader r = {.channel = channel, .piece = malloc(PIECE_BYTES)};
	struct rmn_error error = {0};
	enum rmn_status status = r.piece ? RMN_OK : rmn_fail(&error, RMN_NOMEM, "out of memory");
	struct rmn_bytes payload;
	uint32_t type;

	(void)plan;
	if (status == RMN_OK)
		status = rmn_image_open(files, &r.content.image, &error);
	if (status != RMN_OK)
		return rmn_child_fail(channel, &error);
	while (status == RMN_OK && rmn_channel_wait(channel, &type, &payload) == RMN_OK) {
		if (type == RMN_MESSAGE_GO)
			status = answer(&r);
		else if (!rmn_held_unit_take(&r.held, type, payload))
			return 1;
	}
	return 0;
}
