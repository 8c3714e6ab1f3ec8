/* SPDX-License-Identifier: MIT */
#include "unpack/volumes.h"

#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"

static bool
rar5_is_volume(struct rmn_bytes head)
{
	struct rmn_cursor c = rmn_cursor_over(head);
	uint8_t size, type, flags, extra, archive_flags;

	/* the main header is short: its numbers take one byte each */
	if (!rmn_cursor_seek(&c, 12) || !rmn_cursor_u8(&c, &size) || !rmn_cursor_u8(&c, &type) ||
	    !rmn_cursor_u8(&c, &flags) || type != 1 || size < 3)
		return false;
	if ((flags & 1) && !rmn_cursor_u8(&c, &extra))
		return false;
	return rmn_cursor_u8(&c, &archive_flags) && (archive_flags & 1);
}

static bool
zip_is_volume(struct rmn_blob *content)
{
	unsigned char tail[22];
	struct rmn_bytes end = {tail, 0};
	struct rmn_cursor c = rmn_cursor_over(end);
	uint32_t signature;
	uint16_t disk;

	if (content->size_bytes < sizeof(tail) || rmn_blob_read(content,
	    content->size_bytes - sizeof(tail), tail, sizeof(tail), &end.size, NULL) != RMN_OK)
		return false;
	c = rmn_cursor_over(end);
	return rmn_cursor_le32(&c, &signature) && signature == 0x06054b50 &&
	    rmn_cursor_le16(&c, &disk) && disk > 0 && disk < UINT16_MAX;
}

bool
rmn_unpack_is_volume(struct rmn_blob *content)
{
	unsigned char start[64] = {0};
	struct rmn_bytes head = {start, 0};

	if (rmn_blob_read(content, 0, start, sizeof(start), &head.size, NULL) != RMN_OK ||
	    head.size < sizeof(start))
		return false;
	if (memcmp(start, "Rar!\x1A\7\0", 7) == 0)
		return start[9] == 0x73 && (start[10] & 1);
	if (memcmp(start, "Rar!\x1A\7\1\0", 8) == 0)
		return rar5_is_volume(head);
	if (memcmp(start, "MSCF", 4) == 0)
		return (start[30] & 3) != 0;
	if (memcmp(start, "PK\7\10", 4) == 0)
		return true;
	return zip_is_volume(content);
}
