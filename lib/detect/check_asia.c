/* SPDX-License-Identifier: MIT
 *
 * Personal numbers of Asian states other than Japan. */
#include "detect/check.h"
#include "detect/check_text.h"

#include <string.h>

static unsigned
digit(char c)
{
	return (unsigned)(c - '0');
}

static bool
chinese_province_exists(unsigned code)
{
	static const unsigned char provinces[] = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35,
	    36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83};

	return memchr(provinces, (int)code, sizeof(provinces)) != NULL;
}

/* Province, place, birth date, serial, and ISO 7064 MOD 11-2, whose tenth value is X. */
static bool
cn_ric_accept(struct rmn_bytes candidate)
{
	static const unsigned char weights[17] = {
	    7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	struct rmn_check_text t;
	struct rmn_date birth;

	if (!rmn_check_fold_without(candidate, NULL, true, &t) ||
	    !rmn_check_matches(t.text, "99999999999999999*") ||
	    !chinese_province_exists(rmn_check_number(t.text, 2)))
		return false;
	birth.year = (int)rmn_check_number(t.text + 6, 4);
	birth.month = (int)rmn_check_number(t.text + 10, 2);
	birth.day = (int)rmn_check_number(t.text + 12, 2);
	if (birth.year < 1900 || birth.year > 2100 || !rmn_date_is_valid(birth))
		return false;
	return t.text[17] == "10X98765432"[rmn_check_weighted(t.text, weights, 17) % 11];
}

const struct rmn_check rmn_check_cn_ric = {
    .name = "cn_ric",
    .accept = cn_ric_accept,
    .chance_permyriad = 1,
};

/* The seventh digit tells sex, century and nationality.  Numbers given out since October 2020
 * have no check digit: a failure there says little. */
static bool
kr_rrn_accept(struct rmn_bytes candidate)
{
	static const unsigned char weights[12] = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
	static const short centuries[10] = {
	    1800, 1900, 1900, 2000, 2000, 1900, 1900, 2000, 2000, 1800};
	struct rmn_check_text t;
	struct rmn_date birth;

	if (!rmn_check_fold(candidate, &t))
		return false;
	if (rmn_check_matches(t.text, "999999-9999999"))
		memmove(t.text + 6, t.text + 7, 8);
	if (!rmn_check_matches(t.text, "9999999999999"))
		return false;
	birth.year = centuries[digit(t.text[6])] + (int)rmn_check_number(t.text, 2);
	birth.month = (int)rmn_check_number(t.text + 2, 2);
	birth.day = (int)rmn_check_number(t.text + 4, 2);
	return rmn_date_is_valid(birth) &&
	       (11 - rmn_check_weighted(t.text, weights, 12) % 11) % 10 == digit(t.text[12]);
}

const struct rmn_check rmn_check_kr_rrn = {
    .name = "kr_rrn",
    .accept = kr_rrn_accept,
    .chance_permyriad = 38,
};

static unsigned
taiwan_letter(char c)
{
	static const unsigned char values[26] = {10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21,
	    22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33};

	return values[c - 'A'];
}

/* The second character: 1 2 citizens, 8 9 residents, A-D residents before 2021. */
static bool
tw_nid_accept(struct rmn_bytes candidate)
{
	static const unsigned char weights[8] = {7, 6, 5, 4, 3, 2, 1, 1};
	struct rmn_check_text t;
	unsigned first, second;

	if (!rmn_check_fold_without(candidate, NULL, true, &t) ||
	    !rmn_check_matches(t.text, "A*99999999") || !strchr("1289ABCD", t.text[1]))
		return false;
	first = taiwan_letter(t.text[0]);
	second = rmn_check_is_digit(t.text[1]) ? digit(t.text[1]) : taiwan_letter(t.text[1]) % 10;
	return (first / 10 + first % 10 * 9 + second * 8 +
		   rmn_check_weighted(t.text + 2, weights, 8)) % 10 == 0;
}

const struct rmn_check rmn_check_tw_nid = {
    .name = "tw_nid",
    .accept = tw_nid_accept,
    .chance_permyriad = 1000,
};

/* One or two letters, six digits, the check digit (A is ten) often in brackets. */
static bool
hk_hkid_accept(struct rmn_bytes candidate)
{
	static const unsigned char weights[6] = {7, 6, 5, 4, 3, 2};
	struct rmn_check_text t;
	const char *digits, *check;
	unsigned sum;

	if (!rmn_check_fold_without(candidate, NULL, true, &t) || !rmn_check_is_upper(t.text[0]))
		return false;
	digits = t.text + (rmn_check_is_upper(t.text[1]) ? 2 : 1);
	for (size_t i = 0; i < 6; i++)
		if (!rmn_check_is_digit(digits[i]))
			return false;
	check = digits + 6 + (digits[6] == '(');
	if (!(rmn_check_is_digit(*check) || *check == 'A') ||
	    strcmp(check + 1 + (check[1] == ')'), "") != 0)
		return false;
	/* a blank before a single letter counts 36 */
	sum = digits - t.text == 2
		  ? 9 * rmn_check_base36(t.text[0]) + 8 * rmn_check_base36(t.text[1])
		  : 9 * 36 + 8 * rmn_check_base36(t.text[0]);
	return (sum + rmn_check_weighted(digits, weights, 6) + rmn_check_base36(*check)) % 11 == 0;
}

const struct rmn_check rmn_check_hk_hkid = {
    .name = "hk_hkid",
    .accept = hk_hkid_accept,
    .chance_permyriad = 909,
};

/* The dihedral group of order ten: 0-4 rotate, 5-9 reflect. */
static unsigned
dihedral_product(unsigned a, unsigned b)
{
	if (a < 5)
		return b < 5 ? (a + b) % 5 : 5 + (a + b - 5) % 5;
	return b < 5 ? 5 + (a - b) % 5 : (a - b + 5) % 5;
}

static bool
verhoeff_fits(const char *digits, size_t count)
{
	static const unsigned char permutation[10] = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
	unsigned product = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned value = digit(digits[count - 1 - i]);

		for (size_t n = i % 8; n > 0; n--)
			value = permutation[value];
		product = dihedral_product(product, value);
	}
	return product == 0;
}

static bool
is_palindrome(const char *text, size_t count)
{
	for (size_t i = 0; i < count / 2; i++)
		if (text[i] != text[count - 1 - i])
			return false;
	return true;
}

static bool
in_aadhaar_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;

	return rmn_check_fold_without(candidate, " -", false, &t) &&
	       rmn_check_matches(t.text, "999999999999") && t.text[0] >= '2' &&
	       !is_palindrome(t.text, 12) && verhoeff_fits(t.text, 12);
}

const struct rmn_check rmn_check_in_aadhaar = {
    .name = "in_aadhaar",
    .accept = in_aadhaar_accept,
    .chance_permyriad = 796,
};

/* The fourth letter is the kind of holder. */
static bool
in_pan_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;

	return rmn_check_fold(candidate, &t) && rmn_check_matches(t.text, "AAAAA9999A") &&
	       strchr("ABCFGHJLPT", t.text[3]) && rmn_check_number(t.text + 5, 4) != 0;
}

const struct rmn_check rmn_check_in_pan = {
    .name = "in_pan",
    .accept = in_pan_accept,
    .chance_permyriad = 9999,
};

struct nric_series {
	char prefix;
	unsigned char offset;
	const char *letters;	/* by 10 - sum mod 11 */
};

static bool
sg_nric_accept(struct rmn_bytes candidate)
{
	static const unsigned char weights[7] = {2, 7, 6, 5, 4, 3, 2};
	static const struct nric_series series[] = {
	    {'S', 0, "ABCDEFGHIZJ"},
	    {'T', 4, "ABCDEFGHIZJ"},
	    {'F', 0, "KLMNPQRTUWX"},
	    {'G', 4, "KLMNPQRTUWX"},
	    {'M', 3, "KLJNPQRTUWX"},
	};
	struct rmn_check_text t;

	if (!rmn_check_fold_without(candidate, NULL, true, &t) ||
	    !rmn_check_matches(t.text, "A9999999A"))
		return false;
	for (size_t i = 0; i < sizeof(series) / sizeof(series[0]); i++) {
		unsigned sum = series[i].offset + rmn_check_weighted(t.text + 1, weights, 7);

		if (series[i].prefix == t.text[0])
			return series[i].letters[10 - sum % 11] == t.text[8];
	}
	return false;
}

const struct rmn_check rmn_check_sg_nric = {
    .name = "sg_nric",
    .accept = sg_nric_accept,
    .chance_permyriad = 385,
};
