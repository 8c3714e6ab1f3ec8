/* SPDX-License-Identifier: MIT
 *
 * Level 0 has one name in a short header; level 1 adds a chain of further headers that counts as
 * data; levels 2 and 3 are all chain.  Checksums of levels 2 and 3 are optional and not asked for. */
#include "unpack/lha_head.h"

#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/time.h"
#include "charset/charset.h"
#include "charset/normal.h"
#include "unpack/name.h"
#include "unpack/stamp.h"

#define FIXED_BYTES 21u		/* to the level and with it */

enum extra {
	EXTRA_FILE = 0x01,
	EXTRA_DIRECTORY = 0x02,
	EXTRA_WINDOWS_TIMES = 0x41,
	EXTRA_SIZES = 0x42,
	EXTRA_FILE_UTF16 = 0x44,
	EXTRA_DIRECTORY_UTF16 = 0x45,
	EXTRA_UNIX_TIME = 0x54,
};

/* What all levels begin with. */
struct fixed {
	uint8_t size, sum, level;
	uint16_t wide_size;		/* the first two bytes as one number */
	uint32_t packed, unpacked, time;
};

static void
extra_read(uint8_t type, struct rmn_bytes data, struct rmn_lha_head *head)
{
	struct rmn_cursor c = rmn_cursor_over(data);
	uint64_t first, second;
	uint32_t seconds;

	switch (type) {
	case EXTRA_FILE:
	case EXTRA_FILE_UTF16:
		if (type == EXTRA_FILE && head->is_utf16)
			break;
		head->file = data;
		head->is_utf16 = type == EXTRA_FILE_UTF16;
		break;
	case EXTRA_DIRECTORY:
	case EXTRA_DIRECTORY_UTF16:
		if (type == EXTRA_DIRECTORY_UTF16 || !head->is_utf16 || head->file.size == 0)
			head->directory = data;
		break;
	case EXTRA_WINDOWS_TIMES:
		if (rmn_cursor_le64(&c, &first) && rmn_cursor_le64(&c, &second)) {
			head->created = rmn_stamp_windows(first);
			head->modified = rmn_stamp_windows(second);
		}
		break;
	case EXTRA_SIZES:
		if (rmn_cursor_le64(&c, &first) && rmn_cursor_le64(&c, &second)) {
			head->packed_bytes = first;
			head->size_bytes = second;
		}
		break;
	case EXTRA_UNIX_TIME:
		if (rmn_cursor_le32(&c, &seconds))
			head->modified = rmn_time_from_unix(seconds, 0);
		break;
	default:
		break;
	}
}

/* Walks the chain whose first size is next; *total is what it takes up. */
static bool
chain_read(struct rmn_cursor *c, bool is_wide, struct rmn_lha_head *head, uint64_t *total)
{
	uint32_t size = 0;
	uint16_t short_size = 0;

	*total = 0;
	for (;;) {
		const uint32_t frame = is_wide ? 5 : 3;	/* type, and the size of the next */
		struct rmn_bytes data;
		uint8_t type;

		if (!(is_wide ? rmn_cursor_le32(c, &size) : rmn_cursor_le16(c, &short_size)))
			return false;
		if (!is_wide)
			size = short_size;
		if (size == 0)
			return true;
		if (size < frame || !rmn_cursor_u8(c, &type) ||
		    !rmn_cursor_take(c, size - frame, &data))
			return false;
		*total += size;
		extra_read(type, data, head);
	}
}

static bool
level_01_read(struct rmn_cursor *c, const struct fixed *f, struct rmn_lha_head *head)
{
	struct rmn_bytes summed = rmn_bytes_head(rmn_bytes_after(c->bytes, 2), f->size);
	uint8_t name_size, sum = 0;
	uint64_t chain = 0;

	if (summed.size < f->size)
		return false;
	for (size_t i = 0; i < summed.size; i++)
		sum = (uint8_t)(sum + summed.data[i]);
	if (sum != f->sum || !rmn_cursor_u8(c, &name_size) ||
	    !rmn_cursor_take(c, name_size, &head->file))
		return false;
	head->modified = rmn_stamp_dos(f->time);
	head->has_crc = rmn_cursor_le16(c, &head->crc);
	head->data_at = 2 + (uint64_t)f->size;
	if (f->level == 0)
		return true;
	/* the first size of the chain ends the short header */
	if (!rmn_cursor_seek(c, (size_t)f->size) || !chain_read(c, false, head, &chain) ||
	    chain > head->packed_bytes)
		return false;
	head->data_at += chain;
	head->packed_bytes -= chain;
	return true;
}

static bool
level_23_read(struct rmn_cursor *c, const struct fixed *f, struct rmn_lha_head *head)
{
	bool is_wide = f->level == 3;
	uint32_t size = f->wide_size;
	uint64_t chain;

	head->modified = rmn_time_from_unix(f->time, 0);
	head->has_crc = rmn_cursor_le16(c, &head->crc);
	if (!head->has_crc || !rmn_cursor_skip(c, 1) || (is_wide && !rmn_cursor_le32(c, &size)) ||
	    !chain_read(c, is_wide, head, &chain))
		return false;
	/* some writers count two bytes too few (LHA for OSK) */
	head->data_at = size > c->offset ? size : c->offset;
	return true;
}

bool
rmn_lha_head_read(struct rmn_bytes bytes, struct rmn_lha_head *head)
{
	struct rmn_cursor c = rmn_cursor_over(bytes), wide = c;
	struct fixed f;

	*head = (struct rmn_lha_head){.modified = RMN_TIME_UNKNOWN, .created = RMN_TIME_UNKNOWN};
	if (!rmn_cursor_le16(&wide, &f.wide_size) || !rmn_cursor_u8(&c, &f.size) ||
	    !rmn_cursor_u8(&c, &f.sum) || !rmn_cursor_take(&c, 5, &head->method) ||
	    !rmn_cursor_le32(&c, &f.packed) || !rmn_cursor_le32(&c, &f.unpacked) ||
	    !rmn_cursor_le32(&c, &f.time) || !rmn_cursor_skip(&c, 1) ||
	    !rmn_cursor_u8(&c, &f.level) || !rmn_bytes_start_with(head->method, "-") ||
	    head->method.data[4] != '-')
		return false;
	head->packed_bytes = f.packed;
	head->size_bytes = f.unpacked;
	if (f.level <= 1)
		return level_01_read(&c, &f, head);
	return f.level <= 3 && level_23_read(&c, &f, head);
}

/* UTF-16 parts directories with FFFF. */
static void
append_utf16(struct rmn_bytes stored, struct rmn_buf *text)
{
	size_t from = text->size;
	struct rmn_buf copy;

	rmn_buf_init(&copy, 0);
	rmn_buf_append(&copy, stored);
	for (size_t i = 0; i + 1 < copy.size; i += 2)
		if (copy.data[i] == 0xFF && copy.data[i + 1] == 0xFF) {
			copy.data[i] = '/';
			copy.data[i + 1] = 0;
		}
	rmn_charset_decode(rmn_buf_bytes(&copy), RMN_UTF16LE, text, NULL);
	text->failed |= copy.failed;
	if (text->size > from && text->data[text->size - 1] == 0)
		text->size--;
	rmn_buf_release(&copy);
}

void
rmn_lha_head_name(const struct rmn_lha_head *head, struct rmn_buf *name, struct rmn_buf *raw)
{
	struct rmn_buf text;

	rmn_buf_clear(raw);
	rmn_buf_append(raw, head->directory);
	rmn_buf_append(raw, head->file);
	rmn_buf_init(&text, 0);
	if (head->is_utf16) {
		append_utf16(head->directory, &text);
		append_utf16(head->file, &text);
		rmn_buf_clear(name);
		rmn_normal_nfc(rmn_buf_bytes(&text), name);
	} else {
		rmn_buf_append(&text, rmn_buf_bytes(raw));
		for (size_t i = 0; i < text.size; i++)
			if (text.data[i] == 0xFF)
				text.data[i] = '/';
		rmn_unpack_name(rmn_buf_bytes(&text), name);
	}
	name->failed |= text.failed | raw->failed;
	/* DOS names; only now, because the byte may be the second of a character */
	for (size_t i = 0; i < name->size; i++)
		if (name->data[i] == '\\')
			name->data[i] = '/';
	rmn_buf_release(&text);
}
