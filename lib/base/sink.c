/* SPDX-License-Identifier: MIT */
#include "base/sink.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const property_names[RMN_PROPERTY_COUNT] = {
	[RMN_PROPERTY_TITLE] = "title",
	[RMN_PROPERTY_SUBJECT] = "subject",
	[RMN_PROPERTY_AUTHOR] = "author",
	[RMN_PROPERTY_LAST_AUTHOR] = "last_author",
	[RMN_PROPERTY_COMPANY] = "company",
	[RMN_PROPERTY_MANAGER] = "manager",
	[RMN_PROPERTY_CREATED] = "created",
	[RMN_PROPERTY_MODIFIED] = "modified",
	[RMN_PROPERTY_APPLICATION] = "application",
	[RMN_PROPERTY_KEYWORDS] = "keywords",
	[RMN_PROPERTY_LANGUAGE] = "language",
	[RMN_PROPERTY_OTHER] = "other",
};

const char *
rmn_property_name(enum rmn_property property)
{
	if ((unsigned)property >= RMN_PROPERTY_COUNT)
		return "other";
	return property_names[property];
}

static const char *const part_names[] = {
	[RMN_PART_BODY] = "body",
	[RMN_PART_HEADER] = "header",
	[RMN_PART_NOTE] = "note",
	[RMN_PART_COMMENT] = "comment",
	[RMN_PART_SHEET] = "sheet",
	[RMN_PART_SLIDE] = "slide",
	[RMN_PART_PAGE] = "page",
	[RMN_PART_MAIL_HEADER] = "mail_header",
	[RMN_PART_DELETED] = "deleted",
	[RMN_PART_FORM] = "form",
	[RMN_PART_MACRO] = "macro",
	[RMN_PART_OCR] = "ocr",
};

const char *
rmn_part_name(enum rmn_part_kind kind)
{
	if ((size_t)kind >= sizeof(part_names) / sizeof(part_names[0]))
		return "body";
	return part_names[kind];
}

enum rmn_status
rmn_sink_part(const struct rmn_sink *sink, enum rmn_part_kind kind, const char *name)
{
	return sink->part ? sink->part(sink->context, kind, rmn_bytes_from_string(name)) : RMN_OK;
}

enum rmn_status
rmn_sink_text(const struct rmn_sink *sink, struct rmn_bytes utf8)
{
	return sink->text && utf8.size > 0 ? sink->text(sink->context, utf8) : RMN_OK;
}

enum rmn_status
rmn_sink_property(const struct rmn_sink *sink, enum rmn_property property, struct rmn_bytes value)
{
	struct rmn_bytes name = rmn_bytes_from_string(rmn_property_name(property));

	if (!sink->property || value.size == 0)
		return RMN_OK;
	return sink->property(sink->context, property, name, value);
}

enum rmn_status
rmn_sink_member(const struct rmn_sink *sink, const struct rmn_member *member,
    const struct rmn_member_reader *reader)
{
	return sink->member ? sink->member(sink->context, member, reader) : RMN_OK;
}

enum rmn_status
rmn_sink_named(const struct rmn_sink *sink, const struct rmn_named *named)
{
	return sink->named && named->path.size > 0 ? sink->named(sink->context, named) : RMN_OK;
}

enum rmn_status
rmn_sink_missing(const struct rmn_sink *sink, enum rmn_status why, const char *format, ...)
{
	char what[240];
	va_list arguments;

	if (!sink->missing)
		return RMN_OK;
	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	return sink->missing(sink->context, why, what);
}
