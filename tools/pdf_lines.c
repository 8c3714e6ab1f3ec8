/* SPDX-License-Identifier: MIT */
#include "pdf_lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

/* In ems.  Letters are kerned by up to a tenth, and words of tight fonts stand a fifth apart. */
#define GAP_SPACE 0.15f
#define GAP_SPACE_WIDE 0.6f	/* between CJK characters, which are spread to fill a column */
#define GAP_TAB 1.0f
#define STEP_BACK 0.3f		/* further back is another string */
#define GLYPH_AGAIN 0.1f	/* the narrowest letter is a fifth wide */

/* What one pen drew without lifting. */
struct pdf_run {
	float along, end;	/* from the first to after the last visible glyph */
	float across;		/* of the baseline */
	float em_along, em_across;
	float dx, dy;
	uint32_t text_start, text_size;
	uint32_t index;		/* order of drawing */
	bool is_spaced;		/* a space was drawn at its end */
	int16_t direction;	/* runs of one line have the same */
};

void
pdf_lines_init(struct pdf_lines *lines, size_t cap_bytes)
{
	*lines = (struct pdf_lines){.runs = NULL};
	rmn_buf_init(&lines->text, cap_bytes);
}

void
pdf_lines_release(struct pdf_lines *lines)
{
	free(lines->runs);
	rmn_buf_release(&lines->text);
	*lines = (struct pdf_lines){.runs = NULL};
}

void
pdf_lines_clear(struct pdf_lines *lines)
{
	lines->count = 0;
	lines->failed = false;
	lines->space_drawn = false;
	rmn_buf_clear(&lines->text);
}

static struct pdf_run *
last_run(struct pdf_lines *lines)
{
	return lines->count > 0 ? &lines->runs[lines->count - 1] : NULL;
}

/* Horizontal writing is 0 and sorts first. */
static int16_t
direction_key(float dx, float dy)
{
	return (int16_t)lrintf(atan2f(dy, dx) * (32 / (float)M_PI));
}

static bool
runs_grow(struct pdf_lines *lines)
{
	size_t capacity = lines->capacity ? lines->capacity * 2 : 256, bytes;
	struct pdf_run *runs;

	if (lines->count < lines->capacity)
		return true;
	if (!rmn_mul_size(capacity, sizeof(*runs), &bytes) || capacity > UINT32_MAX)
		return false;
	runs = realloc(lines->runs, bytes);
	if (!runs)
		return false;
	lines->runs = runs;
	lines->capacity = capacity;
	return true;
}

/* Whether place goes on where the run's pen stands. */
static bool
run_goes_on(const struct pdf_run *run, const struct pdf_place *place, float along, float across,
    float pen)
{
	return run->dx * place->dx + run->dy * place->dy > 0.999f &&
	       fabsf(across - run->across) < 0.05f * run->em_across &&
	       place->em_along < 1.5f * run->em_along && run->em_along < 1.5f * place->em_along &&
	       along > pen - STEP_BACK * run->em_along && along < pen + GAP_TAB * run->em_along;
}

void
pdf_lines_start(struct pdf_lines *lines, const struct pdf_place *place)
{
	float along = place->x * place->dx + place->y * place->dy;
	float across = place->y * place->dx - place->x * place->dy;
	struct pdf_run *run = last_run(lines);

	if (run && run_goes_on(run, place, along, across, lines->pen)) {
		lines->pen = along;
		return;
	}
	if (run)
		run->is_spaced = lines->space_drawn;
	lines->space_drawn = false;
	lines->pen = along;
	if (run && run->text_size == 0) {	/* nothing was shown: take its place */
		lines->count--;
	} else if (!runs_grow(lines)) {
		lines->failed = true;
		return;
	}
	lines->runs[lines->count] = (struct pdf_run){
	    .along = along, .end = along, .across = across,
	    .em_along = place->em_along, .em_across = place->em_across,
	    .dx = place->dx, .dy = place->dy,
	    .text_start = (uint32_t)lines->text.size,
	    .index = (uint32_t)lines->count,
	    .direction = direction_key(place->dx, place->dy),
	};
	lines->count++;
}

/* Kana and Han (U+3000-9FFF), which are written without spaces; Hangul is not. */
static bool
is_wide(const unsigned char *utf8, size_t size)
{
	return size >= 3 && utf8[0] >= 0xE3 && utf8[0] <= 0xE9;
}

static bool
ends_wide(const struct rmn_buf *text)
{
	return text->size >= 3 && is_wide(text->data + text->size - 3, 3);
}

/* The glyph before, drawn once more to look bold. */
static bool
is_glyph_again(const struct pdf_lines *lines, const struct pdf_run *run, struct rmn_bytes utf8)
{
	struct rmn_bytes before = rmn_bytes_after(rmn_buf_bytes(&lines->text), lines->glyph_at);

	return run->text_size > 0 && rmn_bytes_equal(before, utf8) &&
	       fabsf(lines->pen - lines->glyph_pen) < GLYPH_AGAIN * run->em_along;
}

void
pdf_lines_glyph(struct pdf_lines *lines, struct rmn_bytes utf8, float advance)
{
	struct pdf_run *run = last_run(lines);
	float gap;

	if (!run || lines->failed)
		return;
	if (is_glyph_again(lines, run, utf8)) {
		lines->pen += advance;
		return;
	}
	if (run->text_size == 0) {
		run->along = lines->pen;
	} else if ((gap = lines->pen - run->end) > GAP_SPACE * run->em_along || lines->space_drawn) {
		bool is_spread = !lines->space_drawn && gap < GAP_SPACE_WIDE * run->em_along &&
				 is_wide(utf8.data, utf8.size) && ends_wide(&lines->text);

		if (!is_spread)
			rmn_buf_append_char(&lines->text, gap > GAP_TAB * run->em_along ? '\t' : ' ');
	}
	lines->space_drawn = false;
	lines->glyph_pen = lines->pen;
	lines->glyph_at = lines->text.size;
	rmn_buf_append(&lines->text, utf8);
	run->text_size = (uint32_t)lines->text.size - run->text_start;
	lines->pen += advance;
	run->end = lines->pen;
}

void
pdf_lines_space(struct pdf_lines *lines, float advance)
{
	lines->space_drawn = true;
	lines->pen += advance;
}

static int
compare_float(float a, float b)
{
	return a < b ? -1 : a > b;
}

static int
compare_across(const void *one, const void *other)
{
	const struct pdf_run *a = one, *b = other;
	int order = a->direction == b->direction ? 0 : abs(a->direction) - abs(b->direction);

	if (order == 0)
		order = a->direction - b->direction;
	if (order == 0)
		order = compare_float(a->across, b->across);
	return order ? order : (a->index < b->index ? -1 : 1);
}

static int
compare_along(const void *one, const void *other)
{
	const struct pdf_run *a = one, *b = other;
	int order = compare_float(a->along, b->along);

	return order ? order : (a->index < b->index ? -1 : 1);
}

/* Raised and lowered signs belong to the line of the larger text beside them. */
static bool
same_line(const struct pdf_run *anchor, const struct pdf_run *run)
{
	float larger = fmaxf(anchor->em_across, run->em_across);
	float smaller = fminf(anchor->em_across, run->em_across);

	return anchor->direction == run->direction &&
	       fabsf(run->across - anchor->across) <= fminf(0.45f * larger, 0.7f * smaller);
}

static size_t
line_end(const struct pdf_lines *lines, size_t start)
{
	const struct pdf_run *anchor = &lines->runs[start];
	size_t end = start + 1;

	for (; end < lines->count && same_line(anchor, &lines->runs[end]); end++)
		if (lines->runs[end].em_across > 1.1f * anchor->em_across)
			anchor = &lines->runs[end];
	return end;
}

/* Bold type is imitated by drawing twice, outlines by filling and stroking. */
static bool
is_drawn_again(const struct pdf_lines *lines, const struct pdf_run *run,
    const struct pdf_run *before)
{
	return run->text_size == before->text_size &&
	       fabsf(run->along - before->along) < 0.2f * run->em_along &&
	       memcmp(lines->text.data + run->text_start, lines->text.data + before->text_start,
		   run->text_size) == 0;
}

static void
write_gap(const struct pdf_lines *lines, const struct pdf_run *before, const struct pdf_run *run,
    float end, struct rmn_buf *text)
{
	float em = fmaxf(before->em_along, run->em_along), gap = run->along - end;
	bool is_between_wide = ends_wide(text) &&
			       is_wide(lines->text.data + run->text_start, run->text_size);

	if (gap > GAP_TAB * em)
		rmn_buf_append_char(text, '\t');
	else if (gap > (is_between_wide ? GAP_SPACE_WIDE : GAP_SPACE) * em || before->is_spaced ||
		 gap < -2 * em)	/* one over the other: two texts */
		rmn_buf_append_char(text, ' ');
}

static void
write_line(const struct pdf_lines *lines, size_t start, size_t end, struct rmn_buf *text)
{
	const struct pdf_run *before = NULL;
	float reached = 0;

	for (size_t i = start; i < end; i++) {
		const struct pdf_run *run = &lines->runs[i];

		if (run->text_size == 0 || (before && is_drawn_again(lines, run, before)))
			continue;
		if (before)
			write_gap(lines, before, run, reached, text);
		rmn_buf_append_data(text, lines->text.data + run->text_start, run->text_size);
		reached = before ? fmaxf(reached, run->end) : run->end;
		before = run;
	}
	if (before)
		rmn_buf_append_char(text, '\n');
}

void
pdf_lines_write(struct pdf_lines *lines, struct rmn_buf *text)
{
	size_t end;

	if (lines->text.failed || lines->count == 0)
		return;
	qsort(lines->runs, lines->count, sizeof(*lines->runs), compare_across);
	for (size_t start = 0; start < lines->count; start = end) {
		end = line_end(lines, start);
		qsort(lines->runs + start, end - start, sizeof(*lines->runs), compare_along);
		write_line(lines, start, end, text);
	}
}
