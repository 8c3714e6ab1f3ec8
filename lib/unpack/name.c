/* SPDX-License-Identifier: MIT
 *
 * A name is a few bytes long, so that a guess by statistics says nothing: what counts is whether
 * it decodes without any error and whether Japanese comes out.  Half-width
 * katakana are the weak spot: nearly every byte string above A0 is such a text in CP932. */
#include "unpack/name.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "charset/charset.h"
#include "charset/normal.h"
#include "unpack/unpack.h"

/* What a decoded name is made of. */
struct script {
	size_t japanese;	/* kana, kanji, full-width forms */
	size_t half_width;	/* half-width katakana */
	size_t odd;		/* private use, undecodable, other scripts */
};

static struct script
script_count(struct rmn_bytes utf8)
{
	struct script s = {0, 0, 0};

	for (size_t at = 0; at < utf8.size;) {
		uint32_t c = rmn_utf8_next(utf8, &at, NULL);

		if (c >= 0xFF61 && c <= 0xFF9F)
			s.half_width++;
		else if ((c >= 0x3000 && c <= 0x30FF) || (c >= 0x4E00 && c <= 0x9FFF) ||
		    (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF01 && c <= 0xFF60))
			s.japanese++;
		else if (c == RMN_REPLACEMENT || (c >= 0xE000 && c <= 0xF8FF))
			s.odd++;
	}
	return s;
}

/* True when bytes decode without error; *s tells to what.  Nothing is left in text if not. */
static bool
decode_clean(struct rmn_bytes bytes, enum rmn_encoding encoding, struct rmn_buf *text,
    struct script *s)
{
	size_t bad = 0;

	rmn_buf_clear(text);
	if (rmn_charset_decode(bytes, encoding, text, &bad) != RMN_OK || bad > 0)
		return false;
	*s = script_count(rmn_buf_bytes(text));
	return s->odd == 0;
}

/* A0-DF alone is what half-width names in CP932 look like; EUC-JP accepts nearly all of them. */
static bool
is_half_width_run(struct rmn_bytes bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		if (bytes.data[i] >= 0x80 && (bytes.data[i] < 0xA6 || bytes.data[i] > 0xDF))
			return false;
	return true;
}

static void
decode_name(struct rmn_bytes stored, struct rmn_buf *text)
{
	struct script cp932, euc;
	bool is_run = is_half_width_run(stored);
	bool is_cp932 = decode_clean(stored, RMN_CP932, text, &cp932) &&
	    (cp932.japanese > 0 || cp932.half_width > (is_run ? 1 : 2));

	if (is_cp932 && (cp932.half_width == 0 || is_run))
		return;
	if (decode_clean(stored, RMN_EUC_JP, text, &euc) && euc.japanese > 0 &&
	    euc.half_width == 0)
		return;
	rmn_buf_clear(text);
	rmn_charset_decode(stored, is_cp932 ? RMN_CP932 : RMN_CP1252, text, NULL);
}

void
rmn_unpack_name(struct rmn_bytes stored, struct rmn_buf *name)
{
	const unsigned char *nul = stored.size ? memchr(stored.data, 0, stored.size) : NULL;
	struct rmn_buf text;

	if (nul)
		stored.size = (size_t)(nul - stored.data);
	rmn_buf_clear(name);
	if (rmn_utf8_is_valid(stored)) {
		rmn_normal_nfc(stored, name);
		return;
	}
	rmn_buf_init(&text, 0);
	decode_name(stored, &text);
	if (text.failed)
		name->failed = true;
	else
		rmn_normal_nfc(rmn_buf_bytes(&text), name);
	rmn_buf_release(&text);
}

static const struct {
	const char *ending, *instead;
} endings[] = {
	{".gz", ""}, {".bz2", ""}, {".xz", ""}, {".lzma", ""}, {".zst", ""}, {".lz4", ""},
	{".Z", ""}, {".lz", ""}, {".uu", ""}, {".tgz", ".tar"}, {".tbz", ".tar"},
	{".tbz2", ".tar"}, {".txz", ".tar"}, {".tlz", ".tar"}, {".taz", ".tar"},
};

struct rmn_bytes
rmn_unpack_inner_name(struct rmn_bytes name, struct rmn_buf *buffer)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t size = strlen(endings[i].ending);

		if (name.size <= size || strncasecmp((const char *)name.data + name.size - size,
		    endings[i].ending, size) != 0)
			continue;
		name.size -= size;
		if (!endings[i].instead[0])
			return name;
		rmn_buf_clear(buffer);
		rmn_buf_append(buffer, name);
		rmn_buf_append_string(buffer, endings[i].instead);
		return rmn_buf_bytes(buffer);
	}
	return name;
}
