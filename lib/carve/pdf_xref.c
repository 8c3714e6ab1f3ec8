/* SPDX-License-Identifier: MIT */
#include "carve/pdf_xref.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

#define ENTRIES_MAX ((size_t)8 << 20)
#define ROW_MAX 64u
#define INDEX_MAX 512u

void
rmn_pdf_sections_release(struct rmn_pdf_sections *s)
{
	free(s->entries);
	free(s->list);
	*s = (struct rmn_pdf_sections){0};
}

static void
entry_add(struct rmn_pdf_sections *s, uint64_t number, uint64_t offset)
{
	if (number > UINT32_MAX)
		return;
	if (s->entry_count >= ENTRIES_MAX) {
		s->failed = true;
		return;
	}
	if (s->entry_count == s->entry_capacity) {
		size_t capacity = s->entry_capacity ? s->entry_capacity * 2 : 256;
		struct rmn_pdf_entry *entries = reallocarray(s->entries, capacity,
		    sizeof(*entries));

		if (!entries) {
			s->failed = true;
			return;
		}
		s->entries = entries;
		s->entry_capacity = capacity;
	}
	s->entries[s->entry_count++] = (struct rmn_pdf_entry){offset, (uint32_t)number};
}

static struct rmn_pdf_section *
section_add(struct rmn_pdf_sections *s, uint64_t at, size_t first, const struct rmn_pdf_dict *d)
{
	if (s->count == s->capacity) {
		size_t capacity = s->capacity ? s->capacity * 2 : 8;
		struct rmn_pdf_section *list = reallocarray(s->list, capacity, sizeof(*list));

		if (!list) {
			s->failed = true;
			return NULL;
		}
		s->list = list;
		s->capacity = capacity;
	}
	s->list[s->count] = (struct rmn_pdf_section){.at = at, .prev = d->prev,
	    .has_prev = d->has_prev, .xref_stream = d->xref_stream,
	    .has_xref_stream = d->has_xref_stream, .is_encrypted = d->is_encrypted,
	    .first = first, .count = s->entry_count - first};
	return &s->list[s->count++];
}

/* Twenty bytes as the standard has them: "0000000017 00000 n\r\n". */
static bool
fixed_entry(const unsigned char *p, uint64_t *offset, bool *is_used)
{
	*offset = 0;
	for (int i = 0; i < 10; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		*offset = *offset * 10 + (p[i] - '0');
	}
	*is_used = p[17] == 'n';
	return p[10] == ' ' && p[16] == ' ' && (p[17] == 'n' || p[17] == 'f') && p[18] <= ' ' &&
	    p[19] <= ' ';
}

/* The same as tokens, for writers with other line ends; false: no entry. */
static bool
loose_entry(struct rmn_window *w, uint64_t *at, uint64_t *offset, bool *is_used)
{
	struct rmn_pdf_token t = rmn_pdf_token_read(w, *at);
	uint64_t value = t.value;

	if (t.type != RMN_PDF_NUMBER)
		return false;
	t = rmn_pdf_token_read(w, t.end);
	if (t.type != RMN_PDF_NUMBER)
		return false;
	t = rmn_pdf_token_read(w, t.end);
	if (t.type != RMN_PDF_WORD || (strcmp(t.text, "n") != 0 && strcmp(t.text, "f") != 0))
		return false;
	*offset = value;
	*is_used = t.text[0] == 'n';
	*at = t.end;
	return true;
}

/* One subsection of count entries; *at moves behind it, or to what is wrong. */
static bool
subsection_read(struct rmn_window *w, uint64_t *at, uint64_t start, uint64_t count,
    struct rmn_pdf_sections *s)
{
	*at = rmn_pdf_space_skip(w, *at);
	for (uint64_t i = 0; i < count && !s->failed; i++) {
		struct rmn_bytes b = rmn_window_bytes(w, *at, 20);
		uint64_t offset;
		bool is_used;

		if (b.size >= 20 && fixed_entry(b.data, &offset, &is_used))
			*at += 20;
		else if (!loose_entry(w, at, &offset, &is_used))
			return false;
		if (is_used && offset > 0)
			entry_add(s, start + i, offset);
	}
	return !s->failed;
}

bool
rmn_pdf_table_read(struct rmn_window *w, uint64_t at, struct rmn_pdf_sections *s, uint64_t *end)
{
	size_t first = s->entry_count;
	struct rmn_pdf_section *section;
	struct rmn_pdf_dict dict;
	struct rmn_pdf_token t;
	uint64_t number;

	for (*end = at + 4;; ) {
		uint64_t start;

		t = rmn_pdf_token_read(w, *end);
		*end = t.at;
		if (t.type != RMN_PDF_NUMBER)
			break;
		start = t.value;
		t = rmn_pdf_token_read(w, t.end);
		if (t.type != RMN_PDF_NUMBER)
			return false;
		*end = t.end;
		if (!subsection_read(w, end, start, t.value, s))
			return false;
	}
	if (t.type != RMN_PDF_WORD || strcmp(t.text, "trailer") != 0 ||
	    rmn_pdf_body_read(w, t.end, true, &dict, &number, end) != RMN_PDF_BODY_DICT)
		return false;
	section = section_add(s, at, first, &dict);
	if (section)
		section->end = *end;
	return section != NULL;
}

/* Rows of a stream, as they are inflated. */
struct rows {
	const struct rmn_pdf_dict *dict;
	struct rmn_pdf_sections *s;
	unsigned char row[ROW_MAX], above[ROW_MAX];
	size_t width, filled;		/* of a row, with the byte of its predictor */
	bool is_predicted;
	uint64_t index[INDEX_MAX][2];	/* first number, how many */
	size_t index_count, subsection;
	uint64_t done;			/* rows of the subsection */
};

static uint64_t
field(const unsigned char *p, uint64_t width)
{
	uint64_t value = 0;

	for (uint64_t i = 0; i < width; i++)
		value = value << 8 | p[i];
	return value;
}

static void
row_keep(struct rows *r, const unsigned char *p)
{
	const uint64_t *widths = r->dict->widths;
	uint64_t type = widths[0] ? field(p, widths[0]) : 1;
	uint64_t offset = field(p + widths[0], widths[1]);

	while (r->subsection < r->index_count && r->done >= r->index[r->subsection][1]) {
		r->subsection++;
		r->done = 0;
	}
	if (r->subsection >= r->index_count)
		return;
	if (type == 1 && offset > 0)
		entry_add(r->s, r->index[r->subsection][0] + r->done, offset);
	r->done++;
}

/* Undoes the PNG prediction of a full row; false: no such prediction. */
static bool
row_undo(struct rows *r)
{
	unsigned char *row = r->row + 1, filter = r->row[0];
	size_t size = r->width - 1;

	for (size_t i = 0; i < size; i++) {
		unsigned left = i > 0 ? row[i - 1] : 0, up = r->above[i], add;

		add = filter == 1 ? left : filter == 2 ? up : filter == 3 ? (left + up) / 2 : 0;
		row[i] = (unsigned char)(row[i] + add);
	}
	memcpy(r->above, row, size);
	return filter <= 3;		/* Paeth is never used here */
}

static bool
on_rows(void *context, struct rmn_bytes output)
{
	struct rows *r = context;

	for (size_t at = 0; at < output.size;) {
		size_t part = rmn_min_size(output.size - at, r->width - r->filled);

		memcpy(r->row + r->filled, output.data + at, part);
		r->filled += part;
		at += part;
		if (r->filled < r->width)
			break;
		r->filled = 0;
		if (r->is_predicted && !row_undo(r))
			return false;
		row_keep(r, r->row + (r->is_predicted ? 1 : 0));
		if (r->s->failed)
			return false;
	}
	return true;
}

static void
index_read(struct rmn_window *w, struct rows *r)
{
	uint64_t at = r->dict->index_at + 1;

	r->index_count = 1;
	r->index[0][1] = r->dict->size;
	if (r->dict->index_at == 0)
		return;
	for (r->index_count = 0; r->index_count < INDEX_MAX; r->index_count++) {
		for (int i = 0; i < 2; i++) {
			struct rmn_pdf_token t = rmn_pdf_token_read(w, at);

			if (t.type != RMN_PDF_NUMBER)
				return;
			r->index[r->index_count][i] = t.value;
			at = t.end;
		}
	}
}

/* Feeds the data, deflated or plain, to the rows; false: it is broken. */
static bool
data_read(struct rmn_window *w, uint64_t data, struct rows *r, struct rmn_flow *flow,
    uint64_t *data_end)
{
	uint64_t stop = r->dict->has_length && !r->dict->is_length_elsewhere ?
	    data + r->dict->length : UINT64_MAX;
	enum rmn_flow_state state = RMN_FLOW_MORE;
	bool is_flate = r->dict->filter == RMN_PDF_FILTER_FLATE;

	if (!is_flate && (r->dict->filter != RMN_PDF_FILTER_NONE || stop == UINT64_MAX))
		return false;
	rmn_flow_restart(flow);
	flow->listen = on_rows;
	flow->context = r;
	for (*data_end = data; *data_end < stop && state == RMN_FLOW_MORE;) {
		struct rmn_bytes b = rmn_window_bytes(w, *data_end, 1);
		size_t used;

		b = rmn_bytes_head(b, (size_t)rmn_min_u64(stop - *data_end, b.size));
		used = b.size;
		if (b.size == 0)
			break;
		if (is_flate)
			state = rmn_flow_feed(flow, b, &used);
		else if (!on_rows(r, b))
			state = RMN_FLOW_BAD;
		*data_end += used;
	}
	flow->listen = NULL;
	return is_flate ? state == RMN_FLOW_END : state == RMN_FLOW_MORE && *data_end == stop;
}

bool
rmn_pdf_xref_stream_read(struct rmn_window *w, uint64_t at, uint64_t data,
    const struct rmn_pdf_dict *dict, struct rmn_flow *flow, struct rmn_pdf_sections *s,
    uint64_t *data_end)
{
	struct rows r = {.dict = dict, .s = s, .is_predicted = dict->predictor >= 10};
	size_t first = s->entry_count;

	*data_end = data;
	for (int i = 0; i < RMN_PDF_WIDTHS; i++) {
		if (dict->widths[i] > 8)
			return false;
		r.width += (size_t)dict->widths[i];
	}
	if (r.width == 0 || dict->widths[1] == 0)
		return false;
	if (r.is_predicted && dict->columns != r.width)
		return false;
	r.width += r.is_predicted;
	index_read(w, &r);
	if (!data_read(w, data, &r, flow, data_end)) {
		s->entry_count = first;
		return false;
	}
	return section_add(s, at, first, dict) != NULL;
}
