/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "charset/charset.h"
#include "format/markup/html.h"

void
rmn_markup_sniff(struct rmn_bytes head, char sniffed[RMN_SNIFF_BYTES])
{
	size_t used = 0, at = 0;

	sniffed[0] = '\0';
	if (rmn_bytes_start_with(head, "\xEF\xBB\xBF"))
		at = 3;
	else if (head.size >= 2 && head.data[0] >= 0xFE && head.data[1] >= 0xFE)
		at = 2;
	for (; at < head.size && used < RMN_SNIFF_BYTES - 1; at++) {
		unsigned char c = head.data[at];

		if (c == 0 || (used == 0 && (c == ' ' || (c >= '\t' && c <= '\r'))))
			continue;
		if (used == 0 && c != '<')
			break;
		sniffed[used++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	}
	sniffed[used] = '\0';
}

/* What the bytes say counts more than what they declare, where they can say it. */
static enum rmn_encoding
encoding_choose(struct rmn_bytes bytes, struct rmn_bytes label, size_t *bom_bytes,
    bool *by_label)
{
	struct rmn_charset_guess guess = rmn_charset_guess(rmn_bytes_head(bytes, 65536));
	enum rmn_encoding declared = rmn_encoding_from_label(label);

	*bom_bytes = guess.bom_bytes;
	*by_label = false;
	if (guess.bom_bytes > 0 || guess.encoding == RMN_UTF8 || guess.encoding == RMN_UTF16LE ||
	    guess.encoding == RMN_UTF16BE || guess.encoding == RMN_ISO_2022_JP)
		return guess.encoding;
	if (declared == RMN_UTF8 || declared == RMN_UTF16LE || declared == RMN_UTF16BE ||
	    declared == RMN_ISO_2022_JP)
		return guess.is_text ? guess.encoding : RMN_UTF8;
	if (declared != RMN_ENCODING_UNKNOWN)
		return declared;
	*by_label = label.size > 0;
	return guess.is_text ? guess.encoding : RMN_CP1252;
}

enum rmn_status
rmn_markup_load(const struct rmn_format_input *input, struct rmn_bytes label,
    struct rmn_buf *utf8, struct rmn_bytes *bytes, struct rmn_error *error)
{
	enum rmn_encoding encoding;
	enum rmn_status status;
	size_t bom_bytes;
	bool by_label;

	status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES, input->arena, bytes,
	    error);
	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	encoding = encoding_choose(*bytes, label, &bom_bytes, &by_label);
	*bytes = rmn_bytes_after(*bytes, bom_bytes);
	if (encoding == RMN_UTF8 || encoding == RMN_ASCII)
		return status;
	if (!by_label || rmn_charset_decode_label(*bytes, label, utf8, NULL) != RMN_OK) {
		rmn_buf_clear(utf8);
		rmn_charset_decode(*bytes, encoding, utf8, NULL);
	}
	if (utf8->failed)
		status = rmn_fail(error, RMN_LIMIT, "decoded text outgrows its memory");
	*bytes = rmn_buf_bytes(utf8);
	return status;
}
