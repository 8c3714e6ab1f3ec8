/* SPDX-License-Identifier: MIT
 *
 * gzip (RFC 1952): inflated to the trailer of each member, whose CRC and size must agree. */
#include <string.h>

#include "base/cursor.h"
#include "carve/window.h"
#include "unpack/inflate.h"

#define HEAD_BYTES 10u
#define TRAILER_BYTES 8u
#define HAS_SUM 2u
#define HAS_EXTRA 4u
#define HAS_NAME 8u
#define HAS_COMMENT 16u
#define FLAGS_UNUSED 0xe0u
#define SYSTEM_MAX 13u
#define SYSTEM_UNKNOWN 255u
/* Extra field, name and comment together. */
#define HEADER_MAX ((size_t)70 * 1024)
#define TAR_MAGIC_OFFSET 257u

static bool
text_skip(struct rmn_cursor *c)
{
	uint8_t byte = 1;

	while (byte != 0)
		if (!rmn_cursor_u8(c, &byte))
			return false;
	return true;
}

/* How long a member's header is; 0: none. */
static size_t
header_bytes(struct rmn_bytes bytes)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint8_t id1, id2, method, flags, level, system;
	uint16_t extra = 0;

	if (!rmn_cursor_u8(&c, &id1) || !rmn_cursor_u8(&c, &id2) || !rmn_cursor_u8(&c, &method) ||
	    !rmn_cursor_u8(&c, &flags) || !rmn_cursor_skip(&c, 4) || !rmn_cursor_u8(&c, &level) ||
	    !rmn_cursor_u8(&c, &system) || id1 != 0x1f || id2 != 0x8b || method != 8 ||
	    flags & FLAGS_UNUSED || (system > SYSTEM_MAX && system != SYSTEM_UNKNOWN) ||
	    (level != 0 && level != 2 && level != 4))
		return 0;
	if ((flags & HAS_EXTRA && (!rmn_cursor_le16(&c, &extra) || !rmn_cursor_skip(&c, extra))) ||
	    (flags & HAS_NAME && !text_skip(&c)) || (flags & HAS_COMMENT && !text_skip(&c)) ||
	    (flags & HAS_SUM && !rmn_cursor_skip(&c, 2)))
		return 0;
	return c.offset;
}

/* The first bytes that come out. */
struct head {
	size_t size;
	bool is_tar;
	unsigned char bytes[TAR_MAGIC_OFFSET + 5];
};

static bool
head_keep(void *context, struct rmn_bytes output)
{
	struct head *head = context;
	struct rmn_bytes part = rmn_bytes_head(output, sizeof(head->bytes) - head->size);

	if (part.size > 0)
		memcpy(head->bytes + head->size, part.data, part.size);
	head->size += part.size;
	return true;
}

/* One member at *at; *at is behind it, or where it breaks. */
static bool
member_walk(struct rmn_window *w, struct rmn_inflate *inflate, struct head *head, uint64_t *at)
{
	enum rmn_inflate_state state = RMN_INFLATE_MORE;
	struct rmn_cursor c;
	uint32_t crc, size;

	*at += header_bytes(rmn_window_bytes(w, *at, HEADER_MAX));
	rmn_inflate_restart(inflate);
	while (state == RMN_INFLATE_MORE) {
		struct rmn_bytes bytes = rmn_window_bytes(w, *at, 1);
		size_t used = 0;

		if (bytes.size == 0)
			return false;
		state = rmn_inflate_feed(inflate, bytes, &used, head_keep, head);
		*at += used;
	}
	if (state != RMN_INFLATE_END)
		return false;
	c = rmn_cursor_over(rmn_window_bytes(w, *at, TRAILER_BYTES));
	if (!rmn_cursor_le32(&c, &crc) || !rmn_cursor_le32(&c, &size) ||
	    crc != rmn_inflate_crc(inflate) || size != (uint32_t)rmn_inflate_size(inflate))
		return false;
	*at += TRAILER_BYTES;
	return true;
}

void
rmn_walk_gzip(const struct rmn_view *view, struct rmn_carve_tools *tools, struct rmn_proven *proven)
{
	struct rmn_inflate *inflate;
	struct head head = {0};
	uint64_t at = 0, good = 0;
	struct rmn_window w;

	*proven = (struct rmn_proven){0};
	rmn_window_init(&w, view, tools, &tools->buffer);
	if (header_bytes(rmn_window_bytes(&w, 0, HEADER_MAX)) == 0)
		return;
	inflate = rmn_inflate_new();
	if (!inflate)
		return;
	while (header_bytes(rmn_window_bytes(&w, good, HEADER_MAX)) > 0 &&
	    member_walk(&w, inflate, &head, &at))
		good = at;
	head.is_tar = head.size == sizeof(head.bytes) &&
	    memcmp(head.bytes + TAR_MAGIC_OFFSET, "ustar", 5) == 0;
	/* A later member that breaks is the start of another file, or a fragment: either way the
	 * members before it are a gzip file. */
	if (good > 0)
		rmn_proven_end(view, proven, RMN_PROOF_CHECKSUM, good);
	else if (at > HEAD_BYTES)
		rmn_proven_break(view, proven, HEAD_BYTES, at + TRAILER_BYTES);
	if (head.is_tar)
		proven->extension = "tgz";
	rmn_inflate_free(inflate);
}
