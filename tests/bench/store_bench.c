/* SPDX-License-Identifier: MIT
 *
 * How fast findings go into a case: store_bench CASE [FINDINGS].  Units of 100 findings, in the
 * order of no worker, committed about as often as a scan does. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "store/case.h"

#define FINDINGS_OF_UNIT 100u
#define COMMIT_EVERY 400000u

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
must(enum rmn_status status, const struct rmn_error *error)
{
	if (status == RMN_OK)
		return;
	fprintf(stderr, "store_bench: %s\n", error->text);
	exit(4);
}

static void
add_unit(struct rmn_case *c, int64_t source, int64_t unit, struct rmn_error *error)
{
	struct rmn_extent_row extent = {unit * 65536, 5000, 0, 0};
	struct rmn_item_row item = {
		.id = rmn_item_id(unit, 0), .source_id = source, .kind = "file",
		.state = "allocated", .size_bytes = 5000, .first_offset = (uint64_t)unit * 65536,
		.path = rmn_bytes_from_string("Users/a/Dropbox/projects/2016/minutes.docx"),
		.name = rmn_bytes_from_string("minutes.docx"), .extents = &extent,
		.extent_count = 1,
	};

	must(rmn_case_add_item(c, &item, false, error), error);
}

static void
add_finding(struct rmn_case *c, int64_t unit, uint32_t number, int64_t rule,
    struct rmn_error *error)
{
	static const char context[] = "氏名 山■ 太■ 電話 090-****-**34 メール t***@example.jp 所属 営業本部";
	struct rmn_finding_row row = {
		.id = unit << RMN_FINDING_BITS | number, .item_id = rmn_item_id(unit, 0),
		.rule = rule, .severity = 2, .score = (uint8_t)(40 + number % 60),
		.encoding_index = (uint8_t)(number % 4), .encoding = number % 4 ? "utf-8" : "cp932",
		.reasons = 5, .offset = number * 37ull, .length_bytes = 17,
		.masked = rmn_bytes_from_string("t***@example.jp"),
		.context = rmn_bytes_from_string(context),
	};
	size_t i;

	for (i = 0; i < sizeof(row.value_hash); i++)
		row.value_hash[i] = (unsigned char)((uint64_t)unit * (i + 3) + number);
	must(rmn_case_add_finding(c, &row, error), error);
}

int
main(int argc, char **argv)
{
	struct rmn_case_options options = {.mode = RMN_CASE_WRITE};
	struct rmn_source_row source = {.path = "bench.raw", .name = "bench.raw", .kind = "image"};
	struct rmn_rule_row rule_row = {"email", "E-mail", "メール", "contact", 2};
	uint64_t findings = argc > 2 ? strtoull(argv[2], NULL, 10) : 1400000;
	int64_t units = (int64_t)(findings / FINDINGS_OF_UNIT), i, source_id, rule;
	struct rmn_error error = {0};
	struct rusage usage;
	struct rmn_case *c;
	double start, inserted, indexed;
	uint32_t n;

	if (argc < 2)
		return 2;
	must(rmn_case_open(argv[1], &options, &c, &error), &error);
	must(rmn_case_add_source(c, &source, &source_id, &error), &error);
	must(rmn_case_add_rule(c, &rule_row, &rule, &error), &error);
	for (i = 1; i <= units; i++)
		add_unit(c, source_id, i, &error);
	must(rmn_case_commit(c, &error), &error);
	start = now();
	for (i = 0; i < units; i++) {
		int64_t unit = (i ^ 3) < units ? (i ^ 3) + 1 : i + 1;

		for (n = 0; n < FINDINGS_OF_UNIT; n++)
			add_finding(c, unit, n, rule, &error);
		must(rmn_case_end_unit(c, unit, &error), &error);
		if ((uint64_t)i * FINDINGS_OF_UNIT % COMMIT_EVERY == 0)
			must(rmn_case_commit(c, &error), &error);
	}
	must(rmn_case_commit(c, &error), &error);
	inserted = now();
	must(rmn_case_set_source_state(c, source_id, "complete", &error), &error);
	rmn_case_close(c);
	indexed = now();
	getrusage(RUSAGE_SELF, &usage);
	printf("findings\t%llu\ninsert_seconds\t%.2f\nrows_per_second\t%.0f\n"
	       "index_and_close_seconds\t%.2f\npeak_memory_kib\t%ld\n",
	    (unsigned long long)findings, inserted - start,
	    (double)findings / (inserted - start), indexed - inserted, usage.ru_maxrss);
	return 0;
}
