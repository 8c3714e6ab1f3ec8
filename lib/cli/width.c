/* SPDX-License-Identifier: MIT
 *
 * Widths do not come from the locale: names of evidence are Japanese in a C locale too. */
#include "cli/width.h"

#include "base/utf8.h"

struct range {
	uint32_t first, last;
};

/* Wide and fullwidth blocks of UAX #11, rounded to whole blocks. */
static const struct range wide[] = {
	{0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA000, 0xA4CF},
	{0xA960, 0xA97F}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE30, 0xFE6F}, {0xFF01, 0xFF60},
	{0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

/* Combining marks: names from HFS+ are decomposed, so kana voicing marks stand alone. */
static const struct range narrow[] = {
	{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F}, {0x200B, 0x200D},
	{0x20D0, 0x20FF}, {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
};

static bool
in_ranges(uint32_t c, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	}
	return false;
}

static size_t
width_of(uint32_t c)
{
	if (c < 0x300)
		return 1;
	if (in_ranges(c, narrow, sizeof(narrow) / sizeof(*narrow)))
		return 0;
	return in_ranges(c, wide, sizeof(wide) / sizeof(*wide)) ? 2 : 1;
}

size_t
rmn_width(struct rmn_bytes utf8)
{
	size_t width = 0;

	for (size_t at = 0; at < utf8.size;)
		width += width_of(rmn_utf8_next(utf8, &at, NULL));
	return width;
}

/* Where the text stands after as many whole characters as fit into columns, marks included. */
static size_t
width_prefix(struct rmn_bytes utf8, size_t columns)
{
	size_t at = 0;

	while (at < utf8.size) {
		size_t next = at;
		size_t width = width_of(rmn_utf8_next(utf8, &next, NULL));

		if (width > columns)
			break;
		columns -= width;
		at = next;
	}
	return at;
}

void
rmn_width_append_fitted(struct rmn_buf *buf, struct rmn_bytes utf8, size_t columns)
{
	size_t total = rmn_width(utf8), head, tail, start;

	if (total <= columns) {
		rmn_buf_append(buf, utf8);
		return;
	}
	if (columns <= 3) {
		rmn_buf_append_data(buf, "...", columns);
		return;
	}
	head = (columns - 3) / 3;
	tail = columns - 3 - head;
	rmn_buf_append(buf, rmn_bytes_head(utf8, width_prefix(utf8, head)));
	rmn_buf_append_string(buf, "...");
	start = width_prefix(utf8, total - tail);
	if (rmn_width(rmn_bytes_after(utf8, start)) > tail)
		rmn_utf8_next(utf8, &start, NULL);	/* a wide character lay on the border */
	rmn_buf_append(buf, rmn_bytes_after(utf8, start));
}
