/* SPDX-License-Identifier: MIT
 *
 * The detection engine as a whole: rules' own examples, the vectors through the rules, the same
 * text in every encoding, the same findings however the bytes are cut, and hostile bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "charset/normal.h"
#include "detect/detect.h"
#include "detect/encode.h"
#include "detect/policy.h"
#include "detect/rules_private.h"

static struct rmn_rules *rules;
static struct rmn_detector *detector;

struct seen {
	size_t count;
	struct { uint16_t rule; uint8_t score; uint64_t offset; char value[96]; } items[512];
};

static void
see(void *context, const struct rmn_finding *f)
{
	struct seen *s = context;
	size_t n = f->value.size < 95 ? f->value.size : 95;

	if (s->count == 512)
		return;
	s->items[s->count].rule = f->rule;
	s->items[s->count].score = f->score;
	s->items[s->count].offset = f->offset;
	memcpy(s->items[s->count].value, f->value.data, n);
	s->items[s->count].value[n] = '\0';
	s->count++;
	assert_true(f->context.size <= 160);
}

static void
detect(struct rmn_bytes bytes, enum rmn_encoding encoding, struct seen *seen)
{
	struct rmn_detect_input input = { .bytes = bytes, .encoding = encoding };
	struct rmn_error error = { 0 };

	seen->count = 0;
	assert_int_equal(rmn_detect(detector, &input, see, seen, &error), RMN_OK);
}

static bool
has(const struct seen *seen, const char *rule, const char *value)
{
	for (size_t i = 0; i < seen->count; i++)
		if (strcmp(rmn_rules_at(rules, seen->items[i].rule)->id, rule) == 0 &&
		    (!value || strcmp(seen->items[i].value, value) == 0))
			return true;
	return false;
}

static int
set_up(void **state)
{
	struct rmn_error error = { 0 };

	(void)state;
	if (rmn_rules_load(NULL, NULL, &rules, &error) != RMN_OK ||
	    rmn_detector_new(rules, &detector, &error) != RMN_OK) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	rmn_detector_free(detector);
	rmn_rules_free(rules);
	return 0;
}

static void
print_line(void *context, const char *line)
{
	(void)context;
	print_error("%s\n", line);
}

static void
test_rules_examples(void **state)
{
	size_t checked, failed;
	struct rmn_error error = { 0 };

	(void)state;
	assert_int_equal(rmn_rules_check(rules, &checked, &failed, print_line, NULL, &error),
	    RMN_OK);
	assert_true(checked > 200);
	assert_int_equal(failed, 0);
}

/* The rule that answers for a vector's detector, and what is written before the value. */
static const struct { const char *detector, *rule, *label; } vector_rules[] = {
	{ "au_medicare", "au_medicare", "Medicare: " }, { "au_tfn", "au_tfn", "TFN: " },
	{ "br_cpf", "br_cpf", "CPF: " }, { "ca_sin", "ca_sin", "SIN: " },
	{ "cn_ric", "cn_ric", "身分証: " }, { "de_idnr", "de_idnr", "Steuer-ID: " },
	{ "e164_phone", "e164_phone", "Phone: " }, { "email", "email", "" },
	{ "es_dni", "es_dni", "DNI: " }, { "es_nie", "es_nie", "NIE: " },
	{ "fr_nir", "fr_nir", "NIR: " }, { "hk_hkid", "hk_hkid", "HKID: " },
	{ "iban", "iban", "IBAN: " }, { "in_aadhaar", "in_aadhaar", "Aadhaar: " },
	{ "in_pan", "in_pan", "PAN: " }, { "it_cf", "it_cf", "codice fiscale: " },
	{ "jp_corporate_number", "jp_corporate_number", "法人番号: " },
	{ "jp_driver_licence", "jp_driver_licence", "運転免許証: " },
	{ "jp_employment_ins", "jp_employment_ins", "雇用保険: " },
	{ "jp_era_date", "birth_date", "生年月日: " },
	{ "jp_insurer_no6", "jp_insurer_no6", "保険者番号: " },
	{ "jp_insurer_no8", "jp_insurer_no8", "保険者番号: " },
	{ "jp_mynumber", "jp_mynumber", "個人番号: " },
	{ "jp_passport", "jp_passport", "旅券番号: " },
	{ "jp_pension_no", "jp_pension_no", "基礎年金番号: " },
	{ "jp_phone", "jp_phone", "電話: " }, { "jp_postal", "jp_postal", "郵便番号: " },
	{ "jp_residence_card", "jp_residence_card", "在留カード: " },
	{ "jp_yucho_symbol", "jp_yucho_symbol", "ゆうちょ 記号番号: " },
	{ "kr_rrn", "kr_rrn", "RRN: " }, { "mrz_td3_line2", "mrz_td3_line2", "" },
	{ "nl_bsn", "nl_bsn", "BSN: " }, { "payment_card", "payment_card", "カード番号: " },
	{ "pl_pesel", "pl_pesel", "PESEL: " }, { "sg_nric", "sg_nric", "NRIC: " },
	{ "tw_nid", "tw_nid", "身分證: " }, { "uk_nhs", "uk_nhs", "NHS: " },
	{ "uk_nino", "uk_nino", "NI number: " }, { "us_aba", "us_aba", "routing: " },
	{ "us_ein", "us_ein", "EIN: " }, { "us_itin", "us_itin", "ITIN: " },
	{ "us_ssn", "us_ssn", "SSN: " },
};

/* Does a finding of the rule cover the whole value (its normal form, without a mark before it)? */
static bool
covers(const struct seen *seen, const char *rule, const char *value)
{
	struct rmn_normal normal;
	bool found = false;

	rmn_normal_init(&normal);
	assert_int_equal(rmn_normal_fill(&normal, rmn_bytes_from_string(value), RMN_UTF8), RMN_OK);
	for (size_t i = 0; i < seen->count && !found; i++) {
		struct rmn_bytes got = rmn_bytes_from_string(seen->items[i].value);
		struct rmn_bytes text = rmn_buf_bytes(&normal.text);

		if (strcmp(rmn_rules_at(rules, seen->items[i].rule)->id, rule) != 0)
			continue;
		if (rmn_bytes_start_with(text, "〒"))
			text = rmn_bytes_after(text, text.size - got.size);
		found = rmn_bytes_equal(got, text);
	}
	rmn_normal_release(&normal);
	return found;
}

static void
test_vectors(void **state)
{
	FILE *file = fopen("testdata/detect/vectors.tsv", "r");
	char line[512];
	unsigned wrong = 0, done = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		char *kind = strtok(line, "\t"), *value = strtok(NULL, "\t");
		char *expect = strtok(NULL, "\t\n");
		char text[640];
		struct seen seen;

		for (size_t i = 0; kind && value && expect &&
		    i < sizeof(vector_rules) / sizeof(vector_rules[0]); i++) {
			if (strcmp(vector_rules[i].detector, kind) != 0)
				continue;
			snprintf(text, sizeof(text), "%s%s", vector_rules[i].label, value);
			detect(rmn_bytes_from_string(text), RMN_UTF8, &seen);
			done++;
			if (covers(&seen, vector_rules[i].rule, value) !=
			    (strcmp(expect, "valid") == 0)) {
				print_error("%s: %s should be %s\n", kind, value, expect);
				wrong++;
			}
		}
	}
	fclose(file);
	assert_true(done > 600);
	assert_int_equal(wrong, 0);
}

static const char sample[] =
    "社員名簿\n担当: 山田 太郎 電話 03-3126-2379 メール taro.yamada@example.co.jp 備考\n"
    "カード番号: 4339 2483 6434 8853\n個人番号 987654321093\n生年月日: 昭和55年1月2日\n"
    "【社外秘】\nパスワードは Xk7-plough9 です\n携帯 ０９０－９９９９－０００５\n"
    "ＭＡＩＬ ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏ．ｊｐ\n";

static void
encode(const char *text, enum rmn_encoding encoding, struct rmn_buf *out)
{
	struct rmn_encoder *encoder = rmn_encoder_new();
	struct rmn_bytes rest = rmn_bytes_from_string(text);
	bool two = false;

	assert_non_null(encoder);
	rmn_buf_clear(out);
	for (size_t at = 0; at < rest.size;) {
		size_t size = 1;

		while (at + size < rest.size && (rest.data[at + size] & 0xC0) == 0x80)
			size++;
		if (encoding == RMN_ISO_2022_JP && (size > 1) != two) {
			two = size > 1;
			rmn_buf_append_string(out, two ? "\033$B" : "\033(B");
		}
		assert_true(rmn_encode(encoder, (struct rmn_bytes){ rest.data + at, size },
		    encoding == RMN_ISO_2022_JP && size == 1 ? RMN_ASCII : encoding, out));
		at += size;
	}
	rmn_encoder_free(encoder);
}

static const enum rmn_encoding six[] = { RMN_UTF8, RMN_CP932, RMN_EUC_JP, RMN_ISO_2022_JP,
	RMN_UTF16LE, RMN_UTF16BE };

static void
test_six_encodings(void **state)
{
	struct seen first, other, raw;
	struct rmn_buf bytes;

	(void)state;
	rmn_buf_init(&bytes, 0);
	detect(rmn_bytes_from_string(sample), RMN_UTF8, &first);
	assert_true(has(&first, "email", "taro.yamada@example.co.jp"));
	assert_true(has(&first, "email", "taro@example.co.jp"));
	assert_true(has(&first, "jp_phone", "03-3126-2379"));
	assert_true(has(&first, "jp_phone", "090-9999-0005"));
	assert_true(has(&first, "payment_card", "4339 2483 6434 8853"));
	assert_true(has(&first, "jp_mynumber", "987654321093"));
	assert_true(has(&first, "birth_date", "昭和55年1月2日"));
	assert_true(has(&first, "marking_internal", "社外秘"));
	assert_true(has(&first, "password", "Xk7-plough9"));
	for (size_t i = 0; i < sizeof(six) / sizeof(six[0]); i++) {
		encode(sample, six[i], &bytes);
		detect(rmn_buf_bytes(&bytes), six[i], &other);
		detect(rmn_buf_bytes(&bytes), RMN_ENCODING_UNKNOWN, &raw);
		for (size_t k = 0; k < first.count; k++)
			if (!has(&other, rmn_rules_at(rules, first.items[k].rule)->id,
			    first.items[k].value))
				fail_msg("%s not found in %s", first.items[k].value,
				    rmn_encoding_name(six[i]));
		assert_int_equal(first.count, other.count);
		for (size_t k = 0; k < first.count; k++) {
			assert_string_equal(first.items[k].value, other.items[k].value);
			assert_int_equal(first.items[k].score, other.items[k].score);
			if (!has(&raw, rmn_rules_at(rules, first.items[k].rule)->id,
			    first.items[k].value))
				fail_msg("%s not found in raw %s", first.items[k].value,
				    rmn_encoding_name(six[i]));
		}
	}
	rmn_buf_release(&bytes);
}

/* Every tenth rule's examples and prose, far enough apart for several segments. */
static void
fill_long(struct rmn_buf *text)
{
	unsigned seed = 7;

	for (unsigned i = 0; text->size < 300000; i++) {
		rmn_buf_printf(text, "line %u: name%u.surname@example%u.jp TEL 03-%04u-%04u ", i, i,
		    i % 7, 2000 + i % 5000, seed % 10000);
		seed = seed * 1103515245u + 12345u;
		if (i % 5 == 0)
			rmn_buf_append_string(text, sample);
		if (i % 11 != 0)	/* some lines are long */
			rmn_buf_append_string(text, "\n");
	}
}

struct total {
	uint64_t sum;
	size_t count;
};

static void
add_up(void *context, const struct rmn_finding *f)
{
	struct total *t = context;

	t->count++;
	t->sum += (f->offset + 1) * (f->rule + 3u) * f->score * (f->length_bytes + 1u);
}

static void
test_chunks_agree(void **state)
{
	static const size_t sizes[] = { 1u << 20, 65536, 100001, 8192, 5000 };
	struct rmn_buf text;
	struct total first = { 0, 0 };

	(void)state;
	rmn_buf_init(&text, 0);
	fill_long(&text);
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		struct total total = { 0, 0 };

		for (size_t at = 0; at < text.size; at += sizes[s]) {
			size_t from = at > 4096 ? at - 4096 : 0;
			size_t end = text.size - at > sizes[s] ? at + sizes[s] : text.size;
			size_t to = text.size - end > 4096 ? end + 4096 : text.size;
			struct rmn_detect_input input = {
				.bytes = { text.data + from, to - from }, .offset = from,
				.skip = at - from, .tail = to - end };

			assert_int_equal(rmn_detect(detector, &input, add_up, &total, NULL), RMN_OK);
		}
		if (s == 0)
			first = total;
		assert_int_equal(first.count, total.count);
		assert_int_equal(first.sum, total.sum);
	}
	rmn_buf_release(&text);
}

/* Cut at every length and with bits turned: no finding may point outside. */
static void
test_hostile(void **state)
{
	struct rmn_buf bytes;
	struct seen seen;
	unsigned seed = 1;

	(void)state;
	rmn_buf_init(&bytes, 0);
	for (size_t e = 0; e < sizeof(six) / sizeof(six[0]); e++) {
		encode(sample, six[e], &bytes);
		for (size_t size = 0; size < bytes.size; size += 3) {
			unsigned char *copy = malloc(size + 1);

			assert_non_null(copy);
			memcpy(copy, bytes.data, size);
			for (unsigned k = 0; k < 4 && size; k++) {
				seed = seed * 1103515245u + 12345u;
				copy[(seed >> 8) % size] ^= (unsigned char)(1u << (seed >> 28) % 8);
			}
			detect((struct rmn_bytes){ copy, size }, RMN_ENCODING_UNKNOWN, &seen);
			detect((struct rmn_bytes){ copy, size }, six[e], &seen);
			free(copy);
		}
	}
	rmn_buf_release(&bytes);
}

static void
test_table(void **state)
{
	static const char csv[] = "id,name,card,born\n1,A,4339248364348853,x\n"
	    "2,B,3589323255373663,y\n";
	struct rmn_detect_input input = { .bytes = rmn_bytes_from_string(csv),
		.encoding = RMN_UTF8, .delimiter = ',' };
	struct seen seen = { 0 };

	(void)state;
	rmn_detect_table_begin(detector, ',');
	assert_int_equal(rmn_detect(detector, &input, see, &seen, NULL), RMN_OK);
	rmn_detect_table_end(detector, see, &seen);
	assert_int_equal(seen.count, 2);
	assert_true(has(&seen, "payment_card", "4339248364348853"));
	assert_int_equal(seen.items[0].score, 90);
}

/* Lines that all have one semicolon look like rows; the list behind them has its own delimiter. */
static void
test_list_behind_a_log(void **state)
{
	struct rmn_detect_input input = { .encoding = RMN_UTF8, .delimiter = ';' };
	struct seen seen = { 0 };
	struct rmn_buf text;

	(void)state;
	rmn_buf_init(&text, 0);
	for (unsigned i = 0; i < 12; i++)
		rmn_buf_printf(&text, "GET /page%u (Windows; Win64)\n", i);
	rmn_buf_append_string(&text, "顧客ID,氏名,メール,個人番号\n1,A,a@example.jp,987654321093\n");
	input.bytes = rmn_buf_bytes(&text);
	rmn_detect_table_begin(detector, ';');
	assert_int_equal(rmn_detect(detector, &input, see, &seen, NULL), RMN_OK);
	rmn_detect_table_end(detector, see, &seen);
	assert_true(has(&seen, "jp_mynumber", "987654321093"));
	rmn_buf_release(&text);
}

/* No header: twelve digits that all pass the check of My Number are a column of them. */
static void
test_column_test(void **state)
{
	static const char csv[] = "a1,987654321093\nb2,111222333446\nc3,202020202027\n"
	    "d4,123456789018\ne5,987654321093\nf6,111222333446\ng7,202020202027\n";
	static const char chance[] = "a1,987654321093\nb2,111222333447\nc3,202020202028\n"
	    "d4,123456789019\ne5,987654321094\nf6,111222333447\ng7,202020202028\n";
	struct rmn_detect_input input = { .bytes = rmn_bytes_from_string(csv),
		.encoding = RMN_UTF8, .delimiter = ',' };
	struct seen seen = { 0 };

	(void)state;
	rmn_detect_table_begin(detector, ',');
	assert_int_equal(rmn_detect(detector, &input, see, &seen, NULL), RMN_OK);
	assert_int_equal(seen.count, 7);
	assert_true(has(&seen, "jp_mynumber", "987654321093"));
	rmn_detect_table_begin(detector, ',');
	seen.count = 0;
	input.bytes = rmn_bytes_from_string(chance);
	assert_int_equal(rmn_detect(detector, &input, see, &seen, NULL), RMN_OK);
	rmn_detect_table_end(detector, see, &seen);
	assert_int_equal(seen.count, 0);
}

static void
test_placeholder_and_policy(void **state)
{
	static const char yaml[] = "version: 1\nown: [{name: 例, domains: [example.co.jp]}]\n"
	    "keywords: [{id: aster, words: [ASTER計画], severity: high}]\n"
	    "ignore: [\"@ignored.jp\"]\ndetectors: {off: [us_ssn]}\n";
	static const char text[] = "taro@example.co.jp x@ignored.jp ASTER計画 SSN 536-22-1234";
	struct rmn_rules *all = rules;
	struct rmn_detector *with_all = detector;
	struct rmn_policy *policy;
	struct rmn_error error = { 0 };
	struct seen seen;

	(void)state;
	detect(rmn_bytes_from_string(text), RMN_UTF8, &seen);
	assert_true(seen.items[0].score < 50);
	assert_true(has(&seen, "us_ssn", NULL));
	assert_int_equal(rmn_policy_parse(rmn_bytes_from_string(yaml), "p.yaml", &policy, &error),
	    RMN_OK);
	assert_int_equal(rmn_rules_load(NULL, policy, &rules, &error), RMN_OK);
	assert_int_equal(rmn_detector_new(rules, &detector, &error), RMN_OK);
	detect(rmn_bytes_from_string(text), RMN_UTF8, &seen);
	assert_true(seen.items[0].score >= 60);
	assert_true(has(&seen, "aster", "ASTER計画"));
	assert_false(has(&seen, "us_ssn", NULL));
	assert_false(has(&seen, "email", "x@ignored.jp"));
	rmn_detector_free(detector);
	rmn_rules_free(rules);
	rmn_policy_free(policy);
	rules = all;
	detector = with_all;
}

static void
test_policy_mistakes(void **state)
{
	static const struct { const char *yaml, *wanted; } rows[] = {
		{ "version: 2\n", "p.yaml:1: this program knows policies of version 1" },
		{ "version: 1\nowner: []\n", "p.yaml:2: unknown key \"owner\"" },
		{ "version: 1\nown:\n  - {aliases: [x]}\n", "p.yaml:3: an organisation needs a name" },
		{ "version: 1\nkeywords:\n  - id: x\n    words: [yy]\n    severity: huge\n",
		    "p.yaml:5: severity is info, low, medium, high or critical" },
		{ "a: [", "p.yaml:" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmn_policy *policy;
		struct rmn_error error = { 0 };

		assert_int_equal(rmn_policy_parse(rmn_bytes_from_string(rows[i].yaml), "p.yaml",
		    &policy, &error), RMN_CORRUPT);
		if (strncmp(error.text, rows[i].wanted, strlen(rows[i].wanted)) != 0)
			fail_msg("got %s", error.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules_examples), cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_six_encodings),
		cmocka_unit_test(test_chunks_agree), cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_table), cmocka_unit_test(test_list_behind_a_log),
		cmocka_unit_test(test_column_test),
		cmocka_unit_test(test_placeholder_and_policy),
		cmocka_unit_test(test_policy_mistakes),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
