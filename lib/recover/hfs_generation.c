/* SPDX-License-Identifier: MIT
 *
 * A CNID is given once in the life of a volume, and the thing that has it keeps the date of its
 * birth.  So two leaves in which the same CNID has another name and another date are of two volumes,
 * however well both fit into the same place. */
#include <stdlib.h>

#include "recover/hfs.h"

#define CONFLICTS_MIN 4u

struct birth {
	uint32_t volume, cnid;		/* cnid 0: free */
	uint32_t created;
	uint32_t name_hash;
};

struct hfs_births {
	struct birth *slots;		/* open addressing, a power of two */
	size_t count, capacity;
};

struct hfs_births *
rmn_hfs_births_new(void)
{
	return calloc(1, sizeof(struct hfs_births));
}

void
rmn_hfs_births_free(struct hfs_births *births)
{
	if (!births)
		return;
	free(births->slots);
	free(births);
}

static uint32_t
name_hash(struct rmn_bytes name)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < name.size; i++)
		hash = (hash ^ name.data[i]) * 16777619u;
	return hash;
}

static struct birth *
slot_find(struct birth *slots, size_t capacity, uint32_t volume, uint32_t cnid)
{
	uint64_t key = ((uint64_t)volume << 32 | cnid) * 0x9e3779b97f4a7c15ull;
	size_t at = (size_t)(key >> 20) & (capacity - 1);

	while (slots[at].cnid != 0 && (slots[at].cnid != cnid || slots[at].volume != volume))
		at = (at + 1) & (capacity - 1);
	return &slots[at];
}

static bool
slots_grow(struct hfs_births *births)
{
	size_t capacity = births->capacity ? births->capacity * 2 : 1024;
	struct birth *slots = calloc(capacity, sizeof(*slots));

	if (!slots)
		return false;
	for (size_t i = 0; i < births->capacity; i++)
		if (births->slots[i].cnid)
			*slot_find(slots, capacity, births->slots[i].volume,
			    births->slots[i].cnid) = births->slots[i];
	free(births->slots);
	births->slots = slots;
	births->capacity = capacity;
	return true;
}

/* What says when a thing was born: its own record, in use. */
static bool
is_witness(const struct hfs_record *record)
{
	return record->rank == HFS_RANK_LIVE && record->cnid >= HFS_FIRST_USER &&
	    (record->kind == HFS_FOLDER || record->kind == HFS_FILE);
}

bool
rmn_hfs_births_add(struct hfs_births *births, const struct hfs *h, size_t first, size_t end,
    uint32_t volume)
{
	for (size_t i = first; i < end; i++)
		for (size_t k = 0; k < h->leaves[i].record_count; k++) {
			const struct hfs_record *record =
			    &h->records[h->leaves[i].first_record + k];
			struct birth *slot;

			if (h->leaves[i].volume != volume || !is_witness(record))
				continue;
			if (births->count * 2 >= births->capacity && !slots_grow(births))
				return false;
			slot = slot_find(births->slots, births->capacity, volume, record->cnid);
			if (slot->cnid)
				continue;
			births->count++;
			*slot = (struct birth){volume, record->cnid, record->created,
			    name_hash(hfs_name(h, record))};
		}
	return true;
}

bool
rmn_hfs_births_contradict(const struct hfs_births *births, const struct hfs *h, size_t first,
    size_t end, uint32_t volume)
{
	size_t same = 0, other = 0;

	for (size_t i = first; i < end && births->capacity; i++)
		for (size_t k = 0; k < h->leaves[i].record_count; k++) {
			const struct hfs_record *record =
			    &h->records[h->leaves[i].first_record + k];
			const struct birth *slot;

			if (h->leaves[i].volume != HFS_NO_VOLUME || !is_witness(record))
				continue;
			slot = slot_find(births->slots, births->capacity, volume, record->cnid);
			if (!slot->cnid)
				continue;
			if (slot->created == record->created)
				same++;
			else if (slot->name_hash != name_hash(hfs_name(h, record)))
				other++;
		}
	return other >= CONFLICTS_MIN && other > same;
}
