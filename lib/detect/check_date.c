/* SPDX-License-Identifier: MIT
 *
 * Days, and days of the Japanese calendar: an era lasts from one day to another, and a date
 * outside it is a misprint or no date. */
#include "detect/check.h"
#include "detect/check_text.h"

#include <string.h>

struct era {
	const char *names[3];	/* UTF-8; NULL where there is none */
	struct rmn_date first, last;
};

static const struct era eras[] = {
    {{"明治", "㍾", "M"}, {1868, 1, 25}, {1912, 7, 30}},
    {{"大正", "㍽", "T"}, {1912, 7, 30}, {1926, 12, 25}},
    {{"昭和", "㍼", "S"}, {1926, 12, 25}, {1989, 1, 7}},
    {{"平成", "㍻", "H"}, {1989, 1, 8}, {2019, 4, 30}},
    {{"令和", "㋿", "R"}, {2019, 5, 1}, {9999, 12, 31}},
};

bool
rmn_date_is_valid(struct rmn_date date)
{
	static const unsigned char days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);

	if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1)
		return false;
	return date.day <= days[date.month - 1] + (date.month == 2 && is_leap);
}

static int
date_compare(struct rmn_date a, struct rmn_date b)
{
	if (a.year != b.year)
		return a.year < b.year ? -1 : 1;
	if (a.month != b.month)
		return a.month < b.month ? -1 : 1;
	return a.day < b.day ? -1 : a.day > b.day;
}

/* The era that candidate begins with, which is cut off. */
static const struct era *
take_era(struct rmn_bytes *candidate)
{
	for (size_t i = 0; i < sizeof(eras) / sizeof(eras[0]); i++) {
		for (size_t n = 0; n < 3; n++) {
			const char *name = eras[i].names[n];

			if (!rmn_bytes_start_with(*candidate, name))
				continue;
			*candidate = rmn_bytes_after(*candidate, strlen(name));
			return &eras[i];
		}
	}
	return NULL;
}

static const char *
skip_spaces(const char *text)
{
	while (*text == ' ')
		text++;
	return text;
}

/* One or two digits and the mark after them, spaces between.  NULL: not so. */
static const char *
take_field(const char *text, char mark, int *value)
{
	size_t digits = 0;

	while (digits < 2 && rmn_check_is_digit(text[digits]))
		digits++;
	if (digits == 0)
		return NULL;
	*value = (int)rmn_check_number(text, digits);
	text += digits;
	if (mark == RMN_CHECK_DAY)	/* may be left out, and is the end */
		return text + (*text == mark);
	text = skip_spaces(text);
	if (*text != mark && (*text == '\0' || !strchr("./-", *text)))
		return NULL;
	return skip_spaces(text + 1);
}

bool
rmn_era_date_read(struct rmn_bytes candidate, struct rmn_date *date)
{
	const struct era *era = take_era(&candidate);
	struct rmn_check_text t;
	struct rmn_date d;
	const char *text;
	int year = 1;

	if (!era || !rmn_check_fold(candidate, &t))
		return false;
	text = skip_spaces(t.text);
	if (*text == RMN_CHECK_FIRST_YEAR) {
		text = skip_spaces(text + 1);
		if (*text != RMN_CHECK_YEAR && (*text == '\0' || !strchr("./-", *text)))
			return false;
		text = skip_spaces(text + 1);
	} else {
		text = take_field(text, RMN_CHECK_YEAR, &year);
	}
	if (!text || year < 1)
		return false;
	d.year = era->first.year + year - 1;
	text = take_field(text, RMN_CHECK_MONTH, &d.month);
	if (!text)
		return false;
	text = take_field(text, RMN_CHECK_DAY, &d.day);
	if (!text || *text != '\0' || !rmn_date_is_valid(d) || date_compare(d, era->first) < 0 ||
	    date_compare(d, era->last) > 0)
		return false;
	*date = d;
	return true;
}

static bool
era_date_accept(struct rmn_bytes candidate)
{
	struct rmn_date date;

	return rmn_era_date_read(candidate, &date);
}

const struct rmn_check rmn_check_jp_era_date = {
    .name = "jp_era_date",
    .accept = era_date_accept,
    .chance_permyriad = 2000,
};
