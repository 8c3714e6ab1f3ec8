/* SPDX-License-Identifier: MIT
 *
 * Data that can be checked as it flows by: fed in pieces, stopped at the first byte that cannot
 * follow, and copied at a block border to try what might come next.  The heart of every mend. */
#ifndef RMN_CARVE_FLOW_H
#define RMN_CARVE_FLOW_H

#include "base/bytes.h"
#include "unpack/inflate.h"

enum rmn_flow_kind {
	RMN_FLOW_ZLIB,			/* RFC 1950: the end is proven by Adler-32 */
	RMN_FLOW_JPEG,			/* from SOI to EOI */
};

enum rmn_flow_state { RMN_FLOW_MORE, RMN_FLOW_END, RMN_FLOW_BAD };

struct rmn_flow_jpeg {
	uint8_t step, marker, restart;
	bool has_frame, has_scan;
	uint16_t restart_interval;
	uint32_t left;			/* bytes of the segment */
	uint32_t seen;			/* bytes of its body */
};

struct rmn_flow {
	enum rmn_flow_kind kind;
	uint64_t fed;			/* bytes that were taken so far */
	struct rmn_inflate *inflate;	/* owned; NULL for JPEG */
	uint8_t head, tail;		/* bytes seen of the zlib header, of the checksum */
	uint16_t head_value;
	uint32_t adler, stored;
	struct rmn_flow_jpeg jpeg;
	/* Sees what is inflated and may refuse it.  Of copies too. */
	bool (*listen)(void *context, struct rmn_bytes output);
	void *context;
};

/* False when out of memory. */
bool rmn_flow_init(struct rmn_flow *flow, enum rmn_flow_kind kind);
void rmn_flow_restart(struct rmn_flow *flow);
void rmn_flow_release(struct rmn_flow *flow);

/* Both of one kind. */
void rmn_flow_copy(struct rmn_flow *to, const struct rmn_flow *from);

/* Reads on.  *used: how many bytes were taken; after BAD about where it broke, after END what
 * belongs to it. */
enum rmn_flow_state rmn_flow_feed(struct rmn_flow *flow, struct rmn_bytes bytes, size_t *used);

/* Private to carve/flow*.c. */
enum rmn_flow_state rmn_flow_feed_jpeg(struct rmn_flow_jpeg *jpeg, struct rmn_bytes bytes,
    size_t *used);

#endif
