/* SPDX-License-Identifier: MIT
 *
 * What an APFS volume gives: files and folders, each in its youngest version; older versions of
 * their content; names whose inodes are gone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/apfs.h"
#include "recover/sight.h"

#define LINKS_MAX 1024u		/* names of one file that are given */
#define VERSIONS_MAX 8u		/* older versions of one file that are given */
#define DECMPFS_HEADER 16u	/* "fpmc", type, unpacked size */
#define RANK_CURRENT ((uint64_t)1 << 63)
#define RANK_OWN ((uint64_t)1 << 62)

struct emission {
	struct rmn_recovery *r;
	struct rmn_apfs_volume *v;
	const struct rmn_apfs_place *place;
	struct rmn_folders *folders;
	struct rmn_apfs_list list;	/* struct rmn_extent: of the item in hand */
	uint64_t covered;		/* bytes of the list */
	bool is_short;
	struct rmn_buf path;
	uint32_t found;
	bool is_added;
};

static enum rmn_status
volume_add(struct emission *e)
{
	struct rmn_found_volume volume = {.start_byte = e->place->start_byte,
	    .length_bytes = e->place->length_bytes, .block_bytes = APFS_BLOCK_BYTES,
	    .filesystem = "apfs", .living = e->v->living};

	if (e->is_added)
		return RMN_OK;
	snprintf(volume.label, sizeof(volume.label), "%s", e->v->label);
	snprintf(volume.evidence, sizeof(volume.evidence), "%s", e->place->evidence);
	e->is_added = true;
	return rmn_found_volume_add(e->r, &volume, &e->found);
}

/* --- extents */

static void
piece_add(struct emission *e, uint64_t image_offset, uint64_t length)
{
	struct rmn_extent *extent;

	if (length == 0)
		return;
	extent = rmn_apfs_list_add(e->v, &e->list, sizeof(*extent));
	if (!extent) {
		e->is_short = true;
		return;
	}
	*extent = (struct rmn_extent){image_offset, length};
	e->covered += length;
}

/* Shortens the list to so many bytes. */
static void
pieces_cut(struct emission *e, uint64_t bytes)
{
	struct rmn_extent *extents = e->list.entries;

	while (e->list.count > 0 && e->covered > bytes) {
		struct rmn_extent *last = &extents[e->list.count - 1];
		uint64_t over = rmn_min_u64(e->covered - bytes, last->length_bytes);

		last->length_bytes -= over;
		e->covered -= over;
		if (last->length_bytes == 0)
			e->list.count--;
	}
}

static size_t
extents_from(const struct rmn_apfs_volume *v, uint64_t owner)
{
	const struct rmn_apfs_extent *extents = v->extents.entries;
	size_t low = 0, high = v->extents.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (extents[middle].owner < owner)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* One record: holes have block 0.  False when it cannot be where it says. */
static bool
extent_put(struct emission *e, const struct rmn_apfs_extent *extent, uint64_t skip)
{
	uint64_t place, end;

	if (extent->block == 0) {
		piece_add(e, RMN_EXTENT_SPARSE, extent->length - skip);
		return true;
	}
	if (!rmn_mul_u64(extent->block, APFS_BLOCK_BYTES, &place) ||
	    !rmn_add_u64(place, e->place->start_byte, &place) ||
	    !rmn_add_u64(place, extent->length, &end) || place >= rmn_disk_size(e->r->disk))
		return false;
	piece_add(e, place + skip, extent->length - skip);
	return true;
}

/* The bytes of a stream as the records up to a transaction have them. */
static void
stream_map(struct emission *e, uint64_t owner, uint64_t size, uint64_t xid)
{
	const struct rmn_apfs_extent *extents = e->v->extents.entries;
	uint64_t last_at = UINT64_MAX, last_xid = 0;

	e->list.count = 0;
	e->covered = 0;
	e->is_short = false;
	for (size_t i = extents_from(e->v, owner); i < e->v->extents.count &&
	    extents[i].owner == owner && extents[i].at < size; i++) {
		const struct rmn_apfs_extent *extent = &extents[i];
		uint64_t skip = 0;

		if (extent->xid > xid || extent->at == last_at || extent->length == 0)
			continue;
		if (extent->at > e->covered) {		/* nobody says what is here */
			e->is_short = true;
			piece_add(e, RMN_EXTENT_SPARSE, extent->at - e->covered);
		} else if (extent->at < e->covered && extent->xid > last_xid) {
			pieces_cut(e, extent->at);
		} else if (extent->at < e->covered) {
			skip = e->covered - extent->at;
			if (skip >= extent->length)
				continue;
		}
		if (!extent_put(e, extent, skip)) {
			e->is_short = true;
			break;
		}
		last_at = extent->at;
		last_xid = extent->xid;
	}
	pieces_cut(e, size);
	if (e->covered < size)
		e->is_short = true;
}

static const struct rmn_apfs_attribute *
attribute_find(const struct rmn_apfs_volume *v, uint64_t owner, enum rmn_apfs_kind kind)
{
	const struct rmn_apfs_attribute *attributes = v->attributes.entries;
	size_t low = 0, high = v->attributes.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (attributes[middle].owner < owner ||
		    (attributes[middle].owner == owner && attributes[middle].kind < kind))
			low = middle + 1;
		else
			high = middle;
	}
	return low < v->attributes.count && attributes[low].owner == owner &&
	    attributes[low].kind == kind ? &attributes[low] : NULL;
}

/* An attribute's bytes: in its record, or in a stream of their own. */
static void
attribute_map(struct emission *e, const struct rmn_apfs_attribute *attribute)
{
	if (attribute->is_stream) {
		stream_map(e, attribute->place, attribute->size_bytes, UINT64_MAX);
		return;
	}
	e->list.count = 0;
	e->covered = 0;
	e->is_short = false;
	piece_add(e, attribute->place, attribute->size_bytes);
}

/* Drops the first bytes of the list. */
static void
pieces_skip(struct emission *e, uint64_t bytes)
{
	struct rmn_extent *extents = e->list.entries;

	if (e->list.count == 0 || extents[0].length_bytes <= bytes ||
	    extents[0].image_offset == RMN_EXTENT_SPARSE) {
		e->list.count = 0;
		e->covered = 0;
		return;
	}
	extents[0].image_offset += bytes;
	extents[0].length_bytes -= bytes;
	e->covered -= bytes;
}

/* Compressed content: packed in the attribute (odd types), or in the resource fork. */
static bool
compressed_map(struct emission *e, const struct rmn_apfs_inode *inode, struct rmn_found *file)
{
	const struct rmn_apfs_attribute *packed, *fork;
	unsigned char header[DECMPFS_HEADER];
	const struct rmn_extent *extents;

	if (!(inode->flags & APFS_FLAG_COMPRESSED))
		return false;
	packed = attribute_find(e->v, inode->id, APFS_DECMPFS);
	if (!packed || packed->size_bytes < DECMPFS_HEADER)
		return false;
	attribute_map(e, packed);
	extents = e->list.entries;
	if (e->list.count == 0 || extents[0].length_bytes < DECMPFS_HEADER ||
	    extents[0].image_offset == RMN_EXTENT_SPARSE ||
	    !rmn_disk_read(e->r->disk, extents[0].image_offset, header, sizeof(header)) ||
	    memcmp(header, "fpmc", 4) != 0)
		return false;
	file->attribute_id = rmn_le32(header + 4);
	file->size_bytes = rmn_le64(header + 8);
	if (file->attribute_id % 2 == 0) {
		fork = attribute_find(e->v, inode->id, APFS_FORK);
		if (fork)
			attribute_map(e, fork);
		else
			e->list.count = 0;
	} else {
		pieces_skip(e, DECMPFS_HEADER);
	}
	file->how = e->list.count ? RMN_CONTENT_DECMPFS : RMN_CONTENT_NONE;
	return true;
}

static void
content_map(struct emission *e, const struct rmn_apfs_inode *inode, uint64_t xid,
    struct rmn_found *file)
{
	const struct rmn_apfs_attribute *target;

	e->list.count = 0;
	e->is_short = false;
	if (file->kind == RMN_ITEM_SYMLINK) {
		target = attribute_find(e->v, inode->id, APFS_TARGET);
		if (target && target->size_bytes > 0) {
			file->size_bytes = target->size_bytes - 1;	/* a NUL ends it */
			attribute_map(e, target);
			pieces_cut(e, file->size_bytes);
		}
		file->how = e->list.count ? RMN_CONTENT_EXTENTS : RMN_CONTENT_NONE;
	} else if (file->kind == RMN_ITEM_FILE && !compressed_map(e, inode, file)) {
		file->size_bytes = inode->size_bytes;
		if (e->place->is_known)
			stream_map(e, inode->stream, inode->size_bytes, xid);
		file->how = e->list.count ? RMN_CONTENT_EXTENTS : RMN_CONTENT_NONE;
	}
	file->extents = e->list.entries;
	file->extent_count = e->list.count;
	file->is_short = e->is_short;
}

/* --- names */

static struct rmn_bytes
text_of(const struct rmn_apfs_volume *v, size_t name, uint32_t size)
{
	return (struct rmn_bytes){v->texts.data + name, size};
}

static size_t
names_from(const struct rmn_apfs_volume *v, uint64_t child)
{
	const struct rmn_apfs_name *names = v->names.entries;
	size_t low = 0, high = v->names.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (names[middle].child < child)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct rmn_apfs_inode *
inode_find(const struct rmn_apfs_volume *v, uint64_t id)
{
	const struct rmn_apfs_inode *inodes = v->inodes.entries;
	size_t low = 0, high = v->inodes.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (inodes[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < v->inodes.count && inodes[low].id == id ? &inodes[low] : NULL;
}

static bool
tree_build(struct emission *e)
{
	const struct rmn_apfs_name *names = e->v->names.entries;
	const struct rmn_apfs_inode *inodes = e->v->inodes.entries;
	bool is_good = true;

	for (size_t i = 0; i < e->v->names.count && is_good; i++) {
		const struct rmn_apfs_inode *inode = inode_find(e->v, names[i].child);

		if (names[i].child >= APFS_FIRST_USER && (!inode ||
		    (inode->mode & APFS_MODE_FORMAT) == APFS_MODE_FOLDER))
			is_good = rmn_folders_add(e->folders, names[i].child, names[i].parent,
			    text_of(e->v, names[i].name, names[i].name_size),
			    names[i].is_current ? RANK_CURRENT + names[i].xid : names[i].xid + 2);
	}
	for (size_t i = 0; i < e->v->inodes.count && is_good; i++)
		if (inodes[i].id >= APFS_FIRST_USER && inodes[i].name_size > 0 &&
		    (inodes[i].mode & APFS_MODE_FORMAT) == APFS_MODE_FOLDER)
			is_good = rmn_folders_add(e->folders, inodes[i].id, inodes[i].parent,
			    text_of(e->v, inodes[i].name, inodes[i].name_size),
			    inodes[i].is_current ? RANK_OWN + inodes[i].xid : inodes[i].xid + 1);
	return is_good;
}

/* The path of a name in a folder; without a name that of an orphan. */
static struct rmn_bytes
path_of(struct emission *e, uint64_t id, uint64_t parent, struct rmn_bytes name)
{
	rmn_buf_clear(&e->path);
	if (name.size == 0) {
		rmn_buf_printf(&e->path, "orphan-%llu", (unsigned long long)id);
		return rmn_buf_bytes(&e->path);
	}
	rmn_folders_path(e->folders, parent, &e->path);
	if (e->path.size > 0)
		rmn_buf_append_char(&e->path, '/');
	rmn_buf_append(&e->path, name);
	return rmn_buf_bytes(&e->path);
}

/* --- items */

static enum rmn_status
file_give(struct emission *e, struct rmn_found *file, uint64_t parent, struct rmn_bytes name)
{
	enum rmn_status status = volume_add(e);

	file->volume = e->found;
	file->parent_id = parent;
	file->path = path_of(e, file->id, parent, name);
	return status != RMN_OK || e->path.failed ? status : rmn_found_add(e->r, file);
}

static bool
file_describe(const struct emission *e, const struct rmn_apfs_inode *inode, struct rmn_found *file)
{
	uint32_t format = inode->mode & APFS_MODE_FORMAT;

	*file = (struct rmn_found){.origin = inode->is_current ? RMN_ORIGIN_RECORD :
	    RMN_ORIGIN_STALE, .is_living = inode->is_current && e->v->living,
	    .created = inode->created, .modified = inode->modified, .changed = inode->changed,
	    .accessed = inode->accessed, .id = inode->id, .mode = inode->mode,
	    .uid = inode->uid, .gid = inode->gid, .link_count = inode->link_count,
	    .version = inode->xid, .is_encrypted = e->v->is_encrypted};
	if (format != APFS_MODE_FOLDER && format != APFS_MODE_FILE && format != APFS_MODE_LINK)
		return false;
	file->kind = format == APFS_MODE_FOLDER ? RMN_ITEM_DIRECTORY :
	    format == APFS_MODE_LINK ? RMN_ITEM_SYMLINK : RMN_ITEM_FILE;
	return true;
}

/* An item for each name of a file; one, if it has no others. */
static enum rmn_status
names_give(struct emission *e, const struct rmn_apfs_inode *inode, struct rmn_found *file)
{
	const struct rmn_apfs_name *names = e->v->names.entries, *last = NULL;
	size_t first = names_from(e->v, inode->id), most = inode->link_count > 1 ? LINKS_MAX : 1;
	size_t given = 0;
	enum rmn_status status = RMN_OK;

	for (size_t i = first; i < e->v->names.count && names[i].child == inode->id &&
	    (names[i].is_current || (given == 0 && !inode->is_current)) && given < most &&
	    status == RMN_OK; i++) {
		struct rmn_bytes text = text_of(e->v, names[i].name, names[i].name_size);

		if (last && last->parent == names[i].parent && rmn_bytes_equal(text,
		    text_of(e->v, last->name, last->name_size)))
			continue;
		last = &names[i];
		status = file_give(e, file, names[i].parent, text);
		given++;
	}
	if (given > 0)
		return status;
	if (inode->name_size == 0 && first < e->v->names.count && names[first].child == inode->id)
		return file_give(e, file, names[first].parent,
		    text_of(e->v, names[first].name, names[first].name_size));
	return file_give(e, file, inode->parent, text_of(e->v, inode->name, inode->name_size));
}

static enum rmn_status
fork_give(struct emission *e, const struct rmn_apfs_inode *inode)
{
	const struct rmn_apfs_attribute *fork = attribute_find(e->v, inode->id, APFS_FORK);
	struct rmn_found file;

	if (!fork || inode->flags & APFS_FLAG_COMPRESSED || fork->size_bytes == 0 ||
	    !e->place->is_known || !file_describe(e, inode, &file))
		return RMN_OK;
	attribute_map(e, fork);
	file.kind = RMN_ITEM_STREAM;
	file.stream = rmn_bytes_from_string("rsrc");
	file.size_bytes = fork->size_bytes;
	file.how = e->list.count ? RMN_CONTENT_EXTENTS : RMN_CONTENT_NONE;
	file.extents = e->list.entries;
	file.extent_count = e->list.count;
	file.is_short = e->is_short;
	return names_give(e, inode, &file);
}

/* Older content: another size or time of change, and other extents than the version before. */
static enum rmn_status
versions_give(struct emission *e, const struct rmn_apfs_inode *inodes, size_t count)
{
	const struct rmn_apfs_inode *newer = &inodes[0];
	enum rmn_status status = RMN_OK;
	uint64_t oldest = newer->xid, seen = 0;
	unsigned given = 0;
	struct rmn_found file;

	if (e->list.count > 0)
		seen = ((const struct rmn_extent *)e->list.entries)[0].image_offset;
	for (size_t i = 1; i < count && given < VERSIONS_MAX && status == RMN_OK; i++) {
		const struct rmn_extent *extents;

		if (inodes[i].modified == newer->modified &&
		    inodes[i].size_bytes == newer->size_bytes) {
			oldest = rmn_min_u64(oldest, inodes[i].xid);
			continue;
		}
		if (inodes[i].xid >= oldest || oldest == 0 || inodes[i].size_bytes == 0 ||
		    !file_describe(e, &inodes[i], &file) || file.kind != RMN_ITEM_FILE)
			continue;
		content_map(e, &inodes[i], oldest - 1, &file);
		extents = e->list.entries;
		if (e->list.count > 0 && extents[0].image_offset != seen) {
			file.origin = RMN_ORIGIN_STALE;
			file.is_living = false;
			status = names_give(e, &inodes[i], &file);
			seen = extents[0].image_offset;
			given++;
		}
		newer = &inodes[i];
		oldest = newer->xid;
	}
	return status;
}

static enum rmn_status
inode_give(struct emission *e, const struct rmn_apfs_inode *inodes, size_t count)
{
	struct rmn_found file;
	enum rmn_status status;

	if (inodes[0].id < APFS_FIRST_USER || !file_describe(e, &inodes[0], &file))
		return RMN_OK;
	content_map(e, &inodes[0], UINT64_MAX, &file);
	status = names_give(e, &inodes[0], &file);
	if (status == RMN_OK && file.kind == RMN_ITEM_FILE)
		status = versions_give(e, inodes, count);
	if (status == RMN_OK && file.kind == RMN_ITEM_FILE)
		status = fork_give(e, &inodes[0]);
	return status;
}

/* Names without an inode: the surest of each. */
static enum rmn_status
lost_names_give(struct emission *e)
{
	const struct rmn_apfs_name *names = e->v->names.entries;
	enum rmn_status status = RMN_OK;

	for (size_t i = 0; i < e->v->names.count && status == RMN_OK; i++) {
		struct rmn_found file = {.origin = RMN_ORIGIN_INDEX, .kind = RMN_ITEM_FILE,
		    .created = RMN_TIME_UNKNOWN, .modified = RMN_TIME_UNKNOWN,
		    .changed = RMN_TIME_UNKNOWN, .accessed = RMN_TIME_UNKNOWN,
		    .id = names[i].child, .version = names[i].xid, .how = RMN_CONTENT_NONE};

		if (names[i].child < APFS_FIRST_USER || inode_find(e->v, names[i].child) ||
		    (i > 0 && names[i - 1].child == names[i].child))
			continue;
		status = file_give(e, &file, names[i].parent,
		    text_of(e->v, names[i].name, names[i].name_size));
	}
	return status;
}

enum rmn_status
rmn_apfs_emit(struct rmn_recovery *r, struct rmn_apfs_volume *v, const struct rmn_apfs_place *place)
{
	struct emission e = {.r = r, .v = v, .place = place,
	    .folders = rmn_folders_new(APFS_ROOT_FOLDER)};
	const struct rmn_apfs_inode *inodes = v->inodes.entries;
	enum rmn_status status = RMN_OK;

	rmn_buf_init(&e.path, 0);
	if (!e.folders || !tree_build(&e))
		status = rmn_fail(r->error, RMN_NOMEM, "out of memory for an APFS volume");
	for (size_t i = 0, end; i < v->inodes.count && status == RMN_OK; i = end) {
		for (end = i + 1; end < v->inodes.count && inodes[end].id == inodes[i].id;)
			end++;
		status = inode_give(&e, &inodes[i], end - i);
	}
	if (status == RMN_OK)
		status = lost_names_give(&e);
	if (v->was_cut && r->unexamined)
		r->unexamined(r->context, e.is_added ? e.found : UINT32_MAX, "recovery",
		    "too many records of an APFS volume: a part of them was not read");
	rmn_folders_free(e.folders);
	rmn_buf_release(&e.path);
	free(e.list.entries);
	return status;
}
