/* SPDX-License-Identifier: MIT
 *
 * remnant-recover -- writes out what a case found: items with their names, paths and dates. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/exit.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/units.h"
#include "restore/restore.h"

struct recover_options {
	const char *directory, *path, *where;
	struct rmn_strings states, grades, types;
	bool documents, dry_run, no_sandbox, quiet;
};

static const char *const states[] = {"deleted", "lost", "carved", "allocated", NULL};
static const char *const grades[] = {"A", "B", "C", "D", "E", NULL};

static const struct rmn_option options[] = {
	{.letter = 'o', .name = "output", .value_name = "DIR", .completes = RMN_COMPLETES_FOLDER,
	    RMN_INTO(struct recover_options, directory),
	    .help = "the folder to write into; made when it is not there"},
	{.letter = 's', .name = "state", .choices = states, RMN_INTO(struct recover_options, states),
	    .help = "items of this state; may be given several times (default: deleted, lost, carved)"},
	{.letter = 'g', .name = "grade", .choices = grades, RMN_INTO(struct recover_options, grades),
	    .help = "items of this grade; may be given several times (default: A to D)"},
	{.letter = 't', .name = "type", .value_name = "EXT",
	    RMN_INTO(struct recover_options, types),
	    .help = "items with this extension or of this format; may be given several times"},
	{.letter = 'd', .name = "documents", RMN_INTO(struct recover_options, documents),
	    .help = "only items that are documents"},
	{.letter = 'p', .name = "path", .value_name = "GLOB",
	    RMN_INTO(struct recover_options, path),
	    .help = "items whose path in their volume matches; * crosses folders"},
	{.letter = 'w', .name = "where", .value_name = "SQL",
	    RMN_INTO(struct recover_options, where),
	    .help = "items for which this expression over v_item holds"},
	{.letter = 'n', .name = "dry-run", RMN_INTO(struct recover_options, dry_run),
	    .help = "say how many files and bytes it would be, and write nothing"},
	{.name = "no-sandbox", RMN_INTO(struct recover_options, no_sandbox),
	    .help = "let the reader run without a sandbox, for debugging"},
	{.letter = 'q', .name = "quiet", RMN_INTO(struct recover_options, quiet),
	    .help = "do not name each file that fails"},
	{0}
};

static int recover_run(const struct rmn_program *program, int argc, char **argv);

static const struct rmn_program program = {
	.name = "remnant-recover",
	.purpose = "write out what a case found, with names, paths and dates",
	.about = "Each file goes below DIR under its source, its volume and its own path, made safe; "
	    "DIR/manifest.tsv says where it came from.  The sources must be where they were when the "
	    "case was made.  The same command run again goes on where it stopped.",
	.arguments = "CASE",
	.min_arguments = 1,
	.max_arguments = 1,
	.argument_completes = RMN_COMPLETES_FILE,
	.options = options,
	.examples = "  remnant-recover case.db --dry-run\n"
	    "  remnant-recover case.db -o recovered --documents\n"
	    "  remnant-recover case.db -o pdf --type pdf --grade A --grade B\n"
	    "  remnant-recover case.db -o mail --where \"path LIKE 'Users/%/Mail/%'\"\n",
	.run = recover_run,
};

static volatile sig_atomic_t stop_asked;

static void
on_signal(int number)
{
	(void)number;
	stop_asked = 1;
}

static bool
should_stop(void *context)
{
	(void)context;
	return stop_asked != 0;
}

static void
on_problem(void *context, const char *forensic_path, const char *text)
{
	const struct recover_options *o = context;

	if (!o->quiet)
		rmn_message("%s: %s", forensic_path, text);
}

/* What a selection comes to, by state and grade. */
struct sum {
	struct {
		uint64_t files, bytes;
	} by[4][6], all;
};

static enum rmn_status
sum_add(void *context, const struct rmn_selected *item)
{
	struct sum *sum = context;
	size_t state = 0, grade = item->grade ? (size_t)(item->grade[0] - 'A') : 5;
	uint64_t bytes = item->has_bytes ? item->size_bytes : 0;

	while (states[state + 1] && strcmp(states[state], item->state) != 0)
		state++;
	sum->by[state][grade].files++;
	sum->by[state][grade].bytes += bytes;
	sum->all.files++;
	sum->all.bytes += bytes;
	return RMN_OK;
}

static void
sum_print(const struct sum *sum)
{
	char files[RMN_UNITS_TEXT_BYTES], size[RMN_UNITS_TEXT_BYTES];

	printf("%-10s %-5s %12s %12s\n", "state", "grade", "files", "size");
	for (size_t s = 0; states[s]; s++)
		for (size_t g = 0; g < 6; g++) {
			if (sum->by[s][g].files == 0)
				continue;
			rmn_units_count_text(sum->by[s][g].files, files);
			rmn_units_size_text(sum->by[s][g].bytes, size);
			printf("%-10s %-5s %12s %12s\n", states[s], g < 5 ? grades[g] : "-", files,
			    size);
		}
	rmn_units_count_text(sum->all.files, files);
	rmn_units_size_text(sum->all.bytes, size);
	printf("%-10s %-5s %12s %12s\n", "all", "", files, size);
}

/* The room that is there: at the folder, or at the one it will be made in. */
static bool
has_room(const char *directory, uint64_t bytes)
{
	char wanted[RMN_UNITS_TEXT_BYTES], there[RMN_UNITS_TEXT_BYTES];
	struct statvfs facts;
	uint64_t room;

	if (statvfs(directory, &facts) != 0 && statvfs(".", &facts) != 0)
		return true;
	room = (uint64_t)facts.f_bavail * facts.f_frsize;
	if (bytes <= room)
		return true;
	rmn_units_size_text(bytes, wanted);
	rmn_units_size_text(room, there);
	rmn_message("%s has room for %s, but %s would be written", directory, there, wanted);
	return false;
}

static int
conclude(const struct rmn_restore_result *result, const char *directory)
{
	char files[RMN_UNITS_TEXT_BYTES], size[RMN_UNITS_TEXT_BYTES];

	rmn_units_count_text(result->files, files);
	rmn_units_size_text(result->bytes, size);
	rmn_message("%s: %s files written (%s), %llu of them other names; %llu were there before, "
	    "%llu are incomplete, %llu could not be read", directory, files, size,
	    (unsigned long long)result->linked, (unsigned long long)result->kept,
	    (unsigned long long)result->incomplete, (unsigned long long)result->failed);
	return result->failed || result->incomplete || stop_asked ? RMN_EXIT_INCOMPLETE :
	    RMN_EXIT_DONE;
}

static int
write_out(struct rmn_case *c, const struct rmn_select *select, const struct recover_options *o)
{
	struct rmn_restore_options restore = {
		.directory = o->directory, .no_sandbox = o->no_sandbox,
		.context = (void *)(uintptr_t)o, .problem = on_problem, .should_stop = should_stop,
	};
	struct sigaction action = {.sa_handler = on_signal};
	struct rmn_restore_result result;
	struct rmn_error error = {0};
	enum rmn_status status;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	status = rmn_restore(c, select, &restore, &result, &error);
	if (status == RMN_OK || status == RMN_LIMIT)
		return conclude(&result, o->directory);
	rmn_message_failure(&error);
	return RMN_EXIT_FAILED;
}

static struct rmn_words
words_or(const struct rmn_strings *given, const char *const *standard, size_t count)
{
	if (given->count > 0)
		return (struct rmn_words){given->items, given->count};
	return (struct rmn_words){standard, count};
}

/* Counts first: what does not fit is not begun. */
static int
recover_case(struct rmn_case *c, const struct recover_options *o)
{
	struct rmn_select select = {
		.states = words_or(&o->states, states, 3),
		.grades = words_or(&o->grades, grades, 4),
		.types = {o->types.items, o->types.count},
		.path_glob = o->path,
		.where = o->where,
		.documents_only = o->documents,
	};
	struct rmn_error error = {0};
	struct sum sum = {0};
	enum rmn_status status = rmn_case_select(c, &select, sum_add, &sum, &error);

	if (status == RMN_CORRUPT && o->where)
		return rmn_message_misuse("%s", error.text);
	if (status != RMN_OK) {
		rmn_message_failure(&error);
		return RMN_EXIT_FAILED;
	}
	if (o->dry_run) {
		sum_print(&sum);
		return RMN_EXIT_DONE;
	}
	return has_room(o->directory, sum.all.bytes) ? write_out(c, &select, o) : RMN_EXIT_FAILED;
}

static int
recover_run(const struct rmn_program *self, int argc, char **argv)
{
	struct recover_options o = {0};
	struct rmn_case_options reading = {.mode = RMN_CASE_READ};
	struct rmn_error error = {0};
	struct rmn_strings cases;
	struct rmn_case *c;
	int status;

	if (!rmn_options_parse(self, argc, argv, &o, &cases, &status))
		return status;
	if (!o.directory && !o.dry_run) {
		status = rmn_message_misuse("where to? -o DIR, or --dry-run");
	} else if (rmn_case_open(cases.items[0], &reading, &c, &error) != RMN_OK) {
		rmn_message_failure(&error);
		status = RMN_EXIT_FAILED;
	} else {
		status = recover_case(c, &o);
		rmn_case_close(c);
	}
	rmn_strings_release(&cases);
	rmn_strings_release(&o.states);
	rmn_strings_release(&o.grades);
	rmn_strings_release(&o.types);
	return status;
}

int
main(int argc, char **argv)
{
	return rmn_program_main(&program, argc, argv);
}
