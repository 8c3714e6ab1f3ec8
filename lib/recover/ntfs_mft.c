/* SPDX-License-Identifier: MIT */
#include "recover/ntfs_mft.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/sight.h"

#define OWN_FILES 9u		/* $MFT to $Secure: made with the volume */

enum belonging { BELONGS_UNKNOWN, BELONGS_NOT, BELONGS_TO };	/* BELONGS_TO + place in the list */

void
rmn_ntfs_mfts_release(struct rmn_ntfs_mfts *mfts)
{
	for (size_t i = 0; i < mfts->count; i++)
		free(mfts->list[i].runs);
	mfts->count = 0;
}

/* The place of a byte of the table; false when it lies in no run. */
static bool
mft_place(const struct rmn_ntfs_mft *mft, const struct rmn_ntfs_base *base, uint64_t offset,
    int64_t *place)
{
	uint64_t cluster = offset / base->cluster_bytes, from;
	size_t low = 0, high = mft->run_count;
	const struct rmn_ntfs_mft_run *at;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (mft->runs[middle].first <= cluster)
			low = middle;
		else
			high = middle;
	}
	at = &mft->runs[low];
	return low < high && cluster - at->first < at->run.count &&
	    at->run.cluster != RMN_NTFS_HOLE &&
	    rmn_mul_u64(at->run.cluster + (cluster - at->first), base->cluster_bytes, &from) &&
	    from <= INT64_MAX / 2 && !__builtin_add_overflow(base->start_byte,
	    (int64_t)(from + offset % base->cluster_bytes), place);
}

static bool
runs_read(struct rmn_ntfs_mft *mft, struct rmn_bytes bytes, uint32_t cluster_bytes)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	struct rmn_ntfs_run run;
	uint64_t at = 0, first = 0, length;

	mft->runs = calloc(RMN_NTFS_MFT_RUNS_MAX, sizeof(*mft->runs));
	while (mft->runs && mft->run_count < RMN_NTFS_MFT_RUNS_MAX &&
	    rmn_ntfs_run_next(&c, &at, &run)) {
		if (!rmn_mul_u64(run.count, cluster_bytes, &length) ||
		    !rmn_add_u64(mft->mapped_bytes, length, &mft->mapped_bytes))
			break;
		mft->runs[mft->run_count++] = (struct rmn_ntfs_mft_run){first, run};
		first += run.count;
	}
	mft->mapped_bytes = rmn_min_u64(mft->mapped_bytes, mft->size_bytes);
	return mft->runs != NULL;
}

static int64_t
record_created(const struct rmn_ntfs_record *record)
{
	struct rmn_ntfs_attribute a;
	struct rmn_ntfs_name name;
	size_t at;

	for (at = record->first; rmn_ntfs_attribute_next(record, &at, &a);) {
		int64_t created = RMN_TIME_UNKNOWN;

		if (a.type == RMN_NTFS_TIMES && a.is_resident && a.value.size >= 8)
			created = rmn_ntfs_time(rmn_le64(a.value.data));
		if (a.type == RMN_NTFS_NAME && a.is_resident && rmn_ntfs_name_read(a.value, &name))
			created = name.created;
		if (rmn_ntfs_time_is_plausible(created))
			return created;
	}
	return INT64_MAX;
}

int64_t
rmn_ntfs_made(struct rmn_recovery *r, uint64_t place)
{
	struct rmn_ntfs_record record;
	int64_t made = INT64_MAX;

	for (unsigned i = 0; i < OWN_FILES && made == INT64_MAX; i++) {
		if (!rmn_ntfs_record_load(r->disk, place, &record) ||
		    (record.has_number && record.number != i))
			break;
		made = record_created(&record);
		place += record.size;
	}
	return made;
}

/* Reads a record 0; false when it is a copy that stands elsewhere, or says nothing. */
static bool
mft_read(struct rmn_recovery *r, const struct rmn_ntfs_base *base, const struct rmn_ntfs_row *row,
    struct rmn_ntfs_mft *mft)
{
	struct rmn_ntfs_record record;
	struct rmn_ntfs_attribute a;
	int64_t place;
	size_t at;

	if (!rmn_ntfs_record_load(r->disk, rmn_ntfs_row_offset(row), &record))
		return false;
	for (at = record.first; rmn_ntfs_attribute_next(&record, &at, &a);) {
		if (a.type != RMN_NTFS_DATA || a.is_resident || a.name.size > 0 ||
		    a.first_cluster != 0)
			continue;
		mft->created = rmn_ntfs_made(r, rmn_ntfs_row_offset(row));
		mft->size_bytes = a.valid_bytes;
		return runs_read(mft, a.runs, base->cluster_bytes) &&
		    mft_place(mft, base, 0, &place) &&
		    place == (int64_t)rmn_ntfs_row_offset(row);
	}
	return false;
}

static void
mfts_collect(struct rmn_recovery *r, const struct rmn_ntfs_table *t,
    const struct rmn_ntfs_bases *bases, struct rmn_ntfs_mfts *mfts)
{
	for (size_t i = 0; i < t->piece_count; i++) {
		const struct rmn_ntfs_piece *piece = &t->pieces[i];
		struct rmn_ntfs_mft *mft = &mfts->list[mfts->count];

		if (piece->base == UINT32_MAX || !(t->rows[piece->row].flags & RMN_NTFS_ROW_MFT))
			continue;
		if (mfts->count == RMN_NTFS_MFTS_MAX) {
			r->unexamined(r->context, UINT32_MAX, "ntfs",
			    "more tables of records than are told apart");
			return;
		}
		*mft = (struct rmn_ntfs_mft){.base = piece->base};
		if (mft_read(r, &bases->list[piece->base], &t->rows[piece->row], mft))
			mfts->count++;
		else
			free(mft->runs);
	}
}

/* What the tables of its base say of a row. */
static unsigned
row_belongs(const struct rmn_ntfs_mfts *mfts, const struct rmn_ntfs_bases *bases,
    const struct rmn_ntfs_piece *piece, const struct rmn_ntfs_row *row, bool *is_older)
{
	uint64_t offset = (uint64_t)row->number * piece->record_bytes;
	unsigned belongs = BELONGS_UNKNOWN;
	int64_t place;

	*is_older = false;
	for (size_t i = 0; i < mfts->count; i++) {
		const struct rmn_ntfs_mft *mft = &mfts->list[i];

		if (mft->base != piece->base)
			continue;
		if (offset >= mft->mapped_bytes && offset < mft->size_bytes)
			continue;
		if (offset < mft->size_bytes &&
		    mft_place(mft, &bases->list[mft->base], offset, &place) &&
		    place == (int64_t)rmn_ntfs_row_offset(row))
			return BELONGS_TO + (unsigned)i;
		belongs = BELONGS_NOT;
		*is_older |= mft->created != INT64_MAX &&
		    !(row->flags & RMN_NTFS_ROW_EXTENSION) &&
		    (int64_t)row->other != RMN_TIME_UNKNOWN && (int64_t)row->other < mft->created;
	}
	return belongs;
}

/* Cuts one piece into parts that belong alike; they are appended to list. */
static void
piece_cut(const struct rmn_ntfs_table *t, const struct rmn_ntfs_mfts *mfts,
    const struct rmn_ntfs_bases *bases, const struct rmn_ntfs_piece *piece,
    struct rmn_ntfs_piece *list, size_t *count, size_t capacity)
{
	size_t start = *count, older = 0;
	unsigned last = UINT32_MAX;

	for (size_t i = 0; i < piece->rows; i++) {
		bool is_older;
		unsigned belongs = row_belongs(mfts, bases, piece, &t->rows[piece->row + i],
		    &is_older);

		if (*count == start || (belongs != last && *count < capacity)) {
			list[(*count)++] = *piece;
			list[*count - 1].row = piece->row + i;
			list[*count - 1].rows = 0;
			list[*count - 1].mft = belongs >= BELONGS_TO ?
			    (uint8_t)(belongs - BELONGS_TO + 1) : 0;
			older = 0;
		}
		last = belongs;
		older += is_older;
		list[*count - 1].rows++;
		list[*count - 1].is_older = belongs == BELONGS_NOT &&
		    older * 2 > list[*count - 1].rows;
	}
}

enum rmn_status
rmn_ntfs_mfts_find(struct rmn_recovery *r, struct rmn_ntfs_table *t,
    const struct rmn_ntfs_bases *bases, struct rmn_ntfs_mfts *mfts)
{
	size_t capacity = t->piece_count * 2 + 1024, count = 0;
	struct rmn_ntfs_piece *list;

	mfts->count = 0;
	mfts_collect(r, t, bases, mfts);
	if (mfts->count == 0)
		return RMN_OK;
	list = calloc(capacity, sizeof(*list));
	if (!list)
		return rmn_fail(r->error, RMN_NOMEM, "out of memory for NTFS records");
	for (size_t i = 0; i < t->piece_count; i++)
		piece_cut(t, mfts, bases, &t->pieces[i], list, &count,
		    capacity - (t->piece_count - i));
	free(t->pieces);
	t->pieces = list;
	t->piece_count = count;
	t->piece_capacity = capacity;
	return RMN_OK;
}
