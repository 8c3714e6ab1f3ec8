/* SPDX-License-Identifier: MIT
 *
 * Makes compound files for tests: streams one after the other, then the directory, then the FAT, as
 * Word writes them; or the FAT first, as Excel does. */
#ifndef RMN_TESTS_UNIT_CARVE_CFB_H
#define RMN_TESTS_UNIT_CARVE_CFB_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MADE_BYTES_MAX ((size_t)4 << 20)

struct made_stream {
	const char *name;
	const unsigned char *data;
	size_t size;
};

struct made {
	unsigned char *bytes;	/* MADE_BYTES_MAX */
	size_t size;
	uint32_t fat[8192];
	uint32_t sectors;
};

static void
made_le16(unsigned char *p, unsigned value)
{
	p[0] = (unsigned char)value;
	p[1] = (unsigned char)(value >> 8);
}

static void
made_le32(unsigned char *p, uint32_t value)
{
	made_le16(p, value & 0xFFFF);
	made_le16(p + 2, value >> 16);
}

static unsigned char *
made_sector(struct made *m, uint32_t sector)
{
	return m->bytes + ((size_t)sector + 1) * 512;
}

/* A chain over the next sectors; returns its start. */
static uint32_t
made_chain(struct made *m, const void *data, size_t size)
{
	uint32_t start = m->sectors, count = (uint32_t)((size + 511) / 512);

	memcpy(made_sector(m, start), data, size);
	for (uint32_t i = 0; i < count; i++)
		m->fat[start + i] = i + 1 < count ? start + i + 1 : 0xFFFFFFFE;
	m->sectors += count;
	return start;
}

static void
made_entry(unsigned char *e, const char *name, unsigned type, uint32_t start, size_t size,
    uint32_t right, uint32_t child)
{
	size_t n = strlen(name);

	memset(e, 0, 128);
	for (size_t i = 0; i < n; i++)
		e[i * 2] = (unsigned char)name[i];
	made_le16(e + 64, (unsigned)(n + 1) * 2);
	e[66] = (unsigned char)type;
	e[67] = 1;
	made_le32(e + 68, 0xFFFFFFFF);
	made_le32(e + 72, right);
	made_le32(e + 76, child);
	made_le32(e + 116, start);
	made_le32(e + 120, (uint32_t)size);
}

static void
made_head(struct made *m, uint32_t directory, uint32_t fat_first, uint32_t fat_sectors,
    uint32_t mini, uint32_t mini_sectors)
{
	static const unsigned char magic[8] = {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1};
	unsigned char *h = m->bytes;

	memset(h, 0, 512);
	memcpy(h, magic, 8);
	made_le16(h + 24, 0x3E);
	made_le16(h + 26, 3);
	made_le16(h + 28, 0xFFFE);
	made_le16(h + 30, 9);
	made_le16(h + 32, 6);
	made_le32(h + 44, fat_sectors);
	made_le32(h + 48, directory);
	made_le32(h + 56, 4096);
	made_le32(h + 60, mini_sectors ? mini : 0xFFFFFFFE);
	made_le32(h + 64, mini_sectors);
	made_le32(h + 68, 0xFFFFFFFE);
	for (uint32_t i = 0; i < 109; i++)
		made_le32(h + 76 + i * 4, i < fat_sectors ? fat_first + i : 0xFFFFFFFF);
}

/* Small streams (below 4,096 bytes) go to the mini stream.  The FAT has fat_sectors sectors, at the
 * end or (fat_is_first) in front. */
static void
made_build(struct made *m, const struct made_stream *streams, size_t count, uint32_t fat_sectors,
    int fat_is_first)
{
	static unsigned char mini_data[65536], directory[8192];
	uint32_t mini_fat[1024], minis = 0, starts[32], fat_first = 0, mini = 0, root, where;
	size_t entries = count + 1;

	memset(m->fat, 0xFF, sizeof(m->fat));
	memset(mini_fat, 0xFF, sizeof(mini_fat));
	memset(directory, 0, sizeof(directory));
	memset(m->bytes, 0, MADE_BYTES_MAX);
	m->sectors = fat_is_first ? fat_sectors : 0;
	for (size_t i = 0; i < count; i++) {
		uint32_t n = (uint32_t)((streams[i].size + 63) / 64);

		if (streams[i].size >= 4096) {
			starts[i] = made_chain(m, streams[i].data, streams[i].size);
			continue;
		}
		starts[i] = minis;
		memcpy(mini_data + minis * 64, streams[i].data, streams[i].size);
		for (uint32_t j = 0; j < n; j++, minis++)
			mini_fat[minis] = j + 1 < n ? minis + 1 : 0xFFFFFFFE;
	}
	root = minis ? made_chain(m, mini_data, minis * 64) : 0xFFFFFFFE;
	if (minis) {
		unsigned char words[512];

		for (uint32_t i = 0; i < 128; i++)
			made_le32(words + i * 4, mini_fat[i]);
		mini = made_chain(m, words, 512);
	}
	made_entry(directory, "Root Entry", 5, root, minis * 64, 0xFFFFFFFF, count ? 1 : 0xFFFFFFFF);
	for (size_t i = 0; i < count; i++)
		made_entry(directory + (i + 1) * 128, streams[i].name, 2, starts[i], streams[i].size,
		    i + 1 < count ? (uint32_t)i + 2 : 0xFFFFFFFF, 0xFFFFFFFF);
	where = made_chain(m, directory, (entries * 128 + 511) / 512 * 512);
	if (!fat_is_first) {
		fat_first = m->sectors;
		m->sectors += fat_sectors;
	}
	for (uint32_t i = 0; i < fat_sectors; i++)
		m->fat[fat_first + i] = 0xFFFFFFFD;
	for (uint32_t i = 0; i < fat_sectors * 128; i++)
		made_le32(made_sector(m, fat_first) + i * 4, m->fat[i]);
	made_head(m, where, fat_first, fat_sectors, mini, minis ? 1 : 0);
	m->size = ((size_t)m->sectors + 1) * 512;
}

static unsigned
made_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 24;
}

static void
made_noise(unsigned char *to, size_t size, uint32_t seed)
{
	for (size_t i = 0; i < size; i++)
		to[i] = (unsigned char)made_random(&seed);
}

/* A workbook stream: globals with one sheet name, a sheet of label records, padded to size. */
static void
made_workbook(unsigned char *to, size_t size)
{
	static const unsigned char name[] = {0x85, 0, 12, 0, 0, 0, 0, 0, 0, 0, 4, 0, 'D', 'a', 't', 'a'};
	static const unsigned char bof[] = {0x09, 0x08, 16, 0, 0, 6, 5, 0, 0x0D, 0x20, 0xCD, 7, 1, 2,
	    3, 4, 5, 6, 7, 8}, eof[] = {0x0A, 0, 0, 0};
	size_t at = 0;
	uint32_t seed = 7;

	memset(to, 0, size);
	memcpy(to, bof, 20);
	memcpy(to + 20, name, 16);
	memcpy(to + 36, eof, 4);
	memcpy(to + 40, bof, 20);
	for (at = 60; at + 64 < size; at += 4u + to[at + 2]) {
		unsigned length = 14 + made_random(&seed) % 30;

		made_le16(to + at, 0xFD);
		made_le16(to + at + 2, length);
		for (unsigned i = 0; i < length; i++)
			to[at + 4 + i] = (unsigned char)(i < 8 ? i : 'a' + made_random(&seed) % 26);
	}
	memcpy(to + at, eof, 4);
}

#endif
