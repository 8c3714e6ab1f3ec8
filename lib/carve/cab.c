/* SPDX-License-Identifier: MIT
 *
 * Cabinets ([MS-CAB]): the header says how long the file is, folders lead to chains of data blocks, and most
 * blocks have a checksum. */
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "carve/window.h"

#define HEAD_BYTES 36u
#define FOLDER_BYTES 8u
#define DATA_BYTES 8u
#define DATA_MAX 65535u
#define HAS_PREVIOUS 1u
#define HAS_NEXT 2u
#define HAS_RESERVE 4u

struct cabinet {
	uint32_t size_bytes, files_offset;
	uint16_t folder_count, file_count, flags;
	uint8_t folder_reserve, data_reserve;
	uint64_t folders_at;
};

static bool
text_skip(struct rmn_cursor *c)
{
	uint8_t byte = 1;

	while (byte != 0)
		if (!rmn_cursor_u8(c, &byte))
			return false;
	return true;
}

static bool
head_read(struct rmn_bytes bytes, struct cabinet *cab)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint32_t zero1, zero2, zero3;
	uint16_t reserve = 0;
	uint8_t minor, major;

	memset(cab, 0, sizeof(*cab));
	if (!rmn_cursor_skip(&c, 4) || !rmn_cursor_le32(&c, &zero1) ||
	    !rmn_cursor_le32(&c, &cab->size_bytes) || !rmn_cursor_le32(&c, &zero2) ||
	    !rmn_cursor_le32(&c, &cab->files_offset) || !rmn_cursor_le32(&c, &zero3) ||
	    !rmn_cursor_u8(&c, &minor) || !rmn_cursor_u8(&c, &major) ||
	    !rmn_cursor_le16(&c, &cab->folder_count) || !rmn_cursor_le16(&c, &cab->file_count) ||
	    !rmn_cursor_le16(&c, &cab->flags) || !rmn_cursor_skip(&c, 4))
		return false;
	if (zero1 || zero2 || zero3 || major != 1 || cab->flags > 7 || cab->folder_count == 0 ||
	    cab->files_offset < HEAD_BYTES || cab->files_offset >= cab->size_bytes)
		return false;
	if (cab->flags & HAS_RESERVE && (!rmn_cursor_le16(&c, &reserve) ||
	    !rmn_cursor_u8(&c, &cab->folder_reserve) || !rmn_cursor_u8(&c, &cab->data_reserve) ||
	    !rmn_cursor_skip(&c, reserve)))
		return false;
	/* Of a cabinet before or behind this one: its file and its disk. */
	if ((cab->flags & HAS_PREVIOUS && (!text_skip(&c) || !text_skip(&c))) ||
	    (cab->flags & HAS_NEXT && (!text_skip(&c) || !text_skip(&c))))
		return false;
	cab->folders_at = c.offset;
	return true;
}

/* The checksum of 3.1: words of four bytes by exclusive or, odd bytes the other way round. */
static uint32_t
sum_bytes(struct rmn_bytes bytes, uint32_t sum)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint32_t word, last = 0;
	uint8_t byte;

	while (rmn_cursor_le32(&c, &word))
		sum ^= word;
	while (rmn_cursor_u8(&c, &byte))
		last = last << 8 | byte;
	return sum ^ last;
}

struct chain {
	uint64_t end;		/* of the data walked last */
	bool is_unchecked;	/* a block without checksum */
};

static bool
data_walk(struct rmn_window *w, const struct cabinet *cab, uint64_t *at, struct chain *chain)
{
	size_t head = DATA_BYTES + cab->data_reserve;
	struct rmn_bytes bytes = rmn_window_bytes(w, *at, head + DATA_MAX);
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint32_t sum;
	uint16_t size, unpacked;

	if (!rmn_cursor_le32(&c, &sum) || !rmn_cursor_le16(&c, &size) ||
	    !rmn_cursor_le16(&c, &unpacked) || bytes.size < head + size ||
	    *at + head + size > cab->size_bytes)
		return false;
	chain->is_unchecked |= sum == 0;
	if (sum != 0 && sum_bytes((struct rmn_bytes){bytes.data + 4, head - 4},
	    sum_bytes((struct rmn_bytes){bytes.data + head, size}, 0)) != sum)
		return false;
	*at += head + size;
	if (*at > chain->end)
		chain->end = *at;
	return true;
}

/* All blocks of all folders; *at is where it breaks. */
static bool
folders_walk(struct rmn_window *w, const struct cabinet *cab, struct chain *chain, uint64_t *at)
{
	for (unsigned i = 0; i < cab->folder_count; i++) {
		uint64_t folder = cab->folders_at + i * (uint64_t)(FOLDER_BYTES + cab->folder_reserve);
		struct rmn_cursor c = rmn_cursor_over(rmn_window_bytes(w, folder, FOLDER_BYTES));
		uint32_t start;
		uint16_t count, method;

		*at = folder;
		if (!rmn_cursor_le32(&c, &start) || !rmn_cursor_le16(&c, &count) ||
		    !rmn_cursor_le16(&c, &method) || (method & 15) > 3 || start < chain->end)
			return false;
		*at = start;
		for (unsigned k = 0; k < count; k++)
			if (!data_walk(w, cab, at, chain))
				return false;
	}
	return true;
}

void
rmn_walk_cab(const struct rmn_view *view, struct rmn_carve_tools *tools, struct rmn_proven *proven)
{
	struct chain chain = {0};
	struct cabinet cab;
	struct rmn_window w;
	uint64_t at = 0;

	*proven = (struct rmn_proven){0};
	rmn_window_init(&w, view, tools, &tools->buffer);
	if (!head_read(rmn_window_bytes(&w, 0, RMN_WINDOW_BYTES), &cab))
		return;
	if (folders_walk(&w, &cab, &chain, &at) && chain.end <= cab.size_bytes)
		rmn_proven_end(view, proven, chain.is_unchecked ? RMN_PROOF_STRUCTURE :
		    RMN_PROOF_CHECKSUM, cab.size_bytes);
	else
		rmn_proven_break(view, proven, chain.end, at + DATA_BYTES);
}
