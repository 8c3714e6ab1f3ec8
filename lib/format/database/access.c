/* SPDX-License-Identifier: MIT
 *
 * Access databases: each table as rows under the names of its columns, rows that are deleted and still
 * there, and the text in what is left of pages.  Our own reader: docs/decisions/0011-database-readers.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/number.h"
#include "format/sheet/cells.h"
#include "format/database/jet.h"

#define CATALOGUE_PAGE 2u
#define LONG_VALUES 0x4C41564Cu		/* "LVAL": owner of pages with long values */
#define NAMES_MAX 65536u
#define OBJECT_TABLE_MAX 0xFFFFFFu	/* higher numbers are folders, forms and the like */

/* A data page and the definition of the table it belongs to. */
struct owned {
	uint32_t owner, page;
};

/* A table by the page of its definition. */
struct named {
	uint32_t page;
	struct rmn_bytes name;
};

struct access {
	struct rmn_jet *jet;
	struct owned *pages;
	size_t page_count;
	struct named *names;
	size_t name_count, name_room;
};

static int
owned_compare(const void *a, const void *b)
{
	const struct owned *x = a, *y = b;

	if (x->owner != y->owner)
		return x->owner < y->owner ? -1 : 1;
	return x->page < y->page ? -1 : x->page > y->page;
}

/* All data pages, by table and then in order. */
static bool
pages_list(struct access *a)
{
	unsigned char page[RMN_JET_PAGE_BYTES_MAX];
	struct rmn_jet *jet = a->jet;

	a->pages = rmn_arena_alloc(jet->input->arena, (size_t)jet->page_count + 1, sizeof(*a->pages));
	if (!a->pages)
		return false;
	for (uint32_t i = 1; i < jet->page_count; i++) {
		if (!rmn_jet_page_load(jet, i, page))
			jet->damage++;
		else if (page[0] == RMN_JET_DATA && rmn_le32(page + 4) != LONG_VALUES)
			a->pages[a->page_count++] = (struct owned){rmn_le32(page + 4), i};
	}
	qsort(a->pages, a->page_count, sizeof(*a->pages), owned_compare);
	return true;
}

/* A row that grew is on another page, where its pointer leads. */
static bool
row_follow(struct access *a, struct rmn_bytes pointer, unsigned char *page, struct rmn_bytes *row)
{
	unsigned flags, index;
	uint32_t number;

	if (pointer.size < 4)
		return false;
	number = rmn_le32(pointer.data) >> 8;
	index = pointer.data[0];
	return rmn_jet_page_load(a->jet, number, page) && page[0] == RMN_JET_DATA &&
	    index < rmn_jet_row_count(a->jet, page) &&
	    rmn_jet_row(a->jet, page, index, row, &flags) && !(flags & RMN_JET_ELSEWHERE);
}

static void
cells_put(struct access *a, const struct rmn_jet_table *table, struct rmn_bytes bytes)
{
	struct rmn_jet_row row;
	struct rmn_text *text = &a->jet->text;

	if (!rmn_jet_row_open(a->jet, bytes, &row)) {
		a->jet->damage++;
		return;
	}
	for (unsigned i = 0; i < table->count && text->status == RMN_OK; i++) {
		if (i > 0)
			rmn_text_char(text, '\t');
		rmn_jet_value_put(a->jet, &table->columns[i], &row);
	}
	rmn_text_char(text, '\n');
}

/* The rows of one page: living ones, or those that are deleted. */
static void
page_put(struct access *a, const struct rmn_jet_table *table, uint32_t number, bool deleted)
{
	unsigned char page[RMN_JET_PAGE_BYTES_MAX], other[RMN_JET_PAGE_BYTES_MAX];
	struct rmn_bytes row;
	unsigned flags, count;

	if (!rmn_jet_page_load(a->jet, number, page))
		return;
	count = rmn_jet_row_count(a->jet, page);
	for (unsigned i = 0; i < count && a->jet->text.status == RMN_OK; i++) {
		if (!rmn_jet_row(a->jet, page, i, &row, &flags) ||
		    (flags & RMN_JET_DELETED ? true : false) != deleted)
			continue;
		if (flags & RMN_JET_ELSEWHERE) {
			if (deleted)
				continue;
			if (!row_follow(a, row, other, &row)) {
				a->jet->damage++;
				continue;
			}
		}
		cells_put(a, table, row);
	}
}

static void
names_put(struct access *a, const struct rmn_jet_table *table)
{
	struct rmn_text *text = &a->jet->text;

	for (unsigned i = 0; i < table->count; i++) {
		if (i > 0)
			rmn_text_char(text, '\t');
		rmn_cell_put(text, table->columns[i].name);
	}
	rmn_text_newline(text);
}

static const struct rmn_jet_column *
column_find(const struct rmn_jet_table *table, const char *name)
{
	for (unsigned i = 0; i < table->count; i++)
		if (rmn_bytes_equal(table->columns[i].name, rmn_bytes_from_string(name)))
			return &table->columns[i];
	return NULL;
}

static void
name_add(struct access *a, uint32_t page, struct rmn_bytes utf8)
{
	if (a->name_count == a->name_room) {
		size_t room = a->name_room ? a->name_room * 2 : 64;
		struct named *names = room > NAMES_MAX ? NULL :
		    rmn_arena_alloc(a->jet->input->arena, room, sizeof(*names));

		if (!names)
			return;		/* the table goes by its page then */
		if (a->name_count > 0)
			memcpy(names, a->names, a->name_count * sizeof(*names));
		a->names = names;
		a->name_room = room;
	}
	a->names[a->name_count++] = (struct named){page,
	    rmn_text_kept(&a->jet->text, a->jet->input->arena, utf8)};
}

/* Objects of the catalogue: of tables the number is the page of their definition. */
static void
catalogue_page(struct access *a, const struct rmn_jet_column *id,
    const struct rmn_jet_column *name, uint32_t number)
{
	unsigned char page[RMN_JET_PAGE_BYTES_MAX];
	struct rmn_bytes bytes, field;
	struct rmn_jet_row row;
	unsigned flags;
	uint32_t object;

	if (!rmn_jet_page_load(a->jet, number, page))
		return;
	for (unsigned i = 0; i < rmn_jet_row_count(a->jet, page); i++) {
		if (!rmn_jet_row(a->jet, page, i, &bytes, &flags) || flags != 0 ||
		    !rmn_jet_row_open(a->jet, bytes, &row) || !rmn_jet_field(&row, id, &field) ||
		    field.size < 4)
			continue;
		object = rmn_le32(field.data);
		if (object > OBJECT_TABLE_MAX || !rmn_jet_field(&row, name, &field))
			continue;
		rmn_buf_clear(&a->jet->decoded);
		rmn_jet_text_decode(a->jet, field, &a->jet->decoded);
		name_add(a, object, rmn_buf_bytes(&a->jet->decoded));
	}
}

static void
catalogue_read(struct access *a)
{
	struct rmn_jet_table table;
	const struct rmn_jet_column *id, *name;

	if (!rmn_jet_table_read(a->jet, CATALOGUE_PAGE, &table)) {
		a->jet->damage++;
		return;
	}
	id = column_find(&table, "Id");
	name = column_find(&table, "Name");
	for (size_t i = 0; id && name && i < a->page_count; i++)
		if (a->pages[i].owner == CATALOGUE_PAGE)
			catalogue_page(a, id, name, a->pages[i].page);
}

static int
named_compare(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return x->page < y->page ? -1 : x->page > y->page;
}

static struct rmn_bytes
table_name(const struct access *a, uint32_t page)
{
	const struct named key = {.page = page};
	const struct named *found = a->name_count == 0 ? NULL :
	    bsearch(&key, a->names, a->name_count, sizeof(*a->names), named_compare);

	return found ? found->name : (struct rmn_bytes){NULL, 0};
}

/* Text of rows whose table is not known any more, in both forms that text has. */
static void
loose_put(struct access *a, uint32_t number)
{
	unsigned char page[RMN_JET_PAGE_BYTES_MAX];
	struct rmn_jet *jet = a->jet;
	struct rmn_bytes row;
	unsigned flags;

	if (!rmn_jet_page_load(jet, number, page))
		return;
	for (unsigned i = 0; i < rmn_jet_row_count(jet, page); i++) {
		if (!rmn_jet_row(jet, page, i, &row, &flags))
			continue;
		rmn_runs_put(&jet->text, row, jet->is_jet3 ? jet->encoding : RMN_UTF8, '\t');
		if (!jet->is_jet3)
			rmn_runs_put(&jet->text, row, RMN_UTF16LE, '\t');
		rmn_text_newline(&jet->text);
	}
}

static void
loose_pages_put(struct access *a, const struct owned *pages, size_t count)
{
	a->jet->damage++;
	rmn_text_part(&a->jet->text, RMN_PART_DELETED, rmn_bytes_from_string("rows of no table"));
	for (size_t i = 0; i < count && a->jet->text.status == RMN_OK; i++)
		loose_put(a, pages[i].page);
}

/* Rows of one table.  One that the catalogue does not have was deleted. */
static void
table_put(struct access *a, const struct owned *pages, size_t count)
{
	struct rmn_bytes name = table_name(a, pages[0].owner);
	struct rmn_jet_table table;
	char unnamed[32];
	bool is_gone = name.size == 0;

	snprintf(unnamed, sizeof(unnamed), "table on page %u", pages[0].owner);
	if (is_gone)
		name = rmn_bytes_from_string(unnamed);
	/* pages 0 and 1 own maps of pages, 2 is the catalogue */
	if (pages[0].owner <= CATALOGUE_PAGE || rmn_bytes_start_with(name, "MSys"))
		return;
	if (!rmn_jet_table_read(a->jet, pages[0].owner, &table)) {
		loose_pages_put(a, pages, count);
		return;
	}
	rmn_text_part(&a->jet->text, is_gone ? RMN_PART_DELETED : RMN_PART_SHEET, name);
	names_put(a, &table);
	for (size_t i = 0; i < count; i++)
		page_put(a, &table, pages[i].page, false);
	rmn_text_part(&a->jet->text, RMN_PART_DELETED, name);
	for (size_t i = 0; i < count; i++)
		page_put(a, &table, pages[i].page, true);
}

static void
tables_put(struct access *a)
{
	for (size_t i = 0, end; i < a->page_count && a->jet->text.status == RMN_OK; i = end) {
		for (end = i + 1; end < a->page_count && a->pages[end].owner == a->pages[i].owner;
		    end++)
			continue;
		table_put(a, a->pages + i, end - i);
	}
}

static enum rmn_status
database_read(struct rmn_jet *jet)
{
	struct access a = {.jet = jet};
	enum rmn_status status = rmn_jet_open(jet);

	if (status != RMN_OK)
		return status;
	if (!pages_list(&a))
		return rmn_fail(jet->error, RMN_LIMIT, "item outgrows its memory");
	catalogue_read(&a);
	if (a.name_count > 0)
		qsort(a.names, a.name_count, sizeof(*a.names), named_compare);
	tables_put(&a);
	if (rmn_text_flush(&jet->text) != RMN_OK)
		return jet->text.status;
	if (jet->unread > 0)
		rmn_sink_missing(jet->sink, RMN_UNSUPPORTED,
		    "%u OLE values of the database were not read", jet->unread);
	if (jet->input->content->size_bytes % jet->page_bytes != 0)
		return rmn_fail(jet->error, RMN_PARTIAL, "the database is cut short");
	if (jet->damage > 0)
		return rmn_fail(jet->error, RMN_PARTIAL, "%llu pages or rows could not be read",
		    (unsigned long long)jet->damage);
	return RMN_OK;
}

static enum rmn_status
access_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_jet jet = {.input = input, .sink = sink, .error = error};
	enum rmn_status status;

	rmn_text_init(&jet.text, sink, input->arena, error);
	if (jet.text.status != RMN_OK)
		return jet.text.status;
	rmn_buf_init(&jet.value, RMN_LIMIT_WHOLE_ITEM_BYTES);
	rmn_buf_init(&jet.decoded, 0);
	status = database_read(&jet);
	rmn_buf_release(&jet.value);
	rmn_buf_release(&jet.decoded);
	return status;
}

static unsigned
access_claim(const struct rmn_format_input *input)
{
	struct rmn_bytes name = rmn_bytes_after(input->head, 4);

	if (input->head.size < 32 || memcmp(input->head.data, "\0\1\0\0", 4) != 0)
		return 0;
	return rmn_bytes_start_with(name, "Standard Jet DB") ||
	    rmn_bytes_start_with(name, "Standard ACE DB") ? 152 : 0;
}

const struct rmn_format rmn_format_access = {
	.name = "access",
	.title = "Access database",
	.media_type = "application/x-msaccess",
	.kind = RMN_KIND_DOCUMENT,
	.claim = access_claim,
	.read = access_read,
};
