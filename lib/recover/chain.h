/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: where the clusters of a file lie whose chain is lost.  A format zeroes the
 * allocation table; what is left are first clusters and sizes.  Drivers fill free clusters in rising
 * order, so that a file goes on behind its first cluster and steps over what others had: the solver
 * knows who starts where, tries the few explanations that fit, and asks the carvers' walks which of
 * them is true.  FAT and exFAT share it. */
#ifndef RMN_RECOVER_CHAIN_H
#define RMN_RECOVER_CHAIN_H

#include "base/arena.h"
#include "recover/engine.h"

#define RMN_CHAIN_FIRST_CLUSTER 2u

struct rmn_chain_grid {
	int64_t base_byte;		/* of cluster 0, which nobody has: may be before the image */
	uint32_t cluster_bytes;		/* a multiple of 512 */
	uint32_t cluster_end;		/* behind the last cluster; all are on the disk */
};

struct rmn_chain_run {
	uint32_t first, count;
};

enum rmn_chain_state {
	RMN_CHAIN_NONE,		/* no clusters: empty, or what the record says cannot be */
	RMN_CHAIN_EXACT,	/* the record itself says where they are */
	RMN_CHAIN_PROVEN,	/* the content is whole by its format's structure */
	RMN_CHAIN_FENCED,	/* no proof, but no other place is left: one explanation fits */
	RMN_CHAIN_ASSUMED,	/* contiguous; nothing speaks against it */
	RMN_CHAIN_GUESSED,	/* something does */
};

struct rmn_chain_file {
	uint32_t first;			/* cluster; below 2: none */
	uint64_t size_bytes;
	bool is_deleted;
	bool is_stale;			/* the record may be older than the volume's last state */
	bool is_scattered;		/* the record says that it is not contiguous */
	bool is_first_vague;		/* the high word of first may have been zeroed */
	unsigned head;			/* sighting kind that the name promises; 0: none */
	enum rmn_chain_state state;	/* EXACT with runs when given so; else a result */
	struct rmn_chain_run *runs;	/* of the arena */
	size_t run_count;
	bool is_checked;		/* a result: the content of these runs was walked through */
	enum rmn_check check;
};

/* The grid whose cluster 0 would be at base, up to the end of the disk or volume_end (0: unknown).
 * False when no cluster is on the disk. */
bool rmn_chain_grid_init(struct rmn_chain_grid *grid, int64_t base_byte, uint32_t cluster_bytes,
    uint64_t disk_bytes, uint64_t volume_end);

static inline bool
rmn_chain_grid_has(const struct rmn_chain_grid *grid, uint64_t cluster)
{
	return cluster >= RMN_CHAIN_FIRST_CLUSTER && cluster < grid->cluster_end;
}

/* Of a cluster that the grid has (or its end). */
static inline uint64_t
rmn_chain_place(const struct rmn_chain_grid *grid, uint32_t cluster)
{
	return (uint64_t)(grid->base_byte + (int64_t)cluster * grid->cluster_bytes);
}

/* The cluster that begins at a place; false when none does. */
bool rmn_chain_cluster_at(const struct rmn_chain_grid *grid, uint64_t image_offset,
    uint32_t *cluster);

/* How many clusters a size takes; UINT64_MAX never. */
static inline uint64_t
rmn_chain_clusters(const struct rmn_chain_grid *grid, uint64_t size_bytes)
{
	return size_bytes / grid->cluster_bytes + (size_bytes % grid->cluster_bytes != 0);
}

/* Finds the clusters of all files (their order does not matter).  taken: clusters of folders and
 * whatever else no file can have; what is in use is known from r.  Everything made is in the arena.
 * RMN_LIMIT when trials were given up: the rest is guessed. */
enum rmn_status rmn_chain_solve(struct rmn_recovery *r, const struct rmn_chain_grid *grid,
    const struct rmn_sectors *taken, struct rmn_chain_file *const *files, size_t count,
    struct rmn_arena *arena);

/* A file's extents on the image, clipped to its size; in the arena, NULL when out of memory. */
struct rmn_extent *rmn_chain_extents(const struct rmn_chain_grid *grid,
    const struct rmn_chain_file *file, struct rmn_arena *arena, size_t *count);

#endif
