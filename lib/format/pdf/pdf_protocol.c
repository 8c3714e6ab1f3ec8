/* SPDX-License-Identifier: MIT */
#include "format/pdf/pdf_protocol.h"

#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/utf8.h"

/* Small enough that a reader gets its first text early. */
#define TEXT_PIECE_BYTES (64 * RMN_KIB)
#define NAME_BYTES 200

void
rmn_pdf_write_request(struct rmn_buf *message, const struct rmn_pdf_request *request)
{
	rmn_buf_le32(message, RMN_PDF_MAGIC);
	rmn_buf_le32(message, request->id);
	rmn_buf_le32(message, (uint32_t)request->what);
	rmn_buf_le32(message, request->first);
	rmn_buf_le32(message, request->second);
	rmn_buf_le64(message, request->size_bytes);
}

bool
rmn_pdf_read_request(struct rmn_bytes message, struct rmn_pdf_request *request)
{
	struct rmn_cursor c = rmn_cursor_over(message);
	struct rmn_pdf_request r;
	uint32_t magic, what;

	if (!rmn_cursor_le32(&c, &magic) || magic != RMN_PDF_MAGIC || !rmn_cursor_le32(&c, &r.id) ||
	    !rmn_cursor_le32(&c, &what) || what < RMN_PDF_READ || what > RMN_OCR_PIXELS ||
	    !rmn_cursor_le32(&c, &r.first) || !rmn_cursor_le32(&c, &r.second) ||
	    !rmn_cursor_le64(&c, &r.size_bytes) || r.size_bytes > RMN_LIMIT_WHOLE_ITEM_BYTES)
		return false;
	r.what = (enum rmn_pdf_what)what;
	*request = r;
	return true;
}

static void
write_header(struct rmn_buf *message, enum rmn_pdf_frame type, size_t size)
{
	rmn_buf_le32(message, (uint32_t)type);
	rmn_buf_le32(message, (uint32_t)size);
}

/* A number and a text. */
static void
write_tagged(struct rmn_buf *message, enum rmn_pdf_frame type, uint32_t tag, struct rmn_bytes text)
{
	text = rmn_utf8_head(text, TEXT_PIECE_BYTES);
	write_header(message, type, 4 + text.size);
	rmn_buf_le32(message, tag);
	rmn_buf_append(message, text);
}

void
rmn_pdf_write_part(struct rmn_buf *message, enum rmn_part_kind kind, const char *name)
{
	write_tagged(message, RMN_PDF_PART, (uint32_t)kind, rmn_bytes_from_string(name));
}

void
rmn_pdf_write_text(struct rmn_buf *message, struct rmn_bytes utf8)
{
	while (utf8.size > 0) {
		struct rmn_bytes piece = rmn_utf8_head(utf8, TEXT_PIECE_BYTES);

		write_header(message, RMN_PDF_TEXT, piece.size);
		rmn_buf_append(message, piece);
		utf8 = rmn_bytes_after(utf8, piece.size);
	}
}

void
rmn_pdf_write_property(struct rmn_buf *message, enum rmn_property property,
    struct rmn_bytes name, struct rmn_bytes value)
{
	name = rmn_utf8_head(name, NAME_BYTES);
	value = rmn_utf8_head(value, TEXT_PIECE_BYTES);
	write_header(message, RMN_PDF_PROPERTY, 8 + name.size + value.size);
	rmn_buf_le32(message, (uint32_t)property);
	rmn_buf_le32(message, (uint32_t)name.size);
	rmn_buf_append(message, name);
	rmn_buf_append(message, value);
}

void
rmn_pdf_write_missing(struct rmn_buf *message, enum rmn_status why, const char *sentence)
{
	write_tagged(message, RMN_PDF_MISSING, (uint32_t)why, rmn_bytes_from_string(sentence));
}

void
rmn_pdf_write_picture(struct rmn_buf *message, uint32_t page)
{
	write_header(message, RMN_PDF_PICTURE, 4);
	rmn_buf_le32(message, page);
}

#define MEMBER_FIXED_BYTES 24

void
rmn_pdf_write_member(struct rmn_buf *message, const struct rmn_pdf_member *member)
{
	struct rmn_bytes name = rmn_utf8_head(member->name, RMN_LIMIT_PATH_BYTES);

	write_header(message, RMN_PDF_MEMBER, MEMBER_FIXED_BYTES + name.size);
	rmn_buf_le64(message, member->size_bytes);
	rmn_buf_le64(message, (uint64_t)member->created);
	rmn_buf_le64(message, (uint64_t)member->modified);
	rmn_buf_append(message, name);
}

static void
write_pieces(struct rmn_buf *message, enum rmn_pdf_frame type, struct rmn_bytes data)
{
	while (data.size > 0) {
		struct rmn_bytes piece = rmn_bytes_head(data, TEXT_PIECE_BYTES);

		write_header(message, type, piece.size);
		rmn_buf_append(message, piece);
		data = rmn_bytes_after(data, piece.size);
	}
}

void
rmn_pdf_write_member_data(struct rmn_buf *message, struct rmn_bytes data)
{
	write_pieces(message, RMN_PDF_MEMBER_DATA, data);
}

void
rmn_pdf_write_pixels(struct rmn_buf *message, uint32_t width, uint32_t height)
{
	write_header(message, RMN_PDF_PIXELS, 8);
	rmn_buf_le32(message, width);
	rmn_buf_le32(message, height);
}

void
rmn_pdf_write_pixel_data(struct rmn_buf *message, struct rmn_bytes data)
{
	write_pieces(message, RMN_PDF_PIXEL_DATA, data);
}

void
rmn_pdf_write_member_end(struct rmn_buf *message, enum rmn_status status)
{
	write_header(message, RMN_PDF_MEMBER_END, 4);
	rmn_buf_le32(message, (uint32_t)status);
}

#define DONE_FIXED_BYTES 17

void
rmn_pdf_write_done(struct rmn_buf *message, const struct rmn_pdf_done *done)
{
	struct rmn_bytes reason = rmn_utf8_head(done->reason, TEXT_PIECE_BYTES);

	write_header(message, RMN_PDF_DONE, DONE_FIXED_BYTES + reason.size);
	rmn_buf_le32(message, done->request);
	rmn_buf_le32(message, (uint32_t)done->status);
	rmn_buf_le32(message, done->pages);
	rmn_buf_le32(message, done->pages_without_text);
	rmn_buf_u8(message, done->is_encrypted);
	rmn_buf_append(message, reason);
}

bool
rmn_pdf_read_header(struct rmn_bytes header, enum rmn_pdf_frame *type, uint32_t *size)
{
	struct rmn_cursor c = rmn_cursor_over(header);
	uint32_t number, bytes;

	if (!rmn_cursor_le32(&c, &number) || !rmn_cursor_le32(&c, &bytes) ||
	    number < RMN_PDF_PART || number > RMN_PDF_DONE || bytes > RMN_LIMIT_FRAME_BYTES)
		return false;
	*type = (enum rmn_pdf_frame)number;
	*size = bytes;
	return true;
}

static bool
read_text(struct rmn_cursor *c, struct rmn_bytes *text)
{
	return rmn_cursor_take(c, rmn_cursor_left(c), text) && rmn_utf8_is_valid(*text);
}

/* What a PDF has. */
static bool
is_part_kind(uint32_t number)
{
	switch (number) {
	case RMN_PART_BODY:
	case RMN_PART_COMMENT:
	case RMN_PART_PAGE:
	case RMN_PART_DELETED:
	case RMN_PART_FORM:
	case RMN_PART_OCR:
		return true;
	default:
		return false;
	}
}

bool
rmn_pdf_read_part(struct rmn_bytes payload, enum rmn_part_kind *kind, struct rmn_bytes *name)
{
	struct rmn_cursor c = rmn_cursor_over(payload);
	uint32_t number;

	if (!rmn_cursor_le32(&c, &number) || !is_part_kind(number) || !read_text(&c, name) ||
	    name->size > NAME_BYTES)
		return false;
	*kind = (enum rmn_part_kind)number;
	return true;
}

bool
rmn_pdf_read_property(struct rmn_bytes payload, enum rmn_property *property,
    struct rmn_bytes *name, struct rmn_bytes *value)
{
	struct rmn_cursor c = rmn_cursor_over(payload);
	uint32_t number, name_size;

	if (!rmn_cursor_le32(&c, &number) || number >= RMN_PROPERTY_COUNT ||
	    !rmn_cursor_le32(&c, &name_size) || name_size > NAME_BYTES ||
	    !rmn_cursor_take(&c, name_size, name) || !rmn_utf8_is_valid(*name) ||
	    !read_text(&c, value))
		return false;
	*property = (enum rmn_property)number;
	return true;
}

/* What may be said of an item or a part of it. */
static bool
read_status(struct rmn_cursor *c, enum rmn_status *status)
{
	uint32_t number;

	if (!rmn_cursor_le32(c, &number))
		return false;
	switch ((int32_t)number) {
	case RMN_OK:
	case RMN_PARTIAL:
	case RMN_CORRUPT:
	case RMN_UNSUPPORTED:
	case RMN_LIMIT:
	case RMN_NOMEM:
	case RMN_ENCRYPTED:
		*status = (enum rmn_status)(int32_t)number;
		return true;
	default:
		return false;
	}
}

bool
rmn_pdf_read_missing(struct rmn_bytes payload, enum rmn_status *why, struct rmn_bytes *sentence)
{
	struct rmn_cursor c = rmn_cursor_over(payload);

	return read_status(&c, why) && *why != RMN_OK && read_text(&c, sentence);
}

bool
rmn_pdf_read_picture(struct rmn_bytes payload, uint32_t *page)
{
	struct rmn_cursor c = rmn_cursor_over(payload);

	return payload.size == 4 && rmn_cursor_le32(&c, page) && *page > 0;
}

bool
rmn_pdf_read_member(struct rmn_bytes payload, struct rmn_pdf_member *member)
{
	struct rmn_cursor c = rmn_cursor_over(payload);
	uint64_t created, modified;
	struct rmn_pdf_member m;

	if (!rmn_cursor_le64(&c, &m.size_bytes) || !rmn_cursor_le64(&c, &created) ||
	    !rmn_cursor_le64(&c, &modified) || !read_text(&c, &m.name) ||
	    m.name.size > RMN_LIMIT_PATH_BYTES)
		return false;
	m.created = (int64_t)created;
	m.modified = (int64_t)modified;
	*member = m;
	return true;
}

bool
rmn_pdf_read_pixels(struct rmn_bytes payload, uint32_t *width, uint32_t *height)
{
	struct rmn_cursor c = rmn_cursor_over(payload);

	return payload.size == 8 && rmn_cursor_le32(&c, width) && rmn_cursor_le32(&c, height) &&
	       *width > 0 && *height > 0 && (uint64_t)*width * *height <= RMN_LIMIT_OCR_PIXELS;
}

bool
rmn_pdf_read_member_end(struct rmn_bytes payload, enum rmn_status *status)
{
	struct rmn_cursor c = rmn_cursor_over(payload);

	return payload.size == 4 && read_status(&c, status);
}

bool
rmn_pdf_read_done(struct rmn_bytes payload, struct rmn_pdf_done *done)
{
	struct rmn_cursor c = rmn_cursor_over(payload);
	struct rmn_pdf_done d;
	uint8_t is_encrypted;

	if (!rmn_cursor_le32(&c, &d.request) || !read_status(&c, &d.status) ||
	    !rmn_cursor_le32(&c, &d.pages) || !rmn_cursor_le32(&c, &d.pages_without_text) ||
	    !rmn_cursor_u8(&c, &is_encrypted) || is_encrypted > 1 || !read_text(&c, &d.reason) ||
	    d.pages_without_text > d.pages)
		return false;
	d.is_encrypted = is_encrypted;
	*done = d;
	return true;
}
