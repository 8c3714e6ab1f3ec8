/* SPDX-License-Identifier: MIT
 *
 * Document properties of OpenDocument: meta.xml, or office:meta of a flat file. */
#include <string.h>

#include "format/package/odf.h"

static const struct {
	const char *element;
	enum rmn_property property;
	const char *name;
} rows[] = {
	{"creation-date", RMN_PROPERTY_CREATED, NULL},
	{"creator", RMN_PROPERTY_LAST_AUTHOR, NULL},
	{"date", RMN_PROPERTY_MODIFIED, NULL},
	{"description", RMN_PROPERTY_OTHER, "description"},
	{"generator", RMN_PROPERTY_APPLICATION, NULL},
	{"initial-creator", RMN_PROPERTY_AUTHOR, NULL},
	{"keyword", RMN_PROPERTY_KEYWORDS, NULL},
	{"language", RMN_PROPERTY_LANGUAGE, NULL},
	{"print-date", RMN_PROPERTY_OTHER, "last_printed"},
	{"printed-by", RMN_PROPERTY_OTHER, "printed_by"},
	{"subject", RMN_PROPERTY_SUBJECT, NULL},
	{"title", RMN_PROPERTY_TITLE, NULL},
	{"user-defined", RMN_PROPERTY_OTHER, ""},
};

static void
start(struct odf *o, const struct rmn_markup_token *t)
{
	struct rmn_bytes name;

	o->property = NULL;
	o->value_size = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rmn_markup_is(t->name, rows[i].element))
			o->property = rows[i].element;
	rmn_markup_attribute(t->body, "name", &name);
	name = rmn_bytes_head(name, sizeof(o->property_name) - 1);
	if (name.size > 0)
		memcpy(o->property_name, name.data, name.size);
	o->property_name[name.size] = '\0';
}

static void
end(struct odf *o)
{
	struct rmn_bytes value = {o->value, o->value_size};

	for (size_t i = 0; o->property && i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = rows[i].name;

		if (o->property != rows[i].element)
			continue;
		if (name && name[0] == '\0')
			name = o->property_name;
		rmn_text_property(o->text, o->arena, rows[i].property, name, value);
	}
	o->property = NULL;
}

void
odf_property_take(struct odf *o, const struct rmn_markup_token *t)
{
	struct rmn_bytes body = t->body;

	if (t->kind == RMN_MARKUP_START && !t->is_empty) {
		start(o, t);
	} else if (t->kind == RMN_MARKUP_END) {
		end(o);
	} else if (o->property && (t->kind == RMN_MARKUP_TEXT || t->kind == RMN_MARKUP_CDATA)) {
		body = rmn_bytes_head(body, sizeof(o->value) - o->value_size);
		if (body.size > 0)
			memcpy(o->value + o->value_size, body.data, body.size);
		o->value_size += body.size;
	}
}
