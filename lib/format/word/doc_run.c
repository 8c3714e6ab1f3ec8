/* SPDX-License-Identifier: MIT
 *
 * Formatted pages (MS-DOC 2.9.33 ChpxFkp, 2.9.181 PapxFkp): of all formatting only what decides
 * which text is shown, and where rows of tables end. */
#include <stdlib.h>

#include "base/cursor.h"
#include "format/word/doc.h"

#define PAGE_BYTES 512u
#define RUNS_OF_PAGE 101u
#define PAGE_NUMBER_BITS 0x3FFFFFu
#define STEPS_MAX 4u		/* text is mostly asked for in order */

/* Modifiers (sprms). */
#define DELETED_MARK 0x0800u
#define VANISH 0x083Cu
#define SYMBOL 0x6A09u
#define IN_TABLE 0x2416u
#define ROW_END 0x2417u
#define INNER_CELL 0x244Bu
#define INNER_ROW 0x244Cu
#define TABLE_DEFINITION 0xD608u
#define TABS_CHANGE 0xC615u
#define ON_UNLIKE_STYLE 0x81u

/* Those of Word 6 and 95. */
#define OLD_IN_TABLE 24u
#define OLD_ROW_END 25u
#define OLD_DELETED_MARK 65u
#define OLD_VANISH 92u

/* How many bytes follow the modifier; false when nobody knows. */
static bool
operand_size(struct rmn_cursor *c, uint16_t modifier, size_t *size)
{
	static const uint8_t sizes[8] = {1, 1, 2, 4, 2, 2, 0, 3};
	uint16_t wide;
	uint8_t length;

	if (modifier == TABLE_DEFINITION) {
		if (!rmn_cursor_le16(c, &wide) || wide == 0)
			return false;
		*size = wide - 1u;
		return true;
	}
	*size = sizes[modifier >> 13];
	if (*size > 0)
		return true;
	if (!rmn_cursor_u8(c, &length))
		return false;
	*size = length;
	return modifier != TABS_CHANGE || length != 255;
}

static void
modifier_take(uint16_t modifier, struct rmn_bytes operand, uint16_t *flags, uint16_t *symbol)
{
	bool is_on = operand.size > 0 && operand.data[0] != 0;
	struct rmn_cursor c = rmn_cursor_over(operand);
	uint16_t flag = 0;

	switch (modifier) {
	case DELETED_MARK:
		flag = RMN_DOC_DELETED;
		break;
	case VANISH:
		flag = RMN_DOC_HIDDEN;
		is_on = operand.data[0] == 1 || operand.data[0] == ON_UNLIKE_STYLE;
		break;
	case SYMBOL:
		flag = RMN_DOC_SYMBOL;
		is_on = rmn_cursor_skip(&c, 2) && rmn_cursor_le16(&c, symbol);
		break;
	case IN_TABLE:
		flag = RMN_DOC_IN_TABLE;
		break;
	case ROW_END:
		flag = RMN_DOC_ROW_END;
		break;
	case INNER_CELL:
		flag = RMN_DOC_INNER_CELL;
		break;
	case INNER_ROW:
		flag = RMN_DOC_INNER_ROW;
		break;
	default:
		return;
	}
	*flags = is_on ? *flags | flag : *flags & (uint16_t)~flag;
}

/* Word 6 and 95 have no sizes in their modifiers; what is not in this list ends the reading. */
static bool
old_operand_size(struct rmn_cursor *c, uint8_t modifier, size_t *size)
{
	static const char paragraph[] = "2v11111111v11v2222422v112";		/* from 2 on */
	static const char character[] = "111v24123v1....2vv0.11111111213221";	/* from 65 on */
	char found = '.';
	uint8_t length;

	if (modifier >= 2 && modifier < 2 + sizeof(paragraph) - 1)
		found = paragraph[modifier - 2];
	else if (modifier >= 65 && modifier < 65 + sizeof(character) - 1)
		found = character[modifier - 65];
	if (found == '.')
		return false;
	if (found != 'v') {
		*size = (size_t)(found - '0');
		return true;
	}
	if (!rmn_cursor_u8(c, &length))
		return false;
	*size = length;
	return length != 255;
}

static void
old_modifiers(struct rmn_cursor *c, uint16_t *flags)
{
	struct rmn_bytes operand;
	uint8_t modifier;
	size_t size;

	while (rmn_cursor_u8(c, &modifier) && old_operand_size(c, modifier, &size) &&
	    rmn_cursor_take(c, size, &operand)) {
		if (size == 0 || operand.data[0] == 0)
			continue;
		if (modifier == OLD_DELETED_MARK)
			*flags |= RMN_DOC_DELETED;
		else if (modifier == OLD_VANISH)
			*flags |= RMN_DOC_HIDDEN;
		else if (modifier == OLD_IN_TABLE)
			*flags |= RMN_DOC_IN_TABLE;
		else if (modifier == OLD_ROW_END)
			*flags |= RMN_DOC_ROW_END;
	}
}

void
rmn_doc_modifiers(bool is_old, struct rmn_bytes grpprl, uint16_t *flags, uint16_t *symbol)
{
	struct rmn_cursor c = rmn_cursor_over(grpprl);
	struct rmn_bytes operand;
	uint16_t modifier;
	size_t size;

	if (is_old) {
		old_modifiers(&c, flags);
		return;
	}
	while (rmn_cursor_le16(&c, &modifier) && operand_size(&c, modifier, &size) &&
	    rmn_cursor_take(&c, size, &operand))
		modifier_take(modifier, operand, flags, symbol);
}

/* The modifiers of one run: their place in the page, in words, stands in an array. */
static struct rmn_bytes
grpprl_find(struct rmn_bytes page, bool is_paragraph, bool is_old, size_t place_at)
{
	struct rmn_bytes at = rmn_bytes_after(page, place_at);
	size_t size;

	if (at.size == 0 || at.data[0] == 0)
		return (struct rmn_bytes){NULL, 0};
	at = rmn_bytes_after(page, (size_t)at.data[0] * 2);
	if (at.size == 0)
		return at;
	size = at.data[0];
	at = rmn_bytes_after(at, 1);
	if (!is_paragraph)
		return rmn_bytes_head(at, size);
	if (is_old) {
		size *= 2;
	} else if (size > 0) {
		size = size * 2 - 1;
	} else if (at.size > 0) {
		size = (size_t)at.data[0] * 2;
		at = rmn_bytes_after(at, 1);
	}
	return rmn_bytes_after(rmn_bytes_head(at, size), 2);	/* the style */
}

static void
page_read(struct rmn_doc *doc, struct rmn_bytes page, bool is_paragraph,
    struct rmn_doc_runs *runs)
{
	size_t count = page.data[PAGE_BYTES - 1];
	size_t step = !is_paragraph ? 1 : doc->fib.is_old ? 7 : 13;
	struct rmn_cursor c = rmn_cursor_over(page);
	uint32_t start, end;

	if (count == 0 || count > RUNS_OF_PAGE || !rmn_cursor_le32(&c, &start)) {
		doc->is_damaged = true;
		return;
	}
	for (size_t i = 0; i < count && rmn_cursor_le32(&c, &end); i++) {
		struct rmn_doc_run run = {.start = start, .end = end};

		/* no text ends in the header: half a page is lost */
		doc->is_damaged = doc->is_damaged || end == 0;
		rmn_doc_modifiers(doc->fib.is_old, grpprl_find(page, is_paragraph, doc->fib.is_old,
		    (count + 1) * 4 + i * step), &run.flags, &run.symbol);
		if (run.flags && start < end)
			runs->runs[runs->count++] = run;
		start = end;
	}
}

static int
run_compare(const void *a, const void *b)
{
	const struct rmn_doc_run *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static bool
are_sorted(const struct rmn_doc_runs *runs)
{
	for (size_t i = 1; i < runs->count; i++)
		if (runs->runs[i - 1].start > runs->runs[i].start)
			return false;
	return true;
}

void
rmn_doc_runs_read(struct rmn_doc *doc, enum rmn_doc_table table, struct rmn_doc_runs *runs)
{
	struct rmn_bytes plc = rmn_doc_table(doc, table);
	size_t number_bytes = doc->fib.is_old ? 2 : 4;
	size_t count = plc.size < 4 ? 0 : (plc.size - 4) / (4 + number_bytes);
	struct rmn_cursor c = rmn_cursor_over(plc);

	/* a page is named once */
	if (count > doc->stream.size / PAGE_BYTES + 1 || !rmn_cursor_seek(&c, (count + 1) * 4)) {
		doc->is_damaged = doc->is_damaged || count > 0;
		return;
	}
	runs->runs = rmn_arena_alloc(doc->arena, count * RUNS_OF_PAGE + 1, sizeof(*runs->runs));
	if (!runs->runs) {
		doc->flows.text->status = rmn_fail(doc->ole->error, RMN_LIMIT,
		    "item outgrows its memory");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		uint32_t number = 0;
		uint16_t short_number = 0;
		struct rmn_bytes page;

		if (doc->fib.is_old ? !rmn_cursor_le16(&c, &short_number) :
		    !rmn_cursor_le32(&c, &number))
			break;
		number = doc->fib.is_old ? short_number : number & PAGE_NUMBER_BITS;
		page = rmn_bytes_head(rmn_bytes_after(doc->stream, (size_t)number * PAGE_BYTES),
		    PAGE_BYTES);
		if (page.size < PAGE_BYTES) {
			doc->is_damaged = true;
			continue;
		}
		page_read(doc, page, table == RMN_DOC_PARAGRAPHS, runs);
	}
	runs->is_known = count > 0;
	if (!are_sorted(runs))
		qsort(runs->runs, runs->count, sizeof(*runs->runs), run_compare);
}

/* The first run of [low, high) that starts behind offset. */
static size_t
run_behind(const struct rmn_doc_runs *runs, uint64_t offset, size_t low, size_t high)
{
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (runs->runs[middle].start <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct rmn_doc_run *
rmn_doc_run_find(struct rmn_doc_runs *runs, uint64_t offset, uint64_t *until)
{
	const struct rmn_doc_run *run;
	size_t next = runs->next, steps = 0;

	while (next < runs->count && runs->runs[next].start <= offset && steps++ < STEPS_MAX)
		next++;
	if (next > 0 && runs->runs[next - 1].start > offset)
		next = run_behind(runs, offset, 0, next);
	else if (steps > STEPS_MAX)
		next = run_behind(runs, offset, next, runs->count);
	runs->next = next;
	*until = next < runs->count ? runs->runs[next].start : UINT64_MAX;
	if (next == 0 || runs->runs[next - 1].end <= offset)
		return NULL;
	run = &runs->runs[next - 1];
	if (run->end < *until)
		*until = run->end;
	return run;
}
