/* SPDX-License-Identifier: MIT
 *
 * WordPerfect documents (.wpd of 5.0 to X9): behind a header the text, in which bytes from 80h on are codes of one
 * byte, of a known length, or with their length in them.  Always partial: headers, footers and notes lie in packets
 * in front of the text and come out as runs, and of the program's own characters only the common ones are known. */
#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "format/format.h"
#include "format/text_runs.h"

#define MAGIC "\xFFWPC"
#define VERSION_AT 10u
#define SIX 2u			/* the major version of 6 and later; 5 has 0 */

struct document {
	struct rmn_text *text;
	bool is_six;
};

/* Lengths of codes C0h to CFh (5) and F0h to FFh (6 and later), 0 where none is known. */
static const uint8_t five_bytes[16] = {4, 9, 11, 3, 3, 5, 6, 7};
static const uint8_t six_bytes[16] = {4, 5, 3, 3, 3, 3, 4, 4, 4, 5, 5, 6, 6, 8, 8};

/* Character set 1 from 26 on; set 4, the typographic one, in part. */
static const uint16_t multinational[] = {
	0xC1, 0xE1, 0xC2, 0xE2, 0xC4, 0xE4, 0xC0, 0xE0, 0xC5, 0xE5, 0xC6, 0xE6, 0xC7, 0xE7, 0xC9, 0xE9, 0xCA,
	0xEA, 0xCB, 0xEB, 0xC8, 0xE8, 0xCD, 0xED, 0xCE, 0xEE, 0xCF, 0xEF, 0xCC, 0xEC, 0xD1, 0xF1, 0xD3, 0xF3,
	0xD4, 0xF4, 0xD6, 0xF6, 0xD2, 0xF2, 0xDA, 0xFA, 0xDB, 0xFB, 0xDC, 0xFC, 0xD9, 0xF9, 0x178, 0xFF, 0xC3,
	0xE3,
};
static const struct {
	uint8_t set, character;
	uint16_t code_point;
} others[] = {
	{1, 23, 0xDF}, {4, 28, 0x2019}, {4, 29, 0x2018}, {4, 31, 0x201D}, {4, 32, 0x201C}, {4, 33, 0x2013},
	{4, 34, 0x2014},
};

static void
point_put(struct document *d, uint32_t point)
{
	struct rmn_buf utf8;

	rmn_buf_init(&utf8, 0);
	rmn_buf_append_utf8(&utf8, point);
	rmn_text_put(d->text, rmn_buf_bytes(&utf8));
	rmn_buf_release(&utf8);
}

static void
extended_put(struct document *d, uint8_t character, uint8_t set)
{
	size_t index = (size_t)character - 26;

	if (set == 1 && character >= 26 && index < sizeof(multinational) / sizeof(multinational[0])) {
		point_put(d, multinational[index]);
		return;
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i].set == set && others[i].character == character) {
			point_put(d, others[i].code_point);
			return;
		}
	point_put(d, set == 0 ? character : 0xFFFD);
}

/* The length of the code that bytes start with; it ends with the byte it starts with, or is not believed. */
static size_t
code_size(const struct document *d, struct rmn_bytes bytes)
{
	uint8_t code = bytes.data[0], fixed = d->is_six ? 0xF0 : 0xC0;
	size_t size = 0;

	if (code >= fixed && code < fixed + 16)
		size = d->is_six ? six_bytes[code - fixed] : five_bytes[code - fixed];
	else if (code >= 0xD0 && bytes.size >= 4)
		size = (size_t)(bytes.data[2] | bytes.data[3] << 8) + (d->is_six ? 0 : 4);
	return size >= 2 && size <= bytes.size && bytes.data[size - 1] == code ? size : 1;
}

/* Codes of several bytes that stand for something in the text. */
static void
code_put(struct document *d, struct rmn_bytes code)
{
	uint8_t kind = code.data[1];

	if (code.data[0] == (d->is_six ? 0xF0 : 0xC0) && code.size == 4)
		extended_put(d, code.data[1], code.data[2]);
	else if (d->is_six && code.data[0] == 0xD0 && kind == 0x0A)
		rmn_text_char(d->text, '\t');		/* the next cell */
	else if (d->is_six && code.data[0] == 0xD0 && kind >= 4 && kind != 0x14 && kind != 0x15)
		rmn_text_newline(d->text);
	else if (d->is_six && code.data[0] == 0xD0)
		rmn_text_char(d->text, ' ');
	else if (code.data[0] == (d->is_six ? 0xE0 : 0xC1))
		rmn_text_char(d->text, '\t');
}

static void
byte_put(struct document *d, uint8_t c)
{
	if (c > ' ' && c < 0x7F)
		rmn_text_char(d->text, (char)c);
	else if (d->is_six ? c == 0x80 || c == 0x81 || (c >= 0xCD && c <= 0xCF) : c == ' ' || c == 0x0D || c == 0xA0)
		rmn_text_char(d->text, ' ');
	else if (d->is_six ? c == 0x84 : c == 0xA9)
		rmn_text_char(d->text, '-');
	else if (d->is_six ? c == 0xCC || c == 0x87 || c == 0x99 || (c >= 0xB7 && c <= 0xBC) || c == 0xC7 :
	    c == 0x0A || c == 0x0C || c == 0x99)
		rmn_text_newline(d->text);
	else if (d->is_six && c <= ' ' && c > 0)
		point_put(d, 0xFFFD);
}

static void
text_give(struct document *d, struct rmn_bytes bytes)
{
	while (bytes.size > 0 && d->text->status == RMN_OK) {
		size_t size = code_size(d, bytes);

		if (size > 1)
			code_put(d, rmn_bytes_head(bytes, size));
		else
			byte_put(d, bytes.data[0]);
		bytes = rmn_bytes_after(bytes, size);
	}
	rmn_text_newline(d->text);
}

static enum rmn_status
wordperfect_read(const struct rmn_format_input *input, const struct rmn_sink *sink, struct rmn_error *error)
{
	struct document d = {.is_six = false};
	struct rmn_text_runs runs;
	struct rmn_bytes bytes;
	struct rmn_cursor c;
	struct rmn_text text;
	uint32_t text_at;
	uint16_t key;
	uint8_t major, minor;
	enum rmn_status status;

	rmn_text_init(&text, sink, input->arena, error);
	if (text.status != RMN_OK)
		return text.status;
	status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES, input->arena, &bytes, error);
	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	c = rmn_cursor_over(bytes);
	if (!rmn_cursor_skip(&c, 4) || !rmn_cursor_le32(&c, &text_at) || !rmn_cursor_seek(&c, VERSION_AT) ||
	    !rmn_cursor_u8(&c, &major) || !rmn_cursor_u8(&c, &minor) || !rmn_cursor_le16(&c, &key) ||
	    text_at >= bytes.size)
		return rmn_fail(error, RMN_CORRUPT, "the document's header is damaged");
	if (key != 0)
		return rmn_fail(error, RMN_ENCRYPTED, "the document is protected by a password");
	d.text = &text;
	d.is_six = major >= SIX;
	rmn_text_part(&text, RMN_PART_BODY, rmn_bytes_from_string(""));
	text_give(&d, rmn_bytes_after(bytes, text_at));
	rmn_text_part(&text, RMN_PART_BODY, rmn_bytes_from_string("headers, notes and settings"));
	rmn_text_runs_init(&runs, &text, input->arena);
	if (text.status == RMN_OK)
		rmn_text_runs_put(&runs, rmn_bytes_after(rmn_bytes_head(bytes, text_at), (size_t)VERSION_AT + 6));
	if (rmn_text_flush(&text) != RMN_OK)
		return text.status;
	return rmn_fail(error, RMN_PARTIAL, "headers, footers and notes as runs of text only");
}

static unsigned
wordperfect_claim(const struct rmn_format_input *input)
{
	return rmn_bytes_start_with(input->head, MAGIC) ? 32 : 0;
}

const struct rmn_format rmn_format_wordperfect = {
	.name = "wordperfect",
	.title = "WordPerfect document",
	.media_type = "application/vnd.wordperfect",
	.kind = RMN_KIND_DOCUMENT,
	.claim = wordperfect_claim,
	.read = wordperfect_read,
};
