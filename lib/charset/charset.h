/* SPDX-License-Identifier: MIT
 *
 * Encodings: which one is this, and the same text as UTF-8. */
#ifndef RMN_CHARSET_CHARSET_H
#define RMN_CHARSET_CHARSET_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/encoding.h"
#include "base/status.h"

const char *rmn_encoding_name(enum rmn_encoding encoding);	/* "utf-8", "cp932", ... */

/* By a label as mail, HTML and XML write it ("Shift_JIS", "x-sjis", "windows-31j", "ISO-2022-JP",
 * "latin1"); RMN_ENCODING_UNKNOWN when it is none of ours. */
enum rmn_encoding rmn_encoding_from_label(struct rmn_bytes label);

struct rmn_charset_guess {
	enum rmn_encoding encoding;
	unsigned bom_bytes;	/* to skip */
	unsigned confidence;	/* 0-100 */
	bool is_text;		/* false: binary, and encoding is UNKNOWN */
};

/* Which encoding a whole text (or its first 64 KiB or so) is in: BOM; ISO-2022-JP escapes; strict
 * UTF-8; UTF-16 by statistics; EUC-JP; CP932; CP1252.  An end cut inside a character is no
 * error.  Random, compressed and program bytes give is_text = false. */
struct rmn_charset_guess rmn_charset_guess(struct rmn_bytes bytes);

/* Appends bytes as UTF-8 (not normalised).  What cannot be decoded becomes U+FFFD and is counted
 * in *bad (NULL is fine).  Gaiji of CP932 (F040-F9FC) become U+E000...  A final incomplete
 * character counts as bad.  RMN_UNSUPPORTED for RMN_ENCODING_UNKNOWN. */
enum rmn_status rmn_charset_decode(struct rmn_bytes bytes, enum rmn_encoding encoding,
    struct rmn_buf *utf8, size_t *bad);

/* The same for any label that the system's iconv knows (Windows-1251, GB18030, KOI8-R ...), for
 * text whose declared charset is not one of ours.  RMN_UNSUPPORTED when it is unknown. */
enum rmn_status rmn_charset_decode_label(struct rmn_bytes bytes, struct rmn_bytes label,
    struct rmn_buf *utf8, size_t *bad);

#endif
