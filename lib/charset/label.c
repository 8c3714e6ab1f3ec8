/* SPDX-License-Identifier: MIT
 *
 * Encodings by the names that documents give them.
 *
 * Labels that are none of ours go to ICU and not to iconv(3): glibc loads a module from a file
 * for each charset, which a sandboxed process cannot do; ICU has all its tables in the library
 * that is mapped at program start. */
#include <ctype.h>
#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ucnv_err.h>
#include <unicode/udata.h>

#include "base/utf8.h"
#include "charset/charset.h"

#define LABEL_BYTES 64
#define PIECE_UNITS 1024

struct label {
	const char *squeezed;	/* lower case, letters and digits only */
	enum rmn_encoding encoding;
};

static const struct label labels[] = {
	{"ansix341968", RMN_ASCII}, {"ascii", RMN_ASCII}, {"iso646us", RMN_ASCII},
	{"usascii", RMN_ASCII},
	{"utf8", RMN_UTF8}, {"unicode11utf8", RMN_UTF8}, {"utf8mac", RMN_UTF8},
	{"xutf8", RMN_UTF8}, {"cp65001", RMN_UTF8},
	{"csunicode", RMN_UTF16LE}, {"iso10646ucs2", RMN_UTF16LE}, {"ucs2", RMN_UTF16LE},
	{"ucs2le", RMN_UTF16LE}, {"unicode", RMN_UTF16LE}, {"utf16", RMN_UTF16LE},
	{"utf16le", RMN_UTF16LE}, {"cp1200", RMN_UTF16LE},
	{"unicodefffe", RMN_UTF16BE}, {"utf16be", RMN_UTF16BE}, {"ucs2be", RMN_UTF16BE},
	{"cp1201", RMN_UTF16BE},
	{"cp932", RMN_CP932}, {"csshiftjis", RMN_CP932}, {"cswindows31j", RMN_CP932},
	{"ibm943", RMN_CP932}, {"ms932", RMN_CP932}, {"mskanji", RMN_CP932},
	{"shiftjis", RMN_CP932}, {"sjis", RMN_CP932}, {"sjiswin", RMN_CP932},
	{"windows31j", RMN_CP932}, {"windows932", RMN_CP932}, {"xmscp932", RMN_CP932},
	{"xsjis", RMN_CP932}, {"xshiftjis", RMN_CP932},
	{"cp51932", RMN_EUC_JP}, {"cseucpkdfmtjapanese", RMN_EUC_JP}, {"eucjp", RMN_EUC_JP},
	{"eucjpms", RMN_EUC_JP}, {"eucjpwin", RMN_EUC_JP}, {"ujis", RMN_EUC_JP},
	{"xeuc", RMN_EUC_JP}, {"xeucjp", RMN_EUC_JP},
	{"cp50220", RMN_ISO_2022_JP}, {"cp50221", RMN_ISO_2022_JP},
	{"cp50222", RMN_ISO_2022_JP}, {"csiso2022jp", RMN_ISO_2022_JP},
	{"iso2022jp", RMN_ISO_2022_JP}, {"iso2022jp1", RMN_ISO_2022_JP},
	{"iso2022jp2", RMN_ISO_2022_JP}, {"iso2022jp3", RMN_ISO_2022_JP},
	{"iso2022jpms", RMN_ISO_2022_JP}, {"jis", RMN_ISO_2022_JP},
	{"cp1252", RMN_CP1252}, {"cp819", RMN_CP1252}, {"ibm819", RMN_CP1252},
	{"iso88591", RMN_CP1252}, {"isoir100", RMN_CP1252}, {"l1", RMN_CP1252},
	{"latin1", RMN_CP1252}, {"windows1252", RMN_CP1252}, {"xcp1252", RMN_CP1252},
};

enum rmn_encoding
rmn_encoding_from_label(struct rmn_bytes label)
{
	char squeezed[LABEL_BYTES];
	size_t size = 0;

	for (size_t i = 0; i < label.size && label.data[i] != '\0'; i++) {
		if (!isalnum(label.data[i]))
			continue;
		if (size + 1 == sizeof(squeezed))
			return RMN_ENCODING_UNKNOWN;
		squeezed[size++] = (char)tolower(label.data[i]);
	}
	squeezed[size] = '\0';
	for (size_t i = 0; size > 0 && i < sizeof(labels) / sizeof(labels[0]); i++)
		if (labels[i].squeezed[0] == squeezed[0] && strcmp(squeezed, labels[i].squeezed) == 0)
			return labels[i].encoding;
	return RMN_ENCODING_UNKNOWN;
}

void
rmn_charset_preload(void)
{
	UErrorCode status = U_ZERO_ERROR;

	udata_setFileAccess(UDATA_NO_FILES, &status);
	ucnv_close(ucnv_open("windows-1251", &status));
}

/* In place of ICU's own substitution, which writes U+001A for some. */
static void
replace_bad(const void *context, UConverterToUnicodeArgs *args, const char *bytes,
    int32_t length, UConverterCallbackReason reason, UErrorCode *status)
{
	const UChar replacement = RMN_REPLACEMENT;
	size_t *bad = (size_t *)(uintptr_t)context;

	(void)bytes;
	(void)length;
	if (reason > UCNV_IRREGULAR)
		return;
	*status = U_ZERO_ERROR;
	ucnv_cbToUWriteUChars(args, &replacement, 1, 0, status);
	++*bad;
}

static void
append_units(struct rmn_buf *utf8, const UChar *units, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t point = units[i];

		if (U16_IS_LEAD(point) && i + 1 < count && U16_IS_TRAIL(units[i + 1]))
			point = (uint32_t)U16_GET_SUPPLEMENTARY(point, units[++i]);
		rmn_buf_append_utf8(utf8, point);
	}
}

static enum rmn_status
convert(UConverter *converter, struct rmn_bytes bytes, struct rmn_buf *utf8)
{
	const char *in = (const char *)bytes.data, *end;
	UChar units[PIECE_UNITS + 1];
	UErrorCode status;
	size_t held = 0;	/* a first half that waits for its second */

	if (bytes.size == 0)
		return RMN_OK;
	end = in + bytes.size;
	do {
		UChar *out = units + held;
		size_t count;

		status = U_ZERO_ERROR;
		ucnv_toUnicode(converter, &out, units + PIECE_UNITS, &in, end, NULL, true,
		    &status);
		if (U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR)
			return RMN_CORRUPT;
		count = (size_t)(out - units);
		held = status == U_BUFFER_OVERFLOW_ERROR && count > 0 &&
		    U16_IS_LEAD(units[count - 1]) ? 1 : 0;
		append_units(utf8, units, count - held);
		if (held > 0)
			units[0] = units[count - 1];
	} while (status == U_BUFFER_OVERFLOW_ERROR && !utf8->failed);
	if (utf8->failed)
		return utf8->cap_bytes > 0 ? RMN_LIMIT : RMN_NOMEM;
	return RMN_OK;
}

/* A byte order mark says more than the label, and is no text. */
static struct rmn_bytes
without_mark(struct rmn_bytes bytes, enum rmn_encoding *encoding)
{
	if (*encoding == RMN_UTF8 && rmn_bytes_start_with(bytes, "\xEF\xBB\xBF"))
		return rmn_bytes_after(bytes, 3);
	if (*encoding != RMN_UTF16LE && *encoding != RMN_UTF16BE)
		return bytes;
	if (rmn_bytes_start_with(bytes, "\xFF\xFE"))
		*encoding = RMN_UTF16LE;
	else if (rmn_bytes_start_with(bytes, "\xFE\xFF"))
		*encoding = RMN_UTF16BE;
	else
		return bytes;
	return rmn_bytes_after(bytes, 2);
}

enum rmn_status
rmn_charset_decode_label(struct rmn_bytes bytes, struct rmn_bytes label, struct rmn_buf *utf8,
    size_t *bad)
{
	enum rmn_encoding encoding = rmn_encoding_from_label(label);
	UErrorCode error = U_ZERO_ERROR;
	char name[LABEL_BYTES];
	size_t replaced = 0;
	UConverter *converter;
	enum rmn_status status;

	if (bad)
		*bad = 0;
	if (encoding != RMN_ENCODING_UNKNOWN) {
		bytes = without_mark(bytes, &encoding);
		return rmn_charset_decode(bytes, encoding, utf8, bad);
	}
	/* An empty name would be the default charset of whoever runs this. */
	if (label.size == 0 || label.size >= sizeof(name))
		return RMN_UNSUPPORTED;
	for (size_t i = 0; i < label.size; i++) {
		if (!isgraph(label.data[i]) || label.data[i] == ',')
			return RMN_UNSUPPORTED;
		name[i] = (char)label.data[i];
	}
	name[label.size] = '\0';
	converter = ucnv_open(name, &error);
	if (U_FAILURE(error))
		return error == U_MEMORY_ALLOCATION_ERROR ? RMN_NOMEM : RMN_UNSUPPORTED;
	ucnv_setToUCallBack(converter, replace_bad, &replaced, NULL, NULL, &error);
	status = U_FAILURE(error) ? RMN_NOMEM : convert(converter, bytes, utf8);
	if (bad)
		*bad = replaced;
	ucnv_close(converter);
	return status;
}
