/* SPDX-License-Identifier: MIT
 *
 * The reverse tables are made by decoding every two-byte code of CP932 once; EUC-JP and
 * ISO-2022-JP follow from it by arithmetic. */
#include "detect/encode.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "charset/charset.h"

struct rmn_encoder {
	uint16_t cp932[0x10000];	/* by code point; 0: none */
};

static void
add_row(struct rmn_encoder *e, unsigned lead, struct rmn_buf *utf8)
{
	unsigned char codes[3 * 256];
	size_t size = 0, at = 0;

	for (unsigned trail = 0x40; trail <= 0xFC; trail++) {
		if (trail == 0x7F)
			continue;
		codes[size++] = (unsigned char)lead;
		codes[size++] = (unsigned char)trail;
		codes[size++] = '\n';
	}
	rmn_buf_clear(utf8);
	if (rmn_charset_decode((struct rmn_bytes){ codes, size }, RMN_CP932, utf8, NULL) != RMN_OK)
		return;
	for (size_t i = 0; i < size && at < utf8->size; i += 3) {
		uint32_t first = rmn_utf8_next(rmn_buf_bytes(utf8), &at, NULL);
		bool single = at < utf8->size && utf8->data[at] == '\n';

		if (single && first < 0x10000 && first != RMN_REPLACEMENT && !e->cp932[first])
			e->cp932[first] = (uint16_t)(codes[i] << 8 | codes[i + 1]);
		while (at < utf8->size && utf8->data[at++] != '\n')
			continue;
	}
}

struct rmn_encoder *
rmn_encoder_new(void)
{
	struct rmn_encoder *e = calloc(1, sizeof(*e));
	struct rmn_buf utf8;

	if (!e)
		return NULL;
	rmn_buf_init(&utf8, 0);
	for (unsigned lead = 0x81; lead <= 0xFC; lead++)
		if (lead <= 0x9F || lead >= 0xE0)
			add_row(e, lead, &utf8);
	rmn_buf_release(&utf8);
	return e;
}

void
rmn_encoder_free(struct rmn_encoder *encoder)
{
	free(encoder);
}

/* JIS X 0208 row and cell, each from 0x21; 0 for codes beyond (NEC and IBM rows have lead bytes
 * that EUC-JP cannot write). */
static unsigned
jis_of_cp932(unsigned code)
{
	unsigned lead = code >> 8, trail = code & 0xFF, row;

	if (lead > 0xEF)
		return 0;
	row = (lead - (lead <= 0x9F ? 0x81 : 0xC1)) * 2 + 0x21;
	if (trail >= 0x9F)
		return (row + 1) << 8 | (trail - 0x7E);
	return row << 8 | (trail - (trail > 0x7F ? 0x20 : 0x1F));
}

static bool
encode_point(const struct rmn_encoder *e, uint32_t c, enum rmn_encoding encoding,
    struct rmn_buf *out)
{
	unsigned code, jis;

	if (encoding == RMN_UTF16LE || encoding == RMN_UTF16BE) {
		if (c >= 0x10000)
			return false;
		rmn_buf_u8(out, (uint8_t)(encoding == RMN_UTF16LE ? c : c >> 8));
		rmn_buf_u8(out, (uint8_t)(encoding == RMN_UTF16LE ? c >> 8 : c));
		return true;
	}
	if (c < 0x80 && encoding != RMN_ISO_2022_JP) {
		rmn_buf_u8(out, (uint8_t)c);
		return true;
	}
	if (c >= 0xFF61 && c <= 0xFF9F && encoding == RMN_CP932) {
		rmn_buf_u8(out, (uint8_t)(c - 0xFF61 + 0xA1));
		return true;
	}
	code = c < 0x10000 ? e->cp932[c] : 0;
	jis = code ? jis_of_cp932(code) : 0;
	if (!code || (encoding != RMN_CP932 && !jis))
		return false;
	if (encoding == RMN_EUC_JP)
		jis |= 0x8080;
	rmn_buf_u8(out, (uint8_t)((encoding == RMN_CP932 ? code : jis) >> 8));
	rmn_buf_u8(out, (uint8_t)(encoding == RMN_CP932 ? code : jis));
	return true;
}

bool
rmn_encode(const struct rmn_encoder *encoder, struct rmn_bytes utf8, enum rmn_encoding encoding,
    struct rmn_buf *out)
{
	size_t before = out->size, at = 0;

	if (encoding == RMN_UTF8 || encoding == RMN_ASCII) {
		rmn_buf_append(out, utf8);
		return !out->failed;
	}
	while (at < utf8.size) {
		uint32_t c = rmn_utf8_next(utf8, &at, NULL);

		if (!encode_point(encoder, c, encoding, out)) {
			out->size = before;
			return false;
		}
	}
	return !out->failed;
}
