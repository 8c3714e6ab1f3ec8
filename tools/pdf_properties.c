/* SPDX-License-Identifier: MIT */
#include "pdf_properties.h"

#include <string.h>

#include "base/sink.h"
#include "base/time.h"
#include "base/utf8.h"
#include "format/pdf_protocol.h"

/* Metadata streams are a few KiB; larger ones carry thumbnails. */
#define XMP_BYTES_MAX (4u << 20)

struct source {
	enum rmn_property property;
	const char *info;	/* key of the Info dictionary */
	const char *xmp;	/* element or attribute, without its prefix */
};

/* The first row that has a value gives the property. */
static const struct source sources[] = {
	{RMN_PROPERTY_TITLE, "Title", "title"},
	{RMN_PROPERTY_AUTHOR, "Author", "creator"},
	{RMN_PROPERTY_SUBJECT, "Subject", "description"},
	{RMN_PROPERTY_KEYWORDS, "Keywords", "Keywords"},
	{RMN_PROPERTY_COMPANY, "Company", "Company"},
	{RMN_PROPERTY_MANAGER, "Manager", "Manager"},
	{RMN_PROPERTY_CREATED, "CreationDate", "CreateDate"},
	{RMN_PROPERTY_MODIFIED, "ModDate", "ModifyDate"},
	{RMN_PROPERTY_APPLICATION, "Creator", "CreatorTool"},
	{RMN_PROPERTY_APPLICATION, "Producer", "Producer"},
};

/* Two digits at text, or fallback where the string has ended. */
static int
two_digits(const char *text, int fallback)
{
	for (int i = 0; i < 2; i++)
		if (text[i] < '0' || text[i] > '9')
			return fallback;
	return (text[0] - '0') * 10 + text[1] - '0';
}

/* "D:20210131123045+09'00'" -> "2021-01-31T12:30:45+09:00"; everything after the year may be
 * left out. */
static bool
date_from_pdf(const char *text, char *iso, size_t size)
{
	int field[6], defaults[6] = {-1, -1, 1, 1, 0, 0}, second, hours, minutes;
	size_t i = 0;

	if (strncmp(text, "D:", 2) == 0)
		text += 2;
	for (; i < 6; i++) {
		field[i] = two_digits(text, -1);
		if (field[i] < 0)
			break;
		text += 2;
	}
	if (i < 2)
		return false;
	for (; i < 6; i++)
		field[i] = defaults[i];
	second = two_digits(text, -1);
	text += second >= 0 ? 2 : 0;
	if (second < 0)
		second = 0;
	hours = *text == '+' || *text == '-' ? two_digits(text + 1, -1) : -1;
	minutes = hours >= 0 && text[3] == '\'' ? two_digits(text + 4, 0) : 0;
	if (hours < 0)
		snprintf(iso, size, "%02d%02d-%02d-%02dT%02d:%02d:%02dZ", field[0], field[1],
		    field[2], field[3], field[4], field[5], second);
	else
		snprintf(iso, size, "%02d%02d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", field[0],
		    field[1], field[2], field[3], field[4], field[5], second, *text, hours, minutes);
	return true;
}

/* False: no date, and nothing is said rather than something wrong. */
static bool
write_date(struct rmn_buf *message, enum rmn_property property, const char *value)
{
	char iso[48], text[RMN_TIME_TEXT_BYTES];
	int64_t time;

	if (!rmn_time_parse(value, &time) &&
	    !(date_from_pdf(value, iso, sizeof(iso)) && rmn_time_parse(iso, &time)))
		return false;
	rmn_time_text(time, text);
	if (text[0] == '\0')
		return false;
	rmn_pdf_write_property(message, property, rmn_bytes_from_string(text));
	return true;
}

static bool
write_value(struct rmn_buf *message, enum rmn_property property, const char *value)
{
	struct rmn_bytes text;

	while (*value == ' ' || *value == '\n' || *value == '\r' || *value == '\t')
		value++;
	text = rmn_bytes_from_string(value);
	if (text.size == 0 || !rmn_utf8_is_valid(text))
		return false;
	if (property == RMN_PROPERTY_CREATED || property == RMN_PROPERTY_MODIFIED)
		return write_date(message, property, value);
	rmn_pdf_write_property(message, property, text);
	return true;
}

/* The text of an element or of the first item of its list (rdf:Alt, rdf:Seq). */
static const char *
element_text(fz_xml *element)
{
	for (unsigned depth = 0; element && depth < 4; depth++) {
		fz_xml *down = fz_xml_down(element);
		const char *text = down ? fz_xml_text(down) : NULL;

		while (down && text && fz_xml_next(down) && strspn(text, " \t\r\n") == strlen(text)) {
			down = fz_xml_next(down);
			text = fz_xml_text(down);
		}
		if (text)
			return text;
		element = down;
	}
	return NULL;
}

/* As an element anywhere or as an attribute of an rdf:Description. */
static const char *
xmp_find(fz_xml *xmp, const char *name)
{
	static const char *const prefixes[] = {"", "dc:", "xmp:", "xap:", "pdf:", "pdfx:"};
	fz_xml *element = fz_xml_find_dfs(xmp, name, NULL, NULL);
	const char *text = element ? element_text(element) : NULL;

	for (fz_xml *d = fz_xml_find_dfs(xmp, "Description", NULL, NULL); d && !text;
	     d = fz_xml_find_next_dfs(d, "Description", NULL, NULL)) {
		for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]) && !text; i++) {
			char attribute[40];

			snprintf(attribute, sizeof(attribute), "%s%s", prefixes[i], name);
			text = fz_xml_att(d, attribute);
		}
	}
	return text;
}

static fz_xml *
xmp_load(fz_context *ctx, pdf_document *document)
{
	fz_buffer *buffer = NULL;
	fz_xml *xmp = NULL;
	pdf_obj *stream;

	fz_var(buffer);
	fz_var(xmp);
	fz_try(ctx) {
		stream = pdf_metadata(ctx, document);
		if (stream && pdf_is_stream(ctx, stream)) {
			buffer = pdf_load_stream(ctx, stream);
			if (buffer->len <= XMP_BYTES_MAX)
				xmp = fz_parse_xml(ctx, buffer, 0);
		}
	}
	fz_always(ctx)
		fz_drop_buffer(ctx, buffer);
	fz_catch(ctx)
		xmp = NULL;
	return xmp;
}

static const char *
info_find(fz_context *ctx, pdf_obj *info, const char *key)
{
	pdf_obj *value = pdf_dict_gets(ctx, info, key);

	return pdf_is_string(ctx, value) ? pdf_to_text_string(ctx, value) : "";
}

static void
write_all(fz_context *ctx, pdf_document *document, fz_xml *xmp, struct rmn_buf *message)
{
	pdf_obj *trailer = pdf_trailer(ctx, document);
	pdf_obj *info = pdf_dict_get(ctx, trailer, PDF_NAME(Info));
	pdf_obj *root = pdf_dict_get(ctx, trailer, PDF_NAME(Root));
	bool is_written[RMN_PROPERTY_COUNT] = {false};

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		const struct source *source = &sources[i];
		bool *done = &is_written[source->property];
		const char *text;

		if (!*done)
			*done = write_value(message, source->property,
			    info_find(ctx, info, source->info));
		text = xmp && !*done ? xmp_find(xmp, source->xmp) : NULL;
		if (text)
			*done = write_value(message, source->property, text);
	}
	write_value(message, RMN_PROPERTY_LANGUAGE, info_find(ctx, root, "Lang"));
}

void
pdf_write_properties(fz_context *ctx, pdf_document *document, struct rmn_buf *message)
{
	fz_xml *xmp = xmp_load(ctx, document);

	fz_try(ctx)
		write_all(ctx, document, xmp, message);
	fz_always(ctx)
		fz_drop_xml(ctx, xmp);
	fz_catch(ctx)
		return;		/* fewer properties */
}
