/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: ext inode tables without superblock or descriptors. */
#ifndef RMN_RECOVER_EXT_ANCHOR_H
#define RMN_RECOVER_EXT_ANCHOR_H

#include "recover/ext_volume.h"

/* Folders whose inode and first block name each other: so many prove a start and its sizes. */
#define EXT_ANCHORS_MIN 3u

/* The layout of a volume that began at start_byte, each block of its tables as a group; the caller
 * releases it.  shadow: the living ext volume that is there now, or NULL.  Returns how many folders
 * bear it out; 0: none, or out of memory (*failed). */
size_t rmn_ext_anchor_layout(struct rmn_recovery *r, const struct rmn_ext_crc *crc,
    uint64_t start_byte, struct rmn_ext_shadow *shadow, struct rmn_ext_layout *layout,
    bool *failed);

#endif
