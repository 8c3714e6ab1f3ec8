/* SPDX-License-Identifier: MIT
 *
 * Hangul documents for distribution: their sections are encrypted by a key that stands in front of each, so
 * that a password is asked of nobody but whoever wants to change them. */
#ifndef RMN_FORMAT_HWP_CRYPT_H
#define RMN_FORMAT_HWP_CRYPT_H

#include "base/arena.h"
#include "base/bytes.h"

/* The section as it was before, in the arena; false when the key is not there, or without memory. */
bool rmn_hwp_section_decrypt(struct rmn_bytes stream, struct rmn_arena *arena,
    struct rmn_bytes *section);

#endif
