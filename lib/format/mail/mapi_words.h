/* SPDX-License-Identifier: MIT
 *
 * Whether one text of a message says more than another. */
#ifndef RMN_FORMAT_MAPI_WORDS_H
#define RMN_FORMAT_MAPI_WORDS_H

#include "base/arena.h"

struct rmn_mapi_words {
	struct rmn_bytes plain;
	uint64_t *hashes;	/* sorted; NULL: no memory, every word is lacking */
	size_t count;
	size_t behind;		/* the last word that was found in plain as it is */
	unsigned failures;
};

/* The words of a text, which is borrowed.  False without memory. */
bool rmn_mapi_words_take(struct rmn_mapi_words *w, struct rmn_bytes plain, struct rmn_arena *arena);

/* Whether text has a word that those lack. */
bool rmn_mapi_words_lack(struct rmn_mapi_words *w, struct rmn_bytes text);

/* The lines of text with such words: text itself when they are many, empty when there are none. */
struct rmn_bytes rmn_mapi_lines_more(struct rmn_bytes text, struct rmn_bytes plain,
    struct rmn_arena *arena);

#endif
