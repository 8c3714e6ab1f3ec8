/* SPDX-License-Identifier: MIT
 *
 * An engine of the recovery over a disk that the fuzzer made up, and what settling relies on in what the
 * engine found. */
#ifndef RMN_TESTS_FUZZ_DISK_H
#define RMN_TESTS_FUZZ_DISK_H

#include "recover/found.h"

struct fuzz_disk {
	const unsigned char *bytes;
	size_t size;
	const struct rmn_living *living;	/* a volume that is there; NULL: none */
	uint64_t in_use_at, in_use_bytes;	/* of the disk, by it */
	size_t ahead_bytes;			/* that a sighting may look at */
	enum rmn_status (*engines[2])(struct rmn_recovery *r);
	bool has_no_holes;			/* no extent may be one */
	bool ends_on_disk;			/* extents begin there in any case */
	bool fits_size;				/* extents are not longer than the file, unless compressed */
	bool succeeds;				/* damage is no failure, and nothing else can be */
};

/* Aborts when anything is wrong. */
void fuzz_disk_run(const struct fuzz_disk *disk);

#endif
