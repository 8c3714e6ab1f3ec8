/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: where lost NTFS volumes began and how large their clusters were.  Candidates come
 * from boot sectors, from records 0, from the living volumes and from usual places; first bytes of
 * documents where the records promise them decide, and name bases that nothing else names. */
#ifndef RMN_RECOVER_NTFS_BASE_H
#define RMN_RECOVER_NTFS_BASE_H

#include "recover/ntfs_table.h"

struct rmn_ntfs_base {
	int64_t start_byte;
	uint64_t length_bytes;		/* 0: unknown */
	uint32_t cluster_bytes;
	uint32_t hits, asked;		/* promises that were kept, of a sample */
	bool is_verified;		/* a record 0 stands where it says */
	char evidence[64];
};

struct rmn_ntfs_bases {
	struct rmn_ntfs_base *list;	/* owned */
	size_t count, capacity;
};
#define RMN_NTFS_BASES_MAX 4096u

/* Finds the bases and gives each piece its own (piece->base; UINT32_MAX where none fits). */
enum rmn_status rmn_ntfs_bases_find(struct rmn_recovery *r, struct rmn_ntfs_table *t,
    struct rmn_ntfs_bases *bases);
void rmn_ntfs_bases_release(struct rmn_ntfs_bases *bases);

#endif
