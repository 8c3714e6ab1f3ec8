/* SPDX-License-Identifier: MIT
 *
 * Can this be the end of one piece of a text and that the start of the next?  What both sides show
 * decides: cut characters, lines of base64, line ends, rows of a table, and words that stand
 * elsewhere in the text just as they stand across the seam. */
#include <string.h>

#include "base/checked.h"
#include "carve/text_private.h"

#define PACKED_LINE 40u		/* at least, of an attachment */
#define PROFILE_BYTES 256u	/* on each side */
#define PROFILE_NEAR 6u		/* at the border */
#define ENDS_MIN 3u		/* line ends that show a style */
#define ENDS_BYTES 1024u	/* in front of the seam */
#define SURE_HALF 8u		/* bytes of the words across a seam, on each side */
#define LIKELY_HALF 5u
#define ROWS_MIN 4u		/* of a table whose rows are all alike */

static bool
is_line_end(unsigned char c)
{
	return c == '\n' || c == '\r';
}

static bool
is_packed(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '+' || c == '/' || c == '=';
}

static size_t
packed_run(struct rmn_bytes bytes)
{
	size_t size = 0;

	while (size < bytes.size && is_packed(bytes.data[size]))
		size++;
	return size;
}

/* The last bytes that are packed. */
static size_t
packed_tail(struct rmn_bytes bytes)
{
	size_t size = 0;

	while (size < bytes.size && is_packed(bytes.data[bytes.size - 1 - size]))
		size++;
	return size;
}

/* The last bytes that are one line. */
static size_t
line_tail(struct rmn_bytes bytes)
{
	size_t size = 0;

	while (size < bytes.size && !is_line_end(bytes.data[bytes.size - 1 - size]))
		size++;
	return size;
}

static struct rmn_bytes
without_line_end(struct rmn_bytes bytes)
{
	if (bytes.size > 0 && bytes.data[bytes.size - 1] == '\n')
		bytes.size--;
	if (bytes.size > 0 && bytes.data[bytes.size - 1] == '\r')
		bytes.size--;
	return bytes;
}

/* Whether before ends inside lines of base64 of one length; *rest is what the last one lacks. */
static bool
packed_phase(struct rmn_bytes before, size_t *rest)
{
	size_t part = packed_tail(before), line;

	before.size -= part;
	if (before.size == 0 || !is_line_end(before.data[before.size - 1]))
		return false;
	before = without_line_end(before);
	line = packed_tail(before);
	before.size -= rmn_min_size(before.size, line);
	before = without_line_end(before);
	if (line < PACKED_LINE || line > 80 || packed_tail(before) != line || part > line)
		return false;
	*rest = line - part;
	return true;
}

/* Whether after begins inside such lines: *first is what its first line has. */
static bool
packed_start(struct rmn_bytes after, size_t *first, size_t *line)
{
	size_t lines = 0;

	*first = packed_run(after);
	for (after = rmn_bytes_after(after, *first); after.size > 0; lines++) {
		size_t size;

		if (!is_line_end(after.data[0]))
			return false;
		after = rmn_bytes_after(after, rmn_bytes_start_with(after, "\r\n") ? 2 : 1);
		size = packed_run(after);
		if (lines == 2)
			return *line >= PACKED_LINE && *line <= 80 && *first <= *line;
		if (lines > 0 && size != *line)
			return false;
		*line = size;
		after = rmn_bytes_after(after, size);
	}
	return false;
}

/* Whether an empty line comes last. */
static bool
is_behind_blank(struct rmn_bytes before)
{
	struct rmn_bytes last = without_line_end(before), other = without_line_end(last);

	return last.size < before.size && other.size < last.size;
}

static int
seam_packed(struct rmn_bytes before, struct rmn_bytes after)
{
	size_t rest = 0, first, line = 0;
	bool is_phase;

	if (before.size > 0 && before.data[before.size - 1] == '\r' &&
	    rmn_bytes_start_with(after, "\n"))
		after = rmn_bytes_after(after, 1);
	is_phase = packed_phase(before, &rest);
	if (packed_start(after, &first, &line)) {
		if (is_phase)
			return first == rest ? RMN_SEAM_SURE : RMN_SEAM_WRONG;
		return is_behind_blank(before) || line_tail(before) + first == line ?
		    RMN_SEAM_OPEN : RMN_SEAM_WRONG;
	}
	if (!is_phase || after.size < PACKED_LINE * 2)
		return RMN_SEAM_OPEN;
	/* The end of an attachment: its last line, or what stands behind it. */
	first = packed_run(after);
	after = rmn_bytes_after(after, first);
	if (first > rest || after.size == 0 || (first > 0 && !is_line_end(after.data[0])))
		return RMN_SEAM_WRONG;
	if (first == rest)
		return RMN_SEAM_SURE;
	return first > 0 || is_line_end(after.data[0]) || after.data[0] == '-' ||
	    after.data[0] == '=' ? RMN_SEAM_OPEN : RMN_SEAM_WRONG;
}

/* Tail bytes that a UTF-8 character at the end still needs. */
static size_t
needed_tails(struct rmn_bytes before)
{
	for (size_t i = 1; i <= 4 && i <= before.size; i++) {
		unsigned char c = before.data[before.size - i];
		size_t size = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;

		if ((c & 0xC0) != 0x80)
			return size > i ? size - i : 0;
	}
	return 0;
}

static int
seam_utf8(struct rmn_bytes before, struct rmn_bytes after)
{
	size_t needed = needed_tails(before), tails = 0;

	while (tails < after.size && (after.data[tails] & 0xC0) == 0x80)
		tails++;
	if (tails != needed)
		return RMN_SEAM_WRONG;
	return needed > 0 ? RMN_SEAM_LIKELY : RMN_SEAM_OPEN;
}

struct ends {
	size_t both, single;	/* "\r\n", and one of the two alone */
};

static struct ends
count_ends(struct rmn_bytes bytes)
{
	struct ends n = {0};

	for (size_t i = 1; i + 1 < bytes.size; i++) {
		if (bytes.data[i] == '\n' && bytes.data[i - 1] == '\r')
			n.both++;
		else if (bytes.data[i] == '\n' || (bytes.data[i] == '\r' &&
		    bytes.data[i + 1] != '\n'))
			n.single++;
	}
	return n;
}

static bool
are_ends_other(struct rmn_bytes before, struct rmn_bytes after)
{
	struct ends a = count_ends(rmn_bytes_after(before, before.size -
	    rmn_min_size(before.size, ENDS_BYTES))), b = count_ends(after);

	return (a.both >= ENDS_MIN && a.single == 0 && b.single >= ENDS_MIN && b.both == 0) ||
	    (b.both >= ENDS_MIN && b.single == 0 && a.single >= ENDS_MIN && a.both == 0);
}

/* How many bytes of a script that is not ASCII there are, and how far the first (last) is from the
 * border. */
static size_t
count_high(struct rmn_bytes bytes, bool is_before, size_t *distance)
{
	size_t high = 0;

	*distance = SIZE_MAX;
	for (size_t i = 0; i < bytes.size; i++) {
		if (bytes.data[i] < 0x80)
			continue;
		high++;
		if (is_before || *distance == SIZE_MAX)
			*distance = is_before ? bytes.size - 1 - i : i;
	}
	return high;
}

/* One side is in a script that is not ASCII, the other has none of it, and the change is just
 * here. */
static bool
is_script_other(struct rmn_bytes before, struct rmn_bytes after)
{
	size_t a, b, left, right;

	if (before.size < PROFILE_BYTES || after.size < PROFILE_BYTES)
		return false;
	a = count_high(rmn_bytes_after(before, before.size - PROFILE_BYTES), true, &left);
	b = count_high(rmn_bytes_head(after, PROFILE_BYTES), false, &right);
	return (a * 3 > PROFILE_BYTES && left < PROFILE_NEAR && b == 0) ||
	    (b * 3 > PROFILE_BYTES && right < PROFILE_NEAR && a == 0);
}

/* Whether the bytes across the seam stand on one of its sides as well. */
static bool
is_known_across(struct rmn_bytes before, struct rmn_bytes after, size_t half)
{
	unsigned char words[SURE_HALF * 2];
	struct rmn_bytes across = {words, half * 2};

	if (before.size < half || after.size < half)
		return false;
	memcpy(words, before.data + before.size - half, half);
	memcpy(words + half, after.data, half);
	return rmn_bytes_find(before, across) != SIZE_MAX ||
	    rmn_bytes_find(after, across) != SIZE_MAX;
}

int
rmn_text_seam(struct rmn_bytes before, struct rmn_bytes after, enum rmn_encoding encoding)
{
	int packed = RMN_SEAM_OPEN, cut = RMN_SEAM_OPEN;

	if (encoding == RMN_UTF16LE || encoding == RMN_UTF16BE)
		return is_known_across(before, after, SURE_HALF) ? RMN_SEAM_LIKELY : RMN_SEAM_OPEN;
	packed = seam_packed(before, after);
	if (packed != RMN_SEAM_OPEN)
		return packed;
	if (encoding == RMN_UTF8)
		cut = seam_utf8(before, after);
	if (cut == RMN_SEAM_WRONG || are_ends_other(before, after))
		return RMN_SEAM_WRONG;
	if (is_known_across(before, after, SURE_HALF))
		return RMN_SEAM_SURE;
	if (is_script_other(before, after))
		return RMN_SEAM_WRONG;
	return is_known_across(before, after, LIKELY_HALF) ? RMN_SEAM_LIKELY : cut;
}

/* The rows of a table have one number of fields. */
static int
seam_rows(const struct rmn_text_reader *reader, struct rmn_bytes after,
    struct rmn_buf *narrowed)
{
	const struct rmn_table_machine *m = &reader->machine.as.table;
	struct rmn_text_reader next = *reader;
	unsigned best = 0;
	uint32_t rows, same;

	for (unsigned i = 1; i < RMN_TABLE_DELIMITERS; i++)
		if (m->same[i] > m->same[best])
			best = i;
	if (m->rows < ROWS_MIN || m->same[best] + 1 + m->rows / 16 < m->rows)
		return RMN_SEAM_OPEN;
	if (!rmn_text_reader_feed(&next, after, narrowed))
		return RMN_SEAM_OPEN;
	rows = next.machine.as.table.rows - m->rows;
	same = next.machine.as.table.same[best] - m->same[best];
	if (rows >= 2 && same == rows)
		return RMN_SEAM_SURE;
	return rows >= ROWS_MIN && same * 2 < rows ? RMN_SEAM_WRONG : RMN_SEAM_OPEN;
}

/* Inside a header the rest of a line comes, then lines of the header, then an empty one. */
static int
seam_header(struct rmn_bytes after)
{
	bool is_first = true;

	while (after.size > 0) {
		size_t size = 0, name = 0;

		while (size < after.size && !is_line_end(after.data[size]))
			size++;
		if (size == after.size)
			return RMN_SEAM_OPEN;
		if (size == 0 && !is_first)
			return RMN_SEAM_LIKELY;
		while (name < size && after.data[name] > ' ' && after.data[name] < 0x7F &&
		    after.data[name] != ':')
			name++;
		if (!is_first && after.data[0] != ' ' && after.data[0] != '\t' &&
		    (name == 0 || after.data[name] != ':'))
			return RMN_SEAM_WRONG;
		is_first = false;
		if (rmn_bytes_start_with(rmn_bytes_after(after, size), "\r\n"))
			size++;
		after = rmn_bytes_after(after, size + 1);
	}
	return RMN_SEAM_OPEN;
}

/* ISO-2022-JP: behind ASCII no escape leads to ASCII first. */
static int
seam_shift(const struct rmn_text_narrow *narrow, struct rmn_bytes after)
{
	size_t at = rmn_bytes_find(after, rmn_bytes_from_string("\033"));

	if (narrow->encoding != RMN_ISO_2022_JP || narrow->is_shifted || narrow->escape != 0 ||
	    at == SIZE_MAX)
		return RMN_SEAM_OPEN;
	after = rmn_bytes_after(after, at);
	return rmn_bytes_start_with(after, "\033(B") || rmn_bytes_start_with(after, "\033(J") ?
	    RMN_SEAM_WRONG : RMN_SEAM_OPEN;
}

int
rmn_text_seam_state(const struct rmn_text_reader *reader, struct rmn_bytes after,
    struct rmn_buf *narrowed)
{
	enum rmn_text_kind kind = reader->machine.kind;
	int fit = RMN_SEAM_OPEN;

	if (kind == RMN_TEXT_PLAIN)
		fit = seam_rows(reader, after, narrowed);
	else if (kind == RMN_TEXT_MAIL && reader->machine.as.mail.is_header)
		fit = seam_header(after);
	return seam_shift(&reader->narrow, after) == RMN_SEAM_WRONG ? RMN_SEAM_WRONG : fit;
}
