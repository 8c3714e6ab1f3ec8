/* SPDX-License-Identifier: MIT
 *
 * Private to run*.c: what a run keeps between its sweeps. */
#ifndef RMN_CARVE_RUN_PRIVATE_H
#define RMN_CARVE_RUN_PRIVATE_H

#include "base/limits.h"
#include "carve/run.h"

/* Of a broken file less than this is no use to anybody. */
#define RMN_CARVE_GOOD_MIN 1024u

/* Block sizes that are told apart where no volume is known: 512 << 0 .. 512 << 7. */
#define RMN_CARVE_BLOCK_SIZES 8u

/* A file that was not whole where it begins. */
struct rmn_carve_open {
	uint64_t offset;
	uint32_t carver;
	uint32_t block_bytes;		/* 0: in no grid */
	struct rmn_proven proven;
	struct rmn_view *partly;	/* owned; NULL, or the pieces that a mend got right */
	bool is_done;
};

enum rmn_carve_limit {
	RMN_CARVE_LIMIT_WALKS, RMN_CARVE_LIMIT_MENDS, RMN_CARVE_LIMIT_OPEN, RMN_CARVE_LIMIT_COUNT
};

struct rmn_carve_state {
	const struct rmn_carve_job *job;
	struct rmn_carve_tools tools;
	struct rmn_carve_open *open;	/* owned */
	size_t count, capacity;
	uint64_t credit;		/* bytes that fruitless walks may still cost */
	uint64_t mend_credit[UINT8_MAX + 1];	/* the same of mends, by their order */
	bool is_told[RMN_CARVE_LIMIT_COUNT];
	bool failed;			/* out of memory */
	uint32_t block_guess;		/* blocks outside of all grids */
	uint64_t phase_heads;		/* heads there, and how many in which sector of their block */
	uint64_t phases[1u << (RMN_CARVE_BLOCK_SIZES - 1)];
};

void rmn_carve_tell(struct rmn_carve_state *s, enum rmn_carve_limit limit);

/* Whether the first size_bytes of view are on the disk and all free. */
bool rmn_carve_is_free(const struct rmn_carve_state *s, const struct rmn_view *view,
    uint64_t size_bytes);

/* Hands the file on and takes its sectors. */
void rmn_carve_claim(struct rmn_carve_state *s, const struct rmn_view *view, uint64_t size_bytes,
    const struct rmn_carver *carver, const struct rmn_proven *proven, bool is_mended);

/* Whether a file may begin here; if so in blocks of what size (0: in no grid). */
bool rmn_carve_head_fits(const struct rmn_carve_job *job, uint64_t offset, uint32_t *block_bytes);

/* Finds the size of blocks outside of all grids, from the distances between heads, and at which sectors of
 * blocks files begin there. */
void rmn_carve_blocks_guess(struct rmn_carve_state *s);
bool rmn_carve_is_in_phase(const struct rmn_carve_state *s, uint64_t offset);

/* Mends what is open, surest formats first. */
void rmn_carve_mend(struct rmn_carve_state *s);

#endif
