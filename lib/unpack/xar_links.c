/* SPDX-License-Identifier: MIT
 *
 * The header is big-endian: magic, its size, version, size of the table packed and plain; then the table,
 * XML in zlib. */
#include "unpack/xar_links.h"

#include <stdlib.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "unpack/block.h"

#define TABLE_BYTES_MAX (32 * RMN_MIB)

/* Whether "<type link=" comes twice without a new file between. */
static bool
table_links_twice(struct rmn_bytes table)
{
	const struct rmn_bytes link = rmn_bytes_from_string("<type link=");
	const struct rmn_bytes file = rmn_bytes_from_string("<file ");
	size_t at = rmn_bytes_find(table, link);

	while (at != SIZE_MAX) {
		struct rmn_bytes rest = rmn_bytes_after(table, at + link.size);
		size_t next = rmn_bytes_find(rest, link);

		if (next == SIZE_MAX)
			return false;
		if (rmn_bytes_find(rmn_bytes_head(rest, next), file) == SIZE_MAX)
			return true;
		at += link.size + next;
	}
	return false;
}

bool
rmn_xar_links_twice(struct rmn_blob *content)
{
	unsigned char head[24], *packed = NULL, *plain = NULL;
	struct rmn_cursor c = rmn_cursor_over((struct rmn_bytes){head, sizeof(head)});
	uint64_t packed_bytes, plain_bytes;
	uint16_t header_bytes;
	size_t got = 0;
	bool is_twice = false;

	if (rmn_blob_read(content, 0, head, sizeof(head), &got, NULL) != RMN_OK ||
	    got < sizeof(head) || !rmn_cursor_skip(&c, 4) || !rmn_cursor_be16(&c, &header_bytes) ||
	    !rmn_cursor_skip(&c, 2) || !rmn_cursor_be64(&c, &packed_bytes) ||
	    !rmn_cursor_be64(&c, &plain_bytes) || packed_bytes > TABLE_BYTES_MAX)
		return false;
	plain_bytes = rmn_min_u64(plain_bytes, TABLE_BYTES_MAX);
	packed = malloc((size_t)packed_bytes + 1);
	plain = malloc((size_t)plain_bytes + 1);
	if (packed && plain && rmn_blob_read(content, header_bytes, packed, (size_t)packed_bytes,
	    &got, NULL) == RMN_OK)
		is_twice = table_links_twice((struct rmn_bytes){plain, rmn_block_decode(
		    RMN_BLOCK_ZLIB, (struct rmn_bytes){packed, got}, plain, (size_t)plain_bytes)});
	free(packed);
	free(plain);
	return is_twice;
}
