/* SPDX-License-Identifier: MIT
 *
 * Inside classify/ only: many words looked for in one pass, the longest at each place.  What is
 * longer hides what is inside it ("秘書" hides "秘"), so that a trap is simply one more word. */
#ifndef RMN_CLASSIFY_WORDS_H
#define RMN_CLASSIFY_WORDS_H

#include "base/bytes.h"

#define RMN_WORDS_MAX 900
#define RMN_WORDS_HEAD_BITS 11
#define RMN_WORDS_HEADS (1u << RMN_WORDS_HEAD_BITS)
#define RMN_WORDS_PAIR_BITS 14
#define RMN_WORDS_PAIRS (1u << RMN_WORDS_PAIR_BITS)

struct rmn_word {
	const char *text;	/* borrowed; ASCII letters in lower case */
	uint32_t key;		/* its first character */
	uint16_t size;
	uint16_t next;		/* in its chain, as index + 1 */
	uint8_t kind;		/* the caller's three */
	uint8_t owner;
	uint8_t weight;
};

/* About 35 KiB. */
struct rmn_words {
	uint16_t heads[RMN_WORDS_HEADS];	/* index + 1 of the first word of the chain */
	uint32_t pairs[RMN_WORDS_PAIRS / 32];	/* bits: a word starts with these two */
	bool has_short[RMN_WORDS_HEADS];	/* the chain has a word without a pair */
	struct rmn_word words[RMN_WORDS_MAX];
	unsigned count;
};

struct rmn_word_hit {
	const struct rmn_word *word;
	unsigned index;		/* of the word */
	size_t start, end;	/* in the text */
	bool spaced;		/* written as "社 外 秘" */
};

void rmn_words_init(struct rmn_words *words);

/* Adds the words of a list "one|two|three".  What is over RMN_WORDS_MAX is left out; a test sees
 * to it that nothing is. */
void rmn_words_add(struct rmn_words *words, const char *list, uint8_t kind, uint8_t owner,
    uint8_t weight);

/* The next hit at or behind *at, which moves past it; false at the end.  text is in the form of
 * rmn_normal_fill. */
bool rmn_words_next(const struct rmn_words *words, struct rmn_bytes text, size_t *at,
    struct rmn_word_hit *hit);

#endif
