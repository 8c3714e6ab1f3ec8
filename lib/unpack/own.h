/* SPDX-License-Identifier: MIT
 *
 * Containers that have a reader of our own, and those that are known by name and have none. */
#ifndef RMN_UNPACK_OWN_H
#define RMN_UNPACK_OWN_H

#include "base/blob.h"
#include "base/sink.h"

struct rmn_unpack_own {
	const char *name;		/* as rmn_unpack_archive gives it */
	bool (*claim)(struct rmn_bytes head);
	/* As rmn_unpack_archive.  NULL: not read. */
	enum rmn_status (*read)(struct rmn_blob *content, const struct rmn_sink *sink,
	    struct rmn_error *error);
	const char *title;		/* of those that are not read, ... */
	enum rmn_status why;		/* ... and RMN_UNSUPPORTED or RMN_ENCRYPTED */
};

/* NULL when none of them. */
const struct rmn_unpack_own *rmn_unpack_own_find(struct rmn_bytes head);

/* lha.c, arj.c, apple.c, binhex.c */
bool rmn_lha_claim(struct rmn_bytes head);
enum rmn_status rmn_unpack_lha(struct rmn_blob *content, const struct rmn_sink *sink,
    struct rmn_error *error);
bool rmn_arj_claim(struct rmn_bytes head);
enum rmn_status rmn_unpack_arj(struct rmn_blob *content, const struct rmn_sink *sink,
    struct rmn_error *error);
bool rmn_apple_file_claim(struct rmn_bytes head);
enum rmn_status rmn_unpack_apple_file(struct rmn_blob *content, const struct rmn_sink *sink,
    struct rmn_error *error);
bool rmn_macbinary_claim(struct rmn_bytes head);
enum rmn_status rmn_unpack_macbinary(struct rmn_blob *content, const struct rmn_sink *sink,
    struct rmn_error *error);
bool rmn_binhex_claim(struct rmn_bytes head);
enum rmn_status rmn_unpack_binhex(struct rmn_blob *content, const struct rmn_sink *sink,
    struct rmn_error *error);

/* One stretch of content as a member: a fork. */
enum rmn_status rmn_unpack_fork(struct rmn_blob *content, uint64_t offset, uint64_t size_bytes,
    const struct rmn_member *facts, const struct rmn_sink *sink);

#endif
