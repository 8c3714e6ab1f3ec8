/* SPDX-License-Identifier: MIT */
#include "format/package/ooxml.h"

#include <string.h>

#include "base/buf.h"
#include "format/ole/vba.h"

#define VALUE_MAX 4096u
#define MACROS_MAX ((size_t)32 << 20)	/* of vbaProject.bin; the largest seen has 6 MB */

static struct rmn_bytes
last_step(struct rmn_bytes type)
{
	size_t at = type.size;

	while (at > 0 && type.data[at - 1] != '.')
		at--;
	return rmn_bytes_after(type, at);
}

static size_t
entry_number(const struct rmn_ooxml *ooxml, const struct rmn_zip_entry *entry)
{
	return (size_t)(entry - rmn_zip_entry(ooxml->package.zip, 0));
}

static void
take_type(void *context, const struct rmn_markup_token *t)
{
	struct rmn_ooxml *ooxml = context;
	const struct rmn_zip_entry *entry;
	struct rmn_bytes name, type;

	if (t->kind != RMN_MARKUP_START || !rmn_markup_is(t->name, "Override") ||
	    !rmn_markup_attribute(t->body, "PartName", &name) ||
	    !rmn_markup_attribute(t->body, "ContentType", &type))
		return;
	entry = rmn_package_find(&ooxml->package, name);
	type = last_step(type);
	if (entry && type.size > 0)
		ooxml->types[entry_number(ooxml, entry)] =
		    rmn_text_kept(&ooxml->package.text, ooxml->package.arena, type);
}

static bool
name_is_numbered(struct rmn_bytes name, const char *prefix)
{
	if (!rmn_bytes_start_with(name, prefix))
		return false;
	name = rmn_bytes_after(name, strlen(prefix));
	while (name.size > 0 && name.data[0] >= '0' && name.data[0] <= '9')
		name = rmn_bytes_after(name, 1);
	return rmn_markup_is(name, ".xml");
}

bool
rmn_ooxml_is(const struct rmn_ooxml *ooxml, const struct rmn_zip_entry *entry,
    const struct rmn_ooxml_part *part)
{
	struct rmn_bytes type = ooxml->types[entry_number(ooxml, entry)];

	if (type.size > 0)
		return rmn_markup_is(type, part->type);
	return name_is_numbered(entry->name, part->prefix);
}

bool
rmn_ooxml_scan(struct rmn_ooxml *ooxml, const struct rmn_zip_entry *entry,
    const struct rmn_ooxml_part *part, void *context)
{
	rmn_text_part(&ooxml->package.text, part->kind, entry->name);
	return rmn_package_scan(&ooxml->package, entry, part->take, context);
}

void
rmn_ooxml_scan_all(struct rmn_ooxml *ooxml, const struct rmn_ooxml_part *part, void *context)
{
	for (size_t i = 0; i < ooxml->package.count; i++) {
		const struct rmn_zip_entry *entry = rmn_package_entry(&ooxml->package, i);

		if (rmn_ooxml_is(ooxml, entry, part) &&
		    !rmn_ooxml_scan(ooxml, entry, part, context))
			return;
	}
}

const struct rmn_zip_entry *
rmn_ooxml_main(const struct rmn_ooxml *ooxml, const char *prefix)
{
	const struct rmn_ooxml_part main_part = {.type = "main+xml", .prefix = prefix};

	for (size_t i = 0; i < ooxml->package.count; i++) {
		const struct rmn_zip_entry *entry = rmn_package_entry(&ooxml->package, i);

		if (rmn_ooxml_is(ooxml, entry, &main_part))
			return entry;
	}
	return NULL;
}

/* Properties: the text of one element each. */
struct property_row {
	const char *element;
	enum rmn_property property;
	const char *name;	/* of RMN_PROPERTY_OTHER */
};

static const struct property_row property_rows[] = {
	{"title", RMN_PROPERTY_TITLE, NULL},
	{"subject", RMN_PROPERTY_SUBJECT, NULL},
	{"creator", RMN_PROPERTY_AUTHOR, NULL},
	{"lastModifiedBy", RMN_PROPERTY_LAST_AUTHOR, NULL},
	{"Company", RMN_PROPERTY_COMPANY, NULL},
	{"Manager", RMN_PROPERTY_MANAGER, NULL},
	{"created", RMN_PROPERTY_CREATED, NULL},
	{"modified", RMN_PROPERTY_MODIFIED, NULL},
	{"Application", RMN_PROPERTY_APPLICATION, NULL},
	{"keywords", RMN_PROPERTY_KEYWORDS, NULL},
	{"language", RMN_PROPERTY_LANGUAGE, NULL},
	{"description", RMN_PROPERTY_OTHER, "description"},
	{"category", RMN_PROPERTY_OTHER, "category"},
	{"contentStatus", RMN_PROPERTY_OTHER, "content_status"},
	{"lastPrinted", RMN_PROPERTY_OTHER, "last_printed"},
	{"revision", RMN_PROPERTY_OTHER, "revision"},
	{"HyperlinkBase", RMN_PROPERTY_OTHER, "hyperlink_base"},
	{"Template", RMN_PROPERTY_OTHER, "template"},
};

struct property_reading {
	struct rmn_package *package;
	const struct property_row *row;		/* whose text is being gathered */
	char custom[256];			/* the name of a custom property, "" outside */
	unsigned char value[VALUE_MAX];
	size_t size;
};

static void
property_text(struct property_reading *r, struct rmn_bytes text)
{
	text = rmn_bytes_head(text, VALUE_MAX - r->size);
	if (text.size > 0)
		memcpy(r->value + r->size, text.data, text.size);
	r->size += text.size;
}

static void
property_start(struct property_reading *r, const struct rmn_markup_token *t)
{
	struct rmn_bytes name;

	if (r->custom[0] == '\0')
		r->size = 0;
	if (rmn_markup_is(t->name, "property") &&
	    rmn_markup_attribute(t->body, "name", &name)) {
		name = rmn_bytes_head(name, sizeof(r->custom) - 1);
		memcpy(r->custom, name.data, name.size);
		r->custom[name.size] = '\0';
		r->size = 0;
		return;
	}
	for (size_t i = 0; i < sizeof(property_rows) / sizeof(property_rows[0]); i++)
		if (rmn_markup_is(t->name, property_rows[i].element))
			r->row = &property_rows[i];
}

static void
property_end(struct property_reading *r, struct rmn_bytes name)
{
	struct rmn_bytes value = {r->value, r->size};
	struct rmn_text *text = &r->package->text;

	if (r->custom[0] != '\0' && rmn_markup_is(name, "property")) {
		rmn_text_property(text, r->package->arena, RMN_PROPERTY_OTHER, r->custom, value);
		r->custom[0] = '\0';
	} else if (r->row && r->custom[0] == '\0' && rmn_markup_is(name, r->row->element)) {
		rmn_text_property(text, r->package->arena, r->row->property, r->row->name, value);
		r->row = NULL;
	}
}

static void
take_property(void *context, const struct rmn_markup_token *t)
{
	struct property_reading *r = context;

	if (t->kind == RMN_MARKUP_START && !t->is_empty)
		property_start(r, t);
	else if (t->kind == RMN_MARKUP_TEXT || t->kind == RMN_MARKUP_CDATA)
		property_text(r, t->body);
	else if (t->kind == RMN_MARKUP_END)
		property_end(r, t->name);
}

static const struct rmn_ooxml_part property_parts[] = {
	{"core-properties+xml", "docProps/core", RMN_PART_BODY, take_property},
	{"extended-properties+xml", "docProps/app", RMN_PART_BODY, take_property},
	{"custom-properties+xml", "docProps/custom", RMN_PART_BODY, take_property},
};

enum rmn_status
rmn_ooxml_open(struct rmn_ooxml *ooxml, const struct rmn_format_input *input,
    const struct rmn_sink *sink, struct rmn_error *error)
{
	struct rmn_package *package = &ooxml->package;
	struct property_reading *reading;
	const struct rmn_zip_entry *entry;
	enum rmn_status status;

	status = rmn_package_open(package, input, sink, error);
	if (status != RMN_OK)
		return status;
	ooxml->types = rmn_arena_alloc(input->arena, package->count, sizeof(*ooxml->types));
	reading = rmn_arena_alloc(input->arena, 1, sizeof(*reading));
	if (!ooxml->types || !reading) {
		package->status = rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
		return rmn_package_close(package);
	}
	entry = rmn_package_find(package, rmn_bytes_from_string("[Content_Types].xml"));
	if (entry)
		rmn_package_scan(package, entry, take_type, ooxml);
	for (size_t i = 0; i < sizeof(property_parts) / sizeof(property_parts[0]); i++) {
		*reading = (struct property_reading){.package = package};
		rmn_ooxml_scan_all(ooxml, &property_parts[i], reading);
	}
	return RMN_OK;
}

static void
take_link(void *context, const struct rmn_markup_token *t)
{
	struct rmn_ooxml *ooxml = context;
	struct rmn_bytes mode, target;

	if (t->kind != RMN_MARKUP_START || !rmn_markup_is(t->name, "Relationship") ||
	    !rmn_markup_attribute(t->body, "TargetMode", &mode) ||
	    !rmn_markup_is(mode, "External") ||
	    !rmn_markup_attribute(t->body, "Target", &target))
		return;
	rmn_text_cell(&ooxml->package.text, target);
	rmn_text_char(&ooxml->package.text, '\n');
}

/* Custom XML (cover pages, document panels) and sensitivity labels: texts, and the attributes of
 * labels; each is a line.  Schemas and where they live say nothing of the document. */
static void
take_custom(void *context, const struct rmn_markup_token *t)
{
	struct rmn_ooxml *ooxml = context;
	struct rmn_text *text = &ooxml->package.text;
	struct rmn_bytes name, value;
	size_t at = 0;

	if (t->kind == RMN_MARKUP_START || t->kind == RMN_MARKUP_END)
		rmn_text_newline(text);
	if (t->kind == RMN_MARKUP_TEXT || t->kind == RMN_MARKUP_CDATA) {
		for (size_t i = 0; i < t->body.size; i++)
			if (t->body.data[i] > ' ') {
				rmn_text_cell(text, t->body);
				return;
			}
	}
	while (t->kind == RMN_MARKUP_START && rmn_markup_is(t->name, "label") &&
	    rmn_markup_attribute_next(t->body, &at, &name, &value)) {
		rmn_text_put(text, name);
		rmn_text_put(text, rmn_bytes_from_string(": "));
		rmn_text_cell(text, value);
		rmn_text_char(text, '\n');
	}
}

static bool
name_ends(struct rmn_bytes name, const char *end)
{
	size_t size = strlen(end);

	return name.size >= size && rmn_markup_is(rmn_bytes_after(name, name.size - size), end);
}

static bool
has_folder(struct rmn_bytes name, const char *folder)
{
	return rmn_bytes_find(name, rmn_bytes_from_string(folder)) != SIZE_MAX;
}

/* Files that somebody put into the document; pictures are no such thing. */
static bool
is_embedded(const struct rmn_zip_entry *entry)
{
	if (name_ends(entry->name, "/") || name_ends(entry->name, ".rels"))
		return false;
	return has_folder(entry->name, "/embeddings/") || has_folder(entry->name, "/afchunk") ||
	    has_folder(entry->name, "/attachments/");
}

/* vbaProject.bin, an OLE2 file of its own. */
static void
macros_give(struct rmn_package *package, const struct rmn_zip_entry *entry)
{
	struct rmn_error why = {0};
	struct rmn_buf file;
	enum rmn_status status;

	rmn_buf_init(&file, MACROS_MAX);
	if (rmn_package_load(package, entry, &file) && file.size > 0) {
		status = rmn_vba_file_give(rmn_buf_bytes(&file), package->arena, &package->text,
		    &why);
		if (status != RMN_OK)
			rmn_package_note(package, status, entry->name, why.text);
	}
	rmn_buf_release(&file);
}

static bool
is_custom(const struct rmn_ooxml *ooxml, const struct rmn_zip_entry *entry)
{
	static const struct rmn_ooxml_part label = {.type = "classificationlabels+xml",
	    .prefix = "docMetadata/LabelInfo"};

	return rmn_ooxml_is(ooxml, entry, &label) ||
	    name_is_numbered(entry->name, "customXml/item");
}

static void
custom_give(struct rmn_ooxml *ooxml)
{
	struct rmn_package *package = &ooxml->package;

	for (size_t i = 0; i < package->count; i++) {
		const struct rmn_zip_entry *entry = rmn_package_entry(package, i);

		if (!is_custom(ooxml, entry))
			continue;
		rmn_text_part(&package->text, RMN_PART_BODY, entry->name);
		if (!rmn_package_scan(package, entry, take_custom, ooxml))
			return;
	}
}

enum rmn_status
rmn_ooxml_close(struct rmn_ooxml *ooxml)
{
	struct rmn_package *package = &ooxml->package;
	const struct rmn_zip_entry *entry;

	custom_give(ooxml);
	rmn_text_part(&package->text, RMN_PART_BODY, rmn_bytes_from_string("links"));
	for (size_t i = 0; i < package->count; i++) {
		entry = rmn_package_entry(package, i);
		if (name_ends(entry->name, ".rels") && !package->is_inside[entry_number(ooxml, entry)] &&
		    !rmn_package_scan(package, entry, take_link, ooxml))
			break;
	}
	for (size_t i = 0; i < package->count && package->text.status == RMN_OK; i++) {
		entry = rmn_package_entry(package, i);
		if (name_ends(entry->name, "vbaProject.bin"))
			macros_give(package, entry);
	}
	for (size_t i = 0; i < package->count; i++) {
		entry = rmn_package_entry(package, i);
		if (is_embedded(entry) && !rmn_package_member(package, entry))
			break;
	}
	return rmn_package_close(package);
}
