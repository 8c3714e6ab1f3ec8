/* SPDX-License-Identifier: MIT
 *
 * What is this?  Four questions, the cheap ones first: a signature of ours (0.3 us), the inside
 * of zip and OLE2, text of a known kind, and only then libmagic (200 us), which is not asked
 * about text, constant bytes or bytes that look random from the start. */
#include "identify/identify.h"

#include <magic.h>
#include <stdlib.h>
#include <string.h>

#include "identify/inside.h"
#include "identify/signatures.h"

#define WEAK_BYTES 4u		/* a signature no longer than this may be a word of text */
#define MAGIC_BYTES 512u	/* libmagic's time grows with what it is given */

static const char unknown[] = "application/octet-stream";

struct rmn_identifier {
	magic_t magic;		/* NULL: its tables could not be loaded */
};

enum rmn_status
rmn_identifier_new(struct rmn_identifier **identifier, struct rmn_error *error)
{
	struct rmn_identifier *made = calloc(1, sizeof(*made));

	if (!made)
		return rmn_fail(error, RMN_NOMEM, "identifier: out of memory");
	made->magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR |
	    MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_ENCODING |
	    MAGIC_NO_CHECK_TEXT | MAGIC_NO_CHECK_TOKENS | MAGIC_NO_CHECK_CSV |
	    MAGIC_NO_CHECK_JSON | MAGIC_NO_CHECK_APPTYPE);
	if (made->magic && magic_load(made->magic, NULL) != 0) {
		magic_close(made->magic);
		made->magic = NULL;
	}
	*identifier = made;
	return RMN_OK;
}

void
rmn_identifier_free(struct rmn_identifier *identifier)
{
	if (!identifier)
		return;
	if (identifier->magic)
		magic_close(identifier->magic);
	free(identifier);
}

static bool
stands_at(struct rmn_bytes head, uint32_t offset, const char *bytes, uint32_t size)
{
	struct rmn_bytes there = rmn_bytes_after(head, offset);

	return there.size >= size && memcmp(there.data, bytes, size) == 0;
}

static const struct rmn_signature *
by_signature(struct rmn_bytes head)
{
	for (const struct rmn_signature *s = rmn_signatures; s->bytes; s++) {
		if (s->offset == 0 && s->bytes[0] != (char)head.data[0])
			continue;
		if (stands_at(head, s->offset, s->bytes, s->size) &&
		    (s->second_size == 0 ||
		    stands_at(head, s->second_offset, s->second_bytes, s->second_size)))
			return s;
	}
	return NULL;
}

static unsigned
distinct_bytes(struct rmn_bytes bytes)
{
	bool seen[256] = {false};
	unsigned count = 0;

	for (size_t i = 0; i < bytes.size; i++) {
		count += !seen[bytes.data[i]];
		seen[bytes.data[i]] = true;
	}
	return count;
}

/* Nothing libmagic could know: one value all through, or random from the first byte on (64
 * random bytes have 57 different values, 512 have 221; headers have far fewer). */
static bool
is_hopeless(struct rmn_bytes head)
{
	unsigned distinct = distinct_bytes(head);

	return distinct == 1 || (head.size == MAGIC_BYTES && distinct > 200 &&
	    distinct_bytes(rmn_bytes_head(head, 64)) > 48);
}

static const char *
by_libmagic(struct rmn_identifier *identifier, struct rmn_bytes head)
{
	const char *found;

	head = rmn_bytes_head(head, MAGIC_BYTES);
	if (!identifier || !identifier->magic || is_hopeless(head))
		return unknown;
	found = magic_buffer(identifier->magic, head.data, head.size);
	return found && strchr(found, '/') ? found : unknown;
}

const char *
rmn_identify(struct rmn_identifier *identifier, struct rmn_bytes head)
{
	const struct rmn_signature *signature;
	const char *text;

	if (head.size == 0)
		return "application/x-empty";
	signature = by_signature(head);
	if (signature && signature->size + signature->second_size > WEAK_BYTES)
		return rmn_inside_container(signature->media_type, head);
	text = rmn_inside_text(head);
	if (signature && !text)
		return rmn_inside_container(signature->media_type, head);
	return text ? text : by_libmagic(identifier, head);
}
