/* SPDX-License-Identifier: MIT
 *
 * Plain text, and what is plain text with a name: tables (CSV, TSV), JSON.  The text is the item's own
 * bytes, passed as runs of one encoding; only ISO-2022-JP, whose bytes mean nothing without their
 * escapes, is decoded.
 *
 * Encodings are decided for each block of 64 KiB, cut at a line end, because logs and
 * concatenated exports hold several. */
#include <string.h>
#include <strings.h>

#include "base/checked.h"
#include "base/limits.h"
#include "charset/charset.h"
#include "format/sheet/delimiter.h"
#include "format/format.h"
#include "format/text.h"

#define BLOCK_BYTES ((size_t)64 << 10)
#define PIECE_BYTES ((size_t)2 << 10)

struct plain {
	const struct rmn_format_input *input;
	const struct rmn_sink *sink;
	struct rmn_error *error;
	struct rmn_text text;		/* of ISO-2022-JP */
	unsigned char *memory;		/* of a block that is not in memory */
	char delimiter;
	uint64_t run_start;		/* of the run that has not been passed on yet */
	uint64_t run_end;
	enum rmn_encoding run_encoding;
	bool has_binary;
};

static bool
is_utf16(enum rmn_encoding encoding)
{
	return encoding == RMN_UTF16LE || encoding == RMN_UTF16BE;
}

static struct rmn_charset_guess
head_guess(const struct rmn_format_input *input)
{
	struct rmn_head_guess *kept = input->guess;

	if (!kept)
		return rmn_charset_guess(input->head);
	if (!kept->is_known) {
		kept->guess = rmn_charset_guess(input->head);
		kept->is_known = true;
	}
	return kept->guess;
}

/* The delimiter of the head, decoded first where ASCII is not ASCII. */
static char
head_delimiter(struct rmn_bytes head, enum rmn_encoding encoding)
{
	struct rmn_buf utf8;
	char delimiter;

	if (!is_utf16(encoding) && encoding != RMN_ISO_2022_JP)
		return rmn_delimiter_find(head);
	rmn_buf_init(&utf8, 0);
	rmn_charset_decode(head, encoding, &utf8, NULL);
	delimiter = rmn_delimiter_find(rmn_buf_bytes(&utf8));
	rmn_buf_release(&utf8);
	return delimiter;
}

static enum rmn_status
run_give(struct plain *p)
{
	uint64_t size = p->run_end - p->run_start;

	if (size == 0 || !p->sink->raw_text)
		return RMN_OK;
	return p->sink->raw_text(p->sink->context, p->run_start, size, p->run_encoding,
	    p->delimiter);
}

/* ASCII belongs to whatever stands beside it. */
static bool
run_accepts(struct plain *p, enum rmn_encoding encoding)
{
	if (p->run_start == p->run_end ||
	    (p->run_encoding == RMN_ASCII && encoding != RMN_ENCODING_UNKNOWN)) {
		p->run_encoding = encoding;
		return true;
	}
	return encoding == p->run_encoding ||
	    (encoding == RMN_ASCII && p->run_encoding != RMN_ENCODING_UNKNOWN);
}

static enum rmn_status
run_extend(struct plain *p, uint64_t offset, size_t size, enum rmn_encoding encoding)
{
	enum rmn_status status = RMN_OK;

	if (p->run_end != offset || !run_accepts(p, encoding)) {
		status = run_give(p);
		p->run_start = offset;
		p->run_encoding = encoding;
	}
	p->run_end = offset + size;
	return status;
}

static enum rmn_status
block_decode(struct plain *p, struct rmn_bytes block)
{
	enum rmn_status status = run_give(p);
	struct rmn_buf utf8;

	p->run_start = p->run_end;
	if (status != RMN_OK)
		return status;
	rmn_buf_init(&utf8, 0);
	rmn_charset_decode(block, RMN_ISO_2022_JP, &utf8, NULL);
	rmn_text_put(&p->text, rmn_buf_bytes(&utf8));
	status = utf8.failed ? rmn_fail(p->error, RMN_NOMEM, "out of memory") : p->text.status;
	rmn_buf_release(&utf8);
	return status;
}

static enum rmn_status
block_read(struct plain *p, uint64_t offset, struct rmn_bytes *block)
{
	struct rmn_blob *content = p->input->content;
	enum rmn_status status;
	size_t got;

	if (content->memory.data) {
		*block = rmn_bytes_head(rmn_bytes_after(content->memory, (size_t)offset),
		    BLOCK_BYTES);
		return RMN_OK;
	}
	status = rmn_blob_read(content, offset, p->memory, BLOCK_BYTES, &got, p->error);
	*block = (struct rmn_bytes){p->memory, got};
	return status;
}

/* Up to the last line end, so that no character is cut; all of it when it has none. */
static struct rmn_bytes
whole_lines(struct rmn_bytes block, size_t full_bytes)
{
	const unsigned char *end;

	if (block.size < full_bytes)
		return block;
	end = memrchr(block.data, '\n', block.size);
	if (end)
		block.size = (size_t)(end - block.data) + 1;
	return block;
}

static enum rmn_encoding
encoding_of(struct plain *p, uint64_t offset, struct rmn_bytes bytes)
{
	bool is_head = offset == 0 && bytes.size == p->input->head.size;
	struct rmn_charset_guess guess = is_head ? head_guess(p->input) :
	    rmn_charset_guess(bytes);

	return guess.is_text ? guess.encoding : RMN_ENCODING_UNKNOWN;
}

static enum rmn_status
piece_take(struct plain *p, uint64_t offset, struct rmn_bytes block, enum rmn_encoding encoding)
{
	if (encoding == RMN_ISO_2022_JP) {
		enum rmn_status status = block_decode(p, block);

		p->run_start = p->run_end = offset + block.size;
		return status;
	}
	if (encoding == RMN_ENCODING_UNKNOWN)
		p->has_binary = true;
	return run_extend(p, offset, block.size, encoding);
}

/* What a part of a block is in: its own encoding where bytes can prove one, else the block's. */
static enum rmn_encoding
piece_encoding(struct plain *p, uint64_t offset, struct rmn_bytes piece,
    enum rmn_encoding of_block)
{
	enum rmn_encoding own;

	if (of_block == RMN_ENCODING_UNKNOWN)
		return encoding_of(p, offset, piece);
	own = rmn_charset_strict(piece);
	return own == RMN_UTF8 || own == RMN_ISO_2022_JP ? own : of_block;
}

/* UTF-8 and ASCII are strict: a block that is one of them is nothing else.  The others may hide
 * lines of another encoding, and so are looked at again in small pieces. */
static enum rmn_status
block_take(struct plain *p, uint64_t offset, struct rmn_bytes block)
{
	enum rmn_encoding encoding = encoding_of(p, offset, block);
	enum rmn_status status = RMN_OK;

	if (encoding == RMN_UTF8 || encoding == RMN_ASCII || block.size <= PIECE_BYTES)
		return piece_take(p, offset, block, encoding);
	while (block.size > 0 && status == RMN_OK) {
		struct rmn_bytes piece = whole_lines(rmn_bytes_head(block, PIECE_BYTES),
		    PIECE_BYTES);

		status = piece_take(p, offset, piece,
		    piece_encoding(p, offset, piece, encoding));
		offset += piece.size;
		block = rmn_bytes_after(block, piece.size);
	}
	return status;
}

static enum rmn_status
blocks_take(struct plain *p)
{
	uint64_t offset = 0, size = p->input->content->size_bytes;
	struct rmn_bytes block;
	enum rmn_status status;

	while (offset < size) {
		status = block_read(p, offset, &block);
		if (status != RMN_OK)
			return status;
		if (block.size == 0)
			break;
		block = whole_lines(block, BLOCK_BYTES);
		status = block_take(p, offset, block);
		if (status != RMN_OK)
			return status;
		offset += block.size;
	}
	return run_give(p);
}

static enum rmn_status
plain_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct plain p = {.input = input, .sink = sink, .error = error};
	struct rmn_charset_guess guess = head_guess(input);
	enum rmn_status status;

	p.memory = rmn_arena_alloc(input->arena, input->content->memory.data ? 1 : BLOCK_BYTES, 1);
	rmn_text_init(&p.text, sink, input->arena, error);
	if (!p.memory || p.text.status != RMN_OK)
		return rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
	rmn_text_part(&p.text, RMN_PART_BODY, (struct rmn_bytes){NULL, 0});
	p.delimiter = head_delimiter(input->head, guess.encoding);
	if (is_utf16(guess.encoding)) {
		/* two bytes a character: blocks could not be cut at line ends */
		p.run_start = guess.bom_bytes;
		p.run_end = input->content->size_bytes;
		p.run_encoding = guess.encoding;
		return run_give(&p);
	}
	p.run_start = p.run_end = 0;
	status = blocks_take(&p);
	if (status == RMN_OK)
		status = rmn_text_flush(&p.text);
	if (status == RMN_OK && p.has_binary)
		return rmn_fail(error, RMN_PARTIAL, "some of the text is in no known encoding");
	return status;
}

static bool
name_ends(struct rmn_bytes name, const char *ending)
{
	size_t size = strlen(ending);

	return name.size > size &&
	    strncasecmp((const char *)name.data + name.size - size, ending, size) == 0;
}

/* What is surely something else, so that the statistics need not run over it. */
static bool
is_binary(struct rmn_bytes head)
{
	static const char *const magics[] = {
		"PK\3\4", "\xD0\xCF\x11\xE0", "\xFF\xD8\xFF", "\x89PNG", "%PDF-", "GIF8",
		"\x1F\x8B", "SQLite", "MZ\x90", "\177ELF", "RIFF", "7z\xBC\xAF", "Rar!",
	};

	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (rmn_bytes_start_with(head, magics[i]))
			return true;
	return false;
}

/* 8 for anything that reads as text, 2 more when the name agrees. */
static unsigned
text_bits(const struct rmn_format_input *input, const char *const *endings)
{
	if (input->head.size == 0 || is_binary(input->head))
		return 0;
	if (input->head.data[0] == '<')
		return 4;	/* markup claims more; the statistics can wait */
	if (!head_guess(input).is_text)
		return 0;
	for (size_t i = 0; endings[i]; i++)
		if (name_ends(input->name, endings[i]))
			return 10;
	return 8;
}

static unsigned
text_claim(const struct rmn_format_input *input)
{
	static const char *const endings[] = {".txt", ".log", ".md", ".text", NULL};

	return text_bits(input, endings);
}

static unsigned
csv_claim(const struct rmn_format_input *input)
{
	static const char *const endings[] = {".csv", ".tsv", ".tab", NULL};
	bool is_wide = input->head.size >= 2 && (input->head.data[0] >= 0xFE ||
	    input->head.data[1] == 0);
	unsigned bits;

	if (input->head.size == 0 || input->head.data[0] == '<' || is_binary(input->head))
		return 0;
	if (!is_wide && !rmn_delimiter_find(input->head))
		return 0;
	bits = text_bits(input, endings);
	if (bits == 0)
		return 0;
	if (is_wide && !head_delimiter(input->head, head_guess(input).encoding))
		return 0;
	return bits + 4;
}

static unsigned
json_claim(const struct rmn_format_input *input)
{
	static const char *const endings[] = {".json", ".jsonl", ".ndjson", ".geojson", NULL};
	size_t at = 0;

	while (at < input->head.size && input->head.data[at] <= ' ')
		at++;
	if (at == input->head.size || !strchr("{[", input->head.data[at]))
		return 0;
	for (size_t i = 0; endings[i]; i++)
		if (name_ends(input->name, endings[i]))
			return text_bits(input, endings) + 8;
	return 0;
}

#define PLAIN(id, said, media, claims) \
	const struct rmn_format rmn_format_##id = { \
		.name = #id, .title = said, .media_type = media, .kind = RMN_KIND_TEXT, \
		.is_all_text = true, \
		.claim = claims, .read = plain_read, \
	}

PLAIN(csv, "Table (CSV, TSV)", "text/csv", csv_claim);
PLAIN(json, "JSON", "application/json", json_claim);
PLAIN(text, "Plain text", "text/plain", text_claim);
