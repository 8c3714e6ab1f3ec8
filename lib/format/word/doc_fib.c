/* SPDX-License-Identifier: MIT
 *
 * The file information block (MS-DOC 2.5). */
#include "base/cursor.h"
#include "format/word/doc.h"

#define IDENT 0xA5ECu		/* Word 97 and later; 6 and 95 before it */
#define IDENT_OLD 0xA5DCu
#define VERSION_97 0x00C1u
#define VERSION_OLD_FIRST 101u
#define VERSION_OLD_LAST 105u

#define FLAG_COMPLEX 0x0004u
#define FLAG_ENCRYPTED 0x0100u
#define FLAG_TABLE_1 0x0200u

/* Offsets of what differs. */
#define OLD_LENGTHS_AT 52u
#define OLD_TABLES_AT 88u
#define LENGTHS_AT 76u
#define COUNT_AT 152u

/* Old documents name a language, which has one code page. */
static unsigned
language_page(uint16_t language)
{
	switch (language & 0x3FF) {
	case 0x11:
		return 932;
	case 0x12:
		return 949;
	case 0x04:
		return language == 0x0804 || language == 0x1004 ? 936 : 950;
	case 0x05: case 0x0E: case 0x15: case 0x18: case 0x1A: case 0x1B: case 0x1C: case 0x24:
		return 1250;
	case 0x02: case 0x19: case 0x22: case 0x23: case 0x2F:
		return 1251;
	case 0x08:
		return 1253;
	case 0x1F:
		return 1254;
	case 0x0D:
		return 1255;
	case 0x01: case 0x20: case 0x29:
		return 1256;
	case 0x25: case 0x26: case 0x27:
		return 1257;
	case 0x1E:
		return 874;
	default:
		return 1252;
	}
}

static void
tables_read(struct rmn_cursor *c, size_t count, struct rmn_doc_fib *fib)
{
	for (size_t i = 0; i < count && i < RMN_DOC_TABLES; i++)
		if (!rmn_cursor_le32(c, &fib->tables[i].offset) ||
		    !rmn_cursor_le32(c, &fib->tables[i].size))
			return;
}

static bool
lengths_read(struct rmn_cursor *c, struct rmn_doc_fib *fib)
{
	for (size_t i = 0; i < RMN_DOC_STORIES; i++) {
		if (!rmn_cursor_le32(c, &fib->lengths[i]))
			return false;
		if (fib->lengths[i] > INT32_MAX)
			return false;
	}
	return true;
}

enum rmn_status
rmn_doc_fib_read(struct rmn_bytes stream, struct rmn_doc_fib *fib, struct rmn_error *error)
{
	struct rmn_cursor c = rmn_cursor_over(stream);
	struct rmn_doc_fib f = {.version = 0};
	uint16_t ident, language, flags, charset, count = 0;
	bool is_read;

	if (!rmn_cursor_le16(&c, &ident) || !rmn_cursor_le16(&c, &f.version) ||
	    !rmn_cursor_skip(&c, 2) || !rmn_cursor_le16(&c, &language) ||
	    !rmn_cursor_skip(&c, 2) || !rmn_cursor_le16(&c, &flags) ||
	    !rmn_cursor_seek(&c, 20) || !rmn_cursor_le16(&c, &charset) ||
	    !rmn_cursor_seek(&c, 24) || !rmn_cursor_le32(&c, &f.text_start) ||
	    !rmn_cursor_le32(&c, &f.text_end))
		return rmn_fail(error, RMN_CORRUPT, "the document's header is cut short");
	f.is_old = ident == IDENT_OLD ||
	    (f.version >= VERSION_OLD_FIRST && f.version <= VERSION_OLD_LAST);
	if (!f.is_old && ident != IDENT && f.version < VERSION_97)
		return rmn_fail(error, RMN_CORRUPT, "the document's header is not one of Word");
	f.is_complex = flags & FLAG_COMPLEX;
	f.is_encrypted = flags & FLAG_ENCRYPTED;
	f.uses_table_1 = flags & FLAG_TABLE_1;
	f.page = !f.is_old ? 1252 : charset == 256 ? 10000 : language_page(language);
	*fib = f;
	if (f.is_encrypted)
		return RMN_OK;		/* so is the rest of the header */
	is_read = rmn_cursor_seek(&c, f.is_old ? OLD_LENGTHS_AT : LENGTHS_AT) &&
	    lengths_read(&c, &f);
	if (is_read && f.is_old && rmn_cursor_seek(&c, OLD_TABLES_AT))
		tables_read(&c, RMN_DOC_REVISERS + 1, &f);
	else if (is_read && rmn_cursor_seek(&c, COUNT_AT) && rmn_cursor_le16(&c, &count))
		tables_read(&c, count, &f);
	*fib = f;
	return is_read ? RMN_OK : rmn_fail(error, RMN_CORRUPT,
	    "the document's header is damaged");
}

struct rmn_bytes
rmn_doc_table(const struct rmn_doc *doc, enum rmn_doc_table table)
{
	struct rmn_bytes bytes = rmn_bytes_after(doc->table, doc->fib.tables[table].offset);

	if (doc->fib.tables[table].offset == 0 && doc->fib.is_old)
		return (struct rmn_bytes){NULL, 0};
	return rmn_bytes_head(bytes, doc->fib.tables[table].size);
}
