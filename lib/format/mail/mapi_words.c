/* SPDX-License-Identifier: MIT
 *
 * Whether one body of a message says more than another: by its words, whatever their order, as titles and
 * targets of links stand in other places.  Scripts without spaces make words of whole lines, and lines
 * are broken elsewhere: what is no word of the other is looked for behind the last that was found so. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "format/mail/mapi_words.h"

#define WORDS_MAX (1u << 20)
#define FAILURES_MAX 64u
#define WHOLE_FROM 3u		/* a body with a third of other lines is another body */

static bool
is_mark(unsigned char c)
{
	return c < '0' || (c > '9' && c < 'A') || (c > 'Z' && c < 'a') || (c > 'z' && c < 0x80);
}

/* How many bytes of white space stand at at, which is inside: also the space that does not break, and that of
 * kanji. */
static size_t
space_size(struct rmn_bytes text, size_t at)
{
	const unsigned char *c = text.data + at;
	size_t left = text.size - at;

	if (*c <= ' ')
		return 1;
	if (*c == 0xC2)
		return left > 1 && c[1] == 0xA0 ? 2 : 0;
	return *c == 0xE3 && left > 2 && c[1] == 0x80 && c[2] == 0x80 ? 3 : 0;
}

/* The next word, without marks around it; empty at the end. */
static struct rmn_bytes
word_next(struct rmn_bytes text, size_t *at)
{
	size_t start, end, space;

	do {
		while (*at < text.size && ((space = space_size(text, *at)) > 0 ||
		    is_mark(text.data[*at])))
			*at += space > 0 ? space : 1;
		start = *at;
		while (*at < text.size && space_size(text, *at) == 0)
			++*at;
		for (end = *at; end > start && is_mark(text.data[end - 1]);)
			end--;
	} while (end == start && *at < text.size);
	return rmn_bytes_head(rmn_bytes_after(text, start), end - start);
}

/* FNV-1a; two words of one number would hide one, once in 2^64. */
static uint64_t
word_hash(struct rmn_bytes word)
{
	uint64_t hash = 0xCBF29CE484222325ull;

	for (size_t i = 0; i < word.size; i++)
		hash = (hash ^ word.data[i]) * 0x100000001B3ull;
	return hash;
}

static int
hash_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* No text has more words. */
static size_t
words_at_most(struct rmn_bytes text)
{
	size_t count = 1;

	for (size_t i = 0; i < text.size; i++)
		count += space_size(text, i) > 0;
	return rmn_min_size(count, WORDS_MAX);
}

bool
rmn_mapi_words_take(struct rmn_mapi_words *w, struct rmn_bytes plain, struct rmn_arena *arena)
{
	size_t at = 0, capacity = words_at_most(plain);
	struct rmn_bytes word;

	*w = (struct rmn_mapi_words){.plain = plain};
	w->hashes = rmn_arena_alloc(arena, capacity, sizeof(*w->hashes));
	if (!w->hashes)
		return false;
	while (w->count < capacity && (word = word_next(plain, &at)).size > 0)
		w->hashes[w->count++] = word_hash(word);
	qsort(w->hashes, w->count, sizeof(*w->hashes), hash_compare);
	return true;
}

/* Searches that fail read all that is behind: after some of them nothing is looked for any more. */
bool
rmn_mapi_words_lack(struct rmn_mapi_words *w, struct rmn_bytes text)
{
	const struct rmn_bytes field_code = rmn_bytes_from_string("HYPERLINK");
	struct rmn_bytes word;
	size_t at = 0, hit;

	while ((word = word_next(text, &at)).size > 0) {
		uint64_t hash = word_hash(word);

		if (!w->hashes)
			return true;
		if (bsearch(&hash, w->hashes, w->count, sizeof(hash), hash_compare) ||
		    rmn_bytes_equal(word, field_code))
			continue;
		hit = w->failures == FAILURES_MAX ? SIZE_MAX :
		    rmn_bytes_find(rmn_bytes_after(w->plain, w->behind), word);
		if (hit == SIZE_MAX) {
			w->failures += w->failures < FAILURES_MAX;
			return true;
		}
		w->behind += hit + word.size;
	}
	return false;
}

static struct rmn_bytes
line_next(struct rmn_bytes text, size_t *at)
{
	size_t start = *at;

	while (*at < text.size && text.data[*at] != '\n')
		++*at;
	*at += *at < text.size;
	return rmn_bytes_head(rmn_bytes_after(text, start), *at - start);
}

struct rmn_bytes
rmn_mapi_lines_more(struct rmn_bytes text, struct rmn_bytes plain, struct rmn_arena *arena)
{
	unsigned char *out = rmn_arena_take(arena, text.size + 1);
	struct rmn_mapi_words w;
	struct rmn_bytes line;
	size_t at = 0, used = 0;

	if (!out || !rmn_mapi_words_take(&w, plain, arena))
		return text;
	while ((line = line_next(text, &at)).size > 0) {
		if (!rmn_mapi_words_lack(&w, line))
			continue;
		memcpy(out + used, line.data, line.size);
		used += line.size;
	}
	return used > text.size / WHOLE_FROM ? text : (struct rmn_bytes){out, used};
}
