/* SPDX-License-Identifier: MIT
 *
 * The encodings that text on evidence is looked for in; what they are and do is in charset/. */
#ifndef RMN_BASE_ENCODING_H
#define RMN_BASE_ENCODING_H

/* The order is stored nowhere; the names are (rmn_encoding_name). */
enum rmn_encoding {
	RMN_ENCODING_UNKNOWN = 0,
	RMN_ASCII,
	RMN_UTF8,
	RMN_UTF16LE,
	RMN_UTF16BE,
	RMN_CP932,		/* Shift_JIS as Microsoft has it */
	RMN_EUC_JP,		/* eucJP-ms */
	RMN_ISO_2022_JP,
	RMN_CP1252,
	RMN_ENCODING_COUNT
};

#endif
