/* SPDX-License-Identifier: MIT */
#include "pdf_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "format/pdf/pdf_protocol.h"

#define SEND_FROM_BYTES (64u << 10)
#define LINES_MAX (1u << 20)

void
pdf_out_init(struct pdf_out *out, void (*send)(void *context), void *context)
{
	*out = (struct pdf_out){.send = send, .context = context};
	rmn_buf_init(&out->message, 0);
	rmn_buf_init(&out->mended, 0);
}

void
pdf_out_release(struct pdf_out *out)
{
	rmn_buf_release(&out->message);
	rmn_buf_release(&out->mended);
	free(out->lines);
}

void
pdf_out_restart(struct pdf_out *out)
{
	out->text_bytes = 0;
	out->is_cut = out->part_waits = out->keeps_lines = out->lines_failed = false;
	out->version = 0;
	free(out->lines);
	out->lines = NULL;
	out->line_count = out->line_capacity = 0;
}

void
pdf_out_part(struct pdf_out *out, enum rmn_part_kind kind, const char *name)
{
	out->part_waits = true;
	if (out->version == 0) {
		out->kind = kind;
		snprintf(out->part, sizeof(out->part), "%s", name);
		return;
	}
	out->kind = RMN_PART_DELETED;
	snprintf(out->part, sizeof(out->part), "%s %s of version %u", rmn_part_name(kind), name,
	    out->version);
}

static void
say_part(struct pdf_out *out)
{
	if (out->part_waits)
		rmn_pdf_write_part(&out->message, out->kind, out->part);
	out->part_waits = false;
}

void
pdf_out_part_now(struct pdf_out *out)
{
	if (out->version == 0)
		say_part(out);
}

static bool
lines_grow(struct pdf_out *out)
{
	size_t capacity = out->line_capacity ? out->line_capacity * 2 : 1024;
	uint64_t *lines;

	if (out->line_count * 2 < out->line_capacity)
		return true;
	lines = capacity <= 4 * LINES_MAX ? calloc(capacity, sizeof(*lines)) : NULL;
	if (!lines)
		return false;
	for (size_t i = 0; i < out->line_capacity; i++) {
		size_t at = (size_t)out->lines[i] & (capacity - 1);

		if (out->lines[i] == 0)
			continue;
		while (lines[at])
			at = (at + 1) & (capacity - 1);
		lines[at] = out->lines[i];
	}
	free(out->lines);
	out->lines = lines;
	out->line_capacity = capacity;
	return true;
}

/* FNV-1a over everything but white space, and mixed: the lower bits choose the place. */
static uint64_t
line_hash(struct rmn_bytes line)
{
	uint64_t hash = 14695981039346656037u;
	bool is_empty = true;

	for (size_t i = 0; i < line.size; i++) {
		if (line.data[i] == ' ' || line.data[i] == '\t')
			continue;
		hash = (hash ^ line.data[i]) * 1099511628211u;
		is_empty = false;
	}
	hash ^= hash >> 32;
	return is_empty ? 0 : hash ? hash : 1;
}

/* False: the line is empty, or was there before. */
static bool
line_is_new(struct pdf_out *out, struct rmn_bytes line)
{
	uint64_t hash = line_hash(line);
	size_t at;

	if (hash == 0 || out->lines_failed)
		return false;
	if (!lines_grow(out)) {
		out->lines_failed = true;
		return false;
	}
	for (at = (size_t)hash & (out->line_capacity - 1); out->lines[at];
	     at = (at + 1) & (out->line_capacity - 1))
		if (out->lines[at] == hash)
			return false;
	out->lines[at] = hash;
	out->line_count++;
	return true;
}

/* Names of keys and elements are whatever the file has; the other side takes UTF-8 alone.  Borrowed until
 * the next call. */
static struct rmn_bytes
well_formed(struct pdf_out *out, struct rmn_bytes text)
{
	if (rmn_utf8_is_valid(text))
		return text;
	rmn_buf_clear(&out->mended);
	for (size_t at = 0; at < text.size;)
		rmn_buf_append_utf8(&out->mended, rmn_utf8_next(text, &at, NULL));
	return rmn_buf_bytes(&out->mended);
}

static void
put_text(struct pdf_out *out, struct rmn_bytes text)
{
	text = well_formed(out, text);
	if (text.size == 0)
		return;
	if (text.size > RMN_LIMIT_TEXT_BYTES / 2 - out->text_bytes) {
		out->is_cut = true;
		return;
	}
	out->text_bytes += text.size;
	say_part(out);
	rmn_pdf_write_text(&out->message, text);
}

void
pdf_out_text(struct pdf_out *out, struct rmn_bytes lines)
{
	if (out->version == 0)
		put_text(out, lines);
	while (lines.size > 0 && (out->version > 0 || out->keeps_lines)) {
		const unsigned char *end = memchr(lines.data, '\n', lines.size);
		struct rmn_bytes line =
		    rmn_bytes_head(lines, end ? (size_t)(end - lines.data) + 1 : lines.size);
		bool is_new = line_is_new(out, rmn_bytes_head(line, line.size - (end != NULL)));

		if (is_new && out->version > 0)
			put_text(out, line);
		lines = rmn_bytes_after(lines, line.size);
	}
}

void
pdf_out_missing(struct pdf_out *out, enum rmn_status why, const char *format, ...)
{
	char sentence[200];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	rmn_pdf_write_missing(&out->message, why, sentence);
}

void
pdf_out_property(struct pdf_out *out, enum rmn_property property, const char *name,
    struct rmn_bytes value)
{
	char label[64];
	struct rmn_bytes kept = well_formed(out, rmn_bytes_from_string(name));

	kept = rmn_utf8_head(kept, sizeof(label));
	memcpy(label, kept.data, kept.size);
	rmn_pdf_write_property(&out->message, property,
	    (struct rmn_bytes){(unsigned char *)label, kept.size}, well_formed(out, value));
}

void
pdf_out_flush(struct pdf_out *out)
{
	if (out->message.size >= SEND_FROM_BYTES)
		out->send(out->context);
}
