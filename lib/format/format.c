/* SPDX-License-Identifier: MIT
 *
 * The registry: every line of formats.def, and who claims an item. */
#include "format/format.h"

#include <string.h>
#include <strings.h>

#include "base/holes.h"
#include "base/limits.h"

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

enum rmn_status
rmn_format_read(const struct rmn_format *format, const struct rmn_format_input *input,
    const struct rmn_sink *sink, struct rmn_error *error)
{
	enum rmn_status status = format->read(input, sink, error);
	struct rmn_holes holes;

	if (status != RMN_OK || !format->is_all_text)
		return status;
	holes = rmn_blob_holes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES, input->arena);
	if (holes.count == 0)
		return RMN_OK;
	return rmn_fail(error, RMN_PARTIAL, "a hole of %llu zero bytes at offset %llu%s",
	    (unsigned long long)holes.zero_bytes, (unsigned long long)holes.first,
	    holes.count > 1 ? " and behind" : "");
}

bool
rmn_format_is_promised(struct rmn_bytes name)
{
	static const char *const endings[] = {"doc", "dot", "xls", "xlt", "ppt", "pps", "docx", "docm",
	    "dotx", "xlsx", "xlsm", "xlsb", "xltx", "pptx", "pptm", "potx", "ppsx", "odt", "ods", "odp",
	    "odg", "pdf", "rtf", "msg", "pst", "ost", "dbx", "jtd", "hwp", "xdw", "vsd", "vsdx", "mpp", "pub", "one",
	    "wk1", "wk3", "wk4", "mdb", "accdb", "sqlite", "zip", "rar", "7z", "lzh", "cab", "gz", "tgz", "bz2", "xz"};
	size_t at = name.size;

	while (at > 0 && name.data[at - 1] != '.')
		at--;
	name = at > 0 ? rmn_bytes_after(name, at) : rmn_bytes_head(name, 0);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (name.size == strlen(endings[i]) &&
		    strncasecmp((const char *)name.data, endings[i], name.size) == 0)
			return true;
	return false;
}
