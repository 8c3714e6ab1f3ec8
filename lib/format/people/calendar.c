/* SPDX-License-Identifier: MIT
 *
 * Calendars (RFC 5545, vCalendar 1.0): one row an appointment, task or note.  Alarms and rules of time
 * zones are left out. */
#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "format/sheet/cells.h"
#include "format/people/vline.h"
#include "format/format.h"
#include "format/mail/mail_decode.h"
#include "format/mail/mail_head.h"

enum column { START, END, SUMMARY, LOCATION, ORGANIZER, ATTENDEES, DESCRIPTION, OTHER, COLUMNS };

static const char *const titles[COLUMNS] = {"Start", "End", "Summary", "Location", "Organizer",
	"Attendees", "Description", "Other"};

static const struct {
	const char *name;
	enum column column;
} properties[] = {
	{"ATTENDEE", ATTENDEES}, {"COMMENT", DESCRIPTION}, {"CONTACT", OTHER},
	{"DESCRIPTION", DESCRIPTION}, {"DTEND", END}, {"DTSTART", START}, {"DUE", END},
	{"LOCATION", LOCATION}, {"ORGANIZER", ORGANIZER}, {"SUMMARY", SUMMARY},
};

static const char *const dull[] = {"DTSTAMP", "SEQUENCE", "UID", "CREATED", "LAST-MODIFIED", "CLASS",
	"TRANSP", "PRIORITY", "STATUS", "RRULE", "EXDATE", "RDATE", "GEO", "VERSION",
	"PRODID", "METHOD", "CALSCALE"};

struct calendar {
	struct rmn_vlines content;
	const struct rmn_sink *sink;
	struct rmn_text *text;
	struct rmn_buf cells[COLUMNS], value;
	unsigned depth, skipped_depth;	/* of components; of the alarm or time zone that is inside */
	unsigned attachments;
	bool has_header, has_value, is_damaged;
};

/* "20100301T093000Z" becomes "2010-03-01T09:30:00Z", with the name of its time zone behind it. */
static void
when_append(struct calendar *c, const struct rmn_vline *line, struct rmn_buf *cell)
{
	struct rmn_bytes v = rmn_mail_trim(rmn_buf_bytes(&c->value));
	bool has_time = v.size >= 15 && v.data[8] == 'T';

	for (size_t i = 0; i < v.size && i < 8; i++)
		if (v.data[i] < '0' || v.data[i] > '9')
			v.size = 0;
	if (v.size < 8) {
		rmn_buf_append(cell, rmn_buf_bytes(&c->value));
		return;
	}
	rmn_buf_printf(cell, "%.4s-%.2s-%.2s", (const char *)v.data, (const char *)v.data + 4,
	    (const char *)v.data + 6);
	if (has_time)
		rmn_buf_printf(cell, "T%.2s:%.2s:%.2s%s", (const char *)v.data + 9,
		    (const char *)v.data + 11, (const char *)v.data + 13,
		    v.size > 15 && v.data[15] == 'Z' ? "Z" : "");
	if (rmn_vline_has(line, "TZID", NULL)) {
		rmn_buf_append_char(cell, ' ');
		rmn_vline_parameter(&c->content, line, "TZID", cell);
	}
}

/* "ATTENDEE;CN=...:mailto:..." becomes "name <address>". */
static void
person_append(struct calendar *c, const struct rmn_vline *line, struct rmn_buf *cell)
{
	struct rmn_bytes value = rmn_buf_bytes(&c->value);
	size_t before = cell->size;

	if (rmn_mail_starts(value, "mailto:"))
		value = rmn_bytes_after(value, 7);
	rmn_vline_parameter(&c->content, line, "CN", cell);
	if (cell->size > before)
		rmn_buf_append_string(cell, " <");
	rmn_buf_append(cell, value);
	if (cell->size > before + value.size)
		rmn_buf_append_char(cell, '>');
}

static void
value_add(struct calendar *c, const struct rmn_vline *line, enum column column)
{
	struct rmn_buf *cell = &c->cells[column];

	if (c->value.size == 0)
		return;
	if (cell->size > 0)
		rmn_buf_append_string(cell, "; ");
	if (column == START || column == END) {
		when_append(c, line, cell);
	} else if (column == ORGANIZER || column == ATTENDEES) {
		person_append(c, line, cell);
	} else {
		if (column == OTHER) {
			rmn_buf_append(cell, line->name);
			rmn_buf_append_string(cell, ": ");
		}
		rmn_buf_append(cell, rmn_buf_bytes(&c->value));
	}
	c->has_value = true;
}

static void
row_end(struct calendar *c)
{
	if (c->content.no_memory)
		c->cells[OTHER].failed = c->has_value = true;
	if (!c->has_value)
		return;
	for (unsigned i = 0; !c->has_header && i < COLUMNS; i++) {
		rmn_text_put(c->text, rmn_bytes_from_string(titles[i]));
		rmn_text_char(c->text, i + 1 < COLUMNS ? '\t' : '\n');
	}
	c->has_header = true;
	for (unsigned i = 0; i < COLUMNS; i++) {
		if (c->cells[i].failed && c->text->status == RMN_OK)
			c->text->status = rmn_fail(c->text->error, RMN_NOMEM, "out of memory");
		rmn_cell_put(c->text, rmn_buf_bytes(&c->cells[i]));
		rmn_text_char(c->text, i + 1 < COLUMNS ? '\t' : '\n');
		rmn_buf_clear(&c->cells[i]);
	}
	c->has_value = false;
}

/* A file inside the calendar. */
static void
attachment_pass(struct calendar *c, const struct rmn_vline *line)
{
	struct rmn_mail_decoder decoder;
	struct rmn_member_reader reader = rmn_mail_decoder_reader(&decoder);
	struct rmn_member member = {
		.size_bytes = UINT64_MAX,
		.modified = RMN_TIME_UNKNOWN,
		.created = RMN_TIME_UNKNOWN,
	};

	rmn_buf_clear(&c->value);
	rmn_vline_parameter(&c->content, line, "FILENAME", &c->value);
	if (c->value.size == 0)
		rmn_vline_parameter(&c->content, line, "X-FILENAME", &c->value);
	c->attachments++;
	if (c->value.size == 0)
		rmn_buf_printf(&c->value, "attachment-%u", c->attachments);
	member.name = rmn_buf_bytes(&c->value);
	rmn_mail_decoder_init(&decoder, RMN_MAIL_BASE64, line->value, '\n');
	if (c->text->status == RMN_OK)
		c->text->status = rmn_sink_member(c->sink, &member, &reader);
}

static void
line_take(struct calendar *c, const struct rmn_vline *line)
{
	if (rmn_vline_is(line, "ATTACH") && line->is_base64) {
		attachment_pass(c, line);
		return;
	}
	for (size_t i = 0; i < sizeof(dull) / sizeof(dull[0]); i++)
		if (rmn_vline_is(line, dull[i]) || line->is_base64)
			return;
	rmn_buf_clear(&c->value);
	rmn_vline_value(&c->content, line, SIZE_MAX, &c->value);
	for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++) {
		if (rmn_vline_is(line, properties[i].name)) {
			value_add(c, line, properties[i].column);
			return;
		}
	}
	value_add(c, line, OTHER);
}

/* BEGIN and END: rows end with each of them; alarms and time zones are skipped whole. */
static bool
component_take(struct calendar *c, const struct rmn_vline *line)
{
	struct rmn_bytes name = rmn_mail_trim(line->value);

	if (rmn_vline_is(line, "BEGIN")) {
		bool is_skipped = rmn_mail_equal(name, "VALARM") ||
		    rmn_mail_equal(name, "VTIMEZONE");

		c->depth++;
		if (is_skipped && c->skipped_depth == 0)
			c->skipped_depth = c->depth;
		else if (c->skipped_depth == 0)
			row_end(c);
		return true;
	}
	if (!rmn_vline_is(line, "END"))
		return false;
	if (c->skipped_depth == 0)
		row_end(c);
	if (c->skipped_depth == c->depth)
		c->skipped_depth = 0;
	c->is_damaged |= c->depth == 0;
	c->depth -= c->depth > 0;
	return true;
}

static enum rmn_status
calendar_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct calendar c = {.sink = sink};
	struct rmn_vline line;
	struct rmn_text text;
	struct rmn_bytes bytes;
	enum rmn_status status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES,
	    input->arena, &bytes, error);

	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	c.is_damaged = status == RMN_PARTIAL;
	c.text = &text;
	rmn_text_init(&text, sink, input->arena, error);
	rmn_text_part(&text, RMN_PART_SHEET, (struct rmn_bytes){NULL, 0});
	rmn_vline_init(&c.content, bytes);
	while (text.status == RMN_OK && rmn_vline_next(&c.content, &line))
		if (!component_take(&c, &line) && c.skipped_depth == 0)
			line_take(&c, &line);
	row_end(&c);
	c.is_damaged |= c.depth > 0;
	status = rmn_text_flush(&text);
	for (unsigned i = 0; i < COLUMNS; i++)
		rmn_buf_release(&c.cells[i]);
	rmn_buf_release(&c.value);
	rmn_vline_release(&c.content);
	if (status == RMN_OK && c.is_damaged)
		return rmn_fail(error, RMN_PARTIAL, "an entry of the calendar has no end");
	return status;
}

static unsigned
calendar_claim(const struct rmn_format_input *input)
{
	struct rmn_bytes head = input->head;

	if (rmn_bytes_start_with(head, "\xEF\xBB\xBF"))
		head = rmn_bytes_after(head, 3);
	return rmn_mail_starts(rmn_mail_trim(head), "BEGIN:VCALENDAR") ? 80 : 0;
}

const struct rmn_format rmn_format_calendar = {
	.name = "calendar",
	.title = "Calendar (iCalendar)",
	.media_type = "text/calendar",
	.kind = RMN_KIND_TEXT,
	.is_all_text = true,
	.claim = calendar_claim,
	.read = calendar_read,
};
