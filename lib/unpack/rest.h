/* SPDX-License-Identifier: MIT
 *
 * What libarchive leaves of an archive that it cannot read to its end: names, sizes and times of members,
 * from its headers or directory.  Each is given as a member that cannot be read. */
#ifndef RMN_UNPACK_REST_H
#define RMN_UNPACK_REST_H

#include "base/blob.h"
#include "base/buf.h"
#include "base/hashes.h"
#include "base/sink.h"

struct rmn_rest {
	struct rmn_blob *content;
	const struct rmn_sink *sink;
	struct rmn_hashes given;	/* names of members that were given */
	struct rmn_buf name;		/* of the member under way */
	uint64_t count;			/* of members that were given from here */
};

void rmn_rest_init(struct rmn_rest *rest, struct rmn_blob *content, const struct rmn_sink *sink);
void rmn_rest_release(struct rmn_rest *rest);

/* A member that was given otherwise. */
void rmn_rest_note(struct rmn_rest *rest, struct rmn_bytes name);

/* Gives the member under the name in rest->name, whose backslashes become slashes, unless one of that name
 * was given. */
enum rmn_status rmn_rest_give(struct rmn_rest *rest, struct rmn_member *member);

/* The formats; each ends where headers are encrypted or not sound. */
enum rmn_status rmn_rest_rar(struct rmn_rest *rest);
enum rmn_status rmn_rest_cab(struct rmn_rest *rest);

#endif
