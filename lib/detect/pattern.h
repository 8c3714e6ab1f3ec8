/* SPDX-License-Identifier: MIT
 *
 * Patterns of tokens: a row of character classes with lengths, matched greedily and without
 * backtracking, so that the time is linear whatever the evidence holds.  The grammar is in
 * docs/rules.md:
 *
 *   PATTERN = ELEMENT...       ELEMENT = ATOM [ "?" | "{" N "}" | "{" N "," [ M ] "}" ]
 *   ATOM    = "\d" | "\w" | "\" CHAR | "[" [ "^" ] MEMBER... "]" | CHAR
 *
 * Each element takes as many characters as it may; a rule's author sees to it that what follows
 * does not need one of them back. */
#ifndef RMN_DETECT_PATTERN_H
#define RMN_DETECT_PATTERN_H

#include "base/bytes.h"

#define RMN_PATTERN_ELEMENTS 48
#define RMN_PATTERN_MAX_REPEAT 4096u

struct rmn_pattern_element {
	uint64_t set[2];	/* ASCII characters it takes */
	uint16_t least, most;
};

struct rmn_pattern {
	struct rmn_pattern_element elements[RMN_PATTERN_ELEMENTS];
	unsigned count;
	char prefix[32];	/* the literal characters it starts with; may be "" */
};

/* NULL on success, else what is wrong with the text (static). */
const char *rmn_pattern_compile(const char *text, struct rmn_pattern *pattern);

/* How many bytes of text, from offset at, the pattern takes; 0 when it does not match there. */
size_t rmn_pattern_match(const struct rmn_pattern *pattern, struct rmn_bytes text, size_t at);

/* True when the byte could go on with what the pattern's last element takes. */
bool rmn_pattern_continues(const struct rmn_pattern *pattern, unsigned char byte);

/* Shannon entropy, in bits a byte. */
double rmn_pattern_entropy(struct rmn_bytes text);

#endif
