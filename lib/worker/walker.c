/* SPDX-License-Identifier: MIT
 *
 * The walker: the walk of recover/recover.h, sent as messages. */
#include <time.h>

#include "base/checked.h"
#include "worker/child.h"
#include "worker/message.h"

/* What was found does not wait longer for more to be sent with: workers may have nothing else to do. */
#define SEND_MS 10

struct walker {
	struct rmn_channel *channel;
	time_t last_sign;
	int64_t sent_ms;
};

static enum rmn_status
send_due(struct walker *w)
{
	struct timespec now;
	int64_t ms;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	if (ms - w->sent_ms < SEND_MS)
		return RMN_OK;
	w->sent_ms = ms;
	return rmn_channel_flush(w->channel);
}

static enum rmn_status
walker_volume(void *context, const struct rmn_volume *volume)
{
	struct rmn_channel *channel = ((struct walker *)context)->channel;

	enum rmn_status status;

	rmn_put_volume(rmn_channel_begin(channel, RMN_MESSAGE_VOLUME), volume);
	status = rmn_channel_end(channel);
	/* The supervisor must know in which volume a file-system reader died. */
	return status == RMN_OK ? rmn_channel_flush(channel) : status;
}

static enum rmn_status
walker_item(void *context, const struct rmn_walk_item *item)
{
	struct rmn_channel *channel = ((struct walker *)context)->channel;
	enum rmn_status status;

	rmn_put_item(rmn_channel_begin(channel, RMN_MESSAGE_ITEM), item);
	status = rmn_channel_end(channel);
	for (size_t i = 0; i < item->extent_count && status == RMN_OK; i += RMN_MESSAGE_EXTENTS_MAX) {
		rmn_put_extents(rmn_channel_begin(channel, RMN_MESSAGE_ITEM_EXTENTS), item->extents + i,
		    rmn_min_size(item->extent_count - i, RMN_MESSAGE_EXTENTS_MAX));
		status = rmn_channel_end(channel);
	}
	return status == RMN_OK ? send_due(context) : status;
}

static enum rmn_status
walker_space(void *context, uint32_t volume, uint64_t window_offset,
    const struct rmn_space_run *runs, size_t count)
{
	struct rmn_channel *channel = ((struct walker *)context)->channel;
	uint64_t numbers[3] = {volume, window_offset, count};
	enum rmn_status status;

	rmn_put_numbers(rmn_channel_begin(channel, RMN_MESSAGE_SPACE), numbers, 3);
	status = rmn_channel_end(channel);
	for (size_t i = 0; i < count && status == RMN_OK; i += RMN_MESSAGE_EXTENTS_MAX) {
		rmn_put_runs(rmn_channel_begin(channel, RMN_MESSAGE_SPACE_RUNS), runs + i,
		    rmn_min_size(count - i, RMN_MESSAGE_EXTENTS_MAX));
		status = rmn_channel_end(channel);
	}
	return status;
}

static enum rmn_status
walker_ledger(void *context, uint32_t volume, uint64_t content_bytes, uint64_t metadata_bytes)
{
	struct rmn_channel *channel = ((struct walker *)context)->channel;
	uint64_t numbers[3] = {volume, content_bytes, metadata_bytes};

	rmn_put_numbers(rmn_channel_begin(channel, RMN_MESSAGE_LEDGER), numbers, 3);
	return rmn_channel_end(channel);
}

static enum rmn_status
walker_unexamined(void *context, uint32_t volume, const char *stage, const char *reason)
{
	struct rmn_channel *channel = ((struct walker *)context)->channel;
	struct rmn_note_message m = {volume, rmn_bytes_from_string(stage),
	    rmn_bytes_from_string(reason)};

	rmn_put_note(rmn_channel_begin(channel, RMN_MESSAGE_WALK_UNEXAMINED), &m);
	return rmn_channel_end(channel);
}

static void
walker_opening(void *context, uint64_t start_byte, uint32_t volume)
{
	struct rmn_channel *channel = ((struct walker *)context)->channel;
	uint64_t numbers[2] = {start_byte, volume};

	rmn_put_numbers(rmn_channel_begin(channel, RMN_MESSAGE_OPENING), numbers, 2);
	rmn_channel_end(channel);
	rmn_channel_flush(channel);
}

static void
walker_stage(void *context, unsigned stage, const char *name)
{
	struct rmn_channel *channel = ((struct walker *)context)->channel;
	struct rmn_note_message m = {stage, {NULL, 0}, rmn_bytes_from_string(name)};

	rmn_put_note(rmn_channel_begin(channel, RMN_MESSAGE_STAGE), &m);
	rmn_channel_end(channel);
	rmn_channel_flush(channel);
}

static void
walker_note(void *context, const char *text)
{
	struct rmn_channel *channel = ((struct walker *)context)->channel;
	struct rmn_note_message m = {0, {NULL, 0}, rmn_bytes_from_string(text)};

	rmn_put_note(rmn_channel_begin(channel, RMN_MESSAGE_NOTE), &m);
	rmn_channel_end(channel);
	rmn_channel_flush(channel);
}

static enum rmn_status
walker_recovered(void *context, uint64_t content_bytes, uint64_t carved_bytes)
{
	struct rmn_channel *channel = ((struct walker *)context)->channel;
	uint64_t numbers[2] = {content_bytes, carved_bytes};

	rmn_put_numbers(rmn_channel_begin(channel, RMN_MESSAGE_RECOVERED), numbers, 2);
	return rmn_channel_end(channel);
}

/* Sends what waits; a sign of life about once a second. */
static void
walker_progress(void *context, uint64_t done)
{
	struct walker *w = context;
	struct timespec now;

	send_due(w);
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	if (now.tv_sec == w->last_sign)
		return;
	w->last_sign = now.tv_sec;
	rmn_put_numbers(rmn_channel_begin(w->channel, RMN_MESSAGE_WALKING), &done, 1);
	rmn_channel_end(w->channel);
	rmn_channel_flush(w->channel);
}

static void
walker_image(struct rmn_channel *channel, const struct rmn_image *image)
{
	struct rmn_buf *frame = rmn_channel_begin(channel, RMN_MESSAGE_IMAGE);
	struct rmn_note_message m = {rmn_image_sector_bytes(image), {NULL, 0},
	    rmn_bytes_from_string(rmn_image_format(image))};

	rmn_buf_le64(frame, rmn_image_size(image));
	rmn_put_note(frame, &m);
	rmn_channel_end(channel);
	rmn_channel_flush(channel);
}

int
rmn_walker_main(const struct rmn_child_plan *plan, const struct rmn_image_files *files,
    struct rmn_channel *channel)
{
	struct walker walker = {.channel = channel};
	struct rmn_recover_options options = {&plan->walk, plan->catalogue_only};
	struct rmn_walk_sink sink = {
		.context = &walker,
		.volume = walker_volume,
		.item = walker_item,
		.space = walker_space,
		.ledger = walker_ledger,
		.unexamined = walker_unexamined,
		.opening = walker_opening,
		.progress = walker_progress,
		.stage = walker_stage,
		.note = walker_note,
		.recovered = walker_recovered,
	};
	struct rmn_image *image = NULL;
	struct rmn_error error = {0};
	enum rmn_status status = rmn_image_open(files, &image, &error);

	if (status != RMN_OK)
		return rmn_child_fail(channel, &error);
	walker_image(channel, image);
	status = rmn_recover_image(image, &options, &sink, &error);
	if (status != RMN_OK && status != RMN_PARTIAL)
		return rmn_child_fail(channel, &error);
	rmn_channel_begin(channel, RMN_MESSAGE_WALK_END);
	rmn_channel_end(channel);
	rmn_channel_flush(channel);
	rmn_image_close(image);
	return 0;
}
