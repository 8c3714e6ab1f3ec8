/* SPDX-License-Identifier: MIT
 *
 * Private to carve/zip*.c: the search for the blocks of a fragmented zip.
 *
 * Blocks are numbered in the order of the disk, those that somebody has left out: a file whose gaps are
 * other files that were found already is then contiguous.  The path says which block each block of the
 * file is; a track reads along it and says when it is wrong. */
#ifndef RMN_CARVE_ZIP_SEARCH_H
#define RMN_CARVE_ZIP_SEARCH_H

#include "carve/carve.h"
#include "carve/zip_track.h"

/* States at the borders behind, so that going back costs nothing. */
#define ZIP_SAVED 8u
#define ZIP_NOT_SAVED SIZE_MAX

/* Blocks on both sides of a place that are looked at first. */
#define ZIP_NEAR_BLOCKS ((size_t)512)

/* The first look at a block. */
#define ZIP_LOOK_BYTES ((size_t)256)

/* An error shows so many blocks behind its cut at most (but in data without checks). */
#define ZIP_CUTS 4u
/* Blocks that were chosen and may be wrong yet; of more than these the oldest stand. */
#define ZIP_CHOICES 24u

#define ZIP_IN_PATH 1u
#define ZIP_HAS_LOOK 2u

/* Blocks that may follow, when none does for sure. */
#define ZIP_CANDIDATES 4u

/* Where the search for a block goes on when the one that was chosen proves wrong. */
struct zip_choice {
	size_t first, last;		/* file blocks: the first wrong one is one of these */
	size_t wrong[ZIP_CUTS];		/* the path from last backwards */
	size_t fixed;			/* as it was before */
	size_t at;			/* file block that was chosen */
	uint64_t error;
	unsigned step;
	bool is_ranked;			/* the candidates of this step are known: */
	unsigned ranked, next;		/* how many, and which is tried next */
	struct zip_candidate {
		size_t number;
		uint64_t reach;		/* bytes that were fine from there on */
	} best[ZIP_CANDIDATES];		/* by falling reach, then by distance */
};

struct zip_search {
	const struct rmn_mender *m;
	uint64_t *blocks;		/* owned: image offsets of free blocks, rising */
	uint8_t *used;			/* owned: ZIP_IN_PATH, ZIP_HAS_LOOK */
	size_t block_count, block_capacity;
	size_t far_blocks;		/* on both sides of a cut: what is tried at most */
	unsigned char *looks;		/* owned: the first bytes of blocks, as they were needed */
	size_t look_count;		/* blocks that looks has room for */
	uint64_t looked_to;		/* image offset up to which blocks are numbered */
	size_t *path;			/* owned: numbers of blocks, as many as are known */
	size_t path_count, path_capacity;
	size_t fixed;			/* so many blocks of the path are chosen or proven */
	struct zip_choice choices[ZIP_CHOICES];
	size_t choice_count;
	struct zip_members members;
	struct zip_track now;		/* reads along the path */
	struct zip_track proven;	/* where everything before is covered by a checksum */
	struct zip_track base, trial;	/* for trying */
	struct zip_track saved[ZIP_SAVED];
	size_t saved_at[ZIP_SAVED];	/* file block at whose start it stands */
	unsigned char *buffer;		/* owned: a block */
	bool failed;			/* out of memory */
};

bool zip_search_init(struct zip_search *s, const struct rmn_mender *m, uint64_t start);
void zip_search_release(struct zip_search *s);

static inline uint32_t
zip_search_block(const struct zip_search *s)
{
	return s->m->block_bytes;
}

static inline bool
zip_search_is_used(const struct zip_search *s, size_t number)
{
	return s->used[number] & ZIP_IN_PATH;
}

static inline void
zip_search_use(struct zip_search *s, size_t number, bool is_used)
{
	s->used[number] = (uint8_t)((s->used[number] & ZIP_HAS_LOOK) | (is_used ? ZIP_IN_PATH : 0));
}

bool zip_search_is_over(const struct zip_search *s);

/* Reads size bytes at inside of a block by its number into the buffer. */
struct rmn_bytes zip_search_load(struct zip_search *s, size_t number, size_t inside, size_t size);

/* The first bytes of a block, ZIP_LOOK_BYTES or the block. */
struct rmn_bytes zip_search_look(struct zip_search *s, size_t number);

/* The number of the block that follows in file order when nothing says otherwise; SIZE_MAX: none. */
size_t zip_search_next(struct zip_search *s, size_t number);

/* The path from file block at on is dropped. */
void zip_search_cut(struct zip_search *s, size_t at);

/* Makes number the next block of the path. */
bool zip_search_append(struct zip_search *s, size_t number);

/* The number of the block at an image offset; SIZE_MAX: it is none of the search's. */
size_t zip_search_find(const struct zip_search *s, uint64_t offset);

/* The n-th block by its distance from number, of near ones on both sides: forward first, then backward;
 * SIZE_MAX: there are no more. */
size_t zip_search_candidate(const struct zip_search *s, size_t number, size_t near, size_t n);

/* Accounts for what a track unpacks besides what it reads. */
void zip_search_account(struct zip_search *s, const struct zip_track *track, uint64_t size_before);

/* Lets track read the rest of the block it stands in, which is that number.  False: BAD. */
bool zip_search_read(struct zip_search *s, struct zip_track *track, size_t number);

/* Sets s->base to the state at the start of file block at, along the path. */
bool zip_search_base(struct zip_search *s, size_t at);

/* Where s->now is BAD: changes the path so that it is right for longer.  False: no way was found. */
bool zip_search_repair(struct zip_search *s);

/* The same for a member whose end is known: the header behind it must stand at its place in some block,
 * which tells the gap; where it lies the CRC tells.  near: so many blocks on both sides are looked at. */
bool zip_search_bracket(struct zip_search *s, size_t near);

#endif
