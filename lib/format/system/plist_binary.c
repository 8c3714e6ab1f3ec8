/* SPDX-License-Identifier: MIT
 *
 * Binary property lists: objects, a table of their places, a trailer.  Objects may be shared; a hostile
 * list makes billions of lines of that, so that visits are counted.  NSKeyedArchiver's lists keep all
 * objects in one array and point into it: they are followed from their top, and what that does
 * not reach comes behind. */
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/utf8.h"
#include "charset/charset.h"
#include "format/system/plist.h"

#define MAGIC_BYTES 8u
#define TRAILER_BYTES 32u
#define VISITS_PER_OBJECT 8u	/* short strings and numbers are shared, containers seldom */
#define VISITS_MORE 256u
#define ARCHIVER_KEYS_MAX 64u	/* of the objects that its keys are looked for in; they have four */

enum kind { NOTHING, TRUTH, INTEGER, REAL, DATE, DATA, ASCII, UTF16, UTF8, UID, ARRAY, DICT };

struct object {
	enum kind kind;
	struct rmn_bytes bytes;		/* of a value; of references: keys first in a dict */
	size_t count;			/* of references, pairs in a dict */
	int64_t integer;
	double real;
	bool was_given;
};

struct list {
	struct rmn_plist_out *out;
	struct rmn_bytes bytes;
	unsigned reference_bytes;
	struct object *objects;
	size_t count;
	uint64_t visits_left;
	const struct object *archive;	/* $objects of NSKeyedArchiver, or NULL */
};

static bool
number_read(struct rmn_cursor *c, size_t size, uint64_t *value)
{
	uint8_t byte;

	*value = 0;
	while (size-- > 0) {
		if (!rmn_cursor_u8(c, &byte))
			return false;
		*value = *value << 8 | byte;
	}
	return true;
}

static double
real_of(uint64_t bits, size_t size)
{
	uint32_t few = (uint32_t)bits;
	double wide;
	float narrow;

	if (size == 4) {
		memcpy(&narrow, &few, sizeof(narrow));
		return (double)narrow;
	}
	memcpy(&wide, &bits, sizeof(wide));
	return wide;
}

/* A count in the low half of the marker, or in a number behind it. */
static bool
count_read(struct rmn_cursor *c, unsigned low, uint64_t *count)
{
	uint8_t marker;

	*count = low;
	if (low != 15)
		return true;
	return rmn_cursor_u8(c, &marker) && marker >> 4 == 1 && (marker & 15) <= 3 &&
	    number_read(c, (size_t)1 << (marker & 15), count);
}

static bool
simple_read(struct rmn_cursor *c, unsigned high, unsigned low, struct object *o)
{
	uint64_t bits = 0;

	if (high == 0) {
		o->kind = low == 8 || low == 9 ? TRUTH : NOTHING;
		o->integer = low == 9;
		return low == 0 || low == 8 || low == 9 || low == 15;
	}
	if (high == 8) {
		o->kind = UID;
		if (low > 7 || !number_read(c, (size_t)low + 1, &bits))
			return false;
		o->integer = (int64_t)bits;
		return true;
	}
	if (low > 4 || (high == 1 && low == 4 && !rmn_cursor_skip(c, 8)))
		return false;
	if (!number_read(c, rmn_min_size((size_t)1 << low, 8), &bits))
		return false;
	o->kind = high == 1 ? INTEGER : high == 2 ? REAL : DATE;
	o->integer = (int64_t)bits;
	o->real = real_of(bits, (size_t)1 << low);
	return high == 1 || low == 2 || low == 3;
}

/* Reads the object at the cursor and moves behind it. */
static bool
object_read(struct rmn_cursor *c, unsigned reference_bytes, struct object *o)
{
	uint64_t count, size;
	uint8_t marker;
	unsigned high, low;

	if (!rmn_cursor_u8(c, &marker))
		return false;
	high = marker >> 4;
	low = marker & 15;
	if (high <= 3 || high == 8)
		return simple_read(c, high, low, o);
	if (!count_read(c, low, &count))
		return false;
	o->kind = high == 4 ? DATA : high == 5 ? ASCII : high == 6 ? UTF16 : high == 7 ? UTF8 :
	    high == 0xD ? DICT : ARRAY;
	if (high == 9 || high == 11 || high > 13)
		return false;
	size = high == 6 ? 2 : high == 0xD ? 2 * reference_bytes : o->kind == ARRAY ?
	    reference_bytes : 1;
	if (!rmn_mul_u64(size, count, &size) || size > rmn_cursor_left(c) ||
	    !rmn_cursor_take(c, (size_t)size, &o->bytes))
		return false;
	o->count = (size_t)count;
	return true;
}

static size_t
reference(const struct list *l, const struct object *o, size_t index)
{
	struct rmn_cursor c = rmn_cursor_over(o->bytes);
	uint64_t value;

	if (!rmn_cursor_seek(&c, index * l->reference_bytes) ||
	    !number_read(&c, l->reference_bytes, &value) || value >= l->count)
		return SIZE_MAX;
	return (size_t)value;
}

/* A string's text as UTF-8. */
static struct rmn_bytes
string_text(const struct list *l, const struct object *o, struct rmn_buf *utf8)
{
	if (o->kind == ASCII || o->kind == UTF8)
		return o->bytes;
	rmn_buf_clear(utf8);
	rmn_charset_decode(o->bytes, RMN_UTF16BE, utf8, NULL);
	if (utf8->failed)
		l->out->is_whole = false;
	return rmn_buf_bytes(utf8);
}

static bool
string_is(const struct object *o, const char *text)
{
	return o && o->kind == ASCII && rmn_bytes_equal(o->bytes, rmn_bytes_from_string(text));
}

static const struct object *
dict_find(const struct list *l, const struct object *dict, const char *key)
{
	for (size_t i = 0; dict && dict->kind == DICT && i < dict->count && i < ARCHIVER_KEYS_MAX; i++) {
		size_t at = reference(l, dict, i), value = reference(l, dict, dict->count + i);

		if (at != SIZE_MAX && value != SIZE_MAX && string_is(&l->objects[at], key))
			return &l->objects[value];
	}
	return NULL;
}

/* What a reference into an archive stands for. */
static struct object *
resolved(const struct list *l, struct object *o)
{
	size_t at;

	if (!o || o->kind != UID || !l->archive || (uint64_t)o->integer >= l->archive->count)
		return o;
	at = reference(l, l->archive, (size_t)o->integer);
	return at == SIZE_MAX ? o : &l->objects[at];
}

/* Takes one visit off what is left; false when there is none. */
static bool
may_visit(struct list *l)
{
	if (l->visits_left == 0 || l->out->text->status != RMN_OK) {
		l->out->is_whole = false;
		return false;
	}
	l->visits_left--;
	return true;
}

static void value_give(struct list *l, struct object *o, unsigned depth);

static void
pushed_give(struct list *l, size_t path, size_t value, unsigned depth)
{
	if (value == SIZE_MAX)
		l->out->is_whole = false;
	else
		value_give(l, &l->objects[value], depth + 1);
	rmn_plist_pop(l->out, path);
}

/* Keys that say how an object was archived, not what it is. */
static bool
is_of_archiver(const struct object *key)
{
	return string_is(key, "$class") || string_is(key, "$classes") ||
	    string_is(key, "$classname") || string_is(key, "NS.keys");
}

/* A key's text: a string, or an archived object that is one. */
static bool
key_text(struct list *l, struct object *key, struct rmn_buf *utf8, struct rmn_bytes *text)
{
	const struct object *inner = key;

	if (!key)
		return false;
	key->was_given = true;
	if (key->kind == DICT) {
		size_t at;

		inner = NULL;
		for (size_t i = 0; i < key->count && !inner; i++) {
			at = reference(l, key, i);
			if (at != SIZE_MAX && string_is(&l->objects[at], "NS.string") &&
			    (at = reference(l, key, key->count + i)) != SIZE_MAX)
				inner = &l->objects[at];
		}
	}
	if (!inner || inner->kind < ASCII || inner->kind > UTF8)
		return false;
	*text = string_text(l, inner, utf8);
	return true;
}

/* A dictionary that was archived: its keys and values are two arrays of references. */
static bool
archived_dict_give(struct list *l, const struct object *o, unsigned depth)
{
	const struct object *keys = dict_find(l, o, "NS.keys");
	const struct object *values = dict_find(l, o, "NS.objects");
	struct rmn_buf utf8;

	if (!keys || !values || keys->kind != ARRAY || values->kind != ARRAY ||
	    keys->count != values->count)
		return false;
	rmn_buf_init(&utf8, 0);
	for (size_t i = 0; i < keys->count && may_visit(l); i++) {
		size_t at = reference(l, keys, i);
		struct object *key = resolved(l, at == SIZE_MAX ? NULL : &l->objects[at]);
		struct rmn_bytes name;
		size_t path = key_text(l, key, &utf8, &name) ? rmn_plist_push_key(l->out, name) :
		    rmn_plist_push_index(l->out, i);

		pushed_give(l, path, reference(l, values, i), depth);
	}
	rmn_buf_release(&utf8);
	return true;
}

/* An archived date: a number of seconds. */
static void
date_give(struct list *l, struct object *o, size_t path)
{
	o->was_given = true;
	rmn_plist_date(l->out, o->kind == INTEGER ? (double)o->integer : o->real);
	rmn_plist_pop(l->out, path);
}

static void
dict_give(struct list *l, const struct object *o, unsigned depth)
{
	struct rmn_buf utf8;

	if (l->archive && archived_dict_give(l, o, depth))
		return;
	rmn_buf_init(&utf8, 0);
	for (size_t i = 0; i < o->count && may_visit(l); i++) {
		size_t at = reference(l, o, i);
		struct object *key = at == SIZE_MAX ? NULL : &l->objects[at];
		struct rmn_bytes name = {(const unsigned char *)"?", 1};
		size_t path;

		if (key && l->archive && is_of_archiver(key))
			continue;
		if (key && key->kind >= ASCII && key->kind <= UTF8)
			name = string_text(l, key, &utf8);
		if (key)
			key->was_given = true;
		path = rmn_plist_push_key(l->out, name);
		at = reference(l, o, o->count + i);
		if (l->archive && string_is(key, "NS.time") && at != SIZE_MAX)
			date_give(l, &l->objects[at], path);
		else
			pushed_give(l, path, at, depth);
	}
	rmn_buf_release(&utf8);
}

static void
scalar_give(struct list *l, const struct object *o)
{
	struct rmn_buf utf8;

	switch (o->kind) {
	case NOTHING:
		break;
	case TRUTH:
		rmn_plist_text(l->out, rmn_bytes_from_string(o->integer ? "true" : "false"));
		break;
	case INTEGER:
	case UID:
		rmn_plist_integer(l->out, o->integer);
		break;
	case REAL:
		rmn_plist_real(l->out, o->real);
		break;
	case DATE:
		rmn_plist_date(l->out, o->real);
		break;
	case DATA:
		rmn_plist_data(l->out, o->bytes);
		break;
	default:
		rmn_buf_init(&utf8, 0);
		if (!string_is(o, "$null") || !l->archive)
			rmn_plist_text(l->out, string_text(l, o, &utf8));
		rmn_buf_release(&utf8);
		break;
	}
}

static void
value_give(struct list *l, struct object *o, unsigned depth)
{
	o = resolved(l, o);
	if (depth > RMN_PLIST_DEPTH_MAX) {
		l->out->is_whole = false;
		return;
	}
	o->was_given = true;
	if (o->kind == DICT) {
		dict_give(l, o, depth);
	} else if (o->kind == ARRAY) {
		for (size_t i = 0; i < o->count && may_visit(l); i++)
			pushed_give(l, rmn_plist_push_index(l->out, i), reference(l, o, i), depth);
	} else {
		scalar_give(l, o);
	}
}

/* Reads all objects by the table.  Those that overlap could hold far more than the bytes they are made
 * of, so that all together may not be longer than these. */
static bool
objects_read(struct list *l, uint64_t table, unsigned offset_bytes)
{
	struct rmn_cursor at = rmn_cursor_over(l->bytes), c;
	uint64_t offset, room = l->bytes.size;
	bool is_whole = true;

	if (!rmn_cursor_seek(&at, (size_t)rmn_min_u64(table, l->bytes.size)))
		return false;
	for (size_t i = 0; i < l->count; i++) {
		struct object o = {.kind = NOTHING};

		c = rmn_cursor_over(l->bytes);
		if (!number_read(&at, offset_bytes, &offset) || offset < MAGIC_BYTES ||
		    offset >= l->bytes.size || !rmn_cursor_seek(&c, (size_t)offset) ||
		    !object_read(&c, l->reference_bytes, &o) || o.bytes.size > room) {
			is_whole = false;
			continue;
		}
		room -= o.bytes.size;
		l->objects[i] = o;
	}
	return is_whole;
}

/* Without a table: strings and data in the order they were written, which is the writer's own. */
static size_t
remains_walk(struct list *l, unsigned reference_bytes, bool gives)
{
	struct rmn_cursor c = rmn_cursor_over(l->bytes);
	size_t end = MAGIC_BYTES;

	rmn_cursor_skip(&c, MAGIC_BYTES);
	while (l->out->text->status == RMN_OK) {
		struct object o = {.kind = NOTHING};

		if (!object_read(&c, reference_bytes, &o))
			return end;
		end = c.offset;
		if (gives && o.kind != ARRAY && o.kind != DICT && o.kind != UID)
			scalar_give(l, &o);
	}
	return end;
}

static void
remains_give(struct list *l)
{
	size_t narrow = remains_walk(l, 1, false), wide = remains_walk(l, 2, false);
	size_t end = remains_walk(l, wide > narrow ? 2 : 1, true);

	rmn_text_runs_put(&l->out->runs, rmn_bytes_after(l->bytes, end));
}

/* Strings and data that nothing led to; of an archive those that are objects of their own, because the
 * others are names of classes. */
static void
rest_give(struct list *l)
{
	size_t count = l->archive && l->archive->kind == ARRAY ? l->archive->count : l->count;

	for (size_t i = 0; i < count && l->out->text->status == RMN_OK; i++) {
		size_t at = l->archive ? reference(l, l->archive, i) : i;
		struct object *o = at == SIZE_MAX ? NULL : &l->objects[at];

		if (!o || o->was_given || o->kind < DATA || o->kind > UTF8)
			continue;
		o->was_given = true;
		scalar_give(l, o);
	}
}

bool
rmn_plist_binary(struct rmn_plist_out *out, struct rmn_bytes bytes)
{
	struct list l = {.out = out, .bytes = bytes};
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint8_t offset_bytes, reference_bytes;
	uint64_t count, top, table;
	bool is_whole;

	if (bytes.size < MAGIC_BYTES + TRAILER_BYTES ||
	    !rmn_cursor_seek(&c, bytes.size - TRAILER_BYTES + 6) ||
	    !rmn_cursor_u8(&c, &offset_bytes) || !rmn_cursor_u8(&c, &reference_bytes) ||
	    !rmn_cursor_be64(&c, &count) || !rmn_cursor_be64(&c, &top) ||
	    !rmn_cursor_be64(&c, &table) || offset_bytes == 0 || offset_bytes > 8 ||
	    reference_bytes == 0 || reference_bytes > 8 || count == 0 || top >= count ||
	    table < MAGIC_BYTES || table > bytes.size ||
	    count > (bytes.size - table) / offset_bytes) {
		remains_give(&l);
		return false;
	}
	l.count = (size_t)count;
	l.reference_bytes = reference_bytes;
	l.objects = rmn_arena_alloc(out->arena, l.count, sizeof(*l.objects));
	if (!l.objects)
		return false;
	l.visits_left = (uint64_t)l.count * VISITS_PER_OBJECT + VISITS_MORE;
	is_whole = objects_read(&l, table, offset_bytes);
	if (string_is(dict_find(&l, &l.objects[top], "$archiver"), "NSKeyedArchiver")) {
		const struct object *root = dict_find(&l, &l.objects[top], "$top");

		l.archive = dict_find(&l, &l.objects[top], "$objects");
		if (l.archive && l.archive->kind == ARRAY && root)
			dict_give(&l, root, 0);
		else
			is_whole = false;
	} else {
		value_give(&l, &l.objects[top], 0);
	}
	rest_give(&l);
	return is_whole;
}
