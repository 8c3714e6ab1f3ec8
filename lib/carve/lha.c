/* SPDX-License-Identifier: MIT
 *
 * LHA: a chain of members to a zero byte.  Stored ones prove their content by CRC-16; the others have only
 * the chain. */
#include "base/checked.h"
#include "carve/window.h"
#include "unpack/lha_head.h"

void
rmn_walk_lha(const struct rmn_view *view, struct rmn_carve_tools *tools, struct rmn_proven *proven)
{
	struct rmn_lha_head head;
	struct rmn_bytes bytes;
	struct rmn_window w;
	uint64_t at = 0, data;
	size_t members = 0;

	*proven = (struct rmn_proven){0};
	rmn_window_init(&w, view, tools, &tools->buffer);
	for (;;) {
		bytes = rmn_window_bytes(&w, at, RMN_LHA_HEAD_BYTES_MAX);
		if (!rmn_lha_head_read(bytes, &head) ||
		    !rmn_add_u64(at, head.data_at, &data) ||
		    !rmn_add_u64(data, head.packed_bytes, &data) || data <= at)
			break;
		at = data;
		members++;
	}
	if (members == 0)
		return;
	if (bytes.size > 0 && bytes.data[0] == 0)
		rmn_proven_end(view, proven, RMN_PROOF_STRUCTURE, at + 1);
	else
		rmn_proven_break(view, proven, 0, at + 1);
}
