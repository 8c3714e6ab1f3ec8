/* SPDX-License-Identifier: MIT
 *
 * Pages, Numbers and Keynote documents since 2013.  Apple publishes no description; public readers name
 * the messages that hold text.  Text of paragraphs, strings of cells, comments and their authors come
 * out; of all other messages what looks like words.  Numbers and dates of cells are packed
 * and not read: then the document is partial. */
#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "format/package/package.h"
#include "format/text_runs.h"
#include "format/package/zip_claim.h"

#include "format/package/iwa.h"

#define STORAGE 2001u		/* paragraphs */
#define STORAGE_OTHER 2005u
#define COMMENT 3056u
#define AUTHOR 212u
#define TABLE_TILE 6002u
#define TABLE_STRINGS 6005u
#define NESTED_MAX 8u		/* messages in messages */
#define ARCHIVE_MAX (128 * RMN_MIB)

struct document {
	struct rmn_package package;
	struct rmn_text *text;
	struct rmn_buf packed, archive;
	struct rmn_buf words;		/* of messages that are not known */
	bool has_cells;
};

/* Text of a field, its marks for breaks and attachments as such. */
static void
string_give(struct document *d, struct rmn_bytes utf8)
{
	size_t at = 0;

	while (at < utf8.size) {
		unsigned char encoded[4];
		uint32_t c = rmn_utf8_next(utf8, &at, NULL);

		if (c == '\n' || c == '\r' || c == 0x0B || c == 0x0C || c == 0x2028 || c == 0x2029 ||
		    c == 4 || c == 5)
			rmn_text_newline(d->text);
		else if ((c >= 0x20 || c == '\t') && c != 0xFFFC)
			rmn_text_put(d->text, (struct rmn_bytes){encoded,
			    rmn_utf8_encode(c, encoded)});
	}
	rmn_text_newline(d->text);
}

/* A string that somebody may have written: not an identifier, not the name of a style or font. */
static bool
is_words(struct rmn_bytes bytes)
{
	bool has_space = false, is_plain = true;

	if (bytes.size < 3 || bytes.size > 65536 || !rmn_text_is_clean(bytes))
		return false;
	for (size_t i = 0; i < bytes.size; i++) {
		has_space = has_space || bytes.data[i] == ' ' || bytes.data[i] == '@' ||
		    bytes.data[i] == '/';
		is_plain = is_plain && bytes.data[i] < 0x80;
	}
	return has_space || !is_plain;
}

static void
words_gather(struct document *d, struct rmn_bytes message, unsigned depth)
{
	struct rmn_cursor c = rmn_cursor_over(message);
	struct rmn_iwa_field field;

	while (rmn_iwa_field_next(&c, &field)) {
		if (!field.has_bytes)
			continue;
		if (is_words(field.bytes)) {
			rmn_buf_append(&d->words, field.bytes);
			rmn_buf_append_char(&d->words, '\n');
		} else if (depth < NESTED_MAX) {
			words_gather(d, field.bytes, depth + 1);
		}
	}
}

/* Every string that is the id-th field. */
static void
field_give(struct document *d, struct rmn_bytes message, uint64_t id)
{
	struct rmn_cursor c = rmn_cursor_over(message);
	struct rmn_iwa_field field;

	while (rmn_iwa_field_next(&c, &field))
		if (field.id == id && field.has_bytes)
			string_give(d, field.bytes);
}

static void
take_message(void *context, const struct rmn_iwa_message *message)
{
	struct document *d = context;
	struct rmn_cursor c = rmn_cursor_over(message->body);
	struct rmn_iwa_field field;

	switch (message->type) {
	case STORAGE:
	case STORAGE_OTHER:
		field_give(d, message->body, 3);
		break;
	case COMMENT:
	case AUTHOR:
		field_give(d, message->body, 1);
		break;
	case TABLE_STRINGS:
		while (rmn_iwa_field_next(&c, &field))
			if (field.id == 3 && field.has_bytes)
				field_give(d, field.bytes, 3);
		break;
	case TABLE_TILE:
		while (rmn_iwa_field_next(&c, &field))
			d->has_cells = d->has_cells || (field.id == 5 && field.bytes.size > 0);
		break;
	default:
		words_gather(d, message->body, 0);
		break;
	}
}

static bool
name_ends(struct rmn_bytes name, const char *end)
{
	size_t size = strlen(end);

	return name.size >= size &&
	    memcmp(name.data + name.size - size, end, size) == 0;
}

/* Styles are names and numbers, the others lists of what is where. */
static bool
holds_text(struct rmn_bytes name)
{
	return rmn_bytes_start_with(name, "Index/") && name_ends(name, ".iwa") &&
	    rmn_bytes_find(name, rmn_bytes_from_string("Stylesheet")) == SIZE_MAX &&
	    rmn_bytes_find(name, rmn_bytes_from_string("Metadata")) == SIZE_MAX &&
	    rmn_bytes_find(name, rmn_bytes_from_string("ViewState")) == SIZE_MAX;
}

static void
entry_give(struct document *d, const struct rmn_zip_entry *entry)
{
	struct rmn_package *package = &d->package;
	struct rmn_error why = {0};
	struct rmn_bytes piece;
	enum rmn_status status;

	rmn_buf_clear(&d->packed);
	rmn_buf_clear(&d->archive);
	status = rmn_zip_begin(package->zip, entry, ARCHIVE_MAX, &why);
	while (status == RMN_OK) {
		status = rmn_zip_piece(package->zip, &piece, &why);
		if (status == RMN_OK)
			rmn_buf_append(&d->packed, piece);
	}
	if (status != RMN_END)
		rmn_package_note(package, status, entry->name, why.text);
	rmn_text_part(d->text, RMN_PART_BODY, entry->name);
	if (!rmn_iwa_unpack(rmn_buf_bytes(&d->packed), &d->archive) && status == RMN_END)
		rmn_package_note(package, RMN_PARTIAL, entry->name, "damaged archive");
	if (!rmn_iwa_messages(rmn_buf_bytes(&d->archive), take_message, d) && status == RMN_END)
		rmn_package_note(package, RMN_PARTIAL, entry->name, "damaged messages");
	if (d->packed.failed || d->archive.failed)
		rmn_package_note(package, RMN_LIMIT, entry->name, "larger than is read");
}

static enum rmn_status
iwork_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct document d = {.has_cells = false};
	const struct rmn_zip_entry *entry;
	enum rmn_status status = rmn_package_open(&d.package, input, sink, error);

	if (status != RMN_OK)
		return status;
	d.text = &d.package.text;
	rmn_buf_init(&d.packed, ARCHIVE_MAX);
	rmn_buf_init(&d.archive, ARCHIVE_MAX);
	rmn_package_aside_init(&d.words);
	for (size_t i = 0; i < d.package.count && d.text->status == RMN_OK; i++) {
		entry = rmn_package_entry(&d.package, i);
		if (holds_text(entry->name))
			entry_give(&d, entry);
	}
	rmn_buf_release(&d.packed);
	rmn_buf_release(&d.archive);
	rmn_package_aside_give(&d.package, &d.words, RMN_PART_BODY, "other strings");
	if (!rmn_package_find(&d.package, rmn_bytes_from_string("Index/Document.iwa")))
		rmn_package_note(&d.package, RMN_PARTIAL,
		    rmn_bytes_from_string("Index/Document.iwa"), "the main part is missing");
	for (size_t i = 0; i < d.package.count && d.text->status == RMN_OK; i++) {
		entry = rmn_package_entry(&d.package, i);
		if (name_ends(entry->name, ".plist") &&
		    !rmn_package_member(&d.package, entry))
			break;
	}
	if (d.has_cells)
		rmn_package_note(&d.package, RMN_UNSUPPORTED, rmn_bytes_from_string("tables"),
		    "numbers and dates of cells are not read");
	return rmn_package_close(&d.package);
}

static unsigned
iwork_claim(const struct rmn_format_input *input)
{
	return rmn_zip_claim_names(input, "Index/Document", "Index/CalculationEngine") ||
	    rmn_zip_claim_names(input, "Index/Document", "Index/AnnotationAuthorStorage") ||
	    rmn_zip_claim_names(input, "Index/Document", "Index/ViewState") ? 56 : 0;
}

const struct rmn_format rmn_format_iwork = {
	.name = "iwork",
	.title = "Pages, Numbers or Keynote document",
	.media_type = "application/vnd.apple.iwork",
	.kind = RMN_KIND_DOCUMENT,
	.claim = iwork_claim,
	.read = iwork_read,
};
