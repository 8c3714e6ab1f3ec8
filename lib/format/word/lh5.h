/* SPDX-License-Identifier: MIT
 *
 * Streams in LHA's -lh5- inside documents (Ichitaro, DocuWorks), without an archive around them. */
#ifndef RMN_FORMAT_LH5_H
#define RMN_FORMAT_LH5_H

#include "base/arena.h"
#include "base/sink.h"

/* Hands packed on as a member of size_bytes.  RMN_NOMEM, or what the sink says. */
enum rmn_status rmn_lh5_member(struct rmn_bytes packed, uint64_t size_bytes,
    struct rmn_bytes name, const struct rmn_sink *sink);

/* The unpacked bytes, in the arena.  RMN_PARTIAL: up to the damage; RMN_LIMIT without memory or above
 * limit_bytes. */
enum rmn_status rmn_lh5_bytes(struct rmn_bytes packed, uint64_t size_bytes,
    uint64_t limit_bytes, struct rmn_arena *arena, struct rmn_bytes *bytes);

#endif
