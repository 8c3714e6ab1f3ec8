/* SPDX-License-Identifier: MIT
 *
 * A chain of words for each hash of the first character, and a bit for each hash of the first two:
 * most characters cost one look, and nearly all of the others two. */
#include "classify/words.h"

#include <string.h>

enum { LETTER = 1, TAIL = 2 };

static const unsigned char kinds[256] = {
	['0' ... '9'] = LETTER, ['A' ... 'Z'] = LETTER, ['a' ... 'z'] = LETTER, ['_'] = LETTER,
	[0x80 ... 0xBF] = TAIL,
};

static inline unsigned char
lower(unsigned char c)
{
	return (unsigned char)(c | ((unsigned)c - 'A' < 26) << 5);
}

static inline bool
is_word_byte(unsigned char c)
{
	return kinds[c] == LETTER;
}

/* Two letters, or the three bytes of one kanji or kana. */
static inline uint32_t
key_of(const unsigned char *s, size_t left)
{
	uint32_t key = lower(s[0]);

	if (left > 1)
		key = key << 8 | lower(s[1]);
	if (s[0] >= 0x80 && left > 2)
		key = key << 8 | s[2];
	return key;
}

static inline unsigned
head_of(uint32_t key)
{
	return key * 2654435761u >> (32 - RMN_WORDS_HEAD_BITS);
}

/* How many bytes key_of reads. */
static inline size_t
key_size(unsigned char lead)
{
	return lead >= 0x80 ? 3 : 2;
}

/* The bit of the first two keys' bytes, of which there must be enough.  Letters need not be in lower
 * case for it. */
static inline unsigned
pair_of(const unsigned char *s)
{
	uint32_t first = 0, second = 0;

	memcpy(&first, s, 2);
	memcpy(&second, s + 2, 2);
	if (s[0] >= 0x80) {
		memcpy(&second, s + 2, 4);
		first |= first << 16;
	}
	first = (first | 0x20202020u) * 2654435761u;
	second = (second | 0x20202020u) * 2246822519u;
	return (first ^ second ^ second >> 15) >> (32 - RMN_WORDS_PAIR_BITS);
}

static size_t
char_size(unsigned char lead)
{
	return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

void
rmn_words_init(struct rmn_words *words)
{
	memset(words->heads, 0, sizeof(words->heads));
	memset(words->pairs, 0, sizeof(words->pairs));
	memset(words->has_short, 0, sizeof(words->has_short));
	words->count = 0;
}

void
rmn_words_add(struct rmn_words *words, const char *list, uint8_t kind, uint8_t owner,
    uint8_t weight)
{
	while (list && *list && words->count < RMN_WORDS_MAX) {
		size_t size = strcspn(list, "|");
		uint32_t key = key_of((const unsigned char *)list, size);
		unsigned head = head_of(key);
		struct rmn_word *word = &words->words[words->count++];

		*word = (struct rmn_word){
			.text = list, .key = key, .size = (uint16_t)size,
			.next = words->heads[head], .kind = kind, .owner = owner, .weight = weight,
		};
		words->heads[head] = (uint16_t)words->count;
		if (size < 2 * key_size((unsigned char)list[0])) {
			words->has_short[head] = true;
		} else {
			unsigned pair = pair_of((const unsigned char *)list);

			words->pairs[pair / 32] |= 1u << pair % 32;
		}
		list += size + (list[size] == '|');
	}
}

/* "社 外 秘": one space behind every character but the last. */
static size_t
match_spaced(const struct rmn_word *word, struct rmn_bytes text, size_t at)
{
	const unsigned char *w = (const unsigned char *)word->text;

	for (size_t i = 0; i < word->size; i++, at++) {
		if (i > 0 && (w[i] & 0xC0) != 0x80) {
			if (at >= text.size || text.data[at] != ' ')
				return 0;
			at++;
		}
		if (at >= text.size || lower(text.data[at]) != w[i])
			return 0;
	}
	return at;
}

/* A word in ASCII ends where it ends in the text; a plural is the same word. */
static size_t
match_end(const struct rmn_word *word, struct rmn_bytes text, size_t end)
{
	if (!is_word_byte((unsigned char)word->text[word->size - 1]) || end >= text.size ||
	    !is_word_byte(text.data[end]))
		return end;
	if (lower(text.data[end]) == 's' &&
	    (end + 1 >= text.size || !is_word_byte(text.data[end + 1])))
		return end + 1;
	return 0;
}

/* Where the word that starts at text[at] ends, 0 when it does not stand there. */
static size_t
match_word(const struct rmn_word *word, struct rmn_bytes text, size_t at, bool *spaced)
{
	const unsigned char *w = (const unsigned char *)word->text, *s = text.data + at;
	size_t first = char_size(w[0]);

	*spaced = w[0] >= 0x80 && word->size > first && at + first < text.size &&
	    s[first] == ' ';
	if (*spaced)
		return match_spaced(word, text, at);
	if (word->size > text.size - at)
		return 0;
	for (size_t i = first; i < word->size; i++)
		if (s[i] != w[i] && lower(s[i]) != w[i])
			return 0;
	return match_end(word, text, at + word->size);
}

/* Whether a word of the chain may stand at s: false is certain.  A space may part the characters
 * of a spaced word. */
static inline bool
may_start(const struct rmn_words *words, unsigned head, const unsigned char *s, size_t left)
{
	unsigned pair;

	if (words->has_short[head] || left < 6 ||
	    (s[0] >= 0x80 && (s[2] == ' ' || s[3] == ' ' || s[4] == ' ')))
		return true;
	pair = pair_of(s);
	return words->pairs[pair / 32] >> pair % 32 & 1;
}

static inline bool
longest_at(const struct rmn_words *words, struct rmn_bytes text, size_t at,
    struct rmn_word_hit *hit)
{
	uint32_t key = key_of(text.data + at, text.size - at);
	unsigned head = head_of(key), next = words->heads[head];

	if (next == 0 || !may_start(words, head, text.data + at, text.size - at))
		return false;
	hit->word = NULL;
	for (; next > 0; next = words->words[next - 1].next) {
		const struct rmn_word *word = &words->words[next - 1];
		bool spaced;
		size_t end;

		if (word->key != key)
			continue;
		end = match_word(word, text, at, &spaced);
		if (end > 0 && (!hit->word || end > hit->end))
			*hit = (struct rmn_word_hit){word, next - 1, at, end, spaced};
	}
	return hit->word != NULL;
}

bool
rmn_words_next(const struct rmn_words *words, struct rmn_bytes text, size_t *at,
    struct rmn_word_hit *hit)
{
	size_t i = *at;

	while (i < text.size) {
		unsigned char skip;

		if (longest_at(words, text, i, hit)) {
			*at = hit->end;
			return true;
		}
		/* To the next character, or over the rest of a word in ASCII. */
		skip = kinds[text.data[i]] == LETTER ? LETTER : TAIL;
		do
			i++;
		while (i < text.size && kinds[text.data[i]] == skip);
	}
	*at = i;
	return false;
}
