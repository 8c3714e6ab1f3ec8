/* SPDX-License-Identifier: MIT
 *
 * Text on its way from a reader to the detector.  It is searched in pieces that end at a line, and
 * each piece sees the last line of the one before, because a label may stand there. */
#include "examine/private.h"

#include <string.h>

#include "base/checked.h"
#include "base/utf8.h"
#include "charset/charset.h"

#define PIECE_BYTES ((size_t)1 << 20)
#define CONTEXT_BYTES ((size_t)256)
/* Properties without a place of their own: cameras, programs, captions. */
#define OTHER_PROPERTIES_BYTES ((size_t)64 << 10)

static void
text_detect(struct node *n, struct rmn_bytes bytes, size_t skip, size_t tail, uint64_t offset)
{
	struct rmn_examiner *examiner = n->run->examiner;
	struct rmn_detect_input input = {
		.bytes = bytes,
		.offset = offset,
		.skip = skip,
		.tail = tail,
		.encoding = RMN_UTF8,
		.delimiter = n->in_table ? '\t' : 0,
		.is_code = n->is_code,
		.is_header = n->part_kind == RMN_PART_MAIL_HEADER,
	};

	if (!examiner->detector || bytes.size <= skip)
		return;
	n->finding_in_text = true;
	if (rmn_detect(examiner->detector, &input, node_finding, n, NULL) == RMN_NOMEM)
		n->run->fatal = RMN_NOMEM;
}

/* Where the piece may be cut: behind its last line, or somewhere when there is no line. */
static size_t
text_cut(const struct rmn_buf *pending, size_t skip)
{
	const unsigned char *line = memrchr(pending->data + skip, '\n', pending->size - skip);

	if (line)
		return (size_t)(line - pending->data) + 1;
	return pending->size - rmn_min_size(pending->size - skip, OVERLAP_BYTES);
}

/* Searches what is pending; keeps the tail that the next piece needs as context. */
static void
text_flush(struct node *n, bool final)
{
	struct rmn_buf *pending = &n->pending;
	size_t cut = final ? pending->size : text_cut(pending, n->pending_skip);
	size_t keep;

	if (pending->size == 0)
		return;
	text_detect(n, rmn_buf_bytes(pending), n->pending_skip, pending->size - cut,
	    n->pending_offset);
	keep = final ? pending->size : cut - rmn_min_size(cut, CONTEXT_BYTES);
	while (keep < cut && (pending->data[keep] & 0xC0) == 0x80)
		keep++;
	memmove(pending->data, pending->data + keep, pending->size - keep);
	pending->size -= keep;
	n->pending_offset += keep;
	n->pending_skip = cut - keep;
	if (n->run->sink->progress)
		n->run->sink->progress(n->run->sink->context, n->text_bytes);
}

/* Ends the part that was being read. */
static void
text_part_end(struct node *n)
{
	text_flush(n, true);
	n->pending_skip = 0;
	if (n->in_table && n->run->examiner->detector)
		rmn_detect_table_end(n->run->examiner->detector, node_finding, n);
	n->in_table = false;
}

enum rmn_status
node_part(void *context, enum rmn_part_kind kind, struct rmn_bytes name)
{
	struct node *n = context;

	text_part_end(n);
	n->part_kind = kind;
	rmn_buf_clear(&n->part);
	rmn_buf_append_string(&n->part, rmn_part_name(kind));
	if (name.size > 0) {
		rmn_buf_append_char(&n->part, ' ');
		rmn_buf_append(&n->part, rmn_utf8_head(name, 120));
	}
	n->in_table = kind == RMN_PART_SHEET;
	if (n->in_table && n->run->examiner->detector)
		rmn_detect_table_begin(n->run->examiner->detector, '\t');
	return n->run->fatal;
}

static void
text_pass_on(struct node *n, struct rmn_bytes utf8)
{
	const struct rmn_examine_sink *sink = n->run->sink;
	struct rmn_buf *head = &n->head_text;
	size_t limit = HEAD_TEXT_BYTES;

	if (n->part_kind == RMN_PART_HEADER) {
		limit += HEAD_MARGIN_BYTES;
		if (head->size > 0 && head->size < limit && head->data[head->size - 1] != '\n')
			rmn_buf_append_char(head, '\n');
	}
	if (head->size < limit)
		rmn_buf_append(head, rmn_utf8_head(utf8, limit - head->size));
	if (sink->text)
		sink->text(sink->context, n->member, n->part_kind, rmn_buf_bytes(&n->part), utf8);
}

enum rmn_status
node_text(void *context, struct rmn_bytes utf8)
{
	struct node *n = context;

	if (n->text_bytes + utf8.size > RMN_LIMIT_TEXT_BYTES) {
		node_unexamined(n, "limit", RMN_LIMIT, "more text than is read of one item");
		return RMN_LIMIT;
	}
	text_pass_on(n, utf8);
	n->text_bytes += utf8.size;
	if (!n->run->examiner->detector)
		return n->run->fatal;
	rmn_buf_append(&n->pending, utf8);
	if (n->pending.failed)
		n->run->fatal = RMN_NOMEM;
	else if (n->pending.size >= PIECE_BYTES + n->pending_skip)
		text_flush(n, false);
	return n->run->fatal;
}

/* The start of the item's own text, decoded for the classification and for whoever prints text. */
static void
text_decode_head(struct node *n, uint64_t offset, uint64_t size_bytes, enum rmn_encoding encoding)
{
	const struct rmn_examine_sink *sink = n->run->sink;
	uint64_t wanted = sink->text ? size_bytes : rmn_min_u64(size_bytes, HEAD_TEXT_BYTES);
	unsigned char *raw = n->run->examiner->window;
	struct rmn_buf utf8;
	size_t got;

	rmn_buf_init(&utf8, 0);
	while (wanted > 0) {
		size_t size = (size_t)rmn_min_u64(wanted, WINDOW_BYTES);

		if (rmn_blob_read(n->content, offset, raw, size, &got, NULL) != RMN_OK || got == 0)
			break;
		rmn_buf_clear(&utf8);
		rmn_charset_decode((struct rmn_bytes){raw, got}, encoding, &utf8, NULL);
		text_pass_on(n, rmn_buf_bytes(&utf8));
		offset += got;
		wanted -= rmn_min_u64(got, wanted);
	}
	rmn_buf_release(&utf8);
}

enum rmn_status
node_raw_text(void *context, uint64_t offset, uint64_t size_bytes, enum rmn_encoding encoding,
    char delimiter)
{
	struct node *n = context;

	text_part_end(n);
	if (encoding != RMN_ENCODING_UNKNOWN) {
		if (n->head_text.size < HEAD_TEXT_BYTES || n->run->sink->text)
			text_decode_head(n, offset, size_bytes, encoding);
		n->text_bytes += size_bytes;
	}
	node_search_range(n, offset, size_bytes, encoding, delimiter, false);
	return n->run->fatal;
}

enum rmn_status
node_property(void *context, enum rmn_property property, struct rmn_bytes name,
    struct rmn_bytes value)
{
	struct node *n = context;
	const struct rmn_examine_sink *sink = n->run->sink;

	if (property == RMN_PROPERTY_OTHER && n->property[property].size < OTHER_PROPERTIES_BYTES) {
		/* all of them, one a line, for the search alone */
		rmn_buf_append(&n->property[property], name);
		rmn_buf_append_string(&n->property[property], ": ");
		rmn_buf_append(&n->property[property], rmn_utf8_head(value, 4096));
		rmn_buf_append_char(&n->property[property], '\n');
	} else if ((unsigned)property < RMN_PROPERTY_COUNT && n->property[property].size == 0) {
		rmn_buf_append(&n->property[property], rmn_utf8_head(value, 1024));
	}
	if (sink->property)
		sink->property(sink->context, n->member, property, name, value);
	return RMN_OK;
}

enum rmn_status
node_named(void *context, const struct rmn_named *named)
{
	struct node *n = context;
	const struct rmn_examine_sink *sink = n->run->sink;

	if (sink->named)
		sink->named(sink->context, n->member, named);
	return RMN_OK;
}

void
node_text_end(struct node *n)
{
	static const enum rmn_property searched[] = {RMN_PROPERTY_TITLE, RMN_PROPERTY_SUBJECT,
	    RMN_PROPERTY_AUTHOR, RMN_PROPERTY_LAST_AUTHOR, RMN_PROPERTY_COMPANY,
	    RMN_PROPERTY_KEYWORDS, RMN_PROPERTY_MANAGER, RMN_PROPERTY_OTHER};

	text_part_end(n);
	for (size_t i = 0; i < sizeof(searched) / sizeof(searched[0]); i++) {
		rmn_buf_clear(&n->part);
		rmn_buf_printf(&n->part, "property %s", rmn_property_name(searched[i]));
		text_detect(n, rmn_buf_bytes(&n->property[searched[i]]), 0, 0, 0);
	}
	rmn_buf_clear(&n->part);
}

void
node_search_name(struct node *n)
{
	rmn_buf_clear(&n->part);
	rmn_buf_append_string(&n->part, "name");
	n->part_kind = RMN_PART_BODY;
	text_detect(n, n->name, 0, 0, 0);
	rmn_buf_clear(&n->part);
}
