/* SPDX-License-Identifier: MIT */
#include "format/ole/rc4.h"

void
rmn_rc4_start(struct rmn_rc4 *rc4, struct rmn_bytes key)
{
	unsigned char j = 0;

	for (unsigned i = 0; i < 256; i++)
		rc4->state[i] = (unsigned char)i;
	for (unsigned i = 0; i < 256; i++) {
		unsigned char swap = rc4->state[i];

		j = (unsigned char)(j + swap + key.data[i % key.size]);
		rc4->state[i] = rc4->state[j];
		rc4->state[j] = swap;
	}
	rc4->i = rc4->j = 0;
}

static unsigned char
next(struct rmn_rc4 *rc4)
{
	unsigned char a = rc4->state[++rc4->i], b;

	rc4->j = (unsigned char)(rc4->j + a);
	b = rc4->state[rc4->j];
	rc4->state[rc4->i] = b;
	rc4->state[rc4->j] = a;
	return rc4->state[(unsigned char)(a + b)];
}

void
rmn_rc4_skip(struct rmn_rc4 *rc4, size_t size)
{
	for (size_t i = 0; i < size; i++)
		next(rc4);
}

void
rmn_rc4_apply(struct rmn_rc4 *rc4, unsigned char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		data[i] ^= next(rc4);
}
