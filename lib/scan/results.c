/* SPDX-License-Identifier: MIT
 *
 * What a worker sends, checked and written into the case. */
#include <stdio.h>
#include <string.h>

#include "charset/charset.h"
#include "scan/private.h"

/* As classify/classify.h has them. */
#define MARKING_LEVEL_MAX 4

static const char *
status_word(enum rmn_status status)
{
	switch (status) {
	case RMN_OK:
	case RMN_END:
		return "complete";
	case RMN_PARTIAL:
		return "partial";
	case RMN_ENCRYPTED:
		return "encrypted";
	case RMN_UNSUPPORTED:
		return "unsupported";
	default:
		return "failed";
	}
}

/* DESIGN 4: what is left of an item.  An allocated file is all there even when this version cannot
 * make text of it, as long as all its bytes were read; of a deleted one the clusters that others
 * took are gone. */
static const char *
recoverability(const struct slot *s, uint32_t member, enum rmn_status status, bool was_read)
{
	bool is_whole = was_read && status != RMN_CORRUPT && status != RMN_PARTIAL &&
	    status != RMN_IO;

	if (s->is_space)
		return "text-only";
	if (member != 0)
		return is_whole ? "intact" : "partial";
	if (s->overwritten_bytes > 0 && strcmp(s->state, "allocated") != 0)
		return s->overwritten_bytes >= s->size_bytes ? "metadata-only" : "partial";
	if (s->grade >= 'D')
		return "partial";	/* nothing proves that these are its bytes */
	if (strcmp(s->state, "allocated") == 0)
		return was_read && status != RMN_IO ? "intact" : "partial";
	return is_whole ? "intact" : "partial";
}

static int64_t
slot_item(const struct slot *s, uint32_t member)
{
	return rmn_item_id(s->unit, member);
}

static bool
take_member(struct run *r, struct slot *s, struct rmn_bytes payload)
{
	struct rmn_member_message m;
	struct rmn_item_row row;

	if (!rmn_get_member(payload, &m) || m.member != s->examined_members + 1 ||
	    m.member >= RMN_LIMIT_MEMBERS || m.parent >= m.member)
		return false;
	s->member = m.member;
	s->examined_members = m.member;
	row = (struct rmn_item_row){
		.id = slot_item(s, m.member),
		.source_id = r->source_id,
		.parent_id = slot_item(s, m.parent),
		.path = m.path,
		.name = m.name,
		.kind = "member",
		.state = s->is_space ? "residue" : "member",
		.size_bytes = m.size_bytes == UINT64_MAX ? 0 : m.size_bytes,
		.created = m.created,
		.modified = m.modified,
		.changed = RMN_TIME_UNKNOWN,
		.accessed = RMN_TIME_UNKNOWN,
	};
	return run_store(r, rmn_case_add_item(r->scan->the_case, &row, false, &r->error));
}

static bool
take_finding(struct run *r, struct slot *s, struct rmn_bytes payload)
{
	struct rmn_finding_message m;
	struct rmn_finding_row row;

	if (!rmn_get_finding(payload, &m) || m.member > s->examined_members ||
	    m.rule >= rmn_rules_count(r->scan->rules) || m.encoding >= RMN_ENCODING_COUNT ||
	    m.severity < RMN_SEVERITY_INFO || m.severity > RMN_SEVERITY_CRITICAL ||
	    m.score > 100 || m.in_text > 1)
		return false;
	if (s->findings + 1 >= RMN_LIMIT_FINDINGS) {
		if (s->findings + 1 == RMN_LIMIT_FINDINGS)
			run_unexamined(r, s->unit, s->item_id, 0, "limit",
			    "more than 16 million findings in one item; the rest is not kept");
		s->findings = RMN_LIMIT_FINDINGS;
		return true;
	}
	row = (struct rmn_finding_row){
		.id = s->unit << RMN_FINDING_BITS | s->findings++,
		.item_id = slot_item(s, m.member),
		.rule = r->scan->rule_rows[m.rule],
		.severity = m.severity,
		.score = m.score,
		.encoding_index = m.encoding,
		.encoding = rmn_encoding_name((enum rmn_encoding)m.encoding),
		.reasons = m.reasons,
		.offset = m.offset,
		.length_bytes = m.length_bytes,
		.in_text = m.in_text,
		.part = m.part,
		.masked = m.masked,
		.context = m.context,
		.value = m.value,
	};
	memcpy(row.value_hash, m.value_hash, sizeof(row.value_hash));
	r->findings++;
	return run_store(r, rmn_case_add_finding(r->scan->the_case, &row, &r->error));
}

static bool
take_named(struct run *r, struct slot *s, struct rmn_bytes payload)
{
	struct rmn_named_message m;
	struct rmn_named_row row;
	size_t name;

	if (!rmn_get_named(payload, &m) || m.member > s->examined_members)
		return false;
	if (s->named >= RMN_LIMIT_NAMED) {
		if (s->named++ == RMN_LIMIT_NAMED)
			run_unexamined(r, s->unit, s->item_id, 0, "limit",
			    "more than a million names in one item; the rest is not kept");
		return true;
	}
	for (name = m.path.size; name > 0; name--)
		if (m.path.data[name - 1] == '/' || m.path.data[name - 1] == '\\')
			break;
	row = (struct rmn_named_row){
		.item_id = slot_item(s, m.member),
		.number = s->named++,
		.path = m.path,
		.name = rmn_bytes_after(m.path, name),
		.size_bytes = m.size_bytes,
		.created = m.created,
		.modified = m.modified,
	};
	return run_store(r, rmn_case_add_named(r->scan->the_case, &row, &r->error));
}

static bool
take_document(struct run *r, struct slot *s, struct rmn_bytes payload)
{
	struct scan *scan = r->scan;
	struct rmn_document_message m;
	struct rmn_document_row row;

	if (!rmn_get_document(payload, &m) || m.member > s->examined_members ||
	    m.type_score > 100 || m.is_business > 1 || m.marking_level > MARKING_LEVEL_MAX)
		return false;
	row = (struct rmn_document_row){
		.item_id = slot_item(s, m.member),
		.format = scan_string(scan, m.format),
		.doc_type = scan_string(scan, m.doc_type),
		.type_score = m.type_score,
		.is_business = m.is_business,
		.title = m.title,
		.author = m.author,
		.last_author = m.last_author,
		.company = m.company,
		.application = m.application,
		.created = m.created,
		.modified = m.modified,
		.marking = scan_string(scan, m.marking),
		.marking_level = m.marking_level,
		.marking_text = scan_string(scan, m.marking_text),
		.language = scan_string(scan, m.language),
		.text_bytes = m.text_bytes,
	};
	return run_store(r, rmn_case_add_document(scan->the_case, &row, &r->error));
}

static bool
take_unexamined(struct run *r, struct slot *s, struct rmn_bytes payload)
{
	struct rmn_note_message m;

	if (!rmn_get_note(payload, &m) || m.number > s->examined_members)
		return false;
	run_unexamined(r, s->unit, slot_item(s, m.number), 0, scan_string(r->scan, m.stage),
	    scan_string(r->scan, m.text));
	return true;
}

static bool
take_examined(struct run *r, struct slot *s, struct rmn_bytes payload)
{
	struct rmn_examined_message m;
	struct rmn_item_result result;
	enum rmn_status status;

	if (!rmn_get_examined(payload, &m) || m.member > s->examined_members)
		return false;
	status = (enum rmn_status)m.status;
	result = (struct rmn_item_result){
		.id = slot_item(s, m.member),
		.has_sha256 = m.has_sha256,
		.media_type = scan_string(r->scan, m.media_type),
		.format = scan_string(r->scan, m.format),
		.status = status_word(status),
		.status_reason = scan_string(r->scan, m.reason),
		.recoverability = recoverability(s, m.member, status, m.has_sha256),
		.text_bytes = m.text_bytes,
		.has_size = m.has_sha256,
		.size_bytes = m.size_bytes,
	};
	memcpy(result.sha256, m.sha256, sizeof(result.sha256));
	return run_store(r, rmn_case_set_item_result(r->scan->the_case, &result, &r->error));
}

static bool
take_tally(struct run *r, struct slot *s, struct rmn_bytes payload)
{
	static const char *const classes[] = {"zero", "constant", "high-entropy", "residue",
	    "unreadable"};
	struct rmn_item_result result = {.id = s->item_id, .status = "complete",
	    .media_type = "application/octet-stream", .recoverability = "text-only"};
	uint64_t tally[5], total = 0;

	if (!s->is_space || s->is_tallied || !rmn_get_numbers(payload, tally, 5))
		return false;
	for (size_t i = 0; i < 5; i++)
		if (__builtin_add_overflow(total, tally[i], &total))
			return false;
	if (total != s->size_bytes)
		return false;		/* the ledger must add up whatever the worker says */
	for (size_t i = 0; i < 5; i++)
		if (tally[i] > 0 && !run_store(r, rmn_case_add_coverage(r->scan->the_case,
		    r->source_id, s->unit, classes[i], (int64_t)tally[i], &r->error)))
			return false;
	s->is_tallied = true;
	if (tally[4] > 0) {
		result.status = "partial";
		result.status_reason = "sectors could not be read";
	}
	return run_store(r, rmn_case_set_item_result(r->scan->the_case, &result, &r->error));
}

/* Members on which a reader died on an earlier try. */
static void
record_skipped(struct run *r, const struct slot *s)
{
	char reason[160];

	for (unsigned i = 0; i < s->skip_count; i++)
		run_unexamined(r, s->unit, slot_item(s, s->skip[i]), 0, "crash",
		    s->skip_reason[i]);
	if (!s->raw_only || s->is_space)
		return;			/* space has no readers, and was examined the second time */
	snprintf(reason, sizeof(reason), "readers stopped on this item again and again: %s; its bytes "
	    "were searched as they are", s->raw_reason);
	run_unexamined(r, s->unit, s->item_id, 0, "crash", reason);
}

static bool
take_done(struct run *r, struct slot *s, struct rmn_bytes payload)
{
	uint64_t unit;

	if (!rmn_get_numbers(payload, &unit, 1) || (int64_t)unit != s->unit ||
	    s->is_space != s->is_tallied)
		return false;
	record_skipped(r, s);
	r->items_done++;
	r->bytes_done += s->size_bytes;
	run_store(r, rmn_case_end_unit(r->scan->the_case, s->unit, &r->error));
	s->unit = 0;
	return true;
}

bool
slot_take_result(struct run *r, struct slot *s, uint32_t type, struct rmn_bytes payload)
{
	s->sign_ns = scan_clock();
	if (s->unit == 0)
		return false;		/* nothing was asked */
	switch (type) {
	case RMN_MESSAGE_MEMBER:
		return take_member(r, s, payload);
	case RMN_MESSAGE_FINDING:
		return take_finding(r, s, payload);
	case RMN_MESSAGE_NAMED:
		return take_named(r, s, payload);
	case RMN_MESSAGE_DOCUMENT:
		return take_document(r, s, payload);
	case RMN_MESSAGE_UNEXAMINED:
		return take_unexamined(r, s, payload);
	case RMN_MESSAGE_EXAMINED:
		return take_examined(r, s, payload);
	case RMN_MESSAGE_TALLY:
		return take_tally(r, s, payload);
	case RMN_MESSAGE_PROGRESS:
		return true;
	case RMN_MESSAGE_WANT_PDF:
		slot_give_helper(r, s, HELPER_PDF);
		return true;
	case RMN_MESSAGE_WANT_OCR:
		slot_give_helper(r, s, HELPER_OCR);
		return true;
	case RMN_MESSAGE_DONE:
		return take_done(r, s, payload);
	default:
		return false;
	}
}
