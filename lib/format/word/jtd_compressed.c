/* SPDX-License-Identifier: MIT
 *
 * Compressed Ichitaro documents (.jtdc, .jttc): the stream JSCompDocument has a mark
 * ("JustCompressedDocument") and one LHA member, which is the document. */
#include "base/cursor.h"
#include "format/word/lh5.h"
#include "format/ole/ole_walk.h"
#include "unpack/lha_head.h"

#define METHOD_AT 2u		/* in the head of the member */
#define SEARCH_BYTES 256u	/* the mark and what may stand behind it */

/* The member's packed bytes.  Writers leave check sums of the head empty, which the reader of
 * archives would not accept: then the fields of the head that all levels share are taken. */
static bool
member_find(struct rmn_bytes stream, struct rmn_bytes *packed, uint64_t *size_bytes)
{
	size_t found = rmn_bytes_find(rmn_bytes_head(stream, SEARCH_BYTES),
	    rmn_bytes_from_string("-lh5-"));
	struct rmn_lha_head head;
	struct rmn_cursor c;
	uint32_t packed_bytes, unpacked_bytes;
	uint8_t head_bytes;

	if (found == SIZE_MAX || found < METHOD_AT)
		return false;
	stream = rmn_bytes_after(stream, found - METHOD_AT);
	if (rmn_lha_head_read(stream, &head) && head.data_at < stream.size) {
		*packed = rmn_bytes_head(rmn_bytes_after(stream, (size_t)head.data_at),
		    (size_t)head.packed_bytes);
		*size_bytes = head.size_bytes;
		return packed->size == head.packed_bytes;
	}
	c = rmn_cursor_over(stream);
	if (!rmn_cursor_u8(&c, &head_bytes) || !rmn_cursor_seek(&c, 7) ||
	    !rmn_cursor_le32(&c, &packed_bytes) || !rmn_cursor_le32(&c, &unpacked_bytes) ||
	    !rmn_cursor_seek(&c, (size_t)head_bytes + 2))
		return false;
	*size_bytes = unpacked_bytes;
	return rmn_cursor_take(&c, packed_bytes, packed);
}

enum rmn_status
rmn_ole_jtdc(const struct rmn_ole *ole)
{
	const struct rmn_cfb_entry *entry =
	    rmn_cfb_find(ole->cfb, ole->storage, "JSCompDocument");
	enum rmn_status status = RMN_OK;
	struct rmn_bytes stream, packed;
	uint64_t size_bytes;

	if (!entry || !rmn_ole_stream(ole, entry, &stream, &status))
		return rmn_fail(ole->error, RMN_CORRUPT, "no compressed document in it");
	if (!member_find(stream, &packed, &size_bytes))
		return rmn_fail(ole->error, status == RMN_OK ? RMN_UNSUPPORTED : status,
		    "compressed in a way that is not known");
	if (rmn_text_flush(ole->text) != RMN_OK)
		return ole->text->status;
	ole->text->status = rmn_lh5_member(packed, size_bytes,
	    rmn_bytes_from_string("document.jtd"), ole->sink);
	return status;
}
