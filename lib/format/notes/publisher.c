/* SPDX-License-Identifier: MIT
 *
 * Publisher documents (.pub of Publisher 98 to 2016).  Microsoft publishes no description.  The text of
 * all stories stands in Quill/QuillSub/CONTENTS, in chunks called "TEXT" (UTF-16LE); addresses of
 * links in chunks "PL  ".  All other streams give runs of text. */
#include <strings.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "format/ole/ole_walk.h"

#define QUILL_MAGIC "CHNKINK "
#define DIRECTORY_AT 0x18u
#define CHUNKS_MAX 4096u
#define CHUNK_ENTRY 0x18u	/* the first number of an entry: its own length */

struct publication {
	const struct rmn_ole *ole;
	struct rmn_text_runs runs;
	unsigned texts;
};

struct chunk {
	struct rmn_bytes name;
	uint32_t offset, size;
};

static bool
chunk_read(struct rmn_cursor *c, struct chunk *chunk)
{
	uint16_t size;

	return rmn_cursor_le16(c, &size) && size == CHUNK_ENTRY && rmn_cursor_skip(c, 10) &&
	    rmn_cursor_take(c, 4, &chunk->name) && rmn_cursor_le32(c, &chunk->offset) &&
	    rmn_cursor_le32(c, &chunk->size);
}

/* Paragraphs end with CR; a few characters below 20 stand for breaks of column, page and line. */
static bool
chunk_give(struct publication *p, struct rmn_bytes contents, const struct chunk *chunk)
{
	struct rmn_cursor c = rmn_cursor_over(contents);
	struct rmn_bytes bytes;

	if (!rmn_cursor_seek(&c, chunk->offset) || !rmn_cursor_take(&c, chunk->size, &bytes))
		return false;
	if (rmn_bytes_start_with(chunk->name, "TEXT")) {
		rmn_text_part(p->ole->text, RMN_PART_BODY, rmn_bytes_from_string(""));
		while (bytes.size >= 2) {
			if (bytes.data[1] == 0 && bytes.data[0] >= 0x0A && bytes.data[0] <= 0x0E)
				rmn_text_newline(p->ole->text);
			else
				rmn_text_utf16_put(p->ole->text, rmn_bytes_head(bytes, 2), false);
			bytes = rmn_bytes_after(bytes, 2);
		}
		p->texts++;
	} else if (!rmn_bytes_start_with(chunk->name, "FONT") &&
	    !rmn_bytes_start_with(chunk->name, "STSH")) {
		rmn_text_part(p->ole->text, RMN_PART_BODY, rmn_bytes_from_string("Quill"));
		rmn_text_runs_put(&p->runs, bytes);
	}
	return true;
}

/* The directory lies in blocks; each says how many entries it has and where the next is. */
static bool
quill_give(struct publication *p, struct rmn_bytes contents)
{
	struct rmn_cursor c = rmn_cursor_over(contents);
	uint32_t next = DIRECTORY_AT;
	unsigned left = CHUNKS_MAX;
	bool is_whole = true;

	if (!rmn_bytes_start_with(contents, QUILL_MAGIC))
		return false;
	while (next != 0 && next != UINT32_MAX && left > 0 && p->ole->text->status == RMN_OK) {
		uint16_t unknown, count;

		if (!rmn_cursor_seek(&c, next) || !rmn_cursor_le16(&c, &unknown) ||
		    !rmn_cursor_le16(&c, &count) || !rmn_cursor_le32(&c, &next))
			return false;
		for (; count > 0 && left > 0; count--, left--) {
			struct chunk chunk;

			if (!chunk_read(&c, &chunk))
				return false;
			is_whole = chunk_give(p, contents, &chunk) && is_whole;
		}
		left -= left > 0;
	}
	return is_whole && left > 0;
}

static enum rmn_status
take_stream(void *context, const struct rmn_cfb_entry *entry, const char *path)
{
	struct publication *p = context;
	enum rmn_status status = RMN_OK;
	struct rmn_bytes bytes;

	if (strcasecmp(path, "Quill/QuillSub/CONTENTS") != 0)
		return rmn_ole_runs(p->ole, &p->runs, entry, path);
	if (!rmn_ole_stream(p->ole, entry, &bytes, &status) || quill_give(p, bytes))
		return status;
	rmn_text_part(p->ole->text, RMN_PART_BODY, rmn_bytes_from_string(path));
	rmn_text_runs_put(&p->runs, bytes);
	return rmn_fail(p->ole->error, RMN_PARTIAL, "%s is damaged: runs of text only", path);
}

enum rmn_status
rmn_ole_publisher(const struct rmn_ole *ole)
{
	struct publication p = {.ole = ole};
	enum rmn_status status;

	rmn_text_runs_init(&p.runs, ole->text, ole->cfb->arena);
	if (ole->text->status != RMN_OK)
		return ole->text->status;
	status = rmn_ole_walk(ole, take_stream, &p);
	if (status != RMN_OK || p.texts > 0)
		return status;
	return rmn_fail(ole->error, RMN_PARTIAL, "no text of stories found: runs of text only");
}
