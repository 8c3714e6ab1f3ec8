/* SPDX-License-Identifier: MIT
 *
 * Private to the checks: a candidate as short ASCII text, and the arithmetic they share. */
#ifndef RMN_DETECT_CHECK_TEXT_H
#define RMN_DETECT_CHECK_TEXT_H

#include "base/bytes.h"

/* The longest candidate is an e-mail address (254). */
#define RMN_CHECK_TEXT_BYTES 264

struct rmn_check_text {
	size_t size;
	char text[RMN_CHECK_TEXT_BYTES];	/* NUL-terminated */
};

/* What the characters outside ASCII that a candidate may have become. */
enum {
	RMN_CHECK_POSTAL_MARK = 1,
	RMN_CHECK_FIRST_YEAR,	/* 元 */
	RMN_CHECK_YEAR,		/* 年 */
	RMN_CHECK_MONTH,
	RMN_CHECK_DAY,
};

/* One character of bytes as ASCII or one of the marks above, -1 for anything else; moves *at,
 * which must be below bytes.size. */
int rmn_check_fold_next(struct rmn_bytes bytes, size_t *at);

/* False when the candidate has a character that no check knows, or is too long. */
bool rmn_check_fold(struct rmn_bytes candidate, struct rmn_check_text *folded);

/* The same, without the characters of drop (those before '0' only), and with letters in upper case when upper. */
bool rmn_check_fold_without(struct rmn_bytes candidate, const char *drop, bool upper,
    struct rmn_check_text *folded);

/* Whole text against a mask: 9 a digit, A an upper-case letter, * either; the rest stands for
 * itself. */
bool rmn_check_matches(const char *text, const char *mask);

bool rmn_check_is_digit(char c);
bool rmn_check_is_upper(char c);
bool rmn_check_all_digits(const char *text, size_t count);	/* and nothing after them */
unsigned rmn_check_number(const char *digits, size_t count);	/* at most 9 digits */
unsigned rmn_check_distinct(const char *digits, size_t count);	/* different digits among them */

/* Sum of the first count digits, each times its weight. */
unsigned rmn_check_weighted(const char *digits, const unsigned char *weights, size_t count);

bool rmn_check_luhn(const char *digits, size_t count);
unsigned rmn_check_mod97(unsigned remainder, const char *digits_and_letters, size_t count);

/* 0-9, A = 10 ... Z = 35; '<' of machine-readable documents is 0. */
unsigned rmn_check_base36(char c);

#endif
