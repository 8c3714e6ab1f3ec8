/* SPDX-License-Identifier: MIT
 *
 * Private to carve/pdf*.c: where on a disk the pieces of a broken PDF may be.  What is looked
 * for are ends (startxref and its section) that agree with what is known of the file, and then
 * the objects that the section lists: the place of each, to the byte, says which block of the
 * file that is. */
#ifndef RMN_CARVE_PDF_FIND_H
#define RMN_CARVE_PDF_FIND_H

#include "carve/pdf.h"

/* "n g obj" somewhere on the disk. */
struct rmn_pdf_hit {
	uint64_t place;			/* of its first digit */
	uint32_t number;
};

/* An end that may be this file's. */
struct rmn_pdf_tail {
	uint64_t place;			/* of its section, on the disk */
	uint64_t offset;		/* of its section, in the file */
	uint64_t length;		/* of the file then */
	uint64_t prev;			/* of the section; UINT64_MAX: none */
	size_t first, count;		/* its entries */
	size_t agreed;			/* objects already walked that it lists where they are */
	uint64_t distance;		/* from the file's start */
	bool is_cut;			/* the walk broke inside its section: place is of
					 * startxref, length is not known */
};

/* A block of the file that stands at a place of the disk, as objects in it say. */
struct rmn_pdf_guess {
	uint64_t block, place;
	uint32_t votes;
	uint64_t anchor;		/* one of these objects: offset in the file */
};

struct rmn_pdf_finds {
	struct rmn_pdf_hit *hits;	/* owned */
	size_t hit_count, hit_capacity;
	struct rmn_pdf_tail *tails;	/* owned; the best first */
	size_t tail_count, tail_capacity;
	struct rmn_pdf_sections sections;	/* of the tails */
	struct rmn_pdf_guess *guesses;	/* owned; of one tail, by block, then most votes first */
	size_t guess_count, guess_capacity;
	struct rmn_buf buffer;
	bool failed;
};

void rmn_pdf_finds_init(struct rmn_pdf_finds *f);
void rmn_pdf_finds_release(struct rmn_pdf_finds *f);

/* Searches the free blocks of [from, to) of the disk and adds what is found.  pdf is the walk up
 * to where it broke, start where the file begins. */
void rmn_pdf_find(struct rmn_pdf_finds *f, const struct rmn_mender *m, const struct rmn_pdf *pdf,
    uint64_t start, uint64_t from, uint64_t to);

/* Makes the guesses for one tail, from all that was found. */
void rmn_pdf_guess_all(struct rmn_pdf_finds *f, const struct rmn_mender *m,
    const struct rmn_pdf *pdf, uint64_t start, size_t tail);

#endif
