/* SPDX-License-Identifier: MIT
 *
 * Where a text stops inside a block, and what that means: zeros up to the sector's end are what
 * systems write behind a file; a stray control character is passed over; older data may follow at
 * once. */
#include <string.h>

#include "base/checked.h"
#include "carve/text_scan.h"

#define AHEAD_BYTES 1024u	/* beyond a block, to judge what interrupts a text */
#define STRAY_AHEAD 128u	/* of text behind a stray control character ... */
#define STRAY_MOST 2u		/* ... with so many others */
#define STRAY_ZERO_FROM 4096u	/* a text is so long before it may have a stray zero */
#define SHORT_PAD 32u		/* programs align what they store to so many bytes */
#define MODEL_BYTES 4096u	/* of a text, to tell it from what stands behind it */
#define MODEL_LEAST 256u
#define MIXED_BYTES 256u	/* behind a text, to see what it is */
#define STRAY_TAIL 16u		/* characters between a stray zero and the end of a file */
#define LONG_BYTES 4096u	/* of a text that is one whatever stands behind it */

/* A stray control character in a text that goes on behind it. */
static bool
is_stray(struct rmn_bytes from, uint64_t text_bytes, enum rmn_encoding encoding)
{
	unsigned step = encoding == RMN_UTF16LE || encoding == RMN_UTF16BE ? 2 : 1, others = 0;
	struct rmn_bytes ahead = rmn_bytes_head(from, STRAY_AHEAD * step);
	bool is_nul = rmn_bytes_are_zero(rmn_bytes_head(from, step));

	if (ahead.size < STRAY_AHEAD * step || (is_nul && text_bytes < STRAY_ZERO_FROM))
		return false;
	for (ahead = rmn_bytes_after(ahead, step); ahead.size > 0;) {
		ahead = rmn_bytes_after(ahead, rmn_text_clean(ahead, encoding));
		if (ahead.size == 0)
			break;
		if (++others > STRAY_MOST || rmn_bytes_are_zero(rmn_bytes_head(ahead, step)))
			return false;
		ahead = rmn_bytes_after(ahead, step);
	}
	return true;
}

/* Whether a stray zero and a few characters stand in front of the zeros: *text is how much of
 * it. */
static bool
is_nearly_zero(struct rmn_bytes rest, size_t *text)
{
	size_t zeros = 0;

	while (zeros < rest.size && rest.data[zeros] == 0)
		zeros++;
	if (zeros == 0 || zeros > 2)
		return false;
	*text = zeros + rmn_text_clean(rmn_bytes_after(rest, zeros), RMN_ASCII);
	return *text - zeros <= STRAY_TAIL && rmn_bytes_are_zero(rmn_bytes_after(rest, *text));
}

/* Whether the sector at an offset begins with zeros, or is somebody else's. */
static bool
is_next_zero(struct rmn_text_scan *s, uint64_t sector)
{
	return rmn_bytes_are_zero(rmn_text_window_get(s, sector, SHORT_PAD, s->free_end));
}

/* What closes a file stands just in front of what is no text: it ends there, and with its line. */
static bool
end_closed(struct rmn_text_scan *s, struct rmn_text_run *run, uint64_t least)
{
	struct rmn_bytes bytes = rmn_text_window_get(s, least, (size_t)(run->end - least),
	    s->free_end);
	struct rmn_text_reader reader = s->reader;
	struct rmn_text_shape shape;
	uint64_t end;

	s->failed |= !rmn_text_reader_feed(&reader, least == run->start ?
	    rmn_bytes_after(bytes, run->mark_bytes) : bytes, &s->narrowed);
	rmn_text_machine_end(&reader.machine, &shape);
	end = run->start + rmn_text_to_bytes(run, shape.closed_at);
	if (!shape.is_closed || end < least || run->end - end > RMN_TEXT_CHANCE)
		return false;
	for (bytes = rmn_bytes_after(bytes, (size_t)(end - least)); bytes.size > 0 &&
	    (bytes.data[0] == '\n' || bytes.data[0] == '\r'); end++)
		bytes = rmn_bytes_after(bytes, 1);
	run->end = end;
	return true;
}

/* Older data stand behind a text at once; their first bytes may look like it. */
static void
end_guess(struct rmn_text_scan *s, struct rmn_text_run *run, uint64_t least)
{
	unsigned char before[MODEL_BYTES + RMN_TEXT_CHANCE];
	size_t tail = (size_t)rmn_min_u64(RMN_TEXT_CHANCE, run->end - least);
	size_t size = (size_t)rmn_min_u64(sizeof(before), run->end - run->start);
	uint64_t sector = run->end - run->end % RMN_SECTOR_BYTES, start = run->end - tail;

	if (rmn_text_is_strong(run) && end_closed(s, run, least)) {
		run->stop = RMN_TEXT_GUESSED;
		return;
	}
	/* Programs hold pages of text as well, but between tables and zeros. */
	if (!rmn_text_is_strong(run) && (size < MODEL_LEAST ||
	    !rmn_text_is_mixed(rmn_text_window_get(s, run->end, MIXED_BYTES, s->free_end))))
		return;
	rmn_disk_read(s->job->disk, run->end - size, before, size);
	run->end = start + rmn_text_end_guess((struct rmn_bytes){before, size - tail},
	    (struct rmn_bytes){before + size - tail, tail}, run->encoding,
	    sector > start ? (size_t)(sector - start) : SIZE_MAX);
	run->stop = RMN_TEXT_GUESSED;
}

void
rmn_text_stop_judge(struct rmn_text_scan *s, struct rmn_text_run *run, uint64_t block_start,
    uint32_t block_bytes, uint64_t least)
{
	uint64_t sector = run->end - run->end % RMN_SECTOR_BYTES;
	struct rmn_bytes rest = rmn_text_window_get(s, run->end,
	    (size_t)(sector + RMN_SECTOR_BYTES - run->end), s->free_end);
	bool is_long = rmn_text_is_strong(run) || run->end - run->start >= LONG_BYTES;
	size_t text;

	run->stop = RMN_TEXT_DIRTY;
	if (run->end == block_start) {
		run->stop = RMN_TEXT_BORDER;
	} else if (rmn_bytes_are_zero(rest) || run->end == sector) {
		if (is_long || rest.size > SHORT_PAD ||
		    (block_bytes > RMN_SECTOR_BYTES &&
		    run->end + rest.size >= block_start + block_bytes) ||
		    is_next_zero(s, run->end + rest.size))
			run->stop = RMN_TEXT_PADDED;
	} else if (run->end - block_start < RMN_TEXT_CHANCE && block_start > run->start) {
		run->end = block_start;
		run->stop = RMN_TEXT_BORDER;
	} else if (is_long && is_nearly_zero(rest, &text)) {
		run->end += text;
		run->stop = RMN_TEXT_PADDED;
	} else {
		end_guess(s, run, least);
	}
}

size_t
rmn_text_clean_run(struct rmn_text_scan *s, const struct rmn_text_run *run, uint64_t at,
    size_t size)
{
	struct rmn_bytes all = rmn_text_window_get(s, at, size + AHEAD_BYTES, s->free_end);
	struct rmn_bytes block = rmn_bytes_head(all, size);
	unsigned step = run->encoding == RMN_UTF16LE || run->encoding == RMN_UTF16BE ? 2 : 1;
	size_t clean = at == run->start ? run->mark_bytes : 0;

	for (;;) {
		clean += rmn_text_clean(rmn_bytes_after(block, clean), run->encoding);
		if (clean + step > block.size)
			return block.size;
		if (!is_stray(rmn_bytes_after(all, clean), at + clean - run->start, run->encoding))
			return clean;
		clean += step;
	}
}
