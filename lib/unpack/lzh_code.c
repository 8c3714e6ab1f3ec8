/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/checked.h"
#include "unpack/lzh_private.h"

static void
input_fill(struct rmn_lzh *z)
{
	size_t want = (size_t)rmn_min_u64(LZH_INPUT_BYTES, z->packed_left), got = 0;

	rmn_blob_read(z->content, z->offset, z->input, want, &got, NULL);
	z->offset += got;
	z->packed_left = got > 0 ? z->packed_left - got : 0;
	z->input_at = 0;
	z->input_size = got;
}

/* Makes at least 32 bits ready; behind the end they are zeros, and counted. */
static void
bits_fill(struct rmn_lzh *z)
{
	while (z->bit_count <= 32) {
		unsigned byte = 0;

		if (z->input_at == z->input_size && z->packed_left > 0)
			input_fill(z);
		if (z->input_at < z->input_size)
			byte = z->input[z->input_at++];
		else
			z->padding_bits += 8;
		z->bits |= (uint64_t)byte << (56 - z->bit_count);
		z->bit_count += 8;
	}
	if (z->padding_bits > z->bit_count)
		z->is_broken = true;	/* some of them were used */
}

static unsigned
bits_peek(const struct rmn_lzh *z, unsigned count)
{
	return count ? (unsigned)(z->bits >> (64 - count)) : 0;
}

static void
bits_skip(struct rmn_lzh *z, unsigned count)
{
	z->bits <<= count;
	z->bit_count -= count;
}

unsigned
lzh_bits_take(struct rmn_lzh *z, unsigned count)
{
	unsigned value;

	bits_fill(z);
	value = bits_peek(z, count);
	bits_skip(z, count);
	return value;
}

void
lzh_code_single(struct lzh_code *code, unsigned symbol)
{
	code->is_single = true;
	code->symbols[0] = (uint16_t)symbol;
}

bool
lzh_code_build(struct lzh_code *code, const unsigned char *lengths, unsigned count)
{
	uint16_t next[LZH_CODE_BITS_MAX + 2] = {0};
	unsigned room = 1;

	memset(code->count, 0, sizeof(code->count));
	code->is_single = false;
	for (unsigned i = 0; i < count; i++)
		code->count[lengths[i]]++;
	code->count[0] = 0;
	for (unsigned length = 1; length <= LZH_CODE_BITS_MAX; length++) {
		room *= 2;
		if (code->count[length] > room)
			return false;
		room -= code->count[length];
		next[length + 1] = (uint16_t)(next[length] + code->count[length]);
	}
	for (unsigned i = 0; i < count; i++)
		if (lengths[i] > 0)
			code->symbols[next[lengths[i]]++] = (uint16_t)i;
	return true;
}

unsigned
lzh_code_take(struct rmn_lzh *z, const struct lzh_code *code)
{
	unsigned first = 0, index = 0, value;

	if (code->is_single)
		return code->symbols[0];
	bits_fill(z);
	value = bits_peek(z, LZH_CODE_BITS_MAX);
	for (unsigned length = 1; length <= LZH_CODE_BITS_MAX; length++) {
		unsigned here = (value >> (LZH_CODE_BITS_MAX - length)) - first;

		if (here < code->count[length]) {
			bits_skip(z, length);
			return code->symbols[index + here];
		}
		index += code->count[length];
		first = (first + code->count[length]) * 2;
	}
	z->is_broken = true;
	return 0;
}
