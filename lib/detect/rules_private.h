/* SPDX-License-Identifier: MIT
 *
 * The engine's side of the rules: what rules.h does not show.  Everything lives in the rules'
 * arena and never changes after loading, except that the literals are compiled at first use
 * (rmn_rules_prepare). */
#ifndef RMN_DETECT_RULES_PRIVATE_H
#define RMN_DETECT_RULES_PRIVATE_H

#include "base/arena.h"
#include "detect/check.h"
#include "detect/literals.h"
#include "detect/mask.h"
#include "detect/pattern.h"
#include "detect/rules.h"

#define RMN_RULES_MAX 256	/* a table column keeps a bit for each */

/* How a rule looks for its values (docs/rules.md). */
enum rmn_rule_kind {
	RMN_KIND_NONE,
	RMN_KIND_MAIL,		/* around '@' */
	RMN_KIND_PHONE_JP,	/* digit chains that begin with 0 or +81 */
	RMN_KIND_PHONE,		/* digit chains behind + or 00 */
	RMN_KIND_DIGITS,	/* digit chains of given shapes */
	RMN_KIND_PATTERN,	/* a pattern near a label */
	RMN_KIND_TOKEN,		/* a pattern that begins with its own letters */
	RMN_KIND_IBAN,
	RMN_KIND_MRZ,
	RMN_KIND_KEY_BLOCK,	/* private keys in text armour */
	RMN_KIND_BINARY,	/* signatures of key stores */
	RMN_KIND_SECRET,	/* label, separator, value */
	RMN_KIND_URL_SECRET,	/* scheme://user:secret@ */
	RMN_KIND_BIRTH,		/* a date near a label */
	RMN_KIND_MARKING,	/* words in the place of a marking */
	RMN_KIND_KEYWORD,	/* words anywhere */
};

/* Digit groups as they are written: 5 bits a group, the first lowest. */
struct rmn_shape {
	uint32_t key;
	unsigned groups;
};
#define RMN_SHAPE_GROUPS 6
#define RMN_SHAPE_BITS 5

/* Normalised, ASCII letters in lower case unless the rule says case matters. */
struct rmn_words {
	struct rmn_bytes *items;
	size_t count;
};

struct rmn_detect_rule {
	struct rmn_rule shown;
	enum rmn_rule_kind kind;
	const struct rmn_check *check;		/* NULL: the form decides */
	struct rmn_shape *shapes;
	size_t shape_count;
	const char *separators;			/* allowed between the groups of a shape */
	struct rmn_pattern *patterns;
	size_t pattern_count;
	struct rmn_words labels;		/* near the value */
	struct rmn_words headers;		/* further names of its column, as keys */
	struct rmn_words words;			/* of markings and keywords */
	struct rmn_words stop;			/* values that are none */
	struct rmn_bytes *raw_words;		/* labels or words as the rule writes them */
	size_t raw_word_count;
	uint8_t bare, grouped, labelled;	/* scores */
	bool needs_company;			/* unlabelled: only beside another finding */
	bool is_off;				/* by the policy */
	bool is_of_person;			/* a second field of a person makes it surer */
	double least_entropy;
	enum rmn_mask_style mask;
};

/* True when the rule never reports without a label. */
static inline bool
rmn_rule_needs_label(const struct rmn_detect_rule *rule)
{
	return rule->bare < 20 && rule->grouped < 20;
}

#define RMN_SHAPE_SLOTS 512u	/* a power of two, far above the number of shapes */
struct rmn_shape_slot {
	uint32_t key;			/* 0: free */
	uint16_t rules[8];
	unsigned count;
};

struct rmn_rules {
	struct rmn_arena *arena;
	struct rmn_detect_rule *rules;
	size_t count;
	struct rmn_shape_slot shapes[RMN_SHAPE_SLOTS];
	/* by the length of the first group: bit n: shapes of n groups begin so */
	uint32_t shape_starts[1u << RMN_SHAPE_BITS];
	struct rmn_words column_names;		/* headers that say "this is a table of people" */
	uint16_t by_kind[RMN_KIND_KEYWORD + 1];	/* first rule of a kind, or UINT16_MAX */
	struct rmn_literals *literals;
	const struct rmn_policy *policy;	/* borrowed; may be NULL */
	char digest[65];
};

const struct rmn_shape_slot *rmn_rules_shape(const struct rmn_rules *rules, uint32_t key);

/* Reads one YAML text; file is for messages.  Adds to rules->rules, which has room for
 * RMN_RULES_MAX. */
enum rmn_status rmn_rules_read_yaml(struct rmn_rules *rules, struct rmn_bytes yaml,
    const char *file, struct rmn_error *error);

/* The key form of a column header: lower case, no spaces, none of "_-/()".  Returns the size
 * written, or 0 when it does not fit or nothing is left. */
size_t rmn_header_key(struct rmn_bytes normal, char *key, size_t size);

/* Adds a normalised, lower-case (unless exact) copy of utf8 to words, which has room. */
bool rmn_rule_words_add(struct rmn_words *words, struct rmn_arena *arena, struct rmn_bytes utf8,
    bool exact);
bool rmn_words_have(const struct rmn_words *words, struct rmn_bytes word);

#endif
