/* SPDX-License-Identifier: MIT */
#include "pdf_font.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define GLYPHS 65536

/* Bitmap fonts count in pixels: the widest glyph is about an em. */
static float
type3_em(const pdf_font_desc *desc)
{
	int widest = 0;

	for (int i = 0; i < desc->hmtx_len; i++)
		if (desc->hmtx[i].w > widest)
			widest = desc->hmtx[i].w;
	return widest > 0 ? (float)widest / 1000 : 1;
}

static struct pdf_font *
font_new(fz_context *ctx, pdf_font_desc *desc)
{
	struct pdf_font *font = calloc(1, sizeof(*font));
	const pdf_cmap *encoding = desc->encoding;

	if (!font)
		return NULL;
	font->desc = pdf_keep_font(ctx, desc);
	font->is_vertical = desc->wmode != 0;
	font->is_single_byte = encoding && encoding->codespace_len == 1 &&
			       encoding->codespace[0].n == 1 && encoding->codespace[0].low == 0 &&
			       encoding->codespace[0].high == 0xFF;
	font->em = desc->font && fz_font_t3_procs(ctx, desc->font) ? type3_em(desc) : 1;
	return font;
}

/* What MuPDF takes for every font that it cannot load: one of its own, without any map. */
static bool
is_stand_in(fz_context *ctx, pdf_document *document, pdf_font_desc *desc)
{
	pdf_font_desc *stand_in;
	bool is_same;

	if (desc->is_embedded || desc->to_unicode)
		return false;	/* sooner than to have it loaded */
	stand_in = pdf_load_hail_mary_font(ctx, document);
	is_same = stand_in == desc;
	pdf_drop_font(ctx, stand_in);
	return is_same;
}

struct pdf_font *
pdf_font_find(fz_context *ctx, struct pdf_font_cache *cache, pdf_document *document,
    pdf_font_desc *desc)
{
	struct pdf_font **link = &cache->first, *font;

	for (; *link; link = &(*link)->next)
		if ((*link)->desc == desc)
			break;
	font = *link;
	if (font) {
		*link = font->next;
	} else {
		font = font_new(ctx, desc);
		if (!font)
			return NULL;
		font->is_stand_in = is_stand_in(ctx, document, desc);
		cache->count++;
	}
	font->next = cache->first;
	cache->first = font;
	return font;
}

void
pdf_font_cache_clear(fz_context *ctx, struct pdf_font_cache *cache)
{
	while (cache->first) {
		struct pdf_font *font = cache->first;

		cache->first = font->next;
		pdf_drop_font(ctx, font->desc);
		free(font->unicodes);
		free(font);
	}
	cache->count = 0;
}

/* Presentation forms that make a word unfindable. */
static const char *
ligature_letters(int c)
{
	static const char *const letters[] = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};

	return c >= 0xFB00 && c <= 0xFB06 ? letters[c - 0xFB00] : NULL;
}

static void
glyph_append(struct pdf_glyph *glyph, const unsigned char *text, size_t size)
{
	if (size > sizeof(glyph->text) - glyph->text_size) {
		glyph->is_unknown = true;
		return;
	}
	memcpy(glyph->text + glyph->text_size, text, size);
	glyph->text_size = (unsigned char)(glyph->text_size + size);
}

static void
glyph_append_code_point(struct pdf_glyph *glyph, int c)
{
	const char *letters = ligature_letters(c);
	unsigned char utf8[4];

	if (letters)
		glyph_append(glyph, (const unsigned char *)letters, strlen(letters));
	else if (c >= 0x20 && !(c >= 0x7F && c < 0xA0))
		glyph_append(glyph, utf8, rmn_utf8_encode((uint32_t)c, utf8));
}

static bool
is_space(int c)
{
	return c == ' ' || c == 0xA0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200B) ||
	       (c >= 8 && c <= 13);
}

/* The embedded font's own table of characters, turned round. */
static const uint16_t *
font_unicodes(fz_context *ctx, struct pdf_font *font)
{
	if (font->unicodes)
		return font->unicodes;
	font->unicodes = calloc(GLYPHS, sizeof(*font->unicodes));
	for (int c = 0x20; font->unicodes && c < 0xFFFE; c++) {
		int glyph = fz_encode_character(ctx, font->desc->font, c);

		if (glyph > 0 && glyph < GLYPHS && font->unicodes[glyph] == 0 &&
		    !(c >= 0xD800 && c < 0xF900))	/* surrogates, private use */
			font->unicodes[glyph] = (uint16_t)c;
	}
	return font->unicodes;
}

/* What an embedded font says of a glyph that the PDF does not name: its table, then the glyph's name;
 * 0 when it says nothing. */
static int
glyph_from_font(fz_context *ctx, struct pdf_font *font, int cid)
{
	pdf_font_desc *desc = font->desc;
	const uint16_t *unicodes;
	char name[64] = "";
	int glyph, c;

	if (!desc->font || !fz_font_ft_face(ctx, desc->font) ||
	    fz_font_flags(desc->font)->ft_substitute)
		return 0;
	glyph = pdf_font_cid_to_gid(ctx, desc, cid);
	if (glyph <= 0 || glyph >= GLYPHS)
		return 0;
	unicodes = font_unicodes(ctx, font);
	if (unicodes && unicodes[glyph])
		return unicodes[glyph];
	fz_get_glyph_name(ctx, desc->font, glyph, name, sizeof(name));
	c = fz_unicode_from_glyph_name(name);
	return c == (int)RMN_REPLACEMENT ? 0 : c;
}

/* ISO 32000 9.10.2: the ToUnicode map, then what the encoding or the character collection says, then
 * the font itself, as a guess.  Control characters in a ToUnicode map are a producer's mistake. */
static void
glyph_set_text(fz_context *ctx, struct pdf_font *font, struct pdf_glyph *glyph, int cid)
{
	pdf_font_desc *desc = font->desc;
	int points[PDF_MRANGE_CAP];
	int count = 0;

	if (desc->to_unicode)
		count = pdf_lookup_cmap_full(desc->to_unicode, (unsigned)cid, points);
	if (count == 1 && ((points[0] < 0x20 && !is_space(points[0])) ||
	    points[0] == (int)RMN_REPLACEMENT))
		count = 0;
	if (count <= 0 && (size_t)cid < desc->cid_to_ucs_len) {
		points[0] = desc->cid_to_ucs[cid];
		count = points[0] > 0 && points[0] != (int)RMN_REPLACEMENT;
	}
	if (count <= 0) {
		points[0] = glyph_from_font(ctx, font, cid);
		count = points[0] > 0;
		glyph->is_unknown = true;	/* subsets often have tables of their own making */
	}
	if (count == 1 && is_space(points[0])) {
		glyph->is_space = true;
		return;
	}
	for (int i = 0; i < count; i++)
		glyph_append_code_point(glyph, points[i]);
	if (glyph->text_size == 0) {
		glyph->is_unknown = true;
		glyph->text_size = (unsigned char)rmn_utf8_encode(RMN_REPLACEMENT, glyph->text);
	}
}

static void
glyph_fill(fz_context *ctx, struct pdf_font *font, struct pdf_glyph *glyph, uint32_t code)
{
	int cid = font->desc->encoding ? pdf_lookup_cmap(font->desc->encoding, code) : (int)code;

	*glyph = (struct pdf_glyph){.code = code, .is_used = true};
	if (cid < 0) {		/* no such character in the encoding: nothing is drawn */
		glyph->is_space = true;
		return;
	}
	glyph->advance = (float)(font->is_vertical ? pdf_lookup_vmtx(ctx, font->desc, cid).w
						   : pdf_lookup_hmtx(ctx, font->desc, cid).w) / 1000;
	glyph_set_text(ctx, font, glyph, cid);
	if (font->is_stand_in && code > 0x7E)
		glyph->is_unknown = true;
}

const struct pdf_glyph *
pdf_font_next(fz_context *ctx, struct pdf_font *font, unsigned char *string, size_t size,
    size_t *at, bool *is_space_code)
{
	struct pdf_glyph *glyph;
	unsigned code;

	if (font->is_single_byte || !font->desc->encoding) {
		code = string[(*at)++];
		*is_space_code = code == ' ';
	} else {
		int used = pdf_decode_cmap(font->desc->encoding, string + *at, string + size, &code);

		if (used < 1 || (size_t)used > size - *at)
			used = 1;
		*at += (size_t)used;
		*is_space_code = used == 1 && code == ' ';
	}
	glyph = &font->slots[code % PDF_FONT_SLOTS];
	if (!glyph->is_used || glyph->code != code)
		glyph_fill(ctx, font, glyph, code);
	return glyph;
}

/* CMaps of Adobe-Japan1 that MuPDF has not: the older standard differs in a few hundred rare forms,
 * the newer one adds to what it replaces. */
static const char *
nearest_cmap(const char *name)
{
	static const char *const pairs[][2] = {
	    {"78-RKSJ-H", "90ms-RKSJ-H"}, {"78-RKSJ-V", "90ms-RKSJ-V"},
	    {"78ms-RKSJ-H", "90ms-RKSJ-H"}, {"78ms-RKSJ-V", "90ms-RKSJ-V"},
	    {"90pv-RKSJ-V", "90msp-RKSJ-V"}, {"83pv-RKSJ-V", "90msp-RKSJ-V"},
	    {"78-EUC-H", "EUC-H"}, {"78-EUC-V", "EUC-V"}, {"78-H", "H"}, {"78-V", "V"},
	    {"Add-H", "H"}, {"Add-V", "V"}, {"Ext-H", "H"}, {"Ext-V", "V"}, {"NWP-H", "H"},
	    {"NWP-V", "V"}, {"UniJIS2004-UTF16-H", "UniJIS-UTF16-H"},
	    {"UniJIS2004-UTF16-V", "UniJIS-UTF16-V"}, {"UniJISX0213-UTF16-H", "UniJIS-UTF16-H"},
	    {"UniJISX0213-UTF16-V", "UniJIS-UTF16-V"}, {"UniJISPro-UCS2-V", "UniJIS-UCS2-V"},
	    {"UniJISPro-UCS2-HW-V", "UniJIS-UCS2-HW-V"},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (strcmp(name, pairs[i][0]) == 0)
			return pairs[i][1];
	return NULL;
}

/* A descriptor that says nothing: MuPDF then takes a font of its own for the widths. */
static void
add_descriptor(fz_context *ctx, pdf_obj *descendant)
{
	pdf_obj *descriptor = pdf_dict_put_dict(ctx, descendant, PDF_NAME(FontDescriptor), 4);

	pdf_dict_put(ctx, descriptor, PDF_NAME(Type), PDF_NAME(FontDescriptor));
	pdf_dict_put(ctx, descriptor, PDF_NAME(FontName),
	    pdf_dict_get(ctx, descendant, PDF_NAME(BaseFont)));
	pdf_dict_put_int(ctx, descriptor, PDF_NAME(Flags), 4);
}

static void
mend_one(fz_context *ctx, pdf_obj *font)
{
	pdf_obj *encoding = pdf_dict_get(ctx, font, PDF_NAME(Encoding));
	pdf_obj *descendants = pdf_dict_get(ctx, font, PDF_NAME(DescendantFonts));
	pdf_obj *descendant = pdf_array_get(ctx, descendants, 0);
	const char *nearest = pdf_is_name(ctx, encoding) ? nearest_cmap(pdf_to_name(ctx, encoding))
							 : NULL;

	if (nearest)
		pdf_dict_put_name(ctx, font, PDF_NAME(Encoding), nearest);
	if (pdf_is_dict(ctx, descendant) &&
	    !pdf_dict_get(ctx, descendant, PDF_NAME(FontDescriptor)))
		add_descriptor(ctx, descendant);
}

void
pdf_font_mend(fz_context *ctx, pdf_obj *resources)
{
	pdf_obj *fonts = pdf_dict_get(ctx, resources, PDF_NAME(Font));

	for (int i = 0, n = pdf_dict_len(ctx, fonts); i < n; i++) {
		pdf_obj *font = pdf_dict_get_val(ctx, fonts, i);

		if (pdf_name_eq(ctx, pdf_dict_get(ctx, font, PDF_NAME(Subtype)), PDF_NAME(Type0)))
			mend_one(ctx, font);
	}
}
