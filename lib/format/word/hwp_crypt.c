/* SPDX-License-Identifier: MIT
 *
 * After Hancom's description of documents for distribution (revision 1.2). */
#include "format/word/hwp_crypt.h"

#include <string.h>

#include "base/aes.h"
#include "base/cursor.h"

#define HEAD_TAG 28u			/* of the record in front */
#define HEAD_BYTES 256u
#define SEED_BYTES 4u
#define KEY_BYTES 16u

/* The generator of old C libraries for Windows. */
static unsigned
random_next(uint32_t *seed)
{
	*seed = *seed * 214013u + 2531011u;
	return *seed >> 16 & 0x7FFF;
}

/* The hash of the password for changes, hidden by runs of one random byte each; its start is the key. */
static void
key_find(const unsigned char *head, unsigned char *key)
{
	unsigned char plain[HEAD_BYTES];
	uint32_t seed = rmn_le32(head), random = seed;
	unsigned left = 0, mask = 0;

	memcpy(plain, head, sizeof(plain));
	for (unsigned i = 0; i < HEAD_BYTES; i++, left--) {
		if (left == 0) {
			mask = random_next(&random) & 0xFF;
			left = (random_next(&random) & 0x0F) + 1;
		}
		if (i >= SEED_BYTES)
			plain[i] = (unsigned char)(plain[i] ^ mask);
	}
	memcpy(key, plain + SEED_BYTES + (seed & 0x0F), KEY_BYTES);
}

bool
rmn_hwp_section_decrypt(struct rmn_bytes stream, struct rmn_arena *arena, struct rmn_bytes *section)
{
	struct rmn_cursor c = rmn_cursor_over(stream);
	unsigned char key[KEY_BYTES], *plain;
	struct rmn_bytes head, rest;
	struct rmn_aes *aes;
	uint32_t mark;
	bool is_done;

	if (!rmn_cursor_le32(&c, &mark) || (mark & 0x3FF) != HEAD_TAG || mark >> 20 != HEAD_BYTES ||
	    !rmn_cursor_take(&c, HEAD_BYTES, &head))
		return false;
	rest = rmn_bytes_after(stream, c.offset);
	rest.size -= rest.size % RMN_AES_BLOCK_BYTES;
	key_find(head.data, key);
	plain = rmn_arena_take(arena, rest.size + 1);
	aes = rmn_aes_new((struct rmn_bytes){key, sizeof(key)}, false);
	is_done = plain && aes && rmn_aes_decrypt(aes, NULL, rest, plain);
	rmn_aes_free(aes);
	*section = (struct rmn_bytes){plain, is_done ? rest.size : 0};
	return is_done;
}
