/* SPDX-License-Identifier: MIT
 *
 * .fseventsd: what happened to the files of a Mac's volume, by path.  The file is gzip; inside are pages:
 * "1SLD" (with a node number behind each event: "2SLD", and four bytes more: "3SLD"), four bytes, the
 * length of the page, then events: path from the volume's root and NUL, number, flags. */
#include "base/cursor.h"
#include "base/limits.h"
#include "base/time.h"
#include "format/format.h"
#include "format/text.h"

#define PAGE_HEAD_BYTES 12u
#define EVENT_FILE 0x00800000u		/* it is about a file, not a folder */

static unsigned
page_version(struct rmn_bytes page)
{
	if (page.size < PAGE_HEAD_BYTES || page.data[0] < '1' || page.data[0] > '3' ||
	    !rmn_bytes_start_with(rmn_bytes_after(page, 1), "SLD"))
		return 0;
	return page.data[0] - '0';
}

static unsigned
fsevents_claim(const struct rmn_format_input *input)
{
	return page_version(input->head) ? 36 : 0;
}

/* One event; false when the page ends within it. */
static bool
event_read(struct rmn_cursor *c, unsigned version, struct rmn_bytes *path, uint32_t *flags)
{
	static const unsigned behind[] = {0, 0, 8, 12};
	struct rmn_cursor from = *c;
	uint64_t number;
	uint8_t byte = 1;
	size_t size = 0;

	while (byte != 0) {
		if (!rmn_cursor_u8(c, &byte))
			return false;
		size += byte != 0;
	}
	return rmn_cursor_take(&from, size, path) && rmn_cursor_le64(c, &number) &&
	    rmn_cursor_le32(c, flags) && rmn_cursor_skip(c, behind[version]);
}

static enum rmn_status
page_read(struct rmn_cursor *c, unsigned version, struct rmn_text *text)
{
	struct rmn_named named = {.size_bytes = UINT64_MAX, .created = RMN_TIME_UNKNOWN,
	    .modified = RMN_TIME_UNKNOWN};
	enum rmn_status status = RMN_OK;
	uint32_t flags;

	while (rmn_cursor_left(c) > 0 && status == RMN_OK && text->status == RMN_OK) {
		if (!event_read(c, version, &named.path, &flags))
			return RMN_PARTIAL;
		rmn_text_put(text, named.path);
		rmn_text_newline(text);
		if (flags & EVENT_FILE)
			status = rmn_sink_named(text->sink, &named);
	}
	return status == RMN_OK ? text->status : status;
}

static enum rmn_status
fsevents_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_bytes bytes;
	enum rmn_status whole = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES,
	    input->arena, &bytes, error), status = RMN_OK;
	struct rmn_text text;

	if (whole != RMN_OK && whole != RMN_PARTIAL)
		return whole;
	rmn_text_init(&text, sink, input->arena, error);
	rmn_text_part(&text, RMN_PART_BODY, rmn_bytes_from_string(""));
	while (bytes.size > 0 && status == RMN_OK) {
		unsigned version = page_version(bytes);
		struct rmn_cursor c = rmn_cursor_over(rmn_bytes_after(bytes, 8));
		uint32_t size = 0;

		rmn_cursor_le32(&c, &size);
		if (version == 0 || size < PAGE_HEAD_BYTES || size > bytes.size)
			whole = RMN_PARTIAL;
		if (version == 0)
			break;
		if (size < PAGE_HEAD_BYTES || size > bytes.size)
			size = (uint32_t)bytes.size;
		c = rmn_cursor_over(rmn_bytes_after(rmn_bytes_head(bytes, size), PAGE_HEAD_BYTES));
		status = page_read(&c, version, &text);
		if (status == RMN_PARTIAL) {	/* the next page stands where this one says */
			whole = status;
			status = RMN_OK;
		}
		bytes = rmn_bytes_after(bytes, size);
	}
	if (rmn_text_flush(&text) != RMN_OK && status == RMN_OK)
		status = text.status;
	if (status == RMN_OK && whole == RMN_PARTIAL)
		status = RMN_PARTIAL;
	return status == RMN_PARTIAL ? rmn_fail(error, RMN_PARTIAL,
	    "events are missing at the end of a page") : status;
}

const struct rmn_format rmn_format_fsevents = {
	.name = "fsevents", .title = "Log of file events (macOS)",
	.media_type = "application/x-fsevents", .kind = RMN_KIND_OTHER,
	.claim = fsevents_claim, .read = fsevents_read,
};
