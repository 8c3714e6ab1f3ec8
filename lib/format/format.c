/* SPDX-License-Identifier: MIT
 *
 * The registry: every line of formats.def, and who claims an item. */
#include "format/format.h"

#include <string.h>

#define FORMAT(name) extern const struct rmn_format rmn_format_##name;
#include "format/formats.def"
#undef FORMAT

const struct rmn_format *const rmn_formats[] = {
#define FORMAT(name) &rmn_format_##name,
#include "format/formats.def"
#undef FORMAT
	NULL
};

const struct rmn_format *
rmn_format_claim(const struct rmn_format_input *input)
{
	const struct rmn_format *best = NULL;
	struct rmn_head_guess guess = {.is_known = false};
	struct rmn_format_input shared = *input;
	unsigned best_bits = 0;

	if (!shared.guess)
		shared.guess = &guess;

	for (size_t i = 0; rmn_formats[i]; i++) {
		const struct rmn_format *format = rmn_formats[i];
		unsigned bits = format->claim ? format->claim(&shared) : 0;

		if (bits > best_bits || (bits > 0 && bits == best_bits &&
		    strcmp(format->name, best->name) < 0)) {
			best = format;
			best_bits = bits;
		}
	}
	return best;
}

const struct rmn_format *
rmn_format_find(const char *name)
{
	for (size_t i = 0; rmn_formats[i]; i++)
		if (strcmp(rmn_formats[i]->name, name) == 0)
			return rmn_formats[i];
	return NULL;
}
