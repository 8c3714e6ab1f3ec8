/* SPDX-License-Identifier: MIT
 *
 * International telephone numbers: a calling code that is assigned, a length its plan has. */
#include "detect/check.h"
#include "detect/check_text.h"

#include <string.h>

struct calling_code {
	uint16_t low, high;	/* the first three digits */
	uint8_t size;
	uint8_t shortest, longest;	/* national number */
};

static const struct calling_code calling_codes[] = {
#include "detect/e164_rows.h"
};

#define DIGITS_MAX 15

static const struct calling_code *
find_calling_code(const char *digits)
{
	unsigned key = rmn_check_number(digits, 3);
	size_t low = 0, high = sizeof(calling_codes) / sizeof(calling_codes[0]);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (calling_codes[middle].high < key)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == sizeof(calling_codes) / sizeof(calling_codes[0]) || calling_codes[low].low > key)
		return NULL;
	return &calling_codes[low];
}

static const char *
skip_prefix(const char *text)
{
	if (*text == '+')
		return text + 1;
	if (strncmp(text, "00", 2) == 0)
		return text + 2;
	if (strncmp(text, "010", 3) == 0)	/* how Japan dials out */
		return text + 3 + (text[3] == '-');
	return NULL;
}

/* Digits without separators and "(0)"; their number, or 0. */
static size_t
read_digits(const char *text, char digits[DIGITS_MAX + 1])
{
	size_t count = 0;

	while (*text) {
		if (strncmp(text, "(0)", 3) == 0) {
			text += 3;
			continue;
		}
		if (rmn_check_is_digit(*text)) {
			if (count == DIGITS_MAX)
				return 0;
			digits[count++] = *text;
		} else if (!strchr("-() .", *text)) {
			return 0;
		}
		text++;
	}
	digits[count] = '\0';
	return count;
}

static bool
e164_phone_accept(struct rmn_bytes candidate)
{
	const struct calling_code *code;
	char digits[DIGITS_MAX + 1];
	struct rmn_check_text t;
	const char *text;
	size_t size, count;

	if (!rmn_check_fold(candidate, &t) || !(text = skip_prefix(t.text)))
		return false;
	size = t.size - (size_t)(text - t.text);
	if (size < 8 || size > 22 || !rmn_check_is_digit(text[0]) || text[0] == '0' ||
	    !rmn_check_is_digit(text[size - 1]))
		return false;
	count = read_digits(text, digits);
	if (count < 4 || !(code = find_calling_code(digits)))
		return false;
	count -= code->size;
	return count >= code->shortest && count <= code->longest &&
	       rmn_check_distinct(digits + code->size, count) > 1;
}

const struct rmn_check rmn_check_e164_phone = {
    .name = "e164_phone",
    .accept = e164_phone_accept,
    .chance_permyriad = 4000,
};
