/* SPDX-License-Identifier: MIT
 *
 * Private to text*.c, mail.c, markup.c and card.c.
 *
 * Structure is read from narrow text, so that no machine knows of encodings: one byte a unit, units
 * above FF and what ISO-2022-JP shifts to as FF.  Offsets are in units. */
#ifndef RMN_CARVE_TEXT_PRIVATE_H
#define RMN_CARVE_TEXT_PRIVATE_H

#include "carve/text.h"
#include "charset/charset.h"

#define RMN_TEXT_CHANCE 64u	/* random bytes look like text for so long at most */

enum rmn_text_kind {
	RMN_TEXT_NONE, RMN_TEXT_PLAIN, RMN_TEXT_MARKUP, RMN_TEXT_MAIL, RMN_TEXT_MBOX, RMN_TEXT_CARD,
	RMN_TEXT_LDIF, RMN_TEXT_KIND_COUNT
};

/* What the machine of a kind says at the end of a text. */
struct rmn_text_shape {
	const char *extension;		/* static */
	bool is_closed;			/* the structure came to its end ... */
	uint64_t closed_at;		/* ... behind this unit */
	bool is_open;			/* begun and not ended: more must follow */
};

#define RMN_MAIL_LINE 256u
#define RMN_MAIL_FIELD 1024u
#define RMN_MAIL_BOUNDARY 72u

/* Lines of mails, and messages of an mbox one after the other. */
struct rmn_mail_machine {
	unsigned char line[RMN_MAIL_LINE];	/* its head */
	size_t line_size;
	unsigned char field[RMN_MAIL_FIELD];	/* Content-Type, unfolded */
	size_t field_size;
	char boundary[RMN_MAIL_BOUNDARY];
	size_t boundary_size;
	uint64_t closed_at;
	uint32_t messages;
	bool is_mbox, is_header, is_field, is_after_blank, is_closed, is_after_cr;
};

#define RMN_MARKUP_NAME 32u
#define RMN_MARKUP_DEPTH 256u

struct rmn_markup_machine {
	char name[RMN_MARKUP_NAME];	/* of the tag that is being read */
	size_t name_size;
	uint32_t open[RMN_MARKUP_DEPTH];	/* hashes of the names of open elements */
	size_t depth;
	uint64_t closed_at, html_closed_at;
	size_t html_size;		/* how much of "</html" stands before */
	unsigned dashes;		/* that end a comment; brackets that end a section */
	unsigned char state, quote;
	char before;			/* the character before, in a tag */
	bool is_xml, is_html, is_svg;
	bool is_tilted;			/* not well-formed, so that balance says nothing */
	bool is_closed, is_html_closed, has_root, is_end_tag;
};

struct rmn_card_machine {
	char line[16];
	size_t line_size;
	uint64_t closed_at;
	uint32_t depth;
	bool is_calendar, is_closed, is_after_cr;
};

#define RMN_TABLE_DELIMITERS 3u

/* Rows that have the same number of fields as the row before. */
struct rmn_table_machine {
	uint32_t fields[RMN_TABLE_DELIMITERS], before[RMN_TABLE_DELIMITERS];
	uint32_t same[RMN_TABLE_DELIMITERS];
	uint32_t rows;
	bool is_quoted, is_row;
	unsigned char last;
};

struct rmn_text_machine {
	enum rmn_text_kind kind;
	uint64_t at;			/* units fed so far */
	uint64_t solid_end;		/* behind the last one that is no white space */
	union {
		struct rmn_mail_machine mail;
		struct rmn_markup_machine markup;
		struct rmn_card_machine card;
		struct rmn_table_machine table;
	} as;
};

/* What kind of file begins with this narrow text (its first KiB or so, behind a mark).  PLAIN when
 * it has no shape of its own. */
enum rmn_text_kind rmn_text_kind_of(struct rmn_bytes narrow);

void rmn_text_machine_init(struct rmn_text_machine *m, enum rmn_text_kind kind);
void rmn_text_machine_feed(struct rmn_text_machine *m, struct rmn_bytes narrow);
void rmn_text_machine_end(const struct rmn_text_machine *m, struct rmn_text_shape *shape);

/* One machine each. */
bool rmn_mail_is_head(struct rmn_bytes narrow);
bool rmn_mail_is_sure_head(struct rmn_bytes narrow);	/* the first line is no rest of one */
void rmn_mail_feed(struct rmn_text_machine *m, struct rmn_bytes narrow);
void rmn_mail_end(const struct rmn_text_machine *m, struct rmn_text_shape *shape);
bool rmn_markup_is_head(struct rmn_bytes narrow);
void rmn_markup_feed(struct rmn_text_machine *m, struct rmn_bytes narrow);
void rmn_markup_end(const struct rmn_text_machine *m, struct rmn_text_shape *shape);
bool rmn_card_is_head(struct rmn_bytes narrow);
void rmn_card_feed(struct rmn_text_machine *m, struct rmn_bytes narrow);
void rmn_card_end(const struct rmn_text_machine *m, struct rmn_text_shape *shape);
bool rmn_ldif_is_head(struct rmn_bytes narrow);
void rmn_table_feed(struct rmn_text_machine *m, struct rmn_bytes narrow);
void rmn_table_end(const struct rmn_text_machine *m, struct rmn_text_shape *shape);

static inline bool
rmn_text_is_space(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* Whether bytes begin with a word in any case; word in lower case. */
bool rmn_text_begins(struct rmn_bytes bytes, const char *word);

/* Bytes of one encoding to narrow text, piece by piece.  In 8-bit encodings escapes of ISO-2022-JP
 * are heeded whatever the encoding: a mail shows the first after pages of ASCII. */
struct rmn_text_narrow {
	enum rmn_encoding encoding;
	bool is_shifted;		/* not in ASCII */
	unsigned char escape;		/* how much of one has been seen */
	unsigned char half;		/* UTF-16: the first byte of a unit, */
	bool has_half;			/* when the last piece ended there */
};
void rmn_text_narrow_add(struct rmn_text_narrow *n, struct rmn_bytes bytes, struct rmn_buf *narrow);

/* How many bytes at the start are text as far as single bytes (units) tell: no zero, no control
 * character that texts do not have. */
size_t rmn_text_clean(struct rmn_bytes bytes, enum rmn_encoding encoding);

/* Of clean bytes at the start of bytes those that are no chance: what interrupts a text may begin
 * like one. */
size_t rmn_text_sure_size(struct rmn_bytes bytes, size_t clean);

/* The encoding that a file beginning with bytes (its first block) is in, the size of its mark, and
 * how much of bytes is clean; false when this is no text, or too little to tell it from chance. */
bool rmn_text_encoding_of(struct rmn_bytes bytes, enum rmn_encoding *encoding, size_t *mark_bytes,
    size_t *clean);

/* Whether text of no kind (behind its mark) looks like something people write or programs log, not
 * like data that happens to have no control characters. */
bool rmn_text_is_plausible(struct rmn_bytes text, enum rmn_encoding encoding);

/* Whether text of no kind shows that it is the middle of a file: lines of base64 or of
 * hexadecimals, the insides of RTF and PDF. */
bool rmn_text_is_middle(struct rmn_bytes text);

/* Whether a block that stands behind text of an encoding can be in the same.  A character may be
 * cut by the border.  ASCII becomes what the block is in. */
bool rmn_text_goes_on(struct rmn_bytes block, enum rmn_encoding *encoding);

/* What reads a text piece by piece, as it stands at the end of a piece. */
struct rmn_text_reader {
	struct rmn_text_machine machine;
	struct rmn_text_narrow narrow;
};
/* False when out of memory.  narrowed is scratch. */
bool rmn_text_reader_feed(struct rmn_text_reader *reader, struct rmn_bytes bytes,
    struct rmn_buf *narrowed);

/* Why a text ends where it does. */
enum rmn_text_stop {
	RMN_TEXT_PADDED,	/* zeros up to the next sector, or the next sector is no text */
	RMN_TEXT_BORDER,	/* at a border behind which there is no text, or another one, or
				 * somebody else's block */
	RMN_TEXT_GUESSED,	/* where other bytes seem to begin, in the middle of a sector */
	RMN_TEXT_DIRTY,		/* the same, but it is not sure that this is a file of text */
};

/* Where a text ends that something else follows at once, whose first bytes may look like text: an
 * offset into tail, whose end is surely wrong.  model: text in front of tail; sector: where in tail
 * a sector ends, or SIZE_MAX. */
size_t rmn_text_end_guess(struct rmn_bytes model, struct rmn_bytes tail, enum rmn_encoding encoding,
    size_t sector);

/* Whether bytes are as mixed as random and compressed ones. */
bool rmn_text_is_mixed(struct rmn_bytes bytes);

/* Text without interruption from a block border on. */
struct rmn_text_run {
	uint64_t start, end;		/* on the image */
	enum rmn_encoding encoding;
	enum rmn_text_kind kind;
	enum rmn_text_stop stop;
	uint32_t mark_bytes;
	bool is_sure;			/* a file surely begins here */
	bool is_middle;			/* surely none does */
	bool is_behind;			/* text stands in front: this is none's next piece */
	struct rmn_text_shape shape;	/* closed_at as an offset from start, in bytes */
	uint64_t solid_end;		/* the same: behind the last that is no white space */
	struct rmn_text_reader *reader;	/* owned; of a file that goes on elsewhere, else NULL */
	unsigned char *head;		/* owned; the first bytes of what may be a next piece */
	size_t head_size;
};
void rmn_text_run_release(struct rmn_text_run *run);

/* Whether a run is a file whatever stands behind it: by its head, not by its looks.  Two bytes of a
 * mark are too few. */
static inline bool
rmn_text_is_strong(const struct rmn_text_run *run)
{
	return run->is_sure && (run->kind != RMN_TEXT_PLAIN || run->mark_bytes > 2);
}

/* Whether nothing but white space stands behind what closes the file. */
static inline bool
rmn_text_is_closed(const struct rmn_text_run *run)
{
	return run->shape.is_closed && run->solid_end <= run->shape.closed_at;
}

/* Units behind the mark of a run, to bytes from its start. */
static inline uint64_t
rmn_text_to_bytes(const struct rmn_text_run *run, uint64_t units)
{
	return run->mark_bytes + units *
	    (run->encoding == RMN_UTF16LE || run->encoding == RMN_UTF16BE ? 2 : 1);
}

/* Finds the runs of the free stretches of a disk, rising. */
struct rmn_text_scan;
/* NULL when out of memory. */
struct rmn_text_scan *rmn_text_scan_new(const struct rmn_text_job *job);
void rmn_text_scan_free(struct rmn_text_scan *scan);
/* The caller releases the run. */
bool rmn_text_scan_next(struct rmn_text_scan *scan, struct rmn_text_run *run);
bool rmn_text_scan_failed(const struct rmn_text_scan *scan);	/* out of memory */

/* How two pieces fit, the end of one and the start of the next. */
#define RMN_SEAM_BYTES 1024u	/* behind a seam */
enum { RMN_SEAM_WRONG = -1, RMN_SEAM_OPEN, RMN_SEAM_LIKELY, RMN_SEAM_SURE };
int rmn_text_seam(struct rmn_bytes before, struct rmn_bytes after, enum rmn_encoding encoding);

/* The same from what a reader is in the middle of: a table, a header, a set of ISO-2022-JP. */
int rmn_text_seam_state(const struct rmn_text_reader *reader, struct rmn_bytes after,
    struct rmn_buf *narrowed);

/* Puts together files whose pieces are among the runs (rising).  told is called for each file that
 * is whole now; its runs get kind NONE.  False when out of memory. */
struct rmn_text_joiner {
	const struct rmn_text_job *job;
	struct rmn_text_run *runs;
	size_t count;
	void (*told)(void *context, const struct rmn_text_run *whole, const size_t *pieces,
	    size_t piece_count);
	void *context;
	bool is_limited;		/* out: not every combination was tried */
};
bool rmn_text_join(struct rmn_text_joiner *j);

/* The block that holds an offset: where it starts and how large blocks are there. */
uint64_t rmn_text_block(const struct rmn_text_job *job, uint64_t offset, uint32_t *block_bytes);

#define RMN_TEXT_SHIFTED 0xFFu

#endif
