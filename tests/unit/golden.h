/* SPDX-License-Identifier: MIT
 *
 * A reader's output as text, and its comparison with a file (RMN_GOLDEN=1 rewrites that). */
#ifndef RMN_TESTS_GOLDEN_H
#define RMN_TESTS_GOLDEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/sink.h"
#include "base/time.h"
#include "base/utf8.h"

static struct rmn_bytes
golden_load(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct rmn_bytes bytes = {NULL, 0};
	unsigned char *data = malloc(8 << 20);

	if (f && data)
		bytes = (struct rmn_bytes){data, fread(data, 1, 8 << 20, f)};
	if (f)
		fclose(f);
	if (!bytes.data)
		free(data);
	return bytes;
}

static void
golden_compare(const char *path, const struct rmn_buf *out)
{
	struct rmn_bytes wanted;

	if (getenv("RMN_GOLDEN")) {
		FILE *f = fopen(path, "wb");

		assert_non_null(f);
		fwrite(out->data, 1, out->size, f);
		fclose(f);
		return;
	}
	wanted = golden_load(path);
	if (!rmn_bytes_equal(wanted, rmn_buf_bytes(out)))
		print_message("%s should be:\n%.*s\n", path, (int)out->size, (const char *)out->data);
	assert_true(rmn_bytes_equal(wanted, rmn_buf_bytes(out)));
	free((void *)(uintptr_t)wanted.data);
}

static enum rmn_status
golden_part(void *context, enum rmn_part_kind kind, struct rmn_bytes name)
{
	rmn_buf_printf(context, "part %s %.*s\n", rmn_part_name(kind), (int)name.size,
	    (const char *)name.data);
	return RMN_OK;
}

static enum rmn_status
golden_text(void *context, struct rmn_bytes utf8)
{
	rmn_buf_append(context, utf8);
	if (utf8.data[utf8.size - 1] != '\n')
		rmn_buf_append_string(context, "\n");
	return RMN_OK;
}

static enum rmn_status
golden_property(void *context, enum rmn_property property, struct rmn_bytes name,
    struct rmn_bytes value)
{
	(void)property;
	rmn_buf_printf(context, "property %.*s: ", (int)name.size, (const char *)name.data);
	rmn_utf8_append_escaped(context, value);
	rmn_buf_append_string(context, "\n");
	return RMN_OK;
}

/* Reads in odd pieces, so that no reader can count on large ones. */
static enum rmn_status
golden_member(void *context, const struct rmn_member *member,
    const struct rmn_member_reader *reader)
{
	struct rmn_buf *out = context, start;
	struct rmn_error error = {0};
	unsigned char piece[61];
	char modified[RMN_TIME_TEXT_BYTES];
	uint64_t total = 0;
	enum rmn_status status;
	size_t got;

	rmn_buf_init(&start, 64);
	while ((status = reader->read(reader->state, piece, 1 + total % 61, &got, &error)) == RMN_OK) {
		if (start.size < 40)
			rmn_buf_append_data(&start, piece, got);
		total += got;
	}
	rmn_time_text(member->modified, modified);
	rmn_buf_append_string(out, member->is_directory ? "folder " : "member ");
	rmn_utf8_append_escaped(out, member->name);
	if (member->raw_name.size > 0) {
		rmn_buf_append_string(out, " stored ");
		for (size_t i = 0; i < member->raw_name.size; i++)
			rmn_buf_printf(out, "%02x", member->raw_name.data[i]);
	}
	if (member->size_bytes != UINT64_MAX)
		rmn_buf_printf(out, " declares %llu", (unsigned long long)member->size_bytes);
	rmn_buf_printf(out, " %s%s gives %llu %s%s%s: ", modified,
	    member->is_encrypted ? " encrypted" : "", (unsigned long long)total,
	    rmn_status_name(status), error.text[0] ? ", " : "", error.text);
	rmn_utf8_append_escaped(out, rmn_utf8_head(rmn_buf_bytes(&start), 40));
	rmn_buf_append_string(out, "\n");
	rmn_buf_release(&start);
	return RMN_OK;
}

static enum rmn_status
golden_missing(void *context, enum rmn_status why, const char *what)
{
	rmn_buf_printf(context, "missing (%s): %s\n", rmn_status_name(why), what);
	return RMN_OK;
}

static inline struct rmn_sink
golden_sink(struct rmn_buf *out)
{
	return (struct rmn_sink){
		.context = out,
		.part = golden_part,
		.text = golden_text,
		.property = golden_property,
		.member = golden_member,
		.missing = golden_missing,
	};
}

#endif
