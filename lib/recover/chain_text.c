/* SPDX-License-Identifier: MIT
 *
 * Text as content of a chain.  It has no structure to follow, but three things show a wrong cluster: a
 * byte that no text of its encoding has, a line across a cut that does not fit its neighbours, and
 * bytes behind the end: systems write zeros there up to the next sector, so that a text which ends in
 * front of zeros exactly at the size of its record is that record's. */
#include <stdlib.h>

#include "base/checked.h"
#include "charset/charset.h"
#include "recover/chain_state.h"

#define TEXT_BYTES_MAX ((uint64_t)32 << 20)
#define PIECE_BYTES ((size_t)64 << 10)
/* What is looked at on both sides of a cut, and how long equal lines must be to mean something. */
#define GUESS_BYTES ((size_t)4 << 10)
#define SEAM_BYTES 1024u
#define EVEN_LINE_BYTES 40u

/* ASCII that a text has. */
static bool
is_plain(unsigned char c)
{
	return c >= 0x20 ? c < 0x7f : c == '\t' || c == '\n' || c == '\r' || c == '\f' ||
	    c == 0x1b || c == 0x1a;
}

/* Whether a byte can follow; only what is certain is refused. */
static bool
text_takes(struct rmn_chain_mark *t, unsigned char c)
{
	if (c < 0x20 && !is_plain(c))
		return false;
	if (t->trailing > 0) {
		t->trailing--;
		if (t->encoding == RMN_UTF8)
			return (c & 0xc0) == 0x80;
		return t->encoding == RMN_EUC_JP ? c >= 0xa1 && c != 0xff :
		    c >= 0x40 && c != 0x7f && c <= 0xfc;
	}
	if (c < 0x80)
		return c != 0x7f;
	switch (t->encoding) {
	case RMN_UTF8:
		t->trailing = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
		return c >= 0xc2 && c <= 0xf4;
	case RMN_CP932:
		t->trailing = !(c >= 0xa0 && c <= 0xdf);
		return c <= 0xfc;
	case RMN_EUC_JP:
		t->trailing = c == 0x8f ? 2 : 1;
		return c == 0x8e || c == 0x8f || (c >= 0xa1 && c != 0xff);
	case RMN_CP1252:
		return true;
	default:
		return false;
	}
}

/* The length of a line, and its delimiters. */
struct line {
	size_t size;
	unsigned commas, tabs;
};

static struct line
line_take(const unsigned char *p, size_t size, size_t *at)
{
	struct line line = {0};
	bool is_quoted = false;

	for (; *at < size && p[*at] != '\n'; (*at)++, line.size++) {
		is_quoted ^= p[*at] == '"';
		line.commas += p[*at] == ',' && !is_quoted;
		line.tabs += p[*at] == '\t';
	}
	(*at)++;
	return line;
}

static bool
lines_agree(const struct line lines[5], size_t offset)
{
	size_t values[5];

	for (int i = 0; i < 5; i++)
		values[i] = offset == 0 ? lines[i].size :
		    offset == 1 ? lines[i].commas : lines[i].tabs;
	if (values[0] != values[1] || values[0] != values[3] || values[0] != values[4] ||
	    values[0] < (offset == 0 ? EVEN_LINE_BYTES : 1))
		return true;
	return values[2] == values[0];
}

/* Whether the line across a cut is like its neighbours, where those are like each other: two on both
 * sides with the same length or number of fields. */
static bool
seam_fits(const struct rmn_view *view, uint64_t cut)
{
	unsigned char p[2 * SEAM_BYTES];
	uint64_t from = cut > SEAM_BYTES ? cut - SEAM_BYTES : 0;
	size_t size = rmn_view_read(view, from, p, sizeof(p)), seam = (size_t)(cut - from);
	size_t start = seam, at, newlines = 0;
	struct line lines[5];

	while (start > 0 && newlines < 3)
		newlines += p[--start] == '\n';
	if (newlines < 3)
		return true;
	at = start + 1;
	for (int i = 0; i < 5; i++) {
		if (at >= size)
			return true;
		lines[i] = line_take(p, size, &at);
	}
	return at <= size && lines_agree(lines, 0) && lines_agree(lines, 1) &&
	    lines_agree(lines, 2);
}

/* Pure ASCII so far: the first other byte and what follows it tell the encoding. */
static void
encoding_settle(struct rmn_chain_trail *trail, uint64_t at, struct rmn_bytes rest)
{
	if (trail->now.encoding != RMN_ASCII || rest.data[0] < 0x80)
		return;
	rest = rmn_bytes_head(rest, GUESS_BYTES);
	trail->now.encoding = (uint8_t)rmn_charset_guess(rest).encoding;
	trail->guess_from = at;
	trail->guess_end = at + rest.size;
}

/* Takes the bytes of a piece from one on up to another; returns where it stopped. */
static size_t
piece_take(struct rmn_chain_trail *trail, uint64_t at, struct rmn_bytes piece, size_t from,
    size_t end)
{
	for (size_t i = from; i < end; i++) {
		if (trail->now.trailing == 0 && is_plain(piece.data[i]))
			continue;
		encoding_settle(trail, at + i, rmn_bytes_after(piece, i));
		if (!text_takes(&trail->now, piece.data[i]))
			return i;
	}
	return end;
}

/* --- the trail: explanations of one file begin alike, and what they share is read once */

void
rmn_chain_trail_release(struct rmn_chain_trail *trail)
{
	rmn_view_release(&trail->view);
	free(trail->marks);
	*trail = (struct rmn_chain_trail){0};
}

static bool
trail_mark(struct rmn_chain_trail *trail)
{
	if (trail->count == trail->capacity) {
		size_t capacity = trail->capacity ? trail->capacity * 2 : 64;
		struct rmn_chain_mark *marks = reallocarray(trail->marks, capacity,
		    sizeof(*marks));

		if (!marks)
			return false;
		trail->marks = marks;
		trail->capacity = capacity;
	}
	trail->marks[trail->count++] = trail->now;
	return true;
}

/* How many bytes two views have in common from their start. */
static uint64_t
views_share(const struct rmn_view *a, const struct rmn_view *b)
{
	size_t i = 0;
	uint64_t x, y;

	while (i < a->count && i < b->count && a->pieces[i].file_offset ==
	    b->pieces[i].file_offset && a->pieces[i].image_offset == b->pieces[i].image_offset)
		i++;
	x = i < a->count ? a->pieces[i].file_offset : a->size_bytes;
	y = i < b->count ? b->pieces[i].file_offset : b->size_bytes;
	return rmn_min_u64(x, y);
}

/* Where the walk of s->view can go on: the last cluster whose beginning depends on nothing but what the
 * two explanations share. */
static uint64_t
trail_follow(struct rmn_chain_solver *s, const struct rmn_chain_file *file)
{
	struct rmn_chain_trail *trail = &s->trail;
	uint64_t cluster = s->grid->cluster_bytes, shared = 0;

	if (trail->file == file && trail->view.count > 0)
		shared = views_share(&trail->view, &s->view);
	if (shared < trail->guess_end) {
		shared = rmn_min_u64(shared, trail->guess_from);
		trail->guess_from = trail->guess_end = 0;
	}
	trail->count = (size_t)rmn_min_u64(trail->count, shared < cluster ? 0 :
	    shared / cluster + 1);
	rmn_view_release(&trail->view);
	trail->file = rmn_view_copy(&trail->view, &s->view) ? file : NULL;
	if (trail->count == 0)
		return 0;
	trail->now = trail->marks[--trail->count];
	return trail->count * cluster;
}

/* Marks the clusters of a piece and takes its bytes; returns where it stopped. */
static size_t
trail_walk(struct rmn_chain_trail *trail, uint64_t cluster, uint64_t at, struct rmn_bytes piece)
{
	for (size_t i = 0, end; i < piece.size; i = end) {
		size_t stop;

		end = i + (size_t)rmn_min_u64(cluster - (at + i) % cluster, piece.size - i);
		if ((at + i) % cluster == 0 && !trail_mark(trail))
			trail->file = NULL;
		stop = piece_take(trail, at, piece, i, end);
		if (stop < end)
			return stop;
	}
	return piece.size;
}

/* Reads on until a byte that no text has, or the end; returns where.  What is passed over is work too:
 * limits are for explanations, whatever is remembered of them. */
static uint64_t
text_walk(struct rmn_chain_solver *s, const struct rmn_chain_file *file)
{
	uint64_t size = file->size_bytes, cluster = s->grid->cluster_bytes;
	uint64_t at = trail_follow(s, file);
	struct rmn_bytes piece;

	s->tools.work += at - at % PIECE_BYTES;
	for (; at < size; at += piece.size) {
		size_t stop;

		piece = rmn_view_load(&s->view, at, (size_t)rmn_min_u64(PIECE_BYTES -
		    at % PIECE_BYTES, size - at), &s->tools.buffer);
		if (piece.size == 0)
			return at;
		if (at == 0) {
			struct rmn_charset_guess guess = rmn_charset_guess(
			    rmn_bytes_head(piece, cluster));

			s->trail.now = (struct rmn_chain_mark){(uint8_t)guess.encoding, 0};
			if (!guess.is_text)
				return 0;
		}
		stop = trail_walk(&s->trail, cluster, at, piece);
		if (stop < piece.size)
			return at + stop;
		s->tools.work += at % PIECE_BYTES + piece.size;
	}
	return size;
}

/* Whether zeros follow, up to the end of the sector. */
static bool
ends_exactly(struct rmn_chain_solver *s, uint64_t size)
{
	unsigned char sector[RMN_SECTOR_BYTES];
	uint64_t place = rmn_view_place(&s->view, size - 1);
	size_t inside = (size_t)(size % RMN_SECTOR_BYTES);

	if (place == RMN_EXTENT_SPARSE)
		return false;
	rmn_disk_read(s->r->disk, place - (place % RMN_SECTOR_BYTES), sector, sizeof(sector));
	for (size_t i = inside; i < sizeof(sector); i++)
		if (sector[i] != 0)
			return false;
	return true;
}

bool
rmn_chain_text(struct rmn_chain_solver *s, const struct rmn_chain_file *file,
    struct rmn_proven *proven)
{
	uint64_t size = file->size_bytes, cluster = s->grid->cluster_bytes, broken;

	if (size > TEXT_BYTES_MAX)
		return false;
	broken = text_walk(s, file);
	if (broken < rmn_min_u64(size, cluster))
		return false;		/* not even the first cluster: another kind of file */
	*proven = (struct rmn_proven){.proof = RMN_PROOF_BROKEN, .broken_at = broken,
	    .extension = RMN_CHAIN_TEXT};
	if (broken < size)
		return true;
	for (size_t i = 1; i < s->view.count; i++)
		if (!seam_fits(&s->view, s->view.pieces[i].file_offset)) {
			proven->broken_at = s->view.pieces[i].file_offset;
			return true;
		}
	proven->broken_at = size - 1;
	if (size % RMN_SECTOR_BYTES != 0 && !ends_exactly(s, size))
		return true;
	proven->proof = size % RMN_SECTOR_BYTES ? RMN_PROOF_STRUCTURE : RMN_PROOF_PLAUSIBLE;
	proven->length_bytes = proven->good_bytes = size;
	proven->broken_at = 0;
	return true;
}
