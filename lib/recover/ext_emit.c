/* SPDX-License-Identifier: MIT
 *
 * What an ext volume gives: inodes with their names, older copies of inodes that are gone, and
 * names whose inodes are gone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recover/ext_volume.h"
#include "recover/sight.h"

#define LINKS_MAX 1024u		/* names of one file that are given */
#define TYPE_FILE 1u
#define TYPE_FOLDER 2u
#define TYPE_LINK 7u

static const char *
filesystem_name(const struct rmn_ext_layout *l)
{
	if (l->incompat & (EXT_INCOMPAT_EXTENTS | EXT_INCOMPAT_FLEX_BG | EXT_INCOMPAT_64BIT))
		return "ext4";
	return l->compat & EXT_COMPAT_JOURNAL ? "ext3" : "ext2";
}

static enum rmn_status
volume_add(struct rmn_ext_volume *v)
{
	const struct rmn_ext_layout *l = v->layout;
	struct rmn_found_volume volume = {.start_byte = l->start_byte,
	    .length_bytes = l->block_count * l->block_bytes, .block_bytes = l->block_bytes};
	struct rmn_buf label;
	size_t label_size = strnlen(l->label, sizeof(l->label));

	if (v->is_added)
		return RMN_OK;
	snprintf(volume.filesystem, sizeof(volume.filesystem), "%s", filesystem_name(l));
	rmn_buf_init(&label, sizeof(volume.label) - 1);
	if (!v->is_assumed)
		rmn_found_name_utf8(&label, (struct rmn_bytes){(const unsigned char *)l->label,
		    label_size});
	snprintf(volume.label, sizeof(volume.label), "%s", rmn_buf_string(&label));
	rmn_buf_release(&label);
	if (v->is_living)
		volume.living = v->shadow->number;
	if (v->is_living || v->is_assumed)
		snprintf(volume.evidence, sizeof(volume.evidence), "%s", v->is_living ?
		    "the living volume's own tables" : "inodes and folders of an older volume");
	else if (l->copy_count == 1 && l->copies[0] == 0)
		snprintf(volume.evidence, sizeof(volume.evidence), "superblock");
	else
		snprintf(volume.evidence, sizeof(volume.evidence), "%zu superblock cop%s",
		    l->copy_count, l->copy_count == 1 ? "y" : "ies");
	v->is_added = true;
	return rmn_found_volume_add(v->r, &volume, &v->found);
}

/* Whether an entry's type is that of the inode. */
static bool
type_fits(uint8_t type, uint32_t mode)
{
	uint32_t format = mode & EXT_MODE_FORMAT;

	return type == 0 || (type == TYPE_FILE && format == EXT_MODE_FILE) ||
	    (type == TYPE_FOLDER && format == EXT_MODE_FOLDER) ||
	    (type == TYPE_LINK && format == EXT_MODE_LINK);
}

static bool
kind_of(uint32_t mode, enum rmn_item_kind *kind)
{
	switch (mode & EXT_MODE_FORMAT) {
	case EXT_MODE_FILE:
		*kind = RMN_ITEM_FILE;
		return true;
	case EXT_MODE_FOLDER:
		*kind = RMN_ITEM_DIRECTORY;
		return true;
	case EXT_MODE_LINK:
		*kind = RMN_ITEM_SYMLINK;
		return true;
	default:
		return false;
	}
}

/* The path of a name; of NULL: that of an inode nobody names. */
static struct rmn_bytes
path_of(struct rmn_ext_volume *v, uint32_t number, const struct rmn_ext_name *name)
{
	rmn_buf_clear(&v->path);
	if (!name) {
		rmn_buf_printf(&v->path, "orphan-%lu", (unsigned long)number);
		return rmn_buf_bytes(&v->path);
	}
	rmn_folders_path(v->folders, name->parent, &v->path);
	if (v->path.size > 0)
		rmn_buf_append_char(&v->path, '/');
	rmn_buf_append(&v->path, rmn_ext_names_text(&v->names, name));
	return rmn_buf_bytes(&v->path);
}

/* One item of an inode.  The map holds its extents already. */
static enum rmn_status
inode_give(struct rmn_ext_volume *v, const struct rmn_ext_inode *inode,
    const struct rmn_ext_name *name, enum rmn_origin origin)
{
	struct rmn_found file = {.origin = origin, .size_bytes = inode->size_bytes,
	    .created = inode->created, .modified = inode->modified, .changed = inode->changed,
	    .accessed = inode->accessed, .id = inode->number, .mode = inode->mode,
	    .uid = inode->uid, .gid = inode->gid, .link_count = inode->link_count,
	    .version = inode->version, .is_encrypted = inode->flags & EXT_FLAG_ENCRYPTED};
	enum rmn_status status = volume_add(v);

	if (status != RMN_OK || !kind_of(inode->mode, &file.kind))
		return status;
	file.volume = v->found;
	file.path = path_of(v, inode->number, name);
	file.parent_id = name ? name->parent : 0;
	if (file.kind == RMN_ITEM_DIRECTORY || !rmn_ext_inode_has_blocks(inode)) {
		file.how = RMN_CONTENT_NONE;
	} else {
		file.how = RMN_CONTENT_EXTENTS;
		file.extents = v->map.extents;
		file.extent_count = v->map.count;
		file.is_short = v->map.is_short;
	}
	return v->path.failed ? RMN_OK : rmn_found_add(v->r, &file);
}

static const struct rmn_ext_name *
name_best(const struct rmn_ext_volume *v, const struct rmn_ext_inode *inode,
    enum rmn_ext_source from, uint64_t version)
{
	const struct rmn_ext_name *best = NULL;

	for (size_t i = rmn_ext_names_find(&v->names, inode->number); i < v->names.count &&
	    v->names.entries[i].child == inode->number; i++) {
		const struct rmn_ext_name *name = &v->names.entries[i];

		if (name->source < from || !type_fits(name->type, inode->mode))
			continue;
		/* Copies come youngest first: the one of the inode's time, or the next older. */
		if (!best || (best->source == RMN_EXT_COPY && best->version > version &&
		    name->source == RMN_EXT_COPY))
			best = name;
	}
	return best;
}

/* An inode that was in use: an item for each of its names. */
static enum rmn_status
live_give(struct rmn_ext_volume *v, const struct rmn_ext_inode *inode)
{
	enum rmn_status status = RMN_OK;
	unsigned given = 0;

	rmn_ext_map_inode(&v->map, inode);
	for (size_t i = rmn_ext_names_find(&v->names, inode->number); i < v->names.count &&
	    v->names.entries[i].child == inode->number && status == RMN_OK &&
	    given < LINKS_MAX; i++)
		if (v->names.entries[i].source == RMN_EXT_LISTED &&
		    type_fits(v->names.entries[i].type, inode->mode)) {
			status = inode_give(v, inode, &v->names.entries[i], RMN_ORIGIN_RECORD);
			given++;
		}
	if (given == 0 && (inode->mode & EXT_MODE_FORMAT) == EXT_MODE_FOLDER)
		return RMN_OK;		/* what it lists says that it was there */
	if (given == 0)
		status = inode_give(v, inode, name_best(v, inode, RMN_EXT_COPY, UINT64_MAX),
		    RMN_ORIGIN_RECORD);
	return status;
}

/* A deleted inode.  The living volume's walk gives those that still have a name in their folder. */
static enum rmn_status
deleted_give(struct rmn_ext_volume *v, const struct rmn_ext_inode *inode)
{
	const struct rmn_ext_name *name = name_best(v, inode, RMN_EXT_LISTED, UINT64_MAX);

	if (v->is_living ? name != NULL || !rmn_ext_inode_has_blocks(inode) :
	    !name && !rmn_ext_inode_has_blocks(inode))
		return RMN_OK;
	rmn_ext_map_inode(&v->map, inode);
	return inode_give(v, inode, name, RMN_ORIGIN_DELETED);
}

struct emission {
	struct rmn_ext_volume *v;
	enum rmn_status status;
};

static bool
inode_visit(void *context, const struct rmn_ext_inode *inode)
{
	struct emission *e = context;

	if (inode->number < e->v->layout->first_inode || inode->flags & EXT_FLAG_EA)
		return true;
	e->status = rmn_ext_inode_is_live(inode) ? live_give(e->v, inode) :
	    deleted_give(e->v, inode);
	return e->status == RMN_OK;
}

/* A copy is news when its number holds nothing today, or another file, or the same one deleted. */
static enum rmn_status
copy_give(struct rmn_ext_volume *v, const struct rmn_ext_inode *copy)
{
	struct rmn_ext_inode now;
	const struct rmn_ext_name *name;

	if (copy->number < v->layout->first_inode || copy->flags & EXT_FLAG_EA ||
	    (copy->mode & EXT_MODE_FORMAT) == EXT_MODE_FOLDER)
		return RMN_OK;
	if (rmn_ext_volume_inode(v, copy->number, &now) && now.generation == copy->generation &&
	    now.created == copy->created && rmn_ext_inode_is_live(&now))
		return RMN_OK;
	name = name_best(v, copy, RMN_EXT_COPY, copy->version);
	rmn_ext_map_inode(&v->map, copy);
	return inode_give(v, copy, name, RMN_ORIGIN_STALE);
}

/* A name whose inode is gone. */
static enum rmn_status
name_give(struct rmn_ext_volume *v, const struct rmn_ext_name *name)
{
	struct rmn_found file = {.origin = RMN_ORIGIN_INDEX, .created = RMN_TIME_UNKNOWN,
	    .modified = RMN_TIME_UNKNOWN, .changed = RMN_TIME_UNKNOWN,
	    .accessed = RMN_TIME_UNKNOWN, .id = name->child, .parent_id = name->parent,
	    .version = name->version, .how = RMN_CONTENT_NONE};
	enum rmn_status status;

	if (name->type != 0 && name->type != TYPE_FILE && name->type != TYPE_FOLDER &&
	    name->type != TYPE_LINK)
		return RMN_OK;
	file.kind = name->type == TYPE_FOLDER ? RMN_ITEM_DIRECTORY :
	    name->type == TYPE_LINK ? RMN_ITEM_SYMLINK : RMN_ITEM_FILE;
	status = volume_add(v);
	file.volume = v->found;
	file.path = path_of(v, name->child, name);
	return status != RMN_OK || v->path.failed ? status : rmn_found_add(v->r, &file);
}

static bool
has_copy(const struct rmn_ext_volume *v, uint32_t number)
{
	size_t low = 0, high = v->copy_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v->copies[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < v->copy_count && v->copies[low].number == number;
}

enum rmn_status
rmn_ext_emit(struct rmn_ext_volume *v)
{
	struct emission e = {v, RMN_OK};

	rmn_ext_volume_walk(v, false, inode_visit, &e);
	for (size_t i = 0; i < v->copy_count && e.status == RMN_OK; i++)
		e.status = copy_give(v, &v->copies[i]);
	if (v->is_living)
		return e.status;	/* its own walk lists names */
	for (size_t i = 0; i < v->names.count && e.status == RMN_OK; i++) {
		const struct rmn_ext_name *name = &v->names.entries[i];

		if (!rmn_ext_volume_has_seen(v, name->child) && !has_copy(v, name->child))
			e.status = name_give(v, name);
	}
	return e.status;
}
