/* SPDX-License-Identifier: MIT */
#include "recover/ntfs_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/ntfs_log.h"

#define TRUST_SHIFT 56
#define ENTRIES_MAX (RMN_NTFS_INDEX_MAX / 82 + 1)	/* of an index block, with one-letter names */

void
rmn_ntfs_names_release(struct rmn_ntfs_names *names)
{
	free(names->list);
	rmn_hashes_release(&names->seen);
	rmn_buf_release(&names->names);
	*names = (struct rmn_ntfs_names){0};
}

static enum rmn_status
out_of_memory(struct rmn_recovery *r)
{
	return rmn_fail(r->error, RMN_NOMEM, "out of memory for NTFS names");
}

/* Of two names that are equally sure the younger counts. */
static uint64_t
trust_rank(enum rmn_ntfs_trust trust, int64_t changed)
{
	uint64_t age = changed > 0 ? (uint64_t)changed >> 8 : 0;

	return (uint64_t)trust << TRUST_SHIFT | (age & (((uint64_t)1 << TRUST_SHIFT) - 1));
}

bool
rmn_ntfs_names_has_record(const struct rmn_ntfs_table *t, unsigned volume, uint64_t reference)
{
	unsigned sequence = (unsigned)(reference >> 48);
	size_t first, count = rmn_ntfs_table_find(t, volume, reference, &first);

	for (size_t i = 0; i < count; i++) {
		const struct rmn_ntfs_row *row = &t->rows[t->order[first + i]];
		unsigned life = row->sequence;

		if (!(row->flags & RMN_NTFS_ROW_IN_USE) && life == sequence + 1)
			return true;
		if (life == sequence)
			return true;
	}
	return false;
}

static uint64_t
hash_mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15ull;
	return hash ^ hash >> 29;
}

/* Whether this was told before; it is remembered.  False also when there is no memory: told twice. */
static bool
told_before(struct rmn_ntfs_names *names, size_t volume, uint64_t reference,
    const struct rmn_ntfs_name *name)
{
	uint64_t hash = hash_mix(hash_mix(volume, reference), name->parent);

	return !rmn_hashes_add(&names->seen, rmn_hash_bytes(hash, name->units));
}

static bool
told_add(struct rmn_ntfs_names *names, size_t volume, uint64_t reference,
    const struct rmn_ntfs_name *name)
{
	struct rmn_ntfs_told *told;

	if (told_before(names, volume, reference, name))
		return true;
	if (names->count >= RMN_NTFS_TOLD_MAX) {
		names->is_cut = true;
		return true;
	}
	if (names->count == names->capacity) {
		size_t capacity = names->capacity ? names->capacity * 2 : 256;

		told = reallocarray(names->list, capacity, sizeof(*told));
		if (!told)
			return false;
		names->list = told;
		names->capacity = capacity;
	}
	told = &names->list[names->count++];
	*told = (struct rmn_ntfs_told){
		.reference = reference, .parent = name->parent, .size_bytes = name->size_bytes,
		.created = name->created, .modified = name->modified, .changed = name->changed,
		.accessed = name->accessed, .name = names->names.size, .volume = (uint16_t)volume,
		.is_folder = name->flags & RMN_NTFS_NAME_IS_FOLDER,
	};
	rmn_found_name_utf16(&names->names, name->units, false, false);
	told->name_size = (uint16_t)(names->names.size - told->name);
	return !names->names.failed;
}

static bool
folder_add(struct rmn_ntfs_volume *v, uint64_t reference, const struct rmn_ntfs_name *name,
    enum rmn_ntfs_trust trust)
{
	struct rmn_buf clean;
	bool added;

	rmn_buf_init(&clean, 0);
	rmn_found_name_utf16(&clean, name->units, false, false);
	added = rmn_folders_add(v->folders, reference, name->parent, rmn_buf_bytes(&clean),
	    trust_rank(trust, name->changed));
	rmn_buf_release(&clean);
	return added && !clean.failed;
}

bool
rmn_ntfs_names_add(const struct rmn_ntfs_table *t, struct rmn_ntfs_volumes *volumes,
    struct rmn_ntfs_names *names, size_t volume, uint64_t reference,
    const struct rmn_ntfs_name *name, enum rmn_ntfs_trust trust)
{
	if (name->space == RMN_NTFS_SPACE_DOS)
		trust = RMN_NTFS_TRUST_SHORT;
	if ((reference & RMN_NTFS_NUMBER_MASK) < RMN_NTFS_FIRST_USER)
		return true;
	if (name->flags & RMN_NTFS_NAME_IS_FOLDER &&
	    !folder_add(&volumes->list[volume], reference, name, trust))
		return false;
	if (name->space == RMN_NTFS_SPACE_DOS ||
	    rmn_ntfs_names_has_record(t, (unsigned)volume, reference))
		return true;
	return told_add(names, volume, reference, name);
}

/* Adds what a list of entries tells. */
static bool
entries_add(const struct rmn_ntfs_table *t, struct rmn_ntfs_volumes *volumes,
    struct rmn_ntfs_names *names, size_t volume, struct rmn_ntfs_entries entries, bool is_known)
{
	const struct rmn_ntfs_volume *v = &volumes->list[volume];
	struct rmn_ntfs_entry entry;

	while (rmn_ntfs_entries_next(&entries, &entry))
		if ((is_known || rmn_ntfs_volume_is_older(v, &entry.name)) &&
		    !rmn_ntfs_names_add(t, volumes, names, volume,
		    entry.reference, &entry.name, entry.is_left_over ?
		    RMN_NTFS_TRUST_LEFT_OVER : RMN_NTFS_TRUST_INDEX))
			return false;
	return true;
}

/* What a folder's own record tells: its names, and its children in the index root. */
static bool
record_add(const struct rmn_ntfs_table *t, struct rmn_ntfs_volumes *volumes,
    struct rmn_ntfs_names *names, const struct rmn_ntfs_row *row,
    const struct rmn_ntfs_record *record)
{
	bool is_stale = row->flags & RMN_NTFS_ROW_STALE;
	enum rmn_ntfs_trust trust = is_stale ? RMN_NTFS_TRUST_LEFT_OVER :
	    record->is_in_use ? RMN_NTFS_TRUST_RECORD : RMN_NTFS_TRUST_DELETED;
	/* Deleting a file counts its sequence up. */
	unsigned life = record->is_in_use ? record->sequence : record->sequence - 1u;
	uint64_t reference = rmn_ntfs_reference(row->number, life & 0xffff);
	struct rmn_ntfs_attribute a;
	struct rmn_ntfs_entries entries;
	struct rmn_ntfs_name name;
	size_t at = record->first;

	if (row->number == RMN_NTFS_EXTEND || row->number == RMN_NTFS_ROOT)
		trust = RMN_NTFS_TRUST_RECORD;
	while (rmn_ntfs_attribute_next(record, &at, &a)) {
		bool added = true;

		if (a.type == RMN_NTFS_NAME && a.is_resident && rmn_ntfs_name_read(a.value, &name))
			added = folder_add(&volumes->list[row->volume], reference, &name,
			    name.space == RMN_NTFS_SPACE_DOS ? RMN_NTFS_TRUST_SHORT : trust);
		if (a.type == RMN_NTFS_INDEX_ROOT && a.is_resident &&
		    rmn_ntfs_index_root(a.value, &entries))
			added = entries_add(t, volumes, names, row->volume, entries, true);
		if (!added)
			return false;
	}
	return true;
}

static enum rmn_status
names_from_records(struct rmn_recovery *r, const struct rmn_ntfs_table *t,
    struct rmn_ntfs_volumes *volumes, struct rmn_ntfs_names *names)
{
	struct rmn_ntfs_record record;

	for (size_t i = 0; i < t->count; i++) {
		const struct rmn_ntfs_row *row = &t->rows[i];

		if (!(row->flags & RMN_NTFS_ROW_FOLDER) || row->flags & RMN_NTFS_ROW_EXTENSION ||
		    row->volume >= volumes->count || !volumes->list[row->volume].folders ||
		    !rmn_ntfs_record_load(r->disk, rmn_ntfs_row_offset(row), &record))
			continue;
		if (!record_add(t, volumes, names, row, &record))
			return out_of_memory(r);
	}
	return RMN_OK;
}

/* How many entries are files of this volume, by number and time of creation. */
static size_t
entries_known(const struct rmn_ntfs_table *t, size_t volume, struct rmn_ntfs_entries entries)
{
	struct rmn_ntfs_entry entry;
	size_t known = 0;

	while (rmn_ntfs_entries_next(&entries, &entry)) {
		size_t first, count = rmn_ntfs_table_find(t, (unsigned)volume, entry.reference,
		    &first);

		for (size_t i = 0; i < count; i++) {
			const struct rmn_ntfs_row *row = &t->rows[t->order[first + i]];

			if ((int64_t)row->other == entry.name.created) {
				known++;
				break;
			}
		}
	}
	return known;
}

/* Whether the first entry was made in the volume's time. */
static bool
block_fits(const struct rmn_ntfs_volume *v, struct rmn_ntfs_entries entries)
{
	struct rmn_ntfs_entry entry;

	return rmn_ntfs_entries_next(&entries, &entry) && entry.name.changed >= v->since &&
	    rmn_ntfs_volume_is_older(v, &entry.name);
}

/* The volume an index block belongs to: the one whose files it names, else the largest that has the
 * place, and the time if one has.  SIZE_MAX: none.  *is_known says that it was the former. */
static size_t
block_volume(const struct rmn_ntfs_table *t, const struct rmn_ntfs_volumes *volumes,
    uint64_t place, const struct rmn_ntfs_entries *entries, bool *is_known)
{
	size_t best = SIZE_MAX, most = 0, rows = 0, any = SIZE_MAX;

	*is_known = false;
	for (size_t i = 0; i < volumes->count; i++) {
		const struct rmn_ntfs_volume *v = &volumes->list[i];
		size_t known;

		if (!rmn_ntfs_volume_has(v, place))
			continue;
		if (any == SIZE_MAX || v->rows > volumes->list[any].rows)
			any = i;
		known = entries_known(t, i, *entries);
		if (known > most) {
			best = i;
			most = known;
			*is_known = true;
		} else if (!*is_known && v->rows > rows && block_fits(v, *entries)) {
			best = i;
			rows = v->rows;
		}
	}
	return best != SIZE_MAX ? best : any;
}

static enum rmn_status
names_from_blocks(struct rmn_recovery *r, const struct rmn_ntfs_table *t,
    struct rmn_ntfs_volumes *volumes, struct rmn_ntfs_names *names)
{
	size_t count = rmn_sightings_count(r->sightings, RMN_SIGHT_NTFS_INDEX);
	unsigned char *data = malloc(RMN_NTFS_INDEX_MAX);
	enum rmn_status status = data ? RMN_OK : out_of_memory(r);

	for (size_t i = 0; i < count && status == RMN_OK; i++) {
		uint64_t place = rmn_sighting_offset(r->sightings, RMN_SIGHT_NTFS_INDEX, i);
		struct rmn_ntfs_entries entries;
		bool is_known;
		size_t volume;

		if (rmn_recovery_in_use(r, place) ||
		    !rmn_ntfs_index_load(r->disk, place, data, &entries))
			continue;
		volume = block_volume(t, volumes, place, &entries, &is_known);
		if (volume != SIZE_MAX && !entries_add(t, volumes, names, volume, entries,
		    is_known))
			status = out_of_memory(r);
	}
	free(data);
	return status;
}

enum rmn_status
rmn_ntfs_names_collect(struct rmn_recovery *r, const struct rmn_ntfs_table *t,
    struct rmn_ntfs_volumes *volumes, struct rmn_ntfs_names *names)
{
	enum rmn_status status;

	*names = (struct rmn_ntfs_names){0};
	rmn_buf_init(&names->names, 0);
	status = names_from_records(r, t, volumes, names);
	if (status == RMN_OK)
		status = names_from_blocks(r, t, volumes, names);
	if (status == RMN_OK)
		status = rmn_ntfs_log_collect(r, t, volumes, names);
	if (status == RMN_OK && names->is_cut)
		r->unexamined(r->context, UINT32_MAX, "ntfs",
		    "more names of lost files than are kept");
	return status;
}

void
rmn_ntfs_names_path(const struct rmn_ntfs_volume *v, uint64_t reference, struct rmn_buf *path)
{
	size_t from = path->size, digits;
	struct rmn_buf whole;
	uint64_t number = 0;

	rmn_buf_init(&whole, 0);
	if (rmn_folders_path(v->folders, reference, &whole)) {
		rmn_buf_append(path, rmn_buf_bytes(&whole));
	} else {
		/* "orphan-<reference>/...": a person knows the number, not the reference. */
		for (digits = sizeof("orphan-") - 1; digits < whole.size &&
		    whole.data[digits] != '/'; digits++)
			number = number * 10 + (uint64_t)(whole.data[digits] - '0');
		rmn_buf_printf(path, "orphan-%llu",
		    (unsigned long long)(number & RMN_NTFS_NUMBER_MASK));
		rmn_buf_append(path, rmn_bytes_after(rmn_buf_bytes(&whole), digits));
	}
	path->failed |= whole.failed;
	rmn_buf_release(&whole);
	if (path->size > from)
		rmn_buf_append_char(path, '/');
}
