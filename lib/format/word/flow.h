/* SPDX-License-Identifier: MIT
 *
 * Where the text of a word processor goes: the body to the sink at once, and what stands inside it
 * but belongs elsewhere into buffers that follow as parts of their own.  Paragraphs and rows of
 * tables are lines, cells are parted by tabs, a paragraph that ends inside a cell is a space. */
#ifndef RMN_FORMAT_FLOW_H
#define RMN_FORMAT_FLOW_H

#include "base/buf.h"
#include "format/text.h"

enum rmn_flow {
	RMN_FLOW_BODY,		/* straight to the text; the others are gathered */
	RMN_FLOW_HEADER,
	RMN_FLOW_NOTE,
	RMN_FLOW_COMMENT,
	RMN_FLOW_BOX,		/* text boxes and words drawn as pictures */
	RMN_FLOW_HIDDEN,
	RMN_FLOW_DELETED,
	RMN_FLOW_FIELDS,	/* instructions of fields, addresses of links */
	RMN_FLOW_FORM,
	RMN_FLOW_VALUE,		/* never given: what a property, a name, an instruction is made of */
	RMN_FLOW_COUNT
};

struct rmn_flow_state {
	struct rmn_buf buf;
	unsigned tabs;		/* cells that ended; the last one of a row has no tab */
	bool space_waits;	/* a paragraph ended inside a cell */
	unsigned char last;
};

struct rmn_flows {
	struct rmn_text *text;
	struct rmn_flow_state flows[RMN_FLOW_COUNT];
	enum rmn_flow last;
};

void rmn_flows_init(struct rmn_flows *flows, struct rmn_text *text);

/* Gives all but the body and releases the buffers.  What was cut is told to the sink. */
void rmn_flows_give(struct rmn_flows *flows);

void rmn_flow_put(struct rmn_flows *flows, enum rmn_flow flow, struct rmn_bytes utf8);

/* Marks of a paragraph, a cell, a row.  One that is hidden or deleted itself stands in its own flow and
 * in that of the place (around), where it would else join what is left. */
enum rmn_flow_mark {
	RMN_FLOW_PARAGRAPH,
	RMN_FLOW_PARAGRAPH_IN_CELL,
	RMN_FLOW_CELL,
	RMN_FLOW_ROW,
};
void rmn_flow_mark(struct rmn_flows *flows, enum rmn_flow flow, enum rmn_flow around,
    enum rmn_flow_mark mark);
void rmn_flow_line_end(struct rmn_flows *flows, enum rmn_flow flow);	/* unless at a start */

/* A line of its own, without spaces around it, unless it is empty. */
void rmn_flow_line(struct rmn_flows *flows, enum rmn_flow flow, struct rmn_bytes utf8);

/* Values nest: each starts where the one around it has come to, and is taken off the end into
 * value, which the caller initialises and releases. */
size_t rmn_flow_value_begin(const struct rmn_flows *flows);
void rmn_flow_value_end(struct rmn_flows *flows, size_t start, struct rmn_buf *value);

#endif
