/* SPDX-License-Identifier: MIT
 *
 * International bank account numbers (ISO 13616): the country's length, and mod 97 leaves 1. */
#include "detect/check.h"
#include "detect/check_text.h"

#include <stdlib.h>
#include <string.h>

struct country {
	char code[3];
	uint8_t size;
};

static const struct country countries[] = {
#include "detect/iban_rows.h"
};

static int
compare_code(const void *text, const void *row)
{
	return memcmp(text, ((const struct country *)row)->code, 2);
}

static bool
iban_accept(struct rmn_bytes candidate)
{
	const struct country *country;
	struct rmn_check_text t;

	if (!rmn_check_fold_without(candidate, " -", true, &t) || t.size < 5 || t.size > 34)
		return false;
	for (size_t i = 0; i < t.size; i++) {
		bool is_digit = rmn_check_is_digit(t.text[i]);
		bool is_upper = rmn_check_is_upper(t.text[i]);

		if (i < 2 ? !is_upper : i < 4 ? !is_digit : !is_digit && !is_upper)
			return false;
	}
	country = bsearch(t.text, countries, sizeof(countries) / sizeof(countries[0]),
	    sizeof(countries[0]), compare_code);
	if (!country || country->size != t.size)
		return false;
	return rmn_check_mod97(rmn_check_mod97(0, t.text + 4, t.size - 4), t.text, 4) == 1;
}

const struct rmn_check rmn_check_iban = {
    .name = "iban",
    .accept = iban_accept,
    .chance_permyriad = 103,	/* with a country and its length */
};
