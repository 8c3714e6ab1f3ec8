/* SPDX-License-Identifier: MIT
 *
 * The inside of the reader of binary workbooks (MS-XLS; older ones as the OpenOffice.org description
 * of the format has them): what its files share.  A workbook is a row of records, type and size in
 * front of each: the globals first, then a substream for each sheet, from BOF to EOF. */
#ifndef RMN_FORMAT_XLS_H
#define RMN_FORMAT_XLS_H

#include "base/buf.h"
#include "base/number.h"
#include "format/text.h"
#include "format/package/xlsx_number.h"

#define XLS_RECORD_MAX 8224u	/* of a record's data; what is longer goes on in CONTINUE */
#define XLS_GAP_MIN 4u		/* shorter ones hold no text */
#define XLS_GAPS_MAX 64u	/* stretches of damage; more are taken as one */
#define XLS_FORMATS_MAX 4096u	/* numbers of custom formats; Excel has about 400 */

enum xls_type {
	XLS_BOF_2 = 0x0009, XLS_BOF_3 = 0x0209, XLS_BOF_4 = 0x0409, XLS_BOF = 0x0809,
	XLS_EOF = 0x000A,
	XLS_CONTINUE = 0x003C,
	XLS_INTEGER_2 = 0x0002, XLS_NUMBER_2 = 0x0003, XLS_LABEL_2 = 0x0004,
	XLS_BOOLERR_2 = 0x0005, XLS_STRING_2 = 0x0007,
	XLS_NUMBER = 0x0203, XLS_LABEL = 0x0204, XLS_BOOLERR = 0x0205, XLS_STRING = 0x0207,
	XLS_FORMULA = 0x0006, XLS_FORMULA_3 = 0x0206, XLS_FORMULA_4 = 0x0406,
	XLS_RK = 0x027E, XLS_MULRK = 0x00BD, XLS_RSTRING = 0x00D6, XLS_LABELSST = 0x00FD,
};

/* What BOF says about a substream. */
enum xls_sheet_kind {
	XLS_GLOBALS = 0x0005, XLS_MODULE = 0x0006, XLS_WORKSHEET = 0x0010, XLS_CHART = 0x0020,
	XLS_MACROS = 0x0040, XLS_WORKSPACE = 0x0100,
};

struct xls_record {
	uint16_t type;
	size_t at;			/* of its header */
	size_t end;			/* behind its data */
	bool is_cut;			/* the stream ends before it does */
};

/* A place in a record's data.  Reading goes on in the CONTINUE records behind. */
struct xls_place {
	struct rmn_bytes stream;
	size_t at;
	size_t end;			/* of the record it is in */
	size_t moves;			/* into CONTINUE records so far */
};

struct xls_sheet {
	size_t at;			/* of its BOF, as listed */
	size_t end;			/* once it was read */
	bool is_there;			/* there is a BOF */
	struct rmn_bytes name;		/* UTF-8, "(hidden)" behind it where it is */
};

/* Text found while looking for cells, given behind them. */
enum xls_aside {
	XLS_ASIDE_HEADER, XLS_ASIDE_COMMENT, XLS_ASIDE_BOX, XLS_ASIDE_CHART, XLS_ASIDE_LINK,
	XLS_ASIDE_VALIDATION, XLS_ASIDE_LINKED, XLS_ASIDE_NAME, XLS_ASIDE_COUNT
};

struct xls {
	struct rmn_arena *arena;
	struct rmn_text *text;
	struct rmn_error *error;
	enum rmn_status status;		/* the worst that was met */
	struct rmn_bytes stream;
	const char *suffix;		/* behind the names of parts */
	unsigned version;		/* of BIFF: 2, 3, 4, 5 or 8 */
	unsigned codepage;
	bool from_1904;
	bool is_encrypted;
	struct xls_keys *keys;		/* with which the stream was decrypted; NULL: it was not */
	size_t budget;			/* bytes of records still to be looked at */
	struct xls_gap {
		size_t from, to;
	} gaps[XLS_GAPS_MAX];		/* of the stream, where no records could be read */
	size_t gap_count;

	struct rmn_number_format *formats;	/* by number, XLS_FORMATS_MAX of them */
	size_t format_next;		/* where formats have no numbers */
	struct rmn_buf styles;		/* format numbers of cells, two bytes each */

	uint64_t *strings;		/* shared: place << 32 | end of the record */
	unsigned char *string_used;
	size_t string_count;
	size_t moves_left;		/* inside shared strings, for all cells together */

	struct xls_sheet *sheets;
	size_t sheet_count;
	struct rmn_bytes next_name;	/* of the sheet behind this record, in a workspace */

	struct rmn_buf cells;		/* row << 48 | column << 32 | place, of a sheet */
	bool cells_in_order;
	struct rmn_buf scratch;
	struct rmn_buf aside[XLS_ASIDE_COUNT];
	struct rmn_buf drawing;		/* of a sheet, put together from its pieces */
	unsigned object;		/* number of the drawing object last met */
	bool object_is_note;
	struct rmn_bytes *notes;	/* texts of comments by number of object, 65536 of them */
};

/* xls_stream.c: records and the strings in them. */

/* The record at a place; false at the end of the stream or where no record can be. */
bool xls_record_read(const struct xls *x, size_t at, struct xls_record *record);

static inline struct xls_place
xls_place_in(const struct xls *x, const struct xls_record *record)
{
	return (struct xls_place){x->stream, record->at + 4, record->end, 0};
}

/* How much of this record is left. */
static inline size_t
xls_left(const struct xls_place *p)
{
	return p->end - p->at;
}

/* Where a number is cut by the end of a record, or the record ends. */
bool xls_u8_beyond(struct xls_place *p, uint8_t *value);
bool xls_u16_beyond(struct xls_place *p, uint16_t *value);
bool xls_skip_beyond(struct xls_place *p, uint64_t size);

static inline bool
xls_u8(struct xls_place *p, uint8_t *value)
{
	if (p->at >= p->end)
		return xls_u8_beyond(p, value);
	*value = p->stream.data[p->at++];
	return true;
}

static inline bool
xls_u16(struct xls_place *p, uint16_t *value)
{
	if (xls_left(p) < 2)
		return xls_u16_beyond(p, value);
	*value = rmn_le16(p->stream.data + p->at);
	p->at += 2;
	return true;
}

static inline bool
xls_u32(struct xls_place *p, uint32_t *value)
{
	uint16_t low, high;

	if (!xls_u16(p, &low) || !xls_u16(p, &high))
		return false;
	*value = low | (uint32_t)high << 16;
	return true;
}

static inline bool
xls_skip(struct xls_place *p, uint64_t size)
{
	if (size > xls_left(p))
		return xls_skip_beyond(p, size);
	p->at += (size_t)size;
	return true;
}

/* Appends characters to out (NULL: skips them), as UTF-8.  BIFF8 has a flag in front that says whether
 * they are units of one or two bytes, and another behind each CONTINUE. */
bool xls_units(struct xls_place *p, uint64_t count, struct rmn_buf *out);

/* A string as this version has it, its length in length_bytes (1 or 2).  False when it is cut: what
 * there is was appended. */
bool xls_string(const struct xls *x, struct xls_place *p, unsigned length_bytes,
    struct rmn_buf *out);

/* The same where the length was read before. */
bool xls_string_of(const struct xls *x, struct xls_place *p, uint64_t length, struct rmn_buf *out);

/* In what out got from from on: line breaks and tabs of a cell become spaces; or lines end with '\n'.  A
 * long run of zeros is noted as damage; with x NULL it is not. */
void xls_clean_cell(struct xls *x, struct rmn_buf *out, size_t from);
void xls_clean_lines(struct xls *x, struct rmn_buf *out, size_t from);

/* xls_globals.c: what cells refer to, and what a workbook says about itself. */
void xls_globals_record(struct xls *x, const struct xls_record *record);
const struct rmn_number_format *xls_style(const struct xls *x, unsigned style);

/* xls_strings.c: shared strings. */
void xls_strings_read(struct xls *x, const struct xls_record *record);
bool xls_shared_string(struct xls *x, uint32_t index, struct rmn_buf *out);
void xls_strings_unused_give(struct xls *x);

/* xls_cells.c */
bool xls_is_cell(uint16_t type);
void xls_cell_note(struct xls *x, const struct xls_record *record);
void xls_cells_give(struct xls *x);
void xls_number_append(struct rmn_buf *out, const struct xls *x, double value,
    const struct rmn_number_format *format);

/* xls_extras.c: what stands in a sheet besides cells. */
void xls_sheet_record(struct xls *x, const struct xls_record *record);
void xls_chart_record(struct xls *x, const struct xls_record *record);
void xls_asides_give(struct xls *x, struct rmn_bytes name);

/* xls_links.c: paths and addresses that lead out of the workbook. */
void xls_link_record(struct xls *x, const struct xls_record *record);
void xls_supbook_record(struct xls *x, const struct xls_record *record);
void xls_linked_cells_record(struct xls *x, const struct xls_record *record);

/* xls_book.c: the workbook as a whole. */
enum rmn_status xls_book_read(struct xls *x);

/* Empties the buffer that strings are put together in, and notes when it had no memory. */
void xls_scratch_clear(struct xls *x);

/* What stands there is given as runs of text, at the end. */
void xls_gap_note(struct xls *x, size_t from, size_t to);

/* Keeps the worst status and its reason. */
void xls_note(struct xls *x, enum rmn_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* xls_crypt.c: makes the stream behind FILEPASS readable where the password is Excel's own; false when it
 * is another, or another encryption. */
bool xls_decrypt(struct xls *x, const struct xls_record *record);

/* Replaces a stream of records by a copy in the arena that is decrypted from a place between two of them
 * on.  False without memory. */
bool xls_keys_apply(struct xls_keys *keys, struct rmn_arena *arena, size_t from,
    struct rmn_bytes *stream);

/* The keys of other streams; NULL: none is encrypted. */
struct rmn_cryptoapi *xls_keys_cryptoapi(struct xls_keys *keys);

#endif
