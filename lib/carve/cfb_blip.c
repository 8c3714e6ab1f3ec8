/* SPDX-License-Identifier: MIT
 *
 * Pictures in Office's drawings ([MS-ODRAW] 2.2.23): one or two identifiers, then a PNG with its CRCs, a
 * JPEG whose compressed data know only certain bytes behind FF, or a metafile packed with zlib. */
#include <string.h>

#include "base/checked.h"
#include "carve/cfb.h"
#include "base/number.h"
#include "unpack/checksum.h"

#define IDENTIFIER_BYTES 16u
#define METAFILE_BYTES 34u

enum { EMF = 0xF01A, WMF, PICT, JPEG, PNG, JPEG_CMYK = 0xF02A };

static uint64_t
png_check(struct cfb_window *w, uint64_t at, uint64_t end)
{
	static const unsigned char magic[8] = {0x89, 'P', 'N', 'G', 13, 10, 26, 10};
	const unsigned char *p = end - at >= 8 ? cfb_window_at(w, at, 8) : NULL;

	if (!p || memcmp(p, magic, 8) != 0)
		return UINT64_MAX;
	for (at += 8; at + 12 <= end;) {
		uint64_t start = at, left;
		uint32_t crc = 0;
		bool is_end;

		p = cfb_window_at(w, at, 8);
		if (!p)
			return at;
		left = (uint64_t)rmn_be32(p) + 4;
		is_end = memcmp(p + 4, "IEND", 4) == 0;
		if (left + 8 > end - at)
			return at;
		for (at += 4; left > 0;) {
			size_t part = (size_t)rmn_min_u64(left, CFB_WINDOW_BYTES);

			p = cfb_window_at(w, at, part);
			if (!p)
				return at;
			crc = rmn_crc32(crc, p, part);
			at += part;
			left -= part;
		}
		p = cfb_window_at(w, at, 4);
		if (!p || rmn_be32(p) != crc)
			return p && at - start > 8 ? at - 1 : start;
		at += 4;
		if (is_end)
			break;
	}
	return UINT64_MAX;
}

/* Between markers of a scan: FF is followed by 0, a restart, or the next marker. */
static bool
jpeg_scan(struct cfb_window *w, uint64_t *at, uint64_t end)
{
	bool is_marked = false;

	while (*at < end) {
		size_t part = (size_t)rmn_min_u64(end - *at, CFB_WINDOW_BYTES);
		const unsigned char *p = cfb_window_at(w, *at, part);

		if (!p)
			return false;
		for (size_t i = 0; i < part; i++) {
			if (is_marked && p[i] != 0 && p[i] != 0xFF && (p[i] & 0xF8) != 0xD0) {
				*at += i;
				return true;
			}
			is_marked = p[i] == 0xFF;
		}
		*at += part;
	}
	return false;
}

static uint64_t
jpeg_check(struct cfb_window *w, uint64_t at, uint64_t end)
{
	const unsigned char *p = end - at >= 4 ? cfb_window_at(w, at, 3) : NULL;

	if (!p || p[0] != 0xFF || p[1] != 0xD8 || p[2] != 0xFF)
		return UINT64_MAX;
	for (at += 3; at + 3 <= end;) {
		uint8_t marker;

		/* at is behind the FF */
		p = cfb_window_at(w, at, 3);
		if (!p)
			return at;
		marker = p[0];
		if (marker == 0xD9)
			return UINT64_MAX;
		if (marker < 0xC0 || marker == 0xC8 || marker == 0xFF || rmn_be16(p + 1) < 2)
			return at;
		at += 1u + rmn_be16(p + 1);
		if (marker == 0xDA) {
			if (!jpeg_scan(w, &at, end))
				return UINT64_MAX;
			continue;
		}
		p = at + 1 <= end ? cfb_window_at(w, at, 1) : NULL;
		if (!p || *p != 0xFF)
			return p ? at : UINT64_MAX;
		at++;
	}
	return UINT64_MAX;
}

uint64_t
cfb_blip_check(struct cfb_window *w, unsigned type, unsigned instance, uint64_t offset,
    uint64_t end)
{
	uint64_t at = offset + (instance & 1 ? 2 : 1) * IDENTIFIER_BYTES, broken_at = UINT64_MAX;
	const unsigned char *p;

	if (type == PNG || type == JPEG || type == JPEG_CMYK) {
		if (at + 1 >= end)
			return UINT64_MAX;
		return type == PNG ? png_check(w, at + 1, end) : jpeg_check(w, at + 1, end);
	}
	if (type < EMF || type > PICT || at + METAFILE_BYTES >= end)
		return UINT64_MAX;
	p = cfb_window_at(w, at + 32, 1);
	if (p && *p == 0)
		cfb_zlib_check(w, at + METAFILE_BYTES, end, &broken_at);
	return broken_at;
}
