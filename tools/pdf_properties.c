/* SPDX-License-Identifier: MIT */
#include "pdf_properties.h"

#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "base/utf8.h"
#include "format/picture/xmp.h"
#include "pdf_string.h"

struct key {
	const char *info;
	enum rmn_property property;
};

static const struct key keys[] = {
	{"Title", RMN_PROPERTY_TITLE}, {"Author", RMN_PROPERTY_AUTHOR},
	{"Subject", RMN_PROPERTY_SUBJECT}, {"Keywords", RMN_PROPERTY_KEYWORDS},
	{"Company", RMN_PROPERTY_COMPANY}, {"Manager", RMN_PROPERTY_MANAGER},
	{"CreationDate", RMN_PROPERTY_CREATED}, {"ModDate", RMN_PROPERTY_MODIFIED},
	{"Creator", RMN_PROPERTY_APPLICATION},
	{"Trapped", RMN_PROPERTY_COUNT},
};

/* What was given, so that XMP repeats nothing. */
struct giving {
	struct pdf_out *out;
	uint64_t given[RMN_LIMIT_PROPERTIES];	/* hashes of values */
	size_t count;
	bool is_written[RMN_PROPERTY_COUNT];
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

static uint64_t
value_hash(struct rmn_bytes value)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < value.size; i++)
		hash = (hash ^ value.data[i]) * 1099511628211u;
	return hash;
}

static bool
is_new(struct giving *g, struct rmn_bytes value)
{
	uint64_t hash = value_hash(value);

	for (size_t i = 0; i < g->count; i++)
		if (g->given[i] == hash)
			return false;
	if (g->count < RMN_LIMIT_PROPERTIES)
		g->given[g->count++] = hash;
	return true;
}

/* False: no date, and nothing is said rather than something wrong. */
static bool
date_text(const char *value, char text[RMN_TIME_TEXT_BYTES])
{
	char iso[48];
	int64_t time;

	if (!rmn_time_parse(value, &time) &&
	    !(date_from_pdf(value, iso, sizeof(iso)) && rmn_time_parse(iso, &time)))
		return false;
	rmn_time_text(time, text);
	return text[0] != '\0';
}

/* A second, different value goes under the name of its source. */
static void
give_known(struct giving *g, enum rmn_property property, struct rmn_bytes value)
{
	char name[32];

	if (!g->is_written[property]) {
		g->is_written[property] = true;
		pdf_out_property(g->out, property, "", value);
		return;
	}
	snprintf(name, sizeof(name), "xmp_%s", rmn_property_name(property));
	pdf_out_property(g->out, RMN_PROPERTY_OTHER, name, value);
}

static void
give(void *context, enum rmn_property property, struct rmn_bytes name, struct rmn_bytes value)
{
	struct giving *g = context;
	char label[64], date[RMN_TIME_TEXT_BYTES];
	struct rmn_buf kept;

	if (property == RMN_PROPERTY_CREATED || property == RMN_PROPERTY_MODIFIED) {
		rmn_buf_init(&kept, 0);
		rmn_buf_append(&kept, value);
		if (!g->is_written[property] && date_text(rmn_buf_string(&kept), date)) {
			g->is_written[property] = true;
			pdf_out_property(g->out, property, "", rmn_bytes_from_string(date));
		}
		rmn_buf_release(&kept);
		return;
	}
	if (!is_new(g, value) && (property == RMN_PROPERTY_OTHER || g->is_written[property]))
		return;
	if (property != RMN_PROPERTY_OTHER) {
		give_known(g, property, value);
		return;
	}
	name = rmn_utf8_head(name, sizeof(label) - 1);
	snprintf(label, sizeof(label), "%.*s", (int)name.size, (const char *)name.data);
	if (label[0] >= 'A' && label[0] <= 'Z')
		label[0] = (char)(label[0] - 'A' + 'a');
	pdf_out_property(g->out, property, label, value);
}

static struct rmn_bytes
trimmed(struct rmn_bytes text)
{
	while (text.size > 0 && text.data[0] <= ' ')
		text = rmn_bytes_after(text, 1);
	while (text.size > 0 && text.data[text.size - 1] <= ' ')
		text.size--;
	return text;
}

static enum rmn_property
property_of(const char *key)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(key, keys[i].info) == 0)
			return keys[i].property;
	return RMN_PROPERTY_OTHER;
}

static void
give_info(fz_context *ctx, struct giving *g, enum rmn_property property, const char *key,
    pdf_obj *value)
{
	struct rmn_buf text;

	if (property == RMN_PROPERTY_COUNT || !pdf_is_string(ctx, value))
		return;
	rmn_buf_init(&text, RMN_MIB);
	fz_try(ctx)
		if (pdf_string_append_line(ctx, value, &text) &&
		    trimmed(rmn_buf_bytes(&text)).size > 0)
			give(g, property, rmn_bytes_from_string(key),
			    trimmed(rmn_buf_bytes(&text)));
	fz_always(ctx)
		rmn_buf_release(&text);
	fz_catch(ctx)
		fz_rethrow(ctx);
}

/* What has a place of its own first, so that nothing else takes its value away. */
static void
read_info(fz_context *ctx, struct giving *g, pdf_obj *info)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		give_info(ctx, g, keys[i].property, keys[i].info,
		    pdf_dict_gets(ctx, info, keys[i].info));
	for (int i = 0, n = pdf_dict_len(ctx, info); i < n; i++) {
		const char *key = pdf_to_name(ctx, pdf_dict_get_key(ctx, info, i));

		if (property_of(key) == RMN_PROPERTY_OTHER)
			give_info(ctx, g, RMN_PROPERTY_OTHER, key,
			    pdf_dict_get_val(ctx, info, i));
	}
}

static void
read_xmp(fz_context *ctx, pdf_document *document, struct giving *g)
{
	pdf_obj *stream = pdf_metadata(ctx, document);
	fz_buffer *buffer;
	unsigned char *data;
	size_t size;

	if (!pdf_is_stream(ctx, stream))
		return;
	buffer = pdf_load_stream(ctx, stream);
	size = fz_buffer_storage(ctx, buffer, &data);
	if (!rmn_xmp_read((struct rmn_bytes){data, size}, give, g))
		pdf_out_missing(g->out, RMN_PARTIAL, "a part of the XMP metadata was not read");
	fz_drop_buffer(ctx, buffer);
}

void
pdf_properties_write(fz_context *ctx, pdf_document *document, struct pdf_out *out)
{
	struct giving g = {.out = out};

	fz_try(ctx) {
		pdf_obj *trailer = pdf_trailer(ctx, document);
		pdf_obj *info = pdf_dict_get(ctx, trailer, PDF_NAME(Info));
		pdf_obj *root = pdf_dict_get(ctx, trailer, PDF_NAME(Root));

		read_info(ctx, &g, info);
		give_info(ctx, &g, RMN_PROPERTY_LANGUAGE, "Lang",
		    pdf_dict_get(ctx, root, PDF_NAME(Lang)));
		read_xmp(ctx, document, &g);
	}
	fz_catch(ctx)
		pdf_out_missing(out, RMN_PARTIAL, "the properties are damaged");
}
