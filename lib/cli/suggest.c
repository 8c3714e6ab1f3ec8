/* SPDX-License-Identifier: MIT
 *
 * Nearest name by edits (insert, delete, replace), as git does for mistyped commands. */
#include "cli/suggest.h"

#include <string.h>

/* Names of options and programs are short; longer words are no typing mistake. */
#define WORD_BYTES 48

static unsigned
edit_distance(const char *a, const char *b)
{
	unsigned row[WORD_BYTES + 1];
	size_t a_size = strlen(a), b_size = strlen(b);

	if (a_size > WORD_BYTES || b_size > WORD_BYTES)
		return WORD_BYTES;
	for (unsigned j = 0; j <= b_size; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a_size; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= b_size; j++) {
			unsigned best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b_size];
}

const char *
rmn_suggest(const char *word, const char *(*next)(const void *context, unsigned index),
    const void *context)
{
	unsigned nearest = (unsigned)strlen(word) / 2 + 1;
	const char *suggestion = NULL, *name;

	for (unsigned i = 0; (name = next(context, i)); i++) {
		unsigned distance = edit_distance(word, name);

		if (distance < nearest) {
			nearest = distance;
			suggestion = name;
		}
	}
	return suggestion;
}
