/* SPDX-License-Identifier: MIT
 *
 * Private to image/: the trailer of a UDIF image, its property list, and the table of runs. */
#ifndef RMN_IMAGE_UDIF_TABLE_H
#define RMN_IMAGE_UDIF_TABLE_H

#include "base/blob.h"
#include "base/status.h"

#define UDIF_SECTOR_BYTES 512u

enum udif_run_type {
	UDIF_ZERO = 0, UDIF_RAW = 1, UDIF_IGNORE = 2, UDIF_COMMENT = 0x7FFFFFFE,
	UDIF_ADC = 0x80000004u, UDIF_ZLIB, UDIF_BZIP2, UDIF_LZFSE, UDIF_LZMA,
};
#define UDIF_END 0xFFFFFFFFu

struct udif_run {
	uint64_t start, size_bytes;		/* in the image */
	uint64_t packed_at, packed_bytes;	/* in the content */
	uint32_t type;
};

struct udif_table {
	struct udif_run *runs;			/* owned; rising, none overlaps the one before */
	size_t count, capacity;
	uint64_t size_bytes;			/* of the image */
};

/* Fills the table; release it in any case. */
enum rmn_status udif_table_read(struct rmn_blob *content, struct udif_table *table,
    struct rmn_error *error);
void udif_table_release(struct udif_table *table);

#endif
