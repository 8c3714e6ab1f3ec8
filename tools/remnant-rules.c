/* SPDX-License-Identifier: MIT
 *
 * remnant-rules: what the detectors are, and whether their examples hold. */
#include <stdio.h>

#include "cli/exit.h"
#include "cli/message.h"
#include "cli/options.h"
#include "detect/rules.h"

static int
load(const struct rmn_program *program, int argc, char **argv, struct rmn_rules **rules)
{
	struct rmn_strings folders;
	struct rmn_error error = { 0 };
	enum rmn_status loaded;
	char nothing;
	int status;

	if (!rmn_options_parse(program, argc, argv, &nothing, &folders, &status))
		return status;
	loaded = rmn_rules_load(folders.count ? folders.items[0] : NULL, NULL, rules, &error);
	rmn_strings_release(&folders);
	if (loaded == RMN_OK)
		return RMN_EXIT_DONE;
	rmn_message("%s", error.text);
	return RMN_EXIT_MISUSE;
}

static int
list_run(const struct rmn_program *program, int argc, char **argv)
{
	struct rmn_rules *rules = NULL;
	int status = load(program, argc, argv, &rules);

	for (size_t i = 0; rules && i < rmn_rules_count(rules); i++) {
		const struct rmn_rule *rule = rmn_rules_at(rules, i);

		printf("%s\t%s\t%s\t%s\t%s\n", rule->id, rule->category,
		    rmn_severity_name(rule->severity), rule->title_en, rule->title_ja);
	}
	rmn_rules_free(rules);
	return status;
}

static void
print_failure(void *context, const char *line)
{
	(void)context;
	rmn_message("%s", line);
}

static int
check_run(const struct rmn_program *program, int argc, char **argv)
{
	struct rmn_rules *rules = NULL;
	struct rmn_error error = { 0 };
	size_t checked = 0, failed = 0;
	int status = load(program, argc, argv, &rules);

	if (!rules)
		return status;
	if (rmn_rules_check(rules, &checked, &failed, print_failure, NULL, &error) != RMN_OK)
		status = rmn_message_failure(&error);
	else
		printf("%zu rules, %zu examples, %zu failed\n", rmn_rules_count(rules), checked,
		    failed);
	rmn_rules_free(rules);
	return failed ? RMN_EXIT_GATE : status;
}

static const struct rmn_program list = {
	.name = "remnant-rules list",
	.purpose = "print the rules: id, category, severity, titles",
	.arguments = "[DIR]",
	.max_arguments = 1,
	.argument_completes = RMN_COMPLETES_FOLDER,
	.run = list_run,
};

static const struct rmn_program check = {
	.name = "remnant-rules check",
	.purpose = "run every rule's examples and counterexamples",
	.arguments = "[DIR]",
	.max_arguments = 1,
	.argument_completes = RMN_COMPLETES_FOLDER,
	.run = check_run,
};

static const struct rmn_program *const commands[] = { &list, &check, NULL };

static const struct rmn_program program = {
	.name = "remnant-rules",
	.arguments = "COMMAND [DIR]",
	.purpose = "list and check the detection rules",
	.about = "Without DIR the built-in rules; with it the .yaml files there.",
	.commands = commands,
};

int
main(int argc, char **argv)
{
	return rmn_program_main(&program, argc, argv);
}
