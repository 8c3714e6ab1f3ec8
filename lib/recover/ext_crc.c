/* SPDX-License-Identifier: MIT
 *
 * CRC-32C (Castagnoli) as ext4 uses it: without the usual inversions, so that a checksum over
 * several pieces is that of the last piece started with that of the pieces before it.  The same
 * steps backwards give the start value that makes a checksum come true: two folder blocks with
 * one start value are of one folder, and the inodes of one volume have one, even when nothing
 * else is left. */
#include "recover/ext_layout.h"

#define POLYNOMIAL 0x82f63b78u

void
rmn_ext_crc_init(struct rmn_ext_crc *crc)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t forward = i, backward = i << 24;

		for (int bit = 0; bit < 8; bit++) {
			forward = forward & 1 ? forward >> 1 ^ POLYNOMIAL : forward >> 1;
			backward = backward & 0x80000000u ? (backward ^ POLYNOMIAL) << 1 | 1 :
			    backward << 1;
		}
		crc->forward[i] = forward;
		crc->backward[i] = backward;
	}
}

uint32_t
rmn_ext_crc_of(const struct rmn_ext_crc *crc, uint32_t start, const void *data, size_t size)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < size; i++)
		start = start >> 8 ^ crc->forward[(start ^ p[i]) & 0xff];
	return start;
}

uint32_t
rmn_ext_crc_start(const struct rmn_ext_crc *crc, uint32_t end, const void *data, size_t size)
{
	const unsigned char *p = data;

	for (size_t i = size; i-- > 0;)
		end = (end << 8 ^ crc->backward[end >> 24]) ^ p[i];
	return end;
}
