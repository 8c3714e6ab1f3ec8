/* SPDX-License-Identifier: MIT
 *
 * Ichitaro 4 to 6 (.jsw, .jaw, .jbw, .juw): CP932 with control codes from offset 2,052.  What is known
 * of the codes comes from public readers and was met in no real file here, so that the text is
 * always called partial. */
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/number.h"
#include "charset/charset.h"
#include "format/format.h"
#include "format/text_runs.h"

#define SIZE_AT 0x800u
#define TEXT_AT 0x804u
#define VERSION_AT 43u
#define CHECK_AT 0x3Cu
#define CHECK 0x22028919u
#define CODE_LINE 0xFEu		/* and a letter: kinds of line ends and breaks */
#define CODE_RULE 0xFDu		/* and a piece of a ruled line */
#define CODE_RECORD 0x1Fu	/* kind, length */

static unsigned
ichitaro_claim(const struct rmn_format_input *input)
{
	struct rmn_cursor c = rmn_cursor_over(input->head);
	uint8_t version;
	uint32_t check;

	if (!rmn_bytes_start_with(input->head, "DOC") || !rmn_cursor_seek(&c, VERSION_AT) ||
	    !rmn_cursor_u8(&c, &version) || version < 0x14 || version > 0x16)
		return 0;
	return rmn_cursor_seek(&c, CHECK_AT) && rmn_cursor_le32(&c, &check) && check == CHECK ?
	    64 : 32;
}

/* How many bytes the code at the start covers; 0: it is text. */
static size_t
code_bytes(struct rmn_bytes at)
{
	unsigned char c = at.data[0];

	if (c == CODE_RECORD)
		return at.size > 2 && at.data[2] > 3 ? at.data[2] : 3;
	if (c == 0x11 || c == 0x12 || c == 0x1C)
		return 3;
	if (c == CODE_LINE || c == CODE_RULE)
		return 2;
	return (c < 0x20 && c != '\t') || c == 0x7F || c == 0x80 || c == 0xA0 || c == 0xFF;
}

static bool
is_line_end(struct rmn_bytes at)
{
	unsigned char c = at.data[0];

	return c == '\r' || c == '\n' || c == 0x0C ||
	    (c == CODE_LINE && at.size > 1 && at.data[1] >= 'A' && at.data[1] <= 'K');
}

static void
text_give(struct rmn_text *text, struct rmn_bytes bytes, struct rmn_buf *utf8)
{
	while (bytes.size > 0 && text->status == RMN_OK) {
		size_t size = 0, code = code_bytes(bytes);

		if (code > 0) {
			if (is_line_end(bytes))
				rmn_text_newline(text);
			bytes = rmn_bytes_after(bytes, code);
			continue;
		}
		while (size < bytes.size && code_bytes(rmn_bytes_after(bytes, size)) == 0) {
			unsigned char c = bytes.data[size];
			bool is_double = (c >= 0x81 && c < 0xA0) || c >= 0xE0;

			size += is_double && size + 1 < bytes.size ? 2 : 1;
		}
		rmn_buf_clear(utf8);
		rmn_charset_decode(rmn_bytes_head(bytes, size), RMN_CP932, utf8, NULL);
		rmn_text_put(text, rmn_buf_bytes(utf8));
		bytes = rmn_bytes_after(bytes, size);
	}
	rmn_text_newline(text);
}

static enum rmn_status
ichitaro_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_text_runs runs;
	struct rmn_bytes bytes, body;
	struct rmn_text text;
	struct rmn_buf utf8;
	enum rmn_status status;
	uint32_t size;

	rmn_text_init(&text, sink, input->arena, error);
	rmn_text_runs_init(&runs, &text, input->arena);
	if (text.status != RMN_OK)
		return text.status;
	status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES, input->arena, &bytes,
	    error);
	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	body = rmn_bytes_after(bytes, TEXT_AT);
	size = body.size > 0 ? rmn_le32(bytes.data + SIZE_AT) : 0;
	body = rmn_bytes_head(body, size > 0 ? size : body.size);
	rmn_text_part(&text, RMN_PART_BODY, rmn_bytes_from_string(""));
	rmn_buf_init(&utf8, 0);
	text_give(&text, body, &utf8);
	if (utf8.failed && text.status == RMN_OK)
		text.status = rmn_fail(error, RMN_NOMEM, "out of memory");
	rmn_buf_release(&utf8);
	rmn_text_part(&text, RMN_PART_BODY, rmn_bytes_from_string("other text"));
	rmn_text_runs_put(&runs, rmn_bytes_head(bytes, SIZE_AT));
	rmn_text_runs_put(&runs, rmn_bytes_after(bytes, TEXT_AT + body.size));
	if (rmn_text_flush(&text) != RMN_OK)
		return text.status;
	return rmn_fail(error, RMN_PARTIAL,
	    "structure of this format is not published: text by its control codes");
}

const struct rmn_format rmn_format_ichitaro = {
	.name = "ichitaro",
	.title = "Ichitaro 4-6 document",
	.media_type = "application/x-ichitaro",
	.kind = RMN_KIND_DOCUMENT,
	.claim = ichitaro_claim,
	.read = ichitaro_read,
};
