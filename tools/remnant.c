/* SPDX-License-Identifier: MIT
 *
 * remnant -- runs the other programs: `remnant scan` is `remnant-scan`, taken from beside this
 * program or, failing that, from PATH. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/exit.h"
#include "cli/message.h"
#include "cli/options.h"

/* The folder of the running program with its slash; "" when it cannot be told. */
static void
own_folder(char folder[PATH_MAX])
{
	ssize_t size = readlink("/proc/self/exe", folder, PATH_MAX - 1);
	char *slash;

	folder[size > 0 ? size : 0] = '\0';
	slash = strrchr(folder, '/');
	if (slash)
		slash[1] = '\0';
}

static int
run_beside(const struct rmn_program *program, int argc, char **argv)
{
	char folder[PATH_MAX], path[PATH_MAX + 64], name[64];

	(void)argc;
	snprintf(name, sizeof(name), "remnant-%s", strrchr(program->name, ' ') + 1);
	own_folder(folder);
	snprintf(path, sizeof(path), "%s%s", folder, name);
	argv[0] = path;
	if (folder[0])
		execv(path, argv);
	argv[0] = name;
	execvp(name, argv);
	rmn_message("%s: %s", name, strerror(errno));
	return RMN_EXIT_FAILED;
}

/* The purposes are those of the programs themselves; tests/cli compares them. */
#define RUNS(id, word, purpose_text) \
	static const struct rmn_program id = {.name = "remnant " word, .purpose = purpose_text, \
	    .arguments = "[ARGUMENT ...]", .max_arguments = RMN_ANY_NUMBER, .run = run_beside}

RUNS(runs_scan, "scan", "examine images, devices and folders, and fill a case");
RUNS(runs_report, "report", "write a report from a case");
RUNS(runs_case, "case", "look after a case: figures, integrity, export");
RUNS(runs_text, "text", "print the text and properties of files");
RUNS(runs_detect, "detect", "find personal data and secrets in text or raw bytes");
RUNS(runs_rules, "rules", "list and check the detection rules");

static const struct rmn_program *const commands[] = {&runs_scan, &runs_report, &runs_case,
    &runs_text, &runs_detect, &runs_rules, NULL};

static const struct rmn_program program = {
	.name = "remnant",
	.purpose = "find out what is left on a drive: documents, personal data, secrets",
	.arguments = "COMMAND [ARGUMENT ...]",
	.commands = commands,
	.examples = "  remnant scan disk.img --case disk.db\n"
		    "  remnant report disk.db --kind inventory -o report.html\n",
};

int
main(int argc, char **argv)
{
	return rmn_program_main(&program, argc, argv);
}
