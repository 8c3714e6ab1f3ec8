/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cli/exit.h"
#include "cli/help.h"
#include "cli/options.h"

enum profile { TRIAGE, FULL };

struct values {
	bool quiet, verbose;
	const char *path;
	uint64_t jobs;
	enum profile profile;
	struct rmn_strings skip;
};

static const char *const profiles[] = {"triage", "full", NULL};

static const struct rmn_option options[] = {
	{.letter = 'c', .name = "case", .value_name = "FILE", .required = true,
	    .completes = RMN_COMPLETES_FILE, RMN_INTO(struct values, path), .help = "the case"},
	{.letter = 'j', .name = "jobs", .value_name = "N", .min = 1, .max = 4096,
	    RMN_INTO(struct values, jobs), .help = "worker processes"},
	{.name = "profile", .choices = profiles, RMN_INTO(struct values, profile),
	    .help = "how thoroughly to look"},
	{.letter = 'q', .name = "quiet", RMN_INTO(struct values, quiet), .help = "no progress"},
	{.letter = 'v', .name = "verbose", RMN_INTO(struct values, verbose), .help = "more"},
	{.name = "skip", .value_name = "WHAT", RMN_INTO(struct values, skip),
	    .help = "leave out; may be repeated"},
	{0}
};

static const struct rmn_program program = {
	.name = "remnant-try", .purpose = "try the parser", .arguments = "SOURCE ...",
	.min_arguments = 1, .max_arguments = 2, .argument_completes = RMN_COMPLETES_FILE,
	.options = options,
};

#define WORDS 12

static bool
parse(const char *const words[WORDS], struct values *values, struct rmn_strings *arguments,
    int *status)
{
	char *argv[WORDS + 1] = {(char *)(uintptr_t)"remnant-try"};
	int argc = 1;

	for (; argc <= WORDS && words[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	return rmn_options_parse(&program, argc, argv, values, arguments, status);
}

static void
test_good(void **state)
{
	static const struct {
		const char *words[WORDS];
		struct values expected;
		const char *last_argument;
	} rows[] = {
		{{"--case", "a.db", "x"}, {.path = "a.db", .jobs = 2}, "x"},
		{{"x", "--case=a.db"}, {.path = "a.db", .jobs = 2}, "x"},
		{{"-ca.db", "x"}, {.path = "a.db", .jobs = 2}, "x"},
		{{"-c", "a.db", "-qv", "x"}, {.path = "a.db", .jobs = 2, .quiet = true,
		    .verbose = true}, "x"},
		{{"-qj7", "-c", "a.db", "x"}, {.path = "a.db", .jobs = 7, .quiet = true}, "x"},
		{{"-c", "a.db", "--jobs=1K", "x"}, {.path = "a.db", .jobs = 1024}, "x"},
		{{"-c", "a.db", "--", "--jobs"}, {.path = "a.db", .jobs = 2}, "--jobs"},
		{{"-c", "a.db", "x", "-"}, {.path = "a.db", .jobs = 2}, "-"},
		{{"-c", "-", "--profile", "full", "x"}, {.path = "-", .jobs = 2,
		    .profile = FULL}, "x"},
		{{"-c", "", "x"}, {.path = "", .jobs = 2}, "x"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct values values = {.jobs = 2};
		struct rmn_strings arguments;
		int status = -1;

		assert_true(parse(rows[i].words, &values, &arguments, &status));
		assert_string_equal(values.path, rows[i].expected.path);
		assert_int_equal(values.jobs, rows[i].expected.jobs);
		assert_int_equal(values.quiet, rows[i].expected.quiet);
		assert_int_equal(values.verbose, rows[i].expected.verbose);
		assert_int_equal(values.profile, rows[i].expected.profile);
		assert_string_equal(arguments.items[arguments.count - 1], rows[i].last_argument);
		rmn_strings_release(&arguments);
	}
}

static void
test_list(void **state)
{
	static const char *const words[WORDS] = {"-cx", "--skip", "pdf", "a", "--skip=mail"};
	struct values values = {0};
	struct rmn_strings arguments;
	int status;

	(void)state;
	assert_true(parse(words, &values, &arguments, &status));
	assert_int_equal(values.skip.count, 2);
	assert_string_equal(values.skip.items[0], "pdf");
	assert_string_equal(values.skip.items[1], "mail");
	rmn_strings_release(&values.skip);
	rmn_strings_release(&arguments);
}

/* Each is refused with the exit status for misuse, and what was collected is released. */
static void
test_misuse(void **state)
{
	static const char *const rows[][WORDS] = {
		{"x"},					/* --case is required */
		{"-c", "a.db"},				/* no SOURCE */
		{"-c", "a.db", "x", "y", "z"},		/* one too many */
		{"-c"}, {"--case"},			/* no value */
		{"-c", "a", "x", "--cas", "b"}, {"-c", "a", "x", "--foo=1"},
		{"-c", "a", "x", "-z"}, {"-c", "a", "x", "-qz"},
		{"-c", "a", "x", "--quiet=yes"},
		{"-c", "a", "x", "--profile", "half"},
		{"-c", "a", "x", "--jobs", "0"}, {"-c", "a", "x", "--jobs", "4097"},
		{"-c", "a", "x", "--jobs", "two"}, {"-c", "a", "x", "--jobs", "-1"},
		{"-c", "a", "x", "--jobs", "99999999999999999999"},
		{"-c", "a", "x", "--jobs", "17E"},
		{"--skip", "pdf", "--skip", "mail"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct values values = {0};
		struct rmn_strings arguments;
		int status = -1;

		assert_false(parse(rows[i], &values, &arguments, &status));
		assert_int_equal(status, RMN_EXIT_MISUSE);
		assert_null(arguments.items);
		assert_null(values.skip.items);
	}
}

static void
test_synopsis(void **state)
{
	struct rmn_buf text;

	(void)state;
	rmn_buf_init(&text, 0);
	rmn_help_append_synopsis(&text, &program);
	assert_string_equal(rmn_buf_string(&text),
	    "remnant-try --case FILE [OPTION ...] SOURCE ...\n");
	rmn_buf_release(&text);
}

static void
test_help_names_every_option(void **state)
{
	struct rmn_buf text;
	char name[64];

	(void)state;
	rmn_buf_init(&text, 0);
	rmn_help_append(&text, &program);
	for (const struct rmn_option *o = options; o->name; o++) {
		name[0] = '\0';
		snprintf(name, sizeof(name), "--%s", o->name);
		assert_non_null(strstr(rmn_buf_string(&text), name));
		assert_non_null(strstr(rmn_buf_string(&text), o->help));
	}
	assert_non_null(strstr(rmn_buf_string(&text), "--profile triage|full"));
	assert_non_null(strstr(rmn_buf_string(&text), "--version"));
	rmn_buf_release(&text);
}

static void
test_completion_data(void **state)
{
	struct rmn_buf text;

	(void)state;
	rmn_buf_init(&text, 0);
	rmn_help_append_completion(&text, &program);
	assert_non_null(strstr(rmn_buf_string(&text),
	    "option\tremnant-try\t--case\t-c\tfile\t\tthe case\n"));
	assert_non_null(strstr(rmn_buf_string(&text),
	    "option\tremnant-try\t--profile\t\tchoice\ttriage|full\thow thoroughly to look\n"));
	assert_non_null(strstr(rmn_buf_string(&text), "argument\tremnant-try\tfile\n"));
	rmn_buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_synopsis),
		cmocka_unit_test(test_help_names_every_option),
		cmocka_unit_test(test_completion_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
