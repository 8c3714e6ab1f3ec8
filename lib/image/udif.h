/* SPDX-License-Identifier: MIT
 *
 * Apple's disk images (.dmg): runs of sectors, each compressed for itself, and a trailer that leads to
 * their table.  Works over any blob, so that an image inside another item is read the same way. */
#ifndef RMN_IMAGE_UDIF_H
#define RMN_IMAGE_UDIF_H

#include "base/blob.h"
#include "base/status.h"

struct rmn_udif;

/* Whether the last 512 bytes (tail) are such a trailer; whether the first or last bytes say that the
 * image is encrypted: the first version of encryption has its header at the end. */
bool rmn_udif_claims(struct rmn_bytes tail);
bool rmn_udif_is_encrypted(struct rmn_bytes head, struct rmn_bytes tail);

/* Borrows content.  RMN_UNSUPPORTED: one of several segments, or without a table that is read;
 * RMN_CORRUPT: trailer or table are damaged. */
enum rmn_status rmn_udif_open(struct rmn_blob *content, struct rmn_udif **udif,
    struct rmn_error *error);
void rmn_udif_close(struct rmn_udif *udif);	/* takes NULL */

uint64_t rmn_udif_size(const struct rmn_udif *udif);

/* Reads within the image.  RMN_IO where a run is damaged: *got bytes before it are good. */
enum rmn_status rmn_udif_read(struct rmn_udif *udif, uint64_t offset, void *buffer, size_t size,
    size_t *got, struct rmn_error *error);

#endif
