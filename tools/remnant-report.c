/* SPDX-License-Identifier: MIT
 *
 * remnant-report -- writes a report from a case. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/exit.h"
#include "cli/message.h"
#include "cli/options.h"
#include "report/report.h"

struct report_options {
	const char *kind;
	unsigned language, format;
	const char *output;
	uint64_t limit;
	bool schema;
};

static const char *const languages[] = {"en", "ja", NULL};
static const char *const format_names[] = {"html", "json", "csv", "md", NULL};
static const struct rmn_report_format *const formats[] = {&rmn_report_html, &rmn_report_json,
	&rmn_report_csv, &rmn_report_md};

static const struct rmn_option options[] = {
	{.letter = 'k', .name = "kind", .value_name = "KIND",
	    RMN_INTO(struct report_options, kind),
	    .help = "which report: inventory, everything that is left (the default)"},
	{.letter = 'l', .name = "lang", .choices = languages,
	    RMN_INTO(struct report_options, language), .help = "its language (default: en)"},
	{.letter = 'f', .name = "format", .choices = format_names,
	    RMN_INTO(struct report_options, format), .help = "its format (default: html)"},
	{.letter = 'o', .name = "output", .value_name = "FILE", .completes = RMN_COMPLETES_FILE,
	    RMN_INTO(struct report_options, output),
	    .help = "where to write (default: standard output); readable by you only"},
	{.letter = 'n', .name = "limit", .value_name = "N", .min = 1, .max = 1000,
	    RMN_INTO(struct report_options, limit),
	    .help = "findings shown with their places for each rule (default: 20)"},
	{.name = "schema", RMN_INTO(struct report_options, schema),
	    .help = "print the JSON Schema of --format json and end"},
	{0}
};

static int
failed(const struct rmn_error *error)
{
	rmn_message_failure(error);
	return RMN_EXIT_FAILED;
}

/* Opens a file beside path, for path to be replaced when all is written. */
static FILE *
open_beside(const char *path, struct rmn_buf *name)
{
	FILE *file = NULL;
	char *template;
	int fd;

	rmn_buf_printf(name, "%s.XXXXXX", path);
	template = strdup(rmn_buf_string(name));
	if (!template)
		return NULL;
	fd = mkstemp(template);		/* mode 0600 */
	if (fd >= 0)
		file = fdopen(fd, "w");
	rmn_buf_clear(name);
	rmn_buf_append_string(name, template);
	free(template);
	return file;
}

static int
write_file(const char *path, struct rmn_bytes text)
{
	int status = RMN_EXIT_DONE;
	struct rmn_buf name;
	bool written;
	FILE *file;

	rmn_buf_init(&name, 0);
	file = open_beside(path, &name);
	if (!file) {
		rmn_message("%s: %s", path, strerror(errno));
		rmn_buf_release(&name);
		return RMN_EXIT_FAILED;
	}
	written = fwrite(text.data, 1, text.size, file) == text.size && fflush(file) == 0 &&
	    fsync(fileno(file)) == 0;
	if (fclose(file) != 0 || !written || rename(rmn_buf_string(&name), path) != 0) {
		rmn_message("%s: %s", path, strerror(errno));
		unlink(rmn_buf_string(&name));
		status = RMN_EXIT_FAILED;
	}
	rmn_buf_release(&name);
	return status;
}

static int
write_out(const char *path, struct rmn_bytes text)
{
	if (path && strcmp(path, "-") != 0)
		return write_file(path, text);
	fwrite(text.data, 1, text.size, stdout);
	return RMN_EXIT_DONE;
}

/* Every command on the case is in its log; a case that cannot be written now is still read. */
static void
log_command(const char *path, int argc, char **argv)
{
	static const struct rmn_case_options writing = {.mode = RMN_CASE_WRITE};
	struct rmn_error error = {0};
	struct rmn_case *c;
	int64_t row;

	if (access(path, W_OK) != 0)
		return;
	if (rmn_case_open(path, &writing, &c, &error) == RMN_OK) {
		if (rmn_case_log_begin(c, "remnant-report", RMN_VERSION, argc, argv, NULL, &row,
			&error) == RMN_OK)
			rmn_case_log_end(c, row, "written", &error);
		rmn_case_close(c);
	}
	if (error.status != RMN_OK)
		rmn_warning("not written into the case's log: %s", error.text);
}

/* The first report of a case makes its indexes; without them (a read-only medium) it takes longer. */
static void
index_case(const char *path)
{
	static const struct rmn_case_options writing = {.mode = RMN_CASE_WRITE};
	struct rmn_case *c;

	if (access(path, W_OK) != 0 || rmn_case_open(path, &writing, &c, NULL) != RMN_OK)
		return;
	rmn_case_index(c, NULL);
	rmn_case_close(c);
}

static int
make_report(const char *case_path, const struct report_options *o)
{
	static const struct rmn_case_options reading = {.mode = RMN_CASE_READ};
	struct rmn_report_options wanted = {
		.language = o->language ? RMN_JAPANESE : RMN_ENGLISH,
		.generated = rmn_time_now(), .findings_per_rule = (unsigned)o->limit,
		.documents = 500};
	struct rmn_report_model *model = NULL;
	struct rmn_error error = {0};
	struct rmn_buf text;
	struct rmn_case *c;
	int status;

	index_case(case_path);
	if (rmn_case_open(case_path, &reading, &c, &error) != RMN_OK)
		return failed(&error);
	if (rmn_report_model_new(c, case_path, &wanted, &model, &error) != RMN_OK) {
		rmn_case_close(c);
		return failed(&error);
	}
	rmn_buf_init(&text, 0);
	formats[o->format]->render(model, &text);
	if (text.failed) {
		rmn_message("the report does not fit into memory");
		status = RMN_EXIT_FAILED;
	} else {
		status = write_out(o->output, rmn_buf_bytes(&text));
	}
	if (status == RMN_EXIT_DONE && (model->is_incomplete || model->is_unfinished))
		rmn_message("some evidence was not examined; the report says which");
	rmn_buf_release(&text);
	rmn_report_model_free(model);
	rmn_case_close(c);
	return status;
}

static int
run(const struct rmn_program *program, int argc, char **argv)
{
	struct report_options o = {.kind = "inventory", .limit = 20};
	struct rmn_strings paths;
	int status;

	if (!rmn_options_parse(program, argc, argv, &o, &paths, &status))
		return status;
	if (o.schema) {
		fputs(rmn_report_schema, stdout);
		status = RMN_EXIT_DONE;
	} else if (paths.count == 0) {
		status = rmn_message_misuse("CASE is missing");
	} else if (strcmp(o.kind, "inventory") != 0) {
		status = rmn_message_misuse("--kind %s is not in this version; there is: inventory",
		    o.kind);
	} else {
		status = make_report(paths.items[0], &o);
		if (status == RMN_EXIT_DONE)
			log_command(paths.items[0], argc, argv);
	}
	rmn_strings_release(&paths);
	return status;
}

static const struct rmn_program program = {
	.name = "remnant-report",
	.purpose = "write a report from a case",
	.arguments = "CASE",
	.max_arguments = 1,
	.argument_completes = RMN_COMPLETES_FILE,
	.options = options,
	.run = run,
	.examples = "  remnant-report disk.db --lang ja -o report.html\n"
		    "  remnant-report disk.db --format json | jq .figures\n",
};

int
main(int argc, char **argv)
{
	return rmn_program_main(&program, argc, argv);
}
