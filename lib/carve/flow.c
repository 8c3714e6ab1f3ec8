/* SPDX-License-Identifier: MIT */
#include "carve/flow.h"

#include "base/checked.h"
#include "unpack/checksum.h"

bool
rmn_flow_init(struct rmn_flow *flow, enum rmn_flow_kind kind)
{
	*flow = (struct rmn_flow){.kind = kind, .adler = 1};
	if (kind != RMN_FLOW_ZLIB)
		return true;
	flow->inflate = rmn_inflate_new();
	return flow->inflate != NULL;
}

void
rmn_flow_restart(struct rmn_flow *flow)
{
	*flow = (struct rmn_flow){.kind = flow->kind, .inflate = flow->inflate, .adler = 1,
	    .listen = flow->listen, .context = flow->context};
	if (flow->inflate)
		rmn_inflate_restart(flow->inflate);
}

void
rmn_flow_release(struct rmn_flow *flow)
{
	rmn_inflate_free(flow->inflate);
	flow->inflate = NULL;
}

void
rmn_flow_copy(struct rmn_flow *to, const struct rmn_flow *from)
{
	struct rmn_inflate *inflate = to->inflate;

	*to = *from;
	to->inflate = inflate;
	if (from->inflate)
		rmn_inflate_copy(inflate, from->inflate);
}

static bool
on_output(void *context, struct rmn_bytes output)
{
	struct rmn_flow *flow = context;

	flow->adler = rmn_adler32(flow->adler, output.data, output.size);
	return !flow->listen || flow->listen(flow->context, output);
}

/* The two bytes in front: deflate, a window of up to 32 KiB, no dictionary. */
static bool
head_feed(struct rmn_flow *flow, struct rmn_bytes bytes, size_t *used)
{
	while (flow->head < 2 && *used < bytes.size) {
		flow->head_value = (uint16_t)(flow->head_value << 8 | bytes.data[(*used)++]);
		flow->head++;
	}
	return flow->head < 2 || ((flow->head_value & 0x8F20) <= 0x0800 &&
	    (flow->head_value >> 8 & 0x0F) == 8 && flow->head_value >> 12 <= 7 &&
	    flow->head_value % 31 == 0);
}

static enum rmn_flow_state
zlib_feed(struct rmn_flow *flow, struct rmn_bytes bytes, size_t *used)
{
	enum rmn_inflate_state state;
	size_t part = 0;

	if (flow->head < 2 && !head_feed(flow, bytes, used))
		return RMN_FLOW_BAD;
	if (flow->head < 2)
		return RMN_FLOW_MORE;
	if (flow->tail == 0) {
		state = rmn_inflate_feed(flow->inflate, rmn_bytes_after(bytes, *used), &part,
		    on_output, flow);
		*used += part;
		if (state != RMN_INFLATE_END)
			return state == RMN_INFLATE_MORE ? RMN_FLOW_MORE : RMN_FLOW_BAD;
	}
	while (flow->tail < 4 && *used < bytes.size) {
		flow->stored = flow->stored << 8 | bytes.data[(*used)++];
		flow->tail++;
	}
	if (flow->tail < 4)
		return RMN_FLOW_MORE;
	return flow->stored == flow->adler ? RMN_FLOW_END : RMN_FLOW_BAD;
}

enum rmn_flow_state
rmn_flow_feed(struct rmn_flow *flow, struct rmn_bytes bytes, size_t *used)
{
	enum rmn_flow_state state;

	*used = 0;
	state = flow->kind == RMN_FLOW_ZLIB ? zlib_feed(flow, bytes, used) :
	    rmn_flow_feed_jpeg(&flow->jpeg, bytes, used);
	flow->fed += *used;
	return state;
}
