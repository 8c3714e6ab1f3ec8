/* SPDX-License-Identifier: MIT
 *
 * Forms of names to compare by: composed (paths), and keys of people and companies. */
#include <stdlib.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "charset/decode.h"
#include "charset/normal.h"

/* Kanji of names that are written in several ways, the usual one first.  Wider tables exist,
 * but take different names together (広 弘 宏). */
static const uint32_t variants[][5] = {
	{0x9AD8, 0x9AD9},			/* 高 髙 */
	{0x5D0E, 0xFA11, 0x5D5C},		/* 崎 﨑 嵜 */
	{0x5FB3, 0x5FB7},			/* 徳 德 */
	{0x67F3, 0x6801},			/* 柳 栁 */
	{0x8FBA, 0x908A, 0x9089},		/* 辺 邊 邉 */
	{0x658E, 0x9F4B, 0x9F4A, 0x6589},	/* 斎 齋 齊 斉 */
	{0x6CA2, 0x6FA4},			/* 沢 澤 */
	{0x6D5C, 0x6FF1, 0x6FF5},		/* 浜 濱 濵 */
	{0x685C, 0x6AFB},			/* 桜 櫻 */
	{0x5E83, 0x5EE3},			/* 広 廣 */
	{0x56FD, 0x570B},			/* 国 國 */
	{0x5CF6, 0x5D8B, 0x5D8C},		/* 島 嶋 嶌 */
	{0x5BCC, 0x51A8},			/* 富 冨 */
	{0x771F, 0x771E},			/* 真 眞 */
	{0x6075, 0x60E0},			/* 恵 惠 */
	{0x6761, 0x689D},			/* 条 條 */
	{0x702C, 0x7028},			/* 瀬 瀨 */
	{0x6DF5, 0x6E15},			/* 淵 渕 */
	{0x7ADC, 0x9F8D},			/* 竜 龍 */
	{0x8535, 0x85CF},			/* 蔵 藏 */
	{0x66FD, 0x66FE},			/* 曽 曾 */
	{0x5409, 0x20BB7},			/* 吉 𠮷 */
};

static uint32_t
fold_variant(uint32_t c)
{
	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++)
		for (size_t k = 1; k < 5 && variants[i][k] != 0; k++)
			if (variants[i][k] == c)
				return variants[i][0];
	return c;
}

static bool
is_dropped(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || (c >= 0xFE00 && c <= 0xFE0F) ||
	    (c >= 0xE0100 && c <= 0xE01EF);
}

static void
append_case_folded(uint32_t c, struct rmn_buf *key)
{
	utf8proc_int32_t folded[8];
	int boundary = 0;
	utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)c, folded, 8,
	    UTF8PROC_CASEFOLD, &boundary);

	for (utf8proc_ssize_t i = 0; i < count && i < 8; i++)
		rmn_buf_append_utf8(key, (uint32_t)folded[i]);
}

static void
append_key_point(uint32_t c, struct rmn_buf *key)
{
	if (is_dropped(c))
		return;
	if ((c >= 0x3041 && c <= 0x3096) || c == 0x309D || c == 0x309E)
		rmn_buf_append_utf8(key, c + 0x60);
	else if (c < 0x80)
		rmn_buf_append_char(key, (char)(c >= 'A' && c <= 'Z' ? c + 0x20 : c));
	else if (c >= 0x2E80)
		rmn_buf_append_utf8(key, fold_variant(c));
	else
		append_case_folded(c, key);
}

void
rmn_normal_key(struct rmn_bytes utf8, struct rmn_buf *key)
{
	struct rmn_normal n;
	struct rmn_bytes text;

	rmn_normal_init(&n);
	if (rmn_normal_fill(&n, utf8, RMN_UTF8) == RMN_NOMEM)
		key->failed = true;
	text = rmn_buf_bytes(&n.text);
	for (size_t at = 0; at < text.size;)
		append_key_point(rmn_utf8_next(text, &at, NULL), key);
	rmn_normal_release(&n);
}

void
rmn_normal_caseless(struct rmn_bytes utf8, struct rmn_buf *folded)
{
	for (size_t at = 0; at < utf8.size;)
		append_case_folded(rmn_utf8_next(utf8, &at, NULL), folded);
}

/* Well-formed UTF-8 of any length, composed by utf8proc in memory of its own. */
static void
append_composed(struct rmn_bytes utf8, struct rmn_buf *nfc)
{
	utf8proc_uint8_t *composed = NULL;
	utf8proc_ssize_t size = utf8proc_map(utf8.data, (utf8proc_ssize_t)utf8.size, &composed,
	    UTF8PROC_COMPOSE | UTF8PROC_STABLE);

	if (size < 0)
		nfc->failed = true;
	else
		rmn_buf_append_data(nfc, composed, (size_t)size);
	free(composed);
}

void
rmn_normal_nfc(struct rmn_bytes utf8, struct rmn_buf *nfc)
{
	for (size_t at = 0; at < utf8.size;) {
		struct rmn_bytes left = rmn_bytes_after(utf8, at);
		size_t run = rmn_ascii_run(left), valid = rmn_utf8_run(left);

		if (run == left.size)
			rmn_buf_append(nfc, left);
		else if (valid > 0)
			append_composed(rmn_bytes_head(left, valid), nfc);
		at += valid;
		if (at < utf8.size) {	/* one wrong byte */
			rmn_buf_append_utf8(nfc, RMN_REPLACEMENT);
			at++;
		}
	}
}
