/* SPDX-License-Identifier: MIT */
#include "format/package/package.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/lanes.h"
#include "base/limits.h"
#include "charset/charset.h"

#define ASIDE_MAX ((size_t)4 << 20)

/* All parts together; a document that repeats one part under many names stops here. */
#define PACKAGE_MAX (2 * RMN_LIMIT_PART_BYTES)

static unsigned char
lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

static size_t
digits_end(struct rmn_bytes s, size_t at)
{
	while (at < s.size && s.data[at] >= '0' && s.data[at] <= '9')
		at++;
	return at;
}

static size_t
zeros_end(struct rmn_bytes s, size_t at, size_t end)
{
	while (at + 1 < end && s.data[at] == '0')
		at++;
	return at;
}

/* How many bytes two names begin with alike, without a number that goes on behind them. */
static size_t
common_size(struct rmn_bytes a, struct rmn_bytes b)
{
	size_t size = rmn_min_size(a.size, b.size), at = 0;

	while (size - at >= RMN_LANES) {
		unsigned alike = rmn_lanes_bits(rmn_lanes_load(a.data + at) ==
		    rmn_lanes_load(b.data + at));

		at += (unsigned)__builtin_ctz(~alike);
		if (~alike << RMN_LANES != 0)
			break;
	}
	while (at < size && a.data[at] == b.data[at])
		at++;
	while (at > 0 && a.data[at - 1] >= '0' && a.data[at - 1] <= '9')
		at--;
	return at;
}

/* Without case, runs of digits by value; equal only for names that differ in nothing else. */
static int
name_compare(struct rmn_bytes a, struct rmn_bytes b)
{
	size_t i = common_size(a, b), j = i;

	while (i < a.size && j < b.size) {
		size_t a_end, b_end;

		a_end = digits_end(a, i);
		b_end = digits_end(b, j);
		if (a_end > i && b_end > j) {
			i = zeros_end(a, i, a_end);
			j = zeros_end(b, j, b_end);
			if (a_end - i != b_end - j)
				return a_end - i < b_end - j ? -1 : 1;
		}
		if (lower(a.data[i]) != lower(b.data[j]))
			return lower(a.data[i]) < lower(b.data[j]) ? -1 : 1;
		i++;
		j++;
	}
	return (i < a.size) - (j < b.size);
}

static int
entry_compare(const void *left, const void *right, void *zip)
{
	const size_t *a = left, *b = right;
	int order = name_compare(rmn_zip_entry(zip, *a)->name, rmn_zip_entry(zip, *b)->name);

	if (order != 0)
		return order;
	return *a < *b ? -1 : *a > *b;
}

const struct rmn_zip_entry *
rmn_package_entry(const struct rmn_package *package, size_t index)
{
	return rmn_zip_entry(package->zip, package->by_name[index]);
}

const struct rmn_zip_entry *
rmn_package_find(const struct rmn_package *package, struct rmn_bytes name)
{
	size_t low = 0, high = package->count;

	if (name.size > 0 && name.data[0] == '/')
		name = rmn_bytes_after(name, 1);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct rmn_zip_entry *entry = rmn_package_entry(package, middle);
		int order = name_compare(entry->name, name);

		if (order == 0)
			return entry;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

void
rmn_package_note(struct rmn_package *package, enum rmn_status status, struct rmn_bytes part,
    const char *why)
{
	struct rmn_bytes name = rmn_bytes_head(part, 120);
	enum rmn_status given;

	if (status == RMN_NOMEM || status == RMN_LIMIT)
		package->status = status;
	else if (package->status == RMN_OK)
		package->status = status == RMN_ENCRYPTED ? RMN_ENCRYPTED : RMN_PARTIAL;
	rmn_fail(package->error, package->status, "%.*s: %s", (int)name.size,
	    (const char *)name.data, why);
	given = rmn_sink_missing(package->sink, status, "%.*s: %s", (int)name.size,
	    (const char *)name.data, why);
	if (package->text.status == RMN_OK)
		package->text.status = given;
}

enum rmn_status
rmn_package_open(struct rmn_package *package, const struct rmn_format_input *input,
    const struct rmn_sink *sink, struct rmn_error *error)
{
	struct rmn_error why = {0};
	enum rmn_status status;

	*package = (struct rmn_package){.input = input, .arena = input->arena, .sink = sink,
	    .error = error};
	status = rmn_zip_open(input->content, input->arena, &package->zip, &why);
	if (!package->zip)
		return rmn_fail(error, status, "%s", why.text);
	rmn_text_init(&package->text, sink, input->arena, error);
	rmn_buf_init(&package->window, 0);
	package->count = rmn_zip_count(package->zip);
	package->by_name = rmn_arena_alloc(input->arena, package->count, sizeof(size_t));
	package->is_read = rmn_arena_alloc(input->arena, package->count, sizeof(bool));
	package->is_inside = rmn_arena_alloc(input->arena, package->count, sizeof(bool));
	if (!package->by_name || !package->is_read || !package->is_inside ||
	    package->text.status != RMN_OK) {
		rmn_zip_close(package->zip);
		return rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
	}
	for (size_t i = 0; i < package->count; i++)
		package->by_name[i] = i;
	qsort_r(package->by_name, package->count, sizeof(size_t), entry_compare, package->zip);
	if (status != RMN_OK)
		rmn_package_note(package, status, rmn_bytes_from_string("zip"), why.text);
	return RMN_OK;
}

static enum rmn_status
entry_begin(struct rmn_package *package, const struct rmn_zip_entry *entry, struct rmn_error *why)
{
	uint64_t left = PACKAGE_MAX - rmn_min_u64(package->unpacked_bytes, PACKAGE_MAX);

	package->is_read[entry - rmn_zip_entry(package->zip, 0)] = true;
	return rmn_zip_begin(package->zip, entry, rmn_min_u64(left, RMN_LIMIT_PART_BYTES), why);
}

/* Unpacks what nobody read, for its checksum. */
static void
rest_check(struct rmn_package *package)
{
	for (size_t i = 0; i < package->count && package->text.status == RMN_OK; i++) {
		const struct rmn_zip_entry *entry = rmn_zip_entry(package->zip, i);
		struct rmn_error why = {0};
		struct rmn_bytes piece;
		enum rmn_status status;

		if (package->is_read[i] || entry->is_encrypted)
			continue;
		status = entry_begin(package, entry, &why);
		while (status == RMN_OK &&
		    (status = rmn_zip_piece(package->zip, &piece, &why)) == RMN_OK)
			package->unpacked_bytes += piece.size;
		if (status != RMN_END)
			rmn_package_note(package, status, entry->name, why.text);
	}
}

enum rmn_status
rmn_package_close(struct rmn_package *package)
{
	enum rmn_status status;

	rest_check(package);
	status = rmn_text_flush(&package->text);
	rmn_zip_close(package->zip);
	rmn_buf_release(&package->window);
	return status != RMN_OK ? status : package->status;
}

/* Gives the tokens of the window and leaves the scanner where the next piece must join. */
static bool
scan_window(struct rmn_package *package, struct rmn_markup *m, rmn_token_taker *take,
    void *context)
{
	struct rmn_markup_token token;

	while (rmn_markup_next(m, &token)) {
		take(context, &token);
		if (package->text.status != RMN_OK)
			return false;
	}
	return true;
}

/* The rest of a piece that ended inside a token becomes the start of the next window. */
static bool
carry(struct rmn_package *package, struct rmn_markup *m)
{
	struct rmn_bytes rest = rmn_bytes_after(m->bytes, m->at);

	if (package->window.size > 0 && package->window.size >= rest.size) {
		if (rest.size > 0)
			memmove(package->window.data, rest.data, rest.size);
		package->window.size = rest.size;
	} else {
		rmn_buf_append(&package->window, rest);
	}
	m->at = 0;
	return !package->window.failed;
}

static bool
is_utf16(struct rmn_bytes head)
{
	return head.size >= 2 && ((head.data[0] == 0xFF && head.data[1] == 0xFE) ||
	    (head.data[0] == 0xFE && head.data[1] == 0xFF));
}

/* A part in UTF-16: gathered and decoded whole, which no writer seen needs for large ones. */
static bool
scan_utf16(struct rmn_package *package, struct rmn_bytes piece, rmn_token_taker *take,
    void *context)
{
	enum rmn_encoding encoding = piece.data[0] == 0xFF ? RMN_UTF16LE : RMN_UTF16BE;
	struct rmn_markup m = {.is_final = true};
	enum rmn_status status;
	struct rmn_buf utf8;
	bool go_on;

	do {
		rmn_buf_append(&package->window, piece);
		status = rmn_zip_piece(package->zip, &piece, NULL);
	} while (status == RMN_OK && package->window.size < RMN_LIMIT_TEXT_BYTES);
	rmn_buf_init(&utf8, 2 * RMN_LIMIT_TEXT_BYTES);
	rmn_charset_decode(rmn_bytes_after(rmn_buf_bytes(&package->window), 2), encoding, &utf8,
	    NULL);
	m.bytes = rmn_buf_bytes(&utf8);
	go_on = scan_window(package, &m, take, context) && !utf8.failed &&
	    !package->window.failed;
	rmn_buf_release(&utf8);
	return go_on && status == RMN_END;
}

static enum rmn_status
scan_pieces(struct rmn_package *package, rmn_token_taker *take, void *context,
    struct rmn_error *error)
{
	struct rmn_markup m = {0};
	struct rmn_bytes piece;
	enum rmn_status status;
	bool is_first = true;

	rmn_buf_clear(&package->window);
	while ((status = rmn_zip_piece(package->zip, &piece, error)) == RMN_OK) {
		package->unpacked_bytes += piece.size;
		if (is_first && is_utf16(piece))
			return scan_utf16(package, piece, take, context) ? RMN_OK :
			    rmn_fail(error, RMN_PARTIAL, "was not read to its end");
		is_first = false;
		m.bytes = piece;
		if (package->window.size > 0) {
			rmn_buf_append(&package->window, piece);
			m.bytes = rmn_buf_bytes(&package->window);
		}
		if (!scan_window(package, &m, take, context))
			return RMN_OK;
		if (!carry(package, &m))
			return rmn_fail(error, RMN_NOMEM, "out of memory");
	}
	m.bytes = rmn_buf_bytes(&package->window);
	m.is_final = true;
	scan_window(package, &m, take, context);
	if (status == RMN_END && m.is_damaged)
		return rmn_fail(error, RMN_PARTIAL, "damaged markup");
	return status == RMN_END ? RMN_OK : status;
}

bool
rmn_package_scan(struct rmn_package *package, const struct rmn_zip_entry *entry,
    rmn_token_taker *take, void *context)
{
	struct rmn_error why = {0};
	enum rmn_status status;

	if (package->text.status != RMN_OK)
		return false;
	status = entry_begin(package, entry, &why);
	if (status == RMN_OK)
		status = scan_pieces(package, take, context, &why);
	if (status != RMN_OK)
		rmn_package_note(package, status, entry->name, why.text);
	return package->text.status == RMN_OK;
}

bool
rmn_package_load(struct rmn_package *package, const struct rmn_zip_entry *entry,
    struct rmn_buf *part)
{
	struct rmn_error why = {0};
	struct rmn_bytes piece;
	enum rmn_status status;

	rmn_buf_clear(part);
	if (package->text.status != RMN_OK)
		return false;
	status = entry_begin(package, entry, &why);
	while (status == RMN_OK &&
	    (status = rmn_zip_piece(package->zip, &piece, &why)) == RMN_OK) {
		rmn_buf_append(part, piece);
		if (part->failed)
			status = rmn_fail(&why, RMN_LIMIT, "outgrows its memory");
	}
	if (status != RMN_END)
		rmn_package_note(package, status, entry->name, why.text);
	return package->text.status == RMN_OK;
}

bool
rmn_package_member(struct rmn_package *package, const struct rmn_zip_entry *entry)
{
	if (rmn_text_flush(&package->text) != RMN_OK)
		return false;
	package->is_read[entry - rmn_zip_entry(package->zip, 0)] = true;
	package->text.status = rmn_zip_member(package->zip, entry, package->sink);
	return package->text.status == RMN_OK;
}

void
rmn_package_aside_init(struct rmn_buf *aside)
{
	rmn_buf_init(aside, ASIDE_MAX);
}

void
rmn_package_aside_give(struct rmn_package *package, struct rmn_buf *aside,
    enum rmn_part_kind kind, const char *name)
{
	if (aside->size > 0) {
		rmn_text_part(&package->text, kind, rmn_bytes_from_string(name));
		rmn_text_put(&package->text, rmn_buf_bytes(aside));
	}
	if (aside->failed)
		rmn_package_note(package, RMN_LIMIT, rmn_bytes_from_string(name),
		    "more than 4 MiB of it was cut");
	rmn_buf_release(aside);
}
