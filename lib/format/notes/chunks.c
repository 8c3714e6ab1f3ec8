/* SPDX-License-Identifier: MIT */
#include "format/notes/chunks.h"

#include <string.h>

#include "base/cursor.h"

#define MAGIC "CHNK"
#define DIRECTORY_AT 0x18u
#define CHUNKS_MAX 4096u
#define CHUNK_ENTRY 0x18u	/* the first number of an entry: its own length */

struct chunk {
	struct rmn_bytes name;
	uint32_t offset, size;
};

/* Chunks that hold no text of the document. */
static const char *const layout[] = {"FONT", "STSH"};

static bool
chunk_read(struct rmn_cursor *c, struct chunk *chunk)
{
	uint16_t size;

	return rmn_cursor_le16(c, &size) && size == CHUNK_ENTRY && rmn_cursor_skip(c, 10) &&
	    rmn_cursor_take(c, 4, &chunk->name) && rmn_cursor_le32(c, &chunk->offset) &&
	    rmn_cursor_le32(c, &chunk->size);
}

/* Paragraphs end with CR; a few characters below 20 stand for breaks of column, page and line. */
static void
story_put(struct rmn_text *text, struct rmn_bytes units)
{
	rmn_text_part(text, RMN_PART_BODY, rmn_bytes_from_string(""));
	while (units.size >= 2) {
		if (units.data[1] == 0 && units.data[0] >= 0x0A && units.data[0] <= 0x0E)
			rmn_text_newline(text);
		else
			rmn_text_utf16_put(text, rmn_bytes_head(units, 2), false);
		units = rmn_bytes_after(units, 2);
	}
}

static bool
chunk_give(struct rmn_text_runs *runs, struct rmn_bytes contents, const struct chunk *chunk, unsigned *texts)
{
	struct rmn_cursor c = rmn_cursor_over(contents);
	struct rmn_bytes bytes;

	if (!rmn_cursor_seek(&c, chunk->offset) || !rmn_cursor_take(&c, chunk->size, &bytes))
		return false;
	if (rmn_bytes_start_with(chunk->name, "TEXT")) {
		story_put(runs->text, bytes);
		++*texts;
		return true;
	}
	for (size_t i = 0; i < sizeof(layout) / sizeof(layout[0]); i++)
		if (rmn_bytes_start_with(chunk->name, layout[i]))
			return true;
	rmn_text_part(runs->text, RMN_PART_BODY, rmn_bytes_from_string("Quill"));
	rmn_text_runs_put(runs, bytes);
	return true;
}

bool
rmn_chunks_claim(struct rmn_bytes head)
{
	return head.size > DIRECTORY_AT && rmn_bytes_start_with(head, MAGIC) &&
	    (memcmp(head.data + 4, "INK ", 4) == 0 || memcmp(head.data + 4, "WKS ", 4) == 0);
}

/* The directory lies in blocks; each says how many entries it has and where the next is. */
bool
rmn_chunks_give(struct rmn_text_runs *runs, struct rmn_bytes contents, unsigned *texts)
{
	struct rmn_cursor c = rmn_cursor_over(contents);
	uint32_t next = DIRECTORY_AT;
	unsigned left = CHUNKS_MAX;
	bool is_whole = true;

	*texts = 0;
	if (!rmn_chunks_claim(contents))
		return false;
	while (next != 0 && next != UINT32_MAX && left > 0 && runs->text->status == RMN_OK) {
		uint16_t unknown, count;

		if (!rmn_cursor_seek(&c, next) || !rmn_cursor_le16(&c, &unknown) ||
		    !rmn_cursor_le16(&c, &count) || !rmn_cursor_le32(&c, &next))
			return false;
		for (; count > 0 && left > 0; count--, left--) {
			struct chunk chunk;

			if (!chunk_read(&c, &chunk))
				return false;
			is_whole = chunk_give(runs, contents, &chunk, texts) && is_whole;
		}
		left -= left > 0;
	}
	return is_whole && left > 0;
}
