/* SPDX-License-Identifier: MIT
 *
 * Every name of a file system, in the order its folders give them: what is in use, what is
 * deleted, and last what has lost its folder ($OrphanFiles, libtsk's own search).
 *
 * libtsk's own recursive walk is not used: it passes over a folder that it cannot list in silence,
 * and gives up the rest of the parent at a path that is too deep. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "base/utf8.h"
#include "charset/normal.h"
#include "fs/volume.h"

#define NTFS_FIRST_USER_INODE 24
#define NTFS_EXTEND_INODE 11
#define HFS_FIRST_USER_INODE 16

/* The folder in hand and those above it. */
struct folder {
	const struct folder *above;
	TSK_INUM_T inode;
	unsigned depth;
	bool is_orphan;		/* below $OrphanFiles */
	bool is_system;		/* below NTFS $Extend */
	bool is_repeated;	/* was listed under another name */
};

enum rmn_status
rmn_volume_unexamined(struct rmn_volume_walk *w, const char *stage, const char *format, ...)
{
	struct rmn_buf reason;
	enum rmn_status status = RMN_OK;
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	rmn_buf_init(&reason, 0);
	rmn_utf8_append_escaped(&reason, rmn_utf8_head(rmn_buf_bytes(&w->path), 1024));
	if (reason.size)
		rmn_buf_append_string(&reason, ": ");
	rmn_buf_append_string(&reason, text);
	w->is_partial = true;
	if (w->sink->unexamined)
		status = w->sink->unexamined(w->sink->context, w->volume->number, stage,
		    rmn_buf_string(&reason));
	rmn_buf_release(&reason);
	return status;
}

/* Appends a name as it may stand in a path. */
static void
path_push(struct rmn_buf *path, const char *name)
{
	struct rmn_bytes bytes = rmn_bytes_from_string(name);
	bool is_ascii = true;
	struct rmn_buf clean;

	if (path->size)
		rmn_buf_append_char(path, '/');
	for (size_t i = 0; i < bytes.size && is_ascii; i++)
		is_ascii = bytes.data[i] < 0x80 && bytes.data[i] != '/';
	if (is_ascii) {
		rmn_buf_append(path, bytes);
		return;
	}
	rmn_buf_init(&clean, 0);
	for (size_t at = 0; at < bytes.size;) {
		uint32_t c = rmn_utf8_next(bytes, &at, NULL);

		rmn_buf_append_utf8(&clean, c == '/' ? RMN_REPLACEMENT : c);
	}
	rmn_normal_nfc(rmn_buf_bytes(&clean), path);
	rmn_buf_release(&clean);
}

static int64_t
time_of(time_t seconds, uint32_t nanoseconds)
{
	if (seconds == 0 && nanoseconds == 0)
		return RMN_TIME_UNKNOWN;
	return rmn_time_from_unix(seconds, nanoseconds < 1000000000 ? nanoseconds : 0);
}

/* Inodes below these are the file system's own. */
static bool
is_system_inode(const struct rmn_volume_walk *w, TSK_INUM_T inode)
{
	if (w->fs->ftype == TSK_FS_TYPE_NTFS)
		return inode < NTFS_FIRST_USER_INODE;
	return TSK_FS_TYPE_ISHFS(w->fs->ftype) && inode < HFS_FIRST_USER_INODE;
}

static enum rmn_item_kind
kind_of(const struct rmn_volume_walk *w, const struct folder *folder, const TSK_FS_FILE *file)
{
	/* The two enumerations of libtsk number the types differently. */
	static const enum rmn_item_kind by_meta[] = {
		[TSK_FS_META_TYPE_REG] = RMN_ITEM_FILE, [TSK_FS_META_TYPE_UNDEF] = RMN_ITEM_FILE,
		[TSK_FS_META_TYPE_DIR] = RMN_ITEM_DIRECTORY,
		[TSK_FS_META_TYPE_FIFO] = RMN_ITEM_SPECIAL,
		[TSK_FS_META_TYPE_CHR] = RMN_ITEM_SPECIAL,
		[TSK_FS_META_TYPE_BLK] = RMN_ITEM_SPECIAL,
		[TSK_FS_META_TYPE_LNK] = RMN_ITEM_SYMLINK,
		[TSK_FS_META_TYPE_SHAD] = RMN_ITEM_SPECIAL,
		[TSK_FS_META_TYPE_SOCK] = RMN_ITEM_SPECIAL,
		[TSK_FS_META_TYPE_WHT] = RMN_ITEM_SPECIAL,
		[TSK_FS_META_TYPE_VIRT] = RMN_ITEM_METADATA,
		[TSK_FS_META_TYPE_VIRT_DIR] = RMN_ITEM_METADATA,
	};
	static const enum rmn_item_kind by_name[] = {
		[TSK_FS_NAME_TYPE_UNDEF] = RMN_ITEM_FILE, [TSK_FS_NAME_TYPE_REG] = RMN_ITEM_FILE,
		[TSK_FS_NAME_TYPE_DIR] = RMN_ITEM_DIRECTORY,
		[TSK_FS_NAME_TYPE_FIFO] = RMN_ITEM_SPECIAL,
		[TSK_FS_NAME_TYPE_CHR] = RMN_ITEM_SPECIAL,
		[TSK_FS_NAME_TYPE_BLK] = RMN_ITEM_SPECIAL,
		[TSK_FS_NAME_TYPE_LNK] = RMN_ITEM_SYMLINK,
		[TSK_FS_NAME_TYPE_SOCK] = RMN_ITEM_SPECIAL,
		[TSK_FS_NAME_TYPE_SHAD] = RMN_ITEM_SPECIAL,
		[TSK_FS_NAME_TYPE_WHT] = RMN_ITEM_SPECIAL,
		[TSK_FS_NAME_TYPE_VIRT] = RMN_ITEM_METADATA,
		[TSK_FS_NAME_TYPE_VIRT_DIR] = RMN_ITEM_METADATA,
	};
	enum rmn_item_kind kind = RMN_ITEM_FILE;

	if (file->meta && file->meta->type < sizeof(by_meta) / sizeof(by_meta[0]))
		kind = by_meta[file->meta->type];
	else if (file->name->type < sizeof(by_name) / sizeof(by_name[0]))
		kind = by_name[file->name->type];
	if (kind == RMN_ITEM_FILE && file->name->flags & TSK_FS_NAME_FLAG_ALLOC &&
	    (folder->is_system || is_system_inode(w, file->name->meta_addr)))
		kind = RMN_ITEM_METADATA;
	return kind;
}

static void
item_init(struct rmn_volume_walk *w, const struct folder *folder, const TSK_FS_FILE *file,
    struct rmn_walk_item *item)
{
	const TSK_FS_META *meta = file->meta;

	*item = (struct rmn_walk_item){
		.volume = w->volume->number,
		.kind = kind_of(w, folder, file),
		.state = file->name->flags & TSK_FS_NAME_FLAG_UNALLOC ? RMN_DELETED :
		    RMN_ALLOCATED,
		.path = rmn_buf_bytes(&w->path),
		.created = RMN_TIME_UNKNOWN, .modified = RMN_TIME_UNKNOWN,
		.changed = RMN_TIME_UNKNOWN, .accessed = RMN_TIME_UNKNOWN,
		.inode = file->name->meta_addr,
		.parent_inode = file->name->par_addr,
		.is_orphan = folder->is_orphan,
	};
	if (!meta)
		return;
	item->created = time_of(meta->crtime, meta->crtime_nano);
	item->modified = time_of(meta->mtime, meta->mtime_nano);
	item->changed = time_of(meta->ctime, meta->ctime_nano);
	item->accessed = time_of(meta->atime, meta->atime_nano);
	item->size_bytes = meta->size > 0 ? (uint64_t)meta->size : 0;
	item->mode = (uint32_t)meta->mode;
	item->uid = (uint32_t)meta->uid;
	item->gid = (uint32_t)meta->gid;
	item->link_count = meta->nlink > 0 ? (uint32_t)meta->nlink : 0;
}

static enum rmn_status
item_emit(struct rmn_volume_walk *w, const struct rmn_walk_item *item)
{
	w->item_count++;
	if (w->sink->progress && w->item_count % 1024 == 0)
		w->sink->progress(w->sink->context, w->item_count);
	return w->sink->item ? w->sink->item(w->sink->context, item) : RMN_OK;
}

/* What an attribute is to the file that has it. */
enum part { PART_MAIN, PART_STREAM, PART_STREAM_METADATA, PART_METADATA, PART_NOTHING };

static bool
is_index_name(const char *name)
{
	return !name || !name[0] || strcmp(name, "$I30") == 0;
}

static enum part
part_of(const struct rmn_volume_walk *w, const TSK_FS_ATTR *attribute)
{
	bool is_named = attribute->name && attribute->name[0];

	if (w->fs->ftype == TSK_FS_TYPE_NTFS) {
		if (attribute->type == TSK_FS_ATTR_TYPE_NTFS_DATA)
			return is_named && strcmp(attribute->name, "$Data") != 0 ? PART_STREAM :
			    PART_MAIN;
		if (attribute->type == TSK_FS_ATTR_TYPE_NTFS_IDXROOT)
			return is_index_name(attribute->name) ? PART_NOTHING :
			    PART_STREAM_METADATA;
		return PART_METADATA;
	}
	switch ((int)attribute->type) {
	case TSK_FS_ATTR_TYPE_DEFAULT:
	case TSK_FS_ATTR_TYPE_HFS_DATA:
		return PART_MAIN;
	case TSK_FS_ATTR_TYPE_HFS_RSRC:
	case TSK_FS_ATTR_TYPE_HFS_EXT_ATTR:
		return PART_STREAM;
	default:
		return PART_METADATA;
	}
}

static const char *
stream_name(const TSK_FS_ATTR *attribute)
{
	if (attribute->type == TSK_FS_ATTR_TYPE_HFS_RSRC)
		return "rsrc";
	return attribute->name ? attribute->name : "";
}

/* The stream's name is kept behind the path for the time of the call. */
static enum rmn_status
stream_emit(struct rmn_volume_walk *w, const TSK_FS_ATTR *attribute, enum rmn_claim claim,
    bool is_readable, const struct rmn_walk_item *owner)
{
	struct rmn_walk_item item = *owner;
	size_t path_size = w->path.size;
	enum rmn_status status;

	if (item.kind != RMN_ITEM_METADATA)
		item.kind = RMN_ITEM_STREAM;
	status = rmn_volume_content(w, attribute, claim, &item);
	if (!is_readable)
		item.how = RMN_CONTENT_NONE;
	path_push(&w->path, stream_name(attribute));
	item.path = (struct rmn_bytes){w->path.data, path_size};
	item.stream = (struct rmn_bytes){w->path.data + path_size + (path_size != 0),
	    w->path.size - path_size - (path_size != 0)};
	if (status == RMN_OK)
		status = item_emit(w, &item);
	w->path.size = path_size;
	return status;
}

/* Emits a file and its streams.  claims: its bytes are examined under this name. */
static enum rmn_status
parts_emit(struct rmn_volume_walk *w, TSK_FS_FILE *file, bool claims, struct rmn_walk_item *item)
{
	bool is_folder = item->kind == RMN_ITEM_DIRECTORY;
	enum rmn_claim claim = !claims ? RMN_CLAIM_NOTHING :
	    item->kind == RMN_ITEM_METADATA ? RMN_CLAIM_METADATA : RMN_CLAIM_CONTENT;
	const TSK_FS_ATTR *head = file->meta->attr ? file->meta->attr->head : NULL;
	bool claims_metadata = claims && item->state == RMN_ALLOCATED;
	const TSK_FS_ATTR *main = NULL;
	enum rmn_status status = RMN_OK;

	for (const TSK_FS_ATTR *a = head; a; a = a->next) {
		enum part part = a->flags & TSK_FS_ATTR_INUSE ? part_of(w, a) : PART_NOTHING;

		if (part == PART_MAIN && !main)
			main = a;
		if (claims_metadata && (part == PART_METADATA || (is_folder && part == PART_MAIN)))
			rmn_volume_claim_metadata(w, a);
	}
	if (main && !is_folder)
		status = rmn_volume_content(w, main, claim, item);
	if (!claims)
		item->how = RMN_CONTENT_NONE;
	if (status == RMN_OK)
		status = item_emit(w, item);
	for (const TSK_FS_ATTR *a = head; a && status == RMN_OK; a = a->next) {
		enum part part = a->flags & TSK_FS_ATTR_INUSE ? part_of(w, a) : PART_NOTHING;
		/* The resource fork of a compressed file holds the compressed data. */
		bool is_raw = main && main->flags & TSK_FS_ATTR_COMP &&
		    a->type == TSK_FS_ATTR_TYPE_HFS_RSRC;

		if (part == PART_STREAM || (part == PART_MAIN && a != main && !is_folder))
			status = stream_emit(w, a, claim, claims && !is_raw, item);
		else if (part == PART_STREAM_METADATA)
			status = stream_emit(w, a, RMN_CLAIM_NOTHING, false, item);
	}
	return status;
}

/* One name. */
static enum rmn_status
name_emit(struct rmn_volume_walk *w, const struct folder *folder, TSK_FS_FILE *file)
{
	bool is_deleted = file->name->flags & TSK_FS_NAME_FLAG_UNALLOC;
	TSK_FS_FILE name_only = *file;
	struct rmn_walk_item item;
	enum rmn_status status;
	char reason[160];

	/* A record that is in use again belongs to another file: its facts are not this one's.
	 * A virtual folder has none. */
	name_only.meta = NULL;
	if (!file->meta || (is_deleted && file->meta->flags & TSK_FS_META_FLAG_ALLOC) ||
	    file->meta->type == TSK_FS_META_TYPE_VIRT_DIR) {
		item_init(w, folder, &name_only, &item);
		return item_emit(w, &item);
	}
	item_init(w, folder, file, &item);
	tsk_error_reset();
	tsk_fs_file_attr_getsize(file);
	if (file->meta->attr_state == TSK_FS_META_ATTR_ERROR && !is_deleted) {
		rmn_tsk_reason(reason, sizeof(reason));
		status = rmn_volume_unexamined(w, "content", "%s", reason);
		if (status != RMN_OK)
			return status;
	}
	tsk_error_reset();
	return parts_emit(w, file, rmn_inodes_add(&w->files, file->meta->addr), &item);
}

/* Remembers a deleted inode that has a name: what has none is an orphan. */
static enum rmn_status
named_remember(struct rmn_volume_walk *w, const struct folder *folder, const TSK_FS_FILE *file)
{
	if (folder->is_orphan || !file->meta || !(file->meta->flags & TSK_FS_META_FLAG_UNALLOC))
		return RMN_OK;
	if (w->named_count == w->named_capacity) {
		size_t capacity = w->named_capacity ? w->named_capacity * 2 : 256;
		uint64_t *named = reallocarray(w->named, capacity, sizeof(*named));

		if (!named)
			return rmn_fail(w->error, RMN_NOMEM, "out of memory for inodes");
		w->named = named;
		w->named_capacity = capacity;
	}
	w->named[w->named_count++] = file->meta->addr;
	return RMN_OK;
}

static int
inode_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Gives libtsk the list that it would otherwise make by walking everything a second time.  It
 * keeps runs in falling order, so rising inodes are added at the head, at no cost. */
static void
named_hand_over(struct rmn_volume_walk *w)
{
	if (w->fs->list_inum_named)
		return;
	if (w->named_count)
		qsort(w->named, w->named_count, sizeof(*w->named), inode_compare);
	/* Never a deleted file; an empty list would mean that there is none yet. */
	tsk_list_add(&w->fs->list_inum_named, 0);
	for (size_t i = 0; i < w->named_count; i++)
		tsk_list_add(&w->fs->list_inum_named, w->named[i]);
}

/* Whether a name is a folder to go into; libtsk's own rules. */
static bool
is_folder_to_list(const TSK_FS_FILE *file)
{
	const TSK_FS_NAME *name = file->name;

	if (!TSK_FS_IS_DIR_NAME(name->type) && name->type != TSK_FS_NAME_TYPE_UNDEF)
		return false;
	if (!file->meta || !TSK_FS_IS_DIR_META(file->meta->type) || TSK_FS_ISDOT(name->name))
		return false;
	return name->flags & TSK_FS_NAME_FLAG_ALLOC ||
	    file->meta->flags & TSK_FS_META_FLAG_UNALLOC;
}

static enum rmn_status folder_list(struct rmn_volume_walk *w, const struct folder *folder);

static enum rmn_status
folder_enter(struct rmn_volume_walk *w, const struct folder *above, const TSK_FS_FILE *file)
{
	TSK_INUM_T inode = file->name->meta_addr;
	bool is_orphanage = inode == TSK_FS_ORPHANDIR_INUM(w->fs);
	struct folder folder = {
		.above = above,
		.inode = inode,
		.depth = above->depth + 1,
		.is_orphan = above->is_orphan || is_orphanage,
		.is_system = above->is_system || (w->fs->ftype == TSK_FS_TYPE_NTFS &&
		    inode == NTFS_EXTEND_INODE),
	};

	for (const struct folder *f = above; f; f = f->above) {
		if (f->inode == inode)
			return rmn_volume_unexamined(w, "folder",
			    "a folder that contains itself is listed once");
	}
	if (folder.depth > RMN_LIMIT_FOLDER_DEPTH || w->path.size > RMN_LIMIT_PATH_BYTES)
		return rmn_volume_unexamined(w, "folder", "too deep: what is in it is not listed");
	folder.is_repeated = above->is_repeated || !rmn_inodes_add(&w->folders, inode);
	if (folder.is_repeated && w->repeated_names >= RMN_LIMIT_REPEATED_NAMES)
		return rmn_volume_unexamined(w, "folder",
		    "one more name of a folder that was listed under another");
	if (is_orphanage && w->orphans_elsewhere)
		return RMN_OK;
	if (is_orphanage && w->without_orphans)
		return rmn_volume_unexamined(w, "folder",
		    "files without a name were not searched, because the search did not end");
	if (is_orphanage && TSK_FS_TYPE_ISFAT(w->fs->ftype) &&
	    w->volume->length_bytes > RMN_LIMIT_FAT_ORPHAN_BYTES)
		return rmn_volume_unexamined(w, "folder",
		    "the volume is too large to look for folders without a name");
	if (is_orphanage)
		named_hand_over(w);
	return folder_list(w, &folder);
}

static enum rmn_status
entry_visit(struct rmn_volume_walk *w, const struct folder *folder, TSK_FS_FILE *file)
{
	size_t path_size = w->path.size;
	enum rmn_status status = RMN_OK;
	char reason[160];

	if (TSK_FS_ISDOT(file->name->name))
		return RMN_OK;
	path_push(&w->path, file->name->name);
	if ((file->name->meta_addr || file->name->flags & TSK_FS_NAME_FLAG_ALLOC) &&
	    w->fs->file_add_meta(w->fs, file, file->name->meta_addr) != 0) {
		rmn_tsk_reason(reason, sizeof(reason));
		if (file->name->flags & TSK_FS_NAME_FLAG_ALLOC)
			status = rmn_volume_unexamined(w, "record", "%s", reason);
	}
	if (status == RMN_OK)
		status = name_emit(w, folder, file);
	if (status == RMN_OK)
		status = named_remember(w, folder, file);
	if (status == RMN_OK && is_folder_to_list(file))
		status = folder_enter(w, folder, file);
	w->path.size = path_size;
	return status;
}

/* Lists what libtsk could read of a folder, and says so when that was not all. */
static enum rmn_status
folder_list(struct rmn_volume_walk *w, const struct folder *folder)
{
	enum rmn_status status = RMN_OK;
	TSK_FS_DIR *dir = NULL;
	char reason[160];

	tsk_error_reset();
	if (w->fs->dir_open_meta(w->fs, &dir, folder->inode, 1) != TSK_OK) {
		rmn_tsk_reason(reason, sizeof(reason));
		status = rmn_volume_unexamined(w, "folder", "it cannot be listed to its end: %s",
		    reason);
	}
	for (size_t i = 0; status == RMN_OK && dir && i < dir->names_used; i++) {
		TSK_FS_FILE *file = calloc(1, sizeof(*file));

		if (!file) {
			status = rmn_fail(w->error, RMN_NOMEM, "out of memory");
			break;
		}
		w->repeated_names += folder->is_repeated;
		file->tag = TSK_FS_FILE_TAG;
		file->fs_info = w->fs;
		file->name = &dir->names[i];
		if (file->name->name)
			status = entry_visit(w, folder, file);
		file->name = NULL;
		tsk_fs_file_close(file);
	}
	if (dir)
		tsk_fs_dir_close(dir);
	return status;
}

/* The root folder, which has no name of its own, and its streams. */
static enum rmn_status
root_emit(struct rmn_volume_walk *w)
{
	const struct folder above = {.inode = w->fs->root_inum};
	TSK_FS_NAME name = {.tag = TSK_FS_NAME_TAG, .name = (char[]){"."},
		.meta_addr = w->fs->root_inum, .par_addr = w->fs->root_inum,
		.type = TSK_FS_NAME_TYPE_DIR, .flags = TSK_FS_NAME_FLAG_ALLOC};
	TSK_FS_FILE *file = tsk_fs_file_open_meta(w->fs, NULL, w->fs->root_inum);
	enum rmn_status status;

	if (!file || !file->meta)
		return RMN_OK;
	rmn_buf_append_char(&w->path, '.');
	file->name = &name;
	status = name_emit(w, &above, file);
	file->name = NULL;
	tsk_fs_file_close(file);
	rmn_buf_clear(&w->path);
	return status;
}

/* By inode; 2 is the root folder. */
static const char *const ext_reserved[] = {
	[1] = "$BadBlocks", [3] = "$UserQuota", [4] = "$GroupQuota", [5] = "$BootLoader",
	[6] = "$Undelete", [7] = "$GroupDescriptors", [8] = "$Journal", [9] = "$Exclude",
	[10] = "$Replica",
};

/* ext keeps its journal and the blocks for growth in inodes that have no name. */
static enum rmn_status
ext_reserved_emit(struct rmn_volume_walk *w)
{
	const struct folder above = {.inode = w->fs->root_inum};
	enum rmn_status status = RMN_OK;

	for (TSK_INUM_T inode = 1; inode < sizeof(ext_reserved) / sizeof(ext_reserved[0]) &&
	    status == RMN_OK; inode++) {
		char text[24];
		TSK_FS_NAME name = {.tag = TSK_FS_NAME_TAG, .meta_addr = inode, .name = text,
			.type = TSK_FS_NAME_TYPE_VIRT, .flags = TSK_FS_NAME_FLAG_ALLOC};
		TSK_FS_FILE *file;

		if (!ext_reserved[inode])
			continue;
		snprintf(text, sizeof(text), "%s", ext_reserved[inode]);
		file = tsk_fs_file_open_meta(w->fs, NULL, inode);
		if (file && file->meta && file->meta->size > 0 &&
		    file->meta->type == TSK_FS_META_TYPE_REG) {
			file->meta->type = TSK_FS_META_TYPE_VIRT;
			rmn_buf_append_string(&w->path, name.name);
			file->name = &name;
			status = name_emit(w, &above, file);
			file->name = NULL;
			rmn_buf_clear(&w->path);
		}
		if (file)
			tsk_fs_file_close(file);
		tsk_error_reset();
	}
	return status;
}

enum rmn_status
rmn_volume_names(struct rmn_volume_walk *w)
{
	const struct folder root = {.inode = w->fs->root_inum};
	enum rmn_status status = root_emit(w);

	if (status == RMN_OK && TSK_FS_TYPE_ISEXT(w->fs->ftype))
		status = ext_reserved_emit(w);
	rmn_inodes_add(&w->folders, root.inode);
	if (status == RMN_OK)
		status = folder_list(w, &root);
	if (status == RMN_OK && (w->path.failed || w->files.failed || w->folders.failed))
		status = rmn_fail(w->error, RMN_NOMEM, "out of memory for the names");
	return status;
}
