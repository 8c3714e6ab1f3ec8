/* SPDX-License-Identifier: MIT */
#include "format/picture/xmp.h"

#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "charset/charset.h"
#include "format/markup/markup.h"

#define NAME_BYTES 64
#define VALUE_BYTES 8192

struct row {
	const char *prefix, *name;	/* name NULL: the whole prefix */
	enum rmn_property property;	/* RMN_PROPERTY_COUNT: of no interest */
};

/* Prefixes are those that Adobe's toolkit writes; nobody else's are seen in practice. */
static const struct row rows[] = {
	{"dc", "title", RMN_PROPERTY_TITLE},
	{"dc", "creator", RMN_PROPERTY_AUTHOR},
	{"dc", "description", RMN_PROPERTY_SUBJECT},
	{"dc", "subject", RMN_PROPERTY_KEYWORDS},
	{"dc", "language", RMN_PROPERTY_LANGUAGE},
	{"dc", "format", RMN_PROPERTY_COUNT},
	{"pdf", "Keywords", RMN_PROPERTY_KEYWORDS},
	{"pdf", "PDFVersion", RMN_PROPERTY_COUNT},
	{"pdfx", "Company", RMN_PROPERTY_COMPANY},
	{"pdfx", "Manager", RMN_PROPERTY_MANAGER},
	{"xmp", "CreateDate", RMN_PROPERTY_CREATED},
	{"xmp", "ModifyDate", RMN_PROPERTY_MODIFIED},
	{"xmp", "CreatorTool", RMN_PROPERTY_APPLICATION},
	{"xmp", "MetadataDate", RMN_PROPERTY_COUNT},
	{"xap", "CreateDate", RMN_PROPERTY_CREATED},
	{"xap", "ModifyDate", RMN_PROPERTY_MODIFIED},
	{"xap", "CreatorTool", RMN_PROPERTY_APPLICATION},
	{"xap", "MetadataDate", RMN_PROPERTY_COUNT},
	{"exif", "UserComment", RMN_PROPERTY_OTHER},
	{"exif", "GPSLatitude", RMN_PROPERTY_OTHER},
	{"exif", "GPSLongitude", RMN_PROPERTY_OTHER},
	{"tiff", "Make", RMN_PROPERTY_OTHER},
	{"tiff", "Model", RMN_PROPERTY_OTHER},
	{"tiff", "Artist", RMN_PROPERTY_OTHER},
	{"tiff", "Copyright", RMN_PROPERTY_OTHER},
	{"tiff", "ImageDescription", RMN_PROPERTY_OTHER},
	{"tiff", "Software", RMN_PROPERTY_OTHER},
	{"photoshop", "ColorMode", RMN_PROPERTY_COUNT},
	{"photoshop", "ICCProfile", RMN_PROPERTY_COUNT},
	{"photoshop", "SidecarForExtension", RMN_PROPERTY_COUNT},
	{"photoshop", "LegacyIPTCDigest", RMN_PROPERTY_COUNT},
	{"photoshop", "DocumentAncestors", RMN_PROPERTY_COUNT},
	{"exif", NULL, RMN_PROPERTY_COUNT},
	{"tiff", NULL, RMN_PROPERTY_COUNT},
	{"xmpMM", NULL, RMN_PROPERTY_COUNT}, {"xapMM", NULL, RMN_PROPERTY_COUNT},
	{"xmpTPg", NULL, RMN_PROPERTY_COUNT}, {"xapTPg", NULL, RMN_PROPERTY_COUNT},
	{"xmpG", NULL, RMN_PROPERTY_COUNT}, {"xapG", NULL, RMN_PROPERTY_COUNT},
	{"xmpGImg", NULL, RMN_PROPERTY_COUNT}, {"xapGImg", NULL, RMN_PROPERTY_COUNT},
	{"stRef", NULL, RMN_PROPERTY_COUNT}, {"stEvt", NULL, RMN_PROPERTY_COUNT},
	{"stFnt", NULL, RMN_PROPERTY_COUNT}, {"stDim", NULL, RMN_PROPERTY_COUNT},
	{"stArea", NULL, RMN_PROPERTY_COUNT}, {"crs", NULL, RMN_PROPERTY_COUNT},
	{"crss", NULL, RMN_PROPERTY_COUNT}, {"illustrator", NULL, RMN_PROPERTY_COUNT},
	{"pdfaid", NULL, RMN_PROPERTY_COUNT}, {"pdfuaid", NULL, RMN_PROPERTY_COUNT},
	{"pdfxid", NULL, RMN_PROPERTY_COUNT}, {"pdfaExtension", NULL, RMN_PROPERTY_COUNT},
	{"pdfaSchema", NULL, RMN_PROPERTY_COUNT}, {"pdfaProperty", NULL, RMN_PROPERTY_COUNT},
	{"pdfaType", NULL, RMN_PROPERTY_COUNT}, {"pdfaField", NULL, RMN_PROPERTY_COUNT},
	{"rdf", NULL, RMN_PROPERTY_COUNT}, {"x", NULL, RMN_PROPERTY_COUNT},
	{"xml", NULL, RMN_PROPERTY_COUNT}, {"xmlns", NULL, RMN_PROPERTY_COUNT},
};

static enum rmn_property
property_of(struct rmn_bytes prefix, struct rmn_bytes name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rmn_markup_is(prefix, rows[i].prefix) &&
		    (!rows[i].name || rmn_markup_is(name, rows[i].name)))
			return rows[i].property;
	return prefix.size > 0 ? RMN_PROPERTY_OTHER : RMN_PROPERTY_COUNT;
}

struct walk {
	rmn_xmp_give *give;
	void *context;
	enum rmn_property property;	/* of the element at hand; RMN_PROPERTY_COUNT: none */
	char name[NAME_BYTES];
	size_t name_size;
	struct rmn_buf value;
	size_t item;			/* where the last item of a list starts in value */
	unsigned given;
	bool is_whole;
};

static struct rmn_bytes
trimmed(struct rmn_bytes text)
{
	while (text.size > 0 && text.data[0] <= ' ')
		text = rmn_bytes_after(text, 1);
	while (text.size > 0 && text.data[text.size - 1] <= ' ')
		text.size--;
	return text;
}

static void
give_value(struct walk *w, enum rmn_property property, struct rmn_bytes name,
    struct rmn_bytes value)
{
	value = trimmed(rmn_utf8_head(value, VALUE_BYTES));
	if (value.size == 0 || property == RMN_PROPERTY_COUNT)
		return;
	if (w->given++ >= RMN_LIMIT_PROPERTIES) {
		w->is_whole = false;
		return;
	}
	w->give(w->context, property, name, value);
}

/* The end of an item: parted from the next, left out when it is the one before in another language. */
static void
end_item(struct walk *w)
{
	struct rmn_bytes whole = rmn_buf_bytes(&w->value);
	struct rmn_bytes item = trimmed(rmn_bytes_after(whole, w->item));
	struct rmn_bytes before = rmn_bytes_head(whole, w->item);
	bool is_repeated = item.size > 0 && before.size >= item.size + 2 &&
	    memcmp(before.data + before.size - 2 - item.size, item.data, item.size) == 0 &&
	    (before.size == item.size + 2 || before.data[before.size - 3 - item.size] == ' ');

	if (is_repeated || item.size == 0)
		w->value.size = w->item;
	else
		rmn_buf_append_string(&w->value, ", ");
	w->item = w->value.size;
}

static void
end_property(struct walk *w)
{
	struct rmn_bytes value = rmn_buf_bytes(&w->value);

	if (w->item == value.size && value.size >= 2)
		value.size -= 2;	/* the ", " behind the last item */
	give_value(w, w->property, (struct rmn_bytes){(unsigned char *)w->name, w->name_size},
	    value);
	w->is_whole &= !w->value.failed;
	rmn_buf_clear(&w->value);
	w->item = 0;
	w->property = RMN_PROPERTY_COUNT;
}

static void
take_attributes(struct walk *w, struct rmn_bytes attributes)
{
	struct rmn_bytes name, value, colon = rmn_bytes_from_string(":");
	size_t at = 0;

	while (rmn_markup_attribute_next(attributes, &at, &name, &value)) {
		size_t split = rmn_bytes_find(name, colon);
		struct rmn_bytes prefix = rmn_bytes_head(name, split == SIZE_MAX ? 0 : split);
		struct rmn_bytes local = split == SIZE_MAX ? name : rmn_bytes_after(name, split + 1);
		struct rmn_buf decoded;

		rmn_buf_init(&decoded, 2 * VALUE_BYTES);
		rmn_markup_append(&decoded, value);
		give_value(w, property_of(prefix, local), local, rmn_buf_bytes(&decoded));
		rmn_buf_release(&decoded);
	}
}

static void
take_start(struct walk *w, const struct rmn_markup_token *token)
{
	struct rmn_bytes kept = rmn_bytes_head(token->name, NAME_BYTES);

	if (!rmn_markup_is(token->prefix, "rdf") && !rmn_markup_is(token->prefix, "x")) {
		end_property(w);
		w->property = property_of(token->prefix, token->name);
		memcpy(w->name, kept.data, kept.size);
		w->name_size = kept.size;
	}
	take_attributes(w, token->body);
}

static void
take_token(struct walk *w, const struct rmn_markup_token *token)
{
	switch (token->kind) {
	case RMN_MARKUP_START:
		take_start(w, token);
		break;
	case RMN_MARKUP_END:
		if (rmn_markup_is(token->prefix, "rdf") && rmn_markup_is(token->name, "li"))
			end_item(w);
		else if (!rmn_markup_is(token->prefix, "rdf"))
			end_property(w);
		break;
	case RMN_MARKUP_TEXT:
	case RMN_MARKUP_CDATA:
		if (w->property == RMN_PROPERTY_COUNT || trimmed(token->body).size == 0)
			break;
		if (token->kind == RMN_MARKUP_TEXT)
			rmn_markup_append(&w->value, token->body);
		else
			rmn_buf_append(&w->value, token->body);
		break;
	default:
		break;
	}
}

static bool
read_utf8(struct rmn_bytes packet, rmn_xmp_give *give, void *context)
{
	struct rmn_markup markup = {.bytes = packet, .is_final = true};
	struct walk w = {.give = give, .context = context, .property = RMN_PROPERTY_COUNT,
	    .is_whole = true};
	struct rmn_markup_token token;

	rmn_buf_init(&w.value, 16 * VALUE_BYTES);
	while (rmn_markup_next(&markup, &token))
		take_token(&w, &token);
	end_property(&w);
	rmn_buf_release(&w.value);
	return w.is_whole && !markup.is_damaged;
}

bool
rmn_xmp_read(struct rmn_bytes packet, rmn_xmp_give *give, void *context)
{
	struct rmn_bytes whole = packet;
	struct rmn_charset_guess guess;
	struct rmn_buf utf8;
	bool is_whole;

	packet = rmn_bytes_head(packet, RMN_LIMIT_XMP_BYTES);
	if (rmn_utf8_is_valid(packet) && !memchr(packet.data ? packet.data : (const void *)"", 0,
	    rmn_bytes_head(packet, 64).size))
		return read_utf8(packet, give, context) && packet.size == whole.size;
	guess = rmn_charset_guess(rmn_bytes_head(packet, 64 * RMN_KIB));
	rmn_buf_init(&utf8, 3 * RMN_LIMIT_XMP_BYTES);
	is_whole = rmn_charset_decode(rmn_bytes_after(packet, guess.bom_bytes),
	    guess.is_text ? guess.encoding : RMN_UTF8, &utf8, NULL) == RMN_OK;
	is_whole &= read_utf8(rmn_buf_bytes(&utf8), give, context);
	rmn_buf_release(&utf8);
	return is_whole && packet.size == whole.size;
}
