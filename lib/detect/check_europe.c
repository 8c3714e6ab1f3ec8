/* SPDX-License-Identifier: MIT
 *
 * Personal numbers of European states, without Italy (check_italy.c). */
#include "detect/check.h"
#include "detect/check_text.h"

#include <string.h>

static bool
nino_accept(struct rmn_bytes candidate)
{
	static const char *const unused[] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
	struct rmn_check_text t;

	if (!rmn_check_fold_without(candidate, " ", true, &t) ||
	    !rmn_check_matches(t.text, "AA999999A") || t.text[8] > 'D')
		return false;
	if (strchr("DFIQUV", t.text[0]) || strchr("DFIOQUV", t.text[1]))
		return false;
	for (size_t i = 0; i < sizeof(unused) / sizeof(unused[0]); i++)
		if (memcmp(t.text, unused[i], 2) == 0)
			return false;
	return true;
}

const struct rmn_check rmn_check_uk_nino = {
    .name = "uk_nino",
    .accept = nino_accept,
    .chance_permyriad = 5530,	/* of two letters, six digits and A-D */
};

static bool
nhs_accept(struct rmn_bytes candidate)
{
	static const unsigned char weights[9] = {10, 9, 8, 7, 6, 5, 4, 3, 2};
	struct rmn_check_text t;
	unsigned check;

	if (!rmn_check_fold_without(candidate, " -", false, &t) ||
	    !rmn_check_matches(t.text, "9999999999") || rmn_check_distinct(t.text, 10) == 1)
		return false;
	check = (11 - rmn_check_weighted(t.text, weights, 9) % 11) % 11;
	return check != 10 && check == (unsigned)(t.text[9] - '0');
}

const struct rmn_check rmn_check_uk_nhs = {
    .name = "uk_nhs",
    .accept = nhs_accept,
    .chance_permyriad = 910,
};

/* ISO 7064 MOD 11,10 over all digits, the check digit last. */
static bool
iso7064_11_10_fits(const char *digits, size_t count)
{
	unsigned product = 10;

	for (size_t i = 0; i + 1 < count; i++) {
		unsigned sum = (product + (unsigned)(digits[i] - '0')) % 10;

		product = (sum ? sum : 10) * 2 % 11;
	}
	return (11 - product) % 10 == (unsigned)(digits[count - 1] - '0');
}

/* Among the first ten digits exactly one comes twice or three times, not three in a row. */
static bool
idnr_digits_fit(const char *digits)
{
	unsigned char counts[10] = {0};
	unsigned repeated = 0;

	for (size_t i = 0; i < 10; i++) {
		counts[digits[i] - '0']++;
		if (i >= 2 && digits[i] == digits[i - 1] && digits[i] == digits[i - 2])
			return false;
	}
	for (size_t i = 0; i < 10; i++) {
		if (counts[i] > 3)
			return false;
		repeated += counts[i] > 1;
	}
	return repeated == 1;
}

static bool
idnr_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;

	return rmn_check_fold_without(candidate, " /", false, &t) &&
	       rmn_check_matches(t.text, "99999999999") && t.text[0] != '0' &&
	       idnr_digits_fit(t.text) && iso7064_11_10_fits(t.text, 11);
}

const struct rmn_check rmn_check_de_idnr = {
    .name = "de_idnr",
    .accept = idnr_accept,
    .chance_permyriad = 33,
};

/* Corsica's departments 2A and 2B count as 19 and 18. */
static bool
nir_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;
	unsigned month;

	if (!rmn_check_fold_without(candidate, " .-", true, &t) || t.size != 15 ||
	    !strchr("123478", t.text[0]))
		return false;
	if (t.text[5] == '2' && (t.text[6] == 'A' || t.text[6] == 'B')) {
		t.text[5] = '1';
		t.text[6] = t.text[6] == 'A' ? '9' : '8';
	}
	if (!rmn_check_all_digits(t.text, 15))
		return false;
	month = rmn_check_number(t.text + 3, 2);
	if (month == 0 || (month > 12 && month < 20))
		return false;
	return 97 - rmn_check_mod97(0, t.text, 13) == rmn_check_number(t.text + 13, 2);
}

const struct rmn_check rmn_check_fr_nir = {
    .name = "fr_nir",
    .accept = nir_accept,
    .chance_permyriad = 53,
};

static bool
spanish_letter_fits(unsigned number, char letter)
{
	return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == letter;
}

static bool
dni_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;

	return rmn_check_fold_without(candidate, " .-", true, &t) &&
	       rmn_check_matches(t.text, "99999999A") &&
	       spanish_letter_fits(rmn_check_number(t.text, 8), t.text[8]);
}

const struct rmn_check rmn_check_es_dni = {
    .name = "es_dni",
    .accept = dni_accept,
    .chance_permyriad = 385,
};

static bool
nie_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;

	if (!rmn_check_fold_without(candidate, " .-", true, &t) ||
	    !rmn_check_matches(t.text, "A9999999A") || t.text[0] < 'X')
		return false;
	return spanish_letter_fits(
	    (unsigned)(t.text[0] - 'X') * 10000000 + rmn_check_number(t.text + 1, 7), t.text[8]);
}

const struct rmn_check rmn_check_es_nie = {
    .name = "es_nie",
    .accept = nie_accept,
    .chance_permyriad = 385,
};

static bool
bsn_accept(struct rmn_bytes candidate)
{
	static const unsigned char weights[8] = {9, 8, 7, 6, 5, 4, 3, 2};
	struct rmn_check_text t;

	/* two leading zeros would be a number of seven digits, which nobody has */
	return rmn_check_fold(candidate, &t) && rmn_check_matches(t.text, "999999999") &&
	       rmn_check_number(t.text, 9) > 9999999 &&
	       rmn_check_weighted(t.text, weights, 8) % 11 == (unsigned)(t.text[8] - '0');
}

const struct rmn_check rmn_check_nl_bsn = {
    .name = "nl_bsn",
    .accept = bsn_accept,
    .chance_permyriad = 900,
};

/* The month carries the century: 1-12, 21-32, 41-52, 61-72 and 81-92 are the 1900s, 2000s,
 * 2100s, 2200s and 1800s. */
static bool
pesel_accept(struct rmn_bytes candidate)
{
	static const unsigned char weights[10] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3};
	static const short centuries[5] = {1900, 2000, 2100, 2200, 1800};
	struct rmn_check_text t;
	struct rmn_date birth;
	unsigned month;

	if (!rmn_check_fold(candidate, &t) || !rmn_check_matches(t.text, "99999999999"))
		return false;
	month = rmn_check_number(t.text + 2, 2);
	birth.year = centuries[month / 20] + (int)rmn_check_number(t.text, 2);
	birth.month = (int)(month % 20);
	birth.day = (int)rmn_check_number(t.text + 4, 2);
	if (!rmn_date_is_valid(birth))
		return false;
	return (10 - rmn_check_weighted(t.text, weights, 10) % 10) % 10 ==
	       (unsigned)(t.text[10] - '0');
}

const struct rmn_check rmn_check_pl_pesel = {
    .name = "pl_pesel",
    .accept = pesel_accept,
    .chance_permyriad = 184,
};
