/* SPDX-License-Identifier: MIT
 *
 * The engine: spots of a segment (spots.c), the lines around them, the scanners over each line, and
 * its findings.  See detect.h, and docs/rules.md for what the rules mean. */
#include "detect/detector.h"

#include <stdlib.h>
#include <string.h>

#include "detect/chain.h"
#include "detect/window.h"

#define SEGMENT_BYTES (128u << 10)	/* stays in the second cache; a multiple of the buckets */
#define LINE_ARENA_BYTES (8u << 20)
#define HEADER_ROW_MAX 4096u
#define START_CHARACTERS 900u	/* bytes in which a marking is in a document's head */
#define FLUSH_MARGIN 65536u	/* no finding starts further before its anchor */

enum rmn_status
rmn_detector_new(const struct rmn_rules *rules, struct rmn_detector **detector,
    struct rmn_error *error)
{
	struct rmn_detector *d = calloc(1, sizeof(*d));

	if (d) {
		d->rules = rules;
		d->line.rules = rules;
		rmn_normal_init(&d->line.normal);
		rmn_buf_init(&d->line.lower, 0);
		rmn_buf_init(&d->line.before, 0);
		rmn_buf_init(&d->kept, 0);
		d->line.arena = rmn_arena_new(LINE_ARENA_BYTES);
	}
	if (!d || !d->line.arena) {
		rmn_detector_free(d);
		return rmn_fail(error, RMN_NOMEM, "out of memory for detection");
	}
	*detector = d;
	return RMN_OK;
}

void
rmn_detector_free(struct rmn_detector *detector)
{
	if (!detector)
		return;
	rmn_literal_scan_free(detector->literals);
	rmn_normal_release(&detector->line.normal);
	rmn_buf_release(&detector->line.lower);
	rmn_buf_release(&detector->line.before);
	rmn_buf_release(&detector->kept);
	rmn_arena_free(detector->line.arena);
	free(detector->line.candidates);
	free(detector->spots);
	free(detector->labels);
	free(detector->tokens);
	free(detector->token_rules);
	free(detector->waiting);
	free(detector);
}

/* Room for one more element; false (and noted) when there is none. */
bool
rmn_detector_grow(struct rmn_detector *d, void **items, size_t count, size_t *capacity, size_t size)
{
	size_t wanted = *capacity ? *capacity * 2 : 1024;
	void *grown;

	if (count < *capacity)
		return true;
	grown = reallocarray(*items, wanted, size);
	if (!grown) {
		d->out_of_memory = true;
		return false;
	}
	*items = grown;
	*capacity = wanted;
	return true;
}

/* Takes the window into the line: its working copy, and nothing found yet. */
static bool
fill_line(struct rmn_detector *d, const struct rmn_window *w)
{
	struct rmn_line *line = &d->line;
	struct rmn_bytes run = { d->input->bytes.data + w->from, w->to - w->from };

	line->input = d->input->bytes;
	line->from = w->from;
	line->to = w->to;
	line->first = w->first;
	line->last = w->last;
	line->is_whole = w->is_whole;
	line->is_text = d->input->encoding != RMN_ENCODING_UNKNOWN;
	line->is_code = d->input->is_code;
	line->is_header = d->input->is_header;
	line->is_start = d->input->offset + w->from < START_CHARACTERS &&
	    d->input->encoding != RMN_ENCODING_UNKNOWN;
	line->before_is_filled = false;
	rmn_buf_clear(&line->before);
	line->cut_count = line->count = line->token_count = 0;
	memset(line->opened, 0, sizeof(line->opened));
	line->has_opened = false;
	rmn_arena_reset(line->arena);
	if (rmn_normal_fill(&line->normal, run, line->encoding) != RMN_OK) {
		d->out_of_memory = true;
		return false;
	}
	line->text = rmn_buf_bytes(&line->normal.text);
	rmn_buf_clear(&line->lower);
	rmn_buf_append(&line->lower, line->text);
	for (size_t i = 0; i < line->lower.size; i++) {
		unsigned char c = line->lower.data[i];

		line->lower.data[i] = (unsigned char)(c >= 'A' && c <= 'Z' ? c | 32 : c);
	}
	return !line->lower.failed;
}

/* The table's columns hold for a whole row with its number of cells. */
static void
fill_columns(struct rmn_detector *d, const struct rmn_window *w)
{
	struct rmn_line *line = &d->line;

	line->delimiter = 0;
	line->opens_rows = false;
	if (!d->table.has_header || !w->starts_line ||
	    (!d->table.is_announced && (!w->is_whole || rmn_table_cells(line->text,
	    d->table.delimiter) != d->table.column_count)))
		return;
	line->delimiter = d->table.delimiter;
	line->columns = d->table.columns;
	line->column_count = d->table.column_count;
	line->opens_rows = d->table.opens_rows;
}

static enum rmn_encoding
encoding_of(const struct rmn_detector *d, const struct rmn_spot *spot, size_t *unit)
{
	*unit = spot->at;
	if (d->input->encoding != RMN_ENCODING_UNKNOWN) {
		if (d->family == RMN_FAMILY_WIDE)
			*unit = spot->at - (d->input->offset + spot->at) % 2;
		return d->input->encoding;
	}
	if (spot->family == RMN_FAMILY_WIDE)
		return rmn_window_byte_order(d->input->bytes, spot->at, unit);
	return RMN_ENCODING_UNKNOWN;
}

/* Around a spot in bytes that are text only in part: as much as is of one encoding. */
static void
narrow_window(const struct rmn_detector *d, struct rmn_window *w, size_t at)
{
	size_t from = at > w->from + 128 ? at - 128 : w->from;
	size_t to = w->to - at > 192 ? at + 192 : w->to;

	(void)d;
	w->starts_line &= from == w->from;
	w->is_whole &= from == w->from && to == w->to;
	w->from = from;
	w->to = to;
	w->first = w->first > from ? w->first : from;
	w->last = w->last < to ? w->last : to;
}

static struct rmn_window
window_of(struct rmn_detector *d, const struct rmn_spot *spot)
{
	bool is_text = d->input->encoding != RMN_ENCODING_UNKNOWN;
	enum rmn_family family = is_text ? d->family : (enum rmn_family)spot->family;
	size_t unit;
	enum rmn_encoding encoding = encoding_of(d, spot, &unit);
	struct rmn_window w = rmn_window_around(d->input->bytes, d->input->offset, unit, encoding,
	    family, is_text);

	if (encoding == RMN_ENCODING_UNKNOWN) {
		struct rmn_bytes bytes = d->input->bytes;

		encoding = rmn_window_encoding((struct rmn_bytes){ bytes.data + w.from,
		    w.to - w.from });
		if (encoding == RMN_CP1252 && w.to - w.from > 192) {
			narrow_window(d, &w, spot->at);
			encoding = rmn_window_encoding((struct rmn_bytes){ bytes.data + w.from,
			    w.to - w.from });
		}
	}
	d->line.encoding = encoding;
	d->line.family = family;
	return w;
}

static void
run_scanners(struct rmn_detector *d)
{
	struct rmn_line *line = &d->line;

	rmn_scan_mail(line);
	rmn_scan_numbers(line);
	if (line->has_opened || line->opens_rows) {
		rmn_scan_patterns(line);
		rmn_scan_births(line);
	}
	if (line->has_opened) {
		rmn_scan_secrets(line);
		rmn_scan_words(line);
	}
	rmn_scan_tokens(line);
	rmn_line_settle(line);
	for (size_t i = 0; i < line->count; i++)
		rmn_detector_keep(d, &line->candidates[i]);
}

/* A line whose literals are column names starts a table inside running text. */
static void
try_header_spot(struct rmn_detector *d, const struct rmn_spot *spot, size_t *tried)
{
	struct rmn_window w;
	char delimiter;

	if (d->table.is_announced || spot->at < *tried)
		return;
	w = window_of(d, spot);
	*tried = w.to;
	if (!w.is_whole || !rmn_table_delimiter((struct rmn_bytes){ d->input->bytes.data + w.from,
	    w.to - w.from }) || !fill_line(d, &w))
		return;
	delimiter = rmn_table_delimiter(d->line.text);
	if (delimiter)
		rmn_table_try_header(&d->table, d->rules, d->line.text, delimiter, 3);
}

static void
open_rule(struct rmn_detector *d, const struct rmn_spot *spot)
{
	struct rmn_line *line = &d->line;

	if (spot->kind == RMN_SPOT_RULE) {
		line->opened[spot->rule / 64] |= 1ull << spot->rule % 64;
		line->has_opened = true;
	} else if (spot->kind == RMN_SPOT_TOKEN) {
		size_t capacity = d->token_capacity;
		void *items = d->tokens;

		if (!rmn_detector_grow(d, &items, line->token_count, &capacity,
		    sizeof(*d->tokens)))
			return;
		d->tokens = items;
		items = d->token_rules;
		if (!rmn_detector_grow(d, &items, line->token_count, &d->token_capacity,
		    sizeof(*d->token_rules)))
			return;
		d->token_rules = items;
		d->tokens[line->token_count] = (uint32_t)spot->at;
		d->token_rules[line->token_count++] = spot->rule;
		line->tokens = d->tokens;
		line->token_rules = d->token_rules;
	}
}

static bool
is_worth_it(const struct rmn_detector *d, const struct rmn_spot *spot)
{
	if (spot->kind == RMN_SPOT_HEADER)
		return false;
	if (spot->kind != RMN_SPOT_WEAK)
		return true;
	return d->table.has_header || rmn_detector_label_is_near(d, spot);
}

/* Every spot belongs to one window; spots of the same window are looked at together. */
static void
process_spots(struct rmn_detector *d)
{
	size_t tried = 0, done[2] = { 0, 0 };	/* by family */

	for (size_t i = 0; i < d->spot_count; i++) {
		const struct rmn_spot *spot = &d->spots[i];
		struct rmn_window w;

		if (spot->kind == RMN_SPOT_HEADER)
			try_header_spot(d, spot, &tried);
		if (spot->at < done[spot->family] || !is_worth_it(d, spot))
			continue;
		w = window_of(d, spot);
		if (!fill_line(d, &w))
			return;
		fill_columns(d, &w);
		for (size_t k = i; k < d->spot_count && (k == i || d->spots[k].at < w.last); k++)
			if (d->spots[k].family == spot->family)
				open_rule(d, &d->spots[k]);
		run_scanners(d);
		done[spot->family] = w.last > spot->at ? w.last : spot->at + 1;
	}
}

/* Column names of an announced table, in its first rows. */
static void
look_for_header(struct rmn_detector *d)
{
	size_t at = d->input->skip;

	while (!d->table.has_header && d->table.rows_seen < RMN_TABLE_HEADER_ROWS &&
	    at < d->input->bytes.size) {
		struct rmn_spot spot = { .at = at, .end = at, .family = (uint8_t)d->family };
		struct rmn_window w = window_of(d, &spot);

		if (w.to > w.from && w.starts_line && fill_line(d, &w)) {
			d->table.rows_seen++;
			rmn_table_try_header(&d->table, d->rules, d->line.text,
			    d->table.delimiter, 2);
		}
		at = w.to > at ? w.to : at + 1;
	}
}

/* The column test, on the first rows: a column of checked numbers needs no name. */
static enum rmn_status
test_columns(struct rmn_detector *d)
{
	struct rmn_table_sample *sample = calloc(1, sizeof(*sample));
	size_t at = d->input->skip, end = d->input->bytes.size - d->input->tail;
	unsigned rows = 0;

	if (!sample)
		return RMN_NOMEM;
	d->table.is_sampled = true;
	while (rows < RMN_TABLE_SAMPLE_ROWS && at < end) {
		struct rmn_spot spot = { .at = at, .end = at, .family = (uint8_t)d->family };
		struct rmn_window w = window_of(d, &spot);

		if (w.to > w.from && w.is_whole && fill_line(d, &w)) {
			rmn_table_sample_row(sample, d->rules, d->line.text, d->table.delimiter);
			rows++;
		}
		at = w.to > at ? w.to : at + 1;
	}
	rmn_table_test(&d->table, d->rules, sample);
	free(sample);
	return RMN_OK;
}

/* What the announced table's columns hold.  Rows without a header and without a telling column are
 * read like running text from then on, where a header may still come: a log with a list behind it. */
static enum rmn_status
find_columns(struct rmn_detector *d)
{
	enum rmn_status status = RMN_OK;

	look_for_header(d);
	if (!d->table.is_sampled)
		status = test_columns(d);
	d->is_headless = !d->table.has_header && d->table.rows_seen >= RMN_TABLE_HEADER_ROWS;
	if (d->is_headless)
		rmn_table_begin(&d->table, 0);
	return status;
}

/* Rows that no anchor shows (dates of birth, letters and digits) are opened one by one. */
static enum rmn_status
add_row_spots(struct rmn_detector *d)
{
	if (d->table.is_announced && d->table.has_header && d->table.opens_rows)
		return rmn_detector_add_rows(d);
	return RMN_OK;
}

static enum rmn_status
prepare(struct rmn_detector *d, const struct rmn_detect_input *input, struct rmn_error *error)
{
	enum rmn_status status;

	d->input = input;
	d->family = input->encoding == RMN_UTF16LE || input->encoding == RMN_UTF16BE ?
	    RMN_FAMILY_WIDE : RMN_FAMILY_BYTES;
	/* rows of an announced table carry its delimiter; anything else ends it */
	if (d->table.is_announced ? input->delimiter != d->table.delimiter :
	    input->offset + input->skip == 0 || input->offset + input->skip != d->expected)
		rmn_table_begin(&d->table, 0);
	if (input->delimiter && !d->table.is_announced && !d->is_headless)
		rmn_table_begin(&d->table, input->delimiter);
	d->expected = input->offset + input->bytes.size - input->tail;
	if (d->literals)
		return RMN_OK;
	status = rmn_rules_prepare((struct rmn_rules *)(uintptr_t)d->rules, error);
	if (status != RMN_OK)
		return status;
	return rmn_literal_scan_new(d->rules->literals, &d->literals, error);
}

/* All of it one value: nothing to find, and the literals need not be compiled. */
static bool
is_blank(struct rmn_bytes b)
{
	return b.size == 0 || (b.data[0] == b.data[b.size - 1] && b.data[0] == b.data[b.size / 2] &&
	    memcmp(b.data, b.data + 1, b.size - 1) == 0);
}

enum rmn_status
rmn_detect(struct rmn_detector *detector, const struct rmn_detect_input *input,
    rmn_finding_fn found, void *context, struct rmn_error *error)
{
	struct rmn_detector *d = detector;
	size_t size = input->bytes.size;
	enum rmn_status status;

	if (is_blank(input->bytes) || input->skip + input->tail >= size)
		return RMN_OK;
	status = prepare(d, input, error);
	if (status == RMN_OK && d->table.is_announced)
		status = find_columns(d);
	d->segment = 0;
	while (status == RMN_OK && d->segment < size) {
		size_t into = (size_t)((input->offset + d->segment) % SEGMENT_BYTES);
		uint64_t limit;

		d->segment_end = size - d->segment > SEGMENT_BYTES - into ?
		    d->segment + SEGMENT_BYTES - into : size;
		status = rmn_detector_find_spots(d);
		if (status == RMN_OK)
			status = add_row_spots(d);
		if (status != RMN_OK)
			break;
		process_spots(d);
		limit = input->offset + d->segment_end;
		rmn_detector_flush(d, limit > FLUSH_MARGIN ? limit - FLUSH_MARGIN : 0, found,
		    context);
		d->segment = d->segment_end;
	}
	rmn_detector_flush(d, UINT64_MAX, found, context);
	if (status != RMN_OK || d->out_of_memory || d->kept.failed) {
		rmn_buf_clear(&d->kept);
		d->out_of_memory = false;
		return rmn_fail(error, RMN_NOMEM, "out of memory for detection");
	}
	return RMN_OK;
}

void
rmn_detect_table_begin(struct rmn_detector *detector, char delimiter)
{
	detector->is_headless = false;
	rmn_table_begin(&detector->table, delimiter);
}

void
rmn_detect_table_end(struct rmn_detector *detector, rmn_finding_fn found, void *context)
{
	(void)found;
	(void)context;
	detector->is_headless = false;
	rmn_table_begin(&detector->table, 0);
}
