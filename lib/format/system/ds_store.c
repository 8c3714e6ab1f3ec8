/* SPDX-License-Identifier: MIT
 *
 * .DS_Store: what the Finder knows of a folder's entries.  Four bytes 0000 0001, "Bud1", place and
 * length of the allocator's root, then blocks; all numbers big-endian, places count from byte 4.  A tree
 * of records lies in some of the blocks: length of the name in units, name in UTF-16BE, a word for what
 * is known, a word for its type, the value.
 *
 * Records are not looked up through the tree but recognised wherever they stand: what was taken out of
 * the tree stays in its block, and a name is wanted all the same.  The tree's own count says whether all
 * that are in use were met. */
#include "base/buf.h"
#include "base/cursor.h"
#include "base/hashes.h"
#include "base/limits.h"
#include "base/time.h"
#include "charset/charset.h"
#include "charset/normal.h"
#include "format/format.h"
#include "format/text.h"

#define HEAD_BYTES 36u
#define NAME_UNITS_MAX 255u
#define BLOCKS_MAX 65536u
#define MAC_EPOCH 2082844800u		/* 1970 in seconds since 1904 */

struct store {
	struct rmn_bytes bytes;
	struct rmn_text text;
	struct rmn_buf decoded, name, note;
	struct rmn_bytes units;		/* of the name, as stored */
	struct rmn_named named;		/* what its records said by now */
	struct rmn_hashes seen;		/* names that were told */
	uint64_t records, expected;	/* met; in the tree */
	enum rmn_status status;
	bool no_memory;
};

static unsigned
ds_store_claim(const struct rmn_format_input *input)
{
	struct rmn_bytes magic = {(const unsigned char *)"\0\0\0\1Bud1", 8};

	return rmn_bytes_equal(rmn_bytes_head(input->head, 8), magic) ? 64 : 0;
}

static bool
number_at(const struct store *s, uint64_t at, uint32_t *value)
{
	struct rmn_cursor c = rmn_cursor_over(s->bytes);

	return at <= s->bytes.size && rmn_cursor_seek(&c, (size_t)at) && rmn_cursor_be32(&c, value);
}

/* --- is it whole? */

/* The records of the tree that the table of contents calls DSDB. */
static bool
tree_count(struct store *s, uint64_t at, const uint32_t *addresses, uint32_t address_count)
{
	uint32_t trees, block, records;

	if (!number_at(s, at, &trees))
		return false;
	at += 4;
	for (uint32_t i = 0; i < trees && i < 16; i++) {
		size_t length = at < s->bytes.size ? s->bytes.data[at] : 0;

		if (!number_at(s, at + 1 + length, &block) || block >= address_count ||
		    !number_at(s, 4 + (uint64_t)(addresses[block] & ~31u) + 8, &records))
			return false;
		s->expected += records;
		at += 1 + length + 4;
	}
	return trees > 0;
}

/* Every block lies inside the file, and the tree tells how many records it has. */
static bool
store_is_whole(struct store *s, struct rmn_arena *arena)
{
	uint32_t root, root_size, count, *addresses;

	if (!number_at(s, 8, &root) || !number_at(s, 12, &root_size) ||
	    4 + (uint64_t)root + root_size > s->bytes.size || !number_at(s, 4 + (uint64_t)root, &count) ||
	    count > BLOCKS_MAX)
		return false;
	addresses = rmn_arena_alloc(arena, count + 1, sizeof(*addresses));
	if (!addresses)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!number_at(s, 12 + (uint64_t)root + 4 * (uint64_t)i, &addresses[i]) ||
		    4 + (uint64_t)(addresses[i] & ~31u) + (1ull << (addresses[i] & 31)) > s->bytes.size)
			return false;
	return tree_count(s, 12 + (uint64_t)root + 4 * (uint64_t)((count + 255) / 256 * 256),
	    addresses, count);
}

/* --- records */

struct record {
	struct rmn_bytes name;		/* UTF-16BE */
	struct rmn_bytes what;		/* four letters */
	bool is_text;
	struct rmn_bytes value;
	size_t end;
};

/* The value behind the word for its type; false: there is no such type, or no room. */
static bool
value_read(struct rmn_bytes at, bool *is_text, struct rmn_bytes *value)
{
	static const struct {
		char type[5];
		unsigned char head, unit;	/* unit: bytes of what the head counts */
	} types[] = {{"long", 0, 4}, {"shor", 0, 4}, {"bool", 0, 1}, {"type", 0, 4}, {"comp", 0, 8},
		{"dutc", 0, 8}, {"blob", 4, 1}, {"ustr", 4, 2}};
	struct rmn_cursor c = rmn_cursor_over(rmn_bytes_after(at, 4));
	uint32_t count = 1;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!rmn_bytes_start_with(at, types[i].type))
			continue;
		if (types[i].head && !rmn_cursor_be32(&c, &count))
			return false;
		*is_text = types[i].unit == 2;
		return count <= rmn_cursor_left(&c) &&
		    rmn_cursor_take(&c, (size_t)count * types[i].unit, value);
	}
	return false;
}

static bool
units_are_name(struct rmn_bytes units)
{
	for (size_t i = 0; i + 1 < units.size; i += 2)
		if (units.data[i] == 0 && (units.data[i + 1] < 0x20 || units.data[i + 1] == '/'))
			return false;
	return true;
}

static bool
record_read(const struct store *s, size_t at, struct record *r)
{
	struct rmn_cursor c = rmn_cursor_over(s->bytes);
	struct rmn_bytes rest;
	uint32_t units;

	if (!rmn_cursor_seek(&c, at) || !rmn_cursor_be32(&c, &units) || units == 0 ||
	    units > NAME_UNITS_MAX || !rmn_cursor_take(&c, 2 * (size_t)units, &r->name) ||
	    !rmn_cursor_take(&c, 4, &r->what))
		return false;
	rest = rmn_bytes_after(s->bytes, at + 8 + r->name.size);
	if (!value_read(rest, &r->is_text, &r->value) || !units_are_name(r->name))
		return false;
	r->end = (size_t)(r->value.data - s->bytes.data) + r->value.size;
	return true;
}

static void
decode(struct store *s, struct rmn_bytes units, struct rmn_buf *utf8)
{
	rmn_buf_clear(&s->decoded);
	rmn_charset_decode(units, RMN_UTF16BE, &s->decoded, NULL);
	rmn_buf_clear(utf8);
	rmn_normal_nfc(rmn_buf_bytes(&s->decoded), utf8);
	s->no_memory |= s->decoded.failed || utf8->failed;
}

/* The records of one name have all come. */
static void
name_end(struct store *s)
{
	uint64_t hash = rmn_hash_bytes(0, rmn_buf_bytes(&s->name));

	s->named.path = rmn_buf_bytes(&s->name);
	if (s->name.size > 0 && s->status == RMN_OK && !rmn_hashes_has(&s->seen, hash)) {
		rmn_hashes_add(&s->seen, hash);
		rmn_text_part(&s->text, RMN_PART_BODY, rmn_bytes_from_string(""));
		rmn_text_put(&s->text, s->named.path);
		rmn_text_newline(&s->text);
		s->status = rmn_sink_named(s->text.sink, &s->named);
	}
	s->named.size_bytes = UINT64_MAX;
	s->named.modified = RMN_TIME_UNKNOWN;
}

static void
record_take(struct store *s, const struct record *r)
{
	struct rmn_cursor value = rmn_cursor_over(r->value);
	uint64_t number = 0;

	s->records++;
	if (!rmn_bytes_equal(r->name, s->units)) {
		name_end(s);
		s->units = r->name;
		decode(s, r->name, &s->name);
	}
	rmn_cursor_be64(&value, &number);
	if (rmn_bytes_start_with(r->what, "lg1S") || rmn_bytes_start_with(r->what, "logS"))
		s->named.size_bytes = number;
	else if (rmn_bytes_start_with(r->what, "moDD") || rmn_bytes_start_with(r->what, "modD"))
		s->named.modified = number >> 16 > MAC_EPOCH && number >> 48 == 0 ?
		    (int64_t)((number >> 16) - MAC_EPOCH) * 1000000000 : RMN_TIME_UNKNOWN;
	if (!r->is_text || r->value.size == 0 || !rmn_bytes_start_with(r->what, "cmmt"))
		return;
	decode(s, r->value, &s->note);
	rmn_text_part(&s->text, RMN_PART_COMMENT, rmn_buf_bytes(&s->name));
	rmn_text_put(&s->text, rmn_buf_bytes(&s->note));
	rmn_text_newline(&s->text);
}

static enum rmn_status
store_read(struct store *s, struct rmn_arena *arena, struct rmn_error *error)
{
	bool is_whole = store_is_whole(s, arena);
	struct record r;

	for (size_t at = HEAD_BYTES; at < s->bytes.size && s->status == RMN_OK &&
	    s->text.status == RMN_OK; at = r.end) {
		if (record_read(s, at, &r))
			record_take(s, &r);
		else
			r.end = at + 1;
	}
	name_end(s);
	if (rmn_text_flush(&s->text) != RMN_OK || s->status != RMN_OK)
		return s->status != RMN_OK ? s->status : s->text.status;
	if (s->no_memory || s->seen.failed)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	if (!is_whole || s->records < s->expected)
		return rmn_fail(error, RMN_PARTIAL, "damaged: %llu of %llu records were found",
		    (unsigned long long)s->records, (unsigned long long)s->expected);
	return RMN_OK;
}

static enum rmn_status
ds_store_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct store s = {.named = {.size_bytes = UINT64_MAX, .created = RMN_TIME_UNKNOWN,
	    .modified = RMN_TIME_UNKNOWN}};
	enum rmn_status whole = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES,
	    input->arena, &s.bytes, error), status;

	if (whole != RMN_OK && whole != RMN_PARTIAL)
		return whole;
	rmn_text_init(&s.text, sink, input->arena, error);
	status = store_read(&s, input->arena, error);
	rmn_buf_release(&s.decoded);
	rmn_buf_release(&s.name);
	rmn_buf_release(&s.note);
	rmn_hashes_release(&s.seen);
	return status == RMN_OK ? whole : status;
}

const struct rmn_format rmn_format_ds_store = {
	.name = "ds_store", .title = "Finder's list of a folder (.DS_Store)",
	.media_type = "application/x-apple-ds-store", .kind = RMN_KIND_OTHER,
	.claim = ds_store_claim, .read = ds_store_read,
};
