/* SPDX-License-Identifier: MIT
 *
 * RIFF (WebP, WAV, AVI ...): the form's length stands in front, and chunks must fill it exactly.  A
 * chunk header behind the bulk of the data is evidence that the file lies in one piece; a single
 * chunk up to the end is none. */
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "carve/window.h"

#define CHUNKS_MAX (1u << 20)

static const struct {
	char form[5], first[5];		/* first: the chunk the form must begin with; "" any */
	char extension[5];
} forms[] = {
	{"WEBP", "VP8", "webp"},
	{"WAVE", "", "wav"},
	{"AVI ", "LIST", "avi"},
	{"ACON", "", "ani"},
	{"RMID", "data", "rmi"},
	{"sfbk", "LIST", "sf2"},
};

static bool
chunk_read(struct rmn_window *w, uint64_t at, unsigned char id[4], uint32_t *size)
{
	struct rmn_bytes b = rmn_window_bytes(w, at, 8), name;
	struct rmn_cursor c = rmn_cursor_over(b);

	if (!rmn_cursor_take(&c, 4, &name) || !rmn_cursor_le32(&c, size))
		return false;
	memcpy(id, name.data, 4);
	for (int i = 0; i < 4; i++) {
		if (id[i] < 0x20 || id[i] > 0x7E)
			return false;
	}
	return true;
}

/* Walks the chunks of one form that ends at end; where the walk stopped, and how many there
 * were. */
static uint64_t
form_walk(struct rmn_window *w, uint64_t at, uint64_t end, uint32_t *count)
{
	for (*count = 0; at < end && *count < CHUNKS_MAX; ++*count) {
		unsigned char id[4];
		uint32_t size;
		uint64_t next;

		if (end - at < 8)
			return end - at == 1 ? end : at;
		if (!chunk_read(w, at, id, &size))
			return at;
		next = at + 8 + size;
		if (next > end)
			return at;
		at = rmn_min_u64(next + (size & 1), end);
	}
	return at;
}

static const char *
form_find(struct rmn_bytes head)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (memcmp(head.data + 8, forms[i].form, 4) == 0 &&
		    memcmp(head.data + 12, forms[i].first, strlen(forms[i].first)) == 0)
			return forms[i].extension;
	}
	return NULL;
}

/* An AVI above 1 GiB goes on in forms of their own (OpenDML). */
static bool
is_continued(struct rmn_window *w, uint64_t at, uint32_t *size)
{
	unsigned char id[4];
	struct rmn_bytes b;

	if (!chunk_read(w, at, id, size) || memcmp(id, "RIFF", 4) != 0)
		return false;
	b = rmn_window_bytes(w, at, 12);
	return b.size >= 12 && memcmp(b.data + 8, "AVIX", 4) == 0;
}

void
rmn_walk_riff(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	struct rmn_window w;
	struct rmn_bytes head;
	uint64_t at, end;
	uint32_t size = 0, count, total = 0;
	unsigned char id[4];

	rmn_window_init(&w, view, tools, &tools->buffer);
	head = rmn_window_bytes(&w, 0, 20);
	if (head.size < 20 || !chunk_read(&w, 0, id, &size) || size < 12)
		return;
	proven->extension = form_find(head);
	if (!proven->extension)
		return;
	end = 8ull + size;
	at = form_walk(&w, 12, end, &count);
	total = count;
	while (at == end && proven->extension[0] == 'a' && is_continued(&w, end, &size)) {
		end += 8ull + size;
		at = form_walk(&w, at + 12, end, &count);
		total += count;
	}
	if (at < end)
		rmn_proven_break(view, proven, at, rmn_min_u64(at + 8, end));
	else
		rmn_proven_end(view, proven, total > 1 ? RMN_PROOF_STRUCTURE :
		    RMN_PROOF_PLAUSIBLE, end);
}
