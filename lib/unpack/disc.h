/* SPDX-License-Identifier: MIT
 *
 * Optical discs are known by descriptors 32 KiB behind their start (ECMA-167 2/8 and 3/9): those of
 * ISO 9660 first, those of UDF behind them or alone. */
#ifndef RMN_UNPACK_DISC_H
#define RMN_UNPACK_DISC_H

#include "base/blob.h"

/* "iso9660", which may have UDF beside it; "udf", which is alone; NULL when content is no disc. */
const char *rmn_disc_find(struct rmn_blob *content);

bool rmn_disc_has_udf(struct rmn_blob *content);

#endif
