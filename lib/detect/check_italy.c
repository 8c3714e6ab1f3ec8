/* SPDX-License-Identifier: MIT
 *
 * The Italian tax code: letters of the name, birth date, sex, place, check letter.  When two
 * people would share one, digits are replaced by letters from the last on (omocodia). */
#include "detect/check.h"
#include "detect/check_text.h"

#include <string.h>

#define CODE_SIZE 16

/* One letter a column: A letter, D digit or its omocodia letter, M month letter. */
static const char columns[CODE_SIZE + 1] = "AAAAAADDMDDADDDA";
static const char omocodia[] = "LMNPQRSTUV";

/* The digit a character stands for, or -1. */
static int
digit_value(char c)
{
	const char *letter;

	if (rmn_check_is_digit(c))
		return c - '0';
	letter = c ? strchr(omocodia, c) : NULL;
	return letter ? (int)(letter - omocodia) : -1;
}

static bool
column_fits(char column, char c)
{
	if (column == 'D')
		return digit_value(c) >= 0;
	return rmn_check_is_upper(c) && (column != 'M' || strchr("ABCDEHLMPRST", c));
}

static char
check_letter(const char *code)
{
	static const unsigned char odd[26] = {1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3,
	    6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
	unsigned sum = 0;

	for (size_t i = 0; i < CODE_SIZE - 1; i++) {
		unsigned value = (unsigned)(code[i] - (rmn_check_is_digit(code[i]) ? '0' : 'A'));

		sum += i & 1 ? value : odd[value];
	}
	return (char)('A' + sum % 26);
}

static bool
codice_fiscale_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;
	int day;

	if (!rmn_check_fold_without(candidate, NULL, true, &t) || t.size != CODE_SIZE)
		return false;
	for (size_t i = 0; i < CODE_SIZE; i++)
		if (!column_fits(columns[i], t.text[i]))
			return false;
	day = digit_value(t.text[9]) * 10 + digit_value(t.text[10]);
	if (day > 40)	/* women */
		day -= 40;
	return day >= 1 && day <= 31 && check_letter(t.text) == t.text[CODE_SIZE - 1];
}

const struct rmn_check rmn_check_it_cf = {
    .name = "it_cf",
    .accept = codice_fiscale_accept,
    .chance_permyriad = 239,
};
