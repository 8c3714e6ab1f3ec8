/* SPDX-License-Identifier: MIT */
#include "pdf_font.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

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

struct pdf_font *
pdf_font_find(fz_context *ctx, struct pdf_font_cache *cache, pdf_font_desc *desc)
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

/* ISO 32000 9.10.2: the ToUnicode map, then what the encoding or the character collection says.
 * Control characters in a ToUnicode map are a producer's mistake. */
static void
glyph_set_text(struct pdf_glyph *glyph, pdf_font_desc *desc, int cid)
{
	int points[PDF_MRANGE_CAP];
	int count = 0;

	if (desc->to_unicode)
		count = pdf_lookup_cmap_full(desc->to_unicode, (unsigned)cid, points);
	if (count == 1 && points[0] < 0x20 && !is_space(points[0]))
		count = 0;
	if (count <= 0 && (size_t)cid < desc->cid_to_ucs_len) {
		points[0] = desc->cid_to_ucs[cid];
		count = 1;
	}
	if (count == 1 && is_space(points[0])) {
		glyph->is_space = true;
		return;
	}
	for (int i = 0; i < count; i++)
		glyph_append_code_point(glyph, points[i]);
	if (glyph->text_size == 0 || (count == 1 && points[0] == (int)RMN_REPLACEMENT)) {
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
	glyph_set_text(glyph, font->desc, cid);
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
