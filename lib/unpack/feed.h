/* SPDX-License-Identifier: MIT
 *
 * A blob as libarchive's source: read, skip and seek. */
#ifndef RMN_UNPACK_FEED_H
#define RMN_UNPACK_FEED_H

#include "base/blob.h"
#include "base/status.h"

struct archive;

struct rmn_unpack_feed {
	struct rmn_blob *content;
	uint64_t offset;		/* of the next read */
	unsigned char *buffer;		/* owned; NULL when the content is in memory */
	enum rmn_status status;		/* of the medium; the first failure stays */
	struct rmn_error error;
};

enum rmn_status rmn_unpack_feed_init(struct rmn_unpack_feed *feed, struct rmn_blob *content,
    struct rmn_error *error);
void rmn_unpack_feed_release(struct rmn_unpack_feed *feed);
void rmn_unpack_feed_rewind(struct rmn_unpack_feed *feed);

/* Sets the callbacks; the feed must outlive the archive. */
void rmn_unpack_feed_attach(struct rmn_unpack_feed *feed, struct archive *a);

#endif
