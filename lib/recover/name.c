/* SPDX-License-Identifier: MIT
 *
 * Names of lost files, as they may stand in a path. */
#include "base/utf8.h"
#include "charset/normal.h"
#include "recover/engine.h"

static void
name_put(struct rmn_buf *clean, uint32_t c, bool is_hfs)
{
	if (is_hfs && (c == '/' || c == ':'))
		c = c == '/' ? ':' : '/';
	rmn_buf_append_utf8(clean, c == '/' || c == 0 ? RMN_REPLACEMENT : c);
}

void
rmn_found_name_utf16(struct rmn_buf *name, struct rmn_bytes units, bool is_big_endian, bool is_hfs)
{
	struct rmn_buf clean;
	size_t count = units.size / 2;

	rmn_buf_init(&clean, 0);
	for (size_t i = 0; i < count; i++) {
		const unsigned char *p = units.data + 2 * i;
		uint32_t c = is_big_endian ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
		uint32_t low = 0;

		if (c >= 0xd800 && c < 0xdc00 && i + 1 < count)
			low = is_big_endian ? (uint32_t)p[2] << 8 | p[3] :
			    (uint32_t)p[3] << 8 | p[2];
		if (low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
			i++;
		} else if (c >= 0xd800 && c < 0xe000) {
			c = RMN_REPLACEMENT;
		}
		name_put(&clean, c, is_hfs);
	}
	rmn_normal_nfc(rmn_buf_bytes(&clean), name);
	rmn_buf_release(&clean);
}

void
rmn_found_name_utf8(struct rmn_buf *name, struct rmn_bytes bytes)
{
	struct rmn_buf clean;

	rmn_buf_init(&clean, 0);
	for (size_t at = 0; at < bytes.size;)
		name_put(&clean, rmn_utf8_next(bytes, &at, NULL), false);
	rmn_normal_nfc(rmn_buf_bytes(&clean), name);
	rmn_buf_release(&clean);
}
