/* SPDX-License-Identifier: MIT */
#include "unpack/block.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <zlib.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "unpack/lzvn.h"

static size_t
zlib_decode(struct rmn_bytes packed, unsigned char *plain, size_t size)
{
	z_stream z = {.next_in = (unsigned char *)(uintptr_t)packed.data,
	    .avail_in = (uInt)packed.size, .next_out = plain, .avail_out = (uInt)size};

	if (inflateInit(&z) != Z_OK)
		return 0;
	inflate(&z, Z_FINISH);
	inflateEnd(&z);
	return size - z.avail_out;
}

/* Through libarchive, which has the libraries for both. */
static size_t
archive_decode(struct rmn_bytes packed, unsigned char *plain, size_t size)
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	size_t made = 0;
	la_ssize_t got = 1;

	if (!a)
		return 0;
	if (archive_read_support_filter_bzip2(a) >= ARCHIVE_WARN &&
	    archive_read_support_filter_xz(a) >= ARCHIVE_WARN &&
	    archive_read_support_filter_lzma(a) >= ARCHIVE_WARN &&
	    archive_read_support_format_raw(a) >= ARCHIVE_WARN &&
	    archive_read_open_memory(a, packed.data, packed.size) >= ARCHIVE_WARN &&
	    archive_read_next_header(a, &entry) >= ARCHIVE_WARN && archive_filter_count(a) > 1)
		while (made < size && got > 0) {
			got = archive_read_data(a, plain + made, size - made);
			made += got > 0 ? (size_t)got : 0;
		}
	archive_read_free(a);
	return made;
}

/* 1LLLLLLL: L + 1 bytes as they are; 01LLLLLL DDDDDDDD DDDDDDDD: L + 4 bytes from D + 1 back;
 * 00LLLLDD DDDDDDDD: L + 3 bytes. */
static size_t
adc_decode(struct rmn_bytes packed, unsigned char *plain, size_t size)
{
	struct rmn_cursor c = rmn_cursor_over(packed);
	size_t made = 0;
	uint8_t op, low;

	while (made < size && rmn_cursor_u8(&c, &op)) {
		struct rmn_bytes bytes;
		uint16_t distance;
		size_t length;

		if (op & 0x80) {
			length = rmn_min_size((op & 0x7Fu) + 1, size - made);
			if (!rmn_cursor_take(&c, length, &bytes))
				break;
			memcpy(plain + made, bytes.data, length);
			made += length;
			continue;
		}
		if (op & 0x40) {
			length = (op & 0x3Fu) + 4;
			if (!rmn_cursor_be16(&c, &distance))
				break;
		} else {
			length = (op >> 2 & 0x0Fu) + 3;
			if (!rmn_cursor_u8(&c, &low))
				break;
			distance = (uint16_t)((op & 3) << 8 | low);
		}
		if (distance >= made)
			break;
		for (; length > 0 && made < size; length--, made++)
			plain[made] = plain[made - distance - 1];
	}
	return made;
}

/* Only the small blocks, which are LZVN. */
static size_t
lzfse_decode(struct rmn_bytes packed, unsigned char *plain, size_t size)
{
	struct rmn_cursor c = rmn_cursor_over(packed);
	struct rmn_bytes magic, payload;
	uint32_t plain_bytes, packed_bytes;
	size_t made = 0;

	while (made < size && rmn_cursor_take(&c, 4, &magic)) {
		if (rmn_bytes_start_with(magic, "bvx-") && rmn_cursor_le32(&c, &plain_bytes) &&
		    rmn_cursor_take(&c, plain_bytes, &payload)) {
			size_t count = rmn_min_size(payload.size, size - made);

			memcpy(plain + made, payload.data, count);
			made += count;
		} else if (rmn_bytes_start_with(magic, "bvxn") && rmn_cursor_le32(&c, &plain_bytes) &&
		    rmn_cursor_le32(&c, &packed_bytes) && rmn_cursor_take(&c, packed_bytes, &payload)) {
			size_t count = rmn_min_size(plain_bytes, size - made);
			size_t got = rmn_lzvn_decode(payload, plain + made, count);

			made += got;
			if (got < count)
				break;
		} else {
			break;
		}
	}
	return made;
}

size_t
rmn_block_decode(enum rmn_block_coding coding, struct rmn_bytes packed, unsigned char *plain,
    size_t plain_size)
{
	switch (coding) {
	case RMN_BLOCK_ZLIB:
		return zlib_decode(packed, plain, plain_size);
	case RMN_BLOCK_BZIP2:
	case RMN_BLOCK_XZ:
		return archive_decode(packed, plain, plain_size);
	case RMN_BLOCK_ADC:
		return adc_decode(packed, plain, plain_size);
	case RMN_BLOCK_LZFSE:
		return lzfse_decode(packed, plain, plain_size);
	}
	return 0;
}
