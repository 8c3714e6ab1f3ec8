/* SPDX-License-Identifier: MIT
 *
 * Ichitaro 8 and later (.jtd, .jtt).  JustSystems publishes no description: what is known of the text
 * streams is in docs/formats/ichitaro.md.  They are small stores of blocks ("SsmgV.01") in which
 * pieces of UTF-16BE text ("TextV.01") lie; text and records of structure are in jtd_text.c.
 * Every other stream gives runs of text only, but those that are known to hold none. */
#include <string.h>
#include <strings.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "format/word/jtd_text.h"
#include "format/ole/ole_walk.h"

#define STORE_MAGIC "SsmgV.01"
#define TEXT_MAGIC "TextV.01"
#define LIST_MAGIC "QLSTV.01"	/* a text in several pieces */
#define PIECE_HEADER 12u
#define SUBS_MAX 65536u

struct jtd {
	const struct rmn_ole *ole;
	struct rmn_text_runs runs;
};

/* A store of blocks: sub-streams as their blocks, joined. */
struct store {
	struct rmn_bytes blocks;
	uint32_t block_bytes;
	struct rmn_cursor directory;
	uint32_t count;		/* of sub-streams */
};

static bool
store_open(struct rmn_bytes bytes, struct store *s)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint32_t block_count;
	uint64_t size;

	if (!rmn_bytes_start_with(bytes, STORE_MAGIC) || !rmn_cursor_skip(&c, 8) ||
	    !rmn_cursor_be32(&c, &s->count) || !rmn_cursor_be32(&c, &s->block_bytes) ||
	    !rmn_cursor_be32(&c, &block_count) || s->block_bytes == 0 || s->count > SUBS_MAX)
		return false;
	size = (uint64_t)s->block_bytes * block_count;
	if (size > rmn_cursor_left(&c) || !rmn_cursor_take(&c, (size_t)size, &s->blocks))
		return false;
	s->directory = c;
	return true;
}

/* Reads one entry of the directory into memory; false when it does not hold. */
static bool
sub_read(struct store *s, struct rmn_arena *arena, struct rmn_bytes *sub)
{
	struct rmn_cursor *c = &s->directory;
	uint32_t index, zero, size, count, again, block;
	unsigned char *memory;
	size_t used = 0;

	if (!rmn_cursor_be32(c, &index) || !rmn_cursor_be32(c, &zero) ||
	    !rmn_cursor_be32(c, &size) || !rmn_cursor_be32(c, &count) ||
	    !rmn_cursor_be32(c, &again) || count != again ||
	    size > (uint64_t)count * s->block_bytes || count > rmn_cursor_left(c) / 4 ||
	    size > s->blocks.size)
		return false;
	memory = rmn_arena_alloc(arena, (size_t)size + 1, 1);
	if (!memory)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		struct rmn_bytes piece;

		if (!rmn_cursor_be32(c, &block))
			return false;
		piece = rmn_bytes_head(rmn_bytes_after(s->blocks,
		    (size_t)rmn_min_u64((uint64_t)block * s->block_bytes, s->blocks.size)),
		    rmn_min_size(s->block_bytes, size - used));
		if (piece.size > 0)
			memcpy(memory + used, piece.data, piece.size);
		used += piece.size;
	}
	*sub = (struct rmn_bytes){memory, used};
	return used == size;
}

/* The units of a "TextV.01" piece. */
static bool
piece_units(struct rmn_bytes piece, struct rmn_bytes *units)
{
	struct rmn_cursor c = rmn_cursor_over(piece);
	uint32_t count;

	return rmn_bytes_start_with(piece, TEXT_MAGIC) && rmn_cursor_skip(&c, 8) &&
	    rmn_cursor_be32(&c, &count) && count <= rmn_cursor_left(&c) / 2 &&
	    rmn_cursor_take(&c, (size_t)count * 2, units);
}

/* The text of "QLSTV.01": its pieces in order, which may part a record. */
static bool
list_units(struct rmn_bytes list, const struct rmn_bytes *subs, uint32_t sub_count,
    struct rmn_buf *units)
{
	struct rmn_cursor c = rmn_cursor_over(list);
	uint32_t count, unit_count, index;
	bool is_whole = true;

	if (!rmn_cursor_skip(&c, 8) || !rmn_cursor_be32(&c, &count))
		return false;
	while (count-- > 0 && rmn_cursor_be32(&c, &unit_count) && rmn_cursor_be32(&c, &index)) {
		struct rmn_bytes piece = index < sub_count ? subs[index] : (struct rmn_bytes){NULL, 0};

		if (rmn_bytes_start_with(piece, TEXT_MAGIC))
			piece = rmn_bytes_after(piece, PIECE_HEADER);
		is_whole = is_whole && (uint64_t)unit_count * 2 <= piece.size;
		rmn_buf_append(units, rmn_bytes_head(piece,
		    (size_t)rmn_min_u64((uint64_t)unit_count * 2, piece.size)));
	}
	return is_whole && count == UINT32_MAX && !units->failed;
}

/* Gives every text of a store.  False when something did not fit. */
static bool
store_give(struct jtd *j, struct rmn_bytes bytes)
{
	struct rmn_arena *arena = j->ole->cfb->arena;
	struct rmn_bytes *subs, units;
	bool is_whole = true, has_list = false;
	struct store s;
	uint32_t count = 0;

	if (!store_open(bytes, &s))
		return false;
	subs = rmn_arena_alloc(arena, s.count + 1, sizeof(*subs));
	while (subs && count < s.count && sub_read(&s, arena, &subs[count])) {
		has_list = has_list || rmn_bytes_start_with(subs[count], LIST_MAGIC);
		count++;
	}
	for (uint32_t i = 0; i < count; i++) {
		struct rmn_buf joined;

		if (rmn_bytes_start_with(subs[i], LIST_MAGIC)) {
			rmn_buf_init(&joined, RMN_LIMIT_TEXT_BYTES);
			is_whole = list_units(subs[i], subs, count, &joined) && is_whole;
			is_whole = rmn_jtd_text_put(j->ole->text, rmn_buf_bytes(&joined)) &&
			    is_whole;
			rmn_buf_release(&joined);
		} else if (!has_list && rmn_bytes_start_with(subs[i], TEXT_MAGIC)) {
			is_whole = piece_units(subs[i], &units) &&
			    rmn_jtd_text_put(j->ole->text, units) && is_whole;
		} else if (!has_list && i == 0) {
			is_whole = false;
		}
	}
	return is_whole && count == s.count && count > 0;
}

/* A store whose directory is lost: texts where their mark stands, to where the next begins.  What the
 * blocks lack of order comes out of order. */
static void
remains_give(struct jtd *j, struct rmn_bytes bytes)
{
	struct rmn_bytes magic = rmn_bytes_from_string(TEXT_MAGIC), units;
	size_t found = rmn_bytes_find(bytes, magic);

	if (found == SIZE_MAX) {
		rmn_text_runs_put(&j->runs, bytes);
		return;
	}
	while (found != SIZE_MAX && j->ole->text->status == RMN_OK) {
		struct rmn_bytes rest;

		bytes = rmn_bytes_after(bytes, found);
		rest = rmn_bytes_after(bytes, 8);
		found = rmn_bytes_find(rest, magic);
		if (!piece_units(bytes, &units))
			units = rmn_bytes_after(rmn_bytes_head(rest,
			    rmn_min_size(found, rest.size)), 4);
		rmn_jtd_text_put(j->ole->text, units);
		found = found == SIZE_MAX ? found : found + 8;
	}
}

static enum rmn_part_kind
stream_kind(const char *name)
{
	if (strncasecmp(name, "Header", 6) == 0 || strncasecmp(name, "Footer", 6) == 0 ||
	    strcasecmp(name, "PageLayoutStyleHeader") == 0)
		return RMN_PART_HEADER;
	if (strcasecmp(name, "Footnote") == 0 || strcasecmp(name, "Endnote") == 0)
		return RMN_PART_NOTE;
	return RMN_PART_BODY;
}

/* Marks of the layout, fonts and styles: numbers and names of fonts. */
static bool
holds_no_text(const char *name)
{
	static const char *const names[] = {"LineMark", "PageMark", "PaperMark", "Font",
	    "DocumentViewStyles", "DocumentEditStyles", "DocumentPeripheralThree",
	    "DocumentTextPositionTables", "TextLayoutStyle", "\004JSRV_SegmentInformation"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(name, names[i]) == 0)
			return true;
	return false;
}

static enum rmn_status
take_stream(void *context, const struct rmn_cfb_entry *entry, const char *path)
{
	struct jtd *j = context;
	enum rmn_status status = RMN_OK;
	struct rmn_bytes bytes;

	if (holds_no_text(entry->name) || !rmn_ole_stream(j->ole, entry, &bytes, &status))
		return status;
	rmn_text_part(j->ole->text, stream_kind(entry->name), rmn_bytes_from_string(path));
	if (!rmn_bytes_start_with(bytes, STORE_MAGIC)) {
		rmn_text_runs_put(&j->runs, bytes);
		return status == RMN_OK && strcasecmp(entry->name, "DocumentText") == 0 ?
		    rmn_fail(j->ole->error, RMN_PARTIAL, "%s is no text store: runs of text only",
		    path) : status;
	}
	if (store_give(j, bytes))
		return status;
	remains_give(j, bytes);
	return rmn_fail(j->ole->error, RMN_PARTIAL, "%s does not hold together: text without order",
	    path);
}

enum rmn_status
rmn_ole_jtd(const struct rmn_ole *ole)
{
	struct jtd j = {.ole = ole};

	rmn_text_runs_init(&j.runs, ole->text, ole->cfb->arena);
	if (ole->text->status != RMN_OK)
		return ole->text->status;
	return rmn_ole_walk(ole, take_stream, &j);
}
