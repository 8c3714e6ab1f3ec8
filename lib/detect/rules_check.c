/* SPDX-License-Identifier: MIT
 *
 * The examples of the rules, run through the engine as they are.  "hex:..." stands for bytes. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "detect/chain.h"
#include "detect/detect.h"
#include "detect/rules_private.h"

struct check {
	struct rmn_detector *detector;
	size_t rule;
	bool was_found;
	size_t checked, failed;
	void (*report)(void *context, const char *line);
	void *context;
};

static void
note_finding(void *context, const struct rmn_finding *finding)
{
	struct check *c = context;

	c->was_found |= finding->rule == c->rule;
}

static unsigned
hex_value(char c)
{
	return rmn_is_digit((unsigned char)c) ? (unsigned)(c - '0') : (unsigned)((c | 32) - 'a' + 10);
}

/* The bytes of an example. */
static void
example_bytes(const char *text, struct rmn_buf *bytes)
{
	rmn_buf_clear(bytes);
	if (strncmp(text, "hex:", 4) != 0) {
		rmn_buf_append_string(bytes, text);
		return;
	}
	for (text += 4; *text; text++) {
		if (*text == ' ' || !text[1])
			continue;
		while (text[1] == ' ')
			text++;
		rmn_buf_u8(bytes, (uint8_t)(hex_value(text[0]) << 4 | hex_value(text[1])));
		text++;
	}
}

static enum rmn_status
check_example(struct check *c, const struct rmn_rule *rule, const char *text, bool wanted,
    struct rmn_error *error)
{
	bool is_hex = strncmp(text, "hex:", 4) == 0;
	struct rmn_detect_input input = { .encoding = is_hex ? RMN_ENCODING_UNKNOWN : RMN_UTF8 };
	struct rmn_buf bytes;
	enum rmn_status status;
	char line[256];

	rmn_buf_init(&bytes, 0);
	example_bytes(text, &bytes);
	input.bytes = rmn_buf_bytes(&bytes);
	c->was_found = false;
	status = rmn_detect(c->detector, &input, note_finding, c, error);
	rmn_buf_release(&bytes);
	c->checked++;
	if (status == RMN_OK && c->was_found != wanted) {
		c->failed++;
		snprintf(line, sizeof(line), "%s: %s: %.120s", rule->id,
		    wanted ? "example not found" : "counterexample found", text);
		if (c->report)
			c->report(c->context, line);
	}
	return status;
}

enum rmn_status
rmn_rules_check(const struct rmn_rules *rules, size_t *checked, size_t *failed,
    void (*report)(void *context, const char *line), void *context, struct rmn_error *error)
{
	struct check c = { .report = report, .context = context };
	enum rmn_status status = rmn_detector_new(rules, &c.detector, error);

	for (c.rule = 0; status == RMN_OK && c.rule < rules->count; c.rule++) {
		const struct rmn_rule *rule = &rules->rules[c.rule].shown;

		if (rules->rules[c.rule].is_off)
			continue;
		for (size_t i = 0; status == RMN_OK && rule->examples[i]; i++)
			status = check_example(&c, rule, rule->examples[i], true, error);
		for (size_t i = 0; status == RMN_OK && rule->counterexamples[i]; i++)
			status = check_example(&c, rule, rule->counterexamples[i], false, error);
	}
	rmn_detector_free(c.detector);
	if (status == RMN_OK) {
		*checked = c.checked;
		*failed = c.failed;
	}
	return status;
}
