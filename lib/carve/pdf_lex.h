/* SPDX-License-Identifier: MIT
 *
 * Private to carve/pdf*.c: the tokens of PDF (ISO 32000-1, 7.2 and 7.3) and what a dictionary
 * says that matters for where things are.  Strict where foreign bytes must be noticed: outside
 * strings nothing is taken that no writer writes. */
#ifndef RMN_CARVE_PDF_LEX_H
#define RMN_CARVE_PDF_LEX_H

#include "carve/window.h"

enum rmn_pdf_type {
	RMN_PDF_WRONG,			/* no token: a byte that cannot be, or the end */
	RMN_PDF_NUMBER,			/* a whole one, not negative */
	RMN_PDF_REAL,
	RMN_PDF_NAME,
	RMN_PDF_STRING,
	RMN_PDF_DICT, RMN_PDF_DICT_END,
	RMN_PDF_ARRAY, RMN_PDF_ARRAY_END,
	RMN_PDF_WORD,
};

struct rmn_pdf_token {
	enum rmn_pdf_type type;
	uint64_t at, end;		/* WRONG: at is the wrong byte */
	uint64_t value;			/* NUMBER */
	char text[20];			/* NAME (without slash) and WORD, cut */
};

/* The first byte at or behind `at` that is no white space (a NUL is not, here). */
uint64_t rmn_pdf_space_skip(struct rmn_window *w, uint64_t at);

/* The next token, comments stepped over. */
struct rmn_pdf_token rmn_pdf_token_read(struct rmn_window *w, uint64_t at);

/* "12 0 obj" at exactly `at`; *end is behind it. */
bool rmn_pdf_object_read(struct rmn_window *w, uint64_t at, uint64_t *number, uint64_t *end);

enum rmn_pdf_filter {
	RMN_PDF_FILTER_NONE,
	RMN_PDF_FILTER_FLATE,		/* the outermost one */
	RMN_PDF_FILTER_JPEG,
	RMN_PDF_FILTER_OTHER,
};

#define RMN_PDF_WIDTHS 3

struct rmn_pdf_dict {
	bool has_length, is_length_elsewhere;	/* elsewhere: length is an object's number */
	bool is_xref, is_encrypted, is_linearized, has_prev, has_xref_stream;
	enum rmn_pdf_filter filter;
	uint64_t length, prev, xref_stream, linear_length, size, predictor, columns;
	uint64_t widths[RMN_PDF_WIDTHS];
	uint64_t index_at;		/* of the array's bracket; 0: none */
};

/* How an object's body ended. */
enum rmn_pdf_body {
	RMN_PDF_BODY_WRONG,		/* *end is the wrong byte */
	RMN_PDF_BODY_STREAM,		/* *end is the first byte of its data */
	RMN_PDF_BODY_END,		/* *end is behind endobj */
	RMN_PDF_BODY_DICT,		/* a trailer: behind its dictionary */
};

/* Reads a body from behind "obj" (or "trailer": is_trailer).  *number is the body when it is just a
 * number (the length of a stream), else UINT64_MAX. */
enum rmn_pdf_body rmn_pdf_body_read(struct rmn_window *w, uint64_t at, bool is_trailer,
    struct rmn_pdf_dict *dict, uint64_t *number, uint64_t *end);

#endif
