/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: the tests of sightings.def.  Each is in the file of its file system:
 * recover/sight_NAME.c. */
#ifndef RMN_RECOVER_SIGHT_H
#define RMN_RECOVER_SIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/number.h"

#define SIGHT(kind, first, test) bool test(const unsigned char *p, size_t size, unsigned *aux);
#include "recover/sightings.def"
#undef SIGHT

#endif
