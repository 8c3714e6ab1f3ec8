/* SPDX-License-Identifier: MIT
 *
 * Mailboxes of Outlook Express 4 (.mbx): messages one behind the other, each with its number and sizes
 * before it.  A message whose mark is another was deleted. */
#include <stdio.h>

#include "base/checked.h"
#include "base/number.h"
#include "base/time.h"
#include "format/format.h"

#define FIRST_MESSAGE 0x54u
#define FILE_BYTES_AT 16u
#define HEADER_BYTES 16u
#define MARK 0x7F007F00u

struct message {
	struct rmn_blob *content;
	uint64_t offset, left;
};

static enum rmn_status
message_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	struct message *m = state;
	enum rmn_status status;

	*got = 0;
	if (m->left == 0)
		return RMN_END;
	status = rmn_blob_read(m->content, m->offset, buffer, (size_t)rmn_min_u64(size, m->left), got,
	    error);
	m->offset += *got;
	m->left -= *got;
	return *got > 0 ? RMN_OK : status != RMN_OK ? status :
	    rmn_fail(error, RMN_CORRUPT, "the message is cut short");
}

static enum rmn_status
message_pass(const struct rmn_sink *sink, struct rmn_blob *content, uint64_t at, uint32_t text_bytes,
    bool is_deleted, unsigned long number)
{
	struct message m = {content, at + HEADER_BYTES, text_bytes};
	struct rmn_member_reader reader = {message_read, &m};
	struct rmn_member member = {.size_bytes = text_bytes, .modified = RMN_TIME_UNKNOWN,
	    .created = RMN_TIME_UNKNOWN, .has_offset = true, .container_offset = at};
	char name[48];

	snprintf(name, sizeof(name), "%s-%06lu.eml", is_deleted ? "deleted" : "message", number);
	member.name = rmn_bytes_from_string(name);
	return rmn_sink_member(sink, &member, &reader);
}

static enum rmn_status
oe4_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	uint64_t at = FIRST_MESSAGE, size = input->content->size_bytes;
	enum rmn_status status = RMN_OK;
	unsigned char h[HEADER_BYTES];
	unsigned long count = 0;
	bool is_damaged = input->head.size < FIRST_MESSAGE ||
	    rmn_le32(input->head.data + FILE_BYTES_AT) > size;
	size_t got;

	while (status == RMN_OK && at < size) {
		uint32_t total, text;

		if (rmn_blob_read(input->content, at, h, sizeof(h), &got, NULL) != RMN_OK ||
		    got < sizeof(h)) {
			is_damaged = true;
			break;
		}
		total = rmn_le32(h + 8);
		text = rmn_le32(h + 12);
		if (total < HEADER_BYTES || text > total - HEADER_BYTES || total > size - at) {
			is_damaged = true;	/* a lost message: the next mark is looked for */
			at += 4;
			continue;
		}
		status = message_pass(sink, input->content, at, text, rmn_le32(h) != MARK, ++count);
		at += total;
	}
	return status == RMN_OK && is_damaged ?
	    rmn_fail(error, RMN_PARTIAL, "the mailbox is damaged") : status;
}

static unsigned
oe4_claim(const struct rmn_format_input *input)
{
	return rmn_bytes_start_with(input->head, "JMF6") ? 32 : 0;
}

const struct rmn_format rmn_format_oe4 = {
	.name = "oe4",
	.title = "Outlook Express 4 mailbox",
	.media_type = "application/x-outlook-express-4",
	.kind = RMN_KIND_CONTAINER,
	.claim = oe4_claim,
	.read = oe4_read,
};
