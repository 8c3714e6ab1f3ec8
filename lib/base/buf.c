/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/utf8.h"

void
rmn_buf_init(struct rmn_buf *buf, size_t cap_bytes)
{
	*buf = (struct rmn_buf){.cap_bytes = cap_bytes};
}

void
rmn_buf_release(struct rmn_buf *buf)
{
	free(buf->data);
	*buf = (struct rmn_buf){.cap_bytes = buf->cap_bytes};
}

void
rmn_buf_clear(struct rmn_buf *buf)
{
	buf->size = 0;
	buf->failed = false;
}

struct rmn_bytes
rmn_buf_bytes(const struct rmn_buf *buf)
{
	return (struct rmn_bytes){buf->data, buf->size};
}

static bool
buf_grow(struct rmn_buf *buf, size_t wanted)
{
	size_t capacity = buf->capacity ? buf->capacity : 256;
	unsigned char *data;

	while (capacity < wanted)
		if (!rmn_mul_size(capacity, 2, &capacity))
			return false;
	data = realloc(buf->data, capacity);
	if (!data)
		return false;
	buf->data = data;
	buf->capacity = capacity;
	return true;
}

bool
rmn_buf_reserve(struct rmn_buf *buf, size_t more)
{
	size_t wanted;

	if (buf->failed)
		return false;
	if (!rmn_add_size(buf->size, more, &wanted) ||
	    (buf->cap_bytes && wanted > buf->cap_bytes) ||
	    (wanted > buf->capacity && !buf_grow(buf, wanted)))
		buf->failed = true;
	return !buf->failed;
}

void
rmn_buf_append_data(struct rmn_buf *buf, const void *data, size_t size)
{
	if (size == 0 || !rmn_buf_reserve(buf, size))
		return;
	memcpy(buf->data + buf->size, data, size);
	buf->size += size;
}

void
rmn_buf_append(struct rmn_buf *buf, struct rmn_bytes bytes)
{
	rmn_buf_append_data(buf, bytes.data, bytes.size);
}

void
rmn_buf_append_string(struct rmn_buf *buf, const char *text)
{
	rmn_buf_append_data(buf, text, strlen(text));
}

void
rmn_buf_append_char(struct rmn_buf *buf, char c)
{
	rmn_buf_append_data(buf, &c, 1);
}

void
rmn_buf_append_utf8(struct rmn_buf *buf, uint32_t code_point)
{
	unsigned char encoded[4];

	rmn_buf_append_data(buf, encoded, rmn_utf8_encode(code_point, encoded));
}

void
rmn_buf_printf(struct rmn_buf *buf, const char *format, ...)
{
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (size < 0 || !rmn_buf_reserve(buf, (size_t)size + 1)) {
		buf->failed = true;
		return;
	}
	va_start(arguments, format);
	vsnprintf((char *)buf->data + buf->size, (size_t)size + 1, format, arguments);
	va_end(arguments);
	buf->size += (size_t)size;
}

static void
buf_little(struct rmn_buf *buf, uint64_t value, size_t size)
{
	unsigned char bytes[8];

	for (size_t i = 0; i < size; i++)
		bytes[i] = (unsigned char)(value >> 8 * i);
	rmn_buf_append_data(buf, bytes, size);
}

void
rmn_buf_u8(struct rmn_buf *buf, uint8_t value)
{
	buf_little(buf, value, 1);
}

void
rmn_buf_le16(struct rmn_buf *buf, uint16_t value)
{
	buf_little(buf, value, 2);
}

void
rmn_buf_le32(struct rmn_buf *buf, uint32_t value)
{
	buf_little(buf, value, 4);
}

void
rmn_buf_le64(struct rmn_buf *buf, uint64_t value)
{
	buf_little(buf, value, 8);
}

const char *
rmn_buf_string(struct rmn_buf *buf)
{
	if (buf->size == 0 || !rmn_buf_reserve(buf, 1))
		return "";
	buf->data[buf->size] = '\0';
	return (const char *)buf->data;
}
