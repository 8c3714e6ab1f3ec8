/* SPDX-License-Identifier: MIT
 *
 * Bytes that grow: text under construction, a message to send.
 *
 * Appends never fail one by one.  The first append that would pass the cap, or finds no
 * memory, sets `failed` and from then on nothing changes; the caller checks once, at the end. */
#ifndef RMN_BASE_BUF_H
#define RMN_BASE_BUF_H

#include <stdarg.h>

#include "base/bytes.h"

struct rmn_buf {
	unsigned char *data;	/* owned; not NUL-terminated */
	size_t size;
	size_t capacity;
	size_t cap_bytes;	/* 0: no cap but memory */
	bool failed;
};

void rmn_buf_init(struct rmn_buf *buf, size_t cap_bytes);
void rmn_buf_release(struct rmn_buf *buf);
void rmn_buf_clear(struct rmn_buf *buf);	/* keeps the memory, clears `failed` */

struct rmn_bytes rmn_buf_bytes(const struct rmn_buf *buf);
bool rmn_buf_reserve(struct rmn_buf *buf, size_t more);

void rmn_buf_append(struct rmn_buf *buf, struct rmn_bytes bytes);
void rmn_buf_append_data(struct rmn_buf *buf, const void *data, size_t size);
void rmn_buf_append_string(struct rmn_buf *buf, const char *text);
void rmn_buf_append_char(struct rmn_buf *buf, char c);
void rmn_buf_append_utf8(struct rmn_buf *buf, uint32_t code_point);
void rmn_buf_printf(struct rmn_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void rmn_buf_u8(struct rmn_buf *buf, uint8_t value);
void rmn_buf_le16(struct rmn_buf *buf, uint16_t value);
void rmn_buf_le32(struct rmn_buf *buf, uint32_t value);
void rmn_buf_le64(struct rmn_buf *buf, uint64_t value);

/* A NUL-terminated view; "" when the buffer is empty or failed. */
const char *rmn_buf_string(struct rmn_buf *buf);

#endif
