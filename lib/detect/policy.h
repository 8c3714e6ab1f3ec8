/* SPDX-License-Identifier: MIT
 *
 * The policy: what the user says about own organisation and clients, words to look for, things
 * to ignore, and detectors that are off (YAML, docs/policy.md). */
#ifndef RMN_DETECT_POLICY_H
#define RMN_DETECT_POLICY_H

#include "base/arena.h"
#include "base/status.h"
#include "detect/finding.h"

struct rmn_policy_party {
	const char *name;
	bool is_own;			/* else a client */
	const char *const *aliases;	/* NULL-terminated */
	const char *const *domains;	/* NULL-terminated, lower case */
};

struct rmn_policy_keyword {
	const char *id;
	const char *const *words;	/* NULL-terminated */
	enum rmn_severity severity;
};

struct rmn_policy {
	struct rmn_arena *arena;
	const struct rmn_policy_party *parties;
	size_t party_count;
	const struct rmn_policy_keyword *keywords;
	size_t keyword_count;
	const char *const *ignored;	/* values, or domains as "@example.jp"; NULL-terminated */
	const char *const *off;		/* rules by id; NULL-terminated */
	char digest[65];		/* SHA-256 of the text it was read from */
};

/* Reads a policy file.  A mistake gives RMN_CORRUPT with "FILE:LINE: reason"; a file that cannot
 * be read RMN_IO. */
enum rmn_status rmn_policy_load(const char *path, struct rmn_policy **policy,
    struct rmn_error *error);
enum rmn_status rmn_policy_parse(struct rmn_bytes yaml, const char *file,
    struct rmn_policy **policy, struct rmn_error *error);
void rmn_policy_free(struct rmn_policy *policy);	/* takes NULL */

/* The party whose domain this is, or a parent of it ("mail.example.jp" of "example.jp"). */
const struct rmn_policy_party *rmn_policy_party_of_domain(const struct rmn_policy *policy,
    struct rmn_bytes domain);

/* True when the user asked not to hear of the value. */
bool rmn_policy_ignores(const struct rmn_policy *policy, struct rmn_bytes value);

#endif
