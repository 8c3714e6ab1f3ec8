/* SPDX-License-Identifier: MIT
 *
 * Machine-readable passports (ICAO 9303, TD3), the second line: five check digits. */
#include "detect/check.h"
#include "detect/check_text.h"

#include <string.h>

#define LINE_SIZE 44

/* One letter a column: N digit, L letter or filler, S sex, F digit or filler, * anything. */
static const char columns[LINE_SIZE + 1] = "*********NLLLNNNNNNNSNNNNNNN**************FN";

static bool
column_fits(char column, char c)
{
	bool is_digit = rmn_check_is_digit(c), is_filler = c == '<';

	switch (column) {
	case 'N':
		return is_digit;
	case 'F':
		return is_digit || is_filler;
	case 'L':
		return rmn_check_is_upper(c) || is_filler;
	case 'S':
		return is_filler || c == 'M' || c == 'F' || c == 'X';
	default:
		return is_digit || is_filler || rmn_check_is_upper(c);
	}
}

struct range {
	unsigned char first, end;
};

/* Whether the digit at `at` checks the characters of all ranges, weighted 7, 3, 1 in turn. */
static bool
digit_checks(const char *line, size_t at, const struct range *ranges, size_t count)
{
	unsigned sum = 0, weight = 7;

	for (size_t r = 0; r < count; r++) {
		for (size_t i = ranges[r].first; i < ranges[r].end; i++) {
			sum += rmn_check_base36(line[i]) * weight;
			weight = weight == 7 ? 3 : weight == 3 ? 1 : 7;
		}
	}
	return line[at] == (char)('0' + sum % 10);
}

static bool
mrz_accept(struct rmn_bytes candidate)
{
	static const struct range number = {0, 9}, birth = {13, 19}, expiry = {21, 27},
				  optional = {28, 42};
	static const struct range whole[] = {{0, 10}, {13, 20}, {21, 43}};
	const char *line;

	if (candidate.size != LINE_SIZE)
		return false;
	line = (const char *)candidate.data;
	for (size_t i = 0; i < LINE_SIZE; i++)
		if (!column_fits(columns[i], line[i]))
			return false;
	if (line[42] == '<' ? memcmp(line + 28, "<<<<<<<<<<<<<<", 14) != 0
			    : !digit_checks(line, 42, &optional, 1))
		return false;
	return digit_checks(line, 9, &number, 1) && digit_checks(line, 19, &birth, 1) &&
	       digit_checks(line, 27, &expiry, 1) && digit_checks(line, 43, whole, 3);
}

const struct rmn_check rmn_check_mrz_td3_line2 = {
    .name = "mrz_td3_line2",
    .accept = mrz_accept,
    .chance_permyriad = 1,
};
