/* SPDX-License-Identifier: MIT */
#include "worker/message.h"

#include <string.h>

#include "base/limits.h"

static void
put_bytes(struct rmn_buf *frame, struct rmn_bytes bytes)
{
	rmn_buf_le32(frame, (uint32_t)bytes.size);
	rmn_buf_append(frame, bytes);
}

static bool
get_bytes(struct rmn_cursor *c, struct rmn_bytes *bytes)
{
	uint32_t size;

	return rmn_cursor_le32(c, &size) && rmn_cursor_take(c, size, bytes);
}

static void
put_string(struct rmn_buf *frame, const char *text)
{
	put_bytes(frame, rmn_bytes_from_string(text));
}

/* Copies into an array of capacity bytes, NUL included. */
static bool
get_string(struct rmn_cursor *c, char *text, size_t capacity)
{
	struct rmn_bytes bytes;

	if (!get_bytes(c, &bytes) || bytes.size >= capacity)
		return false;
	if (bytes.size > 0)
		memcpy(text, bytes.data, bytes.size);
	text[bytes.size] = '\0';
	return true;
}

static bool
get_i64(struct rmn_cursor *c, int64_t *value)
{
	uint64_t bits;

	if (!rmn_cursor_le64(c, &bits))
		return false;
	*value = (int64_t)bits;
	return true;
}

static bool
get_digest(struct rmn_cursor *c, unsigned char *digest, size_t size)
{
	struct rmn_bytes bytes;

	if (!rmn_cursor_take(c, size, &bytes))
		return false;
	memcpy(digest, bytes.data, size);
	return true;
}

static bool
at_end(const struct rmn_cursor *c)
{
	return rmn_cursor_left(c) == 0;
}

void
rmn_put_unit(struct rmn_buf *frame, const struct rmn_unit *unit)
{
	rmn_buf_le64(frame, unit->number);
	rmn_buf_u8(frame, unit->is_space);
	rmn_buf_u8(frame, unit->how);
	rmn_buf_u8(frame, unit->has_fd);
	rmn_buf_u8(frame, unit->raw_only);
	rmn_buf_le64(frame, unit->size_bytes);
	rmn_buf_le64(frame, unit->volume_start);
	rmn_buf_le64(frame, unit->inode);
	rmn_buf_le32(frame, unit->attribute_type);
	rmn_buf_le32(frame, unit->attribute_id);
	put_bytes(frame, unit->filesystem);
	put_bytes(frame, unit->name);
	put_bytes(frame, unit->path);
	rmn_buf_le64(frame, unit->extent_count);
	rmn_buf_le32(frame, unit->skip_count);
	for (size_t i = 0; i < unit->skip_count; i++)
		rmn_buf_le32(frame, unit->skip[i]);
}

bool
rmn_get_unit(struct rmn_bytes frame, struct rmn_unit *unit)
{
	struct rmn_cursor c = rmn_cursor_over(frame);
	struct rmn_unit u = {0};

	if (!rmn_cursor_le64(&c, &u.number) || !rmn_cursor_u8(&c, &u.is_space) ||
	    !rmn_cursor_u8(&c, &u.how) || !rmn_cursor_u8(&c, &u.has_fd) ||
	    !rmn_cursor_u8(&c, &u.raw_only) || !rmn_cursor_le64(&c, &u.size_bytes) ||
	    !rmn_cursor_le64(&c, &u.volume_start) || !rmn_cursor_le64(&c, &u.inode) ||
	    !rmn_cursor_le32(&c, &u.attribute_type) || !rmn_cursor_le32(&c, &u.attribute_id) ||
	    !get_bytes(&c, &u.filesystem) || !get_bytes(&c, &u.name) || !get_bytes(&c, &u.path) ||
	    !rmn_cursor_le64(&c, &u.extent_count) || !rmn_cursor_le32(&c, &u.skip_count) ||
	    u.skip_count > RMN_UNIT_SKIPS)
		return false;
	for (size_t i = 0; i < u.skip_count; i++)
		if (!rmn_cursor_le32(&c, &u.skip[i]))
			return false;
	*unit = u;
	return at_end(&c);
}

void
rmn_put_extents(struct rmn_buf *frame, const struct rmn_extent *extents, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		rmn_buf_le64(frame, extents[i].image_offset);
		rmn_buf_le64(frame, extents[i].length_bytes);
	}
}

bool
rmn_get_extents(struct rmn_bytes frame, struct rmn_extent *extents, size_t *count, size_t capacity)
{
	struct rmn_cursor c = rmn_cursor_over(frame);

	while (!at_end(&c)) {
		struct rmn_extent e;

		if (*count >= capacity || !rmn_cursor_le64(&c, &e.image_offset) ||
		    !rmn_cursor_le64(&c, &e.length_bytes))
			return false;
		extents[(*count)++] = e;
	}
	return true;
}

void
rmn_put_member(struct rmn_buf *frame, const struct rmn_member_message *m)
{
	rmn_buf_le32(frame, m->member);
	rmn_buf_le32(frame, m->parent);
	rmn_buf_le64(frame, m->size_bytes);
	rmn_buf_le64(frame, (uint64_t)m->created);
	rmn_buf_le64(frame, (uint64_t)m->modified);
	put_bytes(frame, m->path);
	put_bytes(frame, m->name);
}

bool
rmn_get_member(struct rmn_bytes frame, struct rmn_member_message *m)
{
	struct rmn_cursor c = rmn_cursor_over(frame);

	return rmn_cursor_le32(&c, &m->member) && rmn_cursor_le32(&c, &m->parent) &&
	    rmn_cursor_le64(&c, &m->size_bytes) && get_i64(&c, &m->created) &&
	    get_i64(&c, &m->modified) && get_bytes(&c, &m->path) && get_bytes(&c, &m->name) &&
	    at_end(&c);
}

void
rmn_put_finding(struct rmn_buf *frame, const struct rmn_finding_message *m)
{
	rmn_buf_le32(frame, m->member);
	rmn_buf_le16(frame, m->rule);
	rmn_buf_le16(frame, m->reasons);
	rmn_buf_u8(frame, m->score);
	rmn_buf_u8(frame, m->severity);
	rmn_buf_u8(frame, m->encoding);
	rmn_buf_u8(frame, m->in_text);
	rmn_buf_le64(frame, m->offset);
	rmn_buf_le32(frame, m->length_bytes);
	rmn_buf_append_data(frame, m->value_hash, sizeof(m->value_hash));
	put_bytes(frame, m->part);
	put_bytes(frame, m->masked);
	put_bytes(frame, m->context);
	put_bytes(frame, m->value);
}

bool
rmn_get_finding(struct rmn_bytes frame, struct rmn_finding_message *m)
{
	struct rmn_cursor c = rmn_cursor_over(frame);

	return rmn_cursor_le32(&c, &m->member) && rmn_cursor_le16(&c, &m->rule) &&
	    rmn_cursor_le16(&c, &m->reasons) && rmn_cursor_u8(&c, &m->score) &&
	    rmn_cursor_u8(&c, &m->severity) && rmn_cursor_u8(&c, &m->encoding) &&
	    rmn_cursor_u8(&c, &m->in_text) && rmn_cursor_le64(&c, &m->offset) &&
	    rmn_cursor_le32(&c, &m->length_bytes) &&
	    get_digest(&c, m->value_hash, sizeof(m->value_hash)) && get_bytes(&c, &m->part) &&
	    get_bytes(&c, &m->masked) && get_bytes(&c, &m->context) && get_bytes(&c, &m->value) &&
	    at_end(&c);
}

void
rmn_put_named(struct rmn_buf *frame, const struct rmn_named_message *m)
{
	rmn_buf_le32(frame, m->member);
	rmn_buf_le64(frame, m->size_bytes);
	rmn_buf_le64(frame, (uint64_t)m->created);
	rmn_buf_le64(frame, (uint64_t)m->modified);
	put_bytes(frame, m->path);
}

bool
rmn_get_named(struct rmn_bytes frame, struct rmn_named_message *m)
{
	struct rmn_cursor c = rmn_cursor_over(frame);

	return rmn_cursor_le32(&c, &m->member) && rmn_cursor_le64(&c, &m->size_bytes) &&
	    get_i64(&c, &m->created) && get_i64(&c, &m->modified) && get_bytes(&c, &m->path) &&
	    at_end(&c);
}

void
rmn_put_document(struct rmn_buf *frame, const struct rmn_document_message *m)
{
	rmn_buf_le32(frame, m->member);
	rmn_buf_u8(frame, m->type_score);
	rmn_buf_u8(frame, m->is_business);
	rmn_buf_u8(frame, m->marking_level);
	rmn_buf_le64(frame, (uint64_t)m->created);
	rmn_buf_le64(frame, (uint64_t)m->modified);
	rmn_buf_le64(frame, m->text_bytes);
	put_bytes(frame, m->format);
	put_bytes(frame, m->doc_type);
	put_bytes(frame, m->title);
	put_bytes(frame, m->author);
	put_bytes(frame, m->last_author);
	put_bytes(frame, m->company);
	put_bytes(frame, m->application);
	put_bytes(frame, m->marking);
	put_bytes(frame, m->marking_text);
	put_bytes(frame, m->language);
}

bool
rmn_get_document(struct rmn_bytes frame, struct rmn_document_message *m)
{
	struct rmn_cursor c = rmn_cursor_over(frame);

	return rmn_cursor_le32(&c, &m->member) && rmn_cursor_u8(&c, &m->type_score) &&
	    rmn_cursor_u8(&c, &m->is_business) && rmn_cursor_u8(&c, &m->marking_level) &&
	    get_i64(&c, &m->created) && get_i64(&c, &m->modified) &&
	    rmn_cursor_le64(&c, &m->text_bytes) && get_bytes(&c, &m->format) &&
	    get_bytes(&c, &m->doc_type) && get_bytes(&c, &m->title) && get_bytes(&c, &m->author) &&
	    get_bytes(&c, &m->last_author) && get_bytes(&c, &m->company) &&
	    get_bytes(&c, &m->application) && get_bytes(&c, &m->marking) &&
	    get_bytes(&c, &m->marking_text) && get_bytes(&c, &m->language) && at_end(&c);
}

void
rmn_put_examined(struct rmn_buf *frame, const struct rmn_examined_message *m)
{
	rmn_buf_le32(frame, m->member);
	rmn_buf_le32(frame, (uint32_t)m->status);
	rmn_buf_u8(frame, m->has_sha256);
	rmn_buf_append_data(frame, m->sha256, sizeof(m->sha256));
	rmn_buf_le64(frame, m->size_bytes);
	rmn_buf_le64(frame, m->text_bytes);
	put_bytes(frame, m->media_type);
	put_bytes(frame, m->format);
	put_bytes(frame, m->reason);
}

bool
rmn_get_examined(struct rmn_bytes frame, struct rmn_examined_message *m)
{
	struct rmn_cursor c = rmn_cursor_over(frame);
	uint32_t status;

	if (!rmn_cursor_le32(&c, &m->member) || !rmn_cursor_le32(&c, &status) ||
	    !rmn_cursor_u8(&c, &m->has_sha256) || !get_digest(&c, m->sha256, sizeof(m->sha256)) ||
	    !rmn_cursor_le64(&c, &m->size_bytes) || !rmn_cursor_le64(&c, &m->text_bytes) ||
	    !get_bytes(&c, &m->media_type) || !get_bytes(&c, &m->format) ||
	    !get_bytes(&c, &m->reason))
		return false;
	m->status = (int32_t)status;
	return at_end(&c);
}

void
rmn_put_note(struct rmn_buf *frame, const struct rmn_note_message *m)
{
	rmn_buf_le32(frame, m->number);
	put_bytes(frame, m->stage);
	put_bytes(frame, m->text);
}

bool
rmn_get_note(struct rmn_bytes frame, struct rmn_note_message *m)
{
	struct rmn_cursor c = rmn_cursor_over(frame);

	return rmn_cursor_le32(&c, &m->number) && get_bytes(&c, &m->stage) &&
	    get_bytes(&c, &m->text) && at_end(&c);
}

void
rmn_put_numbers(struct rmn_buf *frame, const uint64_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		rmn_buf_le64(frame, numbers[i]);
}

bool
rmn_get_numbers(struct rmn_bytes frame, uint64_t *numbers, size_t count)
{
	struct rmn_cursor c = rmn_cursor_over(frame);

	for (size_t i = 0; i < count; i++)
		if (!rmn_cursor_le64(&c, &numbers[i]))
			return false;
	return at_end(&c);
}

void
rmn_put_volume(struct rmn_buf *frame, const struct rmn_volume *v)
{
	rmn_buf_le32(frame, v->number);
	rmn_buf_le64(frame, v->start_byte);
	rmn_buf_le64(frame, v->length_bytes);
	rmn_buf_u8(frame, (uint8_t)v->state);
	rmn_buf_le32(frame, v->block_bytes);
	put_string(frame, v->slot);
	put_string(frame, v->filesystem);
	put_string(frame, v->label);
	put_string(frame, v->description);
	rmn_buf_le32(frame, v->outer);
	put_bytes(frame, rmn_bytes_head(v->outer_path, RMN_LIMIT_PATH_BYTES));
}

bool
rmn_get_volume(struct rmn_bytes frame, struct rmn_volume *v)
{
	struct rmn_cursor c = rmn_cursor_over(frame);
	uint8_t state;

	if (!rmn_cursor_le32(&c, &v->number) || !rmn_cursor_le64(&c, &v->start_byte) ||
	    !rmn_cursor_le64(&c, &v->length_bytes) || !rmn_cursor_u8(&c, &state) ||
	    state > RMN_VOLUME_LOST || !rmn_cursor_le32(&c, &v->block_bytes) ||
	    !get_string(&c, v->slot, sizeof(v->slot)) ||
	    !get_string(&c, v->filesystem, sizeof(v->filesystem)) ||
	    !get_string(&c, v->label, sizeof(v->label)) ||
	    !get_string(&c, v->description, sizeof(v->description)) ||
	    !rmn_cursor_le32(&c, &v->outer) || !get_bytes(&c, &v->outer_path))
		return false;
	v->state = (enum rmn_volume_state)state;
	return at_end(&c);
}

void
rmn_put_item(struct rmn_buf *frame, const struct rmn_walk_item *i)
{
	rmn_buf_le32(frame, i->volume);
	rmn_buf_u8(frame, (uint8_t)i->kind);
	rmn_buf_u8(frame, (uint8_t)i->state);
	rmn_buf_u8(frame, (uint8_t)i->how);
	rmn_buf_u8(frame, (uint8_t)(i->is_orphan | i->is_encrypted << 1));
	rmn_buf_u8(frame, (uint8_t)i->name_source);
	rmn_buf_u8(frame, (uint8_t)i->grade);
	put_bytes(frame, rmn_bytes_head(i->path, RMN_LIMIT_PATH_BYTES));
	put_bytes(frame, rmn_bytes_head(i->stream, RMN_LIMIT_PATH_BYTES));
	rmn_buf_le64(frame, i->size_bytes);
	rmn_buf_le64(frame, (uint64_t)i->created);
	rmn_buf_le64(frame, (uint64_t)i->modified);
	rmn_buf_le64(frame, (uint64_t)i->changed);
	rmn_buf_le64(frame, (uint64_t)i->accessed);
	rmn_buf_le64(frame, i->inode);
	rmn_buf_le64(frame, i->parent_inode);
	rmn_buf_le32(frame, i->mode);
	rmn_buf_le32(frame, i->uid);
	rmn_buf_le32(frame, i->gid);
	rmn_buf_le32(frame, i->link_count);
	rmn_buf_le32(frame, i->attribute_type);
	rmn_buf_le32(frame, i->attribute_id);
	rmn_buf_le64(frame, i->overwritten_bytes);
	rmn_buf_le64(frame, i->extent_count);
}

/* The one-byte fields, checked against their enumerations. */
static bool
get_item_kinds(struct rmn_cursor *c, struct rmn_walk_item *i)
{
	uint8_t kind, state, how, flags, source, grade;

	if (!rmn_cursor_u8(c, &kind) || !rmn_cursor_u8(c, &state) || !rmn_cursor_u8(c, &how) ||
	    !rmn_cursor_u8(c, &flags) || !rmn_cursor_u8(c, &source) || !rmn_cursor_u8(c, &grade) ||
	    kind > RMN_ITEM_MEMBER || state > RMN_MEMBER || how > RMN_CONTENT_UNREACHED ||
	    source > RMN_NAME_NONE || (grade != 0 && (grade < 'A' || grade > 'E')))
		return false;
	i->name_source = (enum rmn_name_source)source;
	i->grade = (char)grade;
	i->kind = (enum rmn_item_kind)kind;
	i->state = (enum rmn_item_state)state;
	i->how = (enum rmn_content_how)how;
	i->is_orphan = flags & 1;
	i->is_encrypted = flags & 2;
	return true;
}

bool
rmn_get_item(struct rmn_bytes frame, struct rmn_walk_item *item)
{
	struct rmn_cursor c = rmn_cursor_over(frame);
	struct rmn_walk_item i = {0};
	uint64_t extent_count;

	if (!rmn_cursor_le32(&c, &i.volume) || !get_item_kinds(&c, &i) || !get_bytes(&c, &i.path) ||
	    !get_bytes(&c, &i.stream) || !rmn_cursor_le64(&c, &i.size_bytes) ||
	    !get_i64(&c, &i.created) || !get_i64(&c, &i.modified) || !get_i64(&c, &i.changed) ||
	    !get_i64(&c, &i.accessed) || !rmn_cursor_le64(&c, &i.inode) ||
	    !rmn_cursor_le64(&c, &i.parent_inode) || !rmn_cursor_le32(&c, &i.mode) ||
	    !rmn_cursor_le32(&c, &i.uid) || !rmn_cursor_le32(&c, &i.gid) ||
	    !rmn_cursor_le32(&c, &i.link_count) || !rmn_cursor_le32(&c, &i.attribute_type) ||
	    !rmn_cursor_le32(&c, &i.attribute_id) || !rmn_cursor_le64(&c, &i.overwritten_bytes) ||
	    !rmn_cursor_le64(&c, &extent_count) || !at_end(&c))
		return false;
	i.extent_count = (size_t)extent_count;
	*item = i;
	return true;
}

void
rmn_put_runs(struct rmn_buf *frame, const struct rmn_space_run *runs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		rmn_buf_u8(frame, (uint8_t)runs[i].kind);
		rmn_buf_le64(frame, runs[i].image_offset);
		rmn_buf_le64(frame, runs[i].length_bytes);
		rmn_buf_le64(frame, runs[i].owner_inode);
	}
}

bool
rmn_get_runs(struct rmn_bytes frame, struct rmn_space_run *runs, size_t *count, size_t capacity)
{
	struct rmn_cursor c = rmn_cursor_over(frame);

	while (!at_end(&c)) {
		struct rmn_space_run r;
		uint8_t kind;

		if (*count >= capacity || !rmn_cursor_u8(&c, &kind) || kind > RMN_SPACE_GAP ||
		    !rmn_cursor_le64(&c, &r.image_offset) ||
		    !rmn_cursor_le64(&c, &r.length_bytes) || !rmn_cursor_le64(&c, &r.owner_inode))
			return false;
		r.kind = (enum rmn_space_kind)kind;
		runs[(*count)++] = r;
	}
	return true;
}
