/* SPDX-License-Identifier: MIT
 *
 * PDF (ISO 32000-1).  The walk goes from object to object as they lie in the file, not as the
 * cross-reference table lists them: so it sees the first byte that is wrong, every increment,
 * and the end.  The tables are then the proof: what startxref names, and every object that they
 * list, must stand exactly there. */
#include "carve/pdf.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "carve/streams.h"

#define OBJECTS_MAX ((size_t)8 << 20)
#define RESYNCS_MAX 16u
#define RESYNC_BYTES (256ull * 1024)
#define STREAM_SEARCH_BYTES (64ull << 20)
#define SMALL_BYTES 4096u
#define TOKEN 40u		/* how far behind its start a token that is wrong may be so */
#define SLACK 8u		/* white space between a place and what it names */

bool
rmn_pdf_init(struct rmn_pdf *pdf, const struct rmn_view *view, struct rmn_carve_tools *tools)
{
	*pdf = (struct rmn_pdf){.view = view, .tools = tools, .wrong = UINT64_MAX,
	    .damaged = UINT64_MAX, .startxref = UINT64_MAX, .stop = UINT64_MAX};
	rmn_window_init(&pdf->w, view, tools, &tools->buffer);
	return rmn_flow_init(&pdf->flow, RMN_FLOW_ZLIB);
}

void
rmn_pdf_release(struct rmn_pdf *pdf)
{
	rmn_flow_release(&pdf->flow);
	rmn_pdf_sections_release(&pdf->sections);
	free(pdf->objects.list);
}

static void
object_add(struct rmn_pdf_objects *o, uint64_t at, uint64_t number, uint64_t value)
{
	if (o->count == o->capacity) {
		size_t capacity = o->capacity ? o->capacity * 2 : 128;
		struct rmn_pdf_object *list = o->count < OBJECTS_MAX ?
		    reallocarray(o->list, capacity, sizeof(*list)) : NULL;

		if (!list) {
			o->failed = true;
			return;
		}
		o->list = list;
		o->capacity = capacity;
	}
	o->list[o->count++] = (struct rmn_pdf_object){at, value, (uint32_t)number};
}

size_t
rmn_pdf_object_at(const struct rmn_pdf *pdf, uint64_t offset)
{
	const struct rmn_pdf_objects *o = &pdf->objects;
	size_t low = 0, high = o->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (o->list[middle].at < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low < o->count && o->list[low].at - offset <= SLACK ? low : SIZE_MAX;
}

/* The first wrong thing is kept: a cut can only be before it. */
static void
wrong_at(struct rmn_pdf *pdf, uint64_t at, uint64_t stream, enum rmn_pdf_filter filter)
{
	if (pdf->wrong != UINT64_MAX)
		return;
	pdf->wrong = at;
	pdf->stream = stream;
	pdf->stream_filter = filter;
}

/* Lengths that stand in an object of their own are mostly just before or behind; behind is no
 * use. */
static bool
length_find(const struct rmn_pdf *pdf, uint64_t number, uint64_t *length)
{
	const struct rmn_pdf_objects *o = &pdf->objects;

	for (size_t i = o->count; i-- > 0 && o->count - i <= 64;) {
		if (o->list[i].number == number && o->list[i].value != UINT64_MAX) {
			*length = o->list[i].value;
			return true;
		}
	}
	return false;
}

/* "endstream" at `at`, or a line end (and a little more, as some write) behind; 0: not. */
static uint64_t
endstream_at(struct rmn_pdf *pdf, uint64_t at)
{
	uint64_t word = rmn_pdf_space_skip(&pdf->w, at);
	struct rmn_bytes b = rmn_window_bytes(&pdf->w, word, 9);

	if (word - at > SLACK || b.size < 9 || memcmp(b.data, "endstream", 9) != 0)
		return 0;
	return word + 9;
}

/* Feeds the data of a stream; *at is where it ended or broke.  MORE: there is no more of it. */
static enum rmn_flow_state
data_feed(struct rmn_pdf *pdf, struct rmn_flow *flow, uint64_t stop, uint64_t *at)
{
	struct rmn_stream_trail *trail = flow->kind == RMN_FLOW_ZLIB ?
	    rmn_stream_trail_open(pdf->tools, pdf->view, *at) : NULL;
	enum rmn_flow_state state = RMN_FLOW_MORE;

	rmn_flow_restart(flow);
	if (rmn_stream_trail_resume(trail, pdf->tools, flow))
		*at += flow->fed;
	while (*at < stop && state == RMN_FLOW_MORE) {
		uint64_t part = trail ? rmn_stream_trail_next(flow) : UINT64_MAX;
		struct rmn_bytes b = rmn_window_bytes(&pdf->w, *at, trail ? (size_t)part : 1);
		size_t used;

		part = rmn_min_u64(part, stop - *at);
		b = rmn_bytes_head(b, (size_t)rmn_min_u64(part, b.size));
		if (b.size == 0)
			break;
		state = rmn_flow_feed(flow, b, &used);
		*at += used;
		if (state == RMN_FLOW_MORE)
			rmn_stream_trail_mark(trail, pdf->tools, flow);
	}
	return state;
}

/* Checks the data of a stream; *at is where it ended or broke.  MORE: there is nothing to check. */
static enum rmn_flow_state
data_check(struct rmn_pdf *pdf, uint64_t data, uint64_t stop, enum rmn_pdf_filter filter,
    uint64_t *at)
{
	enum rmn_stream_kind kind = RMN_STREAM_ZLIB;
	struct rmn_flow jpeg, *flow = &pdf->flow;
	uint64_t work = pdf->tools->work;
	struct rmn_stream_sum sum;
	enum rmn_flow_state state;

	if (filter == RMN_PDF_FILTER_JPEG) {
		rmn_flow_init(&jpeg, RMN_FLOW_JPEG);
		flow = &jpeg;
		kind = RMN_STREAM_JPEG;
	} else if (filter != RMN_PDF_FILTER_FLATE) {
		return RMN_FLOW_MORE;
	}
	*at = data;
	if (rmn_streams_find(pdf->tools, pdf->view, data, stop - data, kind, &sum)) {
		state = sum.is_whole ? RMN_FLOW_END : RMN_FLOW_BAD;
		*at += sum.packed_bytes;
	} else {
		state = data_feed(pdf, flow, stop, at);
		if (state == RMN_FLOW_BAD && flow->fed <= 2)
			return RMN_FLOW_MORE;	/* encrypted, or not what its filter says */
		sum = (struct rmn_stream_sum){state == RMN_FLOW_END, *at - data, 0, 0,
		    pdf->tools->work - work};
		if (state != RMN_FLOW_MORE)
			rmn_streams_keep(pdf->tools, pdf->view, data, kind, &sum);
	}
	if (state == RMN_FLOW_END && filter == RMN_PDF_FILTER_FLATE)
		pdf->checked_bytes += *at - data;
	return state == RMN_FLOW_MORE ? RMN_FLOW_BAD : state;
}

/* A stream without a usable length and without data that knows its end. */
static uint64_t
endstream_find(struct rmn_pdf *pdf, uint64_t from)
{
	static const unsigned char word[] = "endstream";
	uint64_t found = rmn_window_find(&pdf->w, from, from + STREAM_SEARCH_BYTES,
	    (struct rmn_bytes){word, 9});

	return found == UINT64_MAX ? 0 : found + 9;
}

/* Steps over a stream; the place behind "endstream", or 0 when it is wrong and nothing can go
 * on. */
static uint64_t
stream_step(struct rmn_pdf *pdf, uint64_t data, const struct rmn_pdf_dict *dict)
{
	uint64_t length = dict->length, at = data, end = 0, checked_end;
	bool is_known = dict->has_length && (!dict->is_length_elsewhere ||
	    length_find(pdf, dict->length, &length));
	enum rmn_flow_state state;

	if (is_known && !rmn_add_u64(data, length, &at))
		is_known = false;
	if (is_known)
		end = endstream_at(pdf, at);
	if (pdf->wrong == UINT64_MAX)
		pdf->stream_end = is_known ? at : 0;
	state = data_check(pdf, data, end ? at : UINT64_MAX, dict->filter, &checked_end);
	if (end) {
		if (state == RMN_FLOW_BAD && pdf->damaged == UINT64_MAX) {
			pdf->damaged = checked_end;
			pdf->damaged_stream = data;
			pdf->damaged_filter = dict->filter;
		}
		return end;
	}
	if (state == RMN_FLOW_END) {
		end = endstream_at(pdf, checked_end);
		/* Behind a picture there may be padding. */
		if (!end && !is_known)
			end = endstream_find(pdf, checked_end);
		if (!end)
			wrong_at(pdf, checked_end + TOKEN, data, dict->filter);
		return end;
	}
	if (state == RMN_FLOW_BAD)
		wrong_at(pdf, checked_end, data, dict->filter);
	else if (is_known)
		wrong_at(pdf, at + TOKEN, data, dict->filter);
	end = endstream_find(pdf, data);
	if (!end)
		wrong_at(pdf, at + TOKEN, data, dict->filter);
	return end;
}

/* An object at `at`; false: wrong. */
static bool
object_step(struct rmn_pdf *pdf, uint64_t at)
{
	uint64_t number, body, value, end, data_end;
	struct rmn_pdf_token t;
	struct rmn_pdf_dict dict;
	enum rmn_pdf_body kind;
	size_t section = pdf->sections.count;

	if (!rmn_pdf_object_read(&pdf->w, at, &number, &body)) {
		wrong_at(pdf, at + TOKEN, 0, RMN_PDF_FILTER_NONE);
		return false;
	}
	kind = rmn_pdf_body_read(&pdf->w, body, false, &dict, &value, &end);
	if (kind == RMN_PDF_BODY_WRONG) {
		wrong_at(pdf, end + TOKEN, 0, RMN_PDF_FILTER_NONE);
		return false;
	}
	if (dict.is_linearized && dict.linear_length > 0 && pdf->objects.count == 0)
		pdf->linear_length = dict.linear_length;
	object_add(&pdf->objects, at, number, value);
	if (kind == RMN_PDF_BODY_STREAM) {
		if (dict.is_xref)
			rmn_pdf_xref_stream_read(&pdf->w, at, end, &dict, &pdf->flow,
			    &pdf->sections, &data_end);
		end = stream_step(pdf, end, &dict);
		if (end == 0)
			return false;
		t = rmn_pdf_token_read(&pdf->w, end);
		if (t.type == RMN_PDF_WORD && strncmp(t.text, "endobj", 6) == 0)
			end = t.at + 6;
		else if (t.type != RMN_PDF_NUMBER && t.type != RMN_PDF_WORD) {
			wrong_at(pdf, t.at + TOKEN, 0, RMN_PDF_FILTER_NONE);
			return false;
		}
	}
	if (pdf->sections.count > section) {
		pdf->sections.list[section].end = end;
		pdf->is_encrypted |= dict.is_encrypted;
	}
	pdf->at = end;
	return true;
}

static bool
is_section(const struct rmn_pdf *pdf, uint64_t offset)
{
	for (size_t i = 0; i < pdf->sections.count; i++) {
		uint64_t at = pdf->sections.list[i].at;

		if (offset <= at && at - offset <= SLACK)
			return true;
	}
	return false;
}

/* "xref", "startxref" or a trailer of its own; false: wrong. */
static bool
word_step(struct rmn_pdf *pdf, uint64_t at)
{
	struct rmn_pdf_token t = rmn_pdf_token_read(&pdf->w, at), n;
	struct rmn_pdf_dict dict;
	uint64_t number, end;

	if (strcmp(t.text, "xref") == 0) {
		if (!rmn_pdf_table_read(&pdf->w, at, &pdf->sections, &end)) {
			wrong_at(pdf, end + TOKEN, 0, RMN_PDF_FILTER_NONE);
			return false;
		}
		pdf->is_encrypted |= pdf->sections.list[pdf->sections.count - 1].is_encrypted;
		pdf->at = end;
		return true;
	}
	if (strcmp(t.text, "startxref") == 0) {
		n = rmn_pdf_token_read(&pdf->w, t.end);
		pdf->startxref = n.value;
		pdf->at = n.end;
		if (n.type != RMN_PDF_NUMBER)
			wrong_at(pdf, n.at + TOKEN, 0, RMN_PDF_FILTER_NONE);
		return n.type == RMN_PDF_NUMBER;
	}
	if (strcmp(t.text, "endobj") == 0) {	/* one too many */
		pdf->at = t.end;
		return true;
	}
	if (strcmp(t.text, "trailer") == 0 && rmn_pdf_body_read(&pdf->w, t.end, true, &dict,
	    &number, &end) == RMN_PDF_BODY_DICT) {
		pdf->at = end;
		return true;
	}
	wrong_at(pdf, at + TOKEN, 0, RMN_PDF_FILTER_NONE);
	return false;
}

/* The line end behind %%EOF that belongs to the file; more of it when zeros follow, since only the
 * file itself can have written that. */
static uint64_t
eof_end(struct rmn_pdf *pdf, uint64_t at)
{
	struct rmn_bytes b = rmn_window_bytes(&pdf->w, at, 64);
	size_t line = 0, run = 0;

	if (b.size > 1 && b.data[0] == '\r' && b.data[1] == '\n')
		line = 2;
	else if (b.size > 0 && (b.data[0] == '\r' || b.data[0] == '\n'))
		line = 1;
	while (run < b.size && (b.data[run] == '\r' || b.data[run] == '\n' || b.data[run] == ' '))
		run++;
	if (run > line && run + 4 <= b.size && memcmp(b.data + run, "\0\0\0\0", 4) == 0)
		return at + run;
	return at + line;
}

/* Whether something of the file comes behind an end: an increment, or the rest of a linearised
 * file. */
static bool
is_continued(struct rmn_pdf *pdf, uint64_t end)
{
	uint64_t at = rmn_pdf_space_skip(&pdf->w, end), number, body;
	struct rmn_bytes b = rmn_window_bytes(&pdf->w, at, 5);

	/* ExifTool marks its increments with a comment. */
	if (at - end < 64 && b.size >= 5 && b.data[0] == '%' && memcmp(b.data, "%PDF-", 5) != 0) {
		at = rmn_pdf_token_read(&pdf->w, at).at;
		b = rmn_window_bytes(&pdf->w, at, 5);
	}
	if (at - end > 256 || b.size < 5)
		return false;
	return memcmp(b.data, "xref", 4) == 0 || rmn_pdf_object_read(&pdf->w, at, &number, &body);
}

/* A comment: the header, the end, or neither.  False: the walk is over. */
static bool
comment_step(struct rmn_pdf *pdf, uint64_t at)
{
	struct rmn_bytes b = rmn_window_bytes(&pdf->w, at, 2048);
	size_t line = 0;

	if (b.size >= 5 && memcmp(b.data, "%%EOF", 5) == 0) {
		pdf->end = (struct rmn_pdf_end){.at = eof_end(pdf, at + 5), .is_there = true,
		    .is_sealed = is_section(pdf, pdf->startxref)};
		pdf->at = at + 5;
		/* A stray one inside is no end; nor is that of the front of a linearised file. */
		pdf->is_done = !is_continued(pdf, pdf->end.at) &&
		    (pdf->linear_length <= pdf->end.at + SLACK || pdf->startxref != 0);
		if (!pdf->is_done && pdf->wrong != UINT64_MAX && !pdf->end.is_sealed &&
		    pdf->end.at > SMALL_BYTES)
			pdf->is_done = true;
		return !pdf->is_done;
	}
	while (line < b.size && b.data[line] != '\r' && b.data[line] != '\n')
		line++;
	if (line == b.size || (at > 0 && memcmp(b.data, "%PDF-", rmn_min_size(line, 5)) == 0 &&
	    line >= 5)) {
		wrong_at(pdf, at + TOKEN, 0, RMN_PDF_FILTER_NONE);
		return false;
	}
	pdf->at = at + line;
	return true;
}

/* The object of which " obj" stands at found: "12345 0 obj", from its first digit; 0: none. */
static uint64_t
object_start(struct rmn_pdf *pdf, uint64_t found, uint64_t from)
{
	for (uint64_t start = found > from + 12 ? found - 12 : from; start < found; start++) {
		struct rmn_bytes b = rmn_window_bytes(&pdf->w, start, 2);
		uint64_t number, end;

		if (b.size == 2 && b.data[0] <= ' ' && b.data[1] > ' ' &&
		    rmn_pdf_object_read(&pdf->w, start + 1, &number, &end) && end == found + 4)
			return start + 1;
	}
	return 0;
}

/* Goes on behind something wrong, at the next object or section. */
static bool
resync(struct rmn_pdf *pdf)
{
	static const unsigned char object[] = " obj", section[] = "xref";
	uint64_t from = pdf->at + 1, limit = from + RESYNC_BYTES;
	uint64_t table = rmn_window_find(&pdf->w, from, limit, (struct rmn_bytes){section, 4});

	if (pdf->resyncs++ >= RESYNCS_MAX)
		return false;
	if (table != UINT64_MAX)
		limit = table;
	for (uint64_t at = from;;) {
		uint64_t found = rmn_window_find(&pdf->w, at, limit, (struct rmn_bytes){object, 4});
		uint64_t start = found == UINT64_MAX ? 0 : object_start(pdf, found, from);

		if (start > 0) {
			pdf->at = start;
			return true;
		}
		if (found == UINT64_MAX)
			break;
		at = found + 4;
	}
	if (table == UINT64_MAX)
		return false;
	/* "startxref", or "xref" itself. */
	pdf->at = table >= from + 5 ? table - 5 : table;
	if (strcmp(rmn_pdf_token_read(&pdf->w, pdf->at).text, "startxref") != 0)
		pdf->at = table;
	return true;
}

void
rmn_pdf_run(struct rmn_pdf *pdf, bool is_strict)
{
	while (!pdf->is_done && !pdf->objects.failed && !pdf->sections.failed &&
	    pdf->good < pdf->stop) {
		uint64_t at = rmn_pdf_space_skip(&pdf->w, pdf->at);
		struct rmn_bytes b = rmn_window_bytes(&pdf->w, at, 1);
		bool is_right;

		if (b.size == 0) {
			wrong_at(pdf, at, 0, RMN_PDF_FILTER_NONE);
			break;
		}
		pdf->at = at;
		if (b.data[0] == '%')
			is_right = comment_step(pdf, at);
		else if (b.data[0] >= '0' && b.data[0] <= '9')
			is_right = object_step(pdf, at);
		else
			is_right = word_step(pdf, at);
		if (is_strict && pdf->damaged != UINT64_MAX && !pdf->is_encrypted)
			wrong_at(pdf, pdf->damaged, pdf->damaged_stream, pdf->damaged_filter);
		if (pdf->is_done)
			break;
		if (pdf->wrong == UINT64_MAX)
			pdf->good = pdf->at;
		else if (is_strict)
			break;
		if (!is_right && (b.size == 0 || !resync(pdf)))
			break;
	}
}

void
rmn_pdf_resume(struct rmn_pdf *pdf)
{
	struct rmn_pdf_sections *s = &pdf->sections;

	while (pdf->objects.count > 0 &&
	    pdf->objects.list[pdf->objects.count - 1].at >= pdf->good)
		pdf->objects.count--;
	while (s->count > 0 && s->list[s->count - 1].at >= pdf->good)
		s->entry_count = s->list[--s->count].first;
	if (pdf->end.at > pdf->good)
		pdf->end = (struct rmn_pdf_end){0};
	pdf->at = pdf->good;
	pdf->wrong = pdf->damaged = UINT64_MAX;
	pdf->stream = 0;
	pdf->is_done = false;
	rmn_window_init(&pdf->w, pdf->view, pdf->tools, &pdf->tools->buffer);
}

/* How many objects the sections list, and how many of them stand there. */
static void
entries_count(const struct rmn_pdf *pdf, size_t *listed, size_t *found)
{
	*listed = pdf->sections.entry_count;
	*found = 0;
	for (size_t i = 0; i < *listed; i++) {
		const struct rmn_pdf_entry *e = &pdf->sections.entries[i];
		size_t object = rmn_pdf_object_at(pdf, e->offset);

		*found += object != SIZE_MAX && pdf->objects.list[object].number == e->number;
	}
}

void
rmn_pdf_judge(struct rmn_pdf *pdf, struct rmn_proven *proven)
{
	bool is_whole = pdf->wrong == UINT64_MAX && pdf->end.is_there, is_damaged, is_listed;
	size_t listed, found;

	proven->is_encrypted = pdf->is_encrypted;
	if (pdf->objects.count == 0)
		return;
	entries_count(pdf, &listed, &found);
	is_listed = listed > 0 && found > 0 && listed - found <= listed / 8;
	is_damaged = pdf->damaged != UINT64_MAX && !pdf->is_encrypted;
	if (pdf->end.is_there && pdf->end.is_sealed && is_listed && pdf->is_done &&
	    (is_whole || found == listed)) {
		enum rmn_proof proof = is_damaged || !is_whole ? RMN_PROOF_PLAUSIBLE :
		    pdf->checked_bytes > pdf->end.at / 2 ? RMN_PROOF_CHECKSUM :
		    RMN_PROOF_STRUCTURE;

		rmn_proven_end(pdf->view, proven, proof, pdf->end.at);
	} else if (pdf->end.is_there && pdf->is_done && (pdf->end.at <= SMALL_BYTES ||
	    (is_whole && !is_damaged))) {
		/* The tables are wrong, but nothing else is, or there is no room for a gap. */
		rmn_proven_end(pdf->view, proven, RMN_PROOF_PLAUSIBLE, pdf->end.at);
	} else {
		uint64_t wrong = rmn_min_u64(pdf->wrong, is_damaged ? pdf->damaged : UINT64_MAX);

		rmn_proven_break(pdf->view, proven, rmn_min_u64(pdf->good, wrong),
		    wrong == UINT64_MAX ? pdf->at : wrong);
	}
}

void
rmn_walk_pdf(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	struct rmn_pdf pdf;

	if (rmn_pdf_init(&pdf, view, tools)) {
		rmn_pdf_run(&pdf, false);
		rmn_pdf_judge(&pdf, proven);
	}
	rmn_pdf_release(&pdf);
}
