/* SPDX-License-Identifier: MIT
 *
 * Records, and the directories that say which version of an object is current (2.3). */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/number.h"
#include "format/slides/ppt.h"

#define HEAD_BYTES 8u
#define TOKEN_ENCRYPTED 0xF3D1C4DFu
#define EDIT_ENCRYPTED_BYTES 32u
#define EDITS_MAX 4096u			/* savings that only appended */
#define OBJECTS_MAX (1u << 20)		/* numbers have 20 bits */
#define OVERLAP 4u			/* how often all bytes may be read as objects */

void
ppt_note(struct ppt *p, enum rmn_status status, const char *format, ...)
{
	char why[200];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	if (p->status == RMN_OK || status == RMN_LIMIT)
		p->status = status;
	rmn_fail(p->error, status, "%s", why);
}

bool
ppt_record_next(struct rmn_cursor *c, struct ppt_record *record)
{
	struct rmn_bytes head;
	unsigned first;
	uint32_t size;

	if (!rmn_cursor_take(c, HEAD_BYTES, &head)) {
		rmn_cursor_skip(c, rmn_min_size(rmn_cursor_left(c), 4) & ~(size_t)1);
		return false;
	}
	first = rmn_le16(head.data);
	record->type = rmn_le16(head.data + 2);
	size = rmn_le32(head.data + 4);
	record->instance = (uint16_t)(first >> 4);
	record->is_container = (first & 0x0F) == 0x0F;
	/* zeros are lost sectors */
	record->is_cut = size > rmn_cursor_left(c) || (first == 0 && record->type == 0);
	return rmn_cursor_take(c, rmn_min_size(size, rmn_cursor_left(c)), &record->body);
}

size_t
ppt_resync(struct rmn_bytes bytes, size_t at)
{
	for (; at + HEAD_BYTES <= bytes.size; at++) {
		const unsigned char *b = bytes.data + at;
		unsigned head = rmn_le16(b), type = rmn_le16(b + 2);

		if (rmn_le32(b + 4) > bytes.size - at - HEAD_BYTES)
			continue;
		if (head == 0 && (type == PPT_TEXT_CHARS || type == PPT_TEXT_BYTES))
			return at;
		if (head == 0x0F && (type == PPT_SHAPE || type == PPT_TEXTBOX ||
		    type == PPT_SLIDE || type == PPT_NOTES || type == PPT_MASTER ||
		    type == PPT_DOCUMENT))
			return at;
	}
	return bytes.size;
}

bool
ppt_child_find(struct rmn_bytes body, uint16_t type, struct ppt_record *record)
{
	struct rmn_cursor c = rmn_cursor_over(body);

	while (ppt_record_next(&c, record))
		if (record->type == type)
			return true;
	return false;
}

static bool
record_at(const struct ppt *p, uint64_t at, struct ppt_record *record)
{
	struct rmn_cursor c = rmn_cursor_over(p->stream);

	return at < p->stream.size && rmn_cursor_seek(&c, (size_t)at) &&
	    ppt_record_next(&c, record);
}

bool
ppt_object_find(struct ppt *p, uint32_t number, struct ppt_record *record)
{
	uint64_t at;

	if (number >= p->object_count || p->objects[number] == 0)
		return false;
	at = p->objects[number] - 1;
	if (!record_at(p, at, record))
		return false;
	rmn_buf_append_data(&p->given, &at, sizeof(at));
	return true;
}

bool
ppt_object_afford(struct ppt *p, const struct ppt_record *record)
{
	if (record->body.size > p->budget) {
		ppt_note(p, RMN_LIMIT, "objects overlap too often");
		return false;
	}
	p->budget -= record->body.size;
	return true;
}

/* One directory's objects; those that a newer one has are older versions.  Returns how many numbers
 * there are when objects is NULL. */
static size_t
directory_take(struct ppt *p, struct rmn_bytes body)
{
	struct rmn_cursor c = rmn_cursor_over(body);
	size_t numbers = 0;
	uint32_t head, at;

	while (rmn_cursor_le32(&c, &head)) {
		size_t number = head & (OBJECTS_MAX - 1), count = head >> 20;

		for (; count > 0 && rmn_cursor_le32(&c, &at); count--, number++) {
			if (number >= numbers)
				numbers = number + 1;
			if (p->objects && number < p->object_count &&
			    p->objects[number] == 0 && at < p->stream.size)
				p->objects[number] = at + 1;
		}
	}
	return numbers;
}

struct edit {
	uint32_t before;	/* place of the edit before; 0: this is the first */
	uint32_t directory;
	uint32_t document;
	uint32_t session;
	bool is_encrypted;
};

static bool
edit_read(const struct ppt *p, uint64_t at, struct edit *edit)
{
	struct ppt_record record;
	struct rmn_cursor c;

	if (!record_at(p, at, &record) || record.type != PPT_USER_EDIT || record.is_cut)
		return false;
	c = rmn_cursor_over(record.body);
	edit->is_encrypted = record.body.size >= EDIT_ENCRYPTED_BYTES;
	return rmn_cursor_skip(&c, 8) && rmn_cursor_le32(&c, &edit->before) &&
	    rmn_cursor_le32(&c, &edit->directory) && rmn_cursor_le32(&c, &edit->document) &&
	    (!edit->is_encrypted || (rmn_cursor_skip(&c, 8) && rmn_cursor_le32(&c, &edit->session)));
}

/* Goes from the newest edit to the oldest; they lie in that order.  False when one is lost. */
static bool
edits_walk(struct ppt *p, uint64_t newest, size_t *numbers)
{
	struct ppt_record directory;
	struct edit edit = {.session = 0};
	uint64_t at = newest, left = p->stream.size;

	for (unsigned i = 0; i < EDITS_MAX; i++) {
		size_t count;

		if (!edit_read(p, at, &edit) || !record_at(p, edit.directory, &directory) ||
		    directory.type != PPT_DIRECTORY)
			return false;
		if (i == 0) {
			p->document = edit.document;
			p->session = edit.session;
		}
		p->is_encrypted |= edit.is_encrypted;
		if (directory.body.size > left) {
			ppt_note(p, RMN_LIMIT, "directories of savings overlap");
			return true;
		}
		left -= directory.body.size;
		count = directory_take(p, directory.body);
		if (count > *numbers)
			*numbers = count;
		if (edit.before == 0)
			return !directory.is_cut;
		if (edit.before >= at)
			return false;
		at = edit.before;
	}
	ppt_note(p, RMN_LIMIT, "more than %u savings", EDITS_MAX);
	return true;
}

/* The last edit in the stream, where nothing says which is the newest. */
static bool
edit_search(const struct ppt *p, uint64_t *at)
{
	static const unsigned char head[] = {0x00, 0x00, 0xF5, 0x0F};
	struct rmn_bytes needle = {head, sizeof(head)};
	struct edit edit;
	size_t from = 0, hit;
	bool found = false;

	while ((hit = rmn_bytes_find(rmn_bytes_after(p->stream, from), needle)) != SIZE_MAX) {
		if (edit_read(p, from + hit, &edit)) {
			*at = from + hit;
			found = true;
		}
		from += hit + 1;
	}
	return found;
}

static bool
newest_find(struct ppt *p, struct rmn_bytes current_user, uint64_t *newest)
{
	struct rmn_cursor c = rmn_cursor_over(current_user);
	struct edit edit;
	uint32_t token, at;

	if (rmn_cursor_skip(&c, 12) && rmn_cursor_le32(&c, &token) && rmn_cursor_le32(&c, &at)) {
		p->is_encrypted |= token == TOKEN_ENCRYPTED;
		*newest = at;
		if (edit_read(p, at, &edit))
			return true;
	}
	if (!p->is_encrypted)
		ppt_note(p, RMN_PARTIAL, "nothing says which version is the current one");
	return edit_search(p, newest);
}

void
ppt_directory_read(struct ppt *p, struct rmn_bytes current_user)
{
	size_t numbers = 0;
	uint64_t newest;
	bool is_whole;

	p->budget = (uint64_t)p->stream.size * OVERLAP;
	if (!newest_find(p, current_user, &newest)) {
		p->is_lost = true;
		return;
	}
	is_whole = edits_walk(p, newest, &numbers);
	p->objects = rmn_arena_alloc(p->arena, numbers + 1, sizeof(*p->objects));
	if (!p->objects) {
		ppt_note(p, RMN_LIMIT, "the directory outgrows its memory");
		p->is_lost = true;
		return;
	}
	p->object_count = numbers + 1;
	edits_walk(p, newest, &numbers);
	if (!is_whole && !p->is_encrypted)
		ppt_note(p, RMN_PARTIAL, "the directory of an older saving is damaged");
}
