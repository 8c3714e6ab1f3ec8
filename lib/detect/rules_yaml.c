/* SPDX-License-Identifier: MIT
 *
 * Rules from YAML; the format is in docs/rules.md.  One row of `fields` a key. */
#include "detect/rules_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "charset/normal.h"
#include "detect/yaml.h"

/* What a field's reader gets: the rule and the rules it belongs to. */
struct reading {
	struct rmn_rules *rules;
	struct rmn_detect_rule *rule;
};

static const struct { const char *name; enum rmn_rule_kind kind; } kinds[] = {
	{ "mail", RMN_KIND_MAIL }, { "phone_jp", RMN_KIND_PHONE_JP }, { "phone", RMN_KIND_PHONE },
	{ "digits", RMN_KIND_DIGITS }, { "pattern", RMN_KIND_PATTERN },
	{ "token", RMN_KIND_TOKEN }, { "iban", RMN_KIND_IBAN }, { "mrz", RMN_KIND_MRZ },
	{ "key_block", RMN_KIND_KEY_BLOCK }, { "binary", RMN_KIND_BINARY },
	{ "secret", RMN_KIND_SECRET }, { "url_secret", RMN_KIND_URL_SECRET },
	{ "birth", RMN_KIND_BIRTH }, { "marking", RMN_KIND_MARKING },
	{ "keyword", RMN_KIND_KEYWORD },
};

bool
rmn_rule_words_add(struct rmn_words *words, struct rmn_arena *arena, struct rmn_bytes utf8, bool exact)
{
	struct rmn_normal normal;
	struct rmn_bytes copy = { NULL, 0 };
	unsigned char *letters;

	rmn_normal_init(&normal);
	if (rmn_normal_fill(&normal, utf8, RMN_UTF8) == RMN_OK)
		copy = rmn_arena_copy(arena, rmn_buf_bytes(&normal.text));
	rmn_normal_release(&normal);
	if (!copy.data)
		return false;
	letters = (unsigned char *)(uintptr_t)copy.data;
	for (size_t i = 0; !exact && i < copy.size; i++)
		if (letters[i] >= 'A' && letters[i] <= 'Z')
			letters[i] |= 32;
	if (!rmn_words_have(words, copy))
		words->items[words->count++] = copy;
	return true;
}

bool
rmn_words_have(const struct rmn_words *words, struct rmn_bytes word)
{
	for (size_t i = 0; i < words->count; i++)
		if (rmn_bytes_equal(words->items[i], word))
			return true;
	return false;
}

/* A list of words; room for `more` of them after those that are there. */
static enum rmn_status
read_words(struct rmn_yaml *y, const yaml_node_t *value, struct rmn_words *words, bool exact,
    struct rmn_bytes **raw, size_t *raw_count)
{
	size_t count = 0;
	const char *const *strings = rmn_yaml_strings(y, value, &count);
	struct rmn_bytes *items;

	if (!strings)
		return y->error ? y->error->status : RMN_CORRUPT;
	items = rmn_arena_alloc(y->arena, words->count + count, sizeof(*items));
	if (!items)
		return rmn_fail(y->error, RMN_NOMEM, "%s: out of memory", y->file);
	if (words->count)
		memcpy(items, words->items, words->count * sizeof(*items));
	words->items = items;
	if (raw) {
		*raw = rmn_arena_alloc(y->arena, count + 1, sizeof(**raw));
		*raw_count = count;
		if (!*raw)
			return rmn_fail(y->error, RMN_NOMEM, "%s: out of memory", y->file);
	}
	for (size_t i = 0; i < count; i++) {
		if (!strings[i][0])
			return rmn_yaml_fail(y, value, "an empty word");
		if (raw)
			(*raw)[i] = rmn_bytes_from_string(strings[i]);
		if (!rmn_rule_words_add(words, y->arena, rmn_bytes_from_string(strings[i]), exact))
			return rmn_fail(y->error, RMN_NOMEM, "%s: out of memory", y->file);
	}
	return RMN_OK;
}

static enum rmn_status
read_id(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct reading *r = object;

	r->rule->shown.id = rmn_yaml_string(y, value);
	if (!r->rule->shown.id)
		return RMN_CORRUPT;
	if (rmn_rules_find(r->rules, r->rule->shown.id, NULL))
		return rmn_yaml_fail(y, value, "a second rule \"%.60s\"", r->rule->shown.id);
	return RMN_OK;
}

static enum rmn_status
read_title_en(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	return (((struct reading *)object)->rule->shown.title_en = rmn_yaml_string(y, value)) ?
	    RMN_OK : RMN_CORRUPT;
}

static enum rmn_status
read_title_ja(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	return (((struct reading *)object)->rule->shown.title_ja = rmn_yaml_string(y, value)) ?
	    RMN_OK : RMN_CORRUPT;
}

static enum rmn_status
read_title(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	static const struct rmn_yaml_field fields[] = {
		{ "en", read_title_en }, { "ja", read_title_ja }, { NULL, NULL } };

	return rmn_yaml_map(y, value, fields, object);
}

static enum rmn_status
read_category(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	return (((struct reading *)object)->rule->shown.category = rmn_yaml_string(y, value)) ?
	    RMN_OK : RMN_CORRUPT;
}

static enum rmn_status
read_severity(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	const char *name = rmn_yaml_string(y, value);

	for (int s = RMN_SEVERITY_INFO; name && s <= RMN_SEVERITY_CRITICAL; s++) {
		if (strcmp(name, rmn_severity_name((enum rmn_severity)s)) == 0) {
			((struct reading *)object)->rule->shown.severity = (enum rmn_severity)s;
			return RMN_OK;
		}
	}
	return rmn_yaml_fail(y, value, "severity is info, low, medium, high or critical");
}

static enum rmn_status
read_kind(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	const char *name = rmn_yaml_string(y, value);

	for (size_t i = 0; name && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(name, kinds[i].name) == 0) {
			((struct reading *)object)->rule->kind = kinds[i].kind;
			return RMN_OK;
		}
	}
	return rmn_yaml_fail(y, value, "unknown kind \"%.40s\"", name ? name : "");
}

static enum rmn_status
read_check(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_detect_rule *rule = ((struct reading *)object)->rule;
	const char *name = rmn_yaml_string(y, value);

	rule->check = name ? rmn_check_find(name) : NULL;
	if (!rule->check)
		return rmn_yaml_fail(y, value, "unknown check \"%.40s\"", name ? name : "");
	return RMN_OK;
}

/* "4-4-4": lengths of groups. */
static enum rmn_status
read_shape(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_detect_rule *rule = ((struct reading *)object)->rule;
	const char *p = rmn_yaml_string(y, value);
	struct rmn_shape shape = { 0, 0 };

	while (p && shape.groups < RMN_SHAPE_GROUPS) {
		char *end;
		unsigned long length = strtoul(p, &end, 10);

		if (end == p || length == 0 || length >= 1u << RMN_SHAPE_BITS)
			break;
		shape.key |= (uint32_t)length << RMN_SHAPE_BITS * shape.groups++;
		if (!*end) {
			rule->shapes[rule->shape_count++] = shape;
			return RMN_OK;
		}
		if (*end != '-')
			break;
		p = end + 1;
	}
	return rmn_yaml_fail(y, value, "a shape is group lengths, as 4-4-4, at most %d groups",
	    RMN_SHAPE_GROUPS);
}

static size_t
sequence_size(const yaml_node_t *node)
{
	if (node->type != YAML_SEQUENCE_NODE)
		return 0;
	return (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
}

static enum rmn_status
read_shapes(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_detect_rule *rule = ((struct reading *)object)->rule;

	rule->shapes = rmn_arena_alloc(y->arena, sequence_size(value) + 1, sizeof(*rule->shapes));
	if (!rule->shapes)
		return rmn_fail(y->error, RMN_NOMEM, "%s: out of memory", y->file);
	return rmn_yaml_each(y, value, read_shape, object);
}

static enum rmn_status
read_separators(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	return (((struct reading *)object)->rule->separators = rmn_yaml_string(y, value)) ?
	    RMN_OK : RMN_CORRUPT;
}

static enum rmn_status
read_pattern(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_detect_rule *rule = ((struct reading *)object)->rule;
	const char *text = rmn_yaml_string(y, value);
	const char *wrong;

	if (!text)
		return RMN_CORRUPT;
	wrong = rmn_pattern_compile(text, &rule->patterns[rule->pattern_count]);
	if (wrong)
		return rmn_yaml_fail(y, value, "%s", wrong);
	rule->pattern_count++;
	return RMN_OK;
}

static enum rmn_status
read_patterns(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_detect_rule *rule = ((struct reading *)object)->rule;

	rule->patterns = rmn_arena_alloc(y->arena, sequence_size(value) + 1,
	    sizeof(*rule->patterns));
	if (!rule->patterns)
		return rmn_fail(y->error, RMN_NOMEM, "%s: out of memory", y->file);
	return rmn_yaml_each(y, value, read_pattern, object);
}

static enum rmn_status
read_labels(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_detect_rule *rule = ((struct reading *)object)->rule;

	return read_words(y, value, &rule->labels, false, &rule->raw_words,
	    &rule->raw_word_count);
}

static enum rmn_status
read_marking_words(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_detect_rule *rule = ((struct reading *)object)->rule;

	return read_words(y, value, &rule->words, true, &rule->raw_words, &rule->raw_word_count);
}

static enum rmn_status
read_stop(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	return read_words(y, value, &((struct reading *)object)->rule->stop, false, NULL, NULL);
}

/* Header names are kept as keys. */
static enum rmn_status
read_header_words(struct rmn_yaml *y, const yaml_node_t *value, struct rmn_words *words)
{
	enum rmn_status status = read_words(y, value, words, false, NULL, NULL);

	for (size_t i = 0; status == RMN_OK && i < words->count; i++) {
		char key[64];
		size_t size = rmn_header_key(words->items[i], key, sizeof(key));

		words->items[i] = rmn_arena_copy(y->arena,
		    (struct rmn_bytes){ (const unsigned char *)key, size });
		if (!words->items[i].data)
			return rmn_fail(y->error, RMN_NOMEM, "%s: out of memory", y->file);
	}
	return status;
}

static enum rmn_status
read_headers(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	return read_header_words(y, value, &((struct reading *)object)->rule->headers);
}

static enum rmn_status
read_number(struct rmn_yaml *y, const yaml_node_t *value, uint8_t *number)
{
	const char *text = rmn_yaml_string(y, value);
	char *end = NULL;
	unsigned long n = text ? strtoul(text, &end, 10) : 101;

	if (n > 100 || end == text || *end)
		return rmn_yaml_fail(y, value, "a number from 0 to 100 is expected here");
	*number = (uint8_t)n;
	return RMN_OK;
}

static enum rmn_status
read_bare(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	return read_number(y, value, &((struct reading *)object)->rule->bare);
}

static enum rmn_status
read_grouped(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	return read_number(y, value, &((struct reading *)object)->rule->grouped);
}

static enum rmn_status
read_labelled(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	return read_number(y, value, &((struct reading *)object)->rule->labelled);
}

static enum rmn_status
read_score(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	static const struct rmn_yaml_field fields[] = { { "bare", read_bare },
		{ "grouped", read_grouped }, { "label", read_labelled }, { NULL, NULL } };

	return rmn_yaml_map(y, value, fields, object);
}

static enum rmn_status
read_company(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	const char *text = rmn_yaml_string(y, value);

	if (!text || (strcmp(text, "true") != 0 && strcmp(text, "false") != 0))
		return rmn_yaml_fail(y, value, "true or false is expected here");
	((struct reading *)object)->rule->needs_company = *text == 't';
	return RMN_OK;
}

static enum rmn_status
read_entropy(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	const char *text = rmn_yaml_string(y, value);
	char *end = NULL;
	double bits = text ? strtod(text, &end) : -1;

	if (bits < 0 || bits > 8 || end == text || *end)
		return rmn_yaml_fail(y, value, "bits a character, from 0 to 8, are expected here");
	((struct reading *)object)->rule->least_entropy = bits;
	return RMN_OK;
}

static enum rmn_status
read_mask(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	const char *name = rmn_yaml_string(y, value);

	if (!name || !rmn_mask_style_find(name, &((struct reading *)object)->rule->mask))
		return rmn_yaml_fail(y, value, "unknown mask \"%.40s\"", name ? name : "");
	return RMN_OK;
}

static enum rmn_status
read_examples(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	return (((struct reading *)object)->rule->shown.examples =
	    rmn_yaml_strings(y, value, NULL)) ? RMN_OK : RMN_CORRUPT;
}

static enum rmn_status
read_counterexamples(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	return (((struct reading *)object)->rule->shown.counterexamples =
	    rmn_yaml_strings(y, value, NULL)) ? RMN_OK : RMN_CORRUPT;
}

static enum rmn_status
read_references(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	return (((struct reading *)object)->rule->shown.references =
	    rmn_yaml_strings(y, value, NULL)) ? RMN_OK : RMN_CORRUPT;
}

static const struct rmn_yaml_field rule_fields[] = {
	{ "id", read_id }, { "title", read_title }, { "category", read_category },
	{ "severity", read_severity }, { "kind", read_kind }, { "check", read_check },
	{ "shapes", read_shapes }, { "separators", read_separators },
	{ "patterns", read_patterns }, { "labels", read_labels }, { "headers", read_headers },
	{ "words", read_marking_words }, { "stop", read_stop }, { "score", read_score },
	{ "needs_company", read_company }, { "entropy", read_entropy }, { "mask", read_mask },
	{ "examples", read_examples }, { "counterexamples", read_counterexamples },
	{ "references", read_references }, { NULL, NULL },
};

static enum rmn_status
rule_is_whole(struct rmn_yaml *y, const yaml_node_t *node, const struct rmn_detect_rule *rule)
{
	const struct rmn_rule *s = &rule->shown;

	if (!s->id || !s->title_en || !s->title_ja || !s->category || !s->severity || !rule->kind)
		return rmn_yaml_fail(y, node,
		    "a rule needs id, title (en, ja), category, severity and kind");
	if (!s->examples || !s->examples[0] || !s->counterexamples || !s->counterexamples[0])
		return rmn_yaml_fail(y, node, "rule %.60s needs examples and counterexamples", s->id);
	if (rule->kind == RMN_KIND_DIGITS && !rule->shape_count)
		return rmn_yaml_fail(y, node, "rule %.60s needs shapes", s->id);
	if ((rule->kind == RMN_KIND_TOKEN || rule->kind == RMN_KIND_PATTERN) &&
	    !rule->pattern_count)
		return rmn_yaml_fail(y, node, "rule %.60s needs patterns", s->id);
	for (size_t i = 0; rule->kind == RMN_KIND_TOKEN && i < rule->pattern_count; i++)
		if (strlen(rule->patterns[i].prefix) < 3)
			return rmn_yaml_fail(y, node,
			    "rule %.60s: a token begins with at least 3 fixed letters", s->id);
	return RMN_OK;
}

static enum rmn_status
read_rule(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_rules *rules = object;
	struct reading r = { rules, &rules->rules[rules->count] };
	static const char *const none[] = { NULL };
	enum rmn_status status;

	if (rules->count == RMN_RULES_MAX)
		return rmn_yaml_fail(y, value, "there are more than %d rules", RMN_RULES_MAX);
	r.rule->separators = "-";
	r.rule->shown.references = none;
	status = rmn_yaml_map(y, value, rule_fields, &r);
	if (status == RMN_OK)
		status = rule_is_whole(y, value, r.rule);
	if (status == RMN_OK)
		rules->count++;
	return status;
}

static enum rmn_status
read_rule_list(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	return rmn_yaml_each(y, value, read_rule, object);
}

static enum rmn_status
read_columns(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	return read_header_words(y, value, &((struct rmn_rules *)object)->column_names);
}

enum rmn_status
rmn_rules_read_yaml(struct rmn_rules *rules, struct rmn_bytes yaml, const char *file,
    struct rmn_error *error)
{
	static const struct rmn_yaml_field fields[] = {
		{ "rules", read_rule_list }, { "columns", read_columns }, { NULL, NULL } };
	struct rmn_error own = { 0 };
	struct rmn_yaml y;
	enum rmn_status status;

	status = rmn_yaml_open(&y, yaml, file, rules->arena, &own);
	if (status == RMN_OK)
		status = rmn_yaml_map(&y, rmn_yaml_root(&y), fields, rules);
	rmn_yaml_release(&y);
	if (status != RMN_OK)
		return rmn_fail(error, own.status ? own.status : status, "%s",
		    own.text[0] ? own.text : file);
	return RMN_OK;
}
