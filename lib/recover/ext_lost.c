/* SPDX-License-Identifier: MIT
 *
 * Folder blocks whose inode is gone: zeroed tables, deleted folders.  The first block of a folder
 * says whose it is; the others are tied to it by their checksums, which all start from the same
 * value. */
#include <stdlib.h>

#include "recover/ext_volume.h"
#include "recover/sight.h"

struct seed {
	uint32_t value;		/* of all checksums of the folder */
	uint32_t folder;
	uint8_t source;
};

struct search {
	struct rmn_ext_volume *v;
	unsigned char *block;	/* owned */
	struct seed *seeds;	/* owned */
	size_t count, capacity;
};

/* Reads the block at a place if nobody is known to have it. */
static bool
block_read(const struct search *s, uint64_t place)
{
	const struct rmn_ext_layout *l = s->v->layout;

	return place >= l->start_byte && (place - l->start_byte) % l->block_bytes == 0 &&
	    (place - l->start_byte) / l->block_bytes < l->block_count &&
	    rmn_ext_volume_is_free(s->v, place) && rmn_ext_volume_folder_at(s->v, place) == 0 &&
	    rmn_disk_read(s->v->r->disk, place, s->block, l->block_bytes);
}

static void
seed_add(struct search *s, uint32_t folder, enum rmn_ext_source source)
{
	uint32_t value;

	if (!rmn_ext_folder_seed(s->v->crc, s->block, s->v->layout->block_bytes, &value))
		return;
	if (s->count == s->capacity) {
		size_t capacity = s->capacity ? s->capacity * 2 : 256;
		struct seed *seeds = reallocarray(s->seeds, capacity, sizeof(*seeds));

		if (!seeds) {
			s->v->failed = true;
			return;
		}
		s->seeds = seeds;
		s->capacity = capacity;
	}
	s->seeds[s->count++] = (struct seed){value, folder, (uint8_t)source};
}

/* A volume that is only assumed shares its inode numbers with the living one: a folder that was
 * deleted from the latter has children whose records the latter wrote.  One child without such a
 * record shows that the folder is older. */
static bool
is_older(struct rmn_ext_volume *v, size_t first_name)
{
	struct rmn_ext_inode inode;

	for (size_t i = first_name; i < v->names.count; i++) {
		const struct rmn_ext_name *name = &v->names.entries[i];

		if (name->source == RMN_EXT_LISTED && (rmn_ext_volume_has_seen(v, name->child) ||
		    !rmn_ext_volume_inode(v, name->child, &inode)))
			return true;
	}
	return false;
}

/* A folder's first block. */
static void
head_take(struct search *s, uint64_t place)
{
	struct rmn_ext_volume *v = s->v;
	const struct rmn_ext_layout *l = v->layout;
	enum rmn_ext_source source;
	struct rmn_ext_inode inode;
	uint32_t self, parent;
	size_t first_name;
	bool is_known;

	if (!block_read(s, place) ||
	    !rmn_ext_folder_head(s->block, l->block_bytes, &self, &parent) ||
	    self > l->inode_count || parent > l->inode_count)
		return;
	is_known = rmn_ext_volume_has_seen(v, self) && rmn_ext_volume_inode(v, self, &inode);
	if (v->is_living && (!is_known || rmn_ext_inode_is_live(&inode)))
		return;
	source = is_known ? RMN_EXT_DROPPED : RMN_EXT_LISTED;
	first_name = v->names.count;
	rmn_ext_names_block(&v->names, l, s->block, l->block_bytes, self, source, 0);
	if (v->is_assumed && !is_known && !is_older(v, first_name)) {
		v->names.count = first_name;
		return;
	}
	rmn_ext_volume_place(v, self, parent);
	v->proofs++;
	seed_add(s, self, source);
}

static int
seed_compare(const void *a, const void *b)
{
	const struct seed *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->folder < y->folder ? -1 : x->folder > y->folder;
}

/* Another block of a folder whose first one was found. */
static void
tail_take(struct search *s, uint64_t sector)
{
	const struct rmn_ext_layout *l = s->v->layout;
	struct seed wanted = {0};
	const struct seed *found;
	uint32_t self, parent;

	if (sector + RMN_SECTOR_BYTES < l->block_bytes ||
	    !block_read(s, sector + RMN_SECTOR_BYTES - l->block_bytes) ||
	    rmn_ext_folder_head(s->block, l->block_bytes, &self, &parent) ||
	    !rmn_ext_folder_seed(s->v->crc, s->block, l->block_bytes, &wanted.value))
		return;
	for (size_t low = 0, high = s->count; low < high;) {
		size_t middle = low + (high - low) / 2;

		found = &s->seeds[middle];
		if (found->value == wanted.value) {
			rmn_ext_names_block(&s->v->names, l, s->block, l->block_bytes,
			    found->folder, found->source, 0);
			return;
		}
		if (found->value < wanted.value)
			low = middle + 1;
		else
			high = middle;
	}
}

void
rmn_ext_volume_lost_folders(struct rmn_ext_volume *v)
{
	const struct rmn_sightings *sightings = v->r->sightings;
	const struct rmn_ext_layout *l = v->layout;
	uint64_t end = l->start_byte + l->block_count * l->block_bytes, place;
	struct search s = {.v = v, .block = malloc(l->block_bytes)};

	if (!s.block)
		v->failed = true;
	for (size_t i = rmn_sightings_from(sightings, RMN_SIGHT_EXT_FOLDER, l->start_byte);
	    s.block && i < rmn_sightings_count(sightings, RMN_SIGHT_EXT_FOLDER); i++) {
		place = rmn_sighting_offset(sightings, RMN_SIGHT_EXT_FOLDER, i);
		if (place >= end)
			break;
		head_take(&s, place);
	}
	if (s.count > 0)
		qsort(s.seeds, s.count, sizeof(*s.seeds), seed_compare);
	for (size_t i = rmn_sightings_from(sightings, RMN_SIGHT_EXT_TAIL, l->start_byte);
	    s.count > 0 && i < rmn_sightings_count(sightings, RMN_SIGHT_EXT_TAIL); i++) {
		place = rmn_sighting_offset(sightings, RMN_SIGHT_EXT_TAIL, i);
		if (place >= end)
			break;
		tail_take(&s, place);
	}
	free(s.seeds);
	free(s.block);
}
