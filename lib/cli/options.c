/* SPDX-License-Identifier: MIT
 *
 * Parsing in the GNU manner: options and arguments may be mixed, "--" ends the options, short
 * flags may be joined (-qv), values stand apart, behind "=", or joined to the letter. */
#include "cli/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/exit.h"
#include "cli/help.h"
#include "cli/message.h"
#include "cli/suggest.h"
#include "cli/units.h"

struct parse {
	const struct rmn_program *program;
	int argc, at;
	char **argv;
	char *values;
	struct rmn_strings *arguments;
	int status;
	unsigned long long seen;	/* one bit an option of the program's table */
};

void
rmn_strings_release(struct rmn_strings *strings)
{
	free(strings->items);
	*strings = (struct rmn_strings){0};
}

/* A list never holds more than there are words, so it is allocated once. */
static bool
strings_add(struct rmn_strings *strings, const char *text, int argc)
{
	if (!strings->items)
		strings->items = calloc((size_t)argc + 1, sizeof(*strings->items));
	if (!strings->items)
		return false;
	strings->items[strings->count++] = text;
	return true;
}

/* Standard options come last, so that an index below the table's length is a bit of `seen`. */
static const struct rmn_option *
option_at(const struct rmn_program *program, unsigned index)
{
	unsigned count = 0;

	for (const struct rmn_option *o = program->options; o && o->name; o++)
		count++;
	if (index < count)
		return &program->options[index];
	for (const struct rmn_option *o = rmn_standard_options; o->name; o++) {
		if (count++ == index)
			return o;
	}
	return NULL;
}

static const char *
option_name_at(const void *context, unsigned index)
{
	const struct rmn_option *option = option_at(context, index);

	return option ? option->name : NULL;
}

static const struct rmn_option *
option_find(const struct rmn_program *program, const char *name, size_t size, char letter)
{
	const struct rmn_option *option;

	for (unsigned i = 0; (option = option_at(program, i)); i++) {
		if (letter ? option->letter == letter :
		    strlen(option->name) == size && memcmp(option->name, name, size) == 0)
			return option;
	}
	return NULL;
}

static bool
misuse(struct parse *parse)
{
	parse->status = RMN_EXIT_MISUSE;
	return false;
}

/* The index of value among choices; says so and returns false when it is none. */
static bool
choice_find(struct parse *parse, const struct rmn_option *option, const char *value,
    unsigned *index)
{
	struct rmn_buf list;

	for (unsigned i = 0; option->choices[i]; i++) {
		if (strcmp(option->choices[i], value) == 0) {
			*index = i;
			return true;
		}
	}
	rmn_buf_init(&list, 0);
	for (unsigned i = 0; option->choices[i]; i++)
		rmn_buf_printf(&list, "%s%s", i ? ", " : "", option->choices[i]);
	rmn_message_misuse("--%s takes one of %s, not '%s'", option->name, rmn_buf_string(&list),
	    value);
	rmn_buf_release(&list);
	return misuse(parse);
}

static bool
number_set(struct parse *parse, const struct rmn_option *option, const char *value)
{
	bool bounded = option->min || option->max;
	uint64_t number;

	if (!rmn_units_parse(value, &number)) {
		rmn_message_misuse("--%s takes a number, not '%s'", option->name, value);
		return misuse(parse);
	}
	if (bounded && (number < option->min || number > option->max)) {
		rmn_message_misuse("--%s takes %" PRIu64 " to %" PRIu64 ", not %s", option->name,
		    option->min, option->max, value);
		return misuse(parse);
	}
	memcpy(parse->values + option->at, &number, sizeof(number));
	return true;
}

static bool
option_set(struct parse *parse, const struct rmn_option *option, const char *value)
{
	void *field = parse->values + option->at;
	unsigned index = 0;
	bool on = true;

	if (option->choices && !choice_find(parse, option, value, &index))
		return false;
	switch (option->kind) {
	case RMN_OPTION_FLAG:
		memcpy(field, &on, sizeof(on));
		return true;
	case RMN_OPTION_TEXT:
		memcpy(field, &value, sizeof(value));
		return true;
	case RMN_OPTION_NUMBER:
		return number_set(parse, option, value);
	case RMN_OPTION_CHOICE:
		memcpy(field, &index, sizeof(index));
		return true;
	case RMN_OPTION_LIST:
		if (strings_add(field, value, parse->argc))
			return true;
		rmn_message("out of memory");
		parse->status = RMN_EXIT_FAILED;
	}
	return false;
}

/* --help, --version and --completion-data end the parsing. */
static bool
standard_answer(struct parse *parse, const struct rmn_option *option)
{
	struct rmn_buf text;

	rmn_buf_init(&text, 0);
	if (option->letter == 'h')
		rmn_help_append(&text, parse->program);
	else
		rmn_buf_printf(&text, "%s %s\n", parse->program->name, RMN_VERSION);
	fputs(rmn_buf_string(&text), stdout);
	rmn_buf_release(&text);
	parse->status = RMN_EXIT_DONE;
	return false;
}

static bool
option_take(struct parse *parse, const struct rmn_option *option, const char *value)
{
	if (option >= rmn_standard_options && option < rmn_standard_options + 2)
		return standard_answer(parse, option);
	parse->seen |= 1ull << (option - parse->program->options);
	if (option->kind == RMN_OPTION_FLAG && value) {
		rmn_message_misuse("--%s takes no value", option->name);
		return misuse(parse);
	}
	if (option->kind != RMN_OPTION_FLAG && !value) {
		if (parse->at + 1 >= parse->argc) {
			rmn_message_misuse("--%s needs a value", option->name);
			return misuse(parse);
		}
		value = parse->argv[++parse->at];
	}
	return option_set(parse, option, value);
}

static bool
parse_long(struct parse *parse, const char *word)
{
	const char *equals = strchr(word, '=');
	size_t size = equals ? (size_t)(equals - word) : strlen(word);
	const struct rmn_option *option = option_find(parse->program, word, size, 0);
	const char *near;

	if (option)
		return option_take(parse, option, equals ? equals + 1 : NULL);
	near = equals ? NULL : rmn_suggest(word, option_name_at, parse->program);
	if (near)
		rmn_message_misuse("unknown option --%s (did you mean --%s?)", word, near);
	else
		rmn_message_misuse("unknown option --%.*s", (int)size, word);
	return misuse(parse);
}

static bool
parse_short(struct parse *parse, const char *letters)
{
	for (; *letters; letters++) {
		const struct rmn_option *option = option_find(parse->program, "", 0, *letters);
		const char *rest = letters[1] ? letters + 1 : NULL;

		if (!option) {
			rmn_message_misuse("unknown option -%c", *letters);
			return misuse(parse);
		}
		if (option->kind != RMN_OPTION_FLAG)
			return option_take(parse, option, rest);
		if (!option_take(parse, option, NULL))
			return false;
	}
	return true;
}

static bool
parse_words(struct parse *parse)
{
	bool options_end = false;

	for (parse->at = 1; parse->at < parse->argc; parse->at++) {
		const char *word = parse->argv[parse->at];
		bool taken = true;

		if (options_end || word[0] != '-' || !word[1])
			taken = strings_add(parse->arguments, word, parse->argc);
		else if (strcmp(word, "--") == 0)
			options_end = true;
		else if (word[1] == '-')
			taken = parse_long(parse, word + 2);
		else
			taken = parse_short(parse, word + 1);
		if (!taken)
			return false;
	}
	return true;
}

static bool
parse_check(struct parse *parse)
{
	const struct rmn_program *program = parse->program;
	size_t count = parse->arguments->count;

	for (unsigned i = 0; program->options && program->options[i].name; i++) {
		if (program->options[i].required && !(parse->seen >> i & 1)) {
			rmn_message_misuse("--%s is missing", program->options[i].name);
			return misuse(parse);
		}
	}
	if (count < program->min_arguments) {
		rmn_message_misuse("%s is missing", program->arguments);
		return misuse(parse);
	}
	if (count > program->max_arguments) {
		rmn_message_misuse("one argument too many: '%s'",
		    parse->arguments->items[program->max_arguments]);
		return misuse(parse);
	}
	return true;
}

bool
rmn_options_parse(const struct rmn_program *program, int argc, char **argv, void *values,
    struct rmn_strings *arguments, int *status)
{
	struct parse parse = {.program = program, .argc = argc, .argv = argv, .values = values,
	    .arguments = arguments, .status = RMN_EXIT_FAILED};

	*arguments = (struct rmn_strings){0};
	if (parse_words(&parse) && parse_check(&parse))
		return true;
	for (const struct rmn_option *o = program->options; o && o->name; o++) {
		if (o->kind == RMN_OPTION_LIST)
			rmn_strings_release((void *)(parse.values + o->at));
	}
	rmn_strings_release(arguments);
	*status = parse.status;
	return false;
}

/* The last word of "remnant-case info". */
static const char *
command_word(const struct rmn_program *command)
{
	const char *space = strrchr(command->name, ' ');

	return space ? space + 1 : command->name;
}

static const char *
command_name_at(const void *context, unsigned index)
{
	const struct rmn_program *const *commands = context;

	return commands[index] ? command_word(commands[index]) : NULL;
}

static int
command_run(const struct rmn_program *program, int argc, char **argv)
{
	struct rmn_program bare = *program;
	struct rmn_strings none;
	const char *near;
	int status;

	if (argc > 1 && argv[1][0] != '-') {
		for (const struct rmn_program *const *c = program->commands; *c; c++) {
			if (strcmp(command_word(*c), argv[1]) == 0)
				return (*c)->run(*c, argc - 1, argv + 1);
		}
		near = rmn_suggest(argv[1], command_name_at, program->commands);
		if (near)
			return rmn_message_misuse("unknown command '%s' (did you mean '%s'?)",
			    argv[1], near);
		return rmn_message_misuse("unknown command '%s'", argv[1]);
	}
	if (!bare.arguments)
		bare.arguments = "COMMAND";
	bare.min_arguments = 1;
	bare.max_arguments = RMN_ANY_NUMBER;
	if (rmn_options_parse(&bare, argc, argv, NULL, &none, &status)) {
		/* Options before the command are not ours to guess about. */
		rmn_strings_release(&none);
		status = rmn_message_misuse("COMMAND comes first");
	}
	return status;
}

int
rmn_program_main(const struct rmn_program *program, int argc, char **argv)
{
	struct rmn_buf text;
	int status;

	if (argc == 2 && strcmp(argv[1], "--completion-data") == 0) {
		rmn_buf_init(&text, 0);
		rmn_help_append_completion(&text, program);
		fputs(rmn_buf_string(&text), stdout);
		rmn_buf_release(&text);
		status = RMN_EXIT_DONE;
	} else if (program->commands) {
		status = command_run(program, argc, argv);
	} else {
		status = program->run(program, argc, argv);
	}
	if (fflush(stdout) != 0 || ferror(stdout)) {
		rmn_message("stdout: %s", strerror(errno));
		return RMN_EXIT_FAILED;
	}
	return status;
}
