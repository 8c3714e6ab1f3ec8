/* SPDX-License-Identifier: MIT
 *
 * Outlook's stores (pst, ost): each message is a member, written as a mail (mapi_mime.c), under the names
 * of its folders.  Messages are taken from the tree of nodes and not from the tables of folders: what a
 * table lost is there all the same.  Our own reader and not libpff: docs/decisions/0013-pst-reader.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "base/utf8.h"
#include "format/format.h"
#include "format/mail/pst_message.h"
#include "format/mail/pst_scan.h"

#define FOLDER_DEPTH_MAX 32u
#define NAME_BYTES_MAX 80u
#define ROOT_FOLDER 0x122u
#define NAMES_NODE 0x61u
#define NODE_TYPE 0x1Fu

enum { ID_DISPLAY_NAME = 0x3001 };

struct folder {
	uint32_t id, parent;
	uint32_t messages;		/* named so far */
	struct rmn_bytes name;
};

struct store {
	struct rmn_pst pst;
	const struct rmn_sink *sink;
	struct rmn_error *error;
	struct rmn_arena *arena;	/* of the store */
	struct rmn_arena *message_arena;
	unsigned char *buffer;
	struct folder *folders;
	size_t folder_count, folder_capacity;
	struct folder lost;		/* numbers of what has no folder */
	struct rmn_pst_numbers current;	/* data of messages in the tree */
	size_t unreadable;		/* messages of the tree */
	bool is_old;			/* at what the scan found */
	bool failed;			/* out of memory */
};

static struct rmn_bytes
folder_name(struct store *s, const struct rmn_pst_node *node)
{
	struct rmn_pst_object o = {.pst = &s->pst, .arena = s->message_arena, .buffer = s->buffer};
	struct rmn_bytes name = {NULL, 0};
	struct rmn_mapi_bag bag;

	rmn_arena_reset(s->message_arena);
	rmn_mapi_bag_init(&bag, s->message_arena);
	if (rmn_pst_object_read(&o, node, &bag)) {
		rmn_mapi_bag_settle(&bag);
		name = rmn_mapi_find_text(&bag, ID_DISPLAY_NAME);
	}
	name = rmn_arena_copy(s->arena, name);
	s->failed |= !name.data;
	return name;
}

static struct folder *
folder_find(struct store *s, uint32_t id)
{
	for (size_t low = 0, high = s->folder_count; low < high;) {
		size_t middle = (low + high) / 2;

		if (s->folders[middle].id == id)
			return &s->folders[middle];
		if (s->folders[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static int
folder_compare(const void *a, const void *b)
{
	const struct folder *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static void
folders_sort(struct store *s)
{
	if (s->folder_count > 0)
		qsort(s->folders, s->folder_count, sizeof(*s->folders), folder_compare);
}

/* Not found before folders_sort().  There may be as many as the memory of an item holds, a million and more:
 * messages of the others lose their folder, and are read. */
static void
folder_add(struct store *s, const struct rmn_pst_node *node)
{
	if (s->failed)
		return;
	if (s->folder_count == s->folder_capacity) {
		size_t capacity = s->folder_capacity ? s->folder_capacity * 2 : 64;
		struct folder *folders = rmn_arena_alloc(s->arena, capacity, sizeof(*folders));

		if (!folders) {
			s->failed = true;
			return;
		}
		if (s->folder_count > 0)
			memcpy(folders, s->folders, s->folder_count * sizeof(*folders));
		s->folders = folders;
		s->folder_capacity = capacity;
	}
	s->folders[s->folder_count++] = (struct folder){.id = node->id, .parent = node->parent,
	    .name = folder_name(s, node)};
}

static enum rmn_status
node_collect(void *context, const struct rmn_pst_node *node)
{
	struct store *s = context;
	unsigned type = node->id & NODE_TYPE;

	if (type == RMN_PST_FOLDER)
		folder_add(s, node);
	else if (type == RMN_PST_MESSAGE || type == RMN_PST_ASSOCIATED)
		rmn_pst_numbers_add(&s->current, s->arena, node->data);
	return RMN_OK;
}

/* A name that stays one name in a path, and short. */
static void
name_append(struct rmn_buf *path, struct rmn_bytes name)
{
	name = rmn_utf8_head(name, NAME_BYTES_MAX);
	for (size_t i = 0; i < name.size; i++) {
		unsigned char c = name.data[i];

		rmn_buf_append_char(path, c < ' ' || c == '/' || c == '\\' ? '_' : (char)c);
	}
}

static void
folders_append(struct store *s, const struct folder *folder, struct rmn_buf *path)
{
	const struct folder *chain[FOLDER_DEPTH_MAX];
	size_t depth = 0;

	while (folder && folder->id != ROOT_FOLDER && depth < FOLDER_DEPTH_MAX) {
		chain[depth++] = folder;
		folder = folder->parent == folder->id ? NULL : folder_find(s, folder->parent);
	}
	while (depth > 0) {
		name_append(path, chain[--depth]->name);
		rmn_buf_append_char(path, '/');
	}
}

static void
message_name(struct store *s, const struct rmn_pst_node *node, const struct rmn_pst_message *m,
    struct rmn_buf *path)
{
	struct folder *folder = folder_find(s, node->parent);

	if (s->is_old)
		rmn_buf_append_string(path, "Recovered/");
	else if (!folder)
		rmn_buf_append_string(path, "Orphans/");
	folders_append(s, folder, path);
	if ((node->id & NODE_TYPE) == RMN_PST_ASSOCIATED)
		rmn_buf_append_string(path, "Associated/");
	if (!folder)
		folder = &s->lost;
	rmn_buf_printf(path, "%04u ", ++folder->messages);
	name_append(path, m->said.subject.size > 0 ? m->said.subject : m->said.message_class);
	rmn_buf_append_string(path, ".eml");
}

static enum rmn_status
message_pass(struct store *s, const struct rmn_pst_node *node, struct rmn_pst_message *m)
{
	struct rmn_member_reader reader = rmn_mapi_mime_reader(&m->mime);
	struct rmn_member member = {
		.size_bytes = UINT64_MAX,
		.modified = m->said.modified,
		.created = m->said.sent != RMN_TIME_UNKNOWN ? m->said.sent : m->said.created,
	};
	struct rmn_pst_place place;
	struct rmn_buf path;
	enum rmn_status status;

	rmn_buf_init(&path, RMN_LIMIT_PATH_BYTES);
	message_name(s, node, m, &path);
	member.name = rmn_buf_bytes(&path);
	member.has_offset = rmn_pst_place_find(&s->pst, node->data, &place);
	member.container_offset = member.has_offset ? place.offset : 0;
	status = path.failed ? rmn_fail(s->error, RMN_LIMIT, "the store outgrows its memory") :
	    rmn_sink_member(s->sink, &member, &reader);
	rmn_buf_release(&path);
	return status;
}

static enum rmn_status
message_give(void *context, const struct rmn_pst_node *node)
{
	struct store *s = context;
	unsigned type = node->id & NODE_TYPE;
	struct rmn_pst_message *m;
	enum rmn_status status;

	if (type != RMN_PST_MESSAGE && type != RMN_PST_ASSOCIATED)
		return RMN_OK;
	rmn_arena_reset(s->message_arena);
	m = rmn_arena_alloc(s->message_arena, 1, sizeof(*m));
	status = m ? rmn_pst_message_read(m, &s->pst, node, s->message_arena, s->buffer, 0, NULL) :
	    RMN_LIMIT;
	if (status != RMN_OK) {
		s->unreadable += !s->is_old;
		return RMN_OK;
	}
	if (type == RMN_PST_ASSOCIATED && !rmn_pst_message_says(m))
		return RMN_OK;
	return message_pass(s, node, m);
}

/* Messages that were deleted, or older states of those that are there.  What cannot be read any more is
 * not missing: nothing says that it should be there. */
static enum rmn_status
old_give(struct store *s, const struct rmn_pst_old *old)
{
	bool was_damaged = s->pst.is_damaged;
	enum rmn_status status = RMN_OK;
	size_t messages = 0, kept = 0;

	s->is_old = true;
	while (messages < old->count && (old->nodes[messages].id & NODE_TYPE) == RMN_PST_FOLDER)
		messages++;
	for (size_t i = 0; i < messages; i++)	/* the first of each number is as good as another */
		if ((i == 0 || old->nodes[i].id != old->nodes[i - 1].id) &&
		    !folder_find(s, old->nodes[i].id))
			old->nodes[kept++] = old->nodes[i];
	for (size_t i = 0; i < kept; i++)
		folder_add(s, &old->nodes[i]);
	folders_sort(s);
	for (size_t i = messages; i < old->count && status == RMN_OK; i++)
		status = message_give(s, &old->nodes[i]);
	s->pst.is_damaged = was_damaged;
	return status;
}

static void
names_load(struct store *s)
{
	static const uint16_t ids[] = {2, 3, 4};
	struct rmn_bytes *lists[] = {&s->pst.names.guids, &s->pst.names.entries,
	    &s->pst.names.strings};
	struct rmn_pst_object o = {.pst = &s->pst, .arena = s->arena, .buffer = s->buffer};
	struct rmn_pst_node node;
	struct rmn_mapi_bag bag;

	rmn_mapi_bag_init(&bag, s->arena);
	if (!rmn_pst_node_find(&s->pst, NAMES_NODE, &node) || !rmn_pst_object_read(&o, &node, &bag))
		return;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		const struct rmn_mapi_value *value = rmn_mapi_find(&bag, ids[i]);

		if (value)
			*lists[i] = value->data;
	}
	s->failed |= bag.failed || !rmn_mapi_names_settle(&s->pst.names, s->arena);
}

static enum rmn_status
store_end(struct store *s, uint64_t unread)
{
	enum rmn_status status = RMN_OK;

	if (unread > 0)
		status = rmn_sink_missing(s->sink, RMN_LIMIT, "deleted messages were not looked for in the "
		    "last %llu MiB of the store", (unsigned long long)(unread / RMN_MIB + 1));
	if (status == RMN_OK && s->unreadable > 0)
		status = rmn_sink_missing(s->sink, RMN_CORRUPT, "%zu messages of the store cannot be read",
		    s->unreadable);
	if (status != RMN_OK)
		return status;
	if (s->failed)
		return rmn_fail(s->error, RMN_LIMIT, "the store outgrows its memory");
	if (s->pst.work > s->pst.work_limit)
		return rmn_fail(s->error, RMN_LIMIT, "messages of the store share more than is honest");
	return s->pst.is_damaged || s->unreadable > 0 ?
	    rmn_fail(s->error, RMN_PARTIAL, "the store is damaged") : RMN_OK;
}

static enum rmn_status
store_read(struct store *s)
{
	struct rmn_pst_old old;
	enum rmn_status status;
	uint64_t unread;
	bool is_broken;

	if (s->pst.length > s->pst.content->size_bytes)
		s->pst.is_damaged = true;
	names_load(s);
	status = rmn_pst_nodes_walk(&s->pst, node_collect, s);
	if (status != RMN_OK)
		return status;
	folders_sort(s);
	is_broken = s->pst.is_damaged;
	rmn_pst_numbers_sort(&s->current);
	rmn_pst_scan(&s->pst, &s->current, s->arena, &old, &unread);
	s->failed |= old.is_full || s->current.is_full;
	status = rmn_pst_nodes_walk(&s->pst, message_give, s);
	if (status == RMN_OK)
		status = old_give(s, &old);
	if (status == RMN_OK && (is_broken || s->unreadable > 0))
		status = rmn_pst_text_give(&s->pst, s->sink, s->arena, s->error);
	return status == RMN_OK ? store_end(s, unread) : status;
}

static enum rmn_status
pst_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct store s = {.sink = sink, .arena = input->arena, .error = error};
	enum rmn_status status = rmn_pst_open(&s.pst, input->content, input->arena, error);

	s.message_arena = rmn_arena_new(RMN_LIMIT_ARENA_BYTES);
	s.buffer = rmn_arena_take(input->arena, RMN_PST_BLOCK_MAX);
	if (status == RMN_OK)
		status = s.message_arena && s.buffer ? store_read(&s) :
		    rmn_fail(error, RMN_LIMIT, "the store outgrows its memory");
	rmn_arena_free(s.message_arena);
	rmn_pst_close(&s.pst);
	return status;
}

static unsigned
pst_claim(const struct rmn_format_input *input)
{
	struct rmn_bytes client = rmn_bytes_after(input->head, 8);

	if (!rmn_bytes_start_with(input->head, "!BDN"))
		return 0;
	return rmn_bytes_start_with(client, "SM") || rmn_bytes_start_with(client, "SO") ? 48 : 32;
}

const struct rmn_format rmn_format_pst = {
	.name = "pst",
	.title = "Outlook store",
	.media_type = "application/vnd.ms-outlook-pst",
	.kind = RMN_KIND_CONTAINER,
	.claim = pst_claim,
	.read = pst_read,
};
