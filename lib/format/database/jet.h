/* SPDX-License-Identifier: MIT
 *
 * Access databases: Jet 3 (Access 97), Jet 4 (2000-2003) and ACE (2007 and later).  Nobody published the
 * format; what is here is common knowledge of those who read it.  All tables are found by walking the
 * pages, each of which names the table it belongs to. */
#ifndef RMN_FORMAT_JET_H
#define RMN_FORMAT_JET_H

#include "base/buf.h"
#include "base/encoding.h"
#include "format/format.h"
#include "format/text.h"

#define RMN_JET_PAGE_BYTES_MAX 4096u
#define RMN_JET_COLUMNS_MAX 255u	/* Access's own limit */

enum rmn_jet_page { RMN_JET_DATA = 1, RMN_JET_TABLE = 2 };

struct rmn_jet {
	const struct rmn_format_input *input;
	const struct rmn_sink *sink;
	struct rmn_error *error;
	struct rmn_text text;
	bool is_jet3;
	uint32_t page_bytes, page_count;
	uint32_t key;			/* of pages that are scrambled; 0: they are not */
	enum rmn_encoding encoding;	/* of Jet 3's text */
	struct rmn_buf value, decoded;
	uint64_t damage;
	uint32_t unread;		/* OLE values in which no document was found */
	uint32_t members;
	uint64_t long_left;		/* bytes of long values that may still be read, all together */
};

enum rmn_jet_type {
	RMN_JET_BOOL = 1, RMN_JET_BYTE, RMN_JET_INT, RMN_JET_LONG, RMN_JET_MONEY, RMN_JET_FLOAT,
	RMN_JET_DOUBLE, RMN_JET_DATE, RMN_JET_BINARY, RMN_JET_TEXT, RMN_JET_OLE, RMN_JET_MEMO,
	RMN_JET_GUID = 15, RMN_JET_NUMERIC = 16, RMN_JET_COMPLEX = 18, RMN_JET_BIGINT = 19,
};

struct rmn_jet_column {
	struct rmn_bytes name;		/* UTF-8, in the arena */
	unsigned type, number, var_index, fixed_offset, size, scale;
	bool is_fixed;
};

struct rmn_jet_table {
	struct rmn_jet_column *columns;
	unsigned count;
};

/* Reads the header.  RMN_ENCRYPTED where a password would be needed for the pages. */
enum rmn_status rmn_jet_open(struct rmn_jet *jet);

/* Reads a page, unscrambled; false when it is not there whole. */
bool rmn_jet_page_load(struct rmn_jet *jet, uint32_t number, unsigned char page[RMN_JET_PAGE_BYTES_MAX]);

/* Row `index` of a data page: its bytes and the flags of its offset. */
enum { RMN_JET_DELETED = 0x8000, RMN_JET_ELSEWHERE = 0x4000 };
unsigned rmn_jet_row_count(const struct rmn_jet *jet, const unsigned char *page);
bool rmn_jet_row(const struct rmn_jet *jet, const unsigned char *page, unsigned index,
    struct rmn_bytes *row, unsigned *flags);

/* The definition that starts on this page; false when there is none. */
bool rmn_jet_table_read(struct rmn_jet *jet, uint32_t page, struct rmn_jet_table *table);

/* Where a row has its columns. */
struct rmn_jet_row {
	struct rmn_bytes bytes, mask;
	unsigned column_count, var_count, head_bytes;
	uint32_t var_offsets[RMN_JET_COLUMNS_MAX + 1];
};
bool rmn_jet_row_open(const struct rmn_jet *jet, struct rmn_bytes bytes, struct rmn_jet_row *row);

/* A column's bytes; false when it is null.  Of a boolean: whether it is true. */
bool rmn_jet_field(const struct rmn_jet_row *row, const struct rmn_jet_column *column,
    struct rmn_bytes *field);

/* Text as UTF-8 behind what is in utf8. */
void rmn_jet_text_decode(struct rmn_jet *jet, struct rmn_bytes bytes, struct rmn_buf *utf8);

/* Puts a column's value as the text of a cell; documents in OLE values become members. */
void rmn_jet_value_put(struct rmn_jet *jet, const struct rmn_jet_column *column,
    const struct rmn_jet_row *row);

#endif
