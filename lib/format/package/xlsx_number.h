/* SPDX-License-Identifier: MIT
 *
 * Numbers in cells: what a person sees, as far as the search for personal data needs it.  Dates
 * become ISO 8601, leading zeros that only the number format knows come back (postal codes and
 * phone numbers stored as numbers), exponents are written out. */
#ifndef RMN_FORMAT_XLSX_NUMBER_H
#define RMN_FORMAT_XLSX_NUMBER_H

#include "base/bytes.h"

#define RMN_NUMBER_BYTES 64u

/* What a number format says about its values. */
enum rmn_number_kind {
	RMN_NUMBER_PLAIN = 0,
	RMN_NUMBER_DATE,
	RMN_NUMBER_TIME,
	RMN_NUMBER_DATE_TIME,
	RMN_NUMBER_DIGITS,	/* digits put into places: code holds the format */
};

struct rmn_number_format {
	enum rmn_number_kind kind;
	struct rmn_bytes code;
};

/* Formats 0-163 are built in (ECMA-376 18.8.30; 27-36 and 50-58 are dates of East Asia). */
enum rmn_number_kind rmn_number_builtin(unsigned id);

/* Kind of a custom format, entities already decoded. */
enum rmn_number_kind rmn_number_kind(struct rmn_bytes code);

/* Writes the value as stored ("4.0123E15") to text and returns its size; at most
 * RMN_NUMBER_BYTES.  What is no number is copied. */
size_t rmn_number_text(struct rmn_bytes value, const struct rmn_number_format *format,
    bool from_1904, unsigned char text[RMN_NUMBER_BYTES]);

/* The same for a whole number below 1e15. */
size_t rmn_number_whole(uint64_t number, const struct rmn_number_format *format, bool from_1904,
    unsigned char text[RMN_NUMBER_BYTES]);

/* A number between 1e-12 and 1e24 with fifteen digits, without an exponent. */
size_t rmn_number_fraction(double number, unsigned char text[RMN_NUMBER_BYTES]);

#endif
