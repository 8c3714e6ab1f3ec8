/* SPDX-License-Identifier: MIT
 *
 * Telephone numbers by form only: mobile numbers in ranges that the Japanese plan has not assigned
 * (typing errors, invented ones), and North American numbers without their country code. */
#include "detect/check.h"

/* Longer than any way to write a telephone number, full-width and with separators. */
#define FORM_BYTES 64

static bool
jp_mobile_form_accept(struct rmn_bytes candidate)
{
	char d[16];
	bool is_grouped;

	if (candidate.size > FORM_BYTES || rmn_check_digits(candidate, d, sizeof(d)) != 11 ||
	    d[0] != '0' || d[1] < '5' ||
	    d[2] != '0' || rmn_jp_phone_kind(candidate, &is_grouped) != RMN_JP_PHONE_NONE)
		return false;
	return d[3] == '0';
}

const struct rmn_check rmn_check_jp_mobile_form = {
    .name = "jp_mobile_form",
    .accept = jp_mobile_form_accept,
    .chance_permyriad = 50,
};

/* NPA and exchange begin with 2-9 and are not N11. */
static bool
us_phone_accept(struct rmn_bytes candidate)
{
	char d[16];

	if (candidate.size > FORM_BYTES || rmn_check_digits(candidate, d, sizeof(d)) != 10)
		return false;
	return d[0] >= '2' && d[3] >= '2' && !(d[1] == '1' && d[2] == '1') &&
	    !(d[4] == '1' && d[5] == '1');
}

const struct rmn_check rmn_check_us_phone = {
    .name = "us_phone",
    .accept = us_phone_accept,
    .chance_permyriad = 6000,
};
