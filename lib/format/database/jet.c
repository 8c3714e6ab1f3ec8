/* SPDX-License-Identifier: MIT
 *
 * The file: header, pages, rows on pages, definitions of tables. */
#include "format/database/jet.h"

#include <string.h>

#include "base/checked.h"
#include "base/number.h"
#include "charset/charset.h"

#define HEAD_FROM 0x18u		/* of the scrambled part of the first page */
#define CODE_PAGE_AT 0x3Cu
#define KEY_AT 0x3Eu
#define LONG_RATIO 4u		/* each byte is part of one value; of deleted rows too, a second time */
#define DEFINITION_PAGES_MAX 64u	/* of one table: 255 columns with long names take three */
#define DEFINITION_BYTES_MAX (DEFINITION_PAGES_MAX * RMN_JET_PAGE_BYTES_MAX)

/* Scrambles and unscrambles (RC4).  Keys of four bytes, which stand in the file: no secret. */
static void
unscramble(const unsigned char key[4], unsigned char *data, size_t size)
{
	unsigned char state[256], i = 0, j = 0, swap;

	for (unsigned k = 0; k < 256; k++)
		state[k] = (unsigned char)k;
	for (unsigned k = 0; k < 256; k++) {
		j = (unsigned char)(j + state[k] + key[k % 4]);
		swap = state[k];
		state[k] = state[j];
		state[j] = swap;
	}
	j = 0;
	for (size_t k = 0; k < size; k++) {
		i++;
		j = (unsigned char)(j + state[i]);
		swap = state[i];
		state[i] = state[j];
		state[j] = swap;
		data[k] ^= state[(unsigned char)(state[i] + state[j])];
	}
}

enum rmn_status
rmn_jet_open(struct rmn_jet *jet)
{
	static const unsigned char head_key[4] = {0xC7, 0xDA, 0x39, 0x6B};
	unsigned char head[256];
	unsigned version, code_page;

	if (jet->input->head.size < sizeof(head))
		return rmn_fail(jet->error, RMN_CORRUPT, "the header of the database is cut");
	memcpy(head, jet->input->head.data, sizeof(head));
	version = head[0x14];
	jet->is_jet3 = version == 0;
	jet->page_bytes = jet->is_jet3 ? 2048 : 4096;
	unscramble(head_key, head + HEAD_FROM, jet->is_jet3 ? 126 : 128);
	jet->key = rmn_le32(head + KEY_AT);
	code_page = rmn_le16(head + CODE_PAGE_AT);
	jet->encoding = code_page == 932 ? RMN_CP932 : RMN_CP1252;
	jet->page_count = (uint32_t)rmn_min_u64(jet->input->content->size_bytes / jet->page_bytes,
	    UINT32_MAX);
	jet->long_left = jet->input->content->size_bytes * LONG_RATIO;
	/* from ACE on a key means that a password encrypts the pages */
	if (version >= 2 && jet->key != 0)
		return rmn_fail(jet->error, RMN_ENCRYPTED, "the database is encrypted");
	return RMN_OK;
}

bool
rmn_jet_page_load(struct rmn_jet *jet, uint32_t number, unsigned char page[RMN_JET_PAGE_BYTES_MAX])
{
	uint32_t key = jet->key ^ number;
	size_t got = 0;
	unsigned char bytes[4] = {(unsigned char)key, (unsigned char)(key >> 8),
	    (unsigned char)(key >> 16), (unsigned char)(key >> 24)};

	if (number >= jet->page_count || rmn_blob_read(jet->input->content,
	    (uint64_t)number * jet->page_bytes, page, jet->page_bytes, &got, NULL) != RMN_OK ||
	    got < jet->page_bytes)
		return false;
	if (jet->key != 0 && number > 0)
		unscramble(bytes, page, jet->page_bytes);
	return true;
}

unsigned
rmn_jet_row_count(const struct rmn_jet *jet, const unsigned char *page)
{
	unsigned from = jet->is_jet3 ? 10 : 14;
	unsigned count = rmn_le16(page + from - 2);

	return count <= (jet->page_bytes - from) / 2 ? count : 0;
}

bool
rmn_jet_row(const struct rmn_jet *jet, const unsigned char *page, unsigned index,
    struct rmn_bytes *row, unsigned *flags)
{
	const unsigned char *offsets = page + (jet->is_jet3 ? 10 : 14);
	unsigned start = rmn_le16(offsets + index * 2u);
	unsigned end = index == 0 ? jet->page_bytes : rmn_le16(offsets + index * 2u - 2) & 0x1FFF;
	unsigned array = (unsigned)(offsets - page) + rmn_jet_row_count(jet, page) * 2;

	*flags = start & (RMN_JET_DELETED | RMN_JET_ELSEWHERE);
	start &= 0x1FFF;
	if (end == 0 || end > jet->page_bytes)
		end = jet->page_bytes;
	if (start < array || start >= end)
		return false;
	*row = (struct rmn_bytes){page + start, end - start};
	return true;
}

/* The definition as one run of bytes: later pages go on behind their first eight. */
static bool
definition_gather(struct rmn_jet *jet, uint32_t number)
{
	unsigned char page[RMN_JET_PAGE_BYTES_MAX];

	rmn_buf_clear(&jet->value);
	for (unsigned i = 0; i < DEFINITION_PAGES_MAX; i++) {
		if (!rmn_jet_page_load(jet, number, page) || page[0] != RMN_JET_TABLE)
			return false;
		rmn_buf_append_data(&jet->value, page + (i > 0 ? 8 : 0),
		    jet->page_bytes - (i > 0 ? 8 : 0));
		number = rmn_le32(page + 4);
		if (number == 0)
			return !jet->value.failed;
	}
	return false;
}

/* Places of fields, which differ between the two kinds of file. */
struct layout {
	unsigned columns_at, index_count_at, index_bytes, indices_at, entry_bytes;
	unsigned number_at, var_at, fixed_at, flags_at, size_at, scale_at;
};

static const struct layout layout3 = {25, 31, 8, 43, 18, 1, 3, 14, 13, 16, 12};
static const struct layout layout4 = {45, 51, 12, 63, 25, 5, 7, 21, 15, 23, 12};

static void
column_read(const struct layout *l, const unsigned char *entry, struct rmn_jet_column *column)
{
	*column = (struct rmn_jet_column){
		.type = entry[0],
		.number = rmn_le16(entry + l->number_at),
		.var_index = rmn_le16(entry + l->var_at),
		.fixed_offset = rmn_le16(entry + l->fixed_at),
		.size = rmn_le16(entry + l->size_at),
		.scale = entry[l->scale_at],
		.is_fixed = entry[l->flags_at] & 1,
	};
}

/* Names follow the entries, in their order. */
static bool
names_read(struct rmn_jet *jet, struct rmn_bytes rest, struct rmn_jet_table *table)
{
	for (unsigned i = 0; i < table->count; i++) {
		size_t head = jet->is_jet3 ? 1 : 2, size;

		if (rest.size < head)
			return false;
		size = jet->is_jet3 ? rest.data[0] : rmn_le16(rest.data);
		rmn_buf_clear(&jet->decoded);
		rmn_charset_decode(rmn_bytes_head(rmn_bytes_after(rest, head), size),
		    jet->is_jet3 ? jet->encoding : RMN_UTF16LE, &jet->decoded, NULL);
		table->columns[i].name = rmn_text_kept(&jet->text, jet->input->arena,
		    rmn_buf_bytes(&jet->decoded));
		rest = rmn_bytes_after(rest, head + size);
	}
	return true;
}

bool
rmn_jet_table_read(struct rmn_jet *jet, uint32_t page, struct rmn_jet_table *table)
{
	const struct layout *l = jet->is_jet3 ? &layout3 : &layout4;
	struct rmn_bytes definition, entries;
	uint64_t skip;

	*table = (struct rmn_jet_table){.count = 0};
	if (!definition_gather(jet, page))
		return false;
	definition = rmn_buf_bytes(&jet->value);
	table->count = rmn_le16(definition.data + l->columns_at);
	skip = l->indices_at +
	    (uint64_t)rmn_le32(definition.data + l->index_count_at) * l->index_bytes;
	if (table->count == 0 || table->count > RMN_JET_COLUMNS_MAX || skip > definition.size)
		return false;
	entries = rmn_bytes_after(definition, (size_t)skip);
	if (entries.size < (size_t)table->count * l->entry_bytes)
		return false;
	table->columns = rmn_arena_alloc(jet->input->arena, table->count, sizeof(*table->columns));
	if (!table->columns) {
		jet->text.status = rmn_fail(jet->error, RMN_LIMIT, "item outgrows its memory");
		return false;
	}
	for (unsigned i = 0; i < table->count; i++)
		column_read(l, entries.data + (size_t)i * l->entry_bytes, &table->columns[i]);
	return names_read(jet, rmn_bytes_after(entries, (size_t)table->count * l->entry_bytes), table);
}

/* Offsets of Jet 3 are bytes: a table in front of them says at which column 256 is to be added. */
static bool
offsets3_read(struct rmn_jet_row *row, size_t end)
{
	const unsigned char *data = row->bytes.data;
	size_t jumps = (row->bytes.size - 1) / 256, used = 0, at;

	if (end < 1)
		return false;
	row->var_count = data[end - 1];
	if (end < jumps + 2 + row->var_count)
		return false;
	at = end - jumps - 2;
	if ((at - row->var_count) / 256 < jumps)
		jumps--;	/* the last one is a dummy */
	at = end - jumps - 2;
	if (at < row->var_count)
		return false;
	for (unsigned i = 0; i <= row->var_count; i++) {
		while (used < jumps && data[end - 2 - used] == i)
			used++;
		row->var_offsets[i] = data[at - i] + (uint32_t)used * 256;
	}
	return true;
}

static bool
offsets4_read(struct rmn_jet_row *row, size_t end)
{
	const unsigned char *data = row->bytes.data;

	if (end < 4)
		return false;
	row->var_count = rmn_le16(data + end - 2);
	if (row->var_count > RMN_JET_COLUMNS_MAX || end < 4 + row->var_count * 2u)
		return false;
	for (unsigned i = 0; i <= row->var_count; i++)
		row->var_offsets[i] = rmn_le16(data + end - 4 - i * 2u);
	return true;
}

bool
rmn_jet_row_open(const struct rmn_jet *jet, struct rmn_bytes bytes, struct rmn_jet_row *row)
{
	size_t mask;

	row->bytes = bytes;
	row->head_bytes = jet->is_jet3 ? 1 : 2;
	row->var_count = 0;
	if (bytes.size < row->head_bytes + 1u)
		return false;
	row->column_count = jet->is_jet3 ? bytes.data[0] : rmn_le16(bytes.data);
	mask = (row->column_count + 7u) / 8;
	if (row->column_count == 0 || row->column_count > RMN_JET_COLUMNS_MAX ||
	    bytes.size < row->head_bytes + mask)
		return false;
	row->mask = rmn_bytes_after(bytes, bytes.size - mask);
	/* tables without columns of varying size have no offsets, and nothing refers to them */
	if (!(jet->is_jet3 ? offsets3_read(row, bytes.size - mask) :
	    offsets4_read(row, bytes.size - mask)))
		row->var_count = 0;
	return true;
}

bool
rmn_jet_field(const struct rmn_jet_row *row, const struct rmn_jet_column *column,
    struct rmn_bytes *field)
{
	struct rmn_bytes bytes = row->bytes;

	*field = (struct rmn_bytes){NULL, 0};
	if (column->number >= row->column_count ||
	    !(row->mask.data[column->number / 8] >> (column->number % 8) & 1))
		return false;
	if (column->type == RMN_JET_BOOL)
		return true;
	if (column->is_fixed) {
		*field = rmn_bytes_head(rmn_bytes_after(bytes,
		    row->head_bytes + column->fixed_offset), column->size);
		return field->size == column->size;
	}
	if (column->var_index >= row->var_count ||
	    row->var_offsets[column->var_index + 1] < row->var_offsets[column->var_index] ||
	    row->var_offsets[column->var_index + 1] > bytes.size)
		return false;
	*field = rmn_bytes_head(rmn_bytes_after(bytes, row->var_offsets[column->var_index]),
	    row->var_offsets[column->var_index + 1] - row->var_offsets[column->var_index]);
	return true;
}
