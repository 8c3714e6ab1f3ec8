/* SPDX-License-Identifier: MIT
 *
 * Inside classify/ only: when a word like 社外秘 is a marking of the document, and when it is
 * just a word. */
#ifndef RMN_CLASSIFY_MARKING_H
#define RMN_CLASSIFY_MARKING_H

#include "charset/normal.h"
#include "classify/words.h"

/* Which of the caller's kinds the words get that are no markings but hide one. */
struct rmn_marking_kinds {
	uint8_t marking, trap;
};

void rmn_marking_add_words(struct rmn_words *words, struct rmn_marking_kinds kinds);

/* Where a hit stands. */
enum rmn_marking_place { RMN_MARKING_IN_TEXT, RMN_MARKING_IN_NAME };

/* The level that a hit of the marking kind gives the document, 0 for none.  original: the bytes
 * that text was made from.  first_characters_end: offset behind the first 300 characters. */
unsigned rmn_marking_level(const struct rmn_normal *text, struct rmn_bytes original,
    const struct rmn_word_hit *hit, enum rmn_marking_place place, size_t first_characters_end);

/* "", "draft", "internal", "secret", "top_secret". */
const char *rmn_marking_name(unsigned level);

#endif
