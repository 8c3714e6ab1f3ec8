/* SPDX-License-Identifier: MIT
 *
 * Where a presentation's streams have sectors of zeros: sounds, and objects that are stored as they are; those
 * that are packed are unpacked, and the reader of objects sees what is wrong with them. */
#include "base/checked.h"
#include "base/cursor.h"
#include "base/number.h"
#include "format/ole/zeros.h"
#include "format/slides/ppt.h"

#define SOUND 0x07E7u
#define HEAD_BYTES 8u

/* Records in [at, end).  Containers are gone into, so nothing is deep.  Where they stop to be records. */
static size_t
records_take(struct rmn_zeros *z, size_t at, size_t end)
{
	while (end - at >= HEAD_BYTES) {
		const unsigned char *head = z->stream.data + at;
		uint16_t type = rmn_le16(head + 2);
		size_t size = rmn_min_size(rmn_le32(head + 4), end - at - HEAD_BYTES);

		if (rmn_le32(head) == 0)
			break;
		at += HEAD_BYTES;
		if ((head[0] & 0x0F) == 0x0F)
			continue;
		if (type == SOUND || type == PPT_OLE_STORAGE)
			rmn_zeros_explain(z, at, at + size);
		at += size;
	}
	return at;
}

/* What is behind the last record of a level. */
static void
rest_take(struct rmn_zeros *z, size_t at, size_t end)
{
	if (!rmn_zeros_in(z, at, at + 1))
		rmn_zeros_explain(z, at, end);
}

void
rmn_zeros_ppt(struct rmn_zeros *z)
{
	uint32_t storage = z->cfb->entries[z->entry].parent;
	uint16_t type = 0;
	size_t at = 0, end;

	/* PowerPoint 95 has other records in a stream of that name */
	if (rmn_cfb_find(z->cfb, storage, "PP97_DUALSTORAGE") ||
	    rmn_cfb_find(z->cfb, storage, "Text_Content")) {
		rmn_zeros_explain(z, 0, z->stream.size);
		return;
	}
	while (z->stream.size - at >= HEAD_BYTES && rmn_le32(z->stream.data + at) != 0) {
		type = rmn_le16(z->stream.data + at + 2);
		end = at + HEAD_BYTES +
		    rmn_min_size(rmn_le32(z->stream.data + at + 4), z->stream.size - at - HEAD_BYTES);
		rest_take(z, records_take(z, at, end), end);
		at = end;
	}
	/* what follows a saving is reached by the next one, or is nothing */
	if (type == PPT_USER_EDIT || rmn_bytes_are_zero(rmn_bytes_after(z->stream, at)))
		rmn_zeros_explain(z, at, z->stream.size);
	else
		rest_take(z, at, z->stream.size);
}

void
rmn_zeros_pictures(struct rmn_zeros *z)
{
	size_t at = 0;

	rmn_zeros_blips(z);
	while (z->stream.size - at >= HEAD_BYTES && z->stream.data[at + 3] == 0xF0) {
		size_t size = rmn_le32(z->stream.data + at + 4);

		if (size > z->stream.size - at - HEAD_BYTES)
			break;
		at += HEAD_BYTES + size;
	}
	/* unused at the end */
	if (rmn_bytes_are_zero(rmn_bytes_after(z->stream, at)))
		rmn_zeros_explain(z, at, z->stream.size);
	else
		rest_take(z, at, z->stream.size);
}
