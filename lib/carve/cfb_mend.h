/* SPDX-License-Identifier: MIT
 *
 * A fragmented compound file being put together.  Its blocks are numbered from 0; spots are the blocks
 * whose place on the disk is known because what stands there says so; between two spots a gap has to
 * be filled with blocks nobody else has. */
#ifndef RMN_CARVE_CFB_MEND_H
#define RMN_CARVE_CFB_MEND_H

#include "carve/cfb.h"

#define CFB_SPOTS_MAX 4096u
#define CFB_BLOCK_MAX 65536u

struct cfb_spot {
	uint32_t block;
	uint64_t image_offset;
};

/* What a sector of the file is for, by the FAT and the directory. */
enum cfb_kind {
	CFB_KIND_FREE,
	CFB_KIND_FAT,
	CFB_KIND_DIRECTORY,
	CFB_KIND_MINI_FAT,
	CFB_KIND_MINI,		/* small streams */
	CFB_KIND_PLAIN,		/* of a format that is never compressed or encrypted here */
	CFB_KIND_MIXED,		/* of a format that holds pictures too */
	CFB_KIND_PACKED,	/* zlib, whose end is checksummed */
	CFB_KIND_UNKNOWN,
};

struct cfb_mend {
	const struct rmn_mender *m;
	struct rmn_view *view;
	struct rmn_arena *arena;
	unsigned char *scratch;		/* CFB_BLOCK_MAX */
	uint64_t start;			/* of the file on the disk */
	uint32_t block_bytes;
	uint32_t blocks;		/* of the file; before the FAT is known at most */
	struct cfb_spot *spots;		/* by rising block; [0] is the start */
	size_t spot_count;
	uint64_t *places;		/* of each block */
	size_t kind_capacity;
	uint8_t *kinds;			/* of each 512 bytes of the file, enum cfb_kind */
	uint32_t *chains;		/* of each 512 bytes: a number of the stream, 0: none */
};

/* The blocks between two neighbouring spots. */
struct cfb_gap {
	struct cfb_mend *d;
	uint32_t first;		/* number of the first block wanted */
	uint32_t need, extra;	/* free blocks to keep, to leave out */
	uint64_t *free;		/* need + extra places */
	uint8_t *classes;	/* of their sectors */
	unsigned sectors;	/* of a block */
	uint8_t before, behind;	/* class of the last sector before, the first behind */
	uint64_t place_before, place_behind;
	uint32_t *chosen;	/* of the free blocks, for each that is needed */
	int least;		/* what the cheapest way costs */
	int change_cost;	/* of two unlike sectors at a border of blocks */
	int *left_out;		/* such changes up to each free block, together */
	int *forward, *backward;	/* (need + 1) * (extra + 1) */
};

enum cfb_gap_end {
	CFB_GAP_NONE,		/* it cannot be filled */
	CFB_GAP_DOUBTFUL,	/* filled in the best way, others are nearly as good */
	CFB_GAP_CLEAR,
};

/* Fills places in the way the bytes speak for most.  The gap stays valid for the calls below. */
enum cfb_gap_end cfb_gap_fill(struct cfb_mend *d, const struct cfb_spot *from,
    const struct cfb_spot *to, struct cfb_gap *gap);

/* The ways that leave all extra blocks out at once, behind the first kept ones (0 .. need): what one
 * costs, and to take it. */
int cfb_gap_once_cost(const struct cfb_gap *gap, uint32_t kept);
void cfb_gap_once_take(struct cfb_gap *gap, uint32_t kept);

/* Whether every jump of the way that was taken shows in the bytes around it. */
bool cfb_gap_is_sure(const struct cfb_gap *gap);

/* Bytes that must stand at an offset of the file. */
struct cfb_wanted {
	uint64_t file_offset;
	size_t size;		/* inside one block */
	bool (*fits)(const struct cfb_wanted *wanted, const unsigned char *bytes);
	const struct cfb *c;
	uint32_t index, count;	/* of what; of FAT sectors */
};

/* Whether they stand where the spot before leads; the block is a spot then. */
bool cfb_spot_expect(struct cfb_mend *d, const struct cfb_wanted *wanted);

/* Looks for the block that has them further on, as far as the spot behind allows; without one behind
 * also in front of the file; and makes it a spot.  skip leaves out so many finds.  False when there is
 * none. */
bool cfb_spot_find(struct cfb_mend *d, const struct cfb_wanted *wanted, unsigned skip);

/* The same, for bytes that say little: only when one block alone between two spots has them. */
bool cfb_spot_find_between(struct cfb_mend *d, const struct cfb_wanted *wanted);

/* False when the block has another place already, or there are too many. */
bool cfb_spot_add(struct cfb_mend *d, uint32_t block, uint64_t image_offset);

/* The spot at or before a block; *after is the one behind it, NULL when there is none. */
const struct cfb_spot *cfb_spot_around(const struct cfb_mend *d, uint32_t block,
    const struct cfb_spot **after);

/* Sets every place by the spot before it. */
void cfb_spots_place(struct cfb_mend *d);

/* Makes the view of places. */
bool cfb_places_view(struct cfb_mend *d);

#endif
