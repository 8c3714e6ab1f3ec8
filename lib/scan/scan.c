/* SPDX-License-Identifier: MIT */
#include "scan/scan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "charset/charset.h"
#include "scan/private.h"
#include "unpack/unpack.h"

/* DOMAIN 0.3: what a gate counts. */
#define PROBABLE_SCORE 50

void
scan_message(struct scan *scan, enum rmn_scan_level level, const char *format, ...)
{
	char text[512];
	va_list arguments;

	if (!scan->events->message)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	scan->events->message(scan->events->context, level, text);
}

const char *
scan_string(struct scan *scan, struct rmn_bytes bytes)
{
	if (bytes.size == 0)
		return NULL;
	return (const char *)rmn_arena_copy(scan->arena, bytes).data;
}

bool
run_store(struct run *r, enum rmn_status status)
{
	if (status != RMN_OK && r->error.status == RMN_OK)
		rmn_fail(&r->error, status, "the case cannot be written");
	return status == RMN_OK;
}

/* The rules as rows of the case, so that findings can point at them. */
static enum rmn_status
scan_add_rules(struct scan *scan, struct rmn_error *error)
{
	size_t count = rmn_rules_count(scan->rules);
	enum rmn_status status = RMN_OK;

	scan->rule_rows = calloc(count + 1, sizeof(*scan->rule_rows));
	if (!scan->rule_rows)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	for (size_t i = 0; i < count && status == RMN_OK; i++) {
		const struct rmn_rule *rule = rmn_rules_at(scan->rules, i);
		struct rmn_rule_row row = {rule->id, rule->title_en, rule->title_ja, rule->category,
		    (uint8_t)rule->severity};

		status = rmn_case_add_rule(scan->the_case, &row, &scan->rule_rows[i], error);
	}
	return status;
}

static enum rmn_status
scan_open(struct scan *scan, int64_t *log_row, struct rmn_error *error)
{
	const struct rmn_scan_options *options = scan->options;
	struct rmn_case_options case_options = {RMN_CASE_WRITE, options->keep_values};
	char note[160];
	enum rmn_status status = RMN_OK;

	scan->arena = rmn_arena_new(RMN_LIMIT_ARENA_BYTES * 4);
	if (!scan->arena)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	if (options->policy_path)
		status = rmn_policy_load(options->policy_path, &scan->policy, error);
	if (status == RMN_OK)
		status = rmn_rules_load(options->rules_directory, scan->policy, &scan->rules, error);
	scan->result->bad_configuration = status != RMN_OK;
	rmn_charset_preload();
	if (status == RMN_OK)
		status = rmn_unpack_prepare(error);
	if (status == RMN_OK)
		status = rmn_identifier_new(&scan->identifier, error);
	if (status == RMN_OK)
		status = rmn_case_open(options->case_path, &case_options, &scan->the_case, error);
	if (status != RMN_OK)
		return status;
	snprintf(note, sizeof(note), "rules %s%s", rmn_rules_digest(scan->rules),
	    options->no_sandbox ? "; without the sandbox" : "");
	status = rmn_case_log_begin(scan->the_case, "remnant-scan", RMN_VERSION, options->argc,
	    options->argv, note, log_row, error);
	if (status == RMN_OK)
		status = scan_add_rules(scan, error);
	if (status == RMN_OK)
		status = rmn_case_commit(scan->the_case, error);
	scan->plan = (struct rmn_child_plan){
		.rules = scan->rules,
		.identifier = scan->identifier,
		.keep_values = rmn_case_keeps_values(scan->the_case),
		.walk.orphans_elsewhere = true,
		.catalogue_only = scan->options->catalogue_only,
		.skip_pdf = options->skip_pdf,
		.ocr = options->ocr_program != NULL,
		.no_sandbox = options->no_sandbox,
	};
	memcpy(scan->plan.value_key, rmn_case_value_key(scan->the_case), RMN_VALUE_KEY_BYTES);
	return status;
}

static void
scan_release(struct scan *scan)
{
	rmn_case_close(scan->the_case);
	rmn_rules_free(scan->rules);
	rmn_policy_free(scan->policy);
	rmn_identifier_free(scan->identifier);
	rmn_arena_free(scan->arena);
	free(scan->rule_rows);
}

/* A case that cannot be written ends the scan; a source that cannot be opened ends only itself. */
static enum rmn_status
scan_sources(struct scan *scan, struct rmn_error *error)
{
	for (size_t i = 0; i < scan->options->source_count; i++) {
		struct rmn_error cause = {0};
		enum rmn_status status = scan_source(scan, scan->options->sources[i], &cause);

		if (scan->result->was_stopped)
			break;
		if (status == RMN_OK)
			continue;
		scan->result->sources_failed++;
		if (rmn_case_commit(scan->the_case, NULL) != RMN_OK)
			return rmn_fail(error, status, "%s", cause.text);
		scan_message(scan, RMN_SCAN_ERROR, "%s", cause.text);
	}
	return RMN_OK;
}

static void
scan_count(struct scan *scan)
{
	struct rmn_case_counts counts;

	if (rmn_case_count(scan->the_case, 0, &counts, NULL) != RMN_OK)
		return;
	scan->result->items = counts.items + counts.members;
	scan->result->documents = counts.documents;
	scan->result->findings = counts.findings;
	scan->result->unexamined = counts.unexamined;
	rmn_case_worst_severity(scan->the_case, PROBABLE_SCORE, &scan->result->worst_severity, NULL);
}

enum rmn_status
rmn_scan(const struct rmn_scan_options *options, const struct rmn_scan_events *events,
    struct rmn_scan_result *result, struct rmn_error *error)
{
	struct scan scan = {.options = options, .events = events, .result = result};
	int64_t log_row = 0;
	enum rmn_status status;

	*result = (struct rmn_scan_result){0};
	status = scan_open(&scan, &log_row, error);
	if (status == RMN_OK)
		status = scan_sources(&scan, error);
	if (status == RMN_OK) {
		scan_count(&scan);
		status = rmn_case_log_end(scan.the_case, log_row, result->was_stopped ? "stopped" :
		    result->sources_failed ? "incomplete" : "done", error);
	}
	scan_release(&scan);
	return status;
}
