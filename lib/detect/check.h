/* SPDX-License-Identifier: MIT
 *
 * Is this candidate a number or address of its kind?  Pure functions, no allocation, no state:
 * one row of check.def for each kind, one file for each family.
 *
 * A candidate is the value as written, separators included, without what surrounds it; UTF-8 in
 * the working form of charset/normal.h.  Full-width forms and the dashes that stand for '-' are
 * folded here as well, so that a value typed into a command or a test needs no preparation. */
#ifndef RMN_DETECT_CHECK_H
#define RMN_DETECT_CHECK_H

#include "base/bytes.h"

struct rmn_check {
	const char *name;	/* stable: rules name it, cases store it */
	bool (*accept)(struct rmn_bytes candidate);
	/* How often a random value of the right shape passes, in 1/10,000, never 0: what an
	 * accepted candidate is worth by itself (10,000: the shape is all there is). */
	unsigned chance_permyriad;
};

/* Every check, sorted by name, NULL at the end. */
extern const struct rmn_check *const rmn_checks[];

const struct rmn_check *rmn_check_find(const char *name);	/* may be NULL */

/* Copies the digits of candidate (ASCII or full-width) and a NUL; returns how many there are.
 * More than size - 1 gives 0 and an empty string. */
size_t rmn_check_digits(struct rmn_bytes candidate, char *digits, size_t size);

/* What kind of number an accepted jp_phone is. */
enum rmn_jp_phone_kind {
	RMN_JP_PHONE_NONE,	/* not accepted */
	RMN_JP_PHONE_LANDLINE,
	RMN_JP_PHONE_MOBILE,
	RMN_JP_PHONE_IP,	/* 050 */
	RMN_JP_PHONE_FREE,	/* 0120, 0800 */
	RMN_JP_PHONE_SERVICE,	/* 0570, 0990, 0180 */
};

/* *is_grouped: written in groups (that fit, or the number would not be accepted). */
enum rmn_jp_phone_kind rmn_jp_phone_kind(struct rmn_bytes candidate, bool *is_grouped);

/* "Visa", "JCB" ... for an accepted payment_card, else NULL. */
const char *rmn_card_brand(struct rmn_bytes candidate);

/* A day of the proleptic Gregorian calendar. */
struct rmn_date {
	int year, month, day;
};
bool rmn_date_is_valid(struct rmn_date date);

/* The day that an accepted jp_era_date means; false leaves *date alone. */
bool rmn_era_date_read(struct rmn_bytes candidate, struct rmn_date *date);

#endif
