/* SPDX-License-Identifier: MIT
 *
 * Australia and Brazil. */
#include "detect/check.h"
#include "detect/check_text.h"

static bool
au_tfn_accept(struct rmn_bytes candidate)
{
	static const unsigned char weights[9] = {1, 4, 3, 7, 5, 8, 6, 9, 10};
	struct rmn_check_text t;

	return rmn_check_fold_without(candidate, " -", false, &t) &&
	       rmn_check_matches(t.text, "999999999") && rmn_check_distinct(t.text, 9) > 1 &&
	       rmn_check_weighted(t.text, weights, 9) % 11 == 0;
}

const struct rmn_check rmn_check_au_tfn = {
    .name = "au_tfn",
    .accept = au_tfn_accept,
    .chance_permyriad = 910,
};

/* Eight digits, their check, the card's issue, and perhaps the person's place on the card. */
static bool
au_medicare_accept(struct rmn_bytes candidate)
{
	static const unsigned char weights[8] = {1, 3, 7, 9, 1, 3, 7, 9};
	struct rmn_check_text t;

	if (!rmn_check_fold_without(candidate, " -", false, &t) || t.size < 10 || t.size > 11 ||
	    !rmn_check_all_digits(t.text, t.size))
		return false;
	return t.text[0] >= '2' && t.text[0] <= '6' && t.text[9] != '0' &&
	       rmn_check_weighted(t.text, weights, 8) % 10 == (unsigned)(t.text[8] - '0');
}

const struct rmn_check rmn_check_au_medicare = {
    .name = "au_medicare",
    .accept = au_medicare_accept,
    .chance_permyriad = 449,
};

static bool
br_cpf_accept(struct rmn_bytes candidate)
{
	static const unsigned char weights[10] = {11, 10, 9, 8, 7, 6, 5, 4, 3, 2};
	struct rmn_check_text t;

	if (!rmn_check_fold_without(candidate, ".-", false, &t) ||
	    !rmn_check_matches(t.text, "99999999999") || rmn_check_distinct(t.text, 11) == 1)
		return false;
	for (size_t n = 9; n <= 10; n++) {
		unsigned sum = rmn_check_weighted(t.text, weights + 10 - n, n);

		if (sum * 10 % 11 % 10 != (unsigned)(t.text[n] - '0'))
			return false;
	}
	return true;
}

const struct rmn_check rmn_check_br_cpf = {
    .name = "br_cpf",
    .accept = br_cpf_accept,
    .chance_permyriad = 100,
};
