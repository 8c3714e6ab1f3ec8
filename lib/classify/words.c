/* SPDX-License-Identifier: MIT
 *
 * A chain of words for each hash of the first character; a text of one language touches few of
 * them, so that most characters cost one look. */
#include "classify/words.h"

#include <string.h>

static unsigned char
lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 0x20) : c;
}

static bool
is_word_byte(unsigned char c)
{
	c = lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* Two letters, or the three bytes of one kanji or kana. */
static unsigned
head_of(const unsigned char *s, size_t left)
{
	unsigned hash = lower(s[0]);

	if (left > 1)
		hash = hash * 31 + lower(s[1]);
	if (s[0] >= 0x80 && left > 2)
		hash = hash * 67 + s[2];
	return (hash ^ hash >> 9) % RMN_WORDS_HEADS;
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
	words->count = 0;
}

void
rmn_words_add(struct rmn_words *words, const char *list, uint8_t kind, uint8_t owner,
    uint8_t weight)
{
	while (list && *list && words->count < RMN_WORDS_MAX) {
		size_t size = strcspn(list, "|");
		unsigned head = head_of((const unsigned char *)list, size);
		struct rmn_word *word = &words->words[words->count++];

		*word = (struct rmn_word){
			.text = list, .size = (uint16_t)size, .next = words->heads[head],
			.kind = kind, .owner = owner, .weight = weight,
		};
		words->heads[head] = (uint16_t)words->count;
		list += size + (list[size] == '|');
	}
}

/* Where the word that starts at text[at] ends, 0 when it does not stand there. */
static size_t
match_word(const struct rmn_word *word, struct rmn_bytes text, size_t at, bool *spaced)
{
	const unsigned char *w = (const unsigned char *)word->text;
	size_t first = char_size(w[0]), end = at;

	*spaced = w[0] >= 0x80 && word->size > first && at + first < text.size &&
	    text.data[at + first] == ' ';
	for (size_t i = 0; i < word->size; i++, end++) {
		if (*spaced && i > 0 && (w[i] & 0xC0) != 0x80) {
			if (end >= text.size || text.data[end] != ' ')
				return 0;
			end++;
		}
		if (end >= text.size || lower(text.data[end]) != w[i])
			return 0;
	}
	if (!is_word_byte(w[word->size - 1]) || end >= text.size || !is_word_byte(text.data[end]))
		return end;
	/* A plural is the same word. */
	if (lower(text.data[end]) == 's' &&
	    (end + 1 >= text.size || !is_word_byte(text.data[end + 1])))
		return end + 1;
	return 0;
}

static bool
longest_at(const struct rmn_words *words, struct rmn_bytes text, size_t at,
    struct rmn_word_hit *hit)
{
	unsigned next = words->heads[head_of(text.data + at, text.size - at)];

	hit->word = NULL;
	for (; next > 0; next = words->words[next - 1].next) {
		const struct rmn_word *word = &words->words[next - 1];
		bool spaced;
		size_t end = match_word(word, text, at, &spaced);

		if (end > 0 && (!hit->word || end > hit->end))
			*hit = (struct rmn_word_hit){word, next - 1, at, end, spaced};
	}
	return hit->word != NULL;
}

bool
rmn_words_next(const struct rmn_words *words, struct rmn_bytes text, size_t *at,
    struct rmn_word_hit *hit)
{
	while (*at < text.size) {
		if (longest_at(words, text, *at, hit)) {
			*at = hit->end;
			return true;
		}
		/* To the next character, or over the rest of a word in ASCII. */
		if (is_word_byte(text.data[*at])) {
			while (*at < text.size && is_word_byte(text.data[*at]))
				++*at;
			continue;
		}
		do
			++*at;
		while (*at < text.size && (text.data[*at] & 0xC0) == 0x80);
	}
	return false;
}
