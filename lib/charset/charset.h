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
	bool is_text;		/* false: binary or empty, and encoding is UNKNOWN */
};

/* Which encoding a whole text (or its first 64 KiB or so) is in: BOM; ISO-2022-JP escapes; strict
 * UTF-8; UTF-16 by statistics; EUC-JP; CP932; CP1252.  An end cut inside a character is no
 * error.  Random, compressed and program bytes give is_text = false.  Confidence: 100 by mark
 * or pure ASCII, 80 and more by structure, below 50 the best of bad choices (then text in a
 * charset that is none of ours, Cyrillic say, is among the possibilities). */
struct rmn_charset_guess rmn_charset_guess(struct rmn_bytes bytes);

/* The same where the encoding shows in the bytes' structure (a mark, UTF-16, ISO-2022-JP, ASCII,
 * UTF-8); RMN_ENCODING_UNKNOWN for what is binary or only statistics can tell.  Far cheaper. */
enum rmn_encoding rmn_charset_strict(struct rmn_bytes bytes);

/* Appends bytes as UTF-8 (not normalised).  What cannot be decoded becomes U+FFFD and is counted
 * in *bad (NULL is fine).  Gaiji of CP932 (F040-F9FC) become U+E000...  A final incomplete
 * character counts as bad.  RMN_ASCII decodes as UTF-8 does: a text that is ASCII at its head may
 * not be so further on.  The same text gives the same characters in every Japanese encoding
 * (Microsoft's mapping: wave dash U+FF5E ...).  RMN_UNSUPPORTED for RMN_ENCODING_UNKNOWN;
 * RMN_LIMIT when utf8's cap is reached: then it holds the text up to there. */
enum rmn_status rmn_charset_decode(struct rmn_bytes bytes, enum rmn_encoding encoding,
    struct rmn_buf *utf8, size_t *bad);

/* The same by a declared label: ours, or any that ICU knows (Windows-1251, GB18030, KOI8-R ...).
 * A byte order mark is skipped and decides between the two UTF-16.  RMN_UNSUPPORTED when the
 * label is unknown.  Opens no file, so it works in a sandboxed process. */
enum rmn_status rmn_charset_decode_label(struct rmn_bytes bytes, struct rmn_bytes label,
    struct rmn_buf *utf8, size_t *bad);

/* Once in a process, before its sandbox and its first thread: keeps ICU from looking for data
 * files.  Without it the same is decoded, after some calls of open(2) that may fail. */
void rmn_charset_preload(void);

#endif
