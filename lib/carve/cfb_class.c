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
is_text(const unsigned char *sector)
{
	unsigned wide[2] = {0}, narrow = 0;

	for (unsigned i = 0; i < SECTOR_BYTES; i++) {
		narrow += (sector[i] >= 0x20 && sector[i] < 0x7F) || sector[i] == 13 ||
		    sector[i] == 10 || sector[i] == 9;
		if (i + 1 < SECTOR_BYTES)
			wide[i % 2] += unit_is_text(rmn_le16(sector + i));
	}
	return narrow >= SECTOR_BYTES * 95 / 100 || wide[0] >= SECTOR_BYTES / 2 * 95 / 100 ||
	    wide[1] >= SECTOR_BYTES / 2 * 95 / 100;
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
