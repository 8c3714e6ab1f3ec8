/* SPDX-License-Identifier: MIT
 *
 * Every line of testdata/detect/vectors.tsv, then what the checks are worth: how often random
 * digits pass and how often a mistyped digit is noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "detect/check.h"

#define VECTORS "testdata/detect/vectors.tsv"

static uint64_t
random_next(uint64_t *state)	/* splitmix64 */
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

struct vector {
	const char *detector, *value;
	bool is_valid;
};

static void
each_vector(void (*visit)(const struct vector *vector, void *context), void *context)
{
	char line[1024];
	unsigned count = 0;
	FILE *file = fopen(VECTORS, "r");

	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));	/* the header */
	while (fgets(line, sizeof(line), file)) {
		char *rest = line;
		struct vector v = {.detector = strsep(&rest, "\t")};
		const char *expect;

		v.value = strsep(&rest, "\t");
		expect = strsep(&rest, "\t");
		assert_non_null(expect);
		v.is_valid = strcmp(expect, "valid") == 0;
		assert_true(v.is_valid || strcmp(expect, "invalid") == 0);
		visit(&v, context);
		count++;
	}
	fclose(file);
	assert_true(count >= 600);
}

static void
compare_vector(const struct vector *v, void *context)
{
	const struct rmn_check *check = rmn_check_find(v->detector);
	unsigned *failures = context;

	if (!check) {
		print_error("no check named %s\n", v->detector);
		++*failures;
	} else if (check->accept(rmn_bytes_from_string(v->value)) != v->is_valid) {
		print_error("%s: %s should be %s\n", v->detector, v->value,
		    v->is_valid ? "valid" : "invalid");
		++*failures;
	}
}

static void
test_vectors(void **state)
{
	unsigned failures = 0;

	(void)state;
	each_vector(compare_vector, &failures);
	assert_int_equal(failures, 0);
}

static void
test_registry(void **state)
{
	size_t count = 0;

	(void)state;
	for (; rmn_checks[count]; count++) {
		const struct rmn_check *check = rmn_checks[count];

		assert_ptr_equal(rmn_check_find(check->name), check);
		assert_in_range(check->chance_permyriad, 1, 10000);
		assert_false(check->accept((struct rmn_bytes){NULL, 0}));
		if (count > 0)
			assert_true(strcmp(rmn_checks[count - 1]->name, check->name) < 0);
	}
	assert_int_equal(count, 44);
	assert_null(rmn_check_find("no_such"));
}

/* Permyriads of random digits that pass, within a fifth.  cn_ric by calculation: 35 provinces of
 * 100, 201 years and 365.25 days of 10,000, one check digit in 11. */
static void
test_chance(void **state)
{
	static const struct {
		const char *name, *prefix;
		size_t size;
		double permyriad;
	} rows[] = {
	    {"jp_mynumber", "", 12, 990}, {"jp_corporate_number", "", 13, 1000},
	    {"jp_driver_licence", "", 12, 510}, {"jp_insurer_no8", "", 8, 80},
	    {"jp_insurer_no6", "", 6, 470}, {"payment_card", "", 16, 280},
	    {"payment_card", "", 15, 20}, {"payment_card", "", 14, 40}, {"us_ssn", "", 9, 8890},
	    {"us_itin", "9", 9, 4400}, {"us_aba", "", 9, 380}, {"uk_nhs", "", 10, 910},
	    {"de_idnr", "", 11, 33}, {"fr_nir", "", 15, 53}, {"kr_rrn", "", 13, 38},
	    {"in_aadhaar", "", 12, 800}, {"au_tfn", "", 9, 900}, {"au_medicare", "", 10, 450},
	    {"ca_sin", "", 9, 800}, {"nl_bsn", "", 9, 900}, {"pl_pesel", "", 11, 180},
	    {"br_cpf", "", 11, 100}, {"jp_phone", "0", 10, 5790}, {"jp_phone", "0", 11, 450},
	    {"cn_ric", "", 18, 0.234}, {"iban", "DE", 22, 103}, {"us_ein", "", 10, 8300},
	};
	uint64_t seed = 20220114;

	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		const struct rmn_check *check = rmn_check_find(rows[r].name);
		unsigned trials = rows[r].permyriad < 1 ? 4000000 : 100000, passed = 0;
		char text[32];
		double rate;

		assert_non_null(check);
		for (unsigned n = 0; n < trials; n++) {
			strcpy(text, rows[r].prefix);
			for (size_t i = strlen(text); i < rows[r].size; i++)
				text[i] = (char)('0' + random_next(&seed) % 10);
			if (strcmp(rows[r].name, "us_ein") == 0)
				text[2] = '-';
			text[rows[r].size] = '\0';
			passed += check->accept(rmn_bytes_from_string(text));
		}
		rate = passed * 10000.0 / trials;
		if (rate < rows[r].permyriad * 0.8 || rate > rows[r].permyriad * 1.2)
			fail_msg("%s of %zu digits: %.2f in 10,000 pass, not %.2f", rows[r].name,
			    rows[r].size, rate, rows[r].permyriad);
	}
}

struct typo {
	const char *name;
	unsigned tried, accepted;
};

static void
mistype(const struct vector *v, void *context)
{
	struct typo *typo = context;
	const struct rmn_check *check = rmn_check_find(v->detector);
	char text[64];

	if (!v->is_valid || strcmp(v->detector, typo->name) != 0 || strlen(v->value) >= sizeof(text))
		return;
	strcpy(text, v->value);
	for (char *c = text; *c; c++) {
		char written = *c;

		for (char digit = '0'; written >= '0' && written <= '9' && digit <= '9'; digit++) {
			if (digit == written)
				continue;
			*c = digit;
			typo->tried++;
			typo->accepted += check->accept(rmn_bytes_from_string(text));
		}
		*c = written;
	}
}

/* One wrong digit: Luhn, mod 97, Verhoeff and MOD 11,10 notice every one; where a mod 11 value
 * of ten is folded onto another, or a digit is not covered, a share slips through. */
static void
test_one_wrong_digit(void **state)
{
	static const struct {
		const char *name;
		double most_accepted;	/* share */
	} rows[] = {
	    {"payment_card", 0}, {"ca_sin", 0}, {"jp_insurer_no8", 0}, {"jp_insurer_no6", 0},
	    {"iban", 0}, {"fr_nir", 0}, {"de_idnr", 0}, {"in_aadhaar", 0}, {"es_dni", 0},
	    {"es_nie", 0}, {"us_aba", 0}, {"uk_nhs", 0}, {"nl_bsn", 0}, {"au_tfn", 0},
	    {"cn_ric", 0}, {"pl_pesel", 0}, {"sg_nric", 0}, {"br_cpf", 0.01}, {"tw_nid", 0.12},
	    {"jp_mynumber", 0.04}, {"kr_rrn", 0.04}, {"hk_hkid", 0}, {"it_cf", 0.01},
	    /* mod 9 cannot tell 0 from 9, and the vectors are rich in zeros */
	    {"jp_corporate_number", 0.06},
	    /* digit 12 counts re-issues and is not covered: 9 of 108; 10 is folded onto 0 */
	    {"jp_driver_licence", 0.13},
	    /* digits 10 and 11 are not covered */
	    {"au_medicare", 0.20},
	};

	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		struct typo typo = {.name = rows[r].name};

		each_vector(mistype, &typo);
		assert_true(typo.tried > 200);
		if (typo.accepted > rows[r].most_accepted * typo.tried)
			fail_msg("%s: %u of %u wrong digits accepted", rows[r].name, typo.accepted,
			    typo.tried);
	}
}

static void
test_phone_kind(void **state)
{
	static const struct {
		const char *text;
		enum rmn_jp_phone_kind kind;
		bool is_grouped;
	} rows[] = {
	    {"03-9999-0001", RMN_JP_PHONE_LANDLINE, true},
	    {"0399990001", RMN_JP_PHONE_LANDLINE, false},
	    {"090-9999-0005", RMN_JP_PHONE_MOBILE, true},
	    {"+819099990005", RMN_JP_PHONE_MOBILE, false},
	    {"+81-90-9999-0005", RMN_JP_PHONE_MOBILE, true},
	    {"050-9999-0008", RMN_JP_PHONE_IP, true}, {"0120-999-009", RMN_JP_PHONE_FREE, true},
	    {"0800-999-0010", RMN_JP_PHONE_FREE, true}, {"0570-999-011", RMN_JP_PHONE_SERVICE, true},
	    {" 03-9999-0001 ", RMN_JP_PHONE_LANDLINE, true}, {"", RMN_JP_PHONE_NONE, false},
	    {"+81", RMN_JP_PHONE_NONE, false}, {"0", RMN_JP_PHONE_NONE, false},
	    {"03-9999-0001-2", RMN_JP_PHONE_NONE, true}, {"0-3-9-9-9990001", RMN_JP_PHONE_NONE, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmn_bytes text = rmn_bytes_from_string(rows[i].text);
		bool is_grouped;

		if (rmn_jp_phone_kind(text, &is_grouped) != rows[i].kind)
			fail_msg("%s: not kind %d", rows[i].text, rows[i].kind);
		if (rows[i].kind != RMN_JP_PHONE_NONE)
			assert_int_equal(is_grouped, rows[i].is_grouped);
	}
}

static void
test_values(void **state)
{
	struct rmn_date date = {0, 0, 0};
	char digits[12];

	(void)state;
	assert_string_equal(rmn_card_brand(rmn_bytes_from_string("4111 1111 1111 1129")), "Visa");
	assert_string_equal(rmn_card_brand(rmn_bytes_from_string("3530111333300000")), "JCB");
	assert_null(rmn_card_brand(rmn_bytes_from_string("4111111111111112")));

	assert_true(rmn_era_date_read(rmn_bytes_from_string("昭和５５年１０月１日"), &date));
	assert_int_equal(date.year, 1980);
	assert_int_equal(date.month, 10);
	assert_int_equal(date.day, 1);
	assert_true(rmn_era_date_read(rmn_bytes_from_string("平成元年12月 3日"), &date));
	assert_int_equal(date.year, 1989);
	assert_false(rmn_era_date_read(rmn_bytes_from_string("昭和元元年1月1日"), &date));
	assert_int_equal(date.year, 1989);

	assert_true(rmn_date_is_valid((struct rmn_date){2000, 2, 29}));
	assert_false(rmn_date_is_valid((struct rmn_date){1900, 2, 29}));

	assert_int_equal(
	    rmn_check_digits(rmn_bytes_from_string("０３-9999（0001）"), digits, sizeof(digits)), 10);
	assert_string_equal(digits, "0399990001");
	assert_int_equal(
	    rmn_check_digits(rmn_bytes_from_string("123456789012"), digits, sizeof(digits)), 0);
	assert_string_equal(digits, "");
}

/* Forms that DOMAIN 1.4 writes and the vectors do not have. */
static void
test_written_forms(void **state)
{
	static const struct {
		const char *name, *value;
		bool is_valid;
	} rows[] = {
	    {"jp_mynumber", "1234-5678-9018", true}, {"jp_mynumber", "1234 5678 9018", true},
	    {"jp_mynumber", "12345678-9018", false}, {"jp_mynumber", "１２３４５６７８９０１８", true},
	    {"jp_corporate_number", "T6012345678901", true},
	    {"jp_corporate_number", "T6-0123-4567-8901", true},
	    {"jp_corporate_number", "TT6012345678901", false},
	    {"email", "taro@example.co.jp\xff", false}, {"iban", "DE", false},
	    {"payment_card", "4111 1111 1111 1129", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct rmn_check *check = rmn_check_find(rows[i].name);

		assert_non_null(check);
		if (check->accept(rmn_bytes_from_string(rows[i].value)) != rows[i].is_valid)
			fail_msg("%s: %s", rows[i].name, rows[i].value);
	}
}

/* Bytes of any kind and length: no crash, and nothing longer than an address is accepted. */
static void
test_any_bytes(void **state)
{
	uint64_t seed = 7;
	unsigned char noise[400];

	(void)state;
	for (unsigned n = 0; n < 3000; n++) {
		size_t size = random_next(&seed) % sizeof(noise);

		for (size_t i = 0; i < size; i++)
			noise[i] = (unsigned char)(n & 1
				? random_next(&seed)
				: (uint64_t)"0123456789-()+ A"[random_next(&seed) % 16]);
		for (size_t c = 0; rmn_checks[c]; c++) {
			bool accepted = rmn_checks[c]->accept((struct rmn_bytes){noise, size});

			assert_false(accepted && size > 254);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_registry), cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_chance), cmocka_unit_test(test_one_wrong_digit),
	    cmocka_unit_test(test_phone_kind), cmocka_unit_test(test_values),
	    cmocka_unit_test(test_written_forms), cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
