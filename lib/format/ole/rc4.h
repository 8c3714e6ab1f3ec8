/* SPDX-License-Identifier: MIT
 *
 * RC4, which old Office encrypts with; the library keeps it apart from the rest ("legacy"). */
#ifndef RMN_FORMAT_RC4_H
#define RMN_FORMAT_RC4_H

#include "base/bytes.h"

struct rmn_rc4 {
	unsigned char state[256];
	unsigned char i, j;
};

void rmn_rc4_start(struct rmn_rc4 *rc4, struct rmn_bytes key);	/* not empty */
void rmn_rc4_skip(struct rmn_rc4 *rc4, size_t size);
void rmn_rc4_apply(struct rmn_rc4 *rc4, unsigned char *data, size_t size);

#endif
