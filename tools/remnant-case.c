/* SPDX-License-Identifier: MIT
 *
 * remnant-case -- looks after a case: figures, integrity, export, the log. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/exit.h"
#include "cli/message.h"
#include "cli/options.h"
#include "store/check.h"
#include "store/export.h"

static const struct rmn_case_options for_reading = {.mode = RMN_CASE_READ};

/* What happened to the case belongs into its log; a case that cannot be written now (a running
 * scan, a read-only medium) is still read. */
static void
log_command(const char *path, int argc, char **argv, const char *result)
{
	static const struct rmn_case_options options = {.mode = RMN_CASE_WRITE};
	struct rmn_error error = {0};
	struct rmn_case *c;
	int64_t row;

	if (access(path, W_OK) != 0)
		return;
	if (rmn_case_open(path, &options, &c, &error) == RMN_OK) {
		if (rmn_case_log_begin(c, "remnant-case", RMN_VERSION, argc, argv, NULL, &row,
			&error) == RMN_OK)
			rmn_case_log_end(c, row, result, &error);
		rmn_case_close(c);
	}
	if (error.status != RMN_OK)
		rmn_warning("not written into the case's log: %s", error.text);
}

static int
failed(const struct rmn_error *error)
{
	rmn_message_failure(error);
	return RMN_EXIT_FAILED;
}

struct init_options {
	bool keep_values;
};

static const struct rmn_option init_options[] = {
	{.name = "keep-values", RMN_INTO(struct init_options, keep_values),
	    .help = "store found values in clear, not only masked and hashed"},
	{0}
};

static int
run_init(const struct rmn_program *program, int argc, char **argv)
{
	struct init_options o = {0};
	struct rmn_case_options options = {.mode = RMN_CASE_WRITE};
	struct rmn_error error = {0};
	struct rmn_strings paths;
	struct rmn_case *c;
	int64_t row;
	int status;

	if (!rmn_options_parse(program, argc, argv, &o, &paths, &status))
		return status;
	options.keep_values = o.keep_values;
	status = RMN_EXIT_DONE;
	if (access(paths.items[0], F_OK) == 0) {
		rmn_message("%s is there already", paths.items[0]);
		status = RMN_EXIT_FAILED;
	} else if (rmn_case_open(paths.items[0], &options, &c, &error) != RMN_OK) {
		status = failed(&error);
	} else {
		if (rmn_case_log_begin(c, "remnant-case", RMN_VERSION, argc, argv, NULL, &row,
			&error) != RMN_OK ||
		    rmn_case_log_end(c, row, "made", &error) != RMN_OK)
			status = failed(&error);
		rmn_case_close(c);
	}
	rmn_strings_release(&paths);
	return status;
}

/* Opens the one case of the command line. */
static bool
open_named(const struct rmn_strings *paths, struct rmn_case **c, int *status)
{
	struct rmn_error error = {0};

	if (rmn_case_open(paths->items[0], &for_reading, c, &error) == RMN_OK)
		return true;
	*status = failed(&error);
	return false;
}

static int
print(struct rmn_buf *text)
{
	fwrite(text->data, 1, text->size, stdout);
	return text->failed ? RMN_EXIT_FAILED : RMN_EXIT_DONE;
}

static int
run_info(const struct rmn_program *program, int argc, char **argv)
{
	struct rmn_error error = {0};
	struct rmn_strings paths;
	struct rmn_case *c;
	struct rmn_buf text;
	int status;

	if (!rmn_options_parse(program, argc, argv, NULL, &paths, &status))
		return status;
	if (open_named(&paths, &c, &status)) {
		rmn_buf_init(&text, 0);
		status = rmn_case_describe(c, &text, &error) == RMN_OK ? print(&text) :
									 failed(&error);
		rmn_buf_release(&text);
		rmn_case_close(c);
	}
	rmn_strings_release(&paths);
	return status;
}

static void
report_problem(void *context, const char *problem)
{
	(void)context;
	rmn_message("%s", problem);
}

static int
run_check(const struct rmn_program *program, int argc, char **argv)
{
	struct rmn_error error = {0};
	struct rmn_strings paths;
	uint64_t problems = 0;
	struct rmn_case *c;
	char result[48];
	int status;

	if (!rmn_options_parse(program, argc, argv, NULL, &paths, &status))
		return status;
	if (open_named(&paths, &c, &status)) {
		if (rmn_case_check(c, report_problem, NULL, &problems, &error) != RMN_OK)
			status = failed(&error);
		else
			status = problems ? RMN_EXIT_INCOMPLETE : RMN_EXIT_DONE;
		rmn_case_close(c);
		if (error.status == RMN_OK) {
			snprintf(result, sizeof(result), "%llu problem%s",
			    (unsigned long long)problems, problems == 1 ? "" : "s");
			puts(problems ? result : "the case is whole");
			log_command(paths.items[0], argc, argv, result);
		}
	}
	rmn_strings_release(&paths);
	return status;
}

static const struct rmn_export_format *const formats[] = {&rmn_export_jsonl, &rmn_export_csv,
	&rmn_export_dfxml, &rmn_export_bodyfile};
static const char *const format_names[] = {"jsonl", "csv", "dfxml", "bodyfile", NULL};

struct export_options {
	unsigned format;
	const char *view;
	const char *output;
	bool show_values;
};

static const struct rmn_option export_options[] = {
	{.letter = 'f', .name = "format", .choices = format_names,
	    RMN_INTO(struct export_options, format), .help = "what to write (default: jsonl)"},
	{.name = "view", .value_name = "VIEW", .choices = rmn_export_views,
	    RMN_INTO(struct export_options, view),
	    .help = "which rows jsonl and csv hold (default: v_finding)"},
	{.letter = 'o', .name = "output", .value_name = "FILE",
	    .completes = RMN_COMPLETES_FILE, RMN_INTO(struct export_options, output),
	    .help = "where to write (default: standard output); readable by you only"},
	{.name = "show-values", RMN_INTO(struct export_options, show_values),
	    .help = "values in clear, where the case keeps them"},
	{0}
};

static bool
write_piece(void *context, struct rmn_bytes piece)
{
	return fwrite(piece.data, 1, piece.size, context) == piece.size;
}

/* NULL, with the message said, when it cannot be made. */
static FILE *
open_output(const char *path)
{
	FILE *file;
	int fd;

	if (!path)
		return stdout;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	file = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!file) {
		rmn_message("%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	return file;
}

static int
write_export(struct rmn_case *c, const struct export_options *o, const char *command_line)
{
	struct rmn_export_options options = {.view = o->view, .show_values = o->show_values,
		.program = "remnant-case", .version = RMN_VERSION, .command_line = command_line};
	struct rmn_error error = {0};
	FILE *file = open_output(o->output);
	bool written;

	if (!file)
		return RMN_EXIT_FAILED;
	options.for_terminal = isatty(fileno(file));
	if (o->show_values && !rmn_case_keeps_values(c))
		rmn_warning("the case keeps no clear values");
	rmn_case_export(c, formats[o->format], &options, write_piece, file, &error);
	written = file == stdout ? fflush(file) == 0 : fclose(file) == 0;
	if (error.status != RMN_OK)
		return failed(&error);
	if (!written) {
		rmn_message("%s: %s", o->output ? o->output : "standard output", strerror(errno));
		return RMN_EXIT_FAILED;
	}
	return RMN_EXIT_DONE;
}

static int
run_export(const struct rmn_program *program, int argc, char **argv)
{
	struct export_options o = {.view = "v_finding"};
	struct rmn_strings paths;
	struct rmn_buf command;
	struct rmn_case *c;
	int status, i;

	if (!rmn_options_parse(program, argc, argv, &o, &paths, &status))
		return status;
	rmn_buf_init(&command, 0);
	rmn_buf_append_string(&command, "remnant-case");
	for (i = 0; i < argc; i++)
		rmn_buf_printf(&command, " %s", argv[i]);
	if (open_named(&paths, &c, &status)) {
		status = write_export(c, &o, rmn_buf_string(&command));
		rmn_case_close(c);
		if (status == RMN_EXIT_DONE)
			log_command(paths.items[0], argc, argv, "exported");
	}
	rmn_buf_release(&command);
	rmn_strings_release(&paths);
	return status;
}

static int
run_log(const struct rmn_program *program, int argc, char **argv)
{
	int64_t rows = 0, broken_at = 0;
	struct rmn_error error = {0};
	struct rmn_strings paths;
	struct rmn_buf text;
	struct rmn_case *c;
	int status;

	if (!rmn_options_parse(program, argc, argv, NULL, &paths, &status))
		return status;
	if (open_named(&paths, &c, &status)) {
		rmn_buf_init(&text, 0);
		if (rmn_case_describe_log(c, &text, &error) != RMN_OK ||
		    rmn_case_log_verify(c, &rows, &broken_at, &error) != RMN_OK)
			status = failed(&error);
		else
			status = print(&text);
		if (status == RMN_EXIT_DONE && broken_at) {
			rmn_message("the log was changed: row %lld does not fit the rows before",
			    (long long)broken_at);
			status = RMN_EXIT_INCOMPLETE;
		}
		rmn_buf_release(&text);
		rmn_case_close(c);
	}
	rmn_strings_release(&paths);
	return status;
}

#define CASE_ARGUMENT .arguments = "CASE", .min_arguments = 1, .max_arguments = 1, \
	.argument_completes = RMN_COMPLETES_FILE

static const struct rmn_program init = {.name = "remnant-case init",
	.purpose = "make an empty case", CASE_ARGUMENT, .options = init_options, .run = run_init};
static const struct rmn_program info = {.name = "remnant-case info",
	.purpose = "print what a case holds", CASE_ARGUMENT, .run = run_info};
static const struct rmn_program check = {.name = "remnant-case check",
	.purpose = "check that a case is whole and adds up", CASE_ARGUMENT, .run = run_check,
	.about = "Checks the database, the references between its rows, the chain of the log, the "
		 "ledger of every source against its size, and whether every scan came to its end.  "
		 "Exit status 3 says that something does not fit; each problem is one line."};
static const struct rmn_program export = {.name = "remnant-case export",
	.purpose = "write a case in a format for other programs", CASE_ARGUMENT,
	.options = export_options, .run = run_export};
static const struct rmn_program log_program = {.name = "remnant-case log",
	.purpose = "print the commands that were run on a case, and check their chain",
	CASE_ARGUMENT, .run = run_log};

static const struct rmn_program *const commands[] = {&init, &info, &check, &export,
	&log_program, NULL};

static const struct rmn_program program = {
	.name = "remnant-case",
	.purpose = "look after a case: figures, integrity, export",
	.arguments = "COMMAND CASE",
	.commands = commands,
	.examples = "  remnant-case info disk.db\n"
		    "  remnant-case export --format csv --view v_document -o documents.csv disk.db\n",
};

int
main(int argc, char **argv)
{
	return rmn_program_main(&program, argc, argv);
}
