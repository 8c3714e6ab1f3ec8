/* SPDX-License-Identifier: MIT
 *
 * BinHex 4.0 (RFC 1741): six bits a character between two colons, runs by 0x90, then a header and two
 * forks, each with a CRC.  Small by nature: it is decoded whole. */
#include <string.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/time.h"
#include "unpack/name.h"
#include "unpack/own.h"

static const char banner[] = "(This file must be converted with BinHex";
static const char alphabet[] = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";

#define RUN 0x90u
/* Mail and news may have stood before it. */
#define BANNER_REACH_BYTES 4096u

bool
rmn_binhex_claim(struct rmn_bytes head)
{
	struct rmn_bytes reach = rmn_bytes_head(head, BANNER_REACH_BYTES);

	return rmn_bytes_find(reach, rmn_bytes_from_string(banner)) != SIZE_MAX;
}

/* Adds one decoded byte, or the run that it ends. */
static void
byte_add(struct rmn_buf *out, unsigned byte, bool *in_run)
{
	if (*in_run) {
		unsigned char last = out->size ? out->data[out->size - 1] : 0;

		if (byte == 0)
			rmn_buf_append_char(out, (char)RUN);
		for (unsigned i = 1; i < byte; i++)
			rmn_buf_append_char(out, (char)last);
		*in_run = false;
	} else if (byte == RUN) {
		*in_run = true;
	} else {
		rmn_buf_append_char(out, (char)byte);
	}
}

/* False when the second colon is missing. */
static bool
decode(struct rmn_bytes text, struct rmn_buf *out)
{
	unsigned bits = 0, count = 0;
	bool in_run = false;

	for (size_t i = 0; i < text.size; i++) {
		const char *found;

		if (text.data[i] == ':')
			return true;
		if (text.data[i] <= ' ' || !(found = strchr(alphabet, text.data[i])))
			continue;
		bits = bits << 6 | (unsigned)(found - alphabet);
		count += 6;
		if (count >= 8) {
			count -= 8;
			byte_add(out, bits >> count & 0xFF, &in_run);
		}
	}
	return false;
}

static enum rmn_status
forks_pass(struct rmn_bytes whole, const struct rmn_sink *sink, struct rmn_error *error)
{
	struct rmn_blob decoded = rmn_blob_from_bytes(whole);
	struct rmn_cursor c = rmn_cursor_over(whole);
	struct rmn_member member = {.modified = RMN_TIME_UNKNOWN, .created = RMN_TIME_UNKNOWN};
	struct rmn_bytes stored;
	struct rmn_buf name;
	uint32_t data, resources;
	uint8_t size;
	enum rmn_status status = RMN_OK;

	if (!rmn_cursor_u8(&c, &size) || !rmn_cursor_take(&c, size, &stored) ||
	    !rmn_cursor_skip(&c, 1 + 4 + 4 + 2) || !rmn_cursor_be32(&c, &data) ||
	    !rmn_cursor_be32(&c, &resources) || !rmn_cursor_skip(&c, 2))
		return rmn_fail(error, RMN_CORRUPT, "no BinHex header");
	rmn_buf_init(&name, 0);
	rmn_unpack_name(stored, &name);
	member.name = rmn_buf_bytes(&name);
	if (!rmn_bytes_equal(member.name, stored))
		member.raw_name = stored;
	member.size_bytes = data;
	if (data > 0)
		status = rmn_unpack_fork(&decoded, c.offset, data, &member, sink);
	member.name = rmn_bytes_from_string("..namedfork/rsrc");
	member.raw_name.size = 0;
	member.size_bytes = resources;
	if (status == RMN_OK && resources > 0)
		status = rmn_unpack_fork(&decoded, c.offset + (uint64_t)data + 2, resources,
		    &member, sink);
	rmn_buf_release(&name);
	if (status == RMN_OK && c.offset + (uint64_t)data + 2 + resources > whole.size)
		status = rmn_fail(error, RMN_PARTIAL, "the BinHex file is cut short");
	return status;
}

enum rmn_status
rmn_unpack_binhex(struct rmn_blob *content, const struct rmn_sink *sink, struct rmn_error *error)
{
	struct rmn_arena *arena = rmn_arena_new(RMN_LIMIT_ARENA_BYTES);
	struct rmn_bytes text;
	struct rmn_buf out;
	enum rmn_status status;
	size_t at;

	if (!arena)
		return rmn_fail(error, RMN_NOMEM, "out of memory for a BinHex file");
	rmn_buf_init(&out, RMN_LIMIT_WHOLE_ITEM_BYTES);
	status = rmn_blob_bytes(content, RMN_LIMIT_WHOLE_ITEM_BYTES, arena, &text, error);
	if (status == RMN_OK || status == RMN_PARTIAL) {
		at = rmn_bytes_find(text, rmn_bytes_from_string(banner));
		text = rmn_bytes_after(text, at == SIZE_MAX ? text.size : at);
		at = rmn_bytes_find(text, rmn_bytes_from_string(":"));
		if (at == SIZE_MAX)
			status = rmn_fail(error, RMN_CORRUPT, "no BinHex data behind the banner");
		else
			decode(rmn_bytes_after(text, at + 1), &out);
		if (at != SIZE_MAX)
			status = out.failed ? rmn_fail(error, RMN_LIMIT, "too large for BinHex") :
			    forks_pass(rmn_buf_bytes(&out), sink, error);
	}
	rmn_buf_release(&out);
	rmn_arena_free(arena);
	return status;
}
