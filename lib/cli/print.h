/* SPDX-License-Identifier: MIT */
#ifndef RMN_CLI_PRINT_H
#define RMN_CLI_PRINT_H

#include "base/bytes.h"

/* Evidence on standard output, which may be a terminal: everything but line ends and tabs is made
 * harmless (rmn_utf8_append_escaped). */
void rmn_print_evidence(struct rmn_bytes text);

#endif
