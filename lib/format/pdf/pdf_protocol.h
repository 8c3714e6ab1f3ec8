/* SPDX-License-Identifier: MIT
 *
 * What a worker and the PDF program say to each other over a stream socket.  The PDF libraries are
 * AGPL and read hostile input, so they live in a program of their own (docs/decisions).
 *
 *	request   u32 magic, u32 request id, u32 what, u32, u32, u64 size, then size bytes
 *	answer    frames, the last one RMN_PDF_DONE:  u32 type, u32 size, payload
 *
 * All integers little-endian.  Each side takes the other's lengths for hostile. */
#ifndef RMN_FORMAT_PDF_PROTOCOL_H
#define RMN_FORMAT_PDF_PROTOCOL_H

#include "base/buf.h"
#include "base/sink.h"

#define RMN_PDF_MAGIC 0x46504D52u	/* "RMPF" */
#define RMN_PDF_REQUEST_BYTES 28
#define RMN_PDF_FRAME_HEADER_BYTES 8

/* Where the program finds the socket. */
#define RMN_PDF_FD 3

enum rmn_pdf_frame {
	RMN_PDF_PART = 1,	/* u32 part kind, its name in UTF-8 ("3" for page 3) */
	RMN_PDF_TEXT,		/* UTF-8 */
	RMN_PDF_PROPERTY,	/* u32 property, u32 size of its name, the name, value in UTF-8 */
	RMN_PDF_MISSING,	/* i32 status, a sentence */
	RMN_PDF_PICTURE,	/* u32 page from 1, which is a picture without text */
	RMN_PDF_MEMBER,		/* struct rmn_pdf_member: an attached file begins */
	RMN_PDF_MEMBER_DATA,	/* bytes of it */
	RMN_PDF_MEMBER_END,	/* i32 status: RMN_OK when that was all of it */
	RMN_PDF_PIXELS,		/* u32 width, u32 height: a rendered page begins */
	RMN_PDF_PIXEL_DATA,	/* its grey pixels, row by row, one byte each */
	RMN_PDF_DONE,		/* struct rmn_pdf_done */
};

/* What is asked for. */
enum rmn_pdf_what {
	RMN_PDF_READ = 1,	/* the PDF that follows */
	RMN_PDF_RENDER,		/* page `first` of the PDF that was read last; nothing follows */
	RMN_OCR_FILE,		/* of the OCR program: the picture file that follows */
	RMN_OCR_PIXELS,		/* grey pixels, `first` wide and `second` high */
};

struct rmn_pdf_request {
	uint32_t id;
	enum rmn_pdf_what what;
	uint32_t first, second;
	uint64_t size_bytes;
};

struct rmn_pdf_member {
	uint64_t size_bytes;		/* as declared; UINT64_MAX: unknown */
	int64_t created, modified;	/* base/time.h */
	struct rmn_bytes name;		/* UTF-8; borrowed */
};

struct rmn_pdf_done {
	uint32_t request;
	enum rmn_status status;
	uint32_t pages;
	uint32_t pages_without_text;
	bool is_encrypted;
	struct rmn_bytes reason;	/* a sentence unless RMN_OK; borrowed */
};

void rmn_pdf_write_request(struct rmn_buf *message, const struct rmn_pdf_request *request);
bool rmn_pdf_read_request(struct rmn_bytes message, struct rmn_pdf_request *request);

void rmn_pdf_write_part(struct rmn_buf *message, enum rmn_part_kind kind, const char *name);
/* In as many frames as it takes. */
void rmn_pdf_write_text(struct rmn_buf *message, struct rmn_bytes utf8);
/* A value or sentence longer than a frame is cut. */
void rmn_pdf_write_property(struct rmn_buf *message, enum rmn_property property,
    struct rmn_bytes name, struct rmn_bytes value);
void rmn_pdf_write_missing(struct rmn_buf *message, enum rmn_status why, const char *sentence);
void rmn_pdf_write_picture(struct rmn_buf *message, uint32_t page);
void rmn_pdf_write_member(struct rmn_buf *message, const struct rmn_pdf_member *member);
void rmn_pdf_write_member_data(struct rmn_buf *message, struct rmn_bytes data);
void rmn_pdf_write_member_end(struct rmn_buf *message, enum rmn_status status);
void rmn_pdf_write_pixels(struct rmn_buf *message, uint32_t width, uint32_t height);
void rmn_pdf_write_pixel_data(struct rmn_buf *message, struct rmn_bytes data);
void rmn_pdf_write_done(struct rmn_buf *message, const struct rmn_pdf_done *done);

/* Type and payload size of a frame header; false when either is none that was agreed on. */
bool rmn_pdf_read_header(struct rmn_bytes header, enum rmn_pdf_frame *type, uint32_t *size);

/* Payloads; false when they are not as agreed. */
bool rmn_pdf_read_part(struct rmn_bytes payload, enum rmn_part_kind *kind,
    struct rmn_bytes *name);
bool rmn_pdf_read_property(struct rmn_bytes payload, enum rmn_property *property,
    struct rmn_bytes *name, struct rmn_bytes *value);
bool rmn_pdf_read_missing(struct rmn_bytes payload, enum rmn_status *why,
    struct rmn_bytes *sentence);
bool rmn_pdf_read_picture(struct rmn_bytes payload, uint32_t *page);
bool rmn_pdf_read_member(struct rmn_bytes payload, struct rmn_pdf_member *member);
/* Neither is 0, and they are at most RMN_LIMIT_OCR_PIXELS together. */
bool rmn_pdf_read_pixels(struct rmn_bytes payload, uint32_t *width, uint32_t *height);
bool rmn_pdf_read_member_end(struct rmn_bytes payload, enum rmn_status *status);
bool rmn_pdf_read_done(struct rmn_bytes payload, struct rmn_pdf_done *done);

#endif
