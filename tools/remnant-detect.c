/* SPDX-License-Identifier: MIT
 *
 * remnant-detect: findings in text or raw bytes, one JSON object a line.  Works as a filter. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/exit.h"
#include "cli/message.h"
#include "cli/options.h"
#include "detect/detect.h"
#include "detect/policy.h"

#define WINDOW_BYTES (16u << 20)
#define MARGIN_BYTES 32768u	/* context on both sides of a window */

struct detect_options {
	const char *encoding, *policy, *rules, *delimiter, *least;
	bool values;
};

static const char *const tiers[] = { "possible", "probable", "confirmed", NULL };

static const struct rmn_option options[] = {
	{ .letter = 'e', .name = "encoding", .value_name = "NAME",
	    RMN_INTO(struct detect_options, encoding),
	    .help = "the bytes are text in this encoding (default: look in every encoding)" },
	{ .letter = 'd', .name = "delimiter", .value_name = "CHAR",
	    RMN_INTO(struct detect_options, delimiter),
	    .help = "lines are rows of a table: \",\" \";\" or \"tab\"" },
	{ .letter = 'p', .name = "policy", .value_name = "FILE", .completes = RMN_COMPLETES_FILE,
	    RMN_INTO(struct detect_options, policy), .help = "own organisation, clients, keywords" },
	{ .name = "rules", .value_name = "DIR", .completes = RMN_COMPLETES_FOLDER,
	    RMN_INTO(struct detect_options, rules), .help = "rules instead of the built-in ones" },
	{ .name = "least", .value_name = "TIER", .choices = tiers,
	    RMN_INTO(struct detect_options, least), .help = "leave out less certain findings" },
	{ .name = "values", RMN_INTO(struct detect_options, values),
	    .help = "print clear values too (they are personal data)" },
	{ 0 }
};

struct run {
	const struct detect_options *o;
	const struct rmn_rules *rules;
	struct rmn_detector *detector;
	struct rmn_detect_input input;
	const char *name;
	enum rmn_tier least;
};

static void
set_bytes(json_t *object, const char *key, struct rmn_bytes bytes)
{
	json_object_set_new(object, key, json_stringn((const char *)bytes.data, bytes.size));
}

static void
print_finding(void *context, const struct rmn_finding *f)
{
	const struct run *r = context;
	const struct rmn_rule *rule = rmn_rules_at(r->rules, f->rule);
	json_t *object;

	if (rmn_tier_of(f->score) < r->least)
		return;
	object = json_pack("{s:s s:s s:s s:s s:s s:i s:s s:I s:i s:i}", "file", r->name, "rule",
	    rule->id, "category", rule->category, "severity",
	    rmn_severity_name((enum rmn_severity)f->severity), "confidence",
	    rmn_tier_name(rmn_tier_of(f->score)), "score", (int)f->score, "encoding",
	    rmn_encoding_name((enum rmn_encoding)f->encoding), "offset", (json_int_t)f->offset,
	    "length", (int)f->length_bytes, "reasons", (int)f->reasons);
	if (!object)	/* a file name that is no UTF-8 */
		object = json_pack("{s:s s:I}", "rule", rule->id, "offset", (json_int_t)f->offset);
	set_bytes(object, "masked", f->masked);
	set_bytes(object, "context", f->context);
	if (r->o->values)
		set_bytes(object, "value", f->value);
	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}

static enum rmn_status
read_more(int fd, unsigned char *data, size_t size, size_t *got, const char *name,
    struct rmn_error *error)
{
	*got = 0;
	while (*got < size) {
		ssize_t n = read(fd, data + *got, size - *got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return rmn_fail(error, RMN_IO, "%s: %s", name, strerror(errno));
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return RMN_OK;
}

/* Slides a window over the input; the bytes around it are context. */
static enum rmn_status
scan_stream(struct run *r, int fd, unsigned char *data, struct rmn_error *error)
{
	const size_t room = WINDOW_BYTES + 2 * MARGIN_BYTES;
	size_t have = 0, skip = 0;
	uint64_t offset = 0;

	rmn_detect_table_begin(r->detector, r->input.delimiter);
	for (;;) {
		size_t got, keep;
		bool last;
		enum rmn_status status = read_more(fd, data + have, room - have, &got, r->name, error);

		if (status != RMN_OK)
			return status;
		have += got;
		last = have < room;
		r->input.bytes = (struct rmn_bytes){ data, have };
		r->input.offset = offset;
		r->input.skip = skip;
		r->input.tail = last ? 0 : MARGIN_BYTES;
		status = rmn_detect(r->detector, &r->input, print_finding, r, error);
		if (status != RMN_OK || last)
			break;
		keep = 2 * MARGIN_BYTES;
		memmove(data, data + have - keep, keep);
		offset += have - keep;
		have = keep;
		skip = MARGIN_BYTES;
	}
	rmn_detect_table_end(r->detector, print_finding, r);
	return RMN_OK;
}

static int
scan_file(struct run *r, const char *path, unsigned char *data)
{
	struct rmn_error error = { 0 };
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

	r->name = path;
	if (fd < 0)
		rmn_fail(&error, RMN_IO, "%s: %s", path, strerror(errno));
	else
		scan_stream(r, fd, data, &error);
	if (fd > STDIN_FILENO)
		close(fd);
	return rmn_message_failure(&error);
}

static bool
read_input_options(const struct detect_options *o, struct rmn_detect_input *input)
{
	if (o->encoding) {
		input->encoding = rmn_encoding_from_label(rmn_bytes_from_string(o->encoding));
		if (input->encoding == RMN_ENCODING_UNKNOWN) {
			rmn_message_misuse("unknown encoding %s", o->encoding);
			return false;
		}
	}
	if (o->delimiter) {
		input->delimiter = strcmp(o->delimiter, "tab") == 0 ? '\t' : o->delimiter[0];
		if (!strchr(",;\t", input->delimiter) || !input->delimiter) {
			rmn_message_misuse("a delimiter is \",\" \";\" or \"tab\"");
			return false;
		}
	}
	return true;
}

static int
scan_all(struct run *r, const struct rmn_strings *files)
{
	unsigned char *data = malloc(WINDOW_BYTES + 2 * MARGIN_BYTES);
	int worst = RMN_EXIT_DONE;

	if (!data) {
		rmn_message("out of memory");
		return RMN_EXIT_FAILED;
	}
	if (!files->count)
		worst = scan_file(r, "-", data);
	for (size_t i = 0; i < files->count; i++) {
		int status = scan_file(r, files->items[i], data);

		worst = status > worst ? status : worst;
	}
	free(data);
	return worst;
}

static int
detect_run(const struct rmn_program *program, int argc, char **argv)
{
	struct detect_options o = { 0 };
	struct run r = { .o = &o };
	struct rmn_strings files;
	struct rmn_policy *policy = NULL;
	struct rmn_rules *rules = NULL;
	struct rmn_error error = { 0 };
	int status;

	if (!rmn_options_parse(program, argc, argv, &o, &files, &status))
		return status;
	status = RMN_EXIT_MISUSE;
	while (o.least && strcmp(tiers[r.least], o.least) != 0)
		r.least++;
	if (!read_input_options(&o, &r.input))
		goto out;
	if ((o.policy && rmn_policy_load(o.policy, &policy, &error) != RMN_OK) ||
	    rmn_rules_load(o.rules, policy, &rules, &error) != RMN_OK ||
	    rmn_detector_new(rules, &r.detector, &error) != RMN_OK) {
		rmn_message("%s", error.text);
		goto out;
	}
	r.rules = rules;
	status = scan_all(&r, &files);
out:
	rmn_detector_free(r.detector);
	rmn_rules_free(rules);
	rmn_policy_free(policy);
	rmn_strings_release(&files);
	return status;
}

static const struct rmn_program program = {
	.name = "remnant-detect",
	.purpose = "find personal data and secrets in text or raw bytes",
	.about = "Prints one JSON object a finding: file, rule, category, severity, confidence, score, "
	    "encoding, offset, length, masked value and masked context.",
	.arguments = "[FILE ...]",
	.max_arguments = RMN_ANY_NUMBER,
	.argument_completes = RMN_COMPLETES_FILE,
	.options = options,
	.examples = "remnant-detect --least probable notes.txt\n"
	    "remnant-text report.docx | remnant-detect --encoding utf-8",
	.run = detect_run,
};

int
main(int argc, char **argv)
{
	return rmn_program_main(&program, argc, argv);
}
