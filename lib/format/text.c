/* SPDX-License-Identifier: MIT */
#include "format/text.h"

#include <string.h>

#include "base/checked.h"
#include "base/lanes.h"
#include "base/limits.h"
#include "base/time.h"
#include "base/utf8.h"
#include "format/markup/markup.h"

#define VALUE_MAX 4096u	/* of a property: what a report would show */
#define TABS_MAX 64u

void
rmn_text_init(struct rmn_text *text, const struct rmn_sink *sink, struct rmn_arena *arena,
    struct rmn_error *error)
{
	*text = (struct rmn_text){.sink = sink, .error = error, .last = '\n'};
	text->data = rmn_arena_take(arena, RMN_TEXT_PIECE_BYTES);
	if (!text->data)
		text->status = rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
}

/* True when bytes is a sequence that more bytes could complete. */
static bool
is_cut(struct rmn_bytes bytes)
{
	unsigned char lead = bytes.data[0];
	size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;

	if (lead < 0xC2 || lead > 0xF4 || bytes.size >= need)
		return false;
	for (size_t i = 1; i < bytes.size; i++)
		if ((bytes.data[i] & 0xC0) != 0x80)
			return false;
	return true;
}

static void
give(struct rmn_text *text, struct rmn_bytes bytes)
{
	uint64_t left = RMN_LIMIT_TEXT_BYTES - text->given_bytes;
	struct rmn_bytes piece = bytes;

	if (text->status != RMN_OK || bytes.size == 0)
		return;
	if (piece.size > left)
		piece = rmn_utf8_head(bytes, (size_t)left);
	text->given_bytes += piece.size;
	text->status = rmn_sink_text(text->sink, piece);
	if (text->status == RMN_OK && piece.size < bytes.size)
		text->status = rmn_fail(text->error, RMN_LIMIT,
		    "text of more than %llu MiB was cut", RMN_LIMIT_TEXT_BYTES / RMN_MIB);
}

/* Gives what is gathered; a sequence cut by the end stays unless this is the last. */
static void
drain(struct rmn_text *text, bool is_last)
{
	struct rmn_bytes bytes = {text->data, text->used};

	if (text->part_waits && text->used > 0 && text->status == RMN_OK) {
		text->part_waits = false;
		text->status = rmn_sink_part(text->sink, text->part_kind, text->part_name);
	}
	while (bytes.size > 0) {
		size_t good = rmn_utf8_valid_size(bytes);

		give(text, rmn_bytes_head(bytes, good));
		bytes = rmn_bytes_after(bytes, good);
		if (bytes.size == 0 || (!is_last && is_cut(bytes)))
			break;
		give(text, rmn_bytes_from_string("\xEF\xBF\xBD"));
		bytes = rmn_bytes_after(bytes, 1);
	}
	if (bytes.size > 0)
		memmove(text->data, bytes.data, bytes.size);
	text->used = bytes.size;
}

enum rmn_status
rmn_text_flush(struct rmn_text *text)
{
	if (text->status == RMN_OK)
		drain(text, true);
	return text->status;
}

void
rmn_text_part(struct rmn_text *text, enum rmn_part_kind kind, struct rmn_bytes name)
{
	struct rmn_bytes prefix = rmn_utf8_head(text->prefix, sizeof(text->part_name) - 1);

	rmn_text_flush(text);
	if (prefix.size > 0)
		memcpy(text->part_name, prefix.data, prefix.size);
	name = rmn_utf8_head(name, sizeof(text->part_name) - 1 - prefix.size);
	if (name.size > 0)
		memcpy(text->part_name + prefix.size, name.data, name.size);
	text->part_name[prefix.size + name.size] = '\0';
	text->part_kind = kind;
	text->part_waits = true;
	text->last = '\n';
}

void
rmn_text_put(struct rmn_text *text, struct rmn_bytes utf8)
{
	if (text->status != RMN_OK || utf8.size == 0)
		return;
	text->last = utf8.data[utf8.size - 1];
	while (utf8.size > 0 && text->status == RMN_OK) {
		size_t size = rmn_min_size(utf8.size, RMN_TEXT_PIECE_BYTES - text->used);

		memcpy(text->data + text->used, utf8.data, size);
		text->used += size;
		utf8 = rmn_bytes_after(utf8, size);
		if (text->used == RMN_TEXT_PIECE_BYTES)
			drain(text, false);
	}
}

void
rmn_text_char(struct rmn_text *text, char c)
{
	if (text->status != RMN_OK)
		return;
	text->data[text->used++] = (unsigned char)c;
	text->last = (unsigned char)c;
	if (text->used == RMN_TEXT_PIECE_BYTES)
		drain(text, false);
}

void
rmn_text_tabs(struct rmn_text *text, uint64_t *column, uint64_t to)
{
	for (unsigned i = 0; i < TABS_MAX && *column < to; i++, ++*column)
		rmn_text_char(text, '\t');
	if (*column < to)
		*column = to;
}

void
rmn_text_newline(struct rmn_text *text)
{
	if (text->last != '\n')
		rmn_text_char(text, '\n');
}

/* Puts the entity at body.data[at] and returns how many bytes it covers, at least one. */
static size_t
put_entity(struct rmn_text *text, struct rmn_bytes body, size_t at)
{
	unsigned char encoded[4];
	size_t size = 1;
	uint32_t code = rmn_markup_entity(body, at, &size);

	if (code == 0)
		rmn_text_char(text, '&');
	else
		rmn_text_put(text, (struct rmn_bytes){encoded, rmn_utf8_encode(code, encoded)});
	return code == 0 ? 1 : size;
}

void
rmn_text_markup(struct rmn_text *text, struct rmn_bytes body)
{
	while (body.size > 0) {
		const unsigned char *hit = memchr(body.data, '&', body.size);
		size_t plain = hit ? (size_t)(hit - body.data) : body.size;

		rmn_text_put(text, rmn_bytes_head(body, plain));
		body = rmn_bytes_after(body, plain);
		if (hit)
			body = rmn_bytes_after(body, put_entity(text, body, 0));
	}
}

/* How much of body goes into a cell as it is, from at on. */
static size_t
cell_plain_end(struct rmn_bytes body, size_t at)
{
	static const bool is_special[256] = {
		['\n'] = true, ['\r'] = true, ['\t'] = true, ['&'] = true,
	};

	while (body.size - at >= RMN_LANES) {
		rmn_lanes v = rmn_lanes_load(body.data + at);
		unsigned hits = rmn_lanes_bits((v == '&') | (v == '\n') | (v == '\r') | (v == '\t'));

		if (hits != 0)
			return at + (unsigned)__builtin_ctz(hits);
		at += RMN_LANES;
	}
	while (at < body.size && !is_special[body.data[at]])
		at++;
	return at;
}

void
rmn_text_cell(struct rmn_text *text, struct rmn_bytes body)
{
	size_t start = 0, i = 0;

	if (body.size == 0)
		return;
	while ((i = cell_plain_end(body, i)) < body.size) {
		unsigned char c = body.data[i];

		rmn_text_put(text, (struct rmn_bytes){body.data + start, i - start});
		if (c == '&') {
			size_t size = 1;
			uint32_t code = rmn_markup_entity(body, i, &size);

			if (code == '\n' || code == '\r' || code == '\t')
				rmn_text_char(text, ' ');
			else
				size = put_entity(text, body, i);
			i += size;
		} else {
			if (text->last != ' ')
				rmn_text_char(text, ' ');
			i++;
		}
		start = i;
	}
	rmn_text_put(text, rmn_bytes_after(body, start));
}

void
rmn_text_flow(struct rmn_text *text, struct rmn_bytes body)
{
	size_t start = 0, i = 0;

	if (body.size == 0)
		return;
	while (i < body.size) {
		unsigned char c = body.data[i];

		if (c > ' ' && c != '&') {
			i++;
			continue;
		}
		if (c == ' ' && i > start && i + 1 < body.size && body.data[i + 1] > ' ') {
			i++;	/* one space between words stays where it is */
			continue;
		}
		rmn_text_put(text, (struct rmn_bytes){body.data + start, i - start});
		if (c == '&') {
			i += put_entity(text, body, i);
		} else {
			if (text->last != ' ' && text->last != '\n' && text->last != '\t')
				rmn_text_char(text, ' ');
			i++;
		}
		start = i;
	}
	rmn_text_put(text, rmn_bytes_after(body, start));
}

static struct rmn_bytes
without_memory(struct rmn_text *text)
{
	if (text->status == RMN_OK)
		text->status = rmn_fail(text->error, RMN_LIMIT, "item outgrows its memory");
	return (struct rmn_bytes){(const unsigned char *)"", 0};
}

struct rmn_bytes
rmn_text_kept(struct rmn_text *text, struct rmn_arena *arena, struct rmn_bytes bytes)
{
	struct rmn_bytes copy = rmn_arena_copy(arena, bytes);

	return copy.data ? copy : without_memory(text);
}

struct rmn_bytes
rmn_text_decoded(struct rmn_text *text, struct rmn_arena *arena, struct rmn_bytes body)
{
	unsigned char *out;
	size_t used = 0, room;

	/* no entity is shorter than what it stands for, except two of HTML: double is enough */
	if (!rmn_mul_size(body.size, 2, &room) || !rmn_add_size(room, 8, &room))
		return without_memory(text);
	out = rmn_arena_alloc(arena, room, 1);
	if (!out)
		return without_memory(text);
	for (size_t i = 0; i < body.size;) {
		size_t size = 1;
		uint32_t code = body.data[i] == '&' ? rmn_markup_entity(body, i, &size) : 0;

		if (code == 0)
			out[used++] = body.data[i];
		else
			used += rmn_utf8_encode(code, out + used);
		i += code == 0 ? 1 : size;
	}
	return (struct rmn_bytes){out, used};
}

static struct rmn_bytes
trimmed(struct rmn_bytes value)
{
	while (value.size > 0 && value.data[0] <= ' ')
		value = rmn_bytes_after(value, 1);
	while (value.size > 0 && value.data[value.size - 1] <= ' ')
		value.size--;
	return value;
}

/* Values are lines of a report: well-formed, and no longer than one would read. */
static struct rmn_bytes
value_clean(struct rmn_text *text, struct rmn_arena *arena, struct rmn_bytes value)
{
	struct rmn_bytes clean = {NULL, 0};
	unsigned char *out;

	value = trimmed(rmn_bytes_head(value, VALUE_MAX));
	out = rmn_arena_alloc(arena, value.size + 1, 3);
	if (!out)
		return without_memory(text);
	for (size_t at = 0; at < value.size;) {
		uint32_t code = rmn_utf8_next(value, &at, NULL);

		clean.size += rmn_utf8_encode(code, out + clean.size);
	}
	clean.data = out;
	return clean;
}

void
rmn_text_property(struct rmn_text *text, struct rmn_arena *arena, enum rmn_property property,
    const char *name, struct rmn_bytes value)
{
	if (text->status == RMN_OK)
		value = rmn_text_decoded(text, arena, rmn_bytes_head(value, VALUE_MAX));
	rmn_text_property_plain(text, arena, property, name, value);
}

void
rmn_text_property_plain(struct rmn_text *text, struct rmn_arena *arena,
    enum rmn_property property, const char *name, struct rmn_bytes value)
{
	char when[RMN_TIME_TEXT_BYTES];
	int64_t time;

	if (text->status != RMN_OK)
		return;
	value = value_clean(text, arena, value);
	if (value.size == 0)
		return;
	if (property == RMN_PROPERTY_CREATED || property == RMN_PROPERTY_MODIFIED) {
		struct rmn_bytes copy = rmn_text_kept(text, arena, value);

		if (rmn_time_parse((const char *)copy.data, &time)) {
			rmn_time_text(time, when);
			value = rmn_bytes_from_string(when);
		}
	}
	if (property != RMN_PROPERTY_OTHER)
		text->status = rmn_sink_property(text->sink, property, value);
	else if (text->sink->property)
		text->status = text->sink->property(text->sink->context, property,
		    rmn_bytes_from_string(name), value);
}
