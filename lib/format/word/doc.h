/* SPDX-License-Identifier: MIT
 *
 * Private to format/doc*.c: binary Word documents (MS-DOC; Word 6 and 95 have the same frame with
 * smaller numbers).
 *
 * doc_fib.c reads the header, doc_piece.c where the text lies, doc_run.c which of it is deleted,
 * hidden or in a table, doc_text.c makes lines of it, doc_extra.c gives names and paths, doc_lost.c
 * text that nothing refers to. */
#ifndef RMN_FORMAT_DOC_H
#define RMN_FORMAT_DOC_H

#include "base/cursor.h"
#include "format/word/flow.h"
#include "format/ole/ole.h"

/* Parts of the table stream, by their place in the header. */
enum rmn_doc_table {
	RMN_DOC_COMMENT_REFERENCES = 4,
	RMN_DOC_COMMENT_TEXTS = 5,
	RMN_DOC_CHARACTERS = 12,
	RMN_DOC_PARAGRAPHS = 13,
	RMN_DOC_ASSOCIATED = 32,
	RMN_DOC_PIECES = 33,
	RMN_DOC_COMMENT_AUTHORS = 36,
	RMN_DOC_REVISERS = 51,
	RMN_DOC_VARIABLES = 60,
	RMN_DOC_SAVED_BY = 71,
	RMN_DOC_TABLES = 72
};

/* Stories in the order in which their text follows; the fourth has long been unused. */
enum rmn_doc_story {
	RMN_DOC_MAIN,
	RMN_DOC_FOOTNOTES,
	RMN_DOC_HEADERS,
	RMN_DOC_MACROS,
	RMN_DOC_COMMENTS,
	RMN_DOC_ENDNOTES,
	RMN_DOC_BOXES,
	RMN_DOC_HEADER_BOXES,
	RMN_DOC_STORIES
};

struct rmn_doc_fib {
	uint16_t version;		/* nFib */
	bool is_old;			/* Word 6 or 95: 8-bit text, no table stream of its own */
	bool is_complex;
	bool is_encrypted;
	bool uses_table_1;
	unsigned page;			/* code page of 8-bit text */
	uint32_t text_start;		/* fcMin: in the WordDocument stream */
	uint32_t text_end;		/* fcMac: of Word 6 and 95 */
	uint32_t lengths[RMN_DOC_STORIES];	/* in characters */
	struct {
		uint32_t offset, size;
	} tables[RMN_DOC_TABLES];
};

/* RMN_CORRUPT when this is no header of a Word document. */
enum rmn_status rmn_doc_fib_read(struct rmn_bytes stream, struct rmn_doc_fib *fib,
    struct rmn_error *error);

struct rmn_doc_piece {
	uint32_t start, end;		/* in characters of all stories */
	uint64_t offset;		/* in the stream */
	unsigned width;			/* of a character, 1 or 2 bytes */
	uint16_t flags;			/* of its modifier */
};

/* What is known of a run of text; runs that are ordinary are not kept. */
enum {
	RMN_DOC_DELETED = 1,
	RMN_DOC_HIDDEN = 2,
	RMN_DOC_SYMBOL = 4,
	RMN_DOC_IN_TABLE = 8,
	RMN_DOC_ROW_END = 16,
	RMN_DOC_INNER_CELL = 32,	/* of a table in a table */
	RMN_DOC_INNER_ROW = 64,
};

struct rmn_doc_run {
	uint32_t start, end;		/* offsets in the stream */
	uint16_t flags;
	uint16_t symbol;
};

struct rmn_doc_runs {
	struct rmn_doc_run *runs;	/* in order */
	size_t count;
	size_t next;			/* behind the run that was found last */
	bool is_known;			/* there was something to read */
};

#define RMN_DOC_FIELDS_MAX 64u

struct rmn_doc {
	const struct rmn_ole *ole;
	struct rmn_arena *arena;
	struct rmn_bytes stream;	/* WordDocument */
	struct rmn_bytes table;		/* 0Table or 1Table; of old ones the same as stream */
	struct rmn_doc_fib fib;
	struct rmn_doc_piece *pieces;
	size_t piece_count;
	struct rmn_doc_runs characters, paragraphs;
	struct rmn_flows flows;
	struct rmn_buf utf8;		/* text on its way to them */
	struct {
		size_t value_at;
		bool is_code;		/* before the mark that begins the result */
	} fields[RMN_DOC_FIELDS_MAX];
	size_t field_depth;
	size_t field_lost;		/* deeper than are kept */
	size_t code_depth;
	struct rmn_bytes *owners;	/* names of those who wrote comments, or NULL */
	size_t owner_count;
	bool was_cell;			/* the character before was the mark of a cell */
	uint64_t missing;		/* characters that pieces promise and the stream lacks */
	uint64_t zeros;			/* zeros where characters should be, as lost sectors leave them */
	bool is_damaged;		/* a table that says what text is could not be read */
};

/* A part of the table stream; empty when it is not there. */
struct rmn_bytes rmn_doc_table(const struct rmn_doc *doc, enum rmn_doc_table table);

/* Where the text lies.  RMN_CORRUPT when nothing says so. */
enum rmn_status rmn_doc_pieces_read(struct rmn_doc *doc);

/* Flags of the modifiers in a grpprl; they are added to those that are set. */
void rmn_doc_modifiers(bool is_old, struct rmn_bytes grpprl, uint16_t *flags, uint16_t *symbol);

void rmn_doc_runs_read(struct rmn_doc *doc, enum rmn_doc_table table, struct rmn_doc_runs *runs);

/* The run that holds offset, NULL when it is an ordinary one; *until is where the next begins.  Soon
 * found where it is not far behind the last one. */
const struct rmn_doc_run *rmn_doc_run_find(struct rmn_doc_runs *runs, uint64_t offset,
    uint64_t *until);

/* Gives characters [start, end) of all stories to a flow. */
void rmn_doc_text_give(struct rmn_doc *doc, uint64_t start, uint64_t end, enum rmn_flow flow);

/* Names, paths, variables as properties. */
void rmn_doc_extra_give(struct rmn_doc *doc);

/* The author of the n-th comment as a line, before its text. */
void rmn_doc_comment_author_give(struct rmn_doc *doc, size_t number);

/* Text in the stream that no piece refers to (fast saves leave it behind), as RMN_PART_DELETED.  When
 * the pieces are lost: all runs of text there are, as the body. */
void rmn_doc_lost_give(struct rmn_doc *doc, bool pieces_are_lost);

#endif
