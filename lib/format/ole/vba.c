/* SPDX-License-Identifier: MIT
 *
 * The stream "dir" says in which code page the modules are and where in each stream the source
 * starts.  Where it is lost, the source is found by what every module begins with. */
#include "format/ole/vba.h"

#include <string.h>
#include <strings.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "charset/charset.h"
#include "format/codepage.h"

#define CHUNK_BYTES 4096u
#define MODULES_MAX 4096u			/* Excel allows about as many sheets */
#define STREAM_MAX ((uint64_t)16 << 20)		/* the longest module has 64 K lines */
#define SOURCE_MAX ((size_t)16 << 20)

/* Records of dir (2.3.4.2). */
enum dir_record {
	DIR_CODEPAGE = 0x0003,
	DIR_VERSION = 0x0009,
	DIR_REFERENCE_PROJECT = 0x000E,
	DIR_STREAM_NAME = 0x001A,
	DIR_MODULE_END = 0x002B,
	DIR_OFFSET = 0x0031,
	DIR_STREAM_NAME_UNICODE = 0x0032,
};

struct module {
	struct rmn_bytes stream;	/* its name, UTF-8 */
	uint32_t offset;		/* of the source in the stream */
};

struct project {
	struct rmn_cfb *cfb;
	struct rmn_text *text;
	struct module *modules;
	size_t module_count;
	unsigned codepage;		/* 0: not known */
	enum rmn_status status;
	struct rmn_error *error;
};

static void
note(struct project *p, enum rmn_status status, const char *name)
{
	p->status = status == RMN_LIMIT ? RMN_LIMIT : RMN_PARTIAL;
	rmn_fail(p->error, p->status, "macro %s could not be read whole", name);
}

/* One chunk's tokens; out starts at chunk_start, offsets reach back no further (2.4.1.3.19). */
static bool
chunk_expand(struct rmn_cursor *c, struct rmn_buf *out)
{
	size_t start = out->size;
	uint8_t flags, literal;
	uint16_t token;

	while (rmn_cursor_u8(c, &flags)) {
		for (unsigned bit = 0; bit < 8 && rmn_cursor_left(c) > 0; bit++) {
			size_t done = out->size - start, offset, length;
			unsigned bits = 4;

			if (!(flags >> bit & 1)) {
				if (done >= CHUNK_BYTES || !rmn_cursor_u8(c, &literal))
					return false;
				rmn_buf_u8(out, literal);
				continue;
			}
			if (!rmn_cursor_le16(c, &token))
				return false;
			while (((size_t)1 << bits) < done)
				bits++;
			offset = (size_t)(token >> (16 - bits)) + 1;
			length = (token & (0xFFFFu >> bits)) + 3;
			if (offset > done || length > CHUNK_BYTES - done ||
			    !rmn_buf_reserve(out, length))
				return false;
			while (length-- > 0)
				rmn_buf_u8(out, out->data[out->size - offset]);
		}
		if (out->failed)
			return false;
	}
	return true;
}

bool
rmn_vba_decompress(struct rmn_bytes container, struct rmn_buf *out)
{
	struct rmn_cursor c = rmn_cursor_over(container);
	struct rmn_bytes data;
	uint8_t signature;
	uint16_t header;

	if (!rmn_cursor_u8(&c, &signature) || signature != 1)
		return false;
	while (rmn_cursor_left(&c) > 0) {
		struct rmn_cursor chunk;

		/* behind the last chunk some writers leave what was there before */
		if (!rmn_cursor_le16(&c, &header) || (header & 0x7000) != 0x3000)
			return out->size > 0;
		if (!rmn_cursor_take(&c, rmn_min_size((header & 0x0FFFu) + 1u,
		    rmn_cursor_left(&c)), &data))
			return false;
		chunk = rmn_cursor_over(data);
		if (!(header & 0x8000))
			rmn_buf_append(out, data);
		else if (!chunk_expand(&chunk, out))
			return false;
		if (out->failed || data.size < (header & 0x0FFFu) + 1u)
			return false;
	}
	return true;
}

static struct rmn_bytes
decoded(struct project *p, unsigned codepage, struct rmn_bytes bytes)
{
	struct rmn_bytes kept;
	struct rmn_buf utf8;

	rmn_buf_init(&utf8, 0);
	rmn_codepage_decode(codepage, bytes, &utf8);
	if (utf8.failed)
		note(p, RMN_LIMIT, "names");
	kept = rmn_text_kept(p->text, p->cfb->arena, rmn_buf_bytes(&utf8));
	rmn_buf_release(&utf8);
	return kept;
}

/* A workbook that this one calls: its path behind a few letters that say what it is. */
static void
reference_give(struct project *p, struct rmn_bytes record)
{
	struct rmn_cursor c = rmn_cursor_over(record);
	struct rmn_bytes path;
	uint32_t size;

	if (!rmn_cursor_le32(&c, &size) || !rmn_cursor_take(&c, size, &path) || path.size <= 3)
		return;
	rmn_text_part(p->text, RMN_PART_MACRO, rmn_bytes_from_string("references"));
	rmn_text_put(p->text, decoded(p, p->codepage, rmn_bytes_after(path, 3)));
	rmn_text_newline(p->text);
}

static void
record_take(struct project *p, struct module *module, uint16_t id, struct rmn_bytes data)
{
	struct rmn_cursor c = rmn_cursor_over(data);
	uint16_t codepage;

	switch (id) {
	case DIR_CODEPAGE:
		if (rmn_cursor_le16(&c, &codepage))
			p->codepage = codepage;
		break;
	case DIR_REFERENCE_PROJECT:
		reference_give(p, data);
		break;
	case DIR_STREAM_NAME:
		module->stream = decoded(p, p->codepage, data);
		break;
	case DIR_STREAM_NAME_UNICODE:
		module->stream = decoded(p, 1200, data);
		break;
	case DIR_OFFSET:
		rmn_cursor_le32(&c, &module->offset);
		break;
	case DIR_MODULE_END:
		if (module->stream.size > 0 && p->module_count < MODULES_MAX)
			p->modules[p->module_count++] = *module;
		*module = (struct module){.offset = 0};
		break;
	default:
		break;
	}
}

/* False when the list of modules is damaged. */
static bool
dir_read(struct project *p, struct rmn_bytes dir)
{
	struct rmn_cursor c = rmn_cursor_over(dir);
	struct module module = {.offset = 0};
	struct rmn_bytes data;
	uint16_t id;
	uint32_t size;

	while (rmn_cursor_left(&c) >= 6) {
		if (!rmn_cursor_le16(&c, &id) || !rmn_cursor_le32(&c, &size) ||
		    !rmn_cursor_take(&c, id == DIR_VERSION ? 6 : size, &data))
			return false;
		record_take(p, &module, id, data);
	}
	return p->module_count > 0;
}

static bool
dir_open(struct project *p, const struct rmn_cfb_entry *entry)
{
	struct rmn_bytes packed;
	struct rmn_buf dir;
	bool is_whole;

	p->modules = rmn_arena_alloc(p->cfb->arena, MODULES_MAX, sizeof(*p->modules));
	if (!entry || !p->modules)
		return false;
	is_whole = rmn_cfb_read(p->cfb, entry, STREAM_MAX, &packed, NULL) == RMN_OK;
	rmn_buf_init(&dir, SOURCE_MAX);
	is_whole &= rmn_vba_decompress(packed, &dir);
	is_whole &= dir_read(p, rmn_buf_bytes(&dir));
	rmn_buf_release(&dir);
	return is_whole;
}

/* Where the source begins when dir does not say: a container whose first eight characters are
 * written as they are, as nothing stands before them. */
static size_t
source_find(struct rmn_bytes stream)
{
	static const unsigned char mark[] = "\0Attribut";
	size_t at = rmn_bytes_find(stream, (struct rmn_bytes){mark, sizeof(mark) - 1});

	return at != SIZE_MAX && at >= 3 && stream.data[at - 3] == 1 ? at - 3 : SIZE_MAX;
}

/* Lines of the source; those that the editor never shows say nothing. */
static void
source_give(struct rmn_text *text, struct rmn_bytes source)
{
	while (source.size > 0 && text->status == RMN_OK) {
		const unsigned char *end = memchr(source.data, '\n', source.size);
		size_t size = end ? (size_t)(end - source.data) : source.size;
		struct rmn_bytes line = rmn_bytes_head(source, size);

		source = rmn_bytes_after(source, size + 1);
		if (line.size > 0 && line.data[line.size - 1] == '\r')
			line.size--;
		if (rmn_bytes_start_with(line, "Attribute VB_") &&
		    !rmn_bytes_start_with(line, "Attribute VB_Desc"))
			continue;
		rmn_text_put(text, line);
		if (line.size > 0 || text->last != '\n')
			rmn_text_char(text, '\n');
	}
}

static const struct module *
module_find(const struct project *p, const char *stream)
{
	size_t size = strlen(stream);

	for (size_t i = 0; i < p->module_count; i++)
		if (p->modules[i].stream.size == size &&
		    strncasecmp((const char *)p->modules[i].stream.data, stream, size) == 0)
			return &p->modules[i];
	return NULL;
}

static void
module_give(struct project *p, const struct rmn_cfb_entry *entry, const struct module *module)
{
	struct rmn_buf source, utf8;
	struct rmn_bytes stream;
	enum rmn_status status = rmn_cfb_read(p->cfb, entry, STREAM_MAX, &stream, NULL);
	size_t offset = module ? module->offset : source_find(stream);
	unsigned codepage = p->codepage;

	rmn_buf_init(&source, SOURCE_MAX);
	rmn_buf_init(&utf8, 0);
	if (offset == SIZE_MAX)
		goto out;
	if (!rmn_vba_decompress(rmn_bytes_after(stream, offset), &source) && status == RMN_OK)
		status = source.failed ? RMN_LIMIT : RMN_CORRUPT;
	if (codepage == 0 &&
	    rmn_charset_guess(rmn_buf_bytes(&source)).encoding == RMN_CP932)
		codepage = 932;
	rmn_codepage_decode(codepage, rmn_buf_bytes(&source), &utf8);
	rmn_text_part(p->text, RMN_PART_MACRO, rmn_bytes_from_string(entry->name));
	source_give(p->text, rmn_buf_bytes(&utf8));
out:
	if (status != RMN_OK || utf8.failed)
		note(p, utf8.failed ? RMN_LIMIT : status, entry->name);
	rmn_buf_release(&source);
	rmn_buf_release(&utf8);
}

static bool
is_source(const struct rmn_cfb_entry *entry)
{
	return entry->type == RMN_CFB_STREAM && strcasecmp(entry->name, "dir") != 0 &&
	    strcasecmp(entry->name, "_VBA_PROJECT") != 0 && strncasecmp(entry->name, "__SRP_", 6) != 0;
}

enum rmn_status
rmn_vba_give(struct rmn_cfb *cfb, uint32_t storage, struct rmn_text *text, struct rmn_error *error)
{
	const struct rmn_cfb_entry *vba = rmn_cfb_find(cfb, storage, "VBA");
	struct project p = {.cfb = cfb, .text = text, .error = error};
	size_t count = 0;

	if (!vba)
		return RMN_OK;
	if (!dir_open(&p, rmn_cfb_find(cfb, (uint32_t)(vba - cfb->entries), "dir")))
		note(&p, p.modules ? RMN_PARTIAL : RMN_LIMIT, "list");
	for (uint32_t i = vba->first; i > 0 && text->status == RMN_OK; i = cfb->entries[i].next) {
		const struct rmn_cfb_entry *entry = &cfb->entries[i];

		if (!is_source(entry))
			continue;
		if (count++ == MODULES_MAX) {
			note(&p, RMN_LIMIT, entry->name);
			break;
		}
		module_give(&p, entry, module_find(&p, entry->name));
	}
	return text->status != RMN_OK ? text->status : p.status;
}

enum rmn_status
rmn_vba_file_give(struct rmn_bytes file, struct rmn_arena *arena, struct rmn_text *text,
    struct rmn_error *error)
{
	struct rmn_blob blob = rmn_blob_from_bytes(file);
	struct rmn_cfb cfb;
	enum rmn_status status = rmn_cfb_open(&blob, arena, &cfb, error);

	if (status == RMN_OK)
		status = rmn_vba_give(&cfb, 0, text, error);
	if (status == RMN_OK && cfb.is_damaged)
		status = rmn_fail(error, RMN_PARTIAL, "the macros' file is damaged");
	return status;
}
