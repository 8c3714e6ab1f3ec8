/* SPDX-License-Identifier: MIT */
#include "recover/ntfs_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/ntfs_index.h"
#include "recover/sight.h"

#define CLUSTER_BYTES_MAX ((uint32_t)2 << 20)

static enum rmn_status
out_of_memory(struct rmn_recovery *r)
{
	return rmn_fail(r->error, RMN_NOMEM, "out of memory for NTFS records");
}

/* Makes room for one more. */
static bool
list_grow(void **list, size_t count, size_t *capacity, size_t size)
{
	size_t wanted = *capacity ? *capacity + *capacity / 2 : 1024;
	void *grown;

	if (count < *capacity)
		return true;
	grown = reallocarray(*list, wanted, size);
	if (!grown)
		return false;
	*list = grown;
	*capacity = wanted;
	return true;
}

/* What one record tells besides its row. */
struct facts {
	struct rmn_promise promise;
	uint32_t cluster_bytes;		/* 0: unknown */
	uint64_t own;			/* its number, as its folder entries have it; UINT64_MAX */
	int64_t created;
	bool has_promise, is_index, is_mft, is_blank;
};

/* A stream that is wholly described here tells how large a cluster is. */
static uint32_t
cluster_of(const struct rmn_ntfs_attribute *a)
{
	uint64_t clusters = a->last_cluster + 1, size;

	if (a->first_cluster != 0 || clusters == 0 || a->unit_shift != 0 ||
	    a->flags & (RMN_NTFS_COMPRESSED | RMN_NTFS_SPARSE))
		return 0;
	size = a->allocated_bytes / clusters;
	if (a->allocated_bytes % clusters != 0 || size < RMN_SECTOR_BYTES ||
	    size > CLUSTER_BYTES_MAX || (size & (size - 1)) != 0)
		return 0;
	return (uint32_t)size;
}

static bool
name_is_mft(const struct rmn_ntfs_name *name)
{
	return name->units.size == 8 && memcmp(name->units.data, "$\0M\0F\0T", 8) == 0;
}

/* The kind of head that the end of a name promises. */
static bool
name_promises(const struct rmn_ntfs_name *name, unsigned *kind)
{
	unsigned char tail[8];
	size_t units = name->units.size / 2, count = rmn_min_size(units, sizeof(tail));

	for (size_t i = 0; i < count; i++) {
		const unsigned char *unit = name->units.data + 2 * (units - count + i);

		tail[i] = unit[1] ? '?' : unit[0];
	}
	return rmn_promise_kind((struct rmn_bytes){tail, count}, kind);
}

/* Entries of a folder name the folder itself. */
static uint64_t
root_own_number(struct rmn_bytes value)
{
	struct rmn_ntfs_entries entries;
	struct rmn_ntfs_entry entry;

	if (rmn_ntfs_index_root(value, &entries) && rmn_ntfs_entries_next(&entries, &entry))
		return entry.name.parent & RMN_NTFS_NUMBER_MASK;
	return UINT64_MAX;
}

static void
facts_spread(const struct rmn_ntfs_attribute *a, struct facts *f)
{
	struct rmn_cursor c = rmn_cursor_over(a->runs);
	struct rmn_ntfs_run run;
	uint64_t at = 0;

	if (f->cluster_bytes == 0)
		f->cluster_bytes = cluster_of(a);
	if (a->first_cluster != 0 || a->size_bytes == 0 ||
	    a->flags & (RMN_NTFS_COMPRESSED | RMN_NTFS_ENCRYPTED) ||
	    !rmn_ntfs_run_next(&c, &at, &run) || run.cluster == RMN_NTFS_HOLE)
		return;
	if (a->type == RMN_NTFS_DATA && a->name.size == 0)
		f->promise.block = run.cluster;
	if (a->type == RMN_NTFS_INDEX_BLOCKS) {
		f->promise = (struct rmn_promise){run.cluster, RMN_SIGHT_NTFS_INDEX};
		f->is_index = true;
	}
}

static void
facts_read(const struct rmn_ntfs_record *record, struct facts *f)
{
	struct rmn_ntfs_attribute a;
	struct rmn_ntfs_name name;
	size_t at = record->first;
	bool has_kind = false;

	*f = (struct facts){.own = UINT64_MAX, .created = RMN_TIME_UNKNOWN, .is_blank = true};
	f->promise.block = UINT64_MAX;
	while (rmn_ntfs_attribute_next(record, &at, &a)) {
		f->is_blank = false;
		if (a.type == RMN_NTFS_TIMES && a.is_resident && a.value.size >= 8)
			f->created = rmn_ntfs_time(rmn_le64(a.value.data));
		if (a.type == RMN_NTFS_NAME && a.is_resident &&
		    rmn_ntfs_name_read(a.value, &name)) {
			f->is_mft |= name_is_mft(&name);
			has_kind |= name_promises(&name, &f->promise.kind);
		}
		if (a.type == RMN_NTFS_INDEX_ROOT && a.is_resident && f->own == UINT64_MAX)
			f->own = root_own_number(a.value);
		if (!a.is_resident)
			facts_spread(&a, f);
	}
	f->has_promise = (has_kind && f->promise.block != UINT64_MAX) || f->is_index;
}

/* Whether the record goes on with the last piece; its number is set by its place where it has none. */
static bool
piece_continues(const struct rmn_ntfs_table *t, const struct rmn_ntfs_record *record,
    bool has_number, uint32_t *number)
{
	const struct rmn_ntfs_piece *piece = &t->pieces[t->piece_count - 1];
	const struct rmn_ntfs_row *last = &t->rows[t->count - 1];
	uint64_t by_place = (uint64_t)((int64_t)record->place - piece->origin);

	if (piece->record_bytes != record->size)
		return false;
	if (has_number)
		return piece->has_origin && (int64_t)record->place -
		    (int64_t)*number * (int64_t)record->size == piece->origin;
	if (rmn_ntfs_row_offset(last) + record->size != record->place)
		return false;
	*number = piece->has_origin && by_place / record->size <= UINT32_MAX ?
	    (uint32_t)(by_place / record->size) : 0;
	return true;
}

/* The piece of a record; a new one when it does not go on with the last. */
static bool
piece_for(struct rmn_ntfs_table *t, const struct rmn_ntfs_record *record, bool has_number,
    uint32_t *number)
{
	if (t->piece_count > 0 && piece_continues(t, record, has_number, number))
		return true;
	if (t->piece_count >= RMN_NTFS_PIECES_MAX) {
		t->is_cut = true;
		return true;
	}
	if (!list_grow((void **)&t->pieces, t->piece_count, &t->piece_capacity,
	    sizeof(*t->pieces)))
		return false;
	t->pieces[t->piece_count++] = (struct rmn_ntfs_piece){
		.origin = (int64_t)record->place - (int64_t)*number * (int64_t)record->size,
		.row = t->count, .promise = t->promise_count, .record_bytes = record->size,
		.has_origin = has_number, .base = UINT32_MAX,
	};
	return true;
}

/* A piece whose records have no numbers gets them from the first record that knows its own. */
static void
piece_number(struct rmn_ntfs_table *t, struct rmn_ntfs_piece *piece, uint64_t place, uint64_t own)
{
	piece->origin = (int64_t)place - (int64_t)(own * piece->record_bytes);
	piece->has_origin = true;
	for (size_t i = piece->row; i < t->count; i++) {
		int64_t from = (int64_t)rmn_ntfs_row_offset(&t->rows[i]) - piece->origin;

		t->rows[i].number = from >= 0 && from / piece->record_bytes <= UINT32_MAX ?
		    (uint32_t)(from / piece->record_bytes) : 0;
	}
}

static void
piece_count_cluster(struct rmn_ntfs_piece *piece, uint32_t cluster_bytes)
{
	if (cluster_bytes == 0)
		return;
	if (piece->cluster_votes == 0)
		piece->cluster_bytes = cluster_bytes;
	if (piece->cluster_bytes == cluster_bytes)
		piece->cluster_votes++;
	else
		piece->cluster_votes--;
}

static bool
row_add(struct rmn_ntfs_table *t, const struct rmn_ntfs_record *record, const struct facts *f)
{
	/* Blank records of some formatters have no number, whatever their version. */
	bool has_number = record->has_number && (record->number != 0 || f->is_mft);
	uint32_t number = f->is_mft ? 0 : record->number;
	struct rmn_ntfs_piece *piece;
	struct rmn_ntfs_row *row;

	has_number |= f->is_mft;
	if (!list_grow((void **)&t->rows, t->count, &t->capacity, sizeof(*t->rows)) ||
	    !list_grow((void **)&t->promises, t->promise_count, &t->promise_capacity,
	    sizeof(*t->promises)) || !piece_for(t, record, has_number, &number))
		return false;
	piece = &t->pieces[t->piece_count - 1];
	row = &t->rows[t->count++];
	*row = (struct rmn_ntfs_row){
		.place = record->place / RMN_SECTOR_BYTES & 0xffffffffff,
		.flags = (record->is_in_use ? RMN_NTFS_ROW_IN_USE : 0u) |
		    (record->is_folder ? RMN_NTFS_ROW_FOLDER : 0u) |
		    (record->base ? RMN_NTFS_ROW_EXTENSION : 0u) |
		    (f->is_mft ? RMN_NTFS_ROW_MFT : 0u),
		.number = number, .sequence = record->sequence, .volume = RMN_NTFS_NO_VOLUME,
		.other = record->base ? record->base : (uint64_t)f->created,
	};
	piece->rows++;
	if (!piece->has_origin && f->own <= UINT32_MAX)
		piece_number(t, piece, record->place, f->own);
	piece_count_cluster(piece, f->cluster_bytes);
	if (f->has_promise) {
		t->promises[t->promise_count++] = f->promise;
		piece->promises++;
	}
	return true;
}

enum rmn_status
rmn_ntfs_table_collect(struct rmn_recovery *r, struct rmn_ntfs_table *t)
{
	size_t count = rmn_sightings_count(r->sightings, RMN_SIGHT_NTFS_RECORD);
	struct rmn_ntfs_record record;
	struct facts facts;

	*t = (struct rmn_ntfs_table){0};
	for (size_t i = 0; i < count; i++) {
		uint64_t place = rmn_sighting_offset(r->sightings, RMN_SIGHT_NTFS_RECORD, i);

		if (rmn_recovery_in_use(r, place) ||
		    !rmn_ntfs_record_load(r->disk, place, &record))
			continue;
		facts_read(&record, &facts);
		if (facts.is_blank)
			continue;
		if (t->count >= UINT32_MAX || !row_add(t, &record, &facts))
			return out_of_memory(r);
	}
	return RMN_OK;
}

void
rmn_ntfs_table_forget(struct rmn_ntfs_table *t)
{
	free(t->promises);
	t->promises = NULL;
	t->promise_count = t->promise_capacity = 0;
}

void
rmn_ntfs_table_release(struct rmn_ntfs_table *t)
{
	free(t->rows);
	free(t->pieces);
	free(t->promises);
	free(t->order);
	free(t->extensions);
	*t = (struct rmn_ntfs_table){0};
}

static uint64_t
row_key(const struct rmn_ntfs_row *row)
{
	uint64_t number = row->flags & RMN_NTFS_ROW_EXTENSION ?
	    row->other & RMN_NTFS_NUMBER_MASK : row->number;

	return (uint64_t)row->volume << 48 | number;
}

static int
row_compare(const void *a, const void *b, void *context)
{
	const struct rmn_ntfs_table *t = context;
	const struct rmn_ntfs_row *x = &t->rows[*(const uint32_t *)a];
	const struct rmn_ntfs_row *y = &t->rows[*(const uint32_t *)b];
	uint64_t of_x = row_key(x), of_y = row_key(y);
	bool x_is_stale = x->flags & RMN_NTFS_ROW_STALE, y_is_stale = y->flags & RMN_NTFS_ROW_STALE;

	if (of_x != of_y)
		return of_x < of_y ? -1 : 1;
	if (x_is_stale != y_is_stale)
		return x_is_stale ? 1 : -1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static enum rmn_status
order_make(struct rmn_recovery *r, struct rmn_ntfs_table *t, bool of_extensions,
    uint32_t **order, size_t *count)
{
	*count = 0;
	for (size_t i = 0; i < t->count; i++)
		*count += !!(t->rows[i].flags & RMN_NTFS_ROW_EXTENSION) == of_extensions;
	*order = reallocarray(NULL, *count + 1, sizeof(**order));
	if (!*order)
		return out_of_memory(r);
	*count = 0;
	for (size_t i = 0; i < t->count; i++)
		if (!!(t->rows[i].flags & RMN_NTFS_ROW_EXTENSION) == of_extensions)
			(*order)[(*count)++] = (uint32_t)i;
	qsort_r(*order, *count, sizeof(**order), row_compare, t);
	return RMN_OK;
}

/* Of several rows of one number the one in the longest piece is the true one. */
static void
stale_mark(struct rmn_ntfs_table *t, const uint32_t *piece_rows)
{
	for (size_t i = 0, run; i < t->order_count; i += run) {
		uint64_t key = row_key(&t->rows[t->order[i]]);
		size_t best = i;

		for (run = 1; i + run < t->order_count &&
		    row_key(&t->rows[t->order[i + run]]) == key; run++)
			if (piece_rows[t->order[i + run]] > piece_rows[t->order[best]])
				best = i + run;
		for (size_t n = i; n < i + run; n++)
			if (n != best)
				t->rows[t->order[n]].flags |= RMN_NTFS_ROW_STALE;
	}
}

enum rmn_status
rmn_ntfs_table_sort(struct rmn_recovery *r, struct rmn_ntfs_table *t)
{
	uint32_t *piece_rows = calloc(t->count + 1, sizeof(*piece_rows));
	enum rmn_status status;

	if (!piece_rows)
		return out_of_memory(r);
	for (size_t i = 0; i < t->piece_count; i++)
		for (size_t n = 0; n < t->pieces[i].rows; n++)
			piece_rows[t->pieces[i].row + n] = (uint32_t)t->pieces[i].rows;
	status = order_make(r, t, false, &t->order, &t->order_count);
	if (status == RMN_OK) {
		stale_mark(t, piece_rows);
		qsort_r(t->order, t->order_count, sizeof(*t->order), row_compare, t);
		status = order_make(r, t, true, &t->extensions, &t->extension_count);
	}
	free(piece_rows);
	return status;
}

static size_t
order_find(const struct rmn_ntfs_table *t, const uint32_t *order, size_t count, uint64_t key,
    size_t limit, size_t *first)
{
	size_t low = 0, high = count, found = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (row_key(&t->rows[order[middle]]) < key)
			low = middle + 1;
		else
			high = middle;
	}
	*first = low;
	while (found < limit && low + found < count && row_key(&t->rows[order[low + found]]) == key)
		found++;
	return found;
}

size_t
rmn_ntfs_table_find(const struct rmn_ntfs_table *t, unsigned volume, uint64_t number,
    size_t *first)
{
	return order_find(t, t->order, t->order_count,
	    (uint64_t)volume << 48 | (number & RMN_NTFS_NUMBER_MASK), RMN_NTFS_COPIES_MAX, first);
}

size_t
rmn_ntfs_table_extensions(const struct rmn_ntfs_table *t, unsigned volume, uint64_t number,
    size_t *first)
{
	return order_find(t, t->extensions, t->extension_count,
	    (uint64_t)volume << 48 | (number & RMN_NTFS_NUMBER_MASK), RMN_NTFS_EXTENSIONS_MAX,
	    first);
}
