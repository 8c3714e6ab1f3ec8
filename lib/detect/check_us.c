/* SPDX-License-Identifier: MIT
 *
 * North America. */
#include "detect/check.h"
#include "detect/check_text.h"

#include <string.h>

/* Three, two and four digits with the same separator, or none, as nine digits. */
static bool
read_3_2_4(struct rmn_bytes candidate, struct rmn_check_text *t)
{
	if (!rmn_check_fold(candidate, t))
		return false;
	if (!rmn_check_matches(t->text, "999999999") && !rmn_check_matches(t->text, "999-99-9999") &&
	    !rmn_check_matches(t->text, "999 99 9999"))
		return false;
	return rmn_check_fold_without(candidate, " -", false, t);
}

/* Numbers that were printed: a wallet insert, pamphlets, and the counting sequence. */
static bool
ssn_was_printed(const char *digits)
{
	static const char *const printed[] = {"078051120", "219099999", "457555462", "123456789"};

	for (size_t i = 0; i < sizeof(printed) / sizeof(printed[0]); i++)
		if (strcmp(digits, printed[i]) == 0)
			return true;
	return false;
}

static bool
ssn_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;
	unsigned area;

	if (!read_3_2_4(candidate, &t))
		return false;
	area = rmn_check_number(t.text, 3);
	return area != 0 && area != 666 && area < 900 && rmn_check_number(t.text + 3, 2) != 0 &&
	       rmn_check_number(t.text + 5, 4) != 0 && !ssn_was_printed(t.text) &&
	       rmn_check_distinct(t.text, 9) > 1;
}

const struct rmn_check rmn_check_us_ssn = {
    .name = "us_ssn",
    .accept = ssn_accept,
    .chance_permyriad = 8890,
};

static bool
itin_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;
	unsigned group;

	if (!read_3_2_4(candidate, &t) || t.text[0] != '9')
		return false;
	group = rmn_check_number(t.text + 3, 2);
	return (group >= 50 && group <= 65) || (group >= 70 && group <= 88) ||
	       (group >= 90 && group <= 92) || (group >= 94 && group <= 99);
}

const struct rmn_check rmn_check_us_itin = {
    .name = "us_itin",
    .accept = itin_accept,
    .chance_permyriad = 4400,	/* of nine digits that begin with 9 */
};

static bool
ein_accept(struct rmn_bytes candidate)
{
	/* prefixes that were never given out */
	static const unsigned char unused[] = {
	    0, 7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89, 96, 97};
	struct rmn_check_text t;

	if (!rmn_check_fold(candidate, &t) || !rmn_check_matches(t.text, "99-9999999"))
		return false;
	return !memchr(unused, (int)rmn_check_number(t.text, 2), sizeof(unused));
}

const struct rmn_check rmn_check_us_ein = {
    .name = "us_ein",
    .accept = ein_accept,
    .chance_permyriad = 8300,
};

static bool
aba_accept(struct rmn_bytes candidate)
{
	static const unsigned char weights[9] = {3, 7, 1, 3, 7, 1, 3, 7, 1};
	struct rmn_check_text t;
	unsigned prefix;

	if (!rmn_check_fold(candidate, &t) || !rmn_check_matches(t.text, "999999999"))
		return false;
	prefix = rmn_check_number(t.text, 2);
	if (!(prefix <= 12 || (prefix >= 21 && prefix <= 32) || (prefix >= 61 && prefix <= 72) ||
		prefix == 80))
		return false;
	return rmn_check_number(t.text, 9) != 0 && rmn_check_weighted(t.text, weights, 9) % 10 == 0;
}

const struct rmn_check rmn_check_us_aba = {
    .name = "us_aba",
    .accept = aba_accept,
    .chance_permyriad = 380,
};

static bool
sin_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;

	return rmn_check_fold_without(candidate, " -", false, &t) &&
	       rmn_check_matches(t.text, "999999999") && t.text[0] != '0' && t.text[0] != '8' &&
	       rmn_check_luhn(t.text, 9);
}

const struct rmn_check rmn_check_ca_sin = {
    .name = "ca_sin",
    .accept = sin_accept,
    .chance_permyriad = 796,
};
