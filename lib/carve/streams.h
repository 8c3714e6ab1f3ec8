/* SPDX-License-Identifier: MIT
 *
 * Private to carve/: what was found out about compressed streams on a disk.  Who tries many explanations
 * of one file walks over the same streams again and again: those that lie where they lay are not
 * unpacked twice. */
#ifndef RMN_CARVE_STREAMS_H
#define RMN_CARVE_STREAMS_H

#include "carve/carve.h"

enum rmn_stream_kind { RMN_STREAM_DEFLATE, RMN_STREAM_ZLIB, RMN_STREAM_JPEG };

struct rmn_stream_sum {
	bool is_whole;			/* it ended, else it broke */
	uint64_t packed_bytes;		/* up to its end, or where it broke */
	uint64_t size_bytes;		/* DEFLATE that is whole: what it unpacks to, and the CRC-32 */
	uint32_t crc;
	uint64_t work;			/* what it took to know */
};

/* What is known of the stream at an offset of a view; false: nothing, or that it is longer than limit, or
 * nothing is kept (tools->streams is NULL).  sum->work is counted as the walk's. */
bool rmn_streams_find(struct rmn_carve_tools *tools, const struct rmn_view *view, uint64_t offset,
    uint64_t limit, enum rmn_stream_kind kind, struct rmn_stream_sum *sum);

/* Keeps it, unless that is not worth it or there is no room. */
void rmn_streams_keep(struct rmn_carve_tools *tools, const struct rmn_view *view, uint64_t offset,
    enum rmn_stream_kind kind, const struct rmn_stream_sum *sum);

#endif
