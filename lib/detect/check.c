/* SPDX-License-Identifier: MIT
 *
 * The registry of checks. */
#include "detect/check.h"

#include <stdlib.h>
#include <string.h>

#include "detect/check_text.h"

#define CHECK(name) extern const struct rmn_check rmn_check_##name;
#include "detect/check.def"
#undef CHECK

const struct rmn_check *const rmn_checks[] = {
#define CHECK(name) &rmn_check_##name,
#include "detect/check.def"
#undef CHECK
    NULL,
};

static int
compare_name(const void *name, const void *row)
{
	return strcmp(name, (*(const struct rmn_check *const *)row)->name);
}

const struct rmn_check *
rmn_check_find(const char *name)
{
	size_t count = sizeof(rmn_checks) / sizeof(rmn_checks[0]) - 1;
	const struct rmn_check *const *row =
	    bsearch(name, rmn_checks, count, sizeof(rmn_checks[0]), compare_name);

	return row ? *row : NULL;
}

size_t
rmn_check_digits(struct rmn_bytes candidate, char *digits, size_t size)
{
	size_t at = 0, count = 0;

	digits[0] = '\0';
	while (at < candidate.size) {
		int c = rmn_check_fold_next(candidate, &at);

		if (c < '0' || c > '9')
			continue;
		if (count + 1 >= size) {
			digits[0] = '\0';
			return 0;
		}
		digits[count++] = (char)c;
		digits[count] = '\0';
	}
	return count;
}
