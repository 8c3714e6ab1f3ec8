/* SPDX-License-Identifier: MIT */
#include "recover/settle.h"

#include <stdlib.h>
#include <string.h>

#include "recover/grade.h"

struct candidate {
	size_t file;			/* index in found */
	uint64_t hash;			/* of volume, size and extents */
	uint64_t first_offset;		/* on the image */
	enum rmn_check check;
	unsigned trust;			/* rising: surer files first */
	uint64_t version;
	int64_t modified;
};

struct settling {
	const struct rmn_recovery *r;
	struct rmn_collected *c;
	struct rmn_sectors *taken;
	struct rmn_verdict *verdicts;
	struct candidate *candidates;
	size_t count;
};

static bool
is_on_sectors(const struct rmn_extent *extent)
{
	return extent->image_offset != RMN_EXTENT_SPARSE &&
	    extent->image_offset % RMN_SECTOR_BYTES == 0;
}

/* What lies inside a record is as alive as the record, and shares its sector. */
static uint64_t
overlap(const struct rmn_sectors *set, const struct rmn_found *file)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < file->extent_count; i++)
		if (is_on_sectors(&file->extents[i]))
			bytes += rmn_sectors_count(set, file->extents[i].image_offset,
			    file->extents[i].length_bytes);
	return bytes;
}

static void
claim(struct rmn_sectors *set, const struct rmn_found *file)
{
	for (size_t i = 0; i < file->extent_count; i++)
		if (is_on_sectors(&file->extents[i]))
			rmn_sectors_add(set, file->extents[i].image_offset,
			    file->extents[i].length_bytes);
}

static bool
has_content(const struct rmn_found *file)
{
	return file->how != RMN_CONTENT_NONE && file->extent_count > 0 && file->size_bytes > 0 &&
	    (file->kind == RMN_ITEM_FILE || file->kind == RMN_ITEM_STREAM);
}

static unsigned
trust_of(const struct rmn_found *file, enum rmn_check check)
{
	if (file->is_living)
		return 0;
	if (file->is_guessed)
		return check == RMN_CHECK_PASSED ? 3 : check == RMN_CHECK_NONE ? 6 : 8;
	if (file->origin == RMN_ORIGIN_RECORD)
		return check == RMN_CHECK_PASSED ? 1 : check == RMN_CHECK_NONE ? 2 : 4;
	if (check == RMN_CHECK_PASSED)
		return 3;
	return file->origin == RMN_ORIGIN_DELETED ? 5 : 7;
}

static int
candidate_by_hash(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

static int
candidate_by_place(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->first_offset != y->first_offset)
		return x->first_offset < y->first_offset ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

static int
candidate_by_trust(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->trust != y->trust)
		return x->trust < y->trust ? -1 : 1;
	if (x->version != y->version)
		return x->version > y->version ? -1 : 1;
	if (x->modified != y->modified)
		return x->modified > y->modified ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

/* Files that are not dropped at once and have content become candidates. */
static void
candidates_fill(struct settling *s)
{
	const struct rmn_store_found *found = s->r->found;

	for (size_t i = 0; i < found->count; i++) {
		const struct rmn_found *file = &found->files[i];
		uint32_t living = found->volumes[file->volume].living;

		if (file->is_living && rmn_collected_lists(s->c, living, file->path)) {
			s->verdicts[i].is_dropped = true;
			continue;
		}
		s->verdicts[i].grade = file->kind == RMN_ITEM_DIRECTORY &&
		    file->origin == RMN_ORIGIN_RECORD ? 'A' : 'E';
		if (has_content(file))
			s->candidates[s->count++] = (struct candidate){
				.file = i,
				.hash = rmn_hash_bytes(file->volume ^ file->size_bytes << 8,
				    (struct rmn_bytes){(const unsigned char *)file->extents,
				    file->extent_count * sizeof(file->extents[0])}),
				.first_offset = file->extents[0].image_offset,
				.version = file->version,
				.modified = file->modified,
			};
		else if (file->kind == RMN_ITEM_FILE && file->size_bytes == 0 &&
		    file->origin != RMN_ORIGIN_INDEX)
			s->verdicts[i].grade = file->origin == RMN_ORIGIN_RECORD ? 'A' : 'C';
	}
}

/* Several names of the same extents are one candidate: the first, but a record before what is left of
 * one.  The others get what it gets. */
static void
twins_fold(struct settling *s, size_t *leaders)
{
	size_t kept = 0;

	qsort(s->candidates, s->count, sizeof(*s->candidates), candidate_by_hash);
	for (size_t i = 0, end; i < s->count; i = end) {
		size_t best = i;

		for (end = i + 1; end < s->count &&
		    s->candidates[end].hash == s->candidates[i].hash; end++)
			if (s->r->found->files[s->candidates[end].file].origin <
			    s->r->found->files[s->candidates[best].file].origin)
				best = end;
		for (size_t k = i; k < end; k++)
			leaders[s->candidates[k].file] = s->candidates[best].file;
		s->candidates[kept++] = s->candidates[best];
	}
	s->count = kept;
}

/* Reads what is to be checked, in disk order. */
static void
candidates_check(struct settling *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct candidate *candidate = &s->candidates[i];
		const struct rmn_found *file = &s->r->found->files[candidate->file];
		struct rmn_verdict *verdict = &s->verdicts[candidate->file];

		if (!file->is_living)
			verdict->overwritten_bytes = overlap(s->r->in_use, file);
		if (s->c->checks_content && file->how == RMN_CONTENT_EXTENTS &&
		    !file->is_encrypted && verdict->overwritten_bytes == 0)
			candidate->check = file->is_checked ? file->check :
			    rmn_check_content(s->r->disk, &s->c->tools, file->extents,
			    file->extent_count, file->size_bytes);
		candidate->trust = trust_of(file, candidate->check);
	}
}

/* A guess that nothing bears out is only a name; so is what is wholly overwritten. */
static bool
keeps_bytes(const struct rmn_found *file, const struct rmn_verdict *verdict, enum rmn_check check)
{
	if (verdict->grade < 'E')
		return true;
	if (verdict->overwritten_bytes >= file->size_bytes || file->is_guessed ||
	    file->origin == RMN_ORIGIN_STALE || file->origin == RMN_ORIGIN_INDEX)
		return false;
	return check != RMN_CHECK_FAILED;
}

static void
candidate_settle(struct settling *s, const struct candidate *candidate)
{
	const struct rmn_found *file = &s->r->found->files[candidate->file];
	struct rmn_verdict *verdict = &s->verdicts[candidate->file];
	uint64_t claimed = overlap(s->taken, file);
	struct rmn_grade_input in = {
		.size_bytes = file->size_bytes, .how = file->how, .origin = file->origin,
		.is_guessed = file->is_guessed, .is_short = file->is_short,
	};

	if (file->is_living) {	/* what is claimed of it is its own, under another name */
		verdict->is_other_name = claimed > 0;
		verdict->has_bytes = claimed == 0;
		if (verdict->has_bytes)
			claim(s->taken, file);
		return;
	}
	verdict->overwritten_bytes += claimed;
	if (verdict->overwritten_bytes > file->size_bytes)
		verdict->overwritten_bytes = file->size_bytes;
	in.overwritten_bytes = verdict->overwritten_bytes;
	verdict->grade = rmn_grade_checked(&in, candidate->check);
	verdict->has_bytes = keeps_bytes(file, verdict, candidate->check);
	if (verdict->has_bytes)
		claim(s->taken, file);
}

/* The other names of a file, and names without extents: each path once. */
static void
names_settle(struct settling *s, const size_t *leaders)
{
	const struct rmn_store_found *found = s->r->found;
	struct rmn_hashes seen = {0};

	for (int round = 0; round < 3; round++)	/* leaders, then their other names, then the rest */
		for (size_t i = 0; i < found->count; i++) {
			const struct rmn_found *file = &found->files[i];
			struct rmn_verdict *verdict = &s->verdicts[i];
			bool leads = has_content(file) && leaders[i] == i && verdict->has_bytes;
			bool follows = has_content(file) && leaders[i] != i &&
			    s->verdicts[leaders[i]].has_bytes;
			uint64_t hash;

			if (verdict->is_dropped || round != (leads ? 0 : follows ? 1 : 2))
				continue;
			if (follows) {
				*verdict = s->verdicts[leaders[i]];
				verdict->is_other_name = true;
				verdict->has_bytes = false;
			}
			hash = rmn_hash_bytes(file->volume, file->path);
			hash = rmn_hash_bytes(hash, file->stream);
			if (!rmn_hashes_add(&seen, hash) && !leads)
				verdict->is_dropped = true;
			if (round == 2 && rmn_collected_lists(s->c,
			    found->volumes[file->volume].living, file->path) &&
			    found->volumes[file->volume].living)
				verdict->is_dropped = true;
		}
	rmn_hashes_release(&seen);
}

enum rmn_status
rmn_settle(const struct rmn_recovery *r, struct rmn_collected *c, struct rmn_sectors *taken,
    struct rmn_verdict **verdicts)
{
	size_t count = r->found->count;
	struct settling s = {.r = r, .c = c, .taken = taken};
	size_t *leaders = calloc(count + 1, sizeof(*leaders));

	s.verdicts = *verdicts = calloc(count + 1, sizeof(**verdicts));
	s.candidates = calloc(count + 1, sizeof(*s.candidates));
	if (!leaders || !s.verdicts || !s.candidates) {
		free(leaders);
		free(s.candidates);
		return rmn_fail(r->error, RMN_NOMEM, "out of memory for the files of lost volumes");
	}
	candidates_fill(&s);
	twins_fold(&s, leaders);
	qsort(s.candidates, s.count, sizeof(*s.candidates), candidate_by_place);
	candidates_check(&s);
	qsort(s.candidates, s.count, sizeof(*s.candidates), candidate_by_trust);
	for (size_t i = 0; i < s.count; i++)
		candidate_settle(&s, &s.candidates[i]);
	names_settle(&s, leaders);
	free(leaders);
	free(s.candidates);
	return taken->failed ? rmn_fail(r->error, RMN_NOMEM, "out of memory for the map of the disk") :
	    RMN_OK;
}
