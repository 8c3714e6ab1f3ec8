/* SPDX-License-Identifier: MIT
 *
 * Top-level domains, to know where an address ends that stands directly before other text. */
#ifndef RMN_DETECT_TLD_H
#define RMN_DETECT_TLD_H

#include "base/bytes.h"

/* Is the label (any case) a top-level domain? */
bool rmn_tld_is(struct rmn_bytes label);

/* The size of the longest top-level domain of at most `most` bytes that label begins with, 0 when
 * there is none. */
size_t rmn_tld_prefix(struct rmn_bytes label, size_t most);

#endif
