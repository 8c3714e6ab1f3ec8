/* SPDX-License-Identifier: MIT
 *
 * The rules: what is looked for.  YAML, compiled in (rules/ *.yaml), replaceable as a whole. */
#ifndef RMN_DETECT_RULES_H
#define RMN_DETECT_RULES_H

#include "base/status.h"
#include "detect/finding.h"

struct rmn_rule {
	const char *id;			/* stable: stored in cases ("email", "jp_mynumber") */
	const char *title_en;
	const char *title_ja;
	const char *category;		/* contact, government_id, financial, secret, marking, ... */
	enum rmn_severity severity;
	const char *const *examples;		/* NULL-terminated */
	const char *const *counterexamples;
	const char *const *references;
	/* The rest (patterns, context words, check, scores) is the engine's: rules_private.h. */
};

struct rmn_rules;

/* The policy's part in detection: words to look for, domains that are never placeholders,
 * detectors that are off.  Filled by policy.h. */
struct rmn_policy;

/* The compiled-in rules, or those of directory when it is not NULL (*.yaml).  policy may be NULL.
 * A mistake gives RMN_CORRUPT with "FILE:LINE: reason". */
enum rmn_status rmn_rules_load(const char *directory, const struct rmn_policy *policy,
    struct rmn_rules **rules, struct rmn_error *error);
void rmn_rules_free(struct rmn_rules *rules);

/* Compiles what was left for the first use (the words of all rules, some 20 ms), so that a parent
 * can do it once before it forks.  Called again, or by the first rmn_detect, it does no harm. */
enum rmn_status rmn_rules_prepare(struct rmn_rules *rules, struct rmn_error *error);

size_t rmn_rules_count(const struct rmn_rules *rules);
const struct rmn_rule *rmn_rules_at(const struct rmn_rules *rules, size_t index);
const struct rmn_rule *rmn_rules_find(const struct rmn_rules *rules, const char *id,
    size_t *index);

/* SHA-256 (hex) of everything that decides what is found: rules and policy. */
const char *rmn_rules_digest(const struct rmn_rules *rules);

/* Runs every rule's examples and counterexamples; *failed counts, report (may be NULL) gets one
 * line for each failure. */
enum rmn_status rmn_rules_check(const struct rmn_rules *rules, size_t *checked, size_t *failed,
    void (*report)(void *context, const char *line), void *context, struct rmn_error *error);

#endif
