/* SPDX-License-Identifier: MIT */
#include "recover/vote.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "carve/carve.h"

#define PROMISES_MAX 4096u
/* Candidate bases of one block size: beyond it heads are sampled more thinly. */
#define BALLOTS_MAX ((size_t)16 << 20)

static const struct {
	const char *extension, *carver;
} promised[] = {
	{"pdf", "pdf"}, {"docx", "zip"}, {"xlsx", "zip"}, {"pptx", "zip"}, {"docm", "zip"},
	{"xlsm", "zip"}, {"pptm", "zip"}, {"odt", "zip"}, {"ods", "zip"}, {"odp", "zip"},
	{"zip", "zip"}, {"jar", "zip"}, {"doc", "cfb"}, {"xls", "cfb"}, {"ppt", "cfb"},
	{"msg", "cfb"}, {"vsd", "cfb"}, {"mpp", "cfb"}, {"pub", "cfb"}, {"jtd", "cfb"},
	{"hwp", "cfb"},
	{"rtf", "rtf"}, {"png", "png"}, {"jpg", "jpeg"}, {"jpeg", "jpeg"}, {"gif", "gif"},
	{"tif", "tiff"}, {"tiff", "tiff"}, {"db", "sqlite"}, {"sqlite", "sqlite"},
	{"pst", "pst"}, {"ost", "pst"}, {"dbx", "dbx"}, {"7z", "7z"}, {"rar", "rar"},
};

static bool
carver_kind(const char *name, unsigned *kind)
{
	for (size_t i = 0; i < rmn_carver_count; i++)
		if (strcmp(rmn_carvers[i].name, name) == 0) {
			*kind = (unsigned)(RMN_SIGHT_HEAD + i);
			return true;
		}
	return false;
}

bool
rmn_promise_kind(struct rmn_bytes name, unsigned *kind)
{
	const unsigned char *dot = name.size ? memrchr(name.data, '.', name.size) : NULL;
	size_t size = dot ? name.size - (size_t)(dot - name.data) - 1 : 0;

	for (size_t i = 0; dot && i < sizeof(promised) / sizeof(promised[0]); i++)
		if (strlen(promised[i].extension) == size &&
		    strncasecmp((const char *)dot + 1, promised[i].extension, size) == 0)
			return carver_kind(promised[i].carver, kind);
	return false;
}

static int
start_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int
base_compare(const void *a, const void *b)
{
	const struct rmn_base *x = a, *y = b;

	if (x->votes != y->votes)
		return x->votes > y->votes ? -1 : 1;
	if (x->start_byte != y->start_byte)
		return x->start_byte < y->start_byte ? -1 : 1;
	return x->block_bytes < y->block_bytes ? -1 : x->block_bytes > y->block_bytes;
}

/* Keeps the best in order. */
static void
best_add(struct rmn_base *best, size_t *count, size_t capacity, struct rmn_base candidate)
{
	if (*count == capacity && base_compare(&candidate, &best[capacity - 1]) >= 0)
		return;
	if (*count < capacity)
		(*count)++;
	best[*count - 1] = candidate;
	qsort(best, *count, sizeof(*best), base_compare);
}

/* The promises that vote, evenly picked. */
static size_t
promises_pick(const struct rmn_promise *promises, size_t count, struct rmn_promise *picked)
{
	size_t used = 0;

	for (size_t i = 0; i < count && used < PROMISES_MAX; i++)
		if (count <= PROMISES_MAX || i * PROMISES_MAX / count >= used)
			picked[used++] = promises[i];
	return used;
}

/* Every second, third ... head when there would be too many ballots. */
static size_t
heads_step(const struct rmn_sightings *s, const struct rmn_promise *picked, size_t count)
{
	size_t ballots = 0;

	for (size_t i = 0; i < count; i++)
		ballots += rmn_sightings_count(s, picked[i].kind);
	return ballots / BALLOTS_MAX + 1;
}

static size_t
ballots_fill(const struct rmn_sightings *s, const struct rmn_promise *picked, size_t count,
    uint32_t block_bytes, size_t step, int64_t *ballots)
{
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		size_t heads = rmn_sightings_count(s, picked[i].kind);
		uint64_t from_base;

		if (__builtin_mul_overflow(picked[i].block, block_bytes, &from_base) ||
		    from_base > INT64_MAX)
			continue;
		for (size_t h = i % step; h < heads && used < BALLOTS_MAX; h += step)
			ballots[used++] = (int64_t)rmn_sighting_offset(s, picked[i].kind, h) -
			    (int64_t)from_base;
	}
	return used;
}

size_t
rmn_vote(const struct rmn_sightings *s, const struct rmn_promise *promises, size_t count,
    const uint32_t *block_sizes, size_t size_count, struct rmn_base *best, size_t best_capacity)
{
	struct rmn_promise *picked = calloc(PROMISES_MAX, sizeof(*picked));
	int64_t *ballots = calloc(BALLOTS_MAX, sizeof(*ballots));
	size_t used, found = 0;

	if (picked && ballots) {
		used = promises_pick(promises, count, picked);
		for (size_t n = 0; n < size_count; n++) {
			size_t cast = ballots_fill(s, picked, used, block_sizes[n],
			    heads_step(s, picked, used), ballots);

			qsort(ballots, cast, sizeof(*ballots), start_compare);
			for (size_t i = 0, run; i < cast; i += run) {
				for (run = 1; i + run < cast && ballots[i + run] == ballots[i];)
					run++;
				best_add(best, &found, best_capacity, (struct rmn_base){ballots[i],
				    block_sizes[n], (uint32_t)run});
			}
		}
	}
	free(picked);
	free(ballots);
	return found;
}
