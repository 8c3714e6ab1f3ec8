/* SPDX-License-Identifier: MIT
 *
 * Of one thing (a CNID) a disk holds many records: in its leaf, in slack where a record was moved
 * away, in the journal.  The surest counts, then the youngest.  Others are kept only where they say
 * that a file's bytes lay elsewhere: those may still be there. */
#include <stdlib.h>
#include <string.h>

#include "recover/hfs.h"

#define OLDER_MAX 3u			/* older versions of one file */
#define NUMBER_DIGITS 10u

struct ref {
	const struct hfs *h;
	uint32_t record;
};

/* Folders and files before threads, the surest first, then the youngest. */
static int
ref_compare(const void *a, const void *b)
{
	const struct ref *p = a, *q = b;
	const struct hfs_record *x = &p->h->records[p->record], *y = &q->h->records[q->record];
	bool x_thread = x->kind >= HFS_FOLDER_THREAD, y_thread = y->kind >= HFS_FOLDER_THREAD;
	uint64_t x_version = p->h->leaves[x->leaf].version, y_version = q->h->leaves[y->leaf].version;

	if (x->cnid != y->cnid)
		return x->cnid < y->cnid ? -1 : 1;
	if (x_thread != y_thread)
		return x_thread ? 1 : -1;
	if (x->is_cut != y->is_cut)
		return x->is_cut ? 1 : -1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x_version != y_version)
		return x_version > y_version ? -1 : 1;
	if (x->changed != y->changed)
		return x->changed > y->changed ? -1 : 1;
	if (x->modified != y->modified)
		return x->modified > y->modified ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static struct ref *
refs_collect(const struct hfs *h, uint32_t volume, size_t *count)
{
	struct ref *refs = calloc(h->record_count + 1, sizeof(*refs));

	*count = 0;
	for (size_t i = 0; refs && i < h->record_count; i++)
		if (h->leaves[h->records[i].leaf].volume == volume)
			refs[(*count)++] = (struct ref){h, (uint32_t)i};
	if (refs)
		qsort(refs, *count, sizeof(*refs), ref_compare);
	return refs;
}

static uint8_t
origin_of(const struct hfs *h, uint32_t volume, const struct hfs_record *record)
{
	if (record->rank <= HFS_RANK_SALVAGED)
		return RMN_ORIGIN_RECORD;
	return h->volumes[volume].found.living ? RMN_ORIGIN_DELETED : RMN_ORIGIN_STALE;
}

static void
entry_add(struct hfs *h, struct hfs_plan *plan, uint32_t index, uint8_t origin)
{
	const struct hfs_record *record = &h->records[index];

	plan->entries[plan->count++] = (struct hfs_entry){.record = index, .parent = record->parent,
	    .cnid = record->cnid, .kind = record->kind, .origin = origin};
}

static bool
fork_is_elsewhere(const struct hfs *h, const struct hfs_record *a, const struct hfs_record *b)
{
	if (a->data.extent_count == 0)
		return false;
	return b->data.extent_count == 0 ||
	    h->extents[a->data.extent_at].start != h->extents[b->data.extent_at].start;
}

/* Older versions of the file that refs begins with. */
static void
older_add(struct hfs *h, struct hfs_plan *plan, const struct ref *refs, size_t count)
{
	uint32_t kept[OLDER_MAX + 1] = {refs[0].record};
	size_t used = 1;

	for (size_t i = 1; i < count && used <= OLDER_MAX; i++) {
		const struct hfs_record *record = &h->records[refs[i].record];
		bool is_new = record->kind == HFS_FILE && record->link == HFS_NO_LINK;

		for (size_t k = 0; k < used && is_new; k++)
			is_new = fork_is_elsewhere(h, record, &h->records[kept[k]]);
		if (!is_new)
			continue;
		kept[used++] = refs[i].record;
		entry_add(h, plan, refs[i].record, RMN_ORIGIN_STALE);
	}
}

/* Records without a key take the name of another one, most often of their thread. */
static void
names_lend(struct hfs *h, const struct ref *refs, size_t count)
{
	const struct hfs_record *named = NULL;

	for (size_t i = 0; i < count && !named; i++)
		if (h->records[refs[i].record].name_size > 0)
			named = &h->records[refs[i].record];
	for (size_t i = 0; i < count; i++) {
		struct hfs_record *record = &h->records[refs[i].record];
		size_t name = h->names.size;

		if (record->name_size > 0)
			continue;
		if (named) {
			record->name = named->name;
			record->name_size = named->name_size;
			record->parent = named->parent;
			continue;
		}
		rmn_buf_printf(&h->names, "file-%u", record->cnid);
		if (!h->names.failed) {
			record->name = (uint32_t)name;
			record->name_size = (uint16_t)(h->names.size - name);
		}
	}
	h->failed |= h->names.failed;
}

/* All records of one CNID. */
static void
thing_choose(struct hfs *h, uint32_t volume, struct hfs_plan *plan, const struct ref *refs,
    size_t count)
{
	const struct hfs_record *best = &h->records[refs[0].record];
	bool is_thread = best->kind >= HFS_FOLDER_THREAD;

	if (best->cnid < HFS_FIRST_USER)
		return;
	names_lend(h, refs, count);
	entry_add(h, plan, refs[0].record, is_thread || best->is_cut ? RMN_ORIGIN_INDEX :
	    origin_of(h, volume, best));
	if (best->kind == HFS_FILE)
		older_add(h, plan, refs, count);
}

/* Backups (2014-03-01-120000) the newest first, before everything else: what is in several of them
 * then has the newest path as its first. */
static bool
is_backup_name(struct rmn_bytes name)
{
	if (name.size != 17)
		return false;
	for (size_t i = 0; i < name.size; i++) {
		bool is_dash = i == 4 || i == 7 || i == 10;

		if (is_dash ? name.data[i] != '-' : name.data[i] < '0' || name.data[i] > '9')
			return false;
	}
	return true;
}

/* The folders of the hard links come last: what is in them has better names elsewhere. */
static unsigned
name_class(struct rmn_bytes name)
{
	if (is_backup_name(name))
		return 0;
	return rmn_bytes_start_with(name, ".HFS+ Private Directory Data") ? 2 : 1;
}

static int
name_compare(struct rmn_bytes a, struct rmn_bytes b)
{
	int order = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);

	return order ? order : a.size < b.size ? -1 : a.size > b.size;
}

static int
entry_compare(const void *a, const void *b, void *context)
{
	const struct hfs *h = context;
	const struct hfs_entry *x = a, *y = b;
	struct rmn_bytes x_name = hfs_name(h, &h->records[x->record]);
	struct rmn_bytes y_name = hfs_name(h, &h->records[y->record]);
	unsigned x_class = name_class(x_name), y_class = name_class(y_name);
	int order;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (x_class != y_class)
		return x_class < y_class ? -1 : 1;
	order = name_compare(x_name, y_name);
	if (order)
		return x_class == 0 ? -order : order;
	if (x->origin != y->origin)
		return x->origin < y->origin ? -1 : 1;
	return x->record < y->record ? -1 : x->record > y->record;
}

static int
place_compare(const void *a, const void *b)
{
	const struct hfs_place *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

struct hfs_entry *
rmn_hfs_place_find(const struct hfs_plan *plan, const struct hfs_place *places, size_t count,
    uint32_t id)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (places[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && places[low].id == id ? &plan->entries[places[low].entry] : NULL;
}

size_t
rmn_hfs_children_from(const struct hfs_plan *plan, uint32_t parent)
{
	size_t low = 0, high = plan->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (plan->entries[middle].parent < parent)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* "iNode4711" -> 4711. */
static bool
name_number(struct rmn_bytes name, const char *prefix, uint32_t *number)
{
	struct rmn_bytes digits = rmn_bytes_after(name, strlen(prefix));
	uint64_t value = 0;

	if (!rmn_bytes_start_with(name, prefix) || digits.size == 0 || digits.size > NUMBER_DIGITS)
		return false;
	for (size_t i = 0; i < digits.size; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return false;
		value = value * 10 + (digits.data[i] - '0');
	}
	*number = (uint32_t)value;
	return value <= UINT32_MAX;
}

static bool
places_fill(const struct hfs *h, struct hfs_plan *plan)
{
	plan->folders = calloc(plan->count + 1, sizeof(*plan->folders));
	plan->contents = calloc(plan->count + 1, sizeof(*plan->contents));
	plan->linked = calloc(plan->count + 1, sizeof(*plan->linked));
	if (!plan->folders || !plan->contents || !plan->linked)
		return false;
	for (size_t i = 0; i < plan->count; i++) {
		const struct hfs_entry *e = &plan->entries[i];
		const struct hfs_record *record = &h->records[e->record];
		bool is_folder = e->kind == HFS_FOLDER || e->kind == HFS_FOLDER_THREAD;
		uint32_t number;

		if (is_folder)
			plan->folders[plan->folder_count++] = (struct hfs_place){e->cnid,
			    (uint32_t)i};
		if (is_folder && name_number(hfs_name(h, record), "dir_", &number))
			plan->linked[plan->linked_count++] = (struct hfs_place){number,
			    (uint32_t)i};
		if (e->kind == HFS_FILE && record->link == HFS_NO_LINK &&
		    name_number(hfs_name(h, record), "iNode", &number))
			plan->contents[plan->content_count++] = (struct hfs_place){number,
			    (uint32_t)i};
	}
	qsort(plan->folders, plan->folder_count, sizeof(*plan->folders), place_compare);
	qsort(plan->contents, plan->content_count, sizeof(*plan->contents), place_compare);
	qsort(plan->linked, plan->linked_count, sizeof(*plan->linked), place_compare);
	return true;
}

/* The content of hard links, and that of linked folders, is listed under the names of the links. */
static void
links_mark(const struct hfs *h, struct hfs_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct hfs_record *record = &h->records[plan->entries[i].record];
		struct hfs_entry *target = NULL;

		if (record->kind == HFS_FILE && record->link == HFS_FILE_LINK)
			target = rmn_hfs_place_find(plan, plan->contents, plan->content_count,
			    record->special);
		else if (record->kind == HFS_FILE && record->link == HFS_FOLDER_LINK)
			target = rmn_hfs_place_find(plan, plan->linked, plan->linked_count,
			    record->special);
		if (target)
			target->is_linked = true;
	}
}

bool
rmn_hfs_plan_make(struct hfs *h, uint32_t volume, struct hfs_plan *plan)
{
	size_t count;
	struct ref *refs = refs_collect(h, volume, &count);

	*plan = (struct hfs_plan){0};
	plan->entries = calloc(count + 1, sizeof(*plan->entries));
	if (!refs || !plan->entries) {
		free(refs);
		return false;
	}
	for (size_t i = 0, end; i < count; i = end) {
		uint32_t cnid = h->records[refs[i].record].cnid;

		for (end = i + 1; end < count && h->records[refs[end].record].cnid == cnid;)
			end++;
		thing_choose(h, volume, plan, refs + i, end - i);
	}
	free(refs);
	if (plan->count)
		qsort_r(plan->entries, plan->count, sizeof(*plan->entries), entry_compare, h);
	if (!places_fill(h, plan))
		return false;
	links_mark(h, plan);
	return true;
}

void
rmn_hfs_plan_release(struct hfs_plan *plan)
{
	free(plan->entries);
	free(plan->folders);
	free(plan->contents);
	free(plan->linked);
	free(plan->guesses);
}
