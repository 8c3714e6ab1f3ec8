/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: the bytes of one stream of an NTFS file, from the attributes that describe it. */
#ifndef RMN_RECOVER_NTFS_STREAM_H
#define RMN_RECOVER_NTFS_STREAM_H

#include "image/extent.h"
#include "recover/ntfs_volume.h"

/* Part of a stream: an attribute of one of the file's records. */
struct rmn_ntfs_part {
	const struct rmn_ntfs_record *record;
	struct rmn_ntfs_attribute attribute;
	size_t order;			/* as found, for a stable sort */
};

struct rmn_ntfs_stream {
	uint64_t size_bytes;
	struct rmn_extent *extents;	/* owned; kept between streams */
	size_t count, capacity;
	enum rmn_content_how how;
	uint32_t unit_bytes;		/* how LZNT1 */
	bool is_short;			/* parts are missing */
	bool is_encrypted;
	bool failed;			/* out of memory */
};

/* Makes the stream of parts (of one name, sorted by their first cluster; at least one). */
void rmn_ntfs_stream_make(const struct rmn_recovery *r, const struct rmn_ntfs_volume *v,
    const struct rmn_ntfs_part *parts, size_t count, struct rmn_ntfs_stream *s);
void rmn_ntfs_stream_release(struct rmn_ntfs_stream *s);

#endif
