/* SPDX-License-Identifier: MIT */
#include "format/word/flow.h"

#include "base/limits.h"

#define FLOW_MAX ((size_t)16 * RMN_MIB)
#define VALUE_MAX ((size_t)RMN_MIB)
#define TABS_MAX 64u

void
rmn_flows_init(struct rmn_flows *flows, struct rmn_text *text)
{
	*flows = (struct rmn_flows){.text = text};
	for (size_t i = 0; i < RMN_FLOW_COUNT; i++) {
		rmn_buf_init(&flows->flows[i].buf, i == RMN_FLOW_VALUE ? VALUE_MAX : FLOW_MAX);
		flows->flows[i].last = '\n';
	}
}

static void
put(struct rmn_flows *flows, enum rmn_flow flow, struct rmn_bytes utf8)
{
	if (utf8.size == 0)
		return;
	flows->flows[flow].last = utf8.data[utf8.size - 1];
	if (flow == RMN_FLOW_BODY)
		rmn_text_put(flows->text, utf8);
	else
		rmn_buf_append(&flows->flows[flow].buf, utf8);
}

static void
put_char(struct rmn_flows *flows, enum rmn_flow flow, char c)
{
	const unsigned char byte = (unsigned char)c;

	put(flows, flow, (struct rmn_bytes){&byte, 1});
}

void
rmn_flow_line_end(struct rmn_flows *flows, enum rmn_flow flow)
{
	struct rmn_flow_state *f = &flows->flows[flow];

	if (f->last != '\n')
		put_char(flows, flow, '\n');
	f->tabs = 0;
	f->space_waits = false;
}

void
rmn_flow_put(struct rmn_flows *flows, enum rmn_flow flow, struct rmn_bytes utf8)
{
	struct rmn_flow_state *f = &flows->flows[flow];

	if (utf8.size == 0)
		return;
	/* what was deleted in one place does not go on in another */
	if (flow != flows->last && (flows->last == RMN_FLOW_DELETED ||
	    flows->last == RMN_FLOW_HIDDEN))
		rmn_flow_line_end(flows, flows->last);
	flows->last = flow;
	for (; f->tabs > 0; f->tabs--)
		put_char(flows, flow, '\t');
	if (f->space_waits && f->last != '\t' && f->last != '\n' && f->last != ' ')
		put_char(flows, flow, ' ');
	f->space_waits = false;
	put(flows, flow, utf8);
}

static void
paragraph_end(struct rmn_flows *flows, enum rmn_flow flow)
{
	struct rmn_flow_state *f = &flows->flows[flow];

	f->tabs = 0;
	f->space_waits = false;
	if (flow == RMN_FLOW_BODY || f->last != '\n')
		put_char(flows, flow, '\n');
}

static void
mark_put(struct rmn_flows *flows, enum rmn_flow flow, enum rmn_flow_mark mark)
{
	struct rmn_flow_state *f = &flows->flows[flow];

	switch (mark) {
	case RMN_FLOW_PARAGRAPH:
		if (flow == RMN_FLOW_VALUE)
			f->space_waits = true;
		else
			paragraph_end(flows, flow);
		break;
	case RMN_FLOW_PARAGRAPH_IN_CELL:
		f->space_waits = true;
		break;
	case RMN_FLOW_CELL:
		f->space_waits = false;
		if (f->tabs < TABS_MAX)
			f->tabs++;
		break;
	case RMN_FLOW_ROW:
		rmn_flow_line_end(flows, flow);
		break;
	}
}

void
rmn_flow_mark(struct rmn_flows *flows, enum rmn_flow flow, enum rmn_flow around,
    enum rmn_flow_mark mark)
{
	mark_put(flows, flow, mark);
	if (flow == RMN_FLOW_HIDDEN || flow == RMN_FLOW_DELETED)
		mark_put(flows, around, mark);
}

void
rmn_flow_line(struct rmn_flows *flows, enum rmn_flow flow, struct rmn_bytes utf8)
{
	while (utf8.size > 0 && utf8.data[0] == ' ')
		utf8 = rmn_bytes_after(utf8, 1);
	while (utf8.size > 0 && utf8.data[utf8.size - 1] == ' ')
		utf8.size--;
	if (utf8.size == 0)
		return;
	rmn_flow_line_end(flows, flow);
	rmn_flow_put(flows, flow, utf8);
	rmn_flow_line_end(flows, flow);
}

size_t
rmn_flow_value_begin(const struct rmn_flows *flows)
{
	return flows->flows[RMN_FLOW_VALUE].buf.size;
}

void
rmn_flow_value_end(struct rmn_flows *flows, size_t start, struct rmn_buf *value)
{
	struct rmn_flow_state *f = &flows->flows[RMN_FLOW_VALUE];

	/* a copy: what is done with it may gather a value in turn */
	rmn_buf_append(value, rmn_bytes_after(rmn_buf_bytes(&f->buf), start));
	if (start < f->buf.size)
		f->buf.size = start;
	f->tabs = 0;
	f->space_waits = false;
	if (value->failed && flows->text->status == RMN_OK)
		flows->text->status = rmn_fail(flows->text->error, RMN_NOMEM, "out of memory");
}

void
rmn_flows_give(struct rmn_flows *flows)
{
	static const struct {
		enum rmn_flow flow;
		enum rmn_part_kind kind;
		const char *name;
	} rows[] = {
		{RMN_FLOW_HEADER, RMN_PART_HEADER, "headers and footers"},
		{RMN_FLOW_NOTE, RMN_PART_NOTE, "notes"},
		{RMN_FLOW_COMMENT, RMN_PART_COMMENT, "comments"},
		{RMN_FLOW_BOX, RMN_PART_BODY, "text boxes"},
		{RMN_FLOW_HIDDEN, RMN_PART_BODY, "text (hidden)"},
		{RMN_FLOW_DELETED, RMN_PART_DELETED, "deleted text"},
		{RMN_FLOW_FORM, RMN_PART_FORM, "form fields"},
		{RMN_FLOW_FIELDS, RMN_PART_BODY, "field codes"},
		{RMN_FLOW_VALUE, RMN_PART_BODY, "a value or a field code"},
	};
	struct rmn_text *text = flows->text;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmn_buf *buf = &flows->flows[rows[i].flow].buf;

		if (buf->size > 0 && rows[i].flow != RMN_FLOW_VALUE) {
			rmn_text_part(text, rows[i].kind, rmn_bytes_from_string(rows[i].name));
			rmn_text_put(text, rmn_buf_bytes(buf));
		}
		if (buf->failed && text->status == RMN_OK)
			text->status = rmn_sink_missing(text->sink, RMN_LIMIT,
			    "%s: more than %zu MiB of it, or than memory, was cut", rows[i].name,
			    buf->cap_bytes / (size_t)RMN_MIB);
		rmn_buf_release(buf);
	}
}
