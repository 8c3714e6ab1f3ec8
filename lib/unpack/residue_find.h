/* SPDX-License-Identifier: MIT
 *
 * Where in unclaimed bytes a deflate stream may be announced.  Runs over every free byte of a
 * disk: see residue_find.c for its speed. */
#ifndef RMN_UNPACK_RESIDUE_FIND_H
#define RMN_UNPACK_RESIDUE_FIND_H

#include "base/bytes.h"

enum rmn_residue_kind {
	RMN_RESIDUE_NONE,
	RMN_RESIDUE_ZIP,	/* "PK\3\4" */
	RMN_RESIDUE_GZIP,	/* 1F 8B 08 */
	RMN_RESIDUE_PDF,	/* "/FlateDecode" */
};

/* The first announcement at or behind from; *at is where it starts. */
enum rmn_residue_kind rmn_residue_find(struct rmn_bytes bytes, size_t from, size_t *at);

#endif
