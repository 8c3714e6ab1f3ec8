/* SPDX-License-Identifier: MIT */
#include "recover/ntfs_volume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/sight.h"

#define LONG_PIECE 64u		/* rows: shorter ones make no generation of their own */
#define LONG_PIECES_MAX 256u	/* of one base */
#define GENERATIONS_MAX 8u	/* of one base */

/* The numbers of a long piece, and the generation it went to. */
struct span {
	size_t piece;
	uint64_t first, last;
	unsigned generation;
};

/* The generations of a base: first those whose table of records is known, then others. */
struct spans {
	struct span list[LONG_PIECES_MAX];
	size_t count;
	unsigned generations, known;
	uint8_t mfts[RMN_NTFS_MFTS_MAX];	/* of those that are known: as piece->mft */
};

void
rmn_ntfs_volumes_release(struct rmn_ntfs_volumes *volumes)
{
	for (size_t i = 0; i < volumes->count; i++)
		rmn_folders_free(volumes->list[i].folders);
	free(volumes->list);
	*volumes = (struct rmn_ntfs_volumes){0};
}

static struct span
span_of(const struct rmn_ntfs_table *t, size_t piece)
{
	const struct rmn_ntfs_row *row = &t->rows[t->pieces[piece].row];

	return (struct span){.piece = piece, .first = row->number,
	    .last = row[t->pieces[piece].rows - 1].number};
}

/* How many numbers a piece shares with the long pieces of a generation. */
static uint64_t
span_shares(const struct spans *spans, const struct span *span, unsigned generation)
{
	uint64_t shared = 0;

	for (size_t i = 0; i < spans->count; i++) {
		const struct span *other = &spans->list[i];
		uint64_t first = other->first > span->first ? other->first : span->first;
		uint64_t last = other->last < span->last ? other->last : span->last;

		if (other->generation == generation && first <= last)
			shared += last - first + 1;
	}
	return shared;
}

/* The generation of a piece: its table's, else that with which it shares fewest numbers. */
static unsigned
generation_pick(const struct rmn_ntfs_table *t, const struct spans *spans,
    const struct span *span, uint64_t *shared)
{
	const struct rmn_ntfs_piece *piece = &t->pieces[span->piece];
	/* A few records that are not older are copies: the mirror of a table, or strays. */
	bool is_copy = !piece->is_older && piece->rows < LONG_PIECE && spans->known > 0;
	unsigned best = 0, end = is_copy ? spans->known : spans->generations;

	*shared = 0;
	for (unsigned g = 0; g < spans->known && piece->mft; g++)
		if (spans->mfts[g] == piece->mft)
			return g;
	*shared = UINT64_MAX;
	for (unsigned g = piece->is_older ? spans->known : 0; g < end; g++) {
		uint64_t here = span_shares(spans, span, g);

		if (here < *shared) {
			*shared = here;
			best = g;
		}
	}
	return best;
}

static int
longer_first(const void *a, const void *b, void *context)
{
	const struct rmn_ntfs_table *t = context;
	const struct span *x = a, *y = b;
	size_t of_x = t->pieces[x->piece].rows, of_y = t->pieces[y->piece].rows;

	if (of_x != of_y)
		return of_x > of_y ? -1 : 1;
	return x->piece < y->piece ? -1 : x->piece > y->piece;
}

/* Begins with the generations that are known, and one for what is older, if there is anything. */
static void
generations_begin(const struct rmn_ntfs_table *t, uint32_t base,
    const struct rmn_ntfs_mfts *mfts, struct spans *spans)
{
	bool has_older = false;

	spans->count = 0;
	spans->generations = 0;
	for (size_t i = 0; i < mfts->count; i++)
		if (mfts->list[i].base == base)
			spans->mfts[spans->generations++] = (uint8_t)(i + 1);
	spans->known = spans->generations;
	for (size_t i = 0; i < t->piece_count && !has_older; i++)
		has_older = t->pieces[i].base == base && t->pieces[i].is_older;
	if (has_older || spans->generations == 0)
		spans->generations++;
}

/* Tells the generations of a base apart by its long pieces. */
static void
spans_make(struct rmn_ntfs_table *t, uint32_t base, const struct rmn_ntfs_mfts *mfts,
    struct spans *spans)
{
	generations_begin(t, base, mfts, spans);
	for (size_t i = 0; i < t->piece_count && spans->count < LONG_PIECES_MAX; i++)
		if (t->pieces[i].base == base && t->pieces[i].rows >= LONG_PIECE)
			spans->list[spans->count++] = span_of(t, i);
	qsort_r(spans->list, spans->count, sizeof(spans->list[0]), longer_first, t);
	for (size_t i = 0, count = spans->count; i < count; i++) {
		struct span *span = &spans->list[i];
		uint64_t shared, numbers = span->last >= span->first ?
		    span->last - span->first + 1 : 1;

		spans->count = i;
		span->generation = generation_pick(t, spans, span, &shared);
		spans->count = count;
		if (shared > 0 && shared >= numbers / 2 &&
		    spans->generations < spans->known + GENERATIONS_MAX)
			span->generation = spans->generations++;
	}
}

/* The volumes of the generations, empty. */
static void
generations_add(const struct rmn_ntfs_base *base, const struct rmn_ntfs_mfts *mfts,
    const struct spans *spans, struct rmn_ntfs_volumes *volumes)
{
	int64_t youngest = INT64_MIN;

	for (unsigned g = 0; g < spans->known; g++) {
		int64_t created = mfts->list[spans->mfts[g] - 1].created;

		if (created != INT64_MAX && created > youngest)
			youngest = created;
	}
	for (unsigned g = 0; g < spans->generations; g++) {
		struct rmn_ntfs_volume *v = &volumes->list[volumes->count];

		if (volumes->count == RMN_NTFS_VOLUMES_MAX)
			return;
		*v = (struct rmn_ntfs_volume){.base = base ? *base : (struct rmn_ntfs_base){0},
		    .since = INT64_MIN, .until = INT64_MAX};
		if (g < spans->known && mfts->list[spans->mfts[g] - 1].created != INT64_MAX)
			v->since = mfts->list[spans->mfts[g] - 1].created;
		else if (g >= spans->known && youngest != INT64_MIN)
			v->until = youngest;
		volumes->count++;
	}
}

static void
piece_assign(struct rmn_ntfs_table *t, const struct rmn_ntfs_piece *piece,
    struct rmn_ntfs_volumes *volumes, size_t volume)
{
	for (size_t i = 0; i < piece->rows; i++) {
		struct rmn_ntfs_row *row = &t->rows[piece->row + i];

		row->volume = (uint16_t)volume;
		volumes->list[volume].rows += row->number >= RMN_NTFS_FIRST_USER &&
		    !(row->flags & RMN_NTFS_ROW_EXTENSION);
	}
}

/* Volumes of one base; NULL: of the pieces that have none. */
static void
volumes_of_base(struct rmn_ntfs_table *t, const struct rmn_ntfs_base *base, uint32_t number,
    const struct rmn_ntfs_mfts *mfts, struct spans *spans, struct rmn_ntfs_volumes *volumes)
{
	size_t first = volumes->count, pieces = 0;

	for (size_t i = 0; i < t->piece_count; i++)
		pieces += t->pieces[i].base == number;
	if (pieces == 0)
		return;
	spans_make(t, number, mfts, spans);
	generations_add(base, mfts, spans, volumes);
	for (size_t i = 0; i < t->piece_count; i++) {
		struct span span;
		uint64_t shared;
		unsigned g;

		if (t->pieces[i].base != number || first == volumes->count)
			continue;
		span = span_of(t, i);
		g = generation_pick(t, spans, &span, &shared);
		for (size_t n = 0; n < spans->count; n++)
			if (spans->list[n].piece == i)
				g = spans->list[n].generation;
		piece_assign(t, &t->pieces[i], volumes,
		    rmn_min_size(first + g, volumes->count - 1));
	}
}

/* When a living volume was made. */
static int64_t
living_made(struct rmn_recovery *r, const struct rmn_volume *living)
{
	unsigned char boot[RMN_SECTOR_BYTES];
	uint64_t from;

	if (strcmp(living->filesystem, "ntfs") != 0 ||
	    !rmn_disk_read(r->disk, living->start_byte, boot, sizeof(boot)) ||
	    !rmn_mul_u64(rmn_le64(boot + 48), living->block_bytes, &from) ||
	    !rmn_add_u64(from, living->start_byte, &from))
		return INT64_MAX;
	return rmn_ntfs_made(r, from);
}

static void
volume_bound(struct rmn_recovery *r, struct rmn_ntfs_volume *v)
{
	for (size_t i = 0; i < r->living_count; i++) {
		const struct rmn_volume *living = &r->living[i].volume;

		if (r->living[i].has_file_system && v->base.cluster_bytes > 0 &&
		    (int64_t)living->start_byte == v->base.start_byte) {
			int64_t made = living_made(r, living);

			v->until = made < v->until ? made : v->until;
		}
	}
}

static void
rest_tell(struct rmn_recovery *r, const struct rmn_ntfs_table *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->rows[i].volume == RMN_NTFS_NO_VOLUME) {
			r->unexamined(r->context, UINT32_MAX, "ntfs",
			    "more lost volumes than are told apart");
			return;
		}
}

/* What a volume calls itself: of several copies the first counts. */
static void
label_read(struct rmn_recovery *r, uint64_t place, struct rmn_ntfs_volume *v)
{
	struct rmn_ntfs_record record;
	struct rmn_ntfs_attribute a;
	struct rmn_buf label;
	size_t at;

	if (v->label[0] || !rmn_ntfs_record_load(r->disk, place, &record))
		return;
	rmn_buf_init(&label, sizeof(v->label) - 1);
	for (at = record.first; rmn_ntfs_attribute_next(&record, &at, &a);)
		if (a.type == RMN_NTFS_LABEL && a.is_resident)
			rmn_found_name_utf16(&label, a.value, false, false);
	snprintf(v->label, sizeof(v->label), "%s", rmn_buf_string(&label));
	rmn_buf_release(&label);
}

static void
labels_read(struct rmn_recovery *r, const struct rmn_ntfs_table *t,
    struct rmn_ntfs_volumes *volumes)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->rows[i].number == RMN_NTFS_VOLUME && t->rows[i].volume < volumes->count &&
		    volumes->list[t->rows[i].volume].rows > 0)
			label_read(r, rmn_ntfs_row_offset(&t->rows[i]),
			    &volumes->list[t->rows[i].volume]);
}

static enum rmn_status
volume_tell(struct rmn_recovery *r, struct rmn_ntfs_volume *v)
{
	struct rmn_found_volume told = {
		.start_byte = v->base.start_byte > 0 ? (uint64_t)v->base.start_byte : 0,
		.length_bytes = v->base.length_bytes,
		.block_bytes = v->base.cluster_bytes ? v->base.cluster_bytes : RMN_SECTOR_BYTES,
		.filesystem = "ntfs",
	};

	memcpy(told.label, v->label, sizeof(told.label));
	if (v->base.cluster_bytes == 0)
		snprintf(told.evidence, sizeof(told.evidence), "records without a place");
	else if (v->base.asked == 0)
		snprintf(told.evidence, sizeof(told.evidence), "%s", v->base.evidence);
	else
		snprintf(told.evidence, sizeof(told.evidence), "%.24s, %u of %u first bytes fit",
		    v->base.evidence, (unsigned)v->base.hits, (unsigned)v->base.asked);
	v->folders = rmn_folders_new(rmn_ntfs_reference(RMN_NTFS_ROOT, RMN_NTFS_ROOT));
	if (!v->folders)
		return rmn_fail(r->error, RMN_NOMEM, "out of memory for NTFS folders");
	volume_bound(r, v);
	return rmn_found_volume_add(r, &told, &v->found);
}

enum rmn_status
rmn_ntfs_volumes_make(struct rmn_recovery *r, struct rmn_ntfs_table *t,
    const struct rmn_ntfs_bases *bases, const struct rmn_ntfs_mfts *mfts,
    struct rmn_ntfs_volumes *volumes)
{
	struct spans *spans = calloc(1, sizeof(*spans));

	*volumes = (struct rmn_ntfs_volumes){
		.list = calloc(RMN_NTFS_VOLUMES_MAX, sizeof(*volumes->list))};
	if (!spans || !volumes->list) {
		free(spans);
		return rmn_fail(r->error, RMN_NOMEM, "out of memory for NTFS volumes");
	}
	for (size_t b = 0; b < bases->count; b++)
		volumes_of_base(t, &bases->list[b], (uint32_t)b, mfts, spans, volumes);
	volumes_of_base(t, NULL, UINT32_MAX, mfts, spans, volumes);
	free(spans);
	rest_tell(r, t);
	labels_read(r, t, volumes);
	for (size_t i = 0; i < volumes->count; i++)
		if (volumes->list[i].rows > 0) {
			enum rmn_status status = volume_tell(r, &volumes->list[i]);

			if (status != RMN_OK)
				return status;
		}
	return RMN_OK;
}

bool
rmn_ntfs_volume_has(const struct rmn_ntfs_volume *v, uint64_t place)
{
	int64_t from = (int64_t)place - v->base.start_byte;

	return v->folders && from >= 0 && (v->base.length_bytes == 0 ||
	    (uint64_t)from < v->base.length_bytes);
}

bool
rmn_ntfs_volume_is_older(const struct rmn_ntfs_volume *v, const struct rmn_ntfs_name *name)
{
	return name->created < v->until && name->changed < v->until;
}

bool
rmn_ntfs_volume_place(const struct rmn_recovery *r, const struct rmn_ntfs_volume *v,
    const struct rmn_ntfs_run *run, uint64_t *place, uint64_t *length_bytes)
{
	uint64_t size = rmn_disk_size(r->disk), from;
	int64_t at;

	if (v->base.cluster_bytes == 0 ||
	    !rmn_mul_u64(run->cluster, v->base.cluster_bytes, &from) || from > INT64_MAX ||
	    __builtin_add_overflow((int64_t)from, v->base.start_byte, &at) || at < 0 ||
	    (uint64_t)at >= size || !rmn_mul_u64(run->count, v->base.cluster_bytes, length_bytes))
		return false;
	*place = (uint64_t)at;
	*length_bytes = rmn_min_u64(*length_bytes, size - *place);
	return true;
}
