/* SPDX-License-Identifier: MIT
 *
 * Property lists in XML, given as they are scanned: after damage it goes on with the next element. */
#include <stdlib.h>
#include <string.h>

#include "format/mail/mail_decode.h"
#include "format/markup/markup.h"
#include "format/system/plist.h"

#define BASE64_MAX ((size_t)4 << 20)

struct level {
	bool is_array;
	size_t index;
	size_t path;		/* its size around this container */
	size_t value_path;	/* ... and without the value at hand */
	bool has_value;		/* a key or index was pushed */
};

struct scan {
	struct rmn_plist_out *out;
	struct level levels[RMN_PLIST_DEPTH_MAX];
	size_t depth;
	size_t skipped;		/* containers deeper than that */
	struct rmn_buf value;	/* text of the element at hand */
	bool gathers;
	bool is_closed;		/* the list came to its end */
};

static struct level *
top(struct scan *s)
{
	return s->depth > 0 ? &s->levels[s->depth - 1] : NULL;
}

static void
value_end(struct scan *s)
{
	struct level *l = top(s);

	if (l && l->has_value)
		rmn_plist_pop(s->out, l->value_path);
	if (l)
		l->has_value = false;
}

/* Before each value: arrays number them. */
static void
value_start(struct scan *s)
{
	struct level *l = top(s);

	if (l && l->is_array && !l->has_value) {
		l->value_path = rmn_plist_push_index(s->out, l->index++);
		l->has_value = true;
	}
}

static void
container_start(struct scan *s, bool is_array, bool is_empty)
{
	value_start(s);
	if (is_empty) {
		value_end(s);
	} else if (s->depth == RMN_PLIST_DEPTH_MAX) {
		s->skipped++;
		s->out->is_whole = false;
	} else {
		s->levels[s->depth++] = (struct level){.is_array = is_array,
		    .path = s->out->path.size};
	}
}

static void
container_end(struct scan *s)
{
	if (s->skipped > 0) {
		s->skipped--;
		return;
	}
	if (s->depth == 0) {
		s->out->is_whole = false;
		return;
	}
	rmn_plist_pop(s->out, top(s)->path);
	s->depth--;
	value_end(s);
}

static void
data_give(struct scan *s, struct rmn_bytes body)
{
	struct rmn_buf data;

	rmn_buf_init(&data, 2 * BASE64_MAX + 3);
	rmn_mail_decode_whole(RMN_MAIL_BASE64, body, '\n', &data);
	if (data.failed)
		s->out->is_whole = false;
	rmn_plist_data(s->out, rmn_buf_bytes(&data));
	rmn_buf_release(&data);
}

static void
start(struct scan *s, const struct rmn_markup_token *t)
{
	if (rmn_markup_is(t->name, "dict") || rmn_markup_is(t->name, "array")) {
		container_start(s, rmn_markup_is(t->name, "array"), t->is_empty);
	} else if (rmn_markup_is(t->name, "true") || rmn_markup_is(t->name, "false")) {
		value_start(s);
		rmn_plist_text(s->out, t->name);
		value_end(s);
	} else if (!rmn_markup_is(t->name, "plist")) {
		value_start(s);
		rmn_buf_clear(&s->value);
		s->gathers = !t->is_empty;
		if (t->is_empty)
			value_end(s);
	}
}

static void
key_take(struct scan *s, struct rmn_bytes key)
{
	struct level *l = top(s);

	if (!l || l->is_array)
		return;
	if (l->has_value)
		rmn_plist_pop(s->out, l->value_path);
	l->value_path = rmn_plist_push_key(s->out, key);
	l->has_value = true;
}

static void
end(struct scan *s, struct rmn_bytes name)
{
	struct rmn_bytes value = rmn_buf_bytes(&s->value);

	if (rmn_markup_is(name, "dict") || rmn_markup_is(name, "array")) {
		container_end(s);
		return;
	}
	if (rmn_markup_is(name, "plist") && s->depth == 0)
		s->is_closed = true;
	if (!s->gathers)
		return;
	if (s->value.failed)
		s->out->is_whole = false;
	s->gathers = false;
	if (rmn_markup_is(name, "key")) {
		key_take(s, value);
		return;
	}
	if (rmn_markup_is(name, "data"))
		data_give(s, value);
	else
		rmn_plist_text(s->out, value);
	value_end(s);
}

bool
rmn_plist_xml(struct rmn_plist_out *out, struct rmn_bytes utf8)
{
	struct scan *s = rmn_arena_alloc(out->arena, 1, sizeof(*s));
	struct rmn_markup m = {.bytes = utf8, .is_final = true};
	struct rmn_markup_token token;
	bool is_whole;

	if (!s)
		return false;
	s->out = out;
	rmn_buf_init(&s->value, 2 * BASE64_MAX);
	while (out->text->status == RMN_OK && rmn_markup_next(&m, &token)) {
		if (token.kind == RMN_MARKUP_START)
			start(s, &token);
		else if (token.kind == RMN_MARKUP_END)
			end(s, token.name);
		else if (s->gathers && token.kind == RMN_MARKUP_TEXT)
			rmn_buf_append(&s->value, rmn_text_decoded(out->text, out->arena,
			    token.body));
		else if (s->gathers && token.kind == RMN_MARKUP_CDATA)
			rmn_buf_append(&s->value, token.body);
	}
	if (s->gathers)
		rmn_plist_text(out, rmn_buf_bytes(&s->value));
	is_whole = s->is_closed && s->depth == 0 && !m.is_damaged && !s->value.failed;
	rmn_buf_release(&s->value);
	return is_whole;
}
