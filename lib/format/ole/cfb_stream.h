/* SPDX-License-Identifier: MIT
 *
 * A stream of a compound file, read piece by piece: what is attached is never held whole. */
#ifndef RMN_FORMAT_CFB_STREAM_H
#define RMN_FORMAT_CFB_STREAM_H

#include "base/sink.h"
#include "format/ole/cfb.h"

struct rmn_cfb_stream {
	struct rmn_cfb *cfb;
	struct rmn_bytes small;		/* the rest of a stream that lies in the mini stream */
	uint64_t left;
	uint32_t sector;
	size_t offset;			/* in the sector */
	size_t steps;
};

void rmn_cfb_stream_open(struct rmn_cfb_stream *s, struct rmn_cfb *cfb,
    const struct rmn_cfb_entry *entry);

/* As a member is read; RMN_CORRUPT where the chain breaks off. */
struct rmn_member_reader rmn_cfb_stream_reader(struct rmn_cfb_stream *s);

#endif
