/* SPDX-License-Identifier: MIT
 *
 * Document formats: bytes -> text, properties, members.  One file and one line of formats.def
 * for each; readers are pure, so that they run in a worker, a unit test or a fuzzer alike. */
#ifndef RMN_FORMAT_FORMAT_H
#define RMN_FORMAT_FORMAT_H

#include "base/arena.h"
#include "base/blob.h"
#include "base/bytes.h"
#include "base/sink.h"
#include "base/status.h"
#include "charset/charset.h"

struct rmn_cfb;		/* format/cfb.h */
struct rmn_helper;	/* format/helper.h */

/* What several claims and a reader ask for: the encoding of the head, and the opened OLE2 file. */
struct rmn_head_guess {
	struct rmn_charset_guess guess;
	bool is_known;
	struct rmn_cfb *cfb;		/* in the input's arena; NULL: it could not be opened */
	bool cfb_is_known;
};

struct rmn_format_input {
	struct rmn_blob *content;
	struct rmn_bytes head;		/* the first bytes, 8 KiB where there are as many */
	struct rmn_bytes name;		/* file name, a hint only; may be empty */
	struct rmn_arena *arena;	/* reset by the caller after the reading */
	struct rmn_helper *pdf;	/* NULL: no PDF program, PDFs are RMN_UNSUPPORTED */
	struct rmn_helper *ocr;	/* NULL: pictures are not read */
	struct rmn_head_guess *guess;	/* kept here when it was made; NULL: made each time */
};

/* What a document is to the report. */
enum rmn_format_kind {
	RMN_KIND_DOCUMENT,	/* somebody wrote it: counts as a document */
	RMN_KIND_TEXT,		/* plain text or markup: a document if it says enough */
	RMN_KIND_MAIL,
	RMN_KIND_CONTAINER,	/* its members count, it does not */
	RMN_KIND_OTHER,		/* recognised, no document (pictures, programs) */
};

struct rmn_format {
	const char *name;	/* stable: stored in cases ("docx") */
	const char *title;	/* "Word document (OOXML)" */
	const char *media_type;
	enum rmn_format_kind kind;
	bool is_all_text;	/* a run of RMN_HOLE_BYTES zeros is none of it: sectors were lost */
	/* How many bits of the head (and, weakly, the name) speak for this format; 0: not mine.
	 * A four-byte magic is 32, plus 8 for each further structure that was checked; a name
	 * ending alone never claims more than 4. */
	unsigned (*claim)(const struct rmn_format_input *input);
	/* RMN_OK: everything that the format holds came out.  RMN_PARTIAL, RMN_CORRUPT,
	 * RMN_LIMIT: what could be read was passed on.  RMN_ENCRYPTED, RMN_UNSUPPORTED.  NULL
	 * for formats that are only recognised. */
	enum rmn_status (*read)(const struct rmn_format_input *input, const struct rmn_sink *sink,
	    struct rmn_error *error);
};

/* Every format, NULL at the end.  Order never matters: the highest claim wins, equal claims go to
 * the name that sorts first. */
extern const struct rmn_format *const rmn_formats[];

const struct rmn_format *rmn_format_claim(const struct rmn_format_input *input);	/* may be NULL */
const struct rmn_format *rmn_format_find(const char *name);				/* may be NULL */

/* Reads the item, and looks for what the reader cannot see: RMN_PARTIAL for a format that is all text when
 * there are holes in it.  Past RMN_LIMIT_WHOLE_ITEM_BYTES nobody looks for them. */
enum rmn_status rmn_format_read(const struct rmn_format *format, const struct rmn_format_input *input,
    const struct rmn_sink *sink, struct rmn_error *error);

/* Whether a file's name says that it is a document or archive of a format that has a mark of its own: when
 * nobody claims its content, it is damaged, encrypted or something else. */
bool rmn_format_is_promised(struct rmn_bytes name);

#endif
