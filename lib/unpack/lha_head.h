/* SPDX-License-Identifier: MIT
 *
 * Headers of LHA members, levels 0 to 3, as the writers of thirty years left them. */
#ifndef RMN_UNPACK_LHA_HEAD_H
#define RMN_UNPACK_LHA_HEAD_H

#include "base/buf.h"
#include "base/bytes.h"

/* No honest header is longer. */
#define RMN_LHA_HEAD_BYTES_MAX 65536u

struct rmn_lha_head {
	struct rmn_bytes method;	/* "-lh5-" */
	uint64_t data_at;		/* from the start of the header */
	uint64_t packed_bytes, size_bytes;
	int64_t modified, created;	/* base/time.h */
	struct rmn_bytes file, directory;	/* as stored; the directory parts with FF */
	bool is_utf16;			/* file and directory */
	uint16_t crc;
	bool has_crc;
};

/* False when bytes do not start with a whole header of a kind that is known. */
bool rmn_lha_head_read(struct rmn_bytes bytes, struct rmn_lha_head *head);

/* The member's path as UTF-8, parted by slashes, into name; the stored bytes into raw. */
void rmn_lha_head_name(const struct rmn_lha_head *head, struct rmn_buf *name,
    struct rmn_buf *raw);

#endif
