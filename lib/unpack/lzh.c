/* SPDX-License-Identifier: MIT
 *
 * The methods, and what they share: a window that bytes and copies go into. */
#include "unpack/lzh.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "unpack/lzh_private.h"

static const struct lzh_method methods[] = {
	{.name = "-lh0-"},
	{.name = "-lz4-"},
	{.name = "-pm0-"},
	{"-lh1-", 12, 0, 0, lzh_lh1_start, lzh_lh1_next},
	{"-lh2-", 13, 0, 0, lzh_lh2_start, lzh_lh2_next},
	{"-lh3-", 13, 0, 0, NULL, lzh_lh3_next},
	{"-lh4-", 12, 14, 4, NULL, lzh_block_next},
	{"-lh5-", 13, 14, 4, NULL, lzh_block_next},
	{"-lh6-", 15, 16, 5, NULL, lzh_block_next},
	{"-lh7-", 16, 17, 5, NULL, lzh_block_next},
	{"-lhx-", 20, 20, 5, NULL, lzh_block_next},
	{"-lzs-", 11, 0, 0, NULL, lzh_lzs_next},
	{"-lz5-", 12, 0, 0, lzh_lz5_start, lzh_lz5_next},
	/* ARJ's windows of 26,624 bytes fit into one of 32 KiB */
	{"-arj-", 15, 17, 5, NULL, lzh_block_next},
	{"-arf-", 15, 0, 0, NULL, lzh_arj4_next},
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
	size_t i = 0;

	while (i < sizeof(methods) / sizeof(methods[0]) &&
	    !rmn_bytes_start_with(method, methods[i].name))
		i++;
	if (i == sizeof(methods) / sizeof(methods[0]))
		return RMN_UNSUPPORTED;
	z->content = content;
	z->method = &methods[i];
	z->offset = offset;
	z->packed_left = packed_bytes;
	z->size_left = size_bytes;
	z->window_mask = (1u << methods[i].window_bits) - 1;
	z->is_broken = false;
	z->block_left = z->bit_count = z->padding_bits = z->copy_left = z->position = 0;
	z->bits = z->given = 0;
	z->input_at = z->input_size = 0;
	z->crc = 0;
	memset(z->window, ' ', (size_t)z->window_mask + 1);
	if (z->method->start)
		z->method->start(z);
	return RMN_OK;
}

void
lzh_literal(struct rmn_lzh *z, unsigned byte)
{
	z->window[z->position & z->window_mask] = (unsigned char)byte;
	z->copy_from = z->position;
	z->copy_left = 1;
}

bool
lzh_is_literal(struct rmn_lzh *z, unsigned symbol)
{
	if (symbol >= 256)
		return false;
	lzh_literal(z, symbol);
	return true;
}

void
lzh_copy(struct rmn_lzh *z, unsigned distance, unsigned length)
{
	z->copy_from = z->position - distance - 1;
	z->copy_left = length;
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
			z->method->next(z);
		if (z->is_broken)
			break;
		for (; z->copy_left > 0 && got < size; z->copy_left--) {
			unsigned char byte = z->window[z->copy_from++ & z->window_mask];

			z->window[z->position++ & z->window_mask] = byte;
			out[got++] = byte;
			z->given++;
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
	*got = z->method->window_bits ? coded_read(z, buffer, size) : stored_read(z, buffer, size);
	z->size_left -= *got;
	for (size_t i = 0; i < *got; i++)
		z->crc = (uint16_t)(z->crc >> 8 ^ z->crc_table[(z->crc ^ out[i]) & 0xFF]);
	return *got > 0 ? RMN_OK : RMN_CORRUPT;
}
