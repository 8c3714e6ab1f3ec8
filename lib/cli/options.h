/* SPDX-License-Identifier: MIT
 *
 * The command line of a program as one const table.  From it come the parsing, --help, --version
 * and the completion data (--completion-data), so that they cannot differ.
 *
 *	struct scan_options {
 *		bool quiet;
 *		const char *case_path;
 *		uint64_t jobs;
 *		enum scan_profile profile;	// or unsigned: the index in choices
 *		struct rmn_strings skip;	// --skip may be given several times
 *	};
 *	static const char *const profiles[] = {"triage", "full", NULL};
 *	static const struct rmn_option options[] = {
 *		{.letter = 'c', .name = "case", .value_name = "FILE", .required = true,
 *		    .completes = RMN_COMPLETES_FILE, RMN_INTO(struct scan_options, case_path),
 *		    .help = "the case to fill; made when it is not there"},
 *		{.letter = 'j', .name = "jobs", .value_name = "N", .min = 1, .max = 256,
 *		    RMN_INTO(struct scan_options, jobs), .help = "worker processes"},
 *		{.name = "profile", .choices = profiles, RMN_INTO(struct scan_options, profile),
 *		    .help = "how thoroughly to look (default: full)"},
 *		{.letter = 'q', .name = "quiet", RMN_INTO(struct scan_options, quiet),
 *		    .help = "no progress"},
 *		{0}
 *	};
 *	static const struct rmn_program program = {
 *		.name = "remnant-scan",
 *		.purpose = "examine images, devices and folders",
 *		.arguments = "SOURCE ...", .min_arguments = 1, .max_arguments = RMN_ANY_NUMBER,
 *		.argument_completes = RMN_COMPLETES_FILE,
 *		.options = options,
 *		.run = scan_run,
 *	};
 *	int main(int argc, char **argv) { return rmn_program_main(&program, argc, argv); }
 *
 *	static int scan_run(const struct rmn_program *program, int argc, char **argv)
 *	{
 *		struct scan_options o = {.jobs = 2};	// the defaults
 *		struct rmn_strings sources;
 *		int status;
 *
 *		if (!rmn_options_parse(program, argc, argv, &o, &sources, &status))
 *			return status;			// --help, or misuse: already said
 *		...
 *		rmn_strings_release(&sources);
 *	}
 *
 * A program with commands ("remnant-case info") has .commands instead of .run: each is a
 * struct rmn_program of its own whose name is "remnant-case info" and whose run gets the words
 * from "info" on.  Up to 64 options a program. */
#ifndef RMN_CLI_OPTIONS_H
#define RMN_CLI_OPTIONS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RMN_ANY_NUMBER UINT_MAX

/* items is owned, what it points to is borrowed from argv. */
struct rmn_strings {
	const char **items;
	size_t count;
};
void rmn_strings_release(struct rmn_strings *strings);

enum rmn_option_kind {
	RMN_OPTION_FLAG,	/* bool: no value */
	RMN_OPTION_TEXT,	/* const char *: borrowed from argv */
	RMN_OPTION_NUMBER,	/* uint64_t: with size suffixes (cli/units.h) */
	RMN_OPTION_CHOICE,	/* unsigned or an enum: index in .choices */
	RMN_OPTION_LIST,	/* struct rmn_strings: each use adds one */
};

/* The field that an option sets.  Its type says what kind of option it is. */
#define RMN_INTO(type, field) \
	.kind = _Generic(((type *)0)->field, bool: RMN_OPTION_FLAG, \
	    const char *: RMN_OPTION_TEXT, uint64_t: RMN_OPTION_NUMBER, \
	    unsigned: RMN_OPTION_CHOICE, struct rmn_strings: RMN_OPTION_LIST), \
	.at = offsetof(type, field)

enum rmn_completes {
	RMN_COMPLETES_NOTHING,
	RMN_COMPLETES_FILE,
	RMN_COMPLETES_FOLDER,
};

struct rmn_option {
	char letter;			/* 0: only the long form */
	const char *name;		/* "case" for --case; NULL ends the table */
	const char *value_name;		/* "FILE"; a choice shows its values instead */
	const char *help;		/* one sentence, no full stop; long ones are wrapped */
	const char *const *choices;	/* NULL-terminated; also limits a LIST or TEXT */
	uint64_t min, max;		/* of a number; both 0: any */
	enum rmn_completes completes;
	bool required;
	enum rmn_option_kind kind;
	size_t at;
};

struct rmn_program {
	const char *name;
	const char *purpose;		/* "examine images, devices and folders" */
	const char *about;		/* a paragraph for --help; may be NULL */
	const char *arguments;		/* "SOURCE ..."; NULL: none */
	unsigned min_arguments, max_arguments;
	enum rmn_completes argument_completes;
	const struct rmn_option *options;		/* NULL: none but the standard ones */
	const struct rmn_program *const *commands;	/* NULL-terminated; or NULL */
	const char *examples;		/* lines for --help, indented there; may be NULL */
	int (*run)(const struct rmn_program *program, int argc, char **argv);
};

/* Runs the program, or the command that argv[1] names (then argv starts at the command).  Checks
 * at the end that stdout could be written.  Returns the exit status. */
int rmn_program_main(const struct rmn_program *program, int argc, char **argv);

/* Sets the fields of values that the command line names and leaves the others; arguments gets
 * what is no option ("--" ends the options, "-" is an argument).  False: *status is the exit
 * status to leave with, everything was said, and nothing needs releasing. */
bool rmn_options_parse(const struct rmn_program *program, int argc, char **argv, void *values,
    struct rmn_strings *arguments, int *status);

#endif
