/* SPDX-License-Identifier: MIT
 *
 * Times as archives store them, in the terms of base/time.h. */
#ifndef RMN_UNPACK_STAMP_H
#define RMN_UNPACK_STAMP_H

#include <stdint.h>

/* MS-DOS: the date in the upper 16 bits, two seconds the step; no zone, taken as UTC. */
int64_t rmn_stamp_dos(uint32_t stamp);

/* FILETIME: 100 ns since 1601. */
int64_t rmn_stamp_windows(uint64_t ticks);

/* Old Macintosh: seconds since 1904, no zone, taken as UTC. */
int64_t rmn_stamp_mac(uint32_t seconds);

#endif
