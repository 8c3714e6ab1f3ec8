/* SPDX-License-Identifier: MIT
 *
 * Lost APFS containers: where they began, which volumes they had, and which nodes are of which. */
#include "recover/apfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/sight.h"

#define NODES_MAX ((size_t)16 << 20)
#define CONTAINERS_MAX 32u
#define VOLUMES_MAX 100u	/* of one container; APFS allows no more */
#define TREE_DEPTH_MAX 8u
#define STORAGE_PHYSICAL 0x40u	/* of the upper type byte; others have virtual ids */
#define STORAGE_MASK 0xc0u
#define FLAG_UNENCRYPTED 1u

struct node {
	uint64_t place, oid, xid;
	uint8_t subtype, level;
	bool is_physical, is_newest;
};

struct container {
	uint64_t start_byte, length_bytes;
	uint32_t votes;
	bool is_living, is_known;
	uint64_t xid;			/* of its youngest superblock */
	unsigned char uuid[16];
};

struct scan {
	struct rmn_recovery *r;
	struct node *nodes;		/* owned; by place */
	size_t node_count;
	struct container containers[CONTAINERS_MAX];
	size_t container_count;
	bool was_cut;
};

/* The nodes of one container that are of one generation. */
struct part {
	struct scan *scan;
	const struct container *container;
	uint64_t xid_from, xid_to;	/* first and last transaction */
	bool is_living;
	struct rmn_apfs_groups *groups;	/* owned */
	struct rmn_apfs_volume volumes[VOLUMES_MAX + 1];	/* the last: what no other has */
	size_t volume_count;
	/* Owned: the objects of the youngest object map; NULL: not known. */
	struct rmn_apfs_groups *mapped[VOLUMES_MAX + 1];
};

static bool
nodes_read(struct scan *s)
{
	const struct rmn_sightings *sightings = s->r->sightings;
	size_t count = rmn_sightings_count(sightings, RMN_SIGHT_APFS_NODE);
	unsigned char p[0x28];

	s->was_cut = count > NODES_MAX;
	count = rmn_min_size(count, NODES_MAX);
	s->nodes = calloc(count + 1, sizeof(*s->nodes));
	for (size_t i = 0; s->nodes && i < count; i++) {
		uint64_t place = rmn_sighting_offset(sightings, RMN_SIGHT_APFS_NODE, i);
		unsigned subtype = rmn_sighting_aux(sightings, RMN_SIGHT_APFS_NODE, i);

		if ((subtype == APFS_SUBTYPE_OMAP || subtype == APFS_SUBTYPE_TREE) &&
		    rmn_disk_read(s->r->disk, place, p, sizeof(p)))
			s->nodes[s->node_count++] = (struct node){place, rmn_le64(p + 8),
			    rmn_le64(p + 16), (uint8_t)subtype,
			    (uint8_t)rmn_min_u64(rmn_le16(p + 0x22), 255),
			    (p[27] & STORAGE_MASK) == STORAGE_PHYSICAL, false};
	}
	return s->nodes != NULL;
}

/* --- where containers begin */

static struct container *
container_get(struct scan *s, uint64_t start_byte)
{
	for (size_t i = 0; i < s->container_count; i++)
		if (s->containers[i].start_byte == start_byte)
			return &s->containers[i];
	if (s->container_count == CONTAINERS_MAX)
		return NULL;
	s->containers[s->container_count] = (struct container){.start_byte = start_byte,
	    .is_known = true};
	return &s->containers[s->container_count++];
}

/* A physical object's id is its block. */
static void
containers_vote(struct scan *s)
{
	for (size_t i = 0; i < s->node_count; i++) {
		const struct node *node = &s->nodes[i];
		struct container *container;
		uint64_t from_start;

		if (!node->is_physical ||
		    !rmn_mul_u64(node->oid, APFS_BLOCK_BYTES, &from_start) ||
		    from_start > node->place)
			continue;
		container = container_get(s, node->place - from_start);
		if (container)
			container->votes++;
		else
			s->was_cut = true;
	}
}

static void
containers_living(struct scan *s)
{
	for (size_t i = 0; i < s->r->living_count; i++) {
		const struct rmn_living *living = &s->r->living[i];
		struct container *container;

		if (!living->has_file_system || strncmp(living->volume.filesystem, "apfs", 4) != 0)
			continue;
		container = container_get(s, living->volume.start_byte);
		if (container)
			container->is_living = true;
	}
}

static int
container_compare(const void *a, const void *b)
{
	const struct container *x = a, *y = b;

	return x->start_byte < y->start_byte ? -1 : x->start_byte > y->start_byte;
}

/* Superblocks of the container say how long it is, and which transaction was the last.  Block 0
 * of a living one says whose they are. */
static void
container_superblocks(struct scan *s, struct container *c, uint64_t end)
{
	const struct rmn_sightings *sightings = s->r->sightings;
	size_t i = rmn_sightings_from(sightings, RMN_SIGHT_APFS_CONTAINER, c->start_byte);
	unsigned char p[128];

	if (c->is_living && rmn_disk_read(s->r->disk, c->start_byte, p, sizeof(p)))
		memcpy(c->uuid, p + 72, sizeof(c->uuid));
	for (; i < rmn_sightings_count(sightings, RMN_SIGHT_APFS_CONTAINER); i++) {
		uint64_t place = rmn_sighting_offset(sightings, RMN_SIGHT_APFS_CONTAINER, i);

		if (place >= end)
			break;
		if (!rmn_disk_read(s->r->disk, place, p, sizeof(p)) ||
		    (c->is_living && memcmp(c->uuid, p + 72, sizeof(c->uuid)) != 0) ||
		    rmn_le64(p + 16) < c->xid)
			continue;
		c->xid = rmn_le64(p + 16);
		if (rmn_le32(p + 36) == APFS_BLOCK_BYTES && rmn_le64(p + 40) >> 48 == 0)
			c->length_bytes = rmn_le64(p + 40) * APFS_BLOCK_BYTES;
	}
}

/* Bases of one vote beside better ones are garbage, or copies inside files. */
static void
containers_find(struct scan *s)
{
	uint32_t best = 0;
	size_t kept = 0;

	containers_living(s);
	containers_vote(s);
	for (size_t i = 0; i < s->container_count; i++)
		best = s->containers[i].votes > best ? s->containers[i].votes : best;
	for (size_t i = 0; i < s->container_count; i++)
		if (s->containers[i].is_living || s->containers[i].votes > 1 || best < 2)
			s->containers[kept++] = s->containers[i];
	s->container_count = kept;
	if (kept == 0)
		s->containers[s->container_count++] = (struct container){.is_known = false};
	qsort(s->containers, s->container_count, sizeof(s->containers[0]), container_compare);
	for (size_t i = 0; i < s->container_count; i++)
		container_superblocks(s, &s->containers[i], i + 1 < s->container_count ?
		    s->containers[i + 1].start_byte : UINT64_MAX);
}

/* The container in which a place lies: the last one that begins before it and is long enough. */
static const struct container *
container_of(const struct scan *s, uint64_t place)
{
	for (size_t i = s->container_count; i-- > 0;) {
		const struct container *c = &s->containers[i];

		if (c->start_byte <= place && (c->length_bytes == 0 ||
		    place - c->start_byte < c->length_bytes))
			return c;
	}
	return s->container_count == 1 && !s->containers[0].is_known ? &s->containers[0] : NULL;
}

static bool
part_has(const struct part *part, uint64_t place, uint64_t xid)
{
	return xid >= part->xid_from && xid <= part->xid_to &&
	    container_of(part->scan, place) == part->container &&
	    (part->container->is_living || !rmn_recovery_in_use(part->scan->r, place));
}

/* --- volumes */

static struct rmn_apfs_volume *
volume_get(struct part *part, const unsigned char *uuid)
{
	struct rmn_apfs_volume *v;

	for (size_t i = 0; i < part->volume_count; i++)
		if (memcmp(part->volumes[i].uuid, uuid, 16) == 0)
			return &part->volumes[i];
	if (part->volume_count == VOLUMES_MAX)
		return NULL;
	v = &part->volumes[part->volume_count++];
	rmn_apfs_volume_init(v);
	memcpy(v->uuid, uuid, 16);
	v->has_superblock = true;
	return v;
}

static void
label_read(struct rmn_apfs_volume *v, const unsigned char *text, size_t size)
{
	struct rmn_buf label;

	rmn_buf_init(&label, sizeof(v->label) - 1);
	rmn_found_name_utf8(&label, (struct rmn_bytes){text,
	    strnlen((const char *)text, size)});
	snprintf(v->label, sizeof(v->label), "%s", rmn_buf_string(&label));
	rmn_buf_release(&label);
}

/* apfs_superblock_t: the youngest of each volume counts; roots of older ones are the same tree. */
static bool
superblock_read(struct part *part, uint64_t place)
{
	unsigned char p[1024];
	struct rmn_apfs_volume *v;
	uint64_t xid, tree;

	if (!rmn_disk_read(part->scan->r->disk, place, p, sizeof(p)) ||
	    !part_has(part, place, rmn_le64(p + 16)))
		return true;
	xid = rmn_le64(p + 16);
	tree = rmn_le64(p + 136);
	v = volume_get(part, p + 240);
	if (!v)
		return true;
	if (v->tree != 0 && !rmn_apfs_groups_join(part->groups, v->tree, tree))
		return false;
	if (xid < v->xid)
		return true;
	v->xid = xid;
	v->tree = tree;
	v->map = rmn_le64(p + 128);
	v->is_encrypted = !(p[264] & FLAG_UNENCRYPTED);
	label_read(v, p + 704, 256);
	return rmn_apfs_groups_join(part->groups, tree, tree);
}

static bool
superblocks_read(struct part *part)
{
	const struct rmn_sightings *s = part->scan->r->sightings;

	for (size_t i = 0; i < rmn_sightings_count(s, RMN_SIGHT_APFS_VOLUME); i++)
		if (!superblock_read(part, rmn_sighting_offset(s, RMN_SIGHT_APFS_VOLUME, i)))
			return false;
	return true;
}

/* What one leaf of an object map lists is of one volume, and so are an inner node and its
 * children. */
static bool
groups_fill(struct part *part)
{
	unsigned char data[APFS_BLOCK_BYTES];
	struct rmn_apfs_record record;
	struct rmn_apfs_node opened;

	for (size_t i = 0; i < part->scan->node_count; i++) {
		const struct node *node = &part->scan->nodes[i];
		bool is_map = node->subtype == APFS_SUBTYPE_OMAP;
		uint64_t first = node->oid;

		if (is_map == (node->level > 0) || !part_has(part, node->place, node->xid) ||
		    !rmn_disk_read(part->scan->r->disk, node->place, data, sizeof(data)) ||
		    !rmn_apfs_node_open(&opened, data))
			continue;
		for (uint32_t k = 0; k < opened.count; k++) {
			uint64_t id;

			if (!rmn_apfs_node_record(&opened, k, &record) || record.value.size < 8)
				continue;
			id = rmn_le64(is_map ? record.key.data : record.value.data);
			if (is_map && k == 0)
				first = id;
			if (!rmn_apfs_groups_join(part->groups, first, id))
				return false;
		}
	}
	return true;
}

/* --- which nodes are of today */

static bool
object_read(const struct part *part, uint64_t block, unsigned char *data)
{
	uint64_t place;

	return rmn_mul_u64(block, APFS_BLOCK_BYTES, &place) &&
	    rmn_add_u64(place, part->container->start_byte, &place) &&
	    rmn_disk_read(part->scan->r->disk, place, data, APFS_BLOCK_BYTES) &&
	    rmn_le64(data + 8) == block;
}

/* False when a part of the map cannot be read. */
static bool
map_walk(const struct part *part, uint64_t block, unsigned depth, size_t *steps,
    struct rmn_apfs_groups *oids)
{
	unsigned char *data;
	struct rmn_apfs_record record;
	struct rmn_apfs_node node;
	bool is_whole;

	if (depth == TREE_DEPTH_MAX || *steps == 0)
		return false;
	(*steps)--;
	data = malloc(APFS_BLOCK_BYTES);
	is_whole = data && object_read(part, block, data) &&
	    data[28] == APFS_SUBTYPE_OMAP && rmn_apfs_node_open(&node, data);
	for (uint32_t i = 0; is_whole && i < node.count; i++) {
		is_whole = rmn_apfs_node_record(&node, i, &record) && record.value.size >= 8;
		if (!is_whole)
			break;
		if (node.level > 0)
			is_whole = map_walk(part, rmn_le64(record.value.data), depth + 1, steps,
			    oids);
		else
			is_whole = rmn_apfs_groups_join(oids, rmn_le64(record.key.data),
			    rmn_le64(record.key.data));
	}
	free(data);
	return is_whole;
}

static void
map_read(struct part *part, size_t index)
{
	const struct rmn_apfs_volume *v = &part->volumes[index];
	struct rmn_apfs_groups *oids = rmn_apfs_groups_new();
	size_t steps = part->scan->node_count + 1;
	unsigned char data[APFS_BLOCK_BYTES];

	if (oids && part->container->is_known && v->has_superblock &&
	    object_read(part, v->map, data) &&
	    map_walk(part, rmn_le64(data + 48), 0, &steps, oids))
		part->mapped[index] = oids;
	else
		rmn_apfs_groups_free(oids);
}

static int
newest_compare(const void *a, const void *b, void *context)
{
	const struct node *nodes = context, *x = &nodes[*(const size_t *)a],
	    *y = &nodes[*(const size_t *)b];

	if (x->oid != y->oid)
		return x->oid < y->oid ? -1 : 1;
	if (x->xid != y->xid)
		return x->xid > y->xid ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* The youngest node of each object. */
static bool
newest_mark(struct part *part)
{
	struct node *nodes = part->scan->nodes;
	size_t *order = calloc(part->scan->node_count + 1, sizeof(*order)), count = 0;

	if (!order)
		return false;
	for (size_t i = 0; i < part->scan->node_count; i++)
		if (nodes[i].subtype == APFS_SUBTYPE_TREE &&
		    part_has(part, nodes[i].place, nodes[i].xid))
			order[count++] = i;
	if (count > 0)
		qsort_r(order, count, sizeof(*order), newest_compare, nodes);
	for (size_t i = 0; i < count; i++)
		nodes[order[i]].is_newest = i == 0 ||
		    nodes[order[i]].oid != nodes[order[i - 1]].oid;
	free(order);
	return true;
}

/* The volume of a node: by its group; a container with one volume has them all. */
static size_t
volume_of(struct part *part, const struct node *node)
{
	uint32_t group = rmn_apfs_groups_of(part->groups, node->oid);

	for (size_t i = 0; i < part->volume_count; i++)
		if (group != UINT32_MAX && part->volumes[i].component == group)
			return i;
	return part->volume_count == 1 ? 0 : VOLUMES_MAX;
}

static void
leaves_read(struct part *part)
{
	unsigned char data[APFS_BLOCK_BYTES];
	struct rmn_apfs_node opened;

	for (size_t i = 0; i < part->scan->node_count; i++) {
		const struct node *node = &part->scan->nodes[i];
		struct rmn_apfs_groups *oids;
		size_t index;
		bool is_current;

		if (node->subtype != APFS_SUBTYPE_TREE || node->level != 0 ||
		    !part_has(part, node->place, node->xid) ||
		    !rmn_disk_read(part->scan->r->disk, node->place, data, sizeof(data)) ||
		    !rmn_apfs_node_open(&opened, data))
			continue;
		index = volume_of(part, node);
		oids = part->mapped[index];
		is_current = node->is_newest && (!oids ||
		    node->xid > part->volumes[index].xid ||
		    rmn_apfs_groups_of(oids, node->oid) != UINT32_MAX);
		rmn_apfs_volume_leaf(&part->volumes[index], &opened, node->place, is_current);
	}
}

/* --- giving */

/* The living volume of that name, in the container's place. */
static uint32_t
living_number(const struct part *part, const struct rmn_apfs_volume *v)
{
	const struct rmn_recovery *r = part->scan->r;
	uint32_t number = 0;

	for (size_t i = 0; i < r->living_count; i++) {
		const struct rmn_volume *living = &r->living[i].volume;

		if (!r->living[i].has_file_system || strncmp(living->filesystem, "apfs", 4) != 0 ||
		    living->start_byte != part->container->start_byte)
			continue;
		if (number == 0 || strcmp(living->label, v->label) == 0)
			number = living->number;
		if (strcmp(living->label, v->label) == 0)
			break;
	}
	return number;
}

static enum rmn_status
encrypted_say(struct part *part, struct rmn_apfs_volume *v, const struct rmn_apfs_place *place)
{
	struct rmn_found_volume volume = {.start_byte = place->start_byte,
	    .length_bytes = place->length_bytes, .block_bytes = APFS_BLOCK_BYTES,
	    .filesystem = "apfs"};
	struct rmn_recovery *r = part->scan->r;
	enum rmn_status status;
	uint32_t number;

	snprintf(volume.label, sizeof(volume.label), "%s", v->label);
	snprintf(volume.evidence, sizeof(volume.evidence), "volume superblock");
	status = rmn_found_volume_add(r, &volume, &number);
	if (status == RMN_OK && r->unexamined)
		r->unexamined(r->context, number, "recovery", "a lost APFS volume is encrypted: "
		    "its names and files cannot be read");
	return status;
}

static enum rmn_status
volume_give(struct part *part, struct rmn_apfs_volume *v)
{
	const struct container *c = part->container;
	struct rmn_apfs_place place = {.start_byte = c->start_byte,
	    .length_bytes = c->length_bytes, .is_known = c->is_known};
	struct rmn_recovery *r = part->scan->r;

	if (v->failed)
		return rmn_fail(r->error, RMN_NOMEM, "out of memory for an APFS volume");
	if (v->inodes.count + v->names.count == 0)
		return v->is_encrypted && !part->is_living ? encrypted_say(part, v, &place) :
		    RMN_OK;
	rmn_apfs_volume_sort(v);
	snprintf(place.evidence, sizeof(place.evidence), "%u physical objects", c->votes);
	if (!place.is_known) {
		snprintf(place.evidence, sizeof(place.evidence), "single nodes");
		place.is_known = rmn_apfs_volume_vote(v, r->sightings, &place.start_byte,
		    place.evidence, sizeof(place.evidence));
		if (!place.is_known && r->unexamined)
			r->unexamined(r->context, UINT32_MAX, "recovery", "an APFS volume whose "
			    "start is not known: its files have names, but no content");
	}
	if (part->is_living)
		v->living = living_number(part, v);
	return rmn_apfs_emit(r, v, &place);
}

static enum rmn_status
part_run(struct part *part)
{
	struct rmn_recovery *r = part->scan->r;
	enum rmn_status status = RMN_OK;

	part->groups = rmn_apfs_groups_new();
	rmn_apfs_volume_init(&part->volumes[VOLUMES_MAX]);
	if (!part->groups || !superblocks_read(part) || !groups_fill(part) || !newest_mark(part)) {
		status = rmn_fail(r->error, RMN_NOMEM, "out of memory for APFS volumes");
	} else {
		for (size_t i = 0; i < part->volume_count; i++) {
			part->volumes[i].component = rmn_apfs_groups_of(part->groups,
			    part->volumes[i].tree);
			map_read(part, i);
		}
		leaves_read(part);
	}
	for (size_t i = 0; i <= VOLUMES_MAX; i++) {
		if (i >= part->volume_count && i < VOLUMES_MAX)
			continue;
		if (status == RMN_OK)
			status = volume_give(part, &part->volumes[i]);
		rmn_apfs_volume_release(&part->volumes[i]);
		rmn_apfs_groups_free(part->mapped[i]);
	}
	rmn_apfs_groups_free(part->groups);
	return status;
}

/* A living container's own nodes, and those of an older one in the same place: transactions that
 * the living one has not come to yet. */
static enum rmn_status
container_run(struct scan *s, const struct container *c)
{
	struct part *part = calloc(1, sizeof(*part));
	enum rmn_status status;

	if (!part)
		return rmn_fail(s->r->error, RMN_NOMEM, "out of memory for APFS volumes");
	*part = (struct part){.scan = s, .container = c, .xid_to = UINT64_MAX};
	if (c->is_living && c->xid != 0) {
		part->is_living = true;
		part->xid_to = c->xid;
		status = part_run(part);
		memset(part, 0, sizeof(*part));
		part->scan = s;
		part->container = c;
		part->xid_from = c->xid + 1;
		part->xid_to = UINT64_MAX;
	} else {
		status = RMN_OK;
	}
	if (status == RMN_OK && part->xid_from <= part->xid_to)
		status = part_run(part);
	free(part);
	return status;
}

enum rmn_status
rmn_recover_apfs(struct rmn_recovery *r)
{
	struct scan s = {.r = r};
	enum rmn_status status = RMN_OK;

	if (rmn_sightings_count(r->sightings, RMN_SIGHT_APFS_NODE) == 0 &&
	    rmn_sightings_count(r->sightings, RMN_SIGHT_APFS_VOLUME) == 0)
		return RMN_OK;
	if (!nodes_read(&s))
		return rmn_fail(r->error, RMN_NOMEM, "out of memory for APFS nodes");
	containers_find(&s);
	for (size_t i = 0; i < s.container_count && status == RMN_OK; i++)
		status = container_run(&s, &s.containers[i]);
	if (s.was_cut && r->unexamined)
		r->unexamined(r->context, UINT32_MAX, "recovery",
		    "too many APFS nodes: a part of them was not read");
	free(s.nodes);
	return status;
}
