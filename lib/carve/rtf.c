/* SPDX-License-Identifier: MIT
 *
 * Rich Text Format (1.9.1): groups in braces; the file ends with the brace that closes the first.
 * Only the bytes of a text are legal outside \bin data, so that foreign binary data is noticed
 * within a few bytes; foreign text is not, unless it begins like a file. */
#include <string.h>

#include "base/checked.h"
#include "carve/rtf.h"
#include "carve/window.h"

#define CONTROLS_NEEDED 3u
#define TAIL_BYTES ((size_t)4096)
/* Behind the last brace: bytes that are no RTF, and zeros that must follow them. */
#define JUNK_BYTES 64u
#define JUNK_ZEROS 16u

/* What a byte is to the scanner: anything but TEXT stops it. */
enum kind { TEXT, OPEN, CLOSE, SLASH, ILLEGAL };

static enum kind
kind_of(unsigned char c)
{
	if (c == '{')
		return OPEN;
	if (c == '}')
		return CLOSE;
	if (c == '\\')
		return SLASH;
	if (c < 0x20 && c != '\r' && c != '\n' && c != '\t' && c != '\f' && c != '\v')
		return ILLEGAL;
	return c == 0x7F ? ILLEGAL : TEXT;
}

static bool
is_letter(unsigned char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool
is_hex(unsigned char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Control words that nearly every writer uses; others are legal too. */
static bool
is_common(const unsigned char *word, size_t size)
{
	static const char words[] = " ansi ansicpg deff fonttbl colortbl stylesheet pard par plain "
	    "rtf fs lang f cf deflang info generator b i u tab li ql viewkind mac pc uc fcharset "
	    "froman fswiss fnil adeflang sectd trowd fi line s red green blue ";
	char needle[16] = " ";

	if (size > sizeof(needle) - 3)
		return false;
	memcpy(needle + 1, word, size);
	needle[size + 1] = ' ';
	return strstr(words, needle) != NULL;
}

/* A backslash and what belongs to it; how many bytes, 0: that cannot be. */
static size_t
control_step(struct rmn_rtf_state *s, struct rmn_bytes b)
{
	size_t size = 1, word;
	uint64_t value = 0;
	bool is_negative;

	if (b.size < 2)
		return 0;
	if (b.data[1] == '\'') {
		s->controls++;
		return b.size >= 4 && is_hex(b.data[2]) && is_hex(b.data[3]) ? 4 : 0;
	}
	if (!is_letter(b.data[1]))
		return kind_of(b.data[1]) == ILLEGAL ? 0 : 2;
	while (size < b.size && size <= 40 && is_letter(b.data[size]))
		size++;
	if (size > 40)
		return 0;
	word = size;
	is_negative = size < b.size && b.data[size] == '-';
	size += is_negative;
	for (int i = 0; size < b.size && i < 12 && b.data[size] >= '0' && b.data[size] <= '9';
	     i++, size++)
		value = value * 10 + (b.data[size] - '0');
	s->controls++;
	s->common += s->common < CONTROLS_NEEDED && is_common(b.data + 1, word - 1);
	if (size < b.size && b.data[size] == ' ')
		size++;
	if (word == 4 && memcmp(b.data, "\\bin", 4) == 0 && !is_negative)
		s->binary = value;
	return size;
}

/* A file that begins at a sector's start is not part of this one: RTF never has its bytes there but
 * inside \bin. */
static bool
is_other_file(struct rmn_window *w, uint64_t at)
{
	struct rmn_bytes b = rmn_window_bytes(w, at, 16);
	size_t found = rmn_carver_find(b.data, b.size);

	return b.size > 0 && found != SIZE_MAX && rmn_carvers[found].magic_size >= 4;
}

/* Text up to the next byte that means something, or up to a sector's start. */
static size_t
text_run(const unsigned char *p, size_t size)
{
	size_t i = 0;

	while (i < size && kind_of(p[i]) == TEXT)
		i++;
	return i;
}

enum rmn_rtf_end
rmn_rtf_run(struct rmn_rtf_state *s, struct rmn_window *w, uint64_t limit)
{
	while (s->at < limit && (s->depth > 0 || s->at == 0)) {
		struct rmn_bytes b;
		size_t step = 1, inside = (size_t)(s->at % RMN_SECTOR_BYTES);

		if (s->binary > 0) {
			uint64_t part = rmn_min_u64(s->binary, limit - s->at);

			s->binary -= part;
			s->at += part;
			continue;
		}
		if (inside == 0 && s->at > 0 && is_other_file(w, s->at))
			return RMN_RTF_WRONG;
		b = rmn_window_bytes(w, s->at, 64);
		if (b.size == 0)
			return RMN_RTF_WRONG;
		switch (kind_of(b.data[0])) {
		case OPEN:
			s->depth++;
			break;
		case CLOSE:
			if (s->depth <= 1) {
				s->at++;
				return s->depth-- == 1 ? RMN_RTF_CLOSED : RMN_RTF_WRONG;
			}
			s->depth--;
			break;
		case SLASH:
			step = control_step(s, b);
			break;
		case TEXT:
			step = text_run(b.data, rmn_min_size(b.size, RMN_SECTOR_BYTES - inside));
			break;
		default:
			step = 0;
		}
		if (step == 0)
			return RMN_RTF_WRONG;
		s->at += step;
	}
	return s->at < limit ? RMN_RTF_WRONG : RMN_RTF_LIMIT;
}

/* What writers put behind the last brace: nothing, a line end, and rich edit controls a NUL.  A
 * line end belongs to the file; a NUL only where the line ends and the last paragraph look like
 * theirs, because the rest of the sector is mostly zero anyway. */
static uint64_t
trailer_bytes(struct rmn_window *w, uint64_t end)
{
	struct rmn_bytes b = rmn_window_bytes(w, end, 4), before;
	uint64_t line = 0;

	if (b.size >= 2 && b.data[0] == '\r' && b.data[1] == '\n')
		line = 2;
	else if (b.size >= 1 && (b.data[0] == '\n' || b.data[0] == '\r'))
		line = 1;
	if (line != 2 || b.size < 3 || b.data[2] != 0 || end < 8)
		return line;
	before = rmn_bytes_head(rmn_window_bytes(w, end - 7, 7), 7);
	return before.size == 7 && memcmp(before.data, "\\par\r\n}", 7) == 0 ? 3 : line;
}

/* Some writers close one group too many, in the middle.  Where text with controls goes on behind
 * the brace, up to zeros that fill the sector, it is theirs: how many bytes, 0: none. */
static uint64_t
tail_bytes(struct rmn_window *w, uint64_t end)
{
	struct rmn_bytes b = rmn_bytes_head(rmn_window_bytes(w, end, TAIL_BYTES), TAIL_BYTES);
	size_t size = 0, at, controls = 0;

	while (size < b.size && kind_of(b.data[size]) != ILLEGAL) {
		controls += kind_of(b.data[size]) == SLASH || kind_of(b.data[size]) == CLOSE;
		size++;
	}
	for (at = size; at < b.size && (end + at) % RMN_SECTOR_BYTES != 0; at++) {
		if (b.data[at] != 0)
			return 0;
	}
	return at > size && at < b.size && controls > 1 ? size : 0;
}

/* Systems fill a file's last sector with zeros: what stands between the last brace and those zeros was
 * written with the file, whatever it is.  How many bytes; 0: none, or that does not show. */
static uint64_t
junk_bytes(struct rmn_window *w, uint64_t end)
{
	size_t left = (size_t)(RMN_SECTOR_BYTES - end % RMN_SECTOR_BYTES), size = left;
	struct rmn_bytes rest = rmn_bytes_head(rmn_window_bytes(w, end, left), left);

	if (left == RMN_SECTOR_BYTES || rest.size < left)
		return 0;
	while (size > 0 && rest.data[size - 1] == 0)
		size--;
	return size <= JUNK_BYTES && left - size >= JUNK_ZEROS ? size : 0;
}

/* Some leave groups open.  The text ends where one closes and zeros fill the sector: a fragment would
 * end with its sector. */
static bool
is_open_end(struct rmn_window *w, const struct rmn_rtf_state *s)
{
	size_t left = (size_t)(RMN_SECTOR_BYTES - s->at % RMN_SECTOR_BYTES);
	struct rmn_bytes rest = rmn_bytes_head(rmn_window_bytes(w, s->at, left), left), before;
	size_t size;

	if (left == RMN_SECTOR_BYTES || s->at < 8 || rest.size < left || !rmn_bytes_are_zero(rest))
		return false;
	before = rmn_bytes_head(rmn_window_bytes(w, s->at - 8, 8), 8);
	for (size = before.size; size > 0 && (before.data[size - 1] == '\r' ||
	    before.data[size - 1] == '\n'); size--)
		;
	return size > 0 && before.data[size - 1] == '}' && s->common >= CONTROLS_NEEDED;
}

/* The end behind the last brace. */
static void
end_prove(const struct rmn_view *view, struct rmn_window *w, const struct rmn_rtf_state *s,
    struct rmn_proven *proven)
{
	uint64_t tail = tail_bytes(w, s->at), line, junk;

	if (tail > 0) {
		rmn_proven_end(view, proven, RMN_PROOF_PLAUSIBLE, s->at + tail);
	} else if (s->controls >= CONTROLS_NEEDED) {
		line = trailer_bytes(w, s->at);
		junk = junk_bytes(w, s->at);
		rmn_proven_end(view, proven, s->common >= CONTROLS_NEEDED ?
		    RMN_PROOF_STRUCTURE : RMN_PROOF_PLAUSIBLE, s->at +
		    (junk > line ? junk : line));
	}
}

void
rmn_walk_rtf(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	struct rmn_rtf_state s = {.at = 0};
	struct rmn_window w;
	enum rmn_rtf_end end;

	rmn_window_init(&w, view, tools, &tools->buffer);
	end = rmn_rtf_run(&s, &w, UINT64_MAX);
	if (end == RMN_RTF_CLOSED)
		end_prove(view, &w, &s, proven);
	else if (end == RMN_RTF_WRONG && s.depth > 0 && is_open_end(&w, &s))
		rmn_proven_end(view, proven, RMN_PROOF_PLAUSIBLE, s.at);
	else
		rmn_proven_break(view, proven, 5, s.at);
}
