/* SPDX-License-Identifier: MIT */
#include "fs/ranges.h"

#include <stdlib.h>

#include "base/checked.h"

void
rmn_ranges_release(struct rmn_ranges *set)
{
	free(set->runs);
	*set = (struct rmn_ranges){0};
}

static int
range_compare(const void *a, const void *b)
{
	const struct rmn_range *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->owner != y->owner)
		return x->owner < y->owner ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

static bool
is_sorted(const struct rmn_ranges *set)
{
	for (size_t i = 1; i < set->count; i++) {
		if (range_compare(&set->runs[i - 1], &set->runs[i]) > 0)
			return false;
	}
	return true;
}

void
rmn_ranges_normalise(struct rmn_ranges *set)
{
	size_t kept = 0;

	if (set->is_normal || set->count == 0)
		return;
	if (!is_sorted(set))
		qsort(set->runs, set->count, sizeof(*set->runs), range_compare);
	for (size_t i = 1; i < set->count; i++) {
		struct rmn_range *last = &set->runs[kept];
		struct rmn_range run = set->runs[i];

		if (run.start <= last->end && run.owner == last->owner) {
			if (run.end > last->end)
				last->end = run.end;
			continue;
		}
		if (run.start < last->end)
			run.start = last->end;
		if (run.start < run.end)
			set->runs[++kept] = run;
	}
	set->count = kept + 1;
	set->is_normal = true;
}

/* Joins before it grows, so that a disk of small files in a row stays small here. */
static bool
has_room(struct rmn_ranges *set)
{
	struct rmn_range *runs;
	size_t capacity;

	if (set->count < set->capacity)
		return true;
	rmn_ranges_normalise(set);
	if (set->count < set->capacity / 2)
		return true;
	if (!rmn_mul_size(set->capacity ? set->capacity : 256, 2, &capacity))
		return false;
	runs = reallocarray(set->runs, capacity, sizeof(*runs));
	if (!runs)
		return false;
	set->runs = runs;
	set->capacity = capacity;
	return true;
}

void
rmn_ranges_add(struct rmn_ranges *set, uint64_t start, uint64_t end, uint64_t owner)
{
	struct rmn_range *last = set->count ? &set->runs[set->count - 1] : NULL;

	if (start >= end)
		return;
	if (last && last->end == start && last->owner == owner) {
		last->end = end;
		set->is_normal = false;
		return;
	}
	if (!has_room(set)) {
		set->failed = true;
		return;
	}
	set->runs[set->count++] = (struct rmn_range){start, end, owner};
	set->is_normal = false;
}

/* One sweep for both: keeps the parts of set that are inside (or outside) other. */
static void
sweep(struct rmn_ranges *set, struct rmn_ranges *other, bool keep_inside)
{
	struct rmn_ranges result = {0};
	size_t j = 0;

	rmn_ranges_normalise(set);
	rmn_ranges_normalise(other);
	for (size_t i = 0; i < set->count; i++) {
		struct rmn_range run = set->runs[i];
		uint64_t at = run.start;

		while (j < other->count && other->runs[j].end <= run.start)
			j++;
		for (size_t k = j; k < other->count && other->runs[k].start < run.end; k++) {
			uint64_t from = other->runs[k].start > at ? other->runs[k].start : at;
			uint64_t to = rmn_min_u64(other->runs[k].end, run.end);

			if (keep_inside)
				rmn_ranges_add(&result, from, to, run.owner);
			else
				rmn_ranges_add(&result, at, from, run.owner);
			at = to;
		}
		if (!keep_inside)
			rmn_ranges_add(&result, at, run.end, run.owner);
	}
	result.failed |= set->failed || other->failed;
	result.is_normal = true;
	rmn_ranges_release(set);
	*set = result;
}

void
rmn_ranges_subtract(struct rmn_ranges *set, struct rmn_ranges *other)
{
	sweep(set, other, false);
}

void
rmn_ranges_intersect(struct rmn_ranges *set, struct rmn_ranges *other)
{
	sweep(set, other, true);
}

uint64_t
rmn_ranges_total(const struct rmn_ranges *set)
{
	uint64_t total = 0;

	for (size_t i = 0; i < set->count; i++)
		total += set->runs[i].end - set->runs[i].start;
	return total;
}
