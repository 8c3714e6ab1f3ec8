/* SPDX-License-Identifier: MIT
 *
 * Messages of Outlook Express: chains of segments.  A deleted message keeps them until they are used
 * again; freed segments are chained in another way, and a pointer covers their first four bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/number.h"
#include "base/time.h"
#include "format/mail/dbx.h"

#define SEGMENT_HEADER 16u
#define FREED_SIZE 0x1FCu
#define FREED_ROOM 0x210u
#define LOST_BYTES 4u
#define WINDOW_BYTES ((size_t)256 << 10)
#define STARTS_MAX (1u << 20)

uint32_t
rmn_dbx_number(struct rmn_dbx *d, uint64_t offset)
{
	unsigned char b[4];
	size_t got;

	return rmn_blob_read(d->content, offset, b, sizeof(b), &got, NULL) == RMN_OK &&
	    got == sizeof(b) ? rmn_le32(b) : 0;
}

bool
rmn_dbx_is_seen(const struct rmn_dbx *d, uint64_t offset)
{
	return d->seen[offset / 32] >> (offset / 4 & 7) & 1;
}

void
rmn_dbx_see(struct rmn_dbx *d, uint64_t offset)
{
	d->seen[offset / 32] |= (unsigned char)(1 << (offset / 4 & 7));
}

/* What a segment's header says; none of it counts when false. */
struct segment {
	uint32_t next;
	uint32_t size;
	bool is_freed;
};

static bool
segment_parse(const struct rmn_dbx *d, uint64_t offset, const unsigned char *h, struct segment *s)
{
	uint32_t room = rmn_le32(h + 4), used = rmn_le32(h + 8);

	*s = (struct segment){rmn_le32(h + 12), used, room == FREED_SIZE && used == FREED_ROOM};
	if (rmn_le32(h) != offset || offset < RMN_DBX_HEADER_BYTES || (s->next & 3) ||
	    s->next >= d->content->size_bytes || s->next == offset)
		return false;
	if (s->is_freed)
		s->size = RMN_DBX_SEGMENT_BYTES;
	return s->is_freed || (room == RMN_DBX_SEGMENT_BYTES && used > 0 && used <= room);
}

static bool
segment_read(struct rmn_dbx *d, uint64_t offset, struct segment *s)
{
	unsigned char h[SEGMENT_HEADER];
	size_t got;

	return (offset & 3) == 0 && rmn_blob_read(d->content, offset, h, sizeof(h), &got, NULL) ==
	    RMN_OK && got == sizeof(h) && segment_parse(d, offset, h, s);
}

struct chain {
	struct rmn_dbx *d;
	uint32_t next;
	bool freed, is_broken;
	unsigned char data[RMN_DBX_SEGMENT_BYTES];
	struct rmn_bytes left;
};

/* The next segment into memory; false at the end, or where the chain breaks. */
static bool
chain_next(struct chain *c)
{
	struct segment s;
	size_t skip = c->freed ? LOST_BYTES : 0, got = 0;

	if (c->next == 0)
		return false;
	if (!segment_read(c->d, c->next, &s) || s.is_freed != c->freed ||
	    rmn_dbx_is_seen(c->d, c->next) ||
	    rmn_blob_read(c->d->content, (uint64_t)c->next + SEGMENT_HEADER + skip, c->data,
	    s.size - skip, &got, NULL) != RMN_OK || got < s.size - skip) {
		c->is_broken = true;
		c->next = 0;
		return false;
	}
	rmn_dbx_see(c->d, c->next);
	c->next = s.next;
	c->left = (struct rmn_bytes){c->data, got};
	if (c->freed && c->next == 0)	/* only the last is not full, and nothing says so */
		while (c->left.size > 0 && c->left.data[c->left.size - 1] == '\0')
			c->left.size--;
	return true;
}

static enum rmn_status
chain_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	struct chain *c = state;
	struct rmn_bytes piece;

	*got = 0;
	while (c->left.size == 0)
		if (!chain_next(c))
			return c->is_broken ? rmn_fail(error, RMN_CORRUPT,
			    "the segments of the message break off") : RMN_END;
	piece = rmn_bytes_head(c->left, size);
	memcpy(buffer, piece.data, piece.size);
	c->left = rmn_bytes_after(c->left, piece.size);
	*got = piece.size;
	return RMN_OK;
}

enum rmn_status
rmn_dbx_message(struct rmn_dbx *d, uint32_t segment, bool freed, struct rmn_bytes name)
{
	struct chain c = {.d = d, .next = segment, .freed = freed};
	struct rmn_member_reader reader = {chain_read, &c};
	struct rmn_member member = {
		.name = name,
		.size_bytes = UINT64_MAX,
		.modified = RMN_TIME_UNKNOWN,
		.created = RMN_TIME_UNKNOWN,
		.has_offset = true,
		.container_offset = segment,
	};
	enum rmn_status status = rmn_sink_member(d->sink, &member, &reader);

	while (chain_next(&c))
		continue;	/* what the sink did not want is no deleted message */
	if (c.is_broken && !freed)
		d->damage = "segments of a message are missing";
	return status;
}

/* Segments that were not read, and which of them follow another. */
struct found {
	uint32_t *starts, *followers;
	size_t count, follower_count, capacity;
	bool is_full;
};

static bool
grow(struct rmn_dbx *d, struct found *f)
{
	size_t capacity = f->capacity ? f->capacity * 2 : 256;
	uint32_t *starts = capacity <= STARTS_MAX ?
	    rmn_arena_alloc(d->arena, capacity, sizeof(*starts)) : NULL;
	uint32_t *followers = starts ? rmn_arena_alloc(d->arena, capacity, sizeof(*starts)) : NULL;

	if (!followers) {
		f->is_full = true;
		return false;
	}
	if (f->count > 0) {
		memcpy(starts, f->starts, f->count * sizeof(*starts));
		memcpy(followers, f->followers, f->count * sizeof(*followers));
	}
	*f = (struct found){starts, followers, f->count, f->follower_count, capacity, false};
	return true;
}

static int
number_compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void
window_search(struct rmn_dbx *d, uint64_t at, struct rmn_bytes window, size_t size,
    struct found *f)
{
	struct segment s;

	for (size_t i = 0; i < size; i += 4) {
		if (window.size - i < SEGMENT_HEADER || rmn_le32(window.data + i) != at + i ||
		    !segment_parse(d, at + i, window.data + i, &s) || rmn_dbx_is_seen(d, at + i))
			continue;
		if (f->count == f->capacity && !grow(d, f))
			return;
		f->starts[f->count++] = (uint32_t)(at + i);
		if (s.next != 0)
			f->followers[f->follower_count++] = s.next;
	}
}

static void
segments_search(struct rmn_dbx *d, struct found *f)
{
	unsigned char *window = rmn_arena_take(d->arena, WINDOW_BYTES);
	uint64_t at = RMN_DBX_HEADER_BYTES;

	f->is_full = !window;
	while (window && at < d->content->size_bytes && !f->is_full) {
		size_t got = 0, size;

		rmn_blob_read(d->content, at, window, WINDOW_BYTES, &got, NULL);
		size = got == WINDOW_BYTES ? WINDOW_BYTES - SEGMENT_HEADER : got;
		window_search(d, at, (struct rmn_bytes){window, got}, size, f);
		at += size > 0 ? size : WINDOW_BYTES - SEGMENT_HEADER;
	}
	if (f->follower_count > 0)
		qsort(f->followers, f->follower_count, sizeof(*f->followers), number_compare);
}

enum rmn_status
rmn_dbx_deleted(struct rmn_dbx *d)
{
	struct found f = {.count = 0};
	enum rmn_status status = RMN_OK;
	struct segment s;

	segments_search(d, &f);
	for (size_t i = 0; status == RMN_OK && i < f.count; i++) {
		char name[48];

		if (rmn_dbx_is_seen(d, f.starts[i]) || (f.follower_count > 0 &&
		    bsearch(&f.starts[i], f.followers, f.follower_count, sizeof(uint32_t),
		    number_compare)) || !segment_read(d, f.starts[i], &s))
			continue;
		snprintf(name, sizeof(name), "deleted-%06lu.eml", ++d->count);
		status = rmn_dbx_message(d, f.starts[i], s.is_freed, rmn_bytes_from_string(name));
	}
	if (f.is_full && status == RMN_OK)
		status = rmn_sink_missing(d->sink, RMN_LIMIT, "not all deleted messages were looked for");
	return status;
}
