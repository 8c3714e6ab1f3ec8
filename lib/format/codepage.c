/* SPDX-License-Identifier: MIT */
#include "format/codepage.h"

#include <stdio.h>

#include "charset/charset.h"

/* Those that the encodings of our own cover, and Macintosh ones close enough to them. */
static enum rmn_encoding
encoding_find(unsigned codepage)
{
	switch (codepage) {
	case 932:
	case 943:
	case 10001:	/* Macintosh Japanese */
		return RMN_CP932;
	case 1200:
		return RMN_UTF16LE;
	case 1201:
		return RMN_UTF16BE;
	case 20932:
	case 51932:
		return RMN_EUC_JP;
	case 50220:
	case 50221:
	case 50222:
		return RMN_ISO_2022_JP;
	case 65001:
		return RMN_UTF8;
	case 0:
	case 367:
	case 1252:
	case 28591:
	case 32769:	/* Excel's own number for it */
		return RMN_CP1252;
	default:
		return RMN_ENCODING_UNKNOWN;
	}
}

static void
label_write(unsigned codepage, char label[32])
{
	if (codepage == 10000 || codepage == 32768)
		snprintf(label, 32, "macintosh");
	else if (codepage == 874 || codepage == 936 || codepage == 949 || codepage == 950 ||
	    (codepage >= 1250 && codepage <= 1258))
		snprintf(label, 32, "windows-%u", codepage);
	else
		snprintf(label, 32, "cp%u", codepage);
}

void
rmn_codepage_decode(unsigned codepage, struct rmn_bytes bytes, struct rmn_buf *utf8)
{
	enum rmn_encoding encoding = encoding_find(codepage);
	size_t before = utf8->size;
	enum rmn_status status;
	char label[32];

	if (encoding == RMN_ENCODING_UNKNOWN) {
		label_write(codepage, label);
		status = rmn_charset_decode_label(bytes, rmn_bytes_from_string(label), utf8, NULL);
		utf8->failed = utf8->failed || status == RMN_NOMEM;	/* of the converter */
		if (status != RMN_UNSUPPORTED)
			return;
		utf8->size = before;
		encoding = RMN_CP1252;
	}
	rmn_charset_decode(bytes, encoding, utf8, NULL);
}
