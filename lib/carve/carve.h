/* SPDX-License-Identifier: MIT
 *
 * Files by their structure alone.  A carver is one row of carvers.def: how its files begin, a walk
 * that follows the structure and so finds the end, and, where the format allows it, a mend that
 * puts a fragmented file together again. */
#ifndef RMN_CARVE_CARVE_H
#define RMN_CARVE_CARVE_H

#include "base/sectors.h"
#include "base/status.h"
#include "carve/view.h"

/* How sure the structure makes us, rising. */
enum rmn_proof {
	RMN_PROOF_NONE,		/* not of this format, whatever its first bytes say */
	RMN_PROOF_BROKEN,	/* begins as it must, then breaks: see broken_at */
	RMN_PROOF_PLAUSIBLE,	/* nothing is wrong up to an end that was guessed or is not proven */
	RMN_PROOF_STRUCTURE,	/* walked to its end; the length is exact */
	RMN_PROOF_CHECKSUM,	/* the same, and checksums cover (nearly) all content */
};

struct rmn_proven {
	enum rmn_proof proof;
	uint64_t length_bytes;	/* of the whole file; when broken: what is known to be there
				 * of it, or 0 */
	uint64_t good_bytes;	/* proven from the start up to here */
	uint64_t broken_at;	/* when broken: the structure is surely wrong here, so that a cut
				 * lies in good_bytes < cut <= broken_at */
	const char *extension;	/* static: "docx"; NULL: the carver's own */
	bool is_encrypted;
	bool is_incomplete;	/* a part of the structure is missing (a zip without directory) */
};

/* What a walk may use, and what it has used; one for many walks. */
struct rmn_carve_tools {
	struct rmn_buf buffer, more;	/* scratch */
	uint64_t work;			/* bytes walked so far */
	uint64_t work_limit;		/* a walk stops (BROKEN) when work passes this; 0: none */
	struct rmn_zip_anchors *zip_anchors;	/* of carve/zip*.c, for many mends; starts as NULL */
	struct rmn_streams *streams;	/* of carve/streams.h; NULL until somebody who will walk over
					 * the same places often sets it: owned then */
};
struct rmn_zip_anchors;
struct rmn_streams *rmn_streams_new(void);	/* NULL when out of memory */
void rmn_streams_free(struct rmn_streams *streams);	/* takes NULL */
void rmn_zip_anchors_free(struct rmn_zip_anchors *anchors);	/* takes NULL */
void rmn_carve_tools_init(struct rmn_carve_tools *tools);
void rmn_carve_tools_release(struct rmn_carve_tools *tools);

/* What a mend may look at besides its own file. */
struct rmn_mender {
	struct rmn_disk *disk;
	struct rmn_carve_tools *tools;
	const struct rmn_sectors *taken;	/* by files that are sure, and by the living volumes */
	uint32_t block_bytes;			/* files start and are cut at phase + n * block_bytes */
	uint64_t phase;
	uint64_t reach_bytes;			/* how far a next piece is looked for, both ways */
	bool is_thorough;			/* not the first round: what costs more may be tried */
};

/* Whether the whole block at image_offset is on the disk and nobody has it. */
bool rmn_mender_is_free(const struct rmn_mender *m, uint64_t image_offset);

/* The first block border of the disk at or behind image_offset. */
uint64_t rmn_mender_border(const struct rmn_mender *m, uint64_t image_offset);

struct rmn_carver {
	const char *name;		/* lower case: "zip" */
	const char *extension;		/* "zip"; the walk may know better */
	const char *magic;		/* the first bytes, at magic_offset of the file */
	uint8_t magic_size, magic_offset;
	uint8_t order;			/* mends run by rising order: formats with checksums first */
	/* Follows the structure of view from its start.  view is open when carving, closed when a file
	 * with known extents is checked: then a length other than its size is still proof, and the
	 * caller compares. */
	void (*walk)(const struct rmn_view *view, struct rmn_carve_tools *tools,
	    struct rmn_proven *proven);
	/* Tries to make view whole by cutting it (rmn_view_cut); true with *proven when it is.  NULL:
	 * no mend for this format.  Deterministic: bounded by tools->work_limit, never by time. */
	bool (*mend)(const struct rmn_mender *m, struct rmn_view *view, struct rmn_proven *proven);
};

extern const struct rmn_carver rmn_carvers[];
extern const size_t rmn_carver_count;

/* What the rows name. */
#define CARVER(stem, name, extension, magic, offset, order) \
	void rmn_walk_##stem(const struct rmn_view *view, struct rmn_carve_tools *tools, \
	    struct rmn_proven *proven);
#define MENDED(stem, name, extension, magic, offset, order) \
	CARVER(stem, name, extension, magic, offset, order) \
	bool rmn_mend_##stem(const struct rmn_mender *m, struct rmn_view *view, \
	    struct rmn_proven *proven);
#include "carve/carvers.def"
#undef CARVER
#undef MENDED

/* The carver whose magic the bytes have (a sector is enough), by its place in the table;
 * SIZE_MAX: none.  Cheap: called on every sector of a disk. */
size_t rmn_carver_find(const unsigned char *bytes, size_t size);

/* Checks a file: finds its carver by its first bytes and walks it.  proof NONE without a carver. */
void rmn_carve_prove(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven, const struct rmn_carver **carver);

#endif
