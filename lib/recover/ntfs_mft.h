/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: what a record 0 that is left says of its $MFT: which records were its own, and
 * where.  A table that was laid over an older one covers its head; the rest of the older one goes on
 * behind it, in the same place and with numbers that go on. */
#ifndef RMN_RECOVER_NTFS_MFT_H
#define RMN_RECOVER_NTFS_MFT_H

#include "recover/ntfs_base.h"

struct rmn_ntfs_mft_run {
	uint64_t first;			/* cluster of the table */
	struct rmn_ntfs_run run;
};

struct rmn_ntfs_mft {
	uint32_t base;			/* place in the list of bases */
	int64_t created;		/* when the volume was made; INT64_MAX: unknown */
	uint64_t size_bytes;		/* of the table, as far as it was ever written */
	uint64_t mapped_bytes;		/* of it, those whose place is known */
	struct rmn_ntfs_mft_run *runs;	/* owned; by rising first */
	size_t run_count;
};
#define RMN_NTFS_MFTS_MAX 32u
#define RMN_NTFS_MFT_RUNS_MAX 4096u

struct rmn_ntfs_mfts {
	struct rmn_ntfs_mft list[RMN_NTFS_MFTS_MAX];
	size_t count;
};

/* Finds them, and cuts the pieces where what belongs to one ends (piece->mft, piece->is_older). */
enum rmn_status rmn_ntfs_mfts_find(struct rmn_recovery *r, struct rmn_ntfs_table *t,
    const struct rmn_ntfs_bases *bases, struct rmn_ntfs_mfts *mfts);
/* When the volume was made whose record 0 stands at place: the creation of its own files.  INT64_MAX
 * when they do not tell. */
int64_t rmn_ntfs_made(struct rmn_recovery *r, uint64_t place);

void rmn_ntfs_mfts_release(struct rmn_ntfs_mfts *mfts);

#endif
