/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"

#define MEMBER_BYTES (4 * RMN_MIB)

/* Touching every byte lets the sanitizers see a length that is wrong. */
static void
touch(struct rmn_bytes bytes)
{
	static volatile unsigned char seen;

	(void)seen;
	for (size_t i = 0; i < bytes.size; i++)
		seen ^= bytes.data[i];
}

static enum rmn_status
on_part(void *context, enum rmn_part_kind kind, struct rmn_bytes name)
{
	(void)context;
	(void)rmn_part_name(kind);
	touch(name);
	return RMN_OK;
}

/* What readers call text must be text. */
static enum rmn_status
on_text(void *context, struct rmn_bytes utf8)
{
	(void)context;
	if (!rmn_utf8_is_valid(utf8))
		abort();
	return RMN_OK;
}

static enum rmn_status
on_raw_text(void *context, uint64_t offset, uint64_t size_bytes, enum rmn_encoding encoding,
    char delimiter)
{
	(void)context;
	(void)encoding;
	(void)delimiter;
	if (offset + size_bytes < offset)
		abort();
	return RMN_OK;
}

static enum rmn_status
on_property(void *context, enum rmn_property property, struct rmn_bytes name,
    struct rmn_bytes value)
{
	(void)context;
	(void)rmn_property_name(property);
	touch(name);
	touch(value);
	return RMN_OK;
}

static enum rmn_status
on_member(void *context, const struct rmn_member *member, const struct rmn_member_reader *reader)
{
	unsigned char buffer[16384];
	uint64_t total = 0;
	size_t got = 0;

	(void)context;
	touch(member->name);
	touch(member->raw_name);
	while (reader && total < MEMBER_BYTES &&
	    reader->read(reader->state, buffer, sizeof(buffer), &got, NULL) == RMN_OK) {
		if (got == 0 || got > sizeof(buffer))
			abort();
		touch((struct rmn_bytes){buffer, got});
		total += got;
	}
	return RMN_OK;
}

static enum rmn_status
on_missing(void *context, enum rmn_status why, const char *what)
{
	(void)context;
	(void)rmn_status_name(why);
	touch(rmn_bytes_from_string(what));
	return RMN_OK;
}

const struct rmn_sink rmn_fuzz_sink = {.part = on_part, .text = on_text,
    .raw_text = on_raw_text, .property = on_property, .member = on_member,
    .missing = on_missing};
