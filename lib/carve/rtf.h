/* SPDX-License-Identifier: MIT
 *
 * Private to carve/rtf*.c: the state of a walk through RTF, small enough to be kept at a block
 * border and tried again with another block behind it. */
#ifndef RMN_CARVE_RTF_H
#define RMN_CARVE_RTF_H

#include "carve/window.h"

struct rmn_rtf_state {
	uint64_t at;			/* of the next byte */
	uint64_t depth;			/* open groups */
	uint64_t binary;		/* bytes of \bin data to come */
	uint64_t controls, common;	/* control words and escapes; words that most files
					 * have */
};

enum rmn_rtf_end {
	RMN_RTF_CLOSED,			/* behind the brace that closes the file */
	RMN_RTF_WRONG,			/* at a byte that cannot be */
	RMN_RTF_LIMIT,			/* at limit, or a little behind it */
};

enum rmn_rtf_end rmn_rtf_run(struct rmn_rtf_state *s, struct rmn_window *w, uint64_t limit);

#endif
