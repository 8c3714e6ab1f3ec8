/* SPDX-License-Identifier: MIT
 *
 * JPEG pictures: carve/flow_jpeg.c from the first byte to the end. */
#include "carve/flow.h"
#include "carve/window.h"

void
rmn_walk_jpeg(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	struct rmn_flow flow;
	struct rmn_window w;

	rmn_flow_init(&flow, RMN_FLOW_JPEG);
	rmn_window_init(&w, view, tools, &tools->buffer);
	for (uint64_t at = 0, good = 0;; good = at) {
		struct rmn_bytes b = rmn_window_bytes(&w, at, 1);
		enum rmn_flow_state state;
		size_t used;

		if (b.size == 0) {
			rmn_proven_break(view, proven, good, at);
			return;
		}
		state = rmn_flow_feed(&flow, b, &used);
		at += used;
		if (state == RMN_FLOW_END) {
			rmn_proven_end(view, proven, RMN_PROOF_STRUCTURE, at);
			return;
		}
		if (state == RMN_FLOW_BAD) {
			if (flow.jpeg.has_frame)
				rmn_proven_break(view, proven, flow.jpeg.has_scan ? good : at, at);
			return;
		}
	}
}
