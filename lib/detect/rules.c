/* SPDX-License-Identifier: MIT
 *
 * Loading, indexing and describing the rules; see rules.h and rules_private.h. */
#include "detect/rules_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/blob.h"
#include "base/hash.h"
#include "detect/policy.h"

#define ARENA_CAP (64u << 20)
#define FILE_MAX (4u << 20)

struct embedded { const char *name; const unsigned char *data; size_t size; };
#include "detect/rules_embedded.h"

size_t
rmn_header_key(struct rmn_bytes normal, char *key, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < normal.size; i++) {
		unsigned char c = normal.data[i];

		if (c <= ' ' || strchr("_-/()\"'", c))
			continue;
		if (n + 1 == size)
			return 0;
		key[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 32 : c);
	}
	key[n] = '\0';
	return n;
}

static struct rmn_shape_slot *
shape_slot(struct rmn_rules *rules, uint32_t key)
{
	uint32_t at = key * 2654435761u >> 23;

	while (rules->shapes[at % RMN_SHAPE_SLOTS].key &&
	    rules->shapes[at % RMN_SHAPE_SLOTS].key != key)
		at++;
	return &rules->shapes[at % RMN_SHAPE_SLOTS];
}

const struct rmn_shape_slot *
rmn_rules_shape(const struct rmn_rules *rules, uint32_t key)
{
	uint32_t at = key * 2654435761u >> 23;

	for (;; at++) {
		const struct rmn_shape_slot *slot = &rules->shapes[at % RMN_SHAPE_SLOTS];

		if (slot->key == key)
			return slot;
		if (!slot->key)
			return NULL;
	}
}

static enum rmn_status
index_shapes(struct rmn_rules *rules, struct rmn_error *error)
{
	size_t used = 0;

	for (size_t r = 0; r < rules->count; r++) {
		const struct rmn_detect_rule *rule = &rules->rules[r];

		for (size_t i = 0; !rule->is_off && i < rule->shape_count; i++) {
			struct rmn_shape_slot *slot = shape_slot(rules, rule->shapes[i].key);

			used += !slot->key;
			if (used > RMN_SHAPE_SLOTS / 2 || slot->count ==
			    sizeof(slot->rules) / sizeof(slot->rules[0]))
				return rmn_fail(error, RMN_LIMIT,
				    "rule %s: too many rules share the shapes of numbers",
				    rule->shown.id);
			slot->key = rule->shapes[i].key;
			rules->shape_starts[slot->key & ((1u << RMN_SHAPE_BITS) - 1)] |=
			    1u << rule->shapes[i].groups;
			slot->rules[slot->count++] = (uint16_t)r;
		}
	}
	return RMN_OK;
}

static bool
add_rule_literals(struct rmn_rules *rules, size_t index)
{
	const struct rmn_detect_rule *rule = &rules->rules[index];
	uint16_t opens = (uint16_t)index;
	bool any_case = true, ok = true;

	switch (rule->kind) {
	case RMN_KIND_TOKEN:
		for (size_t i = 0; ok && i < rule->pattern_count; i++)
			ok = rmn_literals_add(rules->literals,
			    rmn_bytes_from_string(rule->patterns[i].prefix), false, opens);
		return ok;
	case RMN_KIND_KEY_BLOCK:
	case RMN_KIND_MARKING:
	case RMN_KIND_URL_SECRET:
	case RMN_KIND_MRZ:
		any_case = false;
		break;
	case RMN_KIND_KEYWORD:
	case RMN_KIND_PATTERN:
	case RMN_KIND_SECRET:
	case RMN_KIND_BIRTH:
		break;
	case RMN_KIND_BINARY:
		return true;	/* literals of their own: scan_binary.c */
	default:
		if (!rmn_rule_needs_label(rule) && rule->bare >= 20)
			return true;
		opens = RMN_LITERAL_LABEL;
	}
	for (size_t i = 0; ok && i < rule->raw_word_count; i++)
		ok = rmn_literals_add(rules->literals, rule->raw_words[i], any_case, opens);
	return ok;
}

bool rmn_binary_literals(struct rmn_literals *literals, const struct rmn_detect_rule *rule,
    uint16_t index);

static enum rmn_status
index_literals(struct rmn_rules *rules, struct rmn_error *error)
{
	rules->literals = rmn_literals_new();
	if (!rules->literals)
		return rmn_fail(error, RMN_NOMEM, "out of memory for the rules");
	for (size_t i = 0; i < rules->count; i++) {
		const struct rmn_detect_rule *rule = &rules->rules[i];

		if (rule->is_off)
			continue;
		if (!add_rule_literals(rules, i) || (rule->kind == RMN_KIND_BINARY &&
		    !rmn_binary_literals(rules->literals, rule, (uint16_t)i)))
			return rmn_fail(error, RMN_NOMEM, "out of memory for the rules");
	}
	return RMN_OK;
}

/* A column may be called what a label says. */
static enum rmn_status
index_headers(struct rmn_rules *rules, struct rmn_error *error)
{
	for (size_t i = 0; i < rules->count; i++) {
		struct rmn_detect_rule *rule = &rules->rules[i];
		size_t count = rule->headers.count + rule->labels.count;
		struct rmn_words all = { rmn_arena_alloc(rules->arena, count + 1,
		    sizeof(struct rmn_bytes)), 0 };

		if (!all.items)
			return rmn_fail(error, RMN_NOMEM, "out of memory for the rules");
		for (size_t k = 0; k < count; k++) {
			struct rmn_bytes word = k < rule->headers.count ? rule->headers.items[k] :
			    rule->labels.items[k - rule->headers.count];
			char key[64];
			size_t size = rmn_header_key(word, key, sizeof(key));
			struct rmn_bytes copy = rmn_arena_copy(rules->arena,
			    (struct rmn_bytes){ (const unsigned char *)key, size });

			if (!copy.data)
				return rmn_fail(error, RMN_NOMEM, "out of memory for the rules");
			if (size && !rmn_words_have(&all, copy))
				all.items[all.count++] = copy;
		}
		rule->headers = all;
	}
	return RMN_OK;
}

static bool
is_of_person(const struct rmn_detect_rule *rule)
{
	return strcmp(rule->shown.category, "contact") == 0 ||
	    strcmp(rule->shown.category, "government_id") == 0 ||
	    strcmp(rule->shown.category, "financial") == 0;
}

static void
index_kinds(struct rmn_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		rules->rules[i].is_of_person = is_of_person(&rules->rules[i]);
	for (size_t k = 0; k <= RMN_KIND_KEYWORD; k++)
		rules->by_kind[k] = UINT16_MAX;
	for (size_t i = rules->count; i-- > 0;)
		if (!rules->rules[i].is_off)
			rules->by_kind[rules->rules[i].kind] = (uint16_t)i;
}

static enum rmn_status
add_keyword(struct rmn_rules *rules, const struct rmn_policy_keyword *keyword,
    struct rmn_error *error)
{
	struct rmn_detect_rule *rule = &rules->rules[rules->count];
	static const char *const none[] = { NULL };
	size_t words = 0;

	if (rules->count == RMN_RULES_MAX)
		return rmn_fail(error, RMN_LIMIT, "there are more than %d rules and keywords",
		    RMN_RULES_MAX);
	while (keyword->words[words])
		words++;
	rule->shown = (struct rmn_rule){ .id = keyword->id, .title_en = keyword->id,
		.title_ja = keyword->id, .category = "keyword", .severity = keyword->severity,
		.examples = none, .counterexamples = none, .references = none };
	rule->kind = RMN_KIND_KEYWORD;
	rule->mask = RMN_MASK_NONE;
	rule->bare = rule->grouped = rule->labelled = 90;
	rule->words.items = rmn_arena_alloc(rules->arena, words + 1, sizeof(struct rmn_bytes));
	rule->raw_words = rmn_arena_alloc(rules->arena, words + 1, sizeof(struct rmn_bytes));
	if (!rule->words.items || !rule->raw_words)
		return rmn_fail(error, RMN_NOMEM, "out of memory for the policy");
	for (size_t i = 0; i < words; i++) {
		rule->raw_words[i] = rmn_bytes_from_string(keyword->words[i]);
		if (!rmn_rule_words_add(&rule->words, rules->arena, rule->raw_words[i], false))
			return rmn_fail(error, RMN_NOMEM, "out of memory for the policy");
	}
	rule->raw_word_count = words;
	rules->count++;
	return RMN_OK;
}

static enum rmn_status
apply_policy(struct rmn_rules *rules, const struct rmn_policy *policy, struct rmn_error *error)
{
	rules->policy = policy;
	for (size_t i = 0; policy && policy->off[i]; i++) {
		size_t index;

		if (!rmn_rules_find(rules, policy->off[i], &index))
			return rmn_fail(error, RMN_CORRUPT,
			    "the policy switches off \"%s\", which is no detector", policy->off[i]);
		rules->rules[index].is_off = true;
	}
	for (size_t i = 0; policy && i < policy->keyword_count; i++) {
		enum rmn_status status = add_keyword(rules, &policy->keywords[i], error);

		if (status != RMN_OK)
			return status;
	}
	return RMN_OK;
}

static enum rmn_status
read_file(struct rmn_rules *rules, int folder, const char *directory, const char *name,
    struct rmn_sha256 *hash, struct rmn_error *error)
{
	char shown[512];
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	struct rmn_blob blob = rmn_blob_from_fd(fd, FILE_MAX);
	struct rmn_bytes text = { NULL, 0 };
	unsigned char *data = malloc(FILE_MAX);
	enum rmn_status status;

	snprintf(shown, sizeof(shown), "%s/%s", directory, name);
	if (fd < 0 || !data)
		status = rmn_fail(error, RMN_IO, "%s: %s", shown, strerror(errno));
	else
		status = rmn_blob_read(&blob, 0, data, FILE_MAX, &text.size, error);
	text.data = data;
	if (status == RMN_OK) {
		rmn_sha256_update(hash, text.data, text.size);
		status = rmn_rules_read_yaml(rules, text, shown, error);
	}
	free(data);
	if (fd >= 0)
		close(fd);
	return status;
}

static int
is_yaml(const struct dirent *entry)
{
	size_t size = strlen(entry->d_name);

	return size > 5 && strcmp(entry->d_name + size - 5, ".yaml") == 0;
}

static enum rmn_status
read_directory(struct rmn_rules *rules, const char *directory, struct rmn_sha256 *hash,
    struct rmn_error *error)
{
	struct dirent **entries = NULL;
	int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int count = scandir(directory, &entries, is_yaml, alphasort);
	enum rmn_status status = RMN_OK;

	if (count < 0 || folder < 0)
		status = rmn_fail(error, RMN_IO, "%s: %s", directory, strerror(errno));
	else if (count == 0)
		status = rmn_fail(error, RMN_CORRUPT, "%s: no .yaml files there", directory);
	for (int i = 0; i < count; i++) {
		if (status == RMN_OK)
			status = read_file(rules, folder, directory, entries[i]->d_name, hash,
			    error);
		free(entries[i]);
	}
	free(entries);
	if (folder >= 0)
		close(folder);
	return status;
}

static enum rmn_status
read_all(struct rmn_rules *rules, const char *directory, struct rmn_sha256 *hash,
    struct rmn_error *error)
{
	if (directory)
		return read_directory(rules, directory, hash, error);
	for (size_t i = 0; i < sizeof(embedded) / sizeof(embedded[0]); i++) {
		struct rmn_bytes text = { embedded[i].data, embedded[i].size };
		enum rmn_status status;

		rmn_sha256_update(hash, text.data, text.size);
		status = rmn_rules_read_yaml(rules, text, embedded[i].name, error);
		if (status != RMN_OK)
			return status;
	}
	return RMN_OK;
}

static void
finish_digest(struct rmn_rules *rules, const struct rmn_policy *policy, struct rmn_sha256 *hash)
{
	unsigned char digest[RMN_SHA256_BYTES];

	rmn_sha256_update(hash, RMN_VERSION, sizeof(RMN_VERSION));
	if (policy)
		rmn_sha256_update(hash, policy->digest, sizeof(policy->digest));
	rmn_sha256_finish(hash, digest);
	rmn_hex(digest, sizeof(digest), rules->digest);
}

enum rmn_status
rmn_rules_load(const char *directory, const struct rmn_policy *policy, struct rmn_rules **rules,
    struct rmn_error *error)
{
	struct rmn_rules *r = calloc(1, sizeof(*r));
	struct rmn_sha256 *hash = rmn_sha256_new();
	enum rmn_status status = RMN_NOMEM;

	if (r)
		r->arena = rmn_arena_new(ARENA_CAP);
	if (r && r->arena)
		r->rules = rmn_arena_alloc(r->arena, RMN_RULES_MAX + 1, sizeof(*r->rules));
	if (!hash || !r || !r->rules) {
		rmn_fail(error, RMN_NOMEM, "out of memory for the rules");
		goto out;
	}
	status = read_all(r, directory, hash, error);
	if (status == RMN_OK)
		status = apply_policy(r, policy, error);
	if (status == RMN_OK)
		status = index_shapes(r, error);
	if (status == RMN_OK)
		status = index_headers(r, error);
	if (status == RMN_OK)
		status = index_literals(r, error);
	if (status != RMN_OK)
		goto out;
	index_kinds(r);
	finish_digest(r, policy, hash);
	*rules = r;
	r = NULL;
out:
	rmn_sha256_free(hash);
	rmn_rules_free(r);
	return status;
}

enum rmn_status
rmn_rules_prepare(struct rmn_rules *rules, struct rmn_error *error)
{
	return rmn_literals_compile(rules->literals, error);
}

void
rmn_rules_free(struct rmn_rules *rules)
{
	if (!rules)
		return;
	rmn_literals_free(rules->literals);
	rmn_arena_free(rules->arena);
	free(rules);
}

size_t
rmn_rules_count(const struct rmn_rules *rules)
{
	return rules->count;
}

const struct rmn_rule *
rmn_rules_at(const struct rmn_rules *rules, size_t index)
{
	return index < rules->count ? &rules->rules[index].shown : NULL;
}

const struct rmn_rule *
rmn_rules_find(const struct rmn_rules *rules, const char *id, size_t *index)
{
	for (size_t i = 0; i < rules->count; i++) {
		if (strcmp(rules->rules[i].shown.id, id) == 0) {
			if (index)
				*index = i;
			return &rules->rules[i].shown;
		}
	}
	return NULL;
}

const char *
rmn_rules_digest(const struct rmn_rules *rules)
{
	return rules->digest;
}
