/* SPDX-License-Identifier: MIT */
#include "unpack/zip_rest.h"

#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/time.h"
#include "unpack/name.h"
#include "unpack/zip.h"

#define METHOD_STORED 0u
#define METHOD_DEFLATED 8u
#define METHOD_AES 99u

struct passing {
	struct rmn_zip *zip;
	const struct rmn_zip_entry *entry;
	struct rmn_bytes rest;
	bool is_open;
	bool is_shut;			/* a folder, or encrypted */
	bool is_damaged;		/* any member was */
};

static enum rmn_status
member_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	struct passing *p = state;
	enum rmn_status status = RMN_OK;

	*got = 0;
	if (p->is_shut)
		return RMN_END;
	if (!p->is_open)
		status = rmn_zip_begin(p->zip, p->entry, RMN_LIMIT_UNPACKED_BYTES, error);
	p->is_open = true;
	if (status == RMN_OK && p->rest.size == 0)
		status = rmn_zip_piece(p->zip, &p->rest, error);
	if (status != RMN_OK) {
		p->is_damaged |= status != RMN_END;
		return status;
	}
	*got = rmn_min_size(size, p->rest.size);
	memcpy(buffer, p->rest.data, *got);
	p->rest = rmn_bytes_after(p->rest, *got);
	return RMN_OK;
}

/* In names of old Windows programs backslashes part the path; the byte may also be the second of a
 * character, so this comes after decoding. */
static void
name_decode(const struct rmn_zip_entry *entry, struct rmn_buf *name)
{
	rmn_unpack_name(entry->unicode_name.size > 0 ? entry->unicode_name : entry->name, name);
	if (rmn_bytes_find(rmn_buf_bytes(name), rmn_bytes_from_string("/")) != SIZE_MAX)
		return;
	for (size_t i = 0; i < name->size; i++)
		if (name->data[i] == '\\')
			name->data[i] = '/';
}

static enum rmn_status
entry_pass(struct passing *p, struct rmn_buf *name, const struct rmn_sink *sink)
{
	struct rmn_member_reader reader = {member_read, p};
	struct rmn_member member = {
		.size_bytes = p->entry->size_bytes,
		.modified = p->entry->modified,
		.created = RMN_TIME_UNKNOWN,
		.is_encrypted = p->entry->is_encrypted || p->entry->method == METHOD_AES,
		.has_offset = true,
		.container_offset = p->entry->header_offset,
	};

	name_decode(p->entry, name);
	member.name = rmn_buf_bytes(name);
	if (!rmn_bytes_equal(member.name, p->entry->name))
		member.raw_name = p->entry->name;
	member.is_directory = member.name.size > 0 && member.size_bytes == 0 &&
	    member.name.data[member.name.size - 1] == '/';
	p->rest.size = 0;
	p->is_open = false;
	p->is_shut = member.is_directory || member.is_encrypted;
	return name->failed ? RMN_NOMEM : rmn_sink_member(sink, &member, &reader);
}

static enum rmn_status
members_pass(struct rmn_zip *zip, const struct rmn_sink *sink, struct rmn_error *error)
{
	struct passing p = {.zip = zip};
	struct rmn_buf name;
	enum rmn_status status = RMN_OK;

	rmn_buf_init(&name, 0);
	for (size_t i = 0; i < rmn_zip_count(zip) && status == RMN_OK; i++) {
		p.entry = rmn_zip_entry(zip, i);
		status = entry_pass(&p, &name, sink);
	}
	rmn_buf_release(&name);
	if (status == RMN_OK && p.is_damaged)
		status = rmn_fail(error, RMN_PARTIAL, "members of the zip are damaged");
	return status;
}

/* Whether there is nothing in it but what unpack/zip.h inflates. */
static bool
is_plain(const struct rmn_zip *zip)
{
	for (size_t i = 0; i < rmn_zip_count(zip); i++) {
		const struct rmn_zip_entry *entry = rmn_zip_entry(zip, i);

		if (entry->method != METHOD_STORED && entry->method != METHOD_DEFLATED &&
		    !entry->is_encrypted)
			return false;
	}
	return true;
}

enum rmn_status
rmn_zip_members(struct rmn_blob *content, bool only_plain, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_arena *arena = rmn_arena_new(RMN_LIMIT_ARENA_BYTES);
	struct rmn_zip *zip = NULL;
	struct rmn_error why = {0};
	enum rmn_status status, result;

	if (!arena)
		return rmn_fail(error, RMN_NOMEM, "out of memory for a zip");
	result = only_plain ? rmn_zip_open_whole(content, arena, &zip, &why) :
	    rmn_zip_open(content, arena, &zip, &why);
	if (zip && only_plain && !is_plain(zip)) {
		result = RMN_UNSUPPORTED;
	} else if (zip) {
		status = members_pass(zip, sink, error);
		result = status == RMN_OK ? result : status;
	}
	if (result != RMN_OK && why.text[0])
		rmn_fail(error, result, "%s", why.text);
	rmn_zip_close(zip);
	rmn_arena_free(arena);
	return result;
}

static enum rmn_status
comment_pass(struct rmn_bytes comment, struct rmn_bytes of, const struct rmn_sink *sink)
{
	struct rmn_buf text, name;
	enum rmn_status status;

	if (comment.size == 0)
		return RMN_OK;
	rmn_buf_init(&text, 0);
	rmn_buf_init(&name, 0);
	rmn_unpack_name(comment, &text);
	rmn_buf_append_char(&text, '\n');
	rmn_unpack_name(of, &name);
	status = rmn_sink_part(sink, RMN_PART_COMMENT, rmn_buf_string(&name));
	if (status == RMN_OK)
		status = rmn_sink_text(sink, rmn_buf_bytes(&text));
	rmn_buf_release(&text);
	rmn_buf_release(&name);
	return status;
}

enum rmn_status
rmn_zip_comments(struct rmn_blob *content, const struct rmn_sink *sink)
{
	struct rmn_arena *arena = rmn_arena_new(RMN_LIMIT_ARENA_BYTES);
	struct rmn_zip *zip = NULL;
	enum rmn_status status = RMN_OK;

	if (!arena)
		return RMN_NOMEM;
	if (rmn_zip_open_whole(content, arena, &zip, NULL) == RMN_OK) {
		status = comment_pass(rmn_zip_comment(zip), (struct rmn_bytes){NULL, 0}, sink);
		for (size_t i = 0; i < rmn_zip_count(zip) && status == RMN_OK; i++)
			status = comment_pass(rmn_zip_entry(zip, i)->comment,
			    rmn_zip_entry(zip, i)->name, sink);
	}
	rmn_zip_close(zip);
	rmn_arena_free(arena);
	return status;
}
