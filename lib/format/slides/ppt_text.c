/* SPDX-License-Identifier: MIT
 *
 * Characters of text atoms to paragraphs.  Paragraphs are remembered by their hash, so that older
 * versions of slides give what is not in the current ones. */
#include <string.h>

#include "base/checked.h"
#include "base/holes.h"
#include "charset/charset.h"
#include "format/slides/ppt.h"

#define SEEN_START 1024u

void
ppt_decode(struct rmn_bytes raw, bool is_wide, struct rmn_buf *out)
{
	/* low bytes of UTF-16 by the specification; 80-9F are no characters there, but are here */
	rmn_charset_decode(raw, is_wide ? RMN_UTF16LE : RMN_CP1252, out, NULL);
}

static bool
seen_put(uint64_t *slots, size_t capacity, uint64_t hash)
{
	size_t at = (size_t)hash & (capacity - 1);

	while (slots[at] != 0) {
		if (slots[at] == hash)
			return false;
		at = (at + 1) & (capacity - 1);
	}
	slots[at] = hash;
	return true;
}

static bool
seen_grow(struct ppt *p)
{
	size_t capacity = p->seen_capacity ? p->seen_capacity * 2 : SEEN_START;
	uint64_t *slots = rmn_arena_alloc(p->arena, capacity, sizeof(*slots));

	if (!slots)
		return false;
	for (size_t i = 0; i < p->seen_capacity; i++)
		if (p->seen[i] != 0)
			seen_put(slots, capacity, p->seen[i]);
	p->seen = slots;
	p->seen_capacity = capacity;
	return true;
}

/* Whether this paragraph is a new one; without memory all are. */
static bool
is_new(struct ppt *p, struct rmn_bytes line)
{
	if (p->seen_capacity == 0)
		rmn_random(p->seen_key, sizeof(p->seen_key));
	if (p->seen_count * 2 >= p->seen_capacity && !seen_grow(p)) {
		ppt_note(p, RMN_LIMIT, "paragraphs outgrow their memory");
		return true;
	}
	if (!seen_put(p->seen, p->seen_capacity, rmn_table_hash(p->seen_key, line) | 1))
		return false;
	p->seen_count++;
	return true;
}

static struct rmn_bytes
trimmed(struct rmn_bytes line)
{
	while (line.size > 0 && line.data[line.size - 1] <= ' ')
		line.size--;
	return line;
}

/* How long the first line of utf8 is. */
static size_t
line_size(struct rmn_bytes utf8)
{
	size_t end = rmn_bytes_plain_run(utf8);

	while (end < utf8.size && utf8.data[end] != '\r' && utf8.data[end] != '\n' &&
	    utf8.data[end] != '\v')
		end += 1 + rmn_bytes_plain_run(rmn_bytes_after(utf8, end + 1));
	return end;
}

/* Without control characters; tabs stay. */
static void
line_put(struct rmn_text *text, struct rmn_bytes line)
{
	size_t plain = rmn_bytes_plain_run(line);

	rmn_text_put(text, rmn_bytes_head(line, plain));
	for (size_t i = plain; i < line.size; i++)
		rmn_text_char(text, line.data[i] < ' ' && line.data[i] != '\t' ? ' ' :
		    (char)line.data[i]);
	rmn_text_char(text, '\n');
}

void
ppt_lines_put(struct ppt *p, struct rmn_bytes utf8)
{
	while (utf8.size > 0 && p->text->status == RMN_OK) {
		size_t end = line_size(utf8);
		struct rmn_bytes line = trimmed(rmn_bytes_head(utf8, end));

		utf8 = rmn_bytes_after(utf8, end + 1);
		/* an asterisk stands where a date or a number is put */
		if (line.size == 0 || (line.size == 1 && line.data[0] == '*'))
			continue;
		if (!is_new(p, line) && p->only_new)
			continue;
		line_put(p->text, line);
	}
}

void
ppt_text_put(struct ppt *p, struct rmn_bytes raw, bool is_wide)
{
	if (rmn_text_hole_is_there(raw))
		ppt_note(p, RMN_PARTIAL, "a text of the presentation has a hole");
	rmn_buf_clear(&p->scratch);
	ppt_decode(raw, is_wide, &p->scratch);
	if (p->scratch.failed)
		ppt_note(p, RMN_LIMIT, "a text outgrows its memory");
	ppt_lines_put(p, rmn_buf_bytes(&p->scratch));
}

void
ppt_string_append(struct rmn_bytes raw, struct rmn_buf *out)
{
	size_t from = out->size;

	ppt_decode(raw, true, out);
	while (out->size > from && out->data[out->size - 1] <= ' ')
		out->size--;
	for (size_t i = from; i < out->size; i++)
		if (out->data[i] < ' ')
			out->data[i] = ' ';
}
