/* SPDX-License-Identifier: MIT
 *
 * Where destinations begin and what becomes of what they held. */
#include "format/word/rtf.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "format/word/field.h"

static void
string_keep(char *kept, size_t size, struct rmn_bytes value)
{
	value = rmn_utf8_head(value, size - 1);
	if (value.size > 0)
		memcpy(kept, value.data, value.size);
	kept[value.size] = '\0';
}

/* A comment stands where its author was told just before. */
static void
comment_begin(struct rmn_rtf *r, struct rmn_rtf_group *g)
{
	g->flow = RMN_FLOW_COMMENT;
	g->is_in_table = false;
	rmn_flow_line_end(&r->flows, RMN_FLOW_COMMENT);
	rmn_flow_put(&r->flows, RMN_FLOW_COMMENT, rmn_bytes_from_string(r->author));
	rmn_flow_line_end(&r->flows, RMN_FLOW_COMMENT);
	r->author[0] = '\0';
}

void
rmn_rtf_value_begin(struct rmn_rtf *r, struct rmn_rtf_group *g)
{
	g->is_owner = true;
	g->flow = RMN_FLOW_VALUE;
	g->value_at = rmn_flow_value_begin(&r->flows);
}

static bool
is_info_only(const struct rmn_rtf_word *word)
{
	return word->argument == RMN_RTF_DATE ||
	    (word->argument == RMN_RTF_PROPERTY && word->more <= RMN_RTF_LINK_BASE);
}

void
rmn_rtf_begin(struct rmn_rtf *r, const struct rmn_rtf_word *word)
{
	struct rmn_rtf_group *g = &r->groups[r->depth];

	if (word->argument == RMN_RTF_UD && r->depth > 1 &&
	    g[-1].destination == RMN_RTF_UPR) {
		g->destination = g[-2].destination;
		g->is_owner = false;
		return;
	}
	if (g->destination == RMN_RTF_SKIPPED || word->argument == RMN_RTF_UD ||
	    (is_info_only(word) && g->destination != RMN_RTF_INFO))
		return;
	rmn_rtf_settle(r);
	g->destination = (uint8_t)word->argument;
	g->argument = word->more;
	g->is_owner = false;
	switch (word->argument) {
	case RMN_RTF_DATE:
		memset(r->date, 0, sizeof(r->date));
		g->is_owner = true;
		break;
	case RMN_RTF_ASIDE:
		g->flow = (uint8_t)word->more;
		g->is_in_table = false;
		g->is_owner = true;
		rmn_flow_line_end(&r->flows, rmn_rtf_flow(r));
		break;
	case RMN_RTF_COMMENT_TEXT:
		g->is_owner = true;
		comment_begin(r, g);
		break;
	case RMN_RTF_OBJECT_DATA:
		g->is_owner = true;
		r->nibble = 0xFF;
		break;
	case RMN_RTF_PROPERTY:
	case RMN_RTF_CUSTOM_NAME:
	case RMN_RTF_CUSTOM_VALUE:
	case RMN_RTF_INSTRUCTION:
	case RMN_RTF_COMMENT_AUTHOR:
	case RMN_RTF_SHAPE_NAME:
	case RMN_RTF_SHAPE_VALUE:
	case RMN_RTF_FORM_NAME:
	case RMN_RTF_FORM_VALUE:
	case RMN_RTF_OBJECT_CLASS:
		rmn_rtf_value_begin(r, g);
		break;
	default:
		break;
	}
}

static void
property_give(struct rmn_rtf *r, const struct rmn_rtf_property *property, struct rmn_bytes value)
{
	rmn_text_property_plain(&r->text, r->arena, property->property, property->name, value);
}

static void
date_give(struct rmn_rtf *r, const struct rmn_rtf_property *property)
{
	char when[80];

	if (r->date[0] < 1900 || r->date[0] > 9999 || r->date[1] < 1 || r->date[2] < 1)
		return;
	snprintf(when, sizeof(when), "%04d-%02d-%02dT%02d:%02d:%02d", r->date[0], r->date[1],
	    r->date[2], r->date[3], r->date[4], r->date[5]);
	property_give(r, property, rmn_bytes_from_string(when));
}

static void
instruction_finish(struct rmn_rtf *r, struct rmn_bytes value)
{
	struct rmn_buf shown;

	rmn_buf_init(&shown, 0);
	rmn_field_shown(value, &shown);
	if (shown.size > 0)
		rmn_flow_put(&r->flows, rmn_rtf_flow(r), rmn_buf_bytes(&shown));
	if (shown.failed && r->text.status == RMN_OK)
		r->text.status = rmn_fail(r->error, RMN_NOMEM, "out of memory");
	rmn_buf_release(&shown);
	if (rmn_field_is_telling(value))
		rmn_flow_line(&r->flows, RMN_FLOW_FIELDS, value);
}

static void
shape_value_finish(struct rmn_rtf *r, struct rmn_bytes value)
{
	if (strcmp(r->shape_name, "gtextUNICODE") == 0 ||
	    strcmp(r->shape_name, "wzDescription") == 0)
		rmn_flow_line(&r->flows, RMN_FLOW_BOX, value);
	else if (strcmp(r->shape_name, "pibName") == 0)
		rmn_flow_line(&r->flows, RMN_FLOW_FIELDS, value);
	r->shape_name[0] = '\0';
}

static void
form_value_finish(struct rmn_rtf *r, struct rmn_bytes value)
{
	if (value.size == 0)
		return;
	rmn_flow_line_end(&r->flows, RMN_FLOW_FORM);
	if (r->form_name[0]) {
		rmn_flow_put(&r->flows, RMN_FLOW_FORM, rmn_bytes_from_string(r->form_name));
		rmn_flow_put(&r->flows, RMN_FLOW_FORM, rmn_bytes_from_string(": "));
	}
	rmn_flow_put(&r->flows, RMN_FLOW_FORM, value);
	rmn_flow_line_end(&r->flows, RMN_FLOW_FORM);
}

static void
variable_item_finish(struct rmn_rtf *r, struct rmn_bytes value)
{
	const struct rmn_rtf_property variable = {RMN_PROPERTY_OTHER, r->custom_name};

	if (r->has_item)
		property_give(r, &variable, value);
	else
		string_keep(r->custom_name, sizeof(r->custom_name), value);
	r->has_item = !r->has_item;
}

/* Names of tables end with a semicolon. */
static struct rmn_bytes
without_end(struct rmn_bytes value)
{
	if (value.size > 0 && value.data[value.size - 1] == ';')
		value.size--;
	return value;
}

static void
value_finish(struct rmn_rtf *r, const struct rmn_rtf_group *g, struct rmn_bytes value)
{
	const struct rmn_rtf_property reviser = {RMN_PROPERTY_OTHER, "reviser"};
	const struct rmn_rtf_property custom = {RMN_PROPERTY_OTHER, r->custom_name};

	switch (g->destination) {
	case RMN_RTF_PROPERTY:
		property_give(r, &rmn_rtf_properties[g->argument],
		    g->argument == RMN_RTF_GENERATOR ? without_end(value) : value);
		break;
	case RMN_RTF_CUSTOM_NAME:
		string_keep(r->custom_name, sizeof(r->custom_name), value);
		break;
	case RMN_RTF_CUSTOM_VALUE:
		property_give(r, &custom, value);
		break;
	case RMN_RTF_VARIABLE_ITEM:
		variable_item_finish(r, value);
		break;
	case RMN_RTF_REVISER:
		value = without_end(value);
		if (!rmn_bytes_equal(value, rmn_bytes_from_string("Unknown")))
			property_give(r, &reviser, value);
		break;
	case RMN_RTF_INSTRUCTION:
		instruction_finish(r, value);
		break;
	case RMN_RTF_COMMENT_AUTHOR:
		string_keep(r->author, sizeof(r->author), value);
		break;
	case RMN_RTF_SHAPE_NAME:
		string_keep(r->shape_name, sizeof(r->shape_name), value);
		break;
	case RMN_RTF_SHAPE_VALUE:
		shape_value_finish(r, value);
		break;
	case RMN_RTF_FORM_NAME:
		string_keep(r->form_name, sizeof(r->form_name), value);
		break;
	case RMN_RTF_FORM_VALUE:
		form_value_finish(r, value);
		break;
	default:
		string_keep(r->object_class, sizeof(r->object_class), value);
		break;
	}
}

void
rmn_rtf_finish(struct rmn_rtf *r, const struct rmn_rtf_group *g)
{
	struct rmn_buf value;

	rmn_rtf_settle(r);
	if (g->destination == RMN_RTF_DATE) {
		date_give(r, &rmn_rtf_properties[g->argument]);
	} else if (g->destination == RMN_RTF_OBJECT_DATA) {
		rmn_rtf_object_keep(r);
	} else if (g->destination == RMN_RTF_ASIDE || g->destination == RMN_RTF_COMMENT_TEXT) {
		rmn_flow_line_end(&r->flows, (enum rmn_flow)g->flow);
	} else if (g->flow == RMN_FLOW_VALUE) {
		rmn_buf_init(&value, 0);
		rmn_flow_value_end(&r->flows, g->value_at, &value);
		value_finish(r, g, rmn_buf_bytes(&value));
		rmn_buf_release(&value);
	}
}
