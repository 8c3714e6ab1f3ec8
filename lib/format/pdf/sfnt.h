/* SPDX-License-Identifier: MIT
 *
 * The sums of a TrueType or OpenType font (ISO/IEC 14496-22, 4.3): what tells lost sectors in one that a PDF has
 * as it is. */
#ifndef RMN_FORMAT_SFNT_H
#define RMN_FORMAT_SFNT_H

#include <stdbool.h>

#include "base/bytes.h"

/* Whether a table with bytes of [from, to) in it has another sum than the font says, and most other tables have
 * theirs: programs that cut fonts down often leave all sums as they were. */
bool rmn_sfnt_denies(struct rmn_bytes font, size_t from, size_t to);

#endif
