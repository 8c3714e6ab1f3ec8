/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: the engine of engines.def. */
#ifndef RMN_RECOVER_NTFS_H
#define RMN_RECOVER_NTFS_H

#include "recover/engine.h"

enum rmn_status rmn_recover_ntfs(struct rmn_recovery *r);

#endif
