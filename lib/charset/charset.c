/* SPDX-License-Identifier: MIT
 *
 * Whole texts to UTF-8: runs that are UTF-8 already are copied, the rest goes through the
 * decoders in pieces. */
#include "charset/charset.h"

#include "base/checked.h"
#include "base/utf8.h"
#include "charset/decode.h"

#define PIECE_POINTS 512
#define RUN_WORTH_COPYING 16

const char *
rmn_encoding_name(enum rmn_encoding encoding)
{
	static const char *const names[RMN_ENCODING_COUNT] = {
		[RMN_ENCODING_UNKNOWN] = "unknown", [RMN_ASCII] = "ascii",
		[RMN_UTF8] = "utf-8", [RMN_UTF16LE] = "utf-16le", [RMN_UTF16BE] = "utf-16be",
		[RMN_CP932] = "cp932", [RMN_EUC_JP] = "euc-jp",
		[RMN_ISO_2022_JP] = "iso-2022-jp", [RMN_CP1252] = "cp1252",
	};

	return encoding < RMN_ENCODING_COUNT ? names[encoding] : names[RMN_ENCODING_UNKNOWN];
}

/* Appends what the cap has room for. */
static enum rmn_status
append_text(struct rmn_buf *utf8, struct rmn_bytes text)
{
	size_t room = utf8->cap_bytes > utf8->size ? utf8->cap_bytes - utf8->size : 0;

	if (utf8->failed)
		return RMN_LIMIT;
	if (utf8->cap_bytes > 0 && text.size > room) {
		rmn_buf_append(utf8, rmn_utf8_head(text, room));
		utf8->failed = true;
		return RMN_LIMIT;
	}
	rmn_buf_append(utf8, text);
	return utf8->failed ? RMN_NOMEM : RMN_OK;
}

static enum rmn_status
append_points(struct rmn_buf *utf8, const uint32_t *points, size_t count)
{
	unsigned char text[PIECE_POINTS * 4];
	size_t size = 0;

	for (size_t i = 0; i < count; i++) {
		if (points[i] < 0x80)
			text[size++] = (unsigned char)points[i];
		else
			size += rmn_utf8_encode(points[i], text + size);
	}
	return append_text(utf8, (struct rmn_bytes){text, size});
}

/* How many of the next bytes are the same in UTF-8. */
static size_t
same_run(const struct rmn_decoder *d)
{
	struct rmn_bytes left = rmn_bytes_after(d->bytes, d->at);

	switch (d->encoding) {
	case RMN_ASCII:
	case RMN_UTF8:
		return rmn_utf8_run(left);
	case RMN_CP932:
	case RMN_EUC_JP:
	case RMN_CP1252:
		return rmn_ascii_run(left);
	default:
		return 0;
	}
}

/* Appends as many units of UTF-16 as make a piece, up to the next surrogate: most texts have none. */
static enum rmn_status
append_units(struct rmn_buf *utf8, struct rmn_decoder *d)
{
	struct rmn_bytes left = rmn_bytes_head(rmn_bytes_after(d->bytes, d->at), 2 * PIECE_POINTS);
	unsigned char text[PIECE_POINTS * 3];
	size_t size;

	d->at += rmn_utf8_from_units(left, d->encoding == RMN_UTF16BE, text, &size);
	return append_text(utf8, (struct rmn_bytes){text, size});
}

enum rmn_status
rmn_charset_decode(struct rmn_bytes bytes, enum rmn_encoding encoding, struct rmn_buf *utf8,
    size_t *bad)
{
	enum rmn_status status = RMN_OK;
	uint32_t points[PIECE_POINTS];
	struct rmn_decoder d;

	if (bad)
		*bad = 0;
	if (encoding == RMN_ENCODING_UNKNOWN || encoding >= RMN_ENCODING_COUNT)
		return RMN_UNSUPPORTED;
	rmn_decoder_init(&d, bytes, encoding);
	while (status == RMN_OK && d.at < bytes.size) {
		size_t run = same_run(&d), max = PIECE_POINTS;

		if (run >= RUN_WORTH_COPYING || run == bytes.size - d.at) {
			struct rmn_bytes same = rmn_bytes_head(rmn_bytes_after(bytes, d.at), run);

			status = append_text(utf8, same);
			d.at += run;
			/* In UTF-8 the run ended at one wrong byte; look for the next. */
			max = encoding <= RMN_UTF8 ? 1 : max;
		} else if (encoding == RMN_UTF16LE || encoding == RMN_UTF16BE) {
			status = append_units(utf8, &d);
			max = 1;
		}
		if (status == RMN_OK && d.at < bytes.size)
			status = append_points(utf8, points,
			    rmn_decoder_points(&d, points, NULL, max));
	}
	if (bad)
		*bad = d.bad;
	return status;
}
