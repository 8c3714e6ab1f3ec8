/* SPDX-License-Identifier: MIT
 *
 * remnant-scan -- examines images, devices and folders, and fills a case. */
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/exit.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "scan/scan.h"

struct scan_options {
	const char *case_path, *policy, *rules;
	uint64_t jobs;
	struct rmn_strings skip;
	unsigned fail_on;		/* index in severities */
	bool keep_values, no_hash, no_sandbox, catalogue_only, ocr, quiet;
};

static const char *const severities[] = {"never", "info", "low", "medium", "high", "critical", NULL};
static const char *const skippable[] = {"pdf", NULL};

static const struct rmn_option options[] = {
	{.letter = 'c', .name = "case", .value_name = "FILE", .required = true,
	    .completes = RMN_COMPLETES_FILE, RMN_INTO(struct scan_options, case_path),
	    .help = "the case to fill; made when it is not there"},
	{.letter = 'p', .name = "policy", .value_name = "FILE", .completes = RMN_COMPLETES_FILE,
	    RMN_INTO(struct scan_options, policy),
	    .help = "own organisation, clients, keywords, things to ignore (YAML)"},
	{.name = "rules", .value_name = "DIR", .completes = RMN_COMPLETES_FOLDER,
	    RMN_INTO(struct scan_options, rules),
	    .help = "use the rules in this folder instead of the built-in ones"},
	{.letter = 'j', .name = "jobs", .value_name = "N", .min = 1, .max = RMN_SCAN_JOBS_MAX,
	    RMN_INTO(struct scan_options, jobs),
	    .help = "worker processes (default: one a processor)"},
	{.name = "skip", .value_name = "WHAT", .choices = skippable,
	    RMN_INTO(struct scan_options, skip),
	    .help = "do not read documents of this kind; each is recorded as not examined"},
	{.name = "ocr", RMN_INTO(struct scan_options, ocr),
	    .help = "read pictures, and pages of PDFs that are pictures: seconds a page"},
	{.name = "fail-on", .choices = severities, RMN_INTO(struct scan_options, fail_on),
	    .help = "exit with status 1 when a finding of this severity or worse is probable"},
	{.name = "keep-values", RMN_INTO(struct scan_options, keep_values),
	    .help = "store found values in clear; only when the case is made"},
	{.name = "no-hash", RMN_INTO(struct scan_options, no_hash),
	    .help = "do not hash the source while it is read"},
	{.name = "catalogue-only", RMN_INTO(struct scan_options, catalogue_only),
	    .help = "list what could be recovered by its names, without reading contents or carving"},
	{.name = "no-sandbox", RMN_INTO(struct scan_options, no_sandbox),
	    .help = "let readers run without a sandbox, for debugging; recorded in the case"},
	{.letter = 'q', .name = "quiet", RMN_INTO(struct scan_options, quiet),
	    .help = "no progress"},
	{0}
};

static int scan_run(const struct rmn_program *program, int argc, char **argv);

static const struct rmn_program program = {
	.name = "remnant-scan",
	.purpose = "examine images, devices and folders, and fill a case",
	.about = "Sources are opened read-only.  Everything that parses evidence runs in sandboxed "
	    "processes.  The same command run again goes on where it stopped.",
	.arguments = "SOURCE ...",
	.min_arguments = 1,
	.max_arguments = RMN_ANY_NUMBER,
	.argument_completes = RMN_COMPLETES_FILE,
	.options = options,
	.examples = "  remnant-scan disk.E01 --case case.db\n"
	    "  remnant-scan /dev/sdb --case case.db --policy policy.yaml\n"
	    "  remnant-scan /home/former --case case.db --fail-on high\n",
	.run = scan_run,
};

static volatile sig_atomic_t stop_asked;

static void
ask_to_stop(int signal_number)
{
	(void)signal_number;
	stop_asked = 1;
}

static bool
scan_should_stop(void *context)
{
	(void)context;
	return stop_asked;
}

static void
scan_told(void *context, enum rmn_scan_level level, const char *text)
{
	rmn_progress_hide(context);
	if (level == RMN_SCAN_WARNING)
		rmn_warning("%s", text);
	else
		rmn_message("%s", text);
}

static void
scan_progress(void *context, const struct rmn_scan_progress *p)
{
	struct rmn_progress_worker workers[RMN_SCAN_JOBS_MAX];
	char names[RMN_SCAN_JOBS_MAX][32];
	struct rmn_progress_state state = {
		.phase = p->phase,
		.bytes_done = p->bytes_done,
		.bytes_total = p->bytes_total,
		.items_done = p->items_done,
		.items_total = p->items_total,
		.findings = p->findings,
		.workers = workers,
		.worker_count = p->worker_count,
	};

	if (!rmn_progress_due(context))
		return;
	for (size_t i = 0; i < p->worker_count; i++) {
		snprintf(names[i], sizeof(names[i]), "worker %zu", i + 1);
		workers[i] = (struct rmn_progress_worker){names[i],
		    rmn_bytes_from_string(p->workers[i].path), p->workers[i].seconds};
	}
	rmn_progress_update(context, &state);
}

/* A program that stands beside this one. */
static void
helper_path(const char *name, char path[PATH_MAX])
{
	size_t room = strlen(name) + 1;
	ssize_t size = readlink("/proc/self/exe", path, PATH_MAX - room);
	char *slash;

	path[size > 0 ? size : 0] = '\0';
	slash = strrchr(path, '/');
	memcpy(slash ? slash + 1 : path, name, room);
}

static void
catch_signals(void)
{
	struct sigaction action = {.sa_handler = ask_to_stop};	/* no SA_RESTART: poll() returns */

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* A full disk is an answer of write(2), not the end of the process. */
	signal(SIGXFSZ, SIG_IGN);
}

/* What came of it, in one line, and the exit status. */
static int
scan_conclude(const struct scan_options *o, const struct rmn_scan_result *result,
    size_t source_count)
{
	if (result->was_stopped) {
		rmn_message("stopped; the same command goes on where it stopped");
		return RMN_EXIT_INCOMPLETE;
	}
	if (result->sources_failed == source_count)
		return RMN_EXIT_FAILED;		/* what failed was said, each by itself */
	rmn_message("%s: %" PRIu64 " items, %" PRIu64 " documents, %" PRIu64 " findings, %" PRIu64
	    " not fully examined", o->case_path, result->items, result->documents,
	    result->findings, result->unexamined);
	if (result->sources_failed > 0)
		rmn_message("%zu of %zu sources could not be examined",
		    (size_t)result->sources_failed, source_count);
	if (o->fail_on > 0 && result->worst_severity >= o->fail_on)
		return RMN_EXIT_GATE;
	return result->sources_failed > 0 || result->unexamined > 0 ? RMN_EXIT_INCOMPLETE :
	    RMN_EXIT_DONE;
}

static int
scan_run(const struct rmn_program *self, int argc, char **argv)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct scan_options o = {.jobs = processors > 0 && processors <= RMN_SCAN_JOBS_MAX ?
	    (uint64_t)processors : 2};
	char pdf_program[PATH_MAX], ocr_program[PATH_MAX];
	struct rmn_strings sources;
	struct rmn_scan_result result;
	struct rmn_error error = {0};
	struct rmn_progress *progress;
	enum rmn_status status;
	int exit_status;

	if (!rmn_options_parse(self, argc, argv, &o, &sources, &exit_status))
		return exit_status;
	helper_path("remnant-pdf", pdf_program);
	helper_path("remnant-ocr", ocr_program);
	catch_signals();
	progress = rmn_progress_new(o.quiet);
	status = rmn_scan(&(struct rmn_scan_options){
		.sources = sources.items,
		.source_count = sources.count,
		.case_path = o.case_path,
		.policy_path = o.policy,
		.rules_directory = o.rules,
		.pdf_program = pdf_program,
		.ocr_program = o.ocr ? ocr_program : NULL,
		.jobs = (unsigned)o.jobs,
		.keep_values = o.keep_values,
		.no_hash = o.no_hash,
		.no_sandbox = o.no_sandbox,
		.catalogue_only = o.catalogue_only,
		.skip_pdf = o.skip.count > 0,
		.argc = argc,
		.argv = argv,
	}, &(struct rmn_scan_events){progress, scan_progress, scan_told, scan_should_stop}, &result,
	    &error);
	rmn_progress_free(progress);
	if (status != RMN_OK) {
		rmn_message("%s", error.text);
		exit_status = result.bad_configuration ? RMN_EXIT_MISUSE : RMN_EXIT_FAILED;
	} else {
		exit_status = scan_conclude(&o, &result, sources.count);
	}
	rmn_strings_release(&o.skip);
	rmn_strings_release(&sources);
	return exit_status;
}

int
main(int argc, char **argv)
{
	return rmn_program_main(&program, argc, argv);
}
