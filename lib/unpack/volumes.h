/* SPDX-License-Identifier: MIT
 *
 * Archives that go on in other files. */
#ifndef RMN_UNPACK_VOLUMES_H
#define RMN_UNPACK_VOLUMES_H

#include "base/blob.h"

/* Whether content says that it is one of several: RAR 4 and 5, cabinets, zip. */
bool rmn_unpack_is_volume(struct rmn_blob *content);

#endif
