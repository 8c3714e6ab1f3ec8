/* SPDX-License-Identifier: MIT
 *
 * What 512 bytes look like.  Random bytes have 221 different values on average and never fewer than
 * 195; code, tables and text stay below 180. */
#include "carve/cfb.h"
#include "base/number.h"

#define DENSE_FROM 195u
#define SECTOR_BYTES 512u

/* Letters, kana, CJK, their punctuation and the control characters of Office texts. */
static bool
unit_is_text(unsigned u)
{
	return (u >= 0x20 && u < 0x7F) || u == 9 || u == 10 || u == 13 || u == 7 ||
	    (u >= 0xA0 && u < 0x250) || (u >= 0x370 && u < 0x500) || (u >= 0x2010 && u < 0x2040) ||
	    (u >= 0x3000 && u < 0x3100) || (u >= 0x4E00 && u < 0xA000) ||
	    (u >= 0xFF00 && u < 0xFFE8);
}

static bool
byte_is_text(unsigned char c)
{
	return (c >= 0x20 && c < 0x7F) || c == 13 || c == 10 || c == 9;
}

/* 95 % of the bytes, or of the units at even or at odd places, are text.  Most sectors show soon that they
 * are not. */
static bool
is_text(const unsigned char *sector)
{
	const int least = SECTOR_BYTES * 95 / 100, least_wide = SECTOR_BYTES / 2 * 95 / 100;
	int narrow = SECTOR_BYTES, even = SECTOR_BYTES / 2, odd = SECTOR_BYTES / 2 - 1;

	for (unsigned i = 0; i < SECTOR_BYTES; i += 2) {
		narrow -= !byte_is_text(sector[i]) + !byte_is_text(sector[i + 1]);
		even -= !unit_is_text(rmn_le16(sector + i));
		if (i + 2 < SECTOR_BYTES)
			odd -= !unit_is_text(rmn_le16(sector + i + 1));
		if (narrow < least && even < least_wide && odd < least_wide)
			return false;
	}
	return true;
}

enum cfb_class
cfb_classify(const unsigned char *sector)
{
	uint64_t values[4] = {0};
	unsigned different = 0;

	for (unsigned i = 0; i < SECTOR_BYTES; i++)
		values[sector[i] / 64] |= 1ull << (sector[i] % 64);
	for (unsigned i = 0; i < 4; i++)
		different += (unsigned)__builtin_popcountll(values[i]);
	if (different == 1)
		return CFB_CLASS_ZERO;
	if (is_text(sector))
		return CFB_CLASS_TEXT;
	return different >= DENSE_FROM ? CFB_CLASS_DENSE : CFB_CLASS_LOW;
}
