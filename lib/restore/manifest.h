/* SPDX-License-Identifier: MIT
 *
 * Private to restore/: manifest.tsv, one row a written file (DESIGN 5, docs/recovery.md): sha256
 * size_bytes path modified created state recoverability source_offset forensic_path.  UTF-8, a header
 * line, C-style escapes. */
#ifndef RMN_RESTORE_MANIFEST_H
#define RMN_RESTORE_MANIFEST_H

#include <stdio.h>

#include "base/hash.h"
#include "base/hashes.h"
#include "store/select.h"

struct rmn_manifest {
	FILE *file;
	struct rmn_hashes seen;	/* of the forensic paths that an earlier run wrote */
};

/* Opens or makes it; reads what is there. */
enum rmn_status rmn_manifest_open(struct rmn_manifest *m, int root, struct rmn_error *error);

/* Whether an earlier run wrote this item. */
bool rmn_manifest_has(const struct rmn_manifest *m, const char *forensic_path);

enum rmn_status rmn_manifest_add(struct rmn_manifest *m, const struct rmn_selected *item,
    struct rmn_bytes path, const unsigned char sha256[RMN_SHA256_BYTES], struct rmn_error *error);
enum rmn_status rmn_manifest_close(struct rmn_manifest *m);

#endif
