/* SPDX-License-Identifier: MIT */
#include "format/ole/cfb_stream.h"

#include <string.h>

#include "base/checked.h"

void
rmn_cfb_stream_open(struct rmn_cfb_stream *s, struct rmn_cfb *cfb,
    const struct rmn_cfb_entry *entry)
{
	*s = (struct rmn_cfb_stream){.cfb = cfb, .left = entry->size_bytes, .sector = entry->start};
	if (entry->size_bytes < cfb->mini_cutoff)
		rmn_cfb_read(cfb, entry, cfb->mini_cutoff, &s->small, NULL);
}

/* The next piece of a long stream, not beyond its sector; 0 where the chain breaks. */
static size_t
sector_read(struct rmn_cfb_stream *s, unsigned char *out, size_t size, struct rmn_error *error)
{
	size_t sector_size = (size_t)1 << s->cfb->sector_shift, got = 0;

	if (s->offset == sector_size) {
		s->sector = s->cfb->fat[s->sector];
		s->offset = 0;
		s->steps++;
	}
	if (s->sector >= s->cfb->fat_count || s->steps > s->cfb->fat_count)
		return 0;
	size = rmn_min_size(size, sector_size - s->offset);
	rmn_blob_read(s->cfb->content, (((uint64_t)s->sector + 1) << s->cfb->sector_shift) +
	    s->offset, out, size, &got, error);
	s->offset += got;
	return got;
}

static enum rmn_status
stream_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	struct rmn_cfb_stream *s = state;
	unsigned char *out = buffer;

	*got = 0;
	if (s->left == 0)
		return RMN_END;
	size = (size_t)rmn_min_u64(size, s->left);
	if (s->small.size > 0) {
		struct rmn_bytes piece = rmn_bytes_head(s->small, size);

		memcpy(out, piece.data, piece.size);
		s->small = rmn_bytes_after(s->small, piece.size);
		*got = piece.size;
	} else {
		while (*got < size) {
			size_t piece = s->small.data ? 0 :
			    sector_read(s, out + *got, size - *got, error);

			if (piece == 0)
				break;
			*got += piece;
		}
	}
	s->left -= *got;
	return *got > 0 ? RMN_OK : rmn_fail(error, RMN_CORRUPT, "the stream is cut short");
}

struct rmn_member_reader
rmn_cfb_stream_reader(struct rmn_cfb_stream *s)
{
	return (struct rmn_member_reader){stream_read, s};
}
