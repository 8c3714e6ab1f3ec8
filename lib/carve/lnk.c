/* SPDX-License-Identifier: MIT
 *
 * Shortcuts of Windows ([MS-SHLLINK] 2): a header whose flags say which parts follow, each with its
 * size, up to the terminal block. */
#include <string.h>

#include "base/number.h"
#include "carve/window.h"

#define HEADER_BYTES 76u
#define EXTRA_MAX 64u
#define EXTRA_BYTES_MAX 0x100000u
#define SIGNATURE_FIRST 0xA0000001u
#define SIGNATURE_LAST 0xA000000Cu

enum { HAS_ID_LIST = 1, HAS_INFO = 2, STRING_FIRST = 4, STRING_LAST = 64, IS_UNICODE = 128 };

static bool
le16_read(struct rmn_window *w, uint64_t at, unsigned *value)
{
	struct rmn_bytes b = rmn_window_bytes(w, at, 2);

	if (b.size < 2)
		return false;
	*value = rmn_le16(b.data);
	return true;
}

/* Item identifiers, each with its size, ended by an empty one. */
static bool
id_list_skip(struct rmn_window *w, uint64_t *at)
{
	unsigned size, item, inside = 0;

	if (!le16_read(w, *at, &size) || size < 2)
		return false;
	*at += 2;
	while (inside + 2 <= size) {
		if (!le16_read(w, *at + inside, &item) || (item && (item < 2 || inside + item > size)))
			return false;
		if (item == 0)
			break;
		inside += item;
	}
	*at += size;
	return inside + 2 == size;
}

static bool
info_skip(struct rmn_window *w, uint64_t *at)
{
	struct rmn_bytes b = rmn_window_bytes(w, *at, 28);
	uint32_t size, head;

	if (b.size < 28)
		return false;
	size = rmn_le32(b.data);
	head = rmn_le32(b.data + 4);
	if (head < 28 || head > size || size > EXTRA_BYTES_MAX || rmn_le32(b.data + 12) > size ||
	    rmn_le32(b.data + 16) > size || rmn_le32(b.data + 24) > size)
		return false;
	*at += size;
	return true;
}

/* Blocks with known signatures, ended by a size below 4. */
static bool
extra_skip(struct rmn_window *w, uint64_t *at)
{
	for (unsigned i = 0; i < EXTRA_MAX; i++) {
		struct rmn_bytes b = rmn_window_bytes(w, *at, 8);
		uint32_t size = b.size >= 4 ? rmn_le32(b.data) : 0;

		if (b.size < 4)
			return false;
		if (size < 4) {
			*at += 4;
			return true;
		}
		if (b.size < 8 || size < 8 || size > EXTRA_BYTES_MAX ||
		    rmn_le32(b.data + 4) < SIGNATURE_FIRST ||
		    rmn_le32(b.data + 4) > SIGNATURE_LAST)
			return false;
		*at += size;
	}
	return false;
}

static bool
parts_skip(struct rmn_window *w, uint32_t flags, uint64_t *at)
{
	unsigned count;

	if ((flags & HAS_ID_LIST) && !id_list_skip(w, at))
		return false;
	if ((flags & HAS_INFO) && !info_skip(w, at))
		return false;
	for (uint32_t bit = STRING_FIRST; bit <= STRING_LAST; bit <<= 1) {
		if (!(flags & bit))
			continue;
		if (!le16_read(w, *at, &count))
			return false;
		*at += 2u + (uint64_t)count * (flags & IS_UNICODE ? 2 : 1);
	}
	return extra_skip(w, at);
}

void
rmn_walk_lnk(const struct rmn_view *view, struct rmn_carve_tools *tools, struct rmn_proven *proven)
{
	static const unsigned char class[16] = {0x01, 0x14, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0,
	    0x46};
	struct rmn_window w;
	struct rmn_bytes head;
	uint64_t at = HEADER_BYTES;

	*proven = (struct rmn_proven){0};
	rmn_window_init(&w, view, tools, &tools->buffer);
	head = rmn_window_bytes(&w, 0, HEADER_BYTES);
	if (head.size < HEADER_BYTES || rmn_le32(head.data) != HEADER_BYTES ||
	    memcmp(head.data + 4, class, sizeof(class)) != 0 || rmn_le32(head.data + 72) != 0)
		return;
	if (parts_skip(&w, rmn_le32(head.data + 20), &at))
		rmn_proven_end(view, proven, RMN_PROOF_STRUCTURE, at);
	else
		rmn_proven_break(view, proven, HEADER_BYTES, at + 1);
}
