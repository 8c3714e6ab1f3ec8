/* SPDX-License-Identifier: MIT */
#include "cli/help.h"

#include <string.h>

#define HELP_COLUMNS 80
#define HELP_INDENT 24		/* where the sentences start */

const struct rmn_option rmn_standard_options[] = {
	{.letter = 'h', .name = "help", .help = "print this help"},
	{.letter = 'V', .name = "version", .help = "print the version"},
	{0}
};

static void
append_value(struct rmn_buf *text, const struct rmn_option *option)
{
	if (option->kind == RMN_OPTION_FLAG)
		return;
	rmn_buf_append_char(text, ' ');
	if (!option->choices || option->value_name) {
		rmn_buf_append_string(text, option->value_name ? option->value_name : "VALUE");
		return;
	}
	for (unsigned i = 0; option->choices[i]; i++)
		rmn_buf_printf(text, "%s%s", i ? "|" : "", option->choices[i]);
}

static void
append_usage(struct rmn_buf *text, const struct rmn_program *program)
{
	bool optional = false;

	rmn_buf_append_string(text, program->name);
	for (const struct rmn_option *o = program->options; o && o->name; o++) {
		optional = optional || !o->required;
		if (!o->required)
			continue;
		rmn_buf_printf(text, " --%s", o->name);
		append_value(text, o);
	}
	if (optional)
		rmn_buf_append_string(text, " [OPTION ...]");
	if (program->arguments)
		rmn_buf_printf(text, " %s", program->arguments);
	rmn_buf_append_char(text, '\n');
}

void
rmn_help_append_synopsis(struct rmn_buf *text, const struct rmn_program *program)
{
	if (!program->commands || program->arguments) {
		append_usage(text, program);
		return;
	}
	for (const struct rmn_program *const *c = program->commands; *c; c++)
		append_usage(text, *c);
}

/* Words wrapped at HELP_COLUMNS; the first line starts where the text stands, at column. */
static void
append_wrapped(struct rmn_buf *text, const char *words, size_t indent, size_t column)
{
	while (*words) {
		size_t size = strcspn(words, " ");

		if (column > indent && column + size + 1 > HELP_COLUMNS) {
			rmn_buf_printf(text, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			rmn_buf_append_char(text, ' ');
			column++;
		}
		rmn_buf_append_data(text, words, size);
		column += size;
		words += size;
		words += strspn(words, " ");
	}
	rmn_buf_append_char(text, '\n');
}

static void
append_row(struct rmn_buf *text, size_t start, const char *help)
{
	size_t width = text->size - start;

	if (width + 2 > HELP_INDENT) {
		rmn_buf_append_char(text, '\n');
		width = 0;
	}
	rmn_buf_printf(text, "%*s", (int)(HELP_INDENT - width), "");
	append_wrapped(text, help, HELP_INDENT, HELP_INDENT);
}

static void
append_options(struct rmn_buf *text, const struct rmn_option *option)
{
	for (; option && option->name; option++) {
		size_t start = text->size;

		if (option->letter)
			rmn_buf_printf(text, "  -%c, --%s", option->letter, option->name);
		else
			rmn_buf_printf(text, "      --%s", option->name);
		append_value(text, option);
		append_row(text, start, option->help);
	}
}

static void
append_commands(struct rmn_buf *text, const struct rmn_program *program)
{
	rmn_buf_append_string(text, "\nCommands:\n");
	for (const struct rmn_program *const *c = program->commands; *c; c++) {
		const char *word = strrchr((*c)->name, ' ');
		size_t start = text->size;

		rmn_buf_printf(text, "  %s", word ? word + 1 : (*c)->name);
		append_row(text, start, (*c)->purpose);
	}
	rmn_buf_printf(text, "\nEach command has its own --help.\n");
}

static void
append_examples(struct rmn_buf *text, const char *lines)
{
	rmn_buf_append_string(text, "\nExamples:\n");
	while (*lines) {
		size_t size = strcspn(lines, "\n"), indent = strspn(lines, " ");

		rmn_buf_printf(text, "  %.*s\n", (int)(size - indent), lines + indent);
		lines += size + (lines[size] == '\n');
	}
}

void
rmn_help_append(struct rmn_buf *text, const struct rmn_program *program)
{
	size_t start = text->size;
	struct rmn_buf synopsis;

	rmn_buf_init(&synopsis, 0);
	rmn_help_append_synopsis(&synopsis, program);
	for (const char *line = rmn_buf_string(&synopsis), *end; *line; line = end) {
		end = strchr(line, '\n') + 1;
		rmn_buf_printf(text, "%s %.*s", text->size == start ? "usage:" : "      ",
		    (int)(end - line), line);
	}
	rmn_buf_release(&synopsis);
	rmn_buf_append_char(text, '\n');
	append_wrapped(text, program->purpose, 0, 0);
	if (program->about) {
		rmn_buf_append_char(text, '\n');
		append_wrapped(text, program->about, 0, 0);
	}
	if (program->commands)
		append_commands(text, program);
	rmn_buf_append_string(text, "\nOptions:\n");
	append_options(text, program->options);
	append_options(text, rmn_standard_options);
	if (program->examples)
		append_examples(text, program->examples);
}

static const char *
completion_kind(const struct rmn_option *option)
{
	if (option->kind == RMN_OPTION_FLAG)
		return "flag";
	if (option->choices)
		return "choice";
	if (option->completes == RMN_COMPLETES_FILE)
		return "file";
	return option->completes == RMN_COMPLETES_FOLDER ? "folder" : "text";
}

static void
append_completion_options(struct rmn_buf *text, const char *program,
    const struct rmn_option *option)
{
	for (; option && option->name; option++) {
		rmn_buf_printf(text, "option\t%s\t--%s\t", program, option->name);
		if (option->letter)
			rmn_buf_printf(text, "-%c", option->letter);
		rmn_buf_printf(text, "\t%s\t", completion_kind(option));
		for (unsigned i = 0; option->choices && option->choices[i]; i++)
			rmn_buf_printf(text, "%s%s", i ? "|" : "", option->choices[i]);
		rmn_buf_printf(text, "\t%s\n", option->help);
	}
}

void
rmn_help_append_completion(struct rmn_buf *text, const struct rmn_program *program)
{
	static const char *const kinds[] = {"none", "file", "folder"};

	rmn_buf_printf(text, "program\t%s\t%s\t%s\n", program->name, program->purpose,
	    program->arguments ? program->arguments : "");
	append_completion_options(text, program->name, program->options);
	append_completion_options(text, program->name, rmn_standard_options);
	rmn_buf_printf(text, "argument\t%s\t%s\n", program->name,
	    kinds[program->argument_completes]);
	for (const struct rmn_program *const *c = program->commands; c && *c; c++)
		rmn_help_append_completion(text, *c);
}
