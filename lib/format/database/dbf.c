/* SPDX-License-Identifier: MIT
 *
 * dBASE, FoxPro and Clipper tables: rows under the names of their fields, and rows that are marked as
 * deleted, which stay until the table is packed.  Memos stand in a file of their own (.dbt, .fpt). */
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/time.h"
#include "charset/charset.h"
#include "format/sheet/cells.h"
#include "format/format.h"
#include "format/mail/mail_head.h"

#define HEAD_BYTES 32u
#define FIELDS_MAX 1024u
#define FIELD_BYTES 32u
#define HEAD7_BYTES 68u		/* dBASE 7 */
#define FIELD7_BYTES 48u
#define JULIAN_1970 2440588
#define ROWS_BYTES (256 * (size_t)RMN_KIB)
#define GUESS_BYTES 65536u

struct field {
	struct rmn_bytes name;
	char type;
	unsigned offset, size;		/* in a record */
};

struct table {
	const struct rmn_format_input *input;
	struct rmn_error *error;
	struct rmn_text text;
	struct rmn_buf utf8;
	struct field *fields;
	unsigned field_count;
	uint32_t head_bytes, record_bytes;
	uint64_t stated, there;		/* records */
	const char *charset;		/* NULL: guessed */
	enum rmn_encoding encoding;
	unsigned char *rows;		/* ROWS_BYTES, or a record when that is larger */
	bool has_memos;
	bool is_unread;			/* the medium did not give all records */
};

static bool
is_version(unsigned version)
{
	static const unsigned char versions[] = {0x02, 0x03, 0x04, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83,
	    0x8B, 0x8C, 0xCB, 0xF5, 0xFB};

	return memchr(versions, (int)version, sizeof(versions)) != NULL;
}

/* By language driver; the ones of Japan are those of DOS and of Windows. */
static const char *
charset_of(unsigned driver)
{
	static const struct {
		unsigned char driver;
		const char *label;
	} charsets[] = {
		{0x01, "ibm437"}, {0x02, "ibm850"}, {0x03, "windows-1252"}, {0x13, "cp932"},
		{0x4D, "gb18030"}, {0x4E, "windows-949"}, {0x4F, "big5"}, {0x57, "windows-1252"},
		{0x58, "windows-1252"}, {0x59, "windows-1252"}, {0x78, "big5"},
		{0x79, "windows-949"}, {0x7A, "gb18030"}, {0x7B, "cp932"}, {0xC8, "windows-1250"},
		{0xC9, "windows-1251"}, {0xCA, "windows-1254"}, {0xCB, "windows-1253"},
	};

	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++)
		if (charsets[i].driver == driver)
			return charsets[i].label;
	return NULL;
}

/* Walks the fields; fills them when there are any to fill.  Returns how many there are, 0 when they do not
 * make up a record. */
static unsigned
fields_walk(struct rmn_bytes head, uint32_t record_bytes, struct field *fields)
{
	bool is_seven = head.data[0] == 4;
	size_t step = is_seven ? FIELD7_BYTES : FIELD_BYTES, names = is_seven ? 32 : 11;
	struct rmn_bytes rest = rmn_bytes_after(head, is_seven ? HEAD7_BYTES : HEAD_BYTES);
	unsigned count = 0, offset = 1;

	for (; rest.size >= step && rest.data[0] != '\r' && rest.data[0] != 0;
	    rest = rmn_bytes_after(rest, step)) {
		const unsigned char *entry = rest.data;
		char type = (char)entry[is_seven ? 32 : 11];
		unsigned size = entry[is_seven ? 33 : 16];

		if (!type || !strchr("0+@BCDFGILMNOPQTVWXY", type) || count == FIELDS_MAX)
			return 0;
		if (type == 'C')	/* the byte of decimals counts 256 each */
			size += entry[is_seven ? 34 : 17] * 256u;
		if (fields)
			fields[count] = (struct field){
				{entry, strnlen((const char *)entry, names)}, type, offset, size};
		count++;
		offset += size;
	}
	return offset == record_bytes ? count : 0;
}

static bool
head_fits(struct rmn_bytes head)
{
	unsigned head_bytes, record_bytes;

	if (head.size < HEAD_BYTES + FIELD_BYTES || !is_version(head.data[0]) || head.data[2] > 12 ||
	    head.data[3] > 31)
		return false;
	head_bytes = rmn_le16(head.data + 8);
	record_bytes = rmn_le16(head.data + 10);
	return head_bytes > HEAD_BYTES && record_bytes > 1 &&
	    fields_walk(rmn_bytes_head(head, head_bytes), record_bytes, NULL) > 0;
}

static void
text_put(struct table *t, struct rmn_bytes bytes)
{
	if (bytes.size > 0)
		bytes = rmn_mail_trim(rmn_bytes_head(bytes,
		    strnlen((const char *)bytes.data, bytes.size)));
	if (bytes.size == 0)
		return;
	rmn_buf_clear(&t->utf8);
	if (t->charset)
		rmn_charset_decode_label(bytes, rmn_bytes_from_string(t->charset), &t->utf8, NULL);
	else
		rmn_charset_decode(bytes, t->encoding, &t->utf8, NULL);
	if (t->utf8.failed && t->text.status == RMN_OK)
		t->text.status = rmn_fail(t->error, RMN_NOMEM, "out of memory");
	rmn_cell_put(&t->text, rmn_buf_bytes(&t->utf8));
}

/* Days since 4713 BC, and milliseconds. */
static void
moment_put(struct table *t, const unsigned char *p)
{
	int64_t day = (int64_t)rmn_le32(p) - JULIAN_1970;
	char text[RMN_TIME_TEXT_BYTES];

	if (rmn_le32(p) == 0)
		return;
	rmn_time_text(rmn_time_from_unix(day * 86400 + rmn_le32(p + 4) / 1000, 0), text);
	if (strlen(text) == 20)
		text[19] = '\0';	/* the zone is whoever's wrote it */
	rmn_text_put(&t->text, rmn_bytes_from_string(text));
}

static void
date_put(struct table *t, struct rmn_bytes v)
{
	char date[16];

	if (v.size < 8 || v.data[0] < '0' || v.data[0] > '9') {
		text_put(t, v);
		return;
	}
	snprintf(date, sizeof(date), "%.4s-%.2s-%.2s", (const char *)v.data,
	    (const char *)v.data + 4, (const char *)v.data + 6);
	text_put(t, rmn_bytes_from_string(date));
}

static void
money_put(struct table *t, int64_t value)
{
	uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char text[32];

	snprintf(text, sizeof(text), "%s%llu.%04u", value < 0 ? "-" : "",
	    (unsigned long long)(size / 10000), (unsigned)(size % 10000));
	rmn_text_put(&t->text, rmn_bytes_from_string(text));
}

static void
field_put(struct table *t, const struct field *f, struct rmn_bytes value)
{
	double real;
	uint64_t bits;

	if (f->type == 'D') {
		date_put(t, value);
	} else if (f->type == 'I' && value.size == 4) {
		rmn_cell_put_integer(&t->text, (int32_t)rmn_le32(value.data));
	} else if (f->type == 'Y' && value.size == 8) {
		money_put(t, (int64_t)rmn_le64(value.data));
	} else if (f->type == 'T' && value.size == 8) {
		moment_put(t, value.data);
	} else if (f->type == 'B' && value.size == 8) {
		bits = rmn_le64(value.data);
		memcpy(&real, &bits, sizeof(real));
		rmn_cell_put_real(&t->text, real);
	} else if (strchr("MGPWB", f->type)) {
		/* the number of a block in the memo file: digits, or four bytes */
		for (size_t i = 0; i < value.size; i++)
			t->has_memos |= value.data[i] != 0 && value.data[i] != ' ' &&
			    value.data[i] != '0';
	} else if (strchr("CNFLVDQX", f->type)) {
		text_put(t, value);
	}
}

static void
record_put(struct table *t, struct rmn_bytes record)
{
	for (unsigned i = 0; i < t->field_count && t->text.status == RMN_OK; i++) {
		const struct field *f = &t->fields[i];

		if (i > 0)
			rmn_text_char(&t->text, '\t');
		field_put(t, f, rmn_bytes_head(rmn_bytes_after(record, f->offset), f->size));
	}
	rmn_text_char(&t->text, '\n');
}

/* Records that are deleted, or those that are not.  Behind the number that the head states is what a packed
 * or emptied table had. */
static void
records_put(struct table *t, bool deleted)
{
	uint64_t at = 0, per_read = ROWS_BYTES / t->record_bytes;

	if (per_read == 0)
		per_read = 1;
	while (at < t->there && t->text.status == RMN_OK) {
		uint64_t count = rmn_min_u64(per_read, t->there - at);
		size_t size = (size_t)count * t->record_bytes, got = 0;

		if (rmn_blob_read(t->input->content, t->head_bytes + at * t->record_bytes, t->rows,
		    size, &got, NULL) != RMN_OK || got < size) {
			t->is_unread = true;
			at += count;
			continue;
		}
		for (uint64_t i = 0; i < count; i++) {
			struct rmn_bytes record = {t->rows + i * t->record_bytes, t->record_bytes};
			bool is_deleted = record.data[0] == '*' || at + i >= t->stated;

			if (is_deleted == deleted && !rmn_bytes_are_zero(record))
				record_put(t, record);
		}
		at += count;
	}
}

/* Whose charset nobody says: what the first records look like. */
static void
charset_guess(struct table *t)
{
	struct rmn_charset_guess guess;
	struct rmn_bytes sample = {t->rows, 0};

	t->encoding = RMN_CP932;
	rmn_blob_read(t->input->content, t->head_bytes, t->rows, GUESS_BYTES, &sample.size, NULL);
	guess = rmn_charset_guess(sample);
	if (guess.is_text && guess.encoding != RMN_ENCODING_UNKNOWN && guess.encoding != RMN_ASCII)
		t->encoding = guess.encoding;
}

/* Whether the file ends behind a record, with or without the mark that says so. */
static bool
ends_whole(struct table *t)
{
	uint64_t end = t->head_bytes + t->there * t->record_bytes;
	unsigned char rest[2];
	size_t got = 0;

	if (end >= t->input->content->size_bytes)
		return true;
	return rmn_blob_read(t->input->content, end, rest, sizeof(rest), &got, NULL) == RMN_OK &&
	    (rest[0] == 0x1A || rest[0] == 0);
}

static enum rmn_status
fields_load(struct table *t)
{
	unsigned char *head;
	size_t got = 0;

	head = rmn_arena_take(t->input->arena, t->head_bytes);
	t->rows = rmn_arena_take(t->input->arena, ROWS_BYTES);
	if (!head || !t->rows)
		return rmn_fail(t->error, RMN_LIMIT, "item outgrows its memory");
	if (rmn_blob_read(t->input->content, 0, head, t->head_bytes, &got, NULL) != RMN_OK ||
	    got < t->head_bytes)
		return rmn_fail(t->error, RMN_CORRUPT, "the head of the table is cut");
	t->field_count = fields_walk((struct rmn_bytes){head, got}, t->record_bytes, NULL);
	if (t->field_count == 0)
		return rmn_fail(t->error, RMN_CORRUPT, "the fields do not make up a record");
	t->fields = rmn_arena_alloc(t->input->arena, t->field_count, sizeof(*t->fields));
	if (!t->fields)
		return rmn_fail(t->error, RMN_LIMIT, "item outgrows its memory");
	fields_walk((struct rmn_bytes){head, got}, t->record_bytes, t->fields);
	return RMN_OK;
}

static enum rmn_status
table_read(struct table *t)
{
	enum rmn_status status = fields_load(t);

	if (status != RMN_OK)
		return status;
	if (!t->charset)
		charset_guess(t);
	rmn_text_part(&t->text, RMN_PART_SHEET, (struct rmn_bytes){NULL, 0});
	for (unsigned i = 0; i < t->field_count; i++) {
		if (i > 0)
			rmn_text_char(&t->text, '\t');
		text_put(t, t->fields[i].name);
	}
	rmn_text_newline(&t->text);
	records_put(t, false);
	rmn_text_part(&t->text, RMN_PART_DELETED, (struct rmn_bytes){NULL, 0});
	records_put(t, true);
	return rmn_text_flush(&t->text);
}

static enum rmn_status
dbf_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct table t = {.input = input, .error = error};
	enum rmn_status status;

	if (input->head.size < HEAD_BYTES)
		return rmn_fail(error, RMN_CORRUPT, "the head of the table is cut");
	t.stated = rmn_le32(input->head.data + 4);
	t.head_bytes = rmn_le16(input->head.data + 8);
	t.record_bytes = rmn_le16(input->head.data + 10);
	t.charset = charset_of(input->head.data[29]);
	if (t.record_bytes == 0 || t.head_bytes < HEAD_BYTES)
		return rmn_fail(error, RMN_CORRUPT, "the head of the table is damaged");
	if (input->content->size_bytes > t.head_bytes)
		t.there = (input->content->size_bytes - t.head_bytes) / t.record_bytes;
	rmn_text_init(&t.text, sink, input->arena, error);
	if (t.text.status != RMN_OK)
		return t.text.status;
	rmn_buf_init(&t.utf8, 0);
	status = table_read(&t);
	rmn_buf_release(&t.utf8);
	if (status == RMN_OK && t.has_memos)
		status = rmn_sink_missing(sink, RMN_PARTIAL,
		    "memos of this table are in a file of their own");
	if (status == RMN_OK && t.is_unread)
		return rmn_fail(error, RMN_PARTIAL, "records of the table could not be read");
	if (status == RMN_OK && t.there >= t.stated && !ends_whole(&t))
		return rmn_fail(error, RMN_PARTIAL, "the table ends inside a record");
	if (status == RMN_OK && t.there < t.stated)
		return rmn_fail(error, RMN_PARTIAL, "%llu of %llu records are there",
		    (unsigned long long)t.there, (unsigned long long)t.stated);
	return status;
}

static unsigned
dbf_claim(const struct rmn_format_input *input)
{
	return head_fits(input->head) ? 64 : 0;
}

const struct rmn_format rmn_format_dbf = {
	.name = "dbf",
	.title = "Table (dBASE, FoxPro)",
	.media_type = "application/x-dbf",
	.kind = RMN_KIND_DOCUMENT,
	.claim = dbf_claim,
	.read = dbf_read,
};
