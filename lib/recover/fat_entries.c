/* SPDX-License-Identifier: MIT
 *
 * FAT32 File System Specification 1.03, "FAT Directory Structure" and "FAT Long Directory
 * Entries". */
#include "recover/fat_entries.h"

#include <string.h>

#include "base/checked.h"
#include "charset/charset.h"
#include "recover/sight.h"

#define ENTRY_BYTES 32
#define DELETED 0xe5
#define LONG_NAME 0x0f
#define LABEL 0x08
#define FOLDER 0x10
#define LAST_PART 0x40
#define PARTS_MAX 20
#define PART_UNITS 13

void
rmn_fat_reader_init(struct rmn_fat_reader *reader)
{
	*reader = (struct rmn_fat_reader){0};
	rmn_buf_init(&reader->name, 0);
}

void
rmn_fat_reader_release(struct rmn_fat_reader *reader)
{
	rmn_buf_release(&reader->name);
}

void
rmn_fat_reader_reset(struct rmn_fat_reader *reader)
{
	reader->part_count = 0;
	reader->next_order = 0;
}

static unsigned
short_checksum(const unsigned char *p)
{
	unsigned sum = 0;

	for (int i = 0; i < 11; i++)
		sum = (((sum & 1) << 7) + (sum >> 1) + p[i]) & 0xff;
	return sum;
}

/* CP932 where it is valid, else the code page of the first PCs. */
static void
oem_append(struct rmn_bytes bytes, struct rmn_buf *utf8)
{
	struct rmn_buf japanese;
	size_t bad = 0;

	rmn_buf_init(&japanese, 0);
	rmn_charset_decode(bytes, RMN_CP932, &japanese, &bad);
	if (bad > 0) {
		rmn_buf_clear(&japanese);
		rmn_charset_decode_label(bytes, rmn_bytes_from_string("ibm437"), &japanese, &bad);
	}
	rmn_buf_append(utf8, rmn_buf_bytes(&japanese));
	rmn_buf_release(&japanese);
}

static void
lower(unsigned char *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (unsigned char)(p[i] + 32);
}

void
rmn_fat_short_name(const unsigned char *p, unsigned case_flags, bool is_deleted,
    struct rmn_buf *name)
{
	unsigned char copy[11];
	size_t base = 8, extension = 3;
	struct rmn_buf text;

	memcpy(copy, p, sizeof(copy));
	if (is_deleted)
		copy[0] = '_';
	else if (copy[0] == 0x05)
		copy[0] = DELETED;
	while (base > 0 && copy[base - 1] == ' ')
		base--;
	while (extension > 0 && copy[8 + extension - 1] == ' ')
		extension--;
	if (case_flags & 0x08)
		lower(copy, base);
	if (case_flags & 0x10)
		lower(copy + 8, extension);
	rmn_buf_init(&text, 0);
	oem_append((struct rmn_bytes){copy, base}, &text);
	if (extension > 0) {
		rmn_buf_append_char(&text, '.');
		oem_append((struct rmn_bytes){copy + 8, extension}, &text);
	}
	rmn_found_name_utf8(name, rmn_buf_bytes(&text));
	rmn_buf_release(&text);
}

/* Puts one part in front of those that are open, or opens a name. */
static void
part_add(struct rmn_fat_reader *reader, const unsigned char *e)
{
	bool is_deleted = e[0] == DELETED;
	unsigned order = is_deleted ? 0 : e[0] & 0x1f;
	bool is_first = is_deleted ?
	    reader->part_count == 0 || !reader->is_deleted || reader->checksum != e[13] :
	    e[0] & LAST_PART;
	unsigned char *to;

	if (is_first)
		reader->part_count = 0;
	else if (reader->part_count == 0 || reader->is_deleted != is_deleted ||
	    reader->checksum != e[13] || (!is_deleted && reader->next_order != order)) {
		rmn_fat_reader_reset(reader);
		return;
	}
	if (reader->part_count == PARTS_MAX || (!is_deleted && (order == 0 || order > PARTS_MAX))) {
		rmn_fat_reader_reset(reader);
		return;
	}
	reader->part_count++;
	reader->is_deleted = is_deleted;
	reader->checksum = e[13];
	reader->next_order = is_deleted ? 0 : order - 1;
	to = reader->units + sizeof(reader->units) - (size_t)2 * PART_UNITS * reader->part_count;
	memcpy(to, e + 1, 10);
	memcpy(to + 10, e + 14, 12);
	memcpy(to + 22, e + 28, 4);
}

/* The open long name if it is this short entry's; else the short name. */
static void
name_finish(struct rmn_fat_reader *reader, const unsigned char *e)
{
	bool is_deleted = e[0] == DELETED;
	bool is_long = reader->part_count > 0 && reader->is_deleted == is_deleted &&
	    (is_deleted || (reader->next_order == 0 && reader->checksum == short_checksum(e)));
	size_t capacity = (size_t)PART_UNITS * reader->part_count, count = 0;
	const unsigned char *units = reader->units + sizeof(reader->units) - 2 * capacity;

	rmn_buf_clear(&reader->name);
	while (is_long && count < capacity && rmn_le16(units + 2 * count) != 0)
		count++;
	if (count > 0)
		rmn_found_name_utf16(&reader->name, (struct rmn_bytes){units, 2 * count}, false,
		    false);
	else
		rmn_fat_short_name(e, e[12], is_deleted, &reader->name);
	rmn_fat_reader_reset(reader);
}

/* Numbers that some driver wrote; names are checked where they are made. */
static bool
entry_is_plausible(const unsigned char *e)
{
	static const char never[] = "\"*+,/:;<=>?[\\]|";

	if (e[11] & 0xc0 || e[0] == ' ' || e[12] & ~0x18)
		return false;
	for (int i = 1; i < 11; i++)
		if (e[i] < 0x20 || (e[i] < 0x80 && strchr(never, e[i])))
			return false;
	return (rmn_le16(e + 22) & 31) < 30 && rmn_le16(e + 22) >> 11 < 24 &&
	    (rmn_le16(e + 22) >> 5 & 63) < 60;
}

/* Whether a sector holds entries at all: one that was overwritten may look like one or two. */
static bool
sector_is_plausible(const unsigned char *p, size_t size)
{
	unsigned good = 0, bad = 0;

	for (size_t at = 0; at + ENTRY_BYTES <= size && p[at] != 0; at += ENTRY_BYTES) {
		const unsigned char *e = p + at;
		bool is_fine = e[11] == LONG_NAME ? e[12] == 0 && rmn_le16(e + 26) == 0 :
		    entry_is_plausible(e) || e[0] == '.' || e[11] & LABEL;

		good += is_fine;
		bad += !is_fine;
	}
	return good >= bad;
}

static void
entry_add(struct rmn_fat_reader *reader, struct rmn_fat_catalogue *c, uint32_t folder,
    uint64_t image_offset, const unsigned char *e)
{
	struct rmn_fat_entry entry = {
		.folder = folder,
		.entry_offset = image_offset,
		.attributes = e[11],
		.is_folder = e[11] & FOLDER,
		.created = rmn_fat_time(rmn_le16(e + 16), rmn_le16(e + 14), e[13]),
		.modified = rmn_fat_time(rmn_le16(e + 24), rmn_le16(e + 22), 0),
		.accessed = rmn_fat_time(rmn_le16(e + 18), 0, 0),
	};

	entry.chain.first = (rmn_le16(e + 26) | (uint32_t)rmn_le16(e + 20) << 16) & 0x0fffffff;
	entry.chain.size_bytes = rmn_le32(e + 28);
	entry.chain.is_deleted = e[0] == DELETED;
	entry.chain.is_first_vague = e[0] == DELETED && rmn_le16(e + 20) == 0;
	name_finish(reader, e);
	if (reader->name.failed) {
		c->failed = true;
		return;
	}
	entry.name = rmn_buf_bytes(&reader->name);
	if (entry.name.size > 0 && (!entry.is_folder || entry.chain.size_bytes == 0))
		rmn_fat_catalogue_add(c, &entry);
}

bool
rmn_fat_reader_cluster(struct rmn_fat_reader *reader, struct rmn_fat_catalogue *c, uint32_t folder,
    uint64_t image_offset, const unsigned char *p, size_t size)
{
	for (size_t at = 0; at + ENTRY_BYTES <= size; at += ENTRY_BYTES) {
		const unsigned char *e = p + at;

		if (at % RMN_SECTOR_BYTES == 0 && !sector_is_plausible(e,
		    rmn_min_size(RMN_SECTOR_BYTES, size - at))) {
			rmn_fat_reader_reset(reader);
			at += RMN_SECTOR_BYTES - ENTRY_BYTES;
			continue;
		}
		if (e[0] == 0)
			return false;
		if (e[0] == '.' && (e[1] == ' ' || (e[1] == '.' && e[2] == ' ')))
			continue;
		if (e[11] == LONG_NAME)
			part_add(reader, e);
		else if (!entry_is_plausible(e) || e[11] & LABEL)
			rmn_fat_reader_reset(reader);
		else
			entry_add(reader, c, folder, image_offset + at, e);
	}
	return true;
}

unsigned
rmn_fat_reader_fits(const struct rmn_fat_reader *reader, const unsigned char *p)
{
	bool is_part = p[11] == LONG_NAME, is_deleted = p[0] == DELETED;

	if (reader->part_count == 0)
		return is_part && !is_deleted && !(p[0] & LAST_PART) ? 0 : 1;
	if (reader->is_deleted != is_deleted)
		return 0;
	if (is_part)
		return p[13] == reader->checksum &&
		    (is_deleted || (p[0] == reader->next_order && reader->next_order > 0)) ? 2 : 0;
	if (is_deleted)
		return 1;
	return reader->next_order == 0 && short_checksum(p) == reader->checksum ? 2 : 0;
}
