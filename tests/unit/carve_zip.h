/* SPDX-License-Identifier: MIT
 *
 * Zips made byte by byte, and a disk in memory to lay them on in pieces. */
#ifndef RMN_TESTS_CARVE_ZIP_H
#define RMN_TESTS_CARVE_ZIP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "carve/run.h"
#include "unpack/checksum.h"

enum zip_kind { KIND_XML, KIND_NOISE, KIND_PNG };

struct zip_part {
	const char *name;
	enum zip_kind kind;
	size_t size;
	bool is_stored, is_streamed, has_signature;
	uint32_t seed;
	const char *text;		/* instead */
};

static void
bytes_add(struct rmn_buf *b, const void *data, size_t size)
{
	rmn_buf_append_data(b, data, size);
}

static uint32_t
noise_next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

static void
noise_add(struct rmn_buf *b, size_t size, uint32_t seed)
{
	while (size-- > 0)
		rmn_buf_u8(b, (uint8_t)noise_next(&seed));
}

static void
xml_add(struct rmn_buf *b, size_t size, uint32_t seed)
{
	size_t end = b->size + size;

	rmn_buf_append_string(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sheet>");
	for (unsigned row = 1; b->size + 200 < end; row++)
		rmn_buf_printf(b, "<row r=\"%u\"><c t=\"s\"><v>%u %x</v></c><c/></row>", row,
		    noise_next(&seed), noise_next(&seed) * noise_next(&seed));
	rmn_buf_append_string(b, "</sheet>");
}

static void
be32_add(struct rmn_buf *b, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		rmn_buf_u8(b, (uint8_t)(value >> shift));
}

static void
png_chunk_add(struct rmn_buf *b, const char *type, const unsigned char *data, size_t size)
{
	size_t from;

	be32_add(b, (uint32_t)size);
	from = b->size;
	bytes_add(b, type, 4);
	bytes_add(b, data, size);
	be32_add(b, rmn_crc32(0, b->data + from, b->size - from));
}

/* Grey noise, 300 pixels wide, in one chunk. */
static void
png_add(struct rmn_buf *b, size_t size, uint32_t seed)
{
	unsigned char head[13] = {0, 0, 1, 0x2c, 0, 0, 0, 0, 8, 0, 0, 0, 0};
	size_t rows = size / 301 + 1;
	struct rmn_buf plain;
	uLongf packed_bytes = compressBound(rows * 301);
	unsigned char *packed = malloc(packed_bytes);

	rmn_buf_init(&plain, 0);
	for (size_t i = 0; i < rows; i++) {
		rmn_buf_u8(&plain, (uint8_t)(i % 5));
		noise_add(&plain, 300, noise_next(&seed));
	}
	head[6] = (unsigned char)(rows >> 8);
	head[7] = (unsigned char)rows;
	compress(packed, &packed_bytes, plain.data, plain.size);
	bytes_add(b, "\x89PNG\r\n\x1a\n", 8);
	png_chunk_add(b, "IHDR", head, sizeof(head));
	png_chunk_add(b, "IDAT", packed, packed_bytes);
	png_chunk_add(b, "IEND", head, 0);
	rmn_buf_release(&plain);
	free(packed);
}

static void
deflate_add(struct rmn_buf *b, const unsigned char *data, size_t size)
{
	z_stream z = {0};

	deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
	rmn_buf_reserve(b, deflateBound(&z, size));
	z.next_in = (unsigned char *)(uintptr_t)data;
	z.avail_in = (uInt)size;
	z.next_out = b->data + b->size;
	z.avail_out = (uInt)(b->capacity - b->size);
	deflate(&z, Z_FINISH);
	b->size += z.total_out;
	deflateEnd(&z);
}

static void
record_add(struct rmn_buf *b, const struct zip_part *p, uint32_t crc, size_t packed, size_t size)
{
	rmn_buf_le16(b, p->is_streamed ? 8 : 0);
	rmn_buf_le16(b, p->is_stored ? 0 : 8);
	rmn_buf_le32(b, 0x4c6f5a21);
	rmn_buf_le32(b, crc);
	rmn_buf_le32(b, (uint32_t)packed);
	rmn_buf_le32(b, (uint32_t)size);
	rmn_buf_le16(b, (uint16_t)strlen(p->name));
	rmn_buf_le16(b, 0);
}

/* One member, and its entry into directory. */
static void
part_add(struct rmn_buf *b, struct rmn_buf *directory, const struct zip_part *p)
{
	struct rmn_buf plain, packed;
	size_t at = b->size;
	uint32_t crc;

	rmn_buf_init(&plain, 0);
	rmn_buf_init(&packed, 0);
	if (p->text)
		rmn_buf_append_string(&plain, p->text);
	else if (p->kind == KIND_XML)
		xml_add(&plain, p->size, p->seed);
	else if (p->kind == KIND_PNG)
		png_add(&plain, p->size, p->seed);
	else
		noise_add(&plain, p->size, p->seed);
	if (p->is_stored)
		bytes_add(&packed, plain.data, plain.size);
	else
		deflate_add(&packed, plain.data, plain.size);
	crc = rmn_crc32(0, plain.data, plain.size);
	bytes_add(b, "PK\3\4\x14", 6);
	record_add(b, p, p->is_streamed ? 0 : crc, p->is_streamed ? 0 : packed.size,
	    p->is_streamed ? 0 : plain.size);
	rmn_buf_append_string(b, p->name);
	bytes_add(b, packed.data, packed.size);
	if (p->is_streamed) {
		if (p->has_signature)
			bytes_add(b, "PK\7\10", 4);
		rmn_buf_le32(b, crc);
		rmn_buf_le32(b, (uint32_t)packed.size);
		rmn_buf_le32(b, (uint32_t)plain.size);
	}
	bytes_add(directory, "PK\1\2\x14\0\x14", 8);
	record_add(directory, p, crc, packed.size, plain.size);
	bytes_add(directory, "\0\0\0\0\0\0\0\0\0\0", 10);
	rmn_buf_le32(directory, (uint32_t)at);
	rmn_buf_append_string(directory, p->name);
	rmn_buf_release(&plain);
	rmn_buf_release(&packed);
}

static void
zip_make(struct rmn_buf *b, const struct zip_part *parts, size_t count, const char *comment)
{
	struct rmn_buf directory;
	size_t at;

	rmn_buf_init(&directory, 0);
	for (size_t i = 0; i < count; i++)
		part_add(b, &directory, &parts[i]);
	at = b->size;
	bytes_add(b, directory.data, directory.size);
	bytes_add(b, "PK\5\6\0\0\0\0", 8);
	rmn_buf_le16(b, (uint16_t)count);
	rmn_buf_le16(b, (uint16_t)count);
	rmn_buf_le32(b, (uint32_t)directory.size);
	rmn_buf_le32(b, (uint32_t)at);
	rmn_buf_le16(b, (uint16_t)strlen(comment));
	rmn_buf_append_string(b, comment);
	rmn_buf_release(&directory);
}

#define CONTENT_TYPES(type) "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/" \
	"package/2006/content-types\"><Override PartName=\"/a.xml\" ContentType=\"" type "\"/></Types>"
#define TYPE_DOCX "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
#define TYPE_XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
#define TYPE_PPTX "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"

#endif
