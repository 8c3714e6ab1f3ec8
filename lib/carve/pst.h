/* SPDX-License-Identifier: MIT
 *
 * Outlook's stores ([MS-PST]) while they are walked.  Everything has its place in the file: a page or a
 * block is referred to by identifier and offset, and repeats its identifier and a CRC in its own trailer,
 * so that each can be proven alone, wherever it lies on a disk. */
#ifndef RMN_CARVE_PST_H
#define RMN_CARVE_PST_H

#include "base/arena.h"
#include "carve/carve.h"

#define PST_PAGE_BYTES 512u
#define PST_BLOCK_MAX 8192u

struct pst_piece {
	uint64_t offset, id;
	uint16_t size;		/* of a block's data; 0: a page */
};

struct pst {
	const struct rmn_view *view;
	struct rmn_carve_tools *tools;
	struct rmn_arena *arena;
	bool is_wide;			/* Unicode: 64-bit offsets */
	uint64_t length;		/* by the header */
	struct pst_piece node_root, block_root;
	uint64_t good, broken;		/* offsets: behind the last piece that is right below the first
					 * wrong one; UINT64_MAX: none is wrong */
	struct pst_piece missing, wanted;	/* at broken; what a mend looks for */
	uint64_t pieces;
};

/* The header, with its CRCs; false when it is none.  Release when true. */
bool pst_open(struct pst *s, const struct rmn_view *view, struct rmn_carve_tools *tools);
void pst_release(struct pst *s);

/* Proves every page of both trees, and every block they name. */
void pst_follow(struct pst *s);

/* How many bytes of the file a piece takes, trailer and padding included. */
uint32_t pst_piece_bytes(const struct pst *s, const struct pst_piece *piece);

/* Whether these bytes (pst_piece_bytes of them) are that piece. */
bool pst_piece_fits(const struct pst *s, const struct pst_piece *piece, const unsigned char *bytes);

#endif
