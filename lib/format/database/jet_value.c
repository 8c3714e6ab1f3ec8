/* SPDX-License-Identifier: MIT
 *
 * Values of columns: numbers, dates, text, and long values, which stand on pages of their own. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/number.h"
#include "base/time.h"
#include "charset/charset.h"
#include "format/sheet/cells.h"
#include "format/database/cell_document.h"
#include "format/database/jet.h"
#include "format/member_bytes.h"

#define LONG_INLINE 0x80000000u
#define LONG_ONE_ROW 0x40000000u
#define LONG_HEAD_BYTES 12u
#define LONG_BYTES_MAX 0x3FFFFFFFu
#define OLE_HEAD_MAX 512u	/* of Access's own head before an OLE object */
#define DAYS_TO_1970 25569.0	/* from 1899-12-30 */

/* Behind the mark FF FE characters are a byte each while they fit one; a zero switches. */
static void
compressed_decode(struct rmn_bytes bytes, struct rmn_buf *utf8)
{
	bool is_narrow = true;

	for (size_t i = 0; i < bytes.size;) {
		if (is_narrow && bytes.data[i] == 0) {
			is_narrow = false;
			i++;
		} else if (is_narrow) {
			rmn_buf_append_utf8(utf8, bytes.data[i++]);
		} else if (bytes.data[i] == 0) {
			is_narrow = true;
			i++;
		} else {
			size_t wide = i;

			/* two bytes each up to the zero that switches back */
			while (wide + 1 < bytes.size && bytes.data[wide] != 0)
				wide += 2;
			if (wide == i)
				return;
			rmn_charset_decode(rmn_bytes_head(rmn_bytes_after(bytes, i), wide - i),
			    RMN_UTF16LE, utf8, NULL);
			i = wide;
		}
	}
}

void
rmn_jet_text_decode(struct rmn_jet *jet, struct rmn_bytes bytes, struct rmn_buf *utf8)
{
	if (jet->is_jet3)
		rmn_charset_decode(bytes, jet->encoding, utf8, NULL);
	else if (bytes.size >= 2 && bytes.data[0] == 0xFF && bytes.data[1] == 0xFE)
		compressed_decode(rmn_bytes_after(bytes, 2), utf8);
	else
		rmn_charset_decode(bytes, RMN_UTF16LE, utf8, NULL);
}

/* The row that a pointer (page and row number) names, copied behind what is in jet->value. */
static bool
long_row_append(struct rmn_jet *jet, uint32_t pointer, bool has_next, uint32_t *next)
{
	unsigned char page[RMN_JET_PAGE_BYTES_MAX];
	struct rmn_bytes row;
	unsigned flags;

	if (!rmn_jet_page_load(jet, pointer >> 8, page) || page[0] != RMN_JET_DATA ||
	    (pointer & 0xFF) >= rmn_jet_row_count(jet, page) ||
	    !rmn_jet_row(jet, page, pointer & 0xFF, &row, &flags) || (has_next && row.size < 4))
		return false;
	*next = has_next ? rmn_le32(row.data) : 0;
	if (row.size > jet->long_left)
		return false;
	jet->long_left -= row.size;
	rmn_buf_append(&jet->value, rmn_bytes_after(row, has_next ? 4 : 0));
	return !jet->value.failed;
}

/* A long value into jet->value; false when a part of it is missing. */
static bool
long_gather(struct rmn_jet *jet, struct rmn_bytes field)
{
	uint32_t head, pointer, size;

	rmn_buf_clear(&jet->value);
	if (field.size < LONG_HEAD_BYTES)
		return field.size == 0;
	head = rmn_le32(field.data);
	pointer = rmn_le32(field.data + 4);
	size = head & LONG_BYTES_MAX;
	if (head & LONG_INLINE) {
		rmn_buf_append(&jet->value, rmn_bytes_after(field, LONG_HEAD_BYTES));
		/* a value that was taken away leaves its head */
		if (jet->value.size == 0)
			return true;
	} else if (head & LONG_ONE_ROW) {
		if (!long_row_append(jet, pointer, false, &pointer))
			return false;
	} else {
		/* each row gives at least a byte of what the head promises, so that loops end */
		while (pointer != 0 && jet->value.size < size) {
			size_t before = jet->value.size;

			if (!long_row_append(jet, pointer, true, &pointer) ||
			    jet->value.size == before)
				break;
		}
	}
	if (jet->value.size > size)
		jet->value.size = size;
	return jet->value.size == size;
}

static void
text_put(struct rmn_jet *jet, struct rmn_bytes bytes)
{
	rmn_buf_clear(&jet->decoded);
	rmn_jet_text_decode(jet, bytes, &jet->decoded);
	if (jet->decoded.failed && jet->text.status == RMN_OK)
		jet->text.status = rmn_fail(jet->error, RMN_NOMEM, "out of memory");
	rmn_cell_put(&jet->text, rmn_buf_bytes(&jet->decoded));
}

/* Where the document in an OLE value starts: its own head has names in it, of no fixed size. */
static struct rmn_bytes
document_find(struct rmn_jet *jet, struct rmn_bytes value)
{
	static const char *const magics[] = {"\xD0\xCF\x11\xE0", "%PDF-", "PK\3\4", "\xFF\xD8\xFF",
	    "\x89PNG", "GIF8", "{\\rtf", "BM"};
	struct rmn_bytes rest;

	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		size_t at = rmn_bytes_find(rmn_bytes_head(value, OLE_HEAD_MAX),
		    rmn_bytes_from_string(magics[i]));

		rest = rmn_bytes_after(value, at == SIZE_MAX ? value.size : at);
		if (rest.size > 0 && rmn_cell_is_document(rest, jet->input->arena))
			return rest;
	}
	return (struct rmn_bytes){NULL, 0};
}

static void
ole_put(struct rmn_jet *jet, const struct rmn_jet_column *column)
{
	struct rmn_bytes found = document_find(jet, rmn_buf_bytes(&jet->value));
	struct rmn_member_reader reader = rmn_member_bytes_reader(&found);
	struct rmn_member member = {
		.size_bytes = found.size,
		.modified = RMN_TIME_UNKNOWN,
		.created = RMN_TIME_UNKNOWN,
	};

	if (jet->value.size == 0)
		return;
	if (found.size == 0 || jet->members >= RMN_CELL_DOCUMENTS_MAX) {
		jet->unread++;
		rmn_runs_put(&jet->text, rmn_buf_bytes(&jet->value),
		    jet->is_jet3 ? jet->encoding : RMN_UTF8, ' ');
		return;
	}
	rmn_buf_clear(&jet->decoded);
	rmn_buf_append(&jet->decoded, column->name);
	rmn_buf_printf(&jet->decoded, "-%u", ++jet->members);
	member.name = rmn_buf_bytes(&jet->decoded);
	if (jet->text.status == RMN_OK)
		jet->text.status = jet->decoded.failed ?
		    rmn_fail(jet->error, RMN_NOMEM, "out of memory") :
		    rmn_sink_member(jet->sink, &member, &reader);
}

static void
date_put(struct rmn_jet *jet, double days)
{
	char text[RMN_TIME_TEXT_BYTES] = "";
	double seconds = (days - DAYS_TO_1970) * 86400.0;

	/* a time before 1899-12-30 has its fraction counted upwards; none has been seen */
	if (seconds > -6e10 && seconds < 2.6e11)
		rmn_time_text(rmn_time_from_unix((int64_t)(seconds + (seconds < 0 ? -0.5 : 0.5)), 0),
		    text);
	/* the zone is whoever's wrote it */
	if (strlen(text) == 20)
		text[strcmp(text + 10, "T00:00:00Z") == 0 ? 10 : 19] = '\0';
	if (text[0] == '\0' && seconds == seconds)
		rmn_cell_put_real(&jet->text, days);
	rmn_text_put(&jet->text, rmn_bytes_from_string(text));
}

/* A whole number with so many digits behind the point, without zeros at its end. */
static void
scaled_put(struct rmn_jet *jet, unsigned __int128 value, bool is_negative, unsigned scale)
{
	char digits[64];
	size_t at = sizeof(digits);

	for (; scale > 0 && value % 10 == 0; scale--)
		value /= 10;
	for (unsigned count = 0; at > 2 && (value > 0 || count <= scale); count++) {
		if (count == scale && count > 0)
			digits[--at] = '.';
		digits[--at] = (char)('0' + (unsigned)(value % 10));
		value /= 10;
	}
	if (is_negative)
		digits[--at] = '-';
	rmn_text_put(&jet->text, (struct rmn_bytes){(const unsigned char *)digits + at,
	    sizeof(digits) - at});
}

/* A byte for the sign, and four words, the highest first. */
static void
numeric_put(struct rmn_jet *jet, const unsigned char *data, unsigned scale)
{
	unsigned __int128 value = 0;

	for (unsigned i = 0; i < 4; i++)
		value = value << 32 | rmn_le32(data + 1 + (size_t)i * 4);
	scaled_put(jet, value, data[0] & 0x80, scale <= 28 ? scale : 0);
}

static void
money_put(struct rmn_jet *jet, int64_t value)
{
	scaled_put(jet, value < 0 ? -(unsigned __int128)value : (unsigned __int128)value, value < 0,
	    4);
}

static void
guid_put(struct rmn_jet *jet, const unsigned char *g)
{
	char text[40];

	snprintf(text, sizeof(text), "%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X",
	    rmn_le32(g), rmn_le16(g + 4), rmn_le16(g + 6), g[8], g[9], g[10], g[11], g[12], g[13],
	    g[14], g[15]);
	rmn_text_put(&jet->text, rmn_bytes_from_string(text));
}

/* Sizes of values that have one; 0: any. */
static size_t
type_bytes(unsigned type)
{
	static const uint8_t sizes[] = {0, 0, 1, 2, 4, 8, 4, 8, 8, 0, 0, 0, 0, 0, 0, 16, 17, 0, 4, 8};

	return type < sizeof(sizes) ? sizes[type] : 0;
}

static void
number_put(struct rmn_jet *jet, const struct rmn_jet_column *column, const unsigned char *data)
{
	uint32_t narrow;
	uint64_t wide;
	float single;
	double real;

	switch (column->type) {
	case RMN_JET_BYTE:
		rmn_cell_put_integer(&jet->text, data[0]);
		break;
	case RMN_JET_INT:
		rmn_cell_put_integer(&jet->text, (int16_t)rmn_le16(data));
		break;
	case RMN_JET_LONG:
	case RMN_JET_COMPLEX:
		rmn_cell_put_integer(&jet->text, (int32_t)rmn_le32(data));
		break;
	case RMN_JET_BIGINT:
		rmn_cell_put_integer(&jet->text, (int64_t)rmn_le64(data));
		break;
	case RMN_JET_MONEY:
		money_put(jet, (int64_t)rmn_le64(data));
		break;
	case RMN_JET_FLOAT:
		narrow = rmn_le32(data);
		memcpy(&single, &narrow, sizeof(single));
		rmn_cell_put_real(&jet->text, (double)single);
		break;
	case RMN_JET_DOUBLE:
	case RMN_JET_DATE:
		wide = rmn_le64(data);
		memcpy(&real, &wide, sizeof(real));
		if (column->type == RMN_JET_DATE)
			date_put(jet, real);
		else
			rmn_cell_put_real(&jet->text, real);
		break;
	case RMN_JET_GUID:
		guid_put(jet, data);
		break;
	case RMN_JET_NUMERIC:
		numeric_put(jet, data, column->scale);
		break;
	default:
		break;
	}
}

void
rmn_jet_value_put(struct rmn_jet *jet, const struct rmn_jet_column *column,
    const struct rmn_jet_row *row)
{
	struct rmn_bytes field;
	bool is_there = rmn_jet_field(row, column, &field);

	if (column->type == RMN_JET_BOOL) {
		rmn_cell_put_integer(&jet->text, is_there);
		return;
	}
	if (!is_there || field.size < type_bytes(column->type))
		return;
	switch (column->type) {
	case RMN_JET_TEXT:
		text_put(jet, field);
		break;
	case RMN_JET_MEMO:
	case RMN_JET_OLE:
		jet->damage += !long_gather(jet, field);
		if (jet->value.failed && jet->text.status == RMN_OK)
			jet->text.status = rmn_fail(jet->error, RMN_LIMIT,
			    "a value is too large for memory");
		if (column->type == RMN_JET_OLE)
			ole_put(jet, column);
		else
			text_put(jet, rmn_buf_bytes(&jet->value));
		break;
	default:
		if (type_bytes(column->type) > 0)
			number_put(jet, column, field.data);
		else
			rmn_runs_put(&jet->text, field, jet->is_jet3 ? jet->encoding : RMN_UTF16LE,
			    ' ');
		break;
	}
}
