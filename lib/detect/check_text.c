/* SPDX-License-Identifier: MIT */
#include "detect/check_text.h"

#include <string.h>

#include "base/utf8.h"

static int
fold_code_point(uint32_t c)
{
	if (c >= 0xFF01 && c <= 0xFF5E)	/* full-width ASCII */
		return (int)(c - 0xFEE0);
	switch (c) {
	case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2014: case 0x2015:
	case 0x2212:
	case 0x30FC: case 0xFF70:	/* the long vowel mark is typed for a hyphen */
		return '-';
	case 0x00A0: case 0x3000:
		return ' ';
	case 0x3012: case 0x3020: case 0x3036:
		return RMN_CHECK_POSTAL_MARK;
	case 0x5143:
		return RMN_CHECK_FIRST_YEAR;
	case 0x5E74:
		return RMN_CHECK_YEAR;
	case 0x6708:
		return RMN_CHECK_MONTH;
	case 0x65E5:
		return RMN_CHECK_DAY;
	default:
		return -1;
	}
}

int
rmn_check_fold_next(struct rmn_bytes bytes, size_t *at)
{
	unsigned char c = bytes.data[*at];

	if (c < 0x80) {
		++*at;
		if (c == '\t')
			return ' ';
		return c >= 0x20 && c < 0x7F ? c : -1;
	}
	return fold_code_point(rmn_utf8_next(bytes, at, NULL));
}

bool
rmn_check_fold_without(struct rmn_bytes candidate, const char *drop, bool upper,
    struct rmn_check_text *folded)
{
	size_t at = 0, size = 0;

	while (at < candidate.size) {
		int c = rmn_check_fold_next(candidate, &at);

		if (c < 0)
			return false;
		if (drop && c < '0' && strchr(drop, c))	/* separators sort before the digits */
			continue;
		if (size + 1 >= sizeof(folded->text))
			return false;
		if (upper && c >= 'a' && c <= 'z')
			c -= 'a' - 'A';
		folded->text[size++] = (char)c;
	}
	folded->text[size] = '\0';
	folded->size = size;
	return true;
}

bool
rmn_check_fold(struct rmn_bytes candidate, struct rmn_check_text *folded)
{
	return rmn_check_fold_without(candidate, NULL, false, folded);
}

bool
rmn_check_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
rmn_check_is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

bool
rmn_check_matches(const char *text, const char *mask)
{
	for (; *mask; text++, mask++) {
		bool digit = rmn_check_is_digit(*text), upper = rmn_check_is_upper(*text);

		if (*mask == '9' ? !digit
		    : *mask == 'A' ? !upper
		    : *mask == '*' ? !digit && !upper
		    : *mask != *text)
			return false;
	}
	return *text == '\0';
}

bool
rmn_check_all_digits(const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!rmn_check_is_digit(text[i]))
			return false;
	return text[count] == '\0';
}

unsigned
rmn_check_number(const char *digits, size_t count)
{
	unsigned number = 0;

	for (size_t i = 0; i < count; i++)
		number = number * 10 + (unsigned)(digits[i] - '0');
	return number;
}

unsigned
rmn_check_distinct(const char *digits, size_t count)
{
	unsigned seen = 0;

	for (size_t i = 0; i < count; i++)
		seen |= 1u << (digits[i] - '0');
	return (unsigned)__builtin_popcount(seen);
}

unsigned
rmn_check_weighted(const char *digits, const unsigned char *weights, size_t count)
{
	unsigned sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += weights[i] * (unsigned)(digits[i] - '0');
	return sum;
}

bool
rmn_check_luhn(const char *digits, size_t count)
{
	/* the digit sum of twice a digit */
	static const unsigned char doubled[10] = {0, 2, 4, 6, 8, 1, 3, 5, 7, 9};
	unsigned sum = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned digit = (unsigned)(digits[count - 1 - i] - '0');

		sum += i & 1 ? doubled[digit] : digit;
	}
	return sum % 10 == 0;
}

unsigned
rmn_check_mod97(unsigned remainder, const char *digits_and_letters, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned value = rmn_check_base36(digits_and_letters[i]);

		if (remainder > UINT32_MAX / 1000)	/* division is what costs here */
			remainder %= 97;
		remainder = remainder * (value < 10 ? 10 : 100) + value;
	}
	return remainder % 97;
}

unsigned
rmn_check_base36(char c)
{
	if (rmn_check_is_digit(c))
		return (unsigned)(c - '0');
	return rmn_check_is_upper(c) ? (unsigned)(c - 'A') + 10 : 0;
}
