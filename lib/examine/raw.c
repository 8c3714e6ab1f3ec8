/* SPDX-License-Identifier: MIT
 *
 * The item's own bytes, searched as they are.  Small items are in memory and searched at once;
 * large ones pass through a window that overlaps its neighbours. */
#include "examine/private.h"

#include "base/checked.h"

void
node_finding(void *context, const struct rmn_finding *finding)
{
	struct node *n = context;
	const struct rmn_examine_sink *sink = n->run->sink;

	if (sink->finding)
		sink->finding(sink->context, n->member, finding, n->finding_in_text,
		    rmn_buf_bytes(&n->part));
}

static void
raw_detect(struct node *n, const struct rmn_detect_input *input)
{
	struct rmn_examiner *examiner = n->run->examiner;

	if (!examiner->detector || n->is_searched_inside || input->bytes.size <= input->skip)
		return;
	n->finding_in_text = false;
	if (rmn_detect(examiner->detector, input, node_finding, n, NULL) == RMN_NOMEM)
		n->run->fatal = RMN_NOMEM;
}

static void
raw_progress(struct node *n, uint64_t bytes)
{
	if (n->run->sink->progress)
		n->run->sink->progress(n->run->sink->context, bytes);
}

/* Reads up to size bytes of the range [from, end) and says what the medium did not give. */
static size_t
raw_read(struct node *n, uint64_t from, uint64_t end, unsigned char *buffer, size_t size)
{
	struct rmn_error error = {0};
	size_t got;

	size = (size_t)rmn_min_u64(size, end - from);
	if (rmn_blob_read(n->content, from, buffer, size, &got, &error) != RMN_OK || got < size) {
		const char *why = error.status ? error.text : "fewer bytes than the size says";

		node_unexamined(n, "read", RMN_IO, why);
		node_lacks(n, why);
		n->unread = true;
	}
	return got;
}

static void
raw_search_windows(struct node *n, uint64_t begin, uint64_t end, struct rmn_detect_input *input,
    bool hash)
{
	struct rmn_examiner *examiner = n->run->examiner;
	uint64_t at = begin;

	while (at < end && n->run->fatal == RMN_OK) {
		uint64_t from = at - rmn_min_u64(at - begin, OVERLAP_BYTES);
		size_t wanted = WINDOW_BYTES + 2 * OVERLAP_BYTES;
		size_t got = raw_read(n, from, end, examiner->window, wanted);
		uint64_t next = rmn_min_u64(at + WINDOW_BYTES, end);

		if (from + got < next)
			next = from + got;	/* the medium ended here */
		if (next <= at)
			break;
		if (hash)
			rmn_sha256_update(examiner->sha256, examiner->window + (at - from),
			    (size_t)(next - at));
		input->bytes = (struct rmn_bytes){examiner->window, got};
		input->offset = from;
		input->skip = (size_t)(at - from);
		input->tail = (size_t)(from + got - next);
		raw_detect(n, input);
		raw_progress(n, next);
		at = next;
	}
}

void
node_search_range(struct node *n, uint64_t offset, uint64_t size_bytes,
    enum rmn_encoding encoding, char delimiter, bool hash)
{
	struct rmn_detect_input input = {
		.encoding = encoding,
		.delimiter = delimiter,
		.is_code = n->is_code,
	};
	struct rmn_detector *detector = n->run->examiner->detector;

	if (offset > n->content->size_bytes)
		return;
	size_bytes = rmn_min_u64(size_bytes, n->content->size_bytes - offset);
	if (detector && delimiter)
		rmn_detect_table_begin(detector, delimiter);
	if (n->content->memory.data) {
		input.bytes = rmn_bytes_head(
		    rmn_bytes_after(n->content->memory, (size_t)offset), (size_t)size_bytes);
		input.offset = offset;
		raw_detect(n, &input);
		raw_progress(n, offset + size_bytes);
	} else {
		raw_search_windows(n, offset, offset + size_bytes, &input, hash);
	}
	if (detector && delimiter) {
		n->finding_in_text = false;
		rmn_detect_table_end(detector, node_finding, n);
	}
}

void
node_search_raw(struct node *n)
{
	bool hash = n->run->examiner->options.hash_items && !n->has_sha256;

	if (n->searched)
		return;
	n->searched = true;
	node_search_range(n, 0, n->content->size_bytes, RMN_ENCODING_UNKNOWN, 0, hash);
	if (hash) {
		rmn_sha256_finish(n->run->examiner->sha256, n->sha256);
		n->has_sha256 = !n->unread;
	}
}
