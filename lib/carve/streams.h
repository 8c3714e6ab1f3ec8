/* SPDX-License-Identifier: MIT
 *
 * Private to carve/: what was found out about compressed streams on a disk.  Who tries many explanations
 * of one file walks over the same streams again and again: those that lie where they lay are not
 * unpacked twice, and one that parts from what was seen is read on from there.  Nothing is kept unless
 * tools->streams is set; what is spared is counted as work all the same, so that limits mean what they
 * meant. */
#ifndef RMN_CARVE_STREAMS_H
#define RMN_CARVE_STREAMS_H

#include "carve/carve.h"
#include "carve/flow.h"

enum rmn_stream_kind { RMN_STREAM_DEFLATE, RMN_STREAM_ZLIB, RMN_STREAM_JPEG };

struct rmn_stream_sum {
	bool is_whole;			/* it ended, else it broke */
	uint64_t packed_bytes;		/* up to its end, or where it broke */
	uint64_t size_bytes;		/* DEFLATE that is whole: what it unpacks to, and the CRC-32 */
	uint32_t crc;
	uint64_t work;			/* what it took to know */
};

/* What is known of the stream at an offset of a view; false: nothing, or that it is longer than limit. */
bool rmn_streams_find(struct rmn_carve_tools *tools, const struct rmn_view *view, uint64_t offset,
    uint64_t limit, enum rmn_stream_kind kind, struct rmn_stream_sum *sum);

/* Keeps it, unless that is not worth it or there is no room. */
void rmn_streams_keep(struct rmn_carve_tools *tools, const struct rmn_view *view, uint64_t offset,
    enum rmn_stream_kind kind, const struct rmn_stream_sum *sum);

/* How a stream stood at some places of it.  NULL when nothing is kept. */
struct rmn_stream_trail;
struct rmn_stream_trail *rmn_stream_trail_open(struct rmn_carve_tools *tools,
    const struct rmn_view *view, uint64_t offset);

/* Sets flow, just restarted, to the last place up to which the stream lies as it lay; false: to none.
 * Both take NULL for no trail. */
bool rmn_stream_trail_resume(struct rmn_stream_trail *trail, struct rmn_carve_tools *tools,
    struct rmn_flow *flow);

/* How many bytes to feed next, so that it can be marked behind them. */
size_t rmn_stream_trail_next(const struct rmn_flow *flow);

/* Notes how it stands now, when it has come far enough since the last time. */
void rmn_stream_trail_mark(struct rmn_stream_trail *trail, const struct rmn_carve_tools *tools,
    struct rmn_flow *flow);

#endif
