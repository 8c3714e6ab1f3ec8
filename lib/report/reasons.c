/* SPDX-License-Identifier: MIT */
#include "report/reasons.h"

#include <string.h>

#include "base/utf8.h"

#define PARTS_MAX 4u
#define DEPTH_MAX 3u

static const struct {
	const char *recorded, *japanese;
} reasons[] = {
#define REASON(recorded, japanese) {recorded, japanese},
#include "report/reasons.def"
#undef REASON
};

static bool
starts_with(struct rmn_bytes text, struct rmn_bytes piece)
{
	return text.size >= piece.size && (piece.size == 0 || memcmp(text.data, piece.data, piece.size) == 0);
}

/* Whether text is the pattern, whose stars stand for the parts. */
static bool
reason_match(const char *pattern, struct rmn_bytes text, struct rmn_bytes parts[PARTS_MAX])
{
	size_t size = strcspn(pattern, "*"), found;
	unsigned count = 0;

	if (!starts_with(text, (struct rmn_bytes){(const unsigned char *)pattern, size}))
		return false;
	pattern += size;
	text = rmn_bytes_after(text, size);
	while (*pattern == '*' && count < PARTS_MAX) {
		struct rmn_bytes piece = {(const unsigned char *)pattern + 1, strcspn(pattern + 1, "*")};

		pattern++;
		/* the last piece is the end of the text */
		found = piece.size == 0 ? text.size : pattern[piece.size] == '\0' && text.size >= piece.size ?
		    text.size - piece.size : rmn_bytes_find(text, piece);
		if (found == SIZE_MAX || !starts_with(rmn_bytes_after(text, found), piece))
			return false;
		parts[count++] = rmn_bytes_head(text, found);
		text = rmn_bytes_after(text, found + piece.size);
		pattern += piece.size;
	}
	return text.size == 0;
}

static void reason_append(struct rmn_buf *buf, struct rmn_bytes reason, unsigned depth);

/* A part may be a reason itself: that of a volume in an image. */
static void
reason_fill(struct rmn_buf *buf, const char *japanese, const struct rmn_bytes parts[PARTS_MAX], unsigned depth)
{
	for (; *japanese; japanese++)
		if (japanese[0] == '$' && japanese[1] >= '1' && japanese[1] < '1' + (char)PARTS_MAX)
			reason_append(buf, parts[*++japanese - '1'], depth + 1);
		else
			rmn_buf_append_char(buf, *japanese);
}

static void
reason_append(struct rmn_buf *buf, struct rmn_bytes reason, unsigned depth)
{
	struct rmn_bytes parts[PARTS_MAX] = {{NULL, 0}};

	for (size_t i = 0; depth < DEPTH_MAX && i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reason_match(reasons[i].recorded, reason, parts)) {
			reason_fill(buf, reasons[i].japanese, parts, depth);
			return;
		}
	rmn_utf8_append_escaped(buf, reason);
}

void
rmn_report_reason(struct rmn_buf *buf, enum rmn_report_language language, struct rmn_bytes reason)
{
	if (language == RMN_JAPANESE)
		reason_append(buf, reason, 0);
	else
		rmn_utf8_append_escaped(buf, reason);
}
