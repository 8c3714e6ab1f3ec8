/* SPDX-License-Identifier: MIT
 *
 * The tree of a volume, listed from its root: folders, files, hard links with the content of their
 * iNode, linked folders with the contents of theirs.  What hangs on a folder that is not known comes
 * after it, under "orphan-<CNID>". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "recover/found.h"
#include "recover/hfs.h"

#define EPOCH 2082844800ll		/* 1904-01-01 to 1970-01-01 */
#define COMPRESSED 0x20u		/* owner flag UF_COMPRESSED */
#define FORMAT_MASK 0xf000u
#define FORMAT_SYMLINK 0xa000u
#define FORMAT_REGULAR 0x8000u
#define COMPRESSED_SIZE_MAX ((uint64_t)1 << 40)
/* Paths of names that were listed before; and they must leave room for those that were not. */
#define REPEATED_BYTES_MAX ((uint64_t)256 << 20)
#define REPEATED_UNTIL_FILES (HFS_FILES_MAX / 5 * 3)

struct tree {
	struct hfs *h;
	uint32_t volume;
	struct hfs_plan plan;
	struct rmn_buf path;
	struct hfs_list list;
	uint32_t chain[RMN_LIMIT_FOLDER_DEPTH];	/* folders that the path is in */
	size_t depth;
	uint64_t repeated, repeated_bytes, left_out, too_deep, without_bytes;
	bool is_full;
	enum rmn_status status;
};

static int64_t
time_of(uint32_t stored)
{
	return stored ? rmn_time_from_unix((int64_t)stored - EPOCH, 0) : RMN_TIME_UNKNOWN;
}

static bool
is_living(const struct tree *t, const struct hfs_entry *e)
{
	return t->h->volumes[t->volume].found.living && e->origin == RMN_ORIGIN_RECORD;
}

static void
found_describe(const struct tree *t, const struct hfs_entry *e, const struct hfs_record *record,
    struct rmn_found *file)
{
	*file = (struct rmn_found){
		.volume = t->h->volumes[t->volume].number,
		.kind = RMN_ITEM_FILE,
		.origin = (enum rmn_origin)e->origin,
		.is_living = is_living(t, e),
		.path = rmn_buf_bytes(&t->path),
		.created = time_of(record->created), .modified = time_of(record->modified),
		.changed = time_of(record->changed), .accessed = time_of(record->accessed),
		.id = record->cnid, .parent_id = e->parent,
		.mode = record->mode, .uid = record->uid, .gid = record->gid,
		.link_count = 1,
		.version = t->h->leaves[record->leaf].version,
	};
}

/* The folders of the hard links: what is in them in a living volume was listed by its own walk. */
static bool
is_private(struct rmn_bytes path)
{
	return rmn_bytes_start_with(path, ".HFS+ Private Directory Data") ||
	    rmn_bytes_start_with(path, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdHFS+ Private");
}

static void
found_hand_on(struct tree *t, const struct rmn_found *file)
{
	if (file->is_living && is_private(file->path))
		return;
	if (t->h->r->found->count >= HFS_FILES_MAX)
		t->is_full = true;
	else if (t->status == RMN_OK)
		t->status = rmn_found_add(t->h->r, file);
}

/* Content in com.apple.decmpfs: in the attribute, or in the resource fork. */
static bool
compressed_describe(struct tree *t, const struct hfs_record *record, struct rmn_found *file)
{
	const struct hfs_attribute *c = record->owner_flags & COMPRESSED ?
	    rmn_hfs_attribute_find(t->h, t->volume, record->cnid, HFS_DECMPFS) : NULL;
	bool is_inline, is_whole = true;

	if (!c || record->data.size_bytes > 0 || c->size_bytes > COMPRESSED_SIZE_MAX)
		return false;
	is_inline = c->type % 2 == 1;
	t->list.count = 0;
	if (!is_inline) {
		is_whole = rmn_hfs_fork_extents(t->h, t->volume, record, true, &t->list);
	} else if (c->value_bytes > 0) {
		if (!rmn_hfs_grow(t->h, (void **)&t->list.extents, &t->list.capacity, 0,
		    sizeof(*t->list.extents)))
			return false;
		t->list.extents[t->list.count++] = (struct rmn_extent){c->value_at,
		    c->value_bytes};
	}
	file->size_bytes = c->size_bytes;
	file->attribute_id = c->type;
	file->how = t->list.count ? RMN_CONTENT_DECMPFS : RMN_CONTENT_NONE;
	file->is_short = !is_whole;
	file->extents = t->list.extents;
	file->extent_count = t->list.count;
	return true;
}

static void
fork_describe(struct tree *t, const struct hfs_record *record, bool is_resource,
    struct rmn_found *file)
{
	bool is_whole = rmn_hfs_fork_extents(t->h, t->volume, record, is_resource, &t->list);

	file->size_bytes = is_resource ? record->resource.size_bytes : record->data.size_bytes;
	file->how = t->list.count ? RMN_CONTENT_EXTENTS : RMN_CONTENT_NONE;
	file->is_short = !is_whole;
	file->extents = t->list.extents;
	file->extent_count = t->list.count;
	t->without_bytes += file->size_bytes > 0 && t->list.count == 0;
}

static bool
repeats_are_full(const struct tree *t)
{
	return t->repeated >= RMN_LIMIT_REPEATED_NAMES || t->repeated_bytes >= REPEATED_BYTES_MAX ||
	    t->h->r->found->count >= REPEATED_UNTIL_FILES;
}

/* The first time is free; the names that links give again are bounded.  False: not this one. */
static bool
entry_may_appear(struct tree *t, struct hfs_entry *e)
{
	if (!e->is_seen) {
		e->is_seen = true;
		return true;
	}
	if (repeats_are_full(t)) {
		t->left_out++;
		return false;
	}
	t->repeated++;
	t->repeated_bytes += t->path.size;
	return true;
}

/* Where a file came from, as the programs that wrote it said: streams of their own. */
static void
origins_emit(struct tree *t, const struct hfs_record *record, struct rmn_found *file)
{
	for (uint8_t kind = HFS_WHERE_FROMS; kind <= HFS_DROPBOX; kind++) {
		const struct hfs_attribute *a = rmn_hfs_attribute_find(t->h, t->volume,
		    record->cnid, kind);
		struct rmn_extent extent;

		if (!a || a->value_bytes == 0)
			continue;
		extent = (struct rmn_extent){a->value_at, a->value_bytes};
		file->kind = RMN_ITEM_STREAM;
		file->stream = rmn_bytes_from_string(rmn_hfs_attribute_name(kind));
		file->size_bytes = a->value_bytes;
		file->how = RMN_CONTENT_EXTENTS;
		file->attribute_id = 0;
		file->is_short = false;
		file->extents = &extent;
		file->extent_count = 1;
		found_hand_on(t, file);
	}
}

/* A file of which only the name is left, and perhaps its dates: its content is a guess. */
static void
bare_describe(struct tree *t, const struct hfs_entry *e, struct rmn_found *file)
{
	const struct hfs_guess *guess = rmn_hfs_guess_find(&t->plan,
	    (uint32_t)(e - t->plan.entries));

	t->list.count = 0;
	if (!guess || !rmn_hfs_grow(t->h, (void **)&t->list.extents, &t->list.capacity, 0,
	    sizeof(*t->list.extents)))
		return;
	t->list.extents[t->list.count++] = (struct rmn_extent){guess->place, guess->size_bytes};
	file->origin = t->h->volumes[t->volume].found.living ? RMN_ORIGIN_DELETED :
	    RMN_ORIGIN_STALE;
	file->is_guessed = true;
	file->size_bytes = guess->size_bytes;
	file->how = RMN_CONTENT_EXTENTS;
	file->extents = t->list.extents;
	file->extent_count = t->list.count;
}

/* A file at the path in hand; source is the record of its content. */
static void
file_emit(struct tree *t, const struct hfs_entry *e, const struct hfs_record *source,
    uint32_t link_count)
{
	unsigned format = source->mode & FORMAT_MASK;
	struct rmn_found file;

	found_describe(t, e, source, &file);
	file.link_count = link_count;
	if (hfs_entry_is_bare(t->h, e)) {
		bare_describe(t, e, &file);
		found_hand_on(t, &file);
		return;
	}
	if (format != 0 && format != FORMAT_REGULAR && format != FORMAT_SYMLINK)
		return;
	if (format == FORMAT_SYMLINK)
		file.kind = RMN_ITEM_SYMLINK;
	if (compressed_describe(t, source, &file)) {
		found_hand_on(t, &file);
	} else {
		fork_describe(t, source, false, &file);
		found_hand_on(t, &file);
		if (source->resource.size_bytes > 0) {
			fork_describe(t, source, true, &file);
			file.kind = RMN_ITEM_STREAM;
			file.stream = rmn_bytes_from_string("rsrc");
			found_hand_on(t, &file);
		}
	}
	if (t->h->attribute_count > 0)
		origins_emit(t, source, &file);
}

static void
folder_emit(struct tree *t, const struct hfs_entry *e)
{
	const struct hfs_record *record = &t->h->records[e->record];
	struct rmn_found folder;

	found_describe(t, e, record, &folder);
	folder.kind = RMN_ITEM_DIRECTORY;
	folder.id = e->cnid;
	found_hand_on(t, &folder);
}

static void
link_emit(struct tree *t, struct hfs_entry *e)
{
	const struct hfs_record *record = &t->h->records[e->record];
	struct hfs_entry *content = rmn_hfs_place_find(&t->plan, t->plan.contents,
	    t->plan.content_count, record->special);
	struct rmn_found file;

	if (content) {
		const struct hfs_record *source = &t->h->records[content->record];

		file_emit(t, e, source, source->special ? source->special : 2);
		return;
	}
	found_describe(t, e, record, &file);
	file.is_short = true;
	found_hand_on(t, &file);
}

static void contents_list(struct tree *t, uint32_t cnid, bool is_repeated);

/* Goes into a folder, unless the path is in it already, or has grown too long. */
static void
folder_enter(struct tree *t, struct hfs_entry *folder)
{
	bool is_repeated = folder->is_visited;

	for (size_t i = 0; i < t->depth; i++)
		if (t->chain[i] == folder->cnid)
			return;
	if (is_repeated && repeats_are_full(t)) {
		t->left_out++;
		return;
	}
	if (t->depth == RMN_LIMIT_FOLDER_DEPTH || t->path.size > RMN_LIMIT_PATH_BYTES) {
		t->too_deep++;
		return;
	}
	folder->is_visited = true;
	contents_list(t, folder->cnid, is_repeated);
}

static void
entry_list(struct tree *t, struct hfs_entry *e)
{
	const struct hfs_record *record = &t->h->records[e->record];
	struct hfs_entry *target;

	if (!entry_may_appear(t, e))
		return;
	if (e->kind == HFS_FOLDER || e->kind == HFS_FOLDER_THREAD) {
		folder_emit(t, e);
		folder_enter(t, e);
	} else if (record->link == HFS_FOLDER_LINK) {
		target = rmn_hfs_place_find(&t->plan, t->plan.linked, t->plan.linked_count,
		    record->special);
		folder_emit(t, target ? target : e);
		if (target)
			folder_enter(t, target);
	} else if (record->link == HFS_FILE_LINK) {
		link_emit(t, e);
	} else {
		file_emit(t, e, record, 1);
	}
}

/* What a repeated listing passes over counts as well: it costs the same time. */
static void
contents_list(struct tree *t, uint32_t cnid, bool is_repeated)
{
	size_t size = t->path.size;

	t->chain[t->depth++] = cnid;
	for (size_t i = rmn_hfs_children_from(&t->plan, cnid); i < t->plan.count &&
	    t->plan.entries[i].parent == cnid && t->status == RMN_OK && !t->is_full; i++) {
		struct hfs_entry *e = &t->plan.entries[i];

		t->repeated += is_repeated && e->is_linked;
		if (e->is_linked)
			continue;
		if (size > 0)
			rmn_buf_append_char(&t->path, '/');
		rmn_buf_append(&t->path, hfs_name(t->h, &t->h->records[e->record]));
		entry_list(t, e);
		t->path.size = size;
	}
	t->depth--;
}

/* What no path from the root reached: below folders that are lost, and in circles. */
static void
orphans_list(struct tree *t, bool with_circles)
{
	for (size_t i = 0; i < t->plan.count && t->status == RMN_OK && !t->is_full; i++) {
		uint32_t parent = t->plan.entries[i].parent;
		bool is_known = rmn_hfs_place_find(&t->plan, t->plan.folders, t->plan.folder_count,
		    parent) != NULL || parent == HFS_ROOT;

		if (t->plan.entries[i].is_seen || t->plan.entries[i].is_linked ||
		    (is_known && !with_circles))
			continue;
		rmn_buf_clear(&t->path);
		rmn_buf_printf(&t->path, "orphan-%u", parent);
		contents_list(t, parent, false);
	}
}

static void
limits_tell(struct tree *t)
{
	struct rmn_recovery *r = t->h->r;
	uint32_t number = t->h->volumes[t->volume].number;
	char text[160];

	if (t->left_out)
		r->unexamined(r->context, number, "recovery",
		    "hard links give more names than can be listed: later ones were left out");
	if (t->is_full)
		r->unexamined(r->context, number, "recovery",
		    "more lost files than can be kept: the rest was left out");
	if (t->too_deep) {
		snprintf(text, sizeof(text), "%llu folders lie too deep: their contents are listed "
		    "as orphans", (unsigned long long)t->too_deep);
		r->unexamined(r->context, number, "recovery", text);
	}
	if (!t->h->volumes[t->volume].has_base && t->without_bytes) {
		snprintf(text, sizeof(text), "no base: where this volume began is not known, so %llu "
		    "files have names but no content", (unsigned long long)t->without_bytes);
		r->unexamined(r->context, number, "recovery", text);
	}
}

static void
label_find(struct hfs *h, uint32_t volume)
{
	struct hfs_volume *v = &h->volumes[volume];
	unsigned best = UINT32_MAX;

	for (size_t i = 0; i < h->record_count; i++) {
		const struct hfs_record *record = &h->records[i];
		struct rmn_bytes name;

		if (record->cnid != HFS_ROOT || record->rank >= best ||
		    h->leaves[record->leaf].volume != volume)
			continue;
		best = record->rank;
		name = hfs_name(h, record);
		snprintf(v->found.label, sizeof(v->found.label), "%.*s",
		    (int)(name.size < 240 ? name.size : 240), name.data);
	}
}

static enum rmn_status
volume_hand_on(struct hfs *h, uint32_t volume)
{
	struct hfs_volume *v = &h->volumes[volume];

	label_find(h, volume);
	v->found.start_byte = v->has_base ? v->base : 0;
	v->found.block_bytes = v->block_bytes;
	v->found.length_bytes = (uint64_t)v->total_blocks * v->block_bytes;
	return rmn_found_volume_add(h->r, &v->found, &v->number);
}

enum rmn_status
rmn_hfs_volume_emit(struct hfs *h, uint32_t volume)
{
	struct tree t = {.h = h, .volume = volume};

	/* A header whose catalogue is gone still says that there was a volume, and where. */
	if (h->volumes[volume].leaf_count == 0)
		return h->volumes[volume].has_header && !h->volumes[volume].found.living ?
		    volume_hand_on(h, volume) : RMN_OK;
	if (!rmn_hfs_plan_make(h, volume, &t.plan) || !rmn_hfs_guesses_make(h, volume, &t.plan)) {
		rmn_hfs_plan_release(&t.plan);
		return rmn_fail(h->r->error, RMN_NOMEM, "out of memory for a lost volume's folders");
	}
	rmn_buf_init(&t.path, 0);
	if (t.plan.count > 0)
		t.status = volume_hand_on(h, volume);
	if (t.plan.count > 0 && t.status == RMN_OK) {
		contents_list(&t, HFS_ROOT, false);
		orphans_list(&t, false);
		orphans_list(&t, true);
		limits_tell(&t);
	}
	if (t.path.failed || h->failed)
		t.status = rmn_fail(h->r->error, RMN_NOMEM, "out of memory for paths");
	rmn_buf_release(&t.path);
	free(t.list.extents);
	rmn_hfs_plan_release(&t.plan);
	return t.status;
}
