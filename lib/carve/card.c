/* SPDX-License-Identifier: MIT
 *
 * vCard and iCalendar (RFC 6350, 5545): BEGIN and END lines in balance.  LDIF (RFC 2849) is known
 * by its head alone. */
#include "carve/text_private.h"

#include <string.h>

#include "base/checked.h"

static struct rmn_bytes
without_blank(struct rmn_bytes narrow)
{
	while (narrow.size > 0 && rmn_text_is_space(narrow.data[0]))
		narrow = rmn_bytes_after(narrow, 1);
	return narrow;
}

static bool
is_calendar_head(struct rmn_bytes narrow)
{
	return rmn_text_begins(narrow, "begin:vcalendar");
}

bool
rmn_card_is_head(struct rmn_bytes narrow)
{
	narrow = without_blank(narrow);
	return rmn_text_begins(narrow, "begin:vcard") || is_calendar_head(narrow);
}

/* "version: 1" and then, or at once, "dn: attribute=value". */
bool
rmn_ldif_is_head(struct rmn_bytes narrow)
{
	narrow = without_blank(narrow);
	if (rmn_text_begins(narrow, "version: 1"))
		narrow = without_blank(rmn_bytes_after(narrow, strlen("version: 1")));
	if (rmn_text_begins(narrow, "dn:: "))
		return true;
	if (!rmn_text_begins(narrow, "dn: "))
		return false;
	for (size_t i = 0; i < narrow.size && narrow.data[i] != '\n'; i++)
		if (narrow.data[i] == '=')
			return true;
	return false;
}

static void
card_line(struct rmn_card_machine *m, uint64_t end)
{
	struct rmn_bytes line = {(const unsigned char *)m->line, m->line_size};

	if (rmn_text_begins(line, "begin:")) {
		m->is_calendar |= m->depth == 0 && is_calendar_head(line);
		m->depth++;
		m->is_closed = false;
	} else if (rmn_text_begins(line, "end:") && m->depth > 0 && --m->depth == 0) {
		m->is_closed = true;
		m->closed_at = end;
	}
	m->line_size = 0;
}

void
rmn_card_feed(struct rmn_text_machine *machine, struct rmn_bytes narrow)
{
	struct rmn_card_machine *m = &machine->as.card;

	for (size_t i = 0; i < narrow.size; i++) {
		unsigned char c = narrow.data[i];

		if (m->is_after_cr && c == '\n') {
			if (m->is_closed && m->closed_at == machine->at + i)
				m->closed_at++;
		} else if (c == '\r' || c == '\n') {
			card_line(m, machine->at + i + 1);
		} else if (m->line_size < sizeof(m->line) &&
		    (m->line_size > 0 || !rmn_text_is_space(c))) {
			m->line[m->line_size++] = (char)c;
		}
		m->is_after_cr = c == '\r';
	}
}

void
rmn_card_end(const struct rmn_text_machine *machine, struct rmn_text_shape *shape)
{
	struct rmn_text_machine last = *machine;
	struct rmn_card_machine *m = &last.as.card;

	if (m->line_size > 0)
		card_line(m, machine->at);
	shape->extension = m->is_calendar ? "ics" : "vcf";
	shape->is_closed = m->is_closed;
	shape->closed_at = m->closed_at;
	shape->is_open = m->depth > 0;
}
