/* SPDX-License-Identifier: MIT */
#include "recover/ntfs_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/sight.h"

#define CLUSTER_SHIFT_MIN 9
#define CLUSTER_SHIFT_MAX 21
#define PROMISES_ASKED 64u	/* of a piece */
#define PROMISES_ALL 4096u	/* of all pieces */
#define BASES_KEPT 64u		/* with most hits: only these are compared piece by piece */
#define VOTES_MIN 4u
#define RUNS_TRIED 64u		/* of a table of records */
#define RECORDS_TRIED 8u	/* of each run */
#define ROUNDS_MAX 8u
/* Less than a quarter of the promises kept: another base may be the true one. */
#define IS_EXPLAINED(hits, asked) ((hits) * 4 >= (asked))

void
rmn_ntfs_bases_release(struct rmn_ntfs_bases *bases)
{
	free(bases->list);
	*bases = (struct rmn_ntfs_bases){0};
}

static enum rmn_status
base_add(struct rmn_recovery *r, struct rmn_ntfs_bases *bases, int64_t start_byte,
    uint32_t cluster_bytes, uint64_t length_bytes, bool is_verified, const char *evidence)
{
	struct rmn_ntfs_base *base;

	for (size_t i = 0; i < bases->count; i++) {
		base = &bases->list[i];
		if (base->start_byte != start_byte || base->cluster_bytes != cluster_bytes)
			continue;
		if (base->length_bytes == 0)
			base->length_bytes = length_bytes;
		base->is_verified |= is_verified;
		return RMN_OK;
	}
	if (bases->count >= RMN_NTFS_BASES_MAX)
		return RMN_OK;
	if (bases->count == bases->capacity) {
		size_t capacity = bases->capacity ? bases->capacity * 2 : 64;

		base = reallocarray(bases->list, capacity, sizeof(*base));
		if (!base)
			return rmn_fail(r->error, RMN_NOMEM, "out of memory for NTFS volumes");
		bases->list = base;
		bases->capacity = capacity;
	}
	base = &bases->list[bases->count++];
	*base = (struct rmn_ntfs_base){.start_byte = start_byte, .length_bytes = length_bytes,
	    .cluster_bytes = cluster_bytes, .is_verified = is_verified};
	snprintf(base->evidence, sizeof(base->evidence), "%s", evidence);
	return RMN_OK;
}

/* What a boot sector says; false when no volume can be so. */
struct boot {
	uint64_t length_bytes, mft_cluster, mirror_cluster;
	uint32_t cluster_bytes;
};

static bool
boot_read(const unsigned char *p, struct boot *boot)
{
	uint32_t sector_bytes = rmn_le16(p + 11), per_cluster = p[13];

	if (per_cluster > 128)		/* 2^-n: clusters above 64 KiB */
		per_cluster = 256 - per_cluster <= 12 ? 1u << (256 - per_cluster) : 0;
	if (sector_bytes < 512 || sector_bytes > 4096 || (sector_bytes & (sector_bytes - 1)) != 0 ||
	    per_cluster == 0 || (per_cluster & (per_cluster - 1)) != 0)
		return false;
	boot->cluster_bytes = sector_bytes * per_cluster;
	boot->mft_cluster = rmn_le64(p + 48);
	boot->mirror_cluster = rmn_le64(p + 56);
	return boot->cluster_bytes <= 1u << CLUSTER_SHIFT_MAX &&
	    rmn_mul_u64(rmn_le64(p + 40), sector_bytes, &boot->length_bytes) &&
	    boot->length_bytes < (uint64_t)1 << 56 && boot->length_bytes > 0;
}

/* Whether a record stands at this cluster of the base. */
static bool
record_stands(struct rmn_recovery *r, int64_t start_byte, uint64_t cluster, uint32_t cluster_bytes)
{
	unsigned char head[RMN_SECTOR_BYTES];
	uint64_t from, place;

	if (!rmn_mul_u64(cluster, cluster_bytes, &from) || from > INT64_MAX ||
	    __builtin_add_overflow((int64_t)from, start_byte, (int64_t *)&place) ||
	    (int64_t)place < 0 || place >= rmn_disk_size(r->disk))
		return false;
	return rmn_disk_read(r->disk, place, head, sizeof(head)) &&
	    memcmp(head, "FILE", 4) == 0;
}

/* A boot sector stands at the volume's start, or (its copy) in the sector behind its last. */
static enum rmn_status
bases_from_boot(struct rmn_recovery *r, struct rmn_ntfs_bases *bases)
{
	size_t count = rmn_sightings_count(r->sightings, RMN_SIGHT_NTFS_BOOT);

	if (count > RMN_NTFS_BASES_MAX / 4) {
		r->unexamined(r->context, UINT32_MAX, "ntfs", "more boot sectors than are read");
		count = RMN_NTFS_BASES_MAX / 4;
	}
	for (size_t i = 0; i < count; i++) {
		uint64_t place = rmn_sighting_offset(r->sightings, RMN_SIGHT_NTFS_BOOT, i);
		unsigned char sector[RMN_SECTOR_BYTES];
		struct boot boot;

		if (!rmn_disk_read(r->disk, place, sector, sizeof(sector)) ||
		    !boot_read(sector, &boot))
			continue;
		for (int is_copy = 0; is_copy < 2; is_copy++) {
			int64_t start = (int64_t)place -
			    (is_copy ? (int64_t)boot.length_bytes : 0);
			bool stands = record_stands(r, start, boot.mft_cluster,
			    boot.cluster_bytes) || record_stands(r, start, boot.mirror_cluster,
			    boot.cluster_bytes);
			enum rmn_status status = base_add(r, bases, start, boot.cluster_bytes,
			    boot.length_bytes, stands, is_copy ? "backup boot sector" :
			    "boot sector");

			if (status != RMN_OK)
				return status;
		}
	}
	return RMN_OK;
}

/* The runs of a record's unnamed data; they are borrowed from the record. */
static bool
record_runs(struct rmn_recovery *r, uint64_t place, struct rmn_ntfs_record *record,
    struct rmn_cursor *runs)
{
	struct rmn_ntfs_attribute a;
	size_t at;

	if (!rmn_ntfs_record_load(r->disk, place, record))
		return false;
	for (at = record->first; rmn_ntfs_attribute_next(record, &at, &a);)
		if (a.type == RMN_NTFS_DATA && !a.is_resident && a.name.size == 0 &&
		    a.first_cluster == 0) {
			*runs = rmn_cursor_over(a.runs);
			return true;
		}
	return false;
}

/* Whether records with the right numbers stand where record 0 says that its table lies. */
static bool
table_stands(struct rmn_recovery *r, const struct rmn_ntfs_piece *piece, struct rmn_cursor runs,
    int64_t start_byte, uint64_t own_place)
{
	struct rmn_ntfs_record record;
	struct rmn_ntfs_run run;
	uint64_t at = 0, first = 0, from, bytes;

	for (unsigned n = 0; n < RUNS_TRIED && rmn_ntfs_run_next(&runs, &at, &run); n++) {
		if (!rmn_mul_u64(run.cluster, piece->cluster_bytes, &from) || from > INT64_MAX / 2 ||
		    !rmn_mul_u64(run.count, piece->cluster_bytes, &bytes) || bytes > INT64_MAX / 4)
			return false;
		for (unsigned i = 0; i < RECORDS_TRIED; i++) {
			uint64_t skip = bytes / RECORDS_TRIED * i / piece->record_bytes *
			    piece->record_bytes;
			int64_t place = start_byte + (int64_t)(from + skip);

			if (place >= 0 && (uint64_t)place != own_place && skip < bytes &&
			    rmn_ntfs_record_load(r->disk, (uint64_t)place, &record) &&
			    record.has_number && record.number != 0 &&
			    record.number == (first + skip) / piece->record_bytes)
				return true;
		}
		first += bytes;
	}
	return false;
}

/* Record 0 says at which cluster it stands itself, and record 1 where the copy of both stands. */
static enum rmn_status
bases_from_piece(struct rmn_recovery *r, const struct rmn_ntfs_piece *piece, uint64_t place,
    struct rmn_ntfs_bases *bases)
{
	struct rmn_ntfs_record record, copy;
	struct rmn_cursor table, runs;

	if (!record_runs(r, place, &record, &table))
		return RMN_OK;
	for (int is_copy = 0; is_copy < 2; is_copy++) {
		struct rmn_ntfs_run run;
		uint64_t last = 0, from;
		int64_t start;
		enum rmn_status status;

		runs = table;
		if (is_copy && !record_runs(r, place + piece->record_bytes, &copy, &runs))
			continue;
		if (!rmn_ntfs_run_next(&runs, &last, &run) || run.cluster == RMN_NTFS_HOLE ||
		    !rmn_mul_u64(run.cluster, piece->cluster_bytes, &from) || from > INT64_MAX / 2)
			continue;
		start = (int64_t)place - (int64_t)from;
		status = base_add(r, bases, start, piece->cluster_bytes, 0,
		    table_stands(r, piece, table, start, place),
		    is_copy ? "copy of the first records" : "first record");
		if (status != RMN_OK)
			return status;
	}
	return RMN_OK;
}

static enum rmn_status
bases_from_records(struct rmn_recovery *r, const struct rmn_ntfs_table *t,
    struct rmn_ntfs_bases *bases)
{
	enum rmn_status status = RMN_OK;

	for (size_t i = 0; i < t->piece_count && status == RMN_OK; i++) {
		const struct rmn_ntfs_row *row = &t->rows[t->pieces[i].row];

		if (row->flags & RMN_NTFS_ROW_MFT && t->pieces[i].cluster_bytes > 0 &&
		    bases->count < RMN_NTFS_BASES_MAX)
			status = bases_from_piece(r, &t->pieces[i], rmn_ntfs_row_offset(row), bases);
	}
	return status;
}

/* The cluster sizes that the records show. */
static uint32_t
sizes_seen(const struct rmn_ntfs_table *t)
{
	uint32_t seen = 0;

	for (size_t i = 0; i < t->piece_count; i++)
		seen |= t->pieces[i].cluster_bytes;
	return seen;
}

static enum rmn_status
bases_from_places(struct rmn_recovery *r, const struct rmn_ntfs_table *t,
    struct rmn_ntfs_bases *bases)
{
	static const uint32_t usual[] = {0, 34, 40, 63, 2048, 32768 + 2048, 206848, 409640};
	uint32_t seen = sizes_seen(t);
	enum rmn_status status = RMN_OK;

	for (int shift = CLUSTER_SHIFT_MIN; shift <= CLUSTER_SHIFT_MAX; shift++) {
		if (!(seen >> shift & 1))
			continue;
		for (size_t i = 0; i < r->living_count && status == RMN_OK && i < 128; i++)
			status = base_add(r, bases, (int64_t)r->living[i].volume.start_byte,
			    1u << shift, 0, false, "start of a volume");
		for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]) && status == RMN_OK; i++)
			status = base_add(r, bases, (int64_t)usual[i] * RMN_SECTOR_BYTES,
			    1u << shift, 0, false, "usual start");
	}
	return status;
}

/* Whether the head that is promised stands there. */
static bool
promise_is_kept(const struct rmn_recovery *r, const struct rmn_ntfs_base *base,
    const struct rmn_promise *promise)
{
	uint64_t from;
	int64_t place;
	size_t i;

	if (!rmn_mul_u64(promise->block, base->cluster_bytes, &from) || from > INT64_MAX ||
	    __builtin_add_overflow((int64_t)from, base->start_byte, &place) || place < 0)
		return false;
	i = rmn_sightings_from(r->sightings, promise->kind, (uint64_t)place);
	return i < rmn_sightings_count(r->sightings, promise->kind) &&
	    rmn_sighting_offset(r->sightings, promise->kind, i) == (uint64_t)place;
}

/* How many of a piece's promises (evenly picked) the base keeps; *asked is how many were tried. */
static uint32_t
piece_hits(const struct rmn_recovery *r, const struct rmn_ntfs_table *t,
    const struct rmn_ntfs_piece *piece, const struct rmn_ntfs_base *base, uint32_t *asked)
{
	size_t step = piece->promises / PROMISES_ASKED + 1;
	uint32_t hits = 0;

	*asked = 0;
	for (size_t i = 0; i < piece->promises; i += step, (*asked)++)
		hits += promise_is_kept(r, base, &t->promises[piece->promise + i]);
	return hits;
}

static bool
base_fits(const struct rmn_ntfs_base *base, const struct rmn_ntfs_piece *piece)
{
	return piece->cluster_bytes == 0 || piece->cluster_bytes == base->cluster_bytes;
}

static int
base_compare(const void *a, const void *b)
{
	const struct rmn_ntfs_base *x = a, *y = b;

	if (x->hits != y->hits)
		return x->hits > y->hits ? -1 : 1;
	if (x->is_verified != y->is_verified)
		return x->is_verified ? -1 : 1;
	if (x->start_byte != y->start_byte)
		return x->start_byte < y->start_byte ? -1 : 1;
	return x->cluster_bytes < y->cluster_bytes ? -1 : x->cluster_bytes > y->cluster_bytes;
}

/* Asks all bases for a sample of all promises, and keeps those with most hits. */
static void
bases_rank(const struct rmn_recovery *r, const struct rmn_ntfs_table *t,
    struct rmn_ntfs_bases *bases)
{
	size_t step = t->piece_count / 256 + 1;
	uint32_t asked;

	for (size_t b = 0; b < bases->count; b++) {
		struct rmn_ntfs_base *base = &bases->list[b];

		for (size_t i = 0; i < t->piece_count && base->asked < PROMISES_ALL; i++) {
			const struct rmn_ntfs_piece *piece = &t->pieces[i];

			if (!base_fits(base, piece) || piece->promises == 0 ||
			    (piece->promises < PROMISES_ASKED && i % step != 0))
				continue;
			base->hits += piece_hits(r, t, piece, base, &asked);
			base->asked += asked;
		}
	}
	if (bases->count > 1)
		qsort(bases->list, bases->count, sizeof(*bases->list), base_compare);
	while (bases->count > 0 && (bases->count > BASES_KEPT ||
	    (bases->list[bases->count - 1].hits == 0 &&
	    !bases->list[bases->count - 1].is_verified)))
		bases->count--;
}

/* Gives each piece that has promises, and no base yet, the base (of those behind `from`) which keeps
 * most of them. */
static void
pieces_ask(const struct rmn_recovery *r, struct rmn_ntfs_table *t,
    const struct rmn_ntfs_bases *bases, size_t from)
{
	for (size_t i = 0; i < t->piece_count; i++) {
		struct rmn_ntfs_piece *piece = &t->pieces[i];
		uint32_t best = 0, asked = 0;

		if (piece->base != UINT32_MAX || piece->promises == 0)
			continue;
		for (size_t b = from; b < bases->count; b++) {
			uint32_t hits;

			if (!base_fits(&bases->list[b], piece))
				continue;
			hits = piece_hits(r, t, piece, &bases->list[b], &asked);
			if (hits > best && IS_EXPLAINED(hits, asked)) {
				best = hits;
				piece->base = (uint32_t)b;
			}
		}
	}
}

/* Lets the promises of pieces that no base explains vote; true when that gave a new base. */
static bool
bases_vote(struct rmn_recovery *r, const struct rmn_ntfs_table *t, struct rmn_ntfs_bases *bases,
    uint32_t cluster_bytes)
{
	struct rmn_promise *open = calloc(4096, sizeof(*open));
	struct rmn_base best[4];
	size_t count = 0, wanted = 0, found = 0, before = bases->count;

	for (size_t i = 0; i < t->piece_count; i++)
		if (t->pieces[i].base == UINT32_MAX &&
		    t->pieces[i].cluster_bytes == cluster_bytes)
			wanted += t->pieces[i].promises;
	for (size_t i = 0, seen = 0; open && i < t->piece_count; i++) {
		const struct rmn_ntfs_piece *piece = &t->pieces[i];

		if (piece->base != UINT32_MAX || piece->cluster_bytes != cluster_bytes)
			continue;
		for (size_t n = 0; n < piece->promises; n++, seen++)
			if (count < 1024 && seen * 1024 >= count * wanted)
				open[count++] = t->promises[piece->promise + n];
	}
	if (count >= VOTES_MIN)
		found = rmn_vote(r->sightings, open, count, &cluster_bytes, 1, best, 4);
	free(open);
	for (size_t i = 0; i < found; i++) {
		char evidence[64];

		if (best[i].votes < VOTES_MIN || best[i].votes < best[0].votes / 2)
			break;
		snprintf(evidence, sizeof(evidence), "%u votes against %u", best[i].votes,
		    i + 1 < found ? best[i + 1].votes : 0);
		if (base_add(r, bases, best[i].start_byte, cluster_bytes, 0, false,
		    evidence) != RMN_OK)
			break;
	}
	return bases->count > before;
}

/* Whether the piece lies in the volume, on a border of its clusters or of its records. */
static bool
base_holds(const struct rmn_ntfs_table *t, const struct rmn_ntfs_base *base,
    const struct rmn_ntfs_piece *piece)
{
	int64_t from = (int64_t)rmn_ntfs_row_offset(&t->rows[piece->row]) - base->start_byte;
	uint32_t grain = base->cluster_bytes < piece->record_bytes ? base->cluster_bytes :
	    piece->record_bytes;

	return from >= 0 && from % grain == 0 &&
	    (base->length_bytes == 0 || (uint64_t)from < base->length_bytes);
}

/* Pieces whose promises say nothing go where most of the records went that do. */
static void
pieces_place(struct rmn_ntfs_table *t, const struct rmn_ntfs_bases *bases, const size_t *weight)
{
	for (size_t i = 0; i < t->piece_count; i++) {
		struct rmn_ntfs_piece *piece = &t->pieces[i];
		size_t most = 0;

		if (piece->base != UINT32_MAX)
			continue;
		for (size_t b = 0; b < bases->count; b++) {
			const struct rmn_ntfs_base *base = &bases->list[b];
			size_t here = weight[b] + base->is_verified;

			if (here > most && base_fits(base, piece) && base_holds(t, base, piece)) {
				most = here;
				piece->base = (uint32_t)b;
			}
		}
	}
}

/* Rows that went to each base by their promises. */
static enum rmn_status
pieces_settle(struct rmn_recovery *r, struct rmn_ntfs_table *t,
    const struct rmn_ntfs_bases *bases)
{
	size_t *weight = calloc(bases->count + 1, sizeof(*weight));

	if (!weight)
		return rmn_fail(r->error, RMN_NOMEM, "out of memory for NTFS volumes");
	for (size_t i = 0; i < t->piece_count; i++)
		if (t->pieces[i].base != UINT32_MAX)
			weight[t->pieces[i].base] += t->pieces[i].rows;
	pieces_place(t, bases, weight);
	free(weight);
	return RMN_OK;
}

enum rmn_status
rmn_ntfs_bases_find(struct rmn_recovery *r, struct rmn_ntfs_table *t,
    struct rmn_ntfs_bases *bases)
{
	enum rmn_status status;

	*bases = (struct rmn_ntfs_bases){0};
	status = bases_from_boot(r, bases);
	if (status == RMN_OK)
		status = bases_from_records(r, t, bases);
	if (status == RMN_OK)
		status = bases_from_places(r, t, bases);
	if (status != RMN_OK)
		return status;
	bases_rank(r, t, bases);
	pieces_ask(r, t, bases, 0);
	for (int shift = CLUSTER_SHIFT_MIN; shift <= CLUSTER_SHIFT_MAX; shift++)
		for (unsigned round = 0; round < ROUNDS_MAX; round++) {
			size_t before = bases->count;

			if (!(sizes_seen(t) >> shift & 1) ||
			    !bases_vote(r, t, bases, 1u << shift))
				break;
			pieces_ask(r, t, bases, before);
		}
	return pieces_settle(r, t, bases);
}
