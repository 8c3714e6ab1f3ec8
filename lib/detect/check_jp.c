/* SPDX-License-Identifier: MIT
 *
 * Numbers of Japanese authorities and of the post office. */
#include "detect/check.h"
#include "detect/check_text.h"

/* Ministerial ordinance on My Number, article 5: weights of digits 1-11. */
static bool
mynumber_accept(struct rmn_bytes candidate)
{
	static const unsigned char weights[11] = {6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
	struct rmn_check_text t;
	unsigned rest;

	if (!rmn_check_fold(candidate, &t))
		return false;
	if (rmn_check_matches(t.text, "9999-9999-9999") ||
	    rmn_check_matches(t.text, "9999 9999 9999")) {
		if (!rmn_check_fold_without(candidate, " -", false, &t))
			return false;
	}
	if (t.size != 12 || !rmn_check_all_digits(t.text, 12) || rmn_check_distinct(t.text, 12) == 1)
		return false;
	rest = rmn_check_weighted(t.text, weights, 11) % 11;
	return (unsigned)(t.text[11] - '0') == (rest <= 1 ? 0 : 11 - rest);
}

const struct rmn_check rmn_check_jp_mynumber = {
    .name = "jp_mynumber",
    .accept = mynumber_accept,
    .chance_permyriad = 990,
};

/* The check digit comes first.  A T before it is the invoice registration number. */
static bool
corporate_number_accept(struct rmn_bytes candidate)
{
	static const unsigned char weights[12] = {2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1};
	struct rmn_check_text t;
	const char *number;

	if (!rmn_check_fold(candidate, &t))
		return false;
	number = t.text + (t.text[0] == 'T');
	if (rmn_check_matches(number, "9-9999-9999-9999") ||
	    rmn_check_matches(number, "9 9999 9999 9999")) {
		if (!rmn_check_fold_without(candidate, " -", false, &t))
			return false;
		number = t.text + (t.text[0] == 'T');
	}
	if (!rmn_check_matches(number, "9999999999999") || number[0] == '0')
		return false;
	return (unsigned)(number[0] - '0') == 9 - rmn_check_weighted(number + 1, weights, 12) % 9;
}

const struct rmn_check rmn_check_jp_corporate_number = {
    .name = "jp_corporate_number",
    .accept = corporate_number_accept,
    .chance_permyriad = 1000,
};

/* Codes of the prefectures' public safety commissions, a bit a code from 10 on. */
static bool
licence_prefecture_exists(unsigned code)
{
	static const struct {
		unsigned char first, last;
	} ranges[] = {{10, 14}, {20, 25}, {30, 30}, {40, 55}, {60, 65}, {70, 74}, {80, 83}, {90, 97}};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

static bool
driver_licence_accept(struct rmn_bytes candidate)
{
	static const unsigned char weights[10] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
	struct rmn_check_text t;
	unsigned check;

	if (!rmn_check_fold(candidate, &t) || !rmn_check_matches(t.text, "999999999999") ||
	    !licence_prefecture_exists(rmn_check_number(t.text, 2)))
		return false;
	check = (11 - rmn_check_weighted(t.text, weights, 10) % 11) % 10;
	return (unsigned)(t.text[10] - '0') == check;
}

const struct rmn_check rmn_check_jp_driver_licence = {
    .name = "jp_driver_licence",
    .accept = driver_licence_accept,
    .chance_permyriad = 513,
};

static bool
prefecture_exists(const char *two_digits)
{
	unsigned code = rmn_check_number(two_digits, 2);

	return code >= 1 && code <= 47;
}

/* Health insurers: law number, prefecture, insurer, Luhn. */
static bool
insurer_no8_accept(struct rmn_bytes candidate)
{
	static const unsigned char laws[] = {
	    1, 2, 3, 4, 6, 7, 31, 32, 33, 34, 39, 63, 67, 72, 73, 74, 75};
	struct rmn_check_text t;
	bool is_law = false;

	if (!rmn_check_fold(candidate, &t) || !rmn_check_matches(t.text, "99999999"))
		return false;
	for (size_t i = 0; i < sizeof(laws); i++)
		is_law |= laws[i] == rmn_check_number(t.text, 2);
	return is_law && prefecture_exists(t.text + 2) && rmn_check_luhn(t.text, 8);
}

const struct rmn_check rmn_check_jp_insurer_no8 = {
    .name = "jp_insurer_no8",
    .accept = insurer_no8_accept,
    .chance_permyriad = 81,
};

/* National health insurance has no law number. */
static bool
insurer_no6_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;

	return rmn_check_fold(candidate, &t) && rmn_check_matches(t.text, "999999") &&
	       prefecture_exists(t.text) && rmn_check_luhn(t.text, 6);
}

const struct rmn_check rmn_check_jp_insurer_no6 = {
    .name = "jp_insurer_no6",
    .accept = insurer_no6_accept,
    .chance_permyriad = 466,
};

/* Post office savings: symbol 1xxx0, number of up to eight digits that ends with 1. */
static bool
yucho_symbol_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;
	const char *number;
	size_t digits;

	if (!rmn_check_fold(candidate, &t) || t.size < 8 || t.size > 14 || t.text[5] != '-' ||
	    t.text[0] != '1' || t.text[4] != '0')
		return false;
	number = t.text + 6;
	digits = t.size - 6;
	for (size_t i = 0; i < 5; i++)
		if (!rmn_check_is_digit(t.text[i]))
			return false;
	return rmn_check_all_digits(number, digits) && number[digits - 1] == '1';
}

const struct rmn_check rmn_check_jp_yucho_symbol = {
    .name = "jp_yucho_symbol",
    .accept = yucho_symbol_accept,
    .chance_permyriad = 10000,
};

static bool
passport_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;

	return rmn_check_fold(candidate, &t) && rmn_check_matches(t.text, "AA9999999") &&
	       (t.text[0] == 'M' || t.text[0] == 'T');
}

const struct rmn_check rmn_check_jp_passport = {
    .name = "jp_passport",
    .accept = passport_accept,
    .chance_permyriad = 10000,
};

static bool
residence_card_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;

	return rmn_check_fold(candidate, &t) && rmn_check_matches(t.text, "AA99999999AA");
}

const struct rmn_check rmn_check_jp_residence_card = {
    .name = "jp_residence_card",
    .accept = residence_card_accept,
    .chance_permyriad = 10000,
};

static bool
pension_no_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;

	return rmn_check_fold(candidate, &t) && rmn_check_matches(t.text, "9999-999999") &&
	       !rmn_check_matches(t.text, "0000-000000");
}

const struct rmn_check rmn_check_jp_pension_no = {
    .name = "jp_pension_no",
    .accept = pension_no_accept,
    .chance_permyriad = 10000,
};

static bool
employment_ins_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;

	return rmn_check_fold(candidate, &t) && rmn_check_matches(t.text, "9999-999999-9") &&
	       rmn_check_number(t.text, 4) != 0;
}

const struct rmn_check rmn_check_jp_employment_ins = {
    .name = "jp_employment_ins",
    .accept = employment_ins_accept,
    .chance_permyriad = 9999,
};

static bool
postal_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;
	const char *code = t.text;

	if (!rmn_check_fold(candidate, &t))
		return false;
	if (*code == RMN_CHECK_POSTAL_MARK)
		for (code++; *code == ' ';)
			code++;
	return rmn_check_matches(code, "999-9999") && rmn_check_number(code, 3) != 0;
}

const struct rmn_check rmn_check_jp_postal = {
    .name = "jp_postal",
    .accept = postal_accept,
    .chance_permyriad = 9990,
};
