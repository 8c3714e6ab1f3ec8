/* SPDX-License-Identifier: MIT
 *
 * Private to carve/zip*.c: is this still a PNG?  Pictures are most of what documents weigh, and they are
 * stored or deflated without gain, so that only their own checks show a wrong block: the CRC of each
 * chunk, the deflated data, and the filter byte before each row (PNG, third edition, 5 and 9). */
#ifndef RMN_CARVE_ZIP_PNG_H
#define RMN_CARVE_ZIP_PNG_H

#include "unpack/inflate.h"

#define ZIP_PNG_SIGNATURE "\x89PNG\r\n\x1a\n"
#define ZIP_PNG_SIGNATURE_BYTES 8u

struct zip_png {
	uint8_t state;
	bool is_bad;
	bool has_rows;			/* row_bytes is known: rows are checked */
	uint8_t zlib_left;		/* bytes of the zlib header to come */
	uint8_t held[16];
	uint8_t held_count;
	uint32_t left;			/* of the chunk's data */
	uint32_t crc;			/* of the chunk so far */
	bool is_data, is_header;	/* kind of the chunk */
	uint32_t rows, sums;		/* that were right */
	uint64_t row_bytes, row_at;
	struct rmn_inflate *inflate;	/* owned */
};

bool zip_png_init(struct zip_png *png);
void zip_png_release(struct zip_png *png);
void zip_png_copy(struct zip_png *to, const struct zip_png *from);

/* Behind the signature. */
void zip_png_start(struct zip_png *png);

/* False from the first byte on that cannot be; anything may follow the end. */
bool zip_png_feed(struct zip_png *png, struct rmn_bytes bytes);

#endif
