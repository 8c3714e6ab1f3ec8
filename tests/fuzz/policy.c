/* SPDX-License-Identifier: MIT
 *
 * The policy and the rules, YAML both.  They are the user's own, but a mistake in them must be a
 * sentence and never a crash. */
#include <stdlib.h>

#include "base/limits.h"
#include "detect/policy.h"
#include "detect/rules_private.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

/* A mistake must be explained. */
static void
need_reason(enum rmn_status status, const struct rmn_error *error)
{
	if (status != RMN_OK && !error->text[0])
		abort();
}

static void
try_rules(struct rmn_bytes yaml)
{
	struct rmn_rules *rules = calloc(1, sizeof(*rules));
	struct rmn_error error = {0};

	if (!rules)
		return;
	rules->arena = rmn_arena_new(16 * RMN_MIB);
	if (rules->arena)
		rules->rules = rmn_arena_alloc(rules->arena, RMN_RULES_MAX + 1,
		    sizeof(*rules->rules));
	if (rules->rules)
		need_reason(rmn_rules_read_yaml(rules, yaml, "rules.yaml", &error), &error);
	rmn_rules_free(rules);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char address[] = "taro@mail.example.jp";
	struct rmn_bytes value = {address, sizeof(address) - 1};
	struct rmn_bytes yaml = {data, size};
	struct rmn_policy *policy = NULL;
	struct rmn_error error = {0};
	enum rmn_status status = rmn_policy_parse(yaml, "policy.yaml", &policy, &error);

	need_reason(status, &error);
	if (status == RMN_OK) {
		rmn_policy_ignores(policy, value);
		rmn_policy_party_of_domain(policy, rmn_bytes_after(value, 5));
		rmn_policy_free(policy);
	}
	try_rules(yaml);
	return 0;
}
