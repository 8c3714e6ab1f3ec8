/* SPDX-License-Identifier: MIT */
#include "format/system/plist.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "format/markup/html.h"
#include "format/markup/markup.h"
#include "format/sheet/cells.h"

#define PATH_MAX_BYTES 1024u
#define SECONDS_TO_2001 978307200.0
#define DATA_SHOWN 16u		/* bytes of data that is nothing known */

size_t
rmn_plist_push_key(struct rmn_plist_out *out, struct rmn_bytes key)
{
	size_t size = out->path.size;

	if (size > PATH_MAX_BYTES)
		return size;
	if (size > 0)
		rmn_buf_append_char(&out->path, '.');
	rmn_buf_append(&out->path, rmn_bytes_head(key, PATH_MAX_BYTES));
	return size;
}

size_t
rmn_plist_push_index(struct rmn_plist_out *out, size_t index)
{
	size_t size = out->path.size;

	if (size <= PATH_MAX_BYTES)
		rmn_buf_printf(&out->path, "[%zu]", index);
	return size;
}

void
rmn_plist_pop(struct rmn_plist_out *out, size_t size)
{
	if (size < out->path.size)
		out->path.size = size;
}

static void
path_put(struct rmn_plist_out *out)
{
	rmn_text_newline(out->text);
	if (out->path.size == 0)
		return;
	rmn_cell_put(out->text, rmn_buf_bytes(&out->path));
	rmn_text_put(out->text, rmn_bytes_from_string(": "));
}

void
rmn_plist_text(struct rmn_plist_out *out, struct rmn_bytes utf8)
{
	path_put(out);
	rmn_cell_put(out->text, utf8);
	rmn_text_char(out->text, '\n');
	if (out->path.failed)
		out->is_whole = false;
}

void
rmn_plist_integer(struct rmn_plist_out *out, int64_t value)
{
	char number[32];

	snprintf(number, sizeof(number), "%lld", (long long)value);
	rmn_plist_text(out, rmn_bytes_from_string(number));
}

void
rmn_plist_real(struct rmn_plist_out *out, double value)
{
	char number[40];

	snprintf(number, sizeof(number), "%.15g", value);
	rmn_plist_text(out, rmn_bytes_from_string(number));
}

void
rmn_plist_date(struct rmn_plist_out *out, double seconds)
{
	char when[RMN_TIME_TEXT_BYTES];

	if (!(fabs(seconds) < 1e11)) {
		rmn_plist_real(out, seconds);
		return;
	}
	rmn_time_text(rmn_time_from_unix((int64_t)floor(seconds + SECONDS_TO_2001), 0), when);
	rmn_plist_text(out, rmn_bytes_from_string(when));
}

void
rmn_plist_data(struct rmn_plist_out *out, struct rmn_bytes data)
{
	char shown[2 * DATA_SHOWN + 40];
	size_t used = 0;

	if (rmn_bytes_start_with(data, "bplist") && out->nested < RMN_PLIST_NESTED_MAX) {
		out->nested++;
		if (!rmn_plist_binary(out, data))
			out->is_whole = false;
		out->nested--;
		return;
	}
	if (data.size > 0 && rmn_text_is_clean(data)) {
		rmn_plist_text(out, data);
		return;
	}
	for (size_t i = 0; i < data.size && i < DATA_SHOWN; i++)
		used += (size_t)snprintf(shown + used, sizeof(shown) - used, "%02x", data.data[i]);
	shown[used] = '\0';
	if (data.size > DATA_SHOWN)
		snprintf(shown + used, sizeof(shown) - used, "... (%zu bytes)", data.size);
	rmn_plist_text(out, rmn_bytes_from_string(shown));
	/* aliases and bookmarks have paths and names of volumes inside */
	rmn_text_runs_put(&out->runs, data);
}

static bool
is_xml(struct rmn_bytes head)
{
	char sniffed[RMN_SNIFF_BYTES];

	rmn_markup_sniff(head, sniffed);
	return strstr(sniffed, "<!doctype plist") || strstr(sniffed, "<plist") == sniffed ||
	    (rmn_bytes_start_with(rmn_bytes_from_string(sniffed), "<?xml") &&
	    strstr(sniffed, "<plist version="));
}

static unsigned
plist_claim(const struct rmn_format_input *input)
{
	if (rmn_bytes_start_with(input->head, "bplist0"))
		return 56;
	return input->head.size >= 6 && is_xml(input->head) ? 64 : 0;
}

static enum rmn_status
plist_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_plist_out out = {.arena = input->arena, .is_whole = true};
	struct rmn_bytes bytes = {NULL, 0};
	struct rmn_text text;
	struct rmn_buf utf8;
	enum rmn_status status;
	bool is_whole;

	rmn_text_init(&text, sink, input->arena, error);
	out.text = &text;
	rmn_text_runs_init(&out.runs, &text, input->arena);
	if (text.status != RMN_OK)
		return text.status;
	rmn_buf_init(&out.path, 64 * RMN_KIB);
	rmn_buf_init(&utf8, RMN_LIMIT_ARENA_BYTES);
	rmn_text_part(&text, RMN_PART_BODY, rmn_bytes_from_string(""));
	if (rmn_bytes_start_with(input->head, "bplist")) {
		status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES, input->arena,
		    &bytes, error);
		is_whole = rmn_plist_binary(&out, bytes);
	} else {
		status = rmn_markup_load(input, (struct rmn_bytes){NULL, 0}, &utf8, &bytes, error);
		is_whole = rmn_plist_xml(&out, bytes);
	}
	rmn_buf_release(&out.path);
	rmn_buf_release(&utf8);
	if (rmn_text_flush(&text) != RMN_OK)
		return text.status;
	return status == RMN_OK && !(is_whole && out.is_whole) ?
	    rmn_fail(error, RMN_PARTIAL, "the property list is damaged or cut") : status;
}

const struct rmn_format rmn_format_plist = {
	.name = "plist",
	.title = "Property list",
	.media_type = "application/x-plist",
	.kind = RMN_KIND_CONTAINER,
	.claim = plist_claim,
	.read = plist_read,
};
