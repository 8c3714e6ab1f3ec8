/* SPDX-License-Identifier: MIT
 *
 * Which bytes are worth giving to libarchive.  A false claim costs an item's time and hides what it
 * really is, so each row checks structure behind its magic: boot sectors and disk images must not
 * pass, and neither must random bytes. */
#include <string.h>

#include "base/cursor.h"
#include "unpack/own.h"
#include "unpack/unpack.h"

#define ISO_DESCRIPTOR_AT 32768u

static struct rmn_cursor
cursor_at(struct rmn_bytes head, size_t offset)
{
	return rmn_cursor_over(rmn_bytes_after(head, offset));
}

/* -1 outside. */
static int
byte_at(struct rmn_bytes head, size_t offset)
{
	return offset < head.size ? head.data[offset] : -1;
}

static bool
bytes_at(struct rmn_bytes head, size_t offset, const void *wanted, size_t size)
{
	struct rmn_bytes rest = rmn_bytes_after(head, offset);

	return rest.size >= size && memcmp(rest.data, wanted, size) == 0;
}

static bool
claim_zip(struct rmn_bytes head)
{
	struct rmn_cursor c = cursor_at(head, 0);
	uint16_t version, flags, method, name_size;
	uint32_t signature;

	if (bytes_at(head, 0, "PK\5\6\0\0\0\0\0\0\0\0", 12))
		return true;		/* no member at all */
	if (bytes_at(head, 0, "PK\7\10PK\3\4", 8) || bytes_at(head, 0, "PK00PK\3\4", 8))
		rmn_cursor_skip(&c, 4);	/* first of several volumes, or meant to be */
	if (!rmn_cursor_le32(&c, &signature) || signature != 0x04034b50)
		return false;
	return rmn_cursor_le16(&c, &version) && rmn_cursor_le16(&c, &flags) &&
	    rmn_cursor_le16(&c, &method) && rmn_cursor_skip(&c, 16) &&
	    rmn_cursor_le16(&c, &name_size) && (version & 0xFF) <= 63 && method <= 99 &&
	    (flags & 0xC000) == 0 && name_size > 0;
}

static bool
claim_7z(struct rmn_bytes head)
{
	return bytes_at(head, 0, "7z\xBC\xAF\x27\x1C\0", 7) && head.size >= 32 &&
	    byte_at(head, 7) <= 4;
}

static bool
claim_rar(struct rmn_bytes head)
{
	if (bytes_at(head, 0, "Rar!\x1A\x07\x01\x00", 8))
		return true;
	return bytes_at(head, 0, "Rar!\x1A\x07\x00", 7) && head.size >= 10 &&
	    byte_at(head, 9) >= 0x72 && byte_at(head, 9) <= 0x7B;
}

/* A checksum as tar writes it: octal digits among spaces, ended by NUL or space. */
static bool
tar_checksum(struct rmn_bytes field, uint32_t *value)
{
	size_t i = 0;
	unsigned digits = 0;

	*value = 0;
	while (i < field.size && field.data[i] == ' ')
		i++;
	for (; i < field.size && field.data[i] >= '0' && field.data[i] <= '7'; i++, digits++)
		*value = *value << 3 | (uint32_t)(field.data[i] - '0');
	return digits > 0 && (i == field.size || field.data[i] == 0 || field.data[i] == ' ');
}

static bool
claim_tar(struct rmn_bytes head)
{
	struct rmn_cursor c = cursor_at(head, 0);
	struct rmn_bytes block;
	uint32_t stored, sum = 8 * ' ';
	int32_t signed_sum = 8 * ' ';	/* as some old writers had it */

	if (!rmn_cursor_take(&c, 512, &block) || byte_at(block, 0) == 0 ||
	    !tar_checksum(rmn_bytes_head(rmn_bytes_after(block, 148), 8), &stored))
		return false;
	for (size_t i = 0; i < block.size; i++) {
		if (i >= 148 && i < 156)
			continue;
		sum += block.data[i];
		signed_sum += (signed char)block.data[i];
	}
	return stored == sum || (int64_t)stored == signed_sum;
}

static bool
all_digits(struct rmn_bytes bytes, size_t size, bool hexadecimal)
{
	if (bytes.size < size)
		return false;
	for (size_t i = 0; i < size; i++) {
		unsigned char c = bytes.data[i];

		if (!(c >= '0' && c <= (hexadecimal ? '9' : '7')) &&
		    !(hexadecimal && (c | 0x20) >= 'a' && (c | 0x20) <= 'f'))
			return false;
	}
	return true;
}

/* The old binary form: thirteen 16-bit numbers, in either byte order. */
static bool
claim_cpio_binary(struct rmn_bytes head)
{
	bool is_big = bytes_at(head, 0, "\x71\xC7", 2);
	struct rmn_cursor c = cursor_at(head, 0);
	uint16_t field[13];

	if (!is_big && !bytes_at(head, 0, "\xC7\x71", 2))
		return false;
	for (size_t i = 0; i < 13; i++)
		if (!(is_big ? rmn_cursor_be16(&c, &field[i]) : rmn_cursor_le16(&c, &field[i])))
			return false;
	/* mode has a type, there are links to it, the name is no longer than a path */
	return (field[3] & 0170000) != 0 && field[6] > 0 && field[6] < 1024 && field[10] > 1 &&
	    field[10] <= 1024 && byte_at(head, c.offset) > 0;
}

static bool
claim_cpio(struct rmn_bytes head)
{
	struct rmn_bytes fields = rmn_bytes_after(head, 6);

	if (bytes_at(head, 0, "070701", 6) || bytes_at(head, 0, "070702", 6))
		return all_digits(fields, 104, true);
	if (bytes_at(head, 0, "070707", 6))
		return all_digits(fields, 70, false);
	return claim_cpio_binary(head);
}

static bool
claim_ar(struct rmn_bytes head)
{
	return bytes_at(head, 0, "!<arch>\n", 8) &&
	    (head.size == 8 || bytes_at(head, 66, "`\n", 2));
}

static bool
claim_cab(struct rmn_bytes head)
{
	return bytes_at(head, 0, "MSCF\0\0\0\0", 8) && bytes_at(head, 24, "\3\1", 2);
}

static bool
claim_iso9660(struct rmn_bytes head)
{
	return bytes_at(head, ISO_DESCRIPTOR_AT, "\1CD001\1\0", 8);
}

static bool
claim_xar(struct rmn_bytes head)
{
	return bytes_at(head, 0, "xar!\0", 5) && head.size >= 28 && byte_at(head, 5) >= 28 &&
	    bytes_at(head, 6, "\0\1", 2);
}

static bool
claim_warc(struct rmn_bytes head)
{
	return (bytes_at(head, 0, "WARC/0.", 7) || bytes_at(head, 0, "WARC/1.", 7)) &&
	    head.size >= 10 && byte_at(head, 7) >= '0' && byte_at(head, 7) <= '9';
}

static bool
claim_gzip(struct rmn_bytes head)
{
	if (!bytes_at(head, 0, "\x1F\x8B\x08", 3) || head.size < 18 ||
	    (byte_at(head, 3) & 0xE0) != 0)
		return false;
	/* 13 of RFC 1952 and those of zlib behind them: 19 is what a Mac writes */
	if (byte_at(head, 9) > 19 && byte_at(head, 9) != 255)
		return false;		/* no such system */
	/* without optional fields the first deflate block's type is right here */
	return byte_at(head, 3) != 0 || (byte_at(head, 10) & 6) != 6;
}

static bool
claim_bzip2(struct rmn_bytes head)
{
	return bytes_at(head, 0, "BZh", 3) && head.size >= 14 && byte_at(head, 3) >= '1' &&
	    byte_at(head, 3) <= '9' && (bytes_at(head, 4, "1AY&SY", 6) ||
	    bytes_at(head, 4, "\x17\x72\x45\x38\x50\x90", 6));
}

static bool
claim_xz(struct rmn_bytes head)
{
	return bytes_at(head, 0, "\xFD" "7zXZ\0\0", 7) && head.size >= 24 &&
	    byte_at(head, 7) <= 15;
}

/* No magic: properties, a dictionary that is 2^n or 3*2^n, a size, and the range coder's first
 * byte, which is always zero. */
static bool
claim_lzma(struct rmn_bytes head)
{
	struct rmn_cursor c = cursor_at(head, 1);
	uint32_t dictionary, low;
	uint64_t size;
	uint8_t first;

	if (head.size < 18 || byte_at(head, 0) >= 225 || !rmn_cursor_le32(&c, &dictionary) ||
	    !rmn_cursor_le64(&c, &size) || !rmn_cursor_u8(&c, &first))
		return false;
	if (dictionary < 4096 || first != 0 || (size != UINT64_MAX && (size == 0 || size >> 38)))
		return false;
	low = dictionary & (~dictionary + 1);
	if (dictionary != low && dictionary != 3 * low)
		return false;
	return byte_at(head, 0) == 0x5D || size == UINT64_MAX;
}

static bool
claim_zstd(struct rmn_bytes head)
{
	struct rmn_cursor c = cursor_at(head, 0);
	uint32_t signature, size;

	if (!rmn_cursor_le32(&c, &signature))
		return false;
	if (signature >> 4 == 0x184D2A5 && rmn_cursor_le32(&c, &size) && rmn_cursor_skip(&c, size))
		rmn_cursor_le32(&c, &signature);	/* behind a skippable frame */
	return signature == 0xFD2FB528 && c.offset < head.size &&
	    (byte_at(head, c.offset) & 0x08) == 0;
}

static bool
claim_lz4(struct rmn_bytes head)
{
	if (bytes_at(head, 0, "\x02\x21\x4C\x18", 4))
		return head.size >= 9 && byte_at(head, 7) == 0;
	return bytes_at(head, 0, "\x04\x22\x4D\x18", 4) && head.size >= 11 &&
	    (byte_at(head, 4) & 0xC2) == 0x40 && (byte_at(head, 5) & 0x8F) == 0 &&
	    byte_at(head, 5) >= 0x40;
}

/* The first code is nine bits wide and always a literal byte. */
static bool
claim_compress(struct rmn_bytes head)
{
	return bytes_at(head, 0, "\x1F\x9D", 2) && head.size >= 6 &&
	    (byte_at(head, 2) & 0x60) == 0 && (byte_at(head, 2) & 0x1F) >= 9 &&
	    (byte_at(head, 2) & 0x1F) <= 16 && (byte_at(head, 4) & 1) == 0;
}

static bool
claim_lzip(struct rmn_bytes head)
{
	return bytes_at(head, 0, "LZIP\1", 5) && head.size >= 26 &&
	    (byte_at(head, 5) & 0x1F) >= 12 && (byte_at(head, 5) & 0x1F) <= 29 &&
	    byte_at(head, 6) == 0;
}

static bool
claim_rpm(struct rmn_bytes head)
{
	return bytes_at(head, 0, "\xED\xAB\xEE\xDB", 4) && head.size >= 100 &&
	    (byte_at(head, 4) == 3 || byte_at(head, 4) == 4) && bytes_at(head, 78, "\0\5", 2);
}

/* "begin 644 name", then a line whose first character counts the bytes that follow. */
static bool
claim_uu(struct rmn_bytes head)
{
	const unsigned char *end;
	size_t line, size;

	if (!bytes_at(head, 0, "begin ", 6) || !all_digits(rmn_bytes_after(head, 6), 3, false) ||
	    !bytes_at(head, 9, " ", 1))
		return false;
	end = memchr(head.data, '\n', head.size);
	if (!end)
		return false;
	line = (size_t)(end - head.data) + 1;
	if (byte_at(head, line) <= ' ' || byte_at(head, line) > 'M')
		return false;
	size = 1 + ((size_t)(byte_at(head, line) - ' ') + 2) / 3 * 4;
	return (byte_at(head, line + size) == '\n' || byte_at(head, line + size) == '\r');
}

static const struct {
	const char *name;
	bool (*claim)(struct rmn_bytes head);
} claims[] = {
	{"7z", claim_7z},
	{"ar", claim_ar},
	{"bzip2", claim_bzip2},
	{"cab", claim_cab},
	{"compress", claim_compress},
	{"cpio", claim_cpio},
	{"gzip", claim_gzip},
	{"iso9660", claim_iso9660},
	{"lz4", claim_lz4},
	{"lzip", claim_lzip},
	{"rar", claim_rar},
	{"rpm", claim_rpm},
	{"tar", claim_tar},
	{"uu", claim_uu},
	{"warc", claim_warc},
	{"xar", claim_xar},
	{"xz", claim_xz},
	{"zip", claim_zip},
	{"zstd", claim_zstd},
	{"lzma", claim_lzma},	/* the weakest, so the last */
};

bool
rmn_unpack_claim(struct rmn_bytes head, const char **format_name)
{
	const struct rmn_unpack_own *own = rmn_unpack_own_find(head);

	if (own) {
		*format_name = own->name;
		return true;
	}
	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
		if (claims[i].claim(head)) {
			*format_name = claims[i].name;
			return true;
		}
	}
	return false;
}
