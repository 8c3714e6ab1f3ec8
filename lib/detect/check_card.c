/* SPDX-License-Identifier: MIT
 *
 * Payment cards: a range that a brand issues, its lengths, Luhn. */
#include "detect/check.h"
#include "detect/check_text.h"

#define LENGTH(n) (1u << (n))
#define LENGTHS_12_19 (LENGTH(20) - LENGTH(12))
#define LENGTHS_16_19 (LENGTH(20) - LENGTH(16))

struct issuer_range {
	unsigned low, high;	/* compared on the same number of leading digits */
	unsigned char digits;
	unsigned lengths;	/* one bit each */
	const char *brand;
};

/* The first row that fits names the brand. */
static const struct issuer_range issuer_ranges[] = {
    {4, 4, 1, LENGTH(13) | LENGTH(16) | LENGTH(19), "Visa"},
    {51, 55, 2, LENGTH(16), "Mastercard"},
    {2221, 2720, 4, LENGTH(16), "Mastercard"},
    {34, 34, 2, LENGTH(15), "Amex"},
    {37, 37, 2, LENGTH(15), "Amex"},
    {3528, 3589, 4, LENGTHS_16_19, "JCB"},
    {300, 305, 3, LENGTH(14) | LENGTH(16) | LENGTH(19), "Diners"},
    {3095, 3095, 4, LENGTH(14) | LENGTH(16) | LENGTH(19), "Diners"},
    {36, 36, 2, LENGTH(14) | LENGTH(16) | LENGTH(19), "Diners"},
    {38, 39, 2, LENGTH(14) | LENGTH(16) | LENGTH(19), "Diners"},
    {6011, 6011, 4, LENGTH(16) | LENGTH(19), "Discover"},
    {644, 649, 3, LENGTH(16) | LENGTH(19), "Discover"},
    {65, 65, 2, LENGTH(16) | LENGTH(19), "Discover"},
    {622126, 622925, 6, LENGTH(16) | LENGTH(19), "UnionPay/Discover"},
    {62, 62, 2, LENGTHS_16_19, "UnionPay"},
    {81, 81, 2, LENGTHS_16_19, "UnionPay"},
    {5018, 5018, 4, LENGTHS_12_19, "Maestro"},
    {5020, 5020, 4, LENGTHS_12_19, "Maestro"},
    {5038, 5038, 4, LENGTHS_12_19, "Maestro"},
    {6304, 6304, 4, LENGTHS_12_19, "Maestro"},
    {6759, 6759, 4, LENGTHS_12_19, "Maestro"},
    {6761, 6763, 4, LENGTHS_12_19, "Maestro"},
};

static const char *
find_brand(const char *digits, size_t count)
{
	for (size_t i = 0; i < sizeof(issuer_ranges) / sizeof(issuer_ranges[0]); i++) {
		const struct issuer_range *range = &issuer_ranges[i];
		unsigned prefix;

		if (!(range->lengths & LENGTH(count)))
			continue;
		prefix = rmn_check_number(digits, range->digits);
		if (prefix >= range->low && prefix <= range->high)
			return range->brand;
	}
	return NULL;
}

const char *
rmn_card_brand(struct rmn_bytes candidate)
{
	struct rmn_check_text t;

	if (!rmn_check_fold_without(candidate, " -", false, &t) || t.size < 12 || t.size > 19 ||
	    !rmn_check_all_digits(t.text, t.size))
		return NULL;
	/* 4444..., 4040...: filler */
	if (rmn_check_distinct(t.text, t.size) <= 2 || !rmn_check_luhn(t.text, t.size))
		return NULL;
	return find_brand(t.text, t.size);
}

static bool
payment_card_accept(struct rmn_bytes candidate)
{
	return rmn_card_brand(candidate) != NULL;
}

const struct rmn_check rmn_check_payment_card = {
    .name = "payment_card",
    .accept = payment_card_accept,
    .chance_permyriad = 280,
};
