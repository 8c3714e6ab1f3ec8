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

struct zip_search {
	const struct rmn_mender *m;
	uint64_t *blocks;		/* owned: image offsets of free blocks, rising */
	uint8_t *used;			/* owned: by the path */
	size_t block_count;
	size_t *path;			/* owned: numbers of blocks, as many as are known */
	size_t path_count, path_capacity;
	size_t fixed;			/* so many blocks of the path are proven or as good */
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

bool zip_search_is_over(const struct zip_search *s);

/* Reads size bytes at inside of a block by its number into the buffer. */
struct rmn_bytes zip_search_load(struct zip_search *s, size_t number, size_t inside, size_t size);

/* The number of the block that follows in file order when nothing says otherwise; SIZE_MAX: none. */
size_t zip_search_next(const struct zip_search *s, size_t number);

/* The path from file block at on is dropped. */
void zip_search_cut(struct zip_search *s, size_t at);

/* Makes number the next block of the path. */
bool zip_search_append(struct zip_search *s, size_t number);

/* Lets track read the rest of the block it stands in, which is that number.  False: BAD. */
bool zip_search_read(struct zip_search *s, struct zip_track *track, size_t number);

/* Sets s->base to the state at the start of file block at, along the path. */
bool zip_search_base(struct zip_search *s, size_t at);

/* Where s->now is BAD: changes the path so that it is right for longer.  False: no way was found. */
bool zip_search_repair(struct zip_search *s);

/* The same for a member whose end is known: the header behind it must stand at its place in some block,
 * which tells the gap; where it lies the CRC tells. */
bool zip_search_bracket(struct zip_search *s);

#endif
