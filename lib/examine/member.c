/* SPDX-License-Identifier: MIT
 *
 * Items inside items.  A member is taken into memory up to the limit and examined like any other
 * item; depth, count, size and ratio are bounded over the whole top-level item, and each bound that
 * is reached is recorded once. */
#include "examine/private.h"

#include <stdlib.h>

#include "base/checked.h"
#include "unpack/unpack.h"

enum { TOLD_DEPTH = 1, TOLD_COUNT = 2, TOLD_BYTES = 4, TOLD_RATIO = 8 };

static void
member_tell(struct node *n, unsigned which, const char *reason)
{
	if (n->run->told & which)
		return;
	n->run->told |= which;
	node_unexamined(n, "limit", RMN_LIMIT, reason);
}

/* Whether another size_bytes may be unpacked. */
static bool
member_fits(struct node *n, uint64_t size_bytes)
{
	struct examination *run = n->run;
	uint64_t total = run->unpacked_bytes + size_bytes;

	/* an image gives about its own size */
	if (total > RMN_LIMIT_UNPACKED_BYTES && total / 4 > run->top_bytes) {
		member_tell(n, TOLD_BYTES, "unpacked 4 GiB, and four times the size of this item; the "
		    "rest is not unpacked");
		return false;
	}
	if (total > RMN_LIMIT_UNPACK_RATIO_FROM &&
	    total / RMN_LIMIT_UNPACK_RATIO > run->top_bytes) {
		member_tell(n, TOLD_RATIO,
		    "unpacks to more than 2,000 times its size; the rest is not unpacked");
		return false;
	}
	return true;
}

/* Reads all that the reader gives, up to the whole-item limit.  RMN_LIMIT when there is more. */
static enum rmn_status
member_load(struct node *n, const struct rmn_member_reader *reader, struct rmn_buf *data,
    struct rmn_error *error)
{
	enum rmn_status status = RMN_OK;
	size_t got;

	while (status == RMN_OK) {
		if (!rmn_buf_reserve(data, 64 * RMN_KIB))
			return rmn_fail(error, RMN_LIMIT,
			    "larger than what is held in memory; its first part was examined");
		got = 0;
		status = reader->read(reader->state, data->data + data->size,
		    data->capacity - data->size, &got, error);
		if (got > data->capacity - data->size)
			return rmn_fail(error, RMN_CORRUPT, "a reader overstepped");
		data->size += got;
		if (got > 0 && !member_fits(n, got))
			return rmn_fail(error, RMN_LIMIT, "the limit of unpacked bytes");
		n->run->unpacked_bytes += got;
		if (status == RMN_OK && got == 0)
			break;
	}
	return status == RMN_END ? RMN_OK : status;
}

/* The member's path: container//name. */
static void
member_path(const struct node *n, struct rmn_bytes name, struct rmn_buf *path)
{
	rmn_buf_init(path, RMN_LIMIT_PATH_BYTES);
	rmn_buf_append(path, n->path);
	rmn_buf_append_string(path, "//");
	rmn_buf_append(path, name);
	if (path->failed) {	/* too long: the name is what tells most */
		rmn_buf_clear(path);
		rmn_buf_append_string(path, "...//");
		rmn_buf_append(path, rmn_bytes_head(name, RMN_LIMIT_PATH_BYTES / 2));
	}
}

static struct rmn_bytes
member_base_name(struct rmn_bytes path)
{
	for (size_t i = path.size; i > 0; i--)
		if (path.data[i - 1] == '/' || path.data[i - 1] == '\\')
			return rmn_bytes_after(path, i);
	return path;
}

static void
member_examine(struct node *parent, uint32_t number, const struct rmn_member *facts,
    const struct rmn_member_reader *reader, struct rmn_bytes path)
{
	struct rmn_error error = {0};
	struct rmn_buf data;
	struct rmn_blob blob;
	struct node child;
	enum rmn_status status;

	rmn_buf_init(&data, RMN_LIMIT_WHOLE_ITEM_BYTES);
	status = facts->is_encrypted ? RMN_ENCRYPTED : member_load(parent, reader, &data, &error);
	blob = rmn_blob_from_bytes(rmn_buf_bytes(&data));
	node_init(&child, parent->run, number, parent->depth + 1, &blob,
	    member_base_name(facts->name), path);
	child.is_residue = facts->is_residue;
	parent->has_cut_member |= status == RMN_LIMIT;
	if (status != RMN_OK) {
		const char *why = facts->is_encrypted ? "encrypted; only its name was searched" :
		    error.text[0] ? error.text : rmn_status_name(status);

		node_lacks(&child, why);
		child.unread = true;
		node_unexamined(&child, facts->is_encrypted ? "encrypted" : "unpack", status, why);
	}
	if (status == RMN_ENCRYPTED) {
		struct rmn_examined result = {.member = number, .status = RMN_ENCRYPTED,
		    .media_type = "application/octet-stream", .reason = "encrypted"};

		node_search_name(&child);
		parent->run->sink->examined(parent->run->sink->context, &result);
	} else {
		node_examine(&child);
	}
	node_release(&child);
	rmn_buf_release(&data);
}

enum rmn_status
node_member(void *context, const struct rmn_member *facts, const struct rmn_member_reader *reader)
{
	struct node *n = context;
	struct examination *run = n->run;
	struct rmn_buf path, inner;
	struct rmn_member named = *facts;
	uint32_t number;

	if (facts->is_directory)
		return RMN_OK;
	if (n->depth + 1 > RMN_LIMIT_DEPTH) {
		n->has_cut_member = true;
		member_tell(n, TOLD_DEPTH, "nested deeper than 12 levels; not unpacked further");
		return RMN_OK;
	}
	if (run->next_member >= RMN_LIMIT_MEMBERS) {
		member_tell(n, TOLD_COUNT, "more than a million members; the rest is not examined");
		return RMN_LIMIT;
	}
	if (!member_fits(n, 0))
		return RMN_LIMIT;
	number = run->next_member++;
	rmn_buf_init(&inner, 0);
	if (named.name.size == 0)	/* a lone compressed stream */
		named.name = rmn_unpack_inner_name(n->name, &inner);
	member_path(n, named.name, &path);
	run->sink->member(run->sink->context, number, n->member, &named, rmn_buf_bytes(&path));
	member_examine(n, number, &named, reader, rmn_buf_bytes(&path));
	rmn_buf_release(&path);
	rmn_buf_release(&inner);
	return run->fatal;
}
