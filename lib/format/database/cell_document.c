/* SPDX-License-Identifier: MIT */
#include "format/database/cell_document.h"

#include "format/format.h"
#include "unpack/unpack.h"

#define HEAD_BYTES 8192u
/* Bits of a claim that make a cell a document of its own: a magic of four bytes. */
#define CLAIM_BITS 32u

bool
rmn_cell_is_document(struct rmn_bytes bytes, struct rmn_arena *arena)
{
	struct rmn_blob blob = rmn_blob_from_bytes(bytes);
	struct rmn_head_guess guess = {.is_known = false};
	struct rmn_format_input input = {
		.content = &blob,
		.head = rmn_bytes_head(bytes, HEAD_BYTES),
		.arena = arena,
		.guess = &guess,
	};
	const struct rmn_format *format;
	const char *archive;

	if (rmn_unpack_claim(input.head, &archive))
		return true;
	format = rmn_format_claim(&input);
	return format && format->kind != RMN_KIND_TEXT && format->claim(&input) >= CLAIM_BITS;
}
