/* SPDX-License-Identifier: MIT
 *
 * LZ77 with two Huffman codes that change from block to block (Yoshizaki's lh5 and its kin, which
 * differ in the size of the window only).  Codes are canonical: shorter before longer, and among
 * equals in the order of symbols, so that counts by length are all it takes to decode. */
#include "unpack/lzh.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

#define WINDOW_BYTES_MAX 65536u
#define INPUT_BYTES 16384u
#define CODE_BITS_MAX 16u
#define LITERALS 510u		/* bytes, and lengths 3 to 256 */
#define LENGTHS_CODE 19u	/* symbols of the code that the lengths of the others come in */
#define SYMBOLS_MAX LITERALS

struct code {
	uint16_t count[CODE_BITS_MAX + 1];	/* symbols by length; [0] is not used */
	uint16_t symbols[SYMBOLS_MAX];		/* in the order of their codes */
	bool is_single;				/* symbols[0] always, and costs no bit */
};

struct rmn_lzh {
	struct rmn_blob *content;
	uint64_t offset, packed_left, size_left;
	bool is_stored, is_broken;
	unsigned window_mask, distance_symbols, distance_bits;
	unsigned block_left;		/* symbols until new codes come */
	uint64_t bits;			/* the next bit is the highest */
	unsigned bit_count;
	unsigned padding_bits;		/* zeros that stand behind the end */
	struct code literal, distance;
	unsigned copy_from, copy_left;
	unsigned position;		/* in the window */
	uint16_t crc;
	uint16_t crc_table[256];
	unsigned char window[WINDOW_BYTES_MAX];
	unsigned char input[INPUT_BYTES];
	size_t input_at, input_size;
};

struct rmn_lzh *
rmn_lzh_new(void)
{
	struct rmn_lzh *z = calloc(1, sizeof(*z));

	for (unsigned i = 0; z && i < 256; i++) {
		unsigned crc = i;

		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1;
		z->crc_table[i] = (uint16_t)crc;
	}
	return z;
}

void
rmn_lzh_free(struct rmn_lzh *z)
{
	free(z);
}

uint16_t
rmn_lzh_crc(const struct rmn_lzh *z)
{
	return z->crc;
}

enum rmn_status
rmn_lzh_start(struct rmn_lzh *z, struct rmn_bytes method, struct rmn_blob *content,
    uint64_t offset, uint64_t packed_bytes, uint64_t size_bytes)
{
	static const struct {
		const char *method;
		unsigned window_bits, distance_symbols, distance_bits;
	} methods[] = {
		{"-lh0-", 0, 0, 0}, {"-lz4-", 0, 0, 0}, {"-lh4-", 12, 14, 4}, {"-lh5-", 13, 14, 4},
		{"-lh6-", 15, 16, 5}, {"-lh7-", 16, 17, 5},
	};
	size_t i = 0;

	while (i < sizeof(methods) / sizeof(methods[0]) &&
	    !rmn_bytes_start_with(method, methods[i].method))
		i++;
	if (i == sizeof(methods) / sizeof(methods[0]))
		return RMN_UNSUPPORTED;
	z->content = content;
	z->offset = offset;
	z->packed_left = packed_bytes;
	z->size_left = size_bytes;
	z->is_stored = methods[i].window_bits == 0;
	z->window_mask = (1u << methods[i].window_bits) - 1;
	z->distance_symbols = methods[i].distance_symbols;
	z->distance_bits = methods[i].distance_bits;
	z->is_broken = false;
	z->block_left = z->bit_count = z->padding_bits = z->copy_left = z->position = 0;
	z->bits = 0;
	z->input_at = z->input_size = 0;
	z->crc = 0;
	memset(z->window, ' ', sizeof(z->window));
	return RMN_OK;
}

static void
input_fill(struct rmn_lzh *z)
{
	size_t want = (size_t)rmn_min_u64(INPUT_BYTES, z->packed_left), got = 0;

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

static unsigned
bits_take(struct rmn_lzh *z, unsigned count)
{
	unsigned value;

	bits_fill(z);
	value = bits_peek(z, count);
	bits_skip(z, count);
	return value;
}

static void
code_single(struct code *code, unsigned symbol)
{
	code->is_single = true;
	code->symbols[0] = (uint16_t)symbol;
}

/* False when the lengths make no prefix code. */
static bool
code_build(struct code *code, const unsigned char *lengths, unsigned count)
{
	uint16_t next[CODE_BITS_MAX + 2] = {0};
	unsigned room = 1;

	memset(code->count, 0, sizeof(code->count));
	code->is_single = false;
	for (unsigned i = 0; i < count; i++)
		code->count[lengths[i]]++;
	code->count[0] = 0;
	for (unsigned length = 1; length <= CODE_BITS_MAX; length++) {
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

static unsigned
code_take(struct rmn_lzh *z, const struct code *code)
{
	unsigned first = 0, index = 0, value;

	if (code->is_single)
		return code->symbols[0];
	bits_fill(z);
	value = bits_peek(z, CODE_BITS_MAX);
	for (unsigned length = 1; length <= CODE_BITS_MAX; length++) {
		unsigned here = (value >> (CODE_BITS_MAX - length)) - first;

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

/* One length: three bits, or seven and as many more as there are ones. */
static unsigned
length_take(struct rmn_lzh *z)
{
	unsigned length = bits_take(z, 3);

	while (length >= 7 && length <= CODE_BITS_MAX && bits_take(z, 1))
		length++;
	return length;
}

/* A code of few symbols; behind its third length a number says how many zeros follow. */
static void
small_code_read(struct rmn_lzh *z, struct code *code, unsigned symbols, unsigned bits,
    bool has_gap)
{
	unsigned char lengths[32] = {0};
	unsigned count = bits_take(z, bits);

	if (count == 0) {
		code_single(code, bits_take(z, bits));
		return;
	}
	if (count > symbols) {
		z->is_broken = true;
		return;
	}
	for (unsigned i = 0; i < count && !z->is_broken; i++) {
		unsigned length = length_take(z);

		if (length > CODE_BITS_MAX)
			z->is_broken = true;
		else
			lengths[i] = (unsigned char)length;
		if (has_gap && i == 2)
			i += bits_take(z, 2);
	}
	z->is_broken |= !code_build(code, lengths, symbols);
}

/* The literal code's lengths, themselves coded; three symbols stand for runs of zeros. */
static void
literal_code_read(struct rmn_lzh *z)
{
	unsigned char lengths[LITERALS] = {0};
	unsigned count = bits_take(z, 9), i = 0;
	struct code coded = z->distance;	/* read just before, into the same place */

	if (count == 0) {
		code_single(&z->literal, bits_take(z, 9));
		return;
	}
	while (i < count && i < LITERALS && !z->is_broken) {
		unsigned symbol = code_take(z, &coded);

		if (symbol > 2)
			lengths[i++] = (unsigned char)rmn_min_size(symbol - 2, CODE_BITS_MAX);
		else
			i += symbol == 0 ? 1 : symbol == 1 ? bits_take(z, 4) + 3 : bits_take(z, 9) + 20;
	}
	z->is_broken |= i > LITERALS || !code_build(&z->literal, lengths, LITERALS);
}

static void
block_start(struct rmn_lzh *z)
{
	z->block_left = bits_take(z, 16);
	if (z->block_left == 0)
		z->is_broken = true;
	small_code_read(z, &z->distance, LENGTHS_CODE, 5, true);
	if (!z->is_broken)
		literal_code_read(z);
	if (!z->is_broken)
		small_code_read(z, &z->distance, z->distance_symbols, z->distance_bits, false);
}

/* One symbol: a byte into the window, or a copy that is to be made. */
static void
symbol_next(struct rmn_lzh *z)
{
	unsigned symbol, bits, distance;

	if (z->block_left == 0)
		block_start(z);
	if (z->is_broken)
		return;
	z->block_left--;
	symbol = code_take(z, &z->literal);
	if (symbol < 256) {
		z->window[z->position & z->window_mask] = (unsigned char)symbol;
		z->copy_from = z->position;
		z->copy_left = 1;
		return;
	}
	bits = code_take(z, &z->distance);
	if (bits > 17) {
		z->is_broken = true;
		return;
	}
	distance = bits > 1 ? (1u << (bits - 1)) + bits_take(z, bits - 1) : bits;
	z->copy_from = z->position - distance - 1;
	z->copy_left = symbol - 253;
}

static size_t
stored_read(struct rmn_lzh *z, unsigned char *out, size_t size)
{
	size_t got = 0;

	size = (size_t)rmn_min_u64(size, rmn_min_u64(z->size_left, z->packed_left));
	rmn_blob_read(z->content, z->offset, out, size, &got, NULL);
	z->offset += got;
	z->packed_left -= got;
	z->is_broken = got == 0;
	return got;
}

static size_t
coded_read(struct rmn_lzh *z, unsigned char *out, size_t size)
{
	size_t got = 0;

	size = (size_t)rmn_min_u64(size, z->size_left);
	while (got < size) {
		if (z->copy_left == 0)
			symbol_next(z);
		if (z->is_broken)
			break;
		for (; z->copy_left > 0 && got < size; z->copy_left--) {
			unsigned char byte = z->window[z->copy_from++ & z->window_mask];

			z->window[z->position++ & z->window_mask] = byte;
			out[got++] = byte;
		}
	}
	return got;
}

enum rmn_status
rmn_lzh_read(struct rmn_lzh *z, void *buffer, size_t size, size_t *got)
{
	const unsigned char *out = buffer;

	*got = 0;
	if (z->size_left == 0)
		return RMN_END;
	if (z->is_broken)
		return RMN_CORRUPT;
	*got = z->is_stored ? stored_read(z, buffer, size) : coded_read(z, buffer, size);
	z->size_left -= *got;
	for (size_t i = 0; i < *got; i++)
		z->crc = (uint16_t)(z->crc >> 8 ^ z->crc_table[(z->crc ^ out[i]) & 0xFF]);
	return *got > 0 ? RMN_OK : RMN_CORRUPT;
}
