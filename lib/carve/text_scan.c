/* SPDX-License-Identifier: MIT
 *
 * Runs of text on a disk.  One pass over the free sectors, block by block; a text is followed to
 * its end while its kind's machine reads it. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "carve/text_scan.h"

#define WINDOW_BYTES ((size_t)256 << 10)
#define APART_BYTES ((size_t)16 << 10)
#define BEFORE_BYTES 64u	/* in front of a block, to see whether it continues a text */
#define KIND_BYTES 4096u	/* of a text, to tell its kind */
#define UNKNOWN_BLOCK 512u	/* in no volume */
#define PIECE_BYTES 32768u	/* of larger blocks so much is looked at at a time */

struct rmn_text_scan *
rmn_text_scan_new(const struct rmn_text_job *job)
{
	struct rmn_text_scan *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->job = job;
	s->window = malloc(WINDOW_BYTES);
	s->whole.length_bytes = rmn_disk_size(job->disk);
	s->stretches = job->stretch_count ? job->stretches : &s->whole;
	s->stretch_count = job->stretch_count ? job->stretch_count : 1;
	rmn_buf_init(&s->narrowed, 0);
	if (!s->window) {
		free(s);
		return NULL;
	}
	return s;
}

void
rmn_text_scan_free(struct rmn_text_scan *s)
{
	if (!s)
		return;
	rmn_buf_release(&s->narrowed);
	free(s->window);
	free(s);
}

bool
rmn_text_scan_failed(const struct rmn_text_scan *s)
{
	return s->failed;
}

uint64_t
rmn_text_block(const struct rmn_text_job *job, uint64_t offset, uint32_t *block_bytes)
{
	for (size_t i = 0; i < job->grid_count; i++) {
		const struct rmn_carve_grid *g = &job->grids[i];

		if (offset < g->start_byte || offset - g->start_byte >= g->length_bytes ||
		    g->block_bytes < UNKNOWN_BLOCK)
			continue;
		*block_bytes = g->block_bytes;
		return offset - (offset - g->start_byte) % g->block_bytes;
	}
	*block_bytes = UNKNOWN_BLOCK;
	return offset - offset % UNKNOWN_BLOCK;
}

struct rmn_bytes
rmn_text_window_get(struct rmn_text_scan *s, uint64_t offset, size_t size, uint64_t limit)
{
	if (offset >= limit)
		return (struct rmn_bytes){s->window, 0};
	size = (size_t)rmn_min_u64(size, limit - offset);
	if (offset < s->window_start || offset + size > s->window_start + s->window_size) {
		/* Little where likely sectors lie apart. */
		bool is_next = offset >= s->window_start &&
		    offset <= s->window_start + s->window_size;

		s->window_start = offset;
		s->window_size = (size_t)rmn_min_u64(is_next || size > APART_BYTES ?
		    WINDOW_BYTES : APART_BYTES, limit - offset);
		rmn_disk_read(s->job->disk, offset, s->window, s->window_size);
	}
	return (struct rmn_bytes){s->window + (offset - s->window_start), size};
}

/* Moves on to free sectors at or behind s->at. */
static bool
free_find(struct rmn_text_scan *s)
{
	const struct rmn_sectors *likely = s->job->likely;

	for (; s->stretch < s->stretch_count; s->stretch++) {
		const struct rmn_extent *e = &s->stretches[s->stretch];
		uint64_t end = e->image_offset + e->length_bytes;

		if (end < e->image_offset || end > s->whole.length_bytes)
			end = s->whole.length_bytes;
		if (s->at < e->image_offset)
			s->at = e->image_offset;
		while (s->at < end) {
			if (s->at >= s->free_end) {
				s->at = rmn_sectors_next(s->job->taken, s->at, end, false);
				s->free_start = s->at;
				s->free_end = rmn_sectors_next(s->job->taken, s->at, end, true);
			}
			if (likely)
				s->at = rmn_sectors_next(likely, s->at, s->free_end, true);
			if (s->at < s->free_end)
				return true;
		}
	}
	return false;
}

/* The first block border at or behind an offset. */
static uint64_t
border_find(const struct rmn_text_job *job, uint64_t offset)
{
	uint32_t block;
	uint64_t start = rmn_text_block(job, offset, &block);

	return start == offset ? offset : start + block;
}

/* Whether the bytes in front of a border are text that may go on behind it. */
static bool
follows_text(struct rmn_text_scan *s, uint64_t at)
{
	unsigned char before[BEFORE_BYTES];
	struct rmn_bytes bytes = {before, sizeof(before)};

	if (at - s->free_start < sizeof(before))
		return false;
	rmn_disk_read(s->job->disk, at - sizeof(before), before, sizeof(before));
	if (rmn_text_clean(bytes, RMN_ASCII) == sizeof(before))
		return true;
	return rmn_charset_strict(bytes) == RMN_UTF16LE || rmn_charset_strict(bytes) == RMN_UTF16BE;
}

/* The kind of file that text begins; NONE when a binary format is known by these bytes. */
static enum rmn_text_kind
kind_of(struct rmn_text_scan *s, struct rmn_bytes text, enum rmn_encoding encoding)
{
	static const char *const refused[] = {"%PDF-", "{\\rtf", "%!PS"};
	struct rmn_text_narrow narrow = {.encoding = encoding};

	if (rmn_carver_find(text.data, text.size) != SIZE_MAX)
		return RMN_TEXT_NONE;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (rmn_bytes_start_with(text, refused[i]))
			return RMN_TEXT_NONE;
	rmn_buf_clear(&s->narrowed);
	rmn_text_narrow_add(&narrow, rmn_bytes_head(text, KIND_BYTES), &s->narrowed);
	s->failed |= s->narrowed.failed;
	return rmn_text_kind_of(rmn_buf_bytes(&s->narrowed));
}

/* Whether the head whose kind was told last cannot be the middle of another file by chance. */
static bool
is_sure_head(const struct rmn_text_scan *s, enum rmn_text_kind kind)
{
	struct rmn_bytes head = rmn_buf_bytes(&s->narrowed);

	if (kind == RMN_TEXT_MARKUP)
		return rmn_text_begins(head, "<!doctype") || rmn_text_begins(head, "<?xml") ||
		    rmn_text_begins(head, "<html");
	if (kind == RMN_TEXT_MAIL || kind == RMN_TEXT_MBOX)
		return rmn_mail_is_sure_head(head);
	return kind != RMN_TEXT_PLAIN && kind != RMN_TEXT_NONE;
}

/* Mails have mails inside, whose first lines stand at the start of a line. */
static bool
is_inside_mail(struct rmn_text_scan *s, const struct rmn_text_run *run, enum rmn_text_kind kind)
{
	unsigned char before;

	if (run->kind != RMN_TEXT_MAIL || kind != RMN_TEXT_MAIL ||
	    s->reader.machine.as.mail.is_closed)
		return false;
	rmn_disk_read(s->job->disk, run->end - 1, &before, 1);
	return before == '\n' || before == '\r';
}

/* Whether a block inside a run surely begins another file. */
static bool
is_next_file(struct rmn_text_scan *s, const struct rmn_text_run *run, struct rmn_bytes block)
{
	enum rmn_encoding encoding;
	enum rmn_text_kind kind;
	size_t mark, clean;

	if (rmn_carver_find(block.data, block.size) != SIZE_MAX)
		return true;
	if (!rmn_text_encoding_of(block, &encoding, &mark, &clean))
		return false;
	if (mark > 0)
		return true;
	kind = kind_of(s, rmn_bytes_head(block, clean), encoding);
	if (kind == RMN_TEXT_NONE)
		return true;
	/* Of these one file has many. */
	if (kind == run->kind && (kind == RMN_TEXT_MBOX || kind == RMN_TEXT_CARD ||
	    kind == RMN_TEXT_LDIF))
		return false;
	return is_sure_head(s, kind) && !is_inside_mail(s, run, kind);
}

/* Whether a block is another text than the one that ends in front of it. */
static bool
is_other_text(struct rmn_text_scan *s, struct rmn_text_run *run, struct rmn_bytes block)
{
	unsigned char before[RMN_SEAM_BYTES];
	size_t size = (size_t)rmn_min_u64(sizeof(before), run->end - run->start);
	enum rmn_encoding encoding = run->encoding;

	if (block.size < RMN_TEXT_CHANCE)
		return false;
	/* The parts of a mail may be in several. */
	if (!rmn_text_goes_on(block, &encoding) && run->kind != RMN_TEXT_MAIL &&
	    run->kind != RMN_TEXT_MBOX)
		return true;
	block = rmn_bytes_head(block, RMN_SEAM_BYTES);
	rmn_disk_read(s->job->disk, run->end - size, before, size);
	if (rmn_text_seam((struct rmn_bytes){before, size}, block, encoding) == RMN_SEAM_WRONG)
		return true;
	if (rmn_text_seam_state(&s->reader, block, &s->narrowed) == RMN_SEAM_WRONG)
		return true;
	run->encoding = encoding;
	return false;
}

/* The next piece of a run; false when the text ends in it or in front of it. */
static bool
piece_follow(struct rmn_text_scan *s, struct rmn_text_run *run)
{
	uint32_t block_bytes;
	uint64_t at = run->end, block = rmn_text_block(s->job, at, &block_bytes);
	uint64_t stop = rmn_min_u64(block + block_bytes, at + PIECE_BYTES);
	size_t size = (size_t)(rmn_min_u64(stop, s->free_end) - at), clean;
	struct rmn_bytes bytes = rmn_text_window_get(s, at, size, s->free_end);

	if (at > run->start && at == block && is_next_file(s, run, bytes)) {
		run->stop = RMN_TEXT_BORDER;
		s->cut_at = at;
		return false;
	}
	clean = rmn_text_clean_run(s, run, at, size);
	bytes = rmn_text_window_get(s, at, size, s->free_end);
	if (at > run->start && at == block &&
	    is_other_text(s, run, rmn_bytes_head(bytes, rmn_text_sure_size(bytes, clean)))) {
		run->stop = RMN_TEXT_BORDER;
		s->cut_at = at;
		return false;
	}
	run->end = at + clean;
	if (clean < size)
		rmn_text_stop_judge(s, run, block, block_bytes, at);
	else if (run->end >= s->free_end)
		run->stop = RMN_TEXT_BORDER;
	bytes = rmn_text_window_get(s, at, run->end > at ? (size_t)(run->end - at) : 0,
	    s->free_end);
	if (at == run->start)
		bytes = rmn_bytes_after(bytes, run->mark_bytes);
	s->failed |= !rmn_text_reader_feed(&s->reader, bytes, &s->narrowed);
	return clean == size && run->end < s->free_end;
}

/* A run that begins at s->at. */
static bool
run_begin(struct rmn_text_scan *s, struct rmn_text_run *run)
{
	struct rmn_bytes bytes, text;
	uint32_t block_bytes;
	size_t mark, clean;

	rmn_text_block(s->job, s->at, &block_bytes);
	bytes = rmn_text_window_get(s, s->at, rmn_min_size(block_bytes, PIECE_BYTES), s->free_end);
	*run = (struct rmn_text_run){.start = s->at, .end = s->at};
	if (!rmn_text_is_likely(bytes.data, bytes.size) ||
	    !rmn_text_encoding_of(bytes, &run->encoding, &mark, &clean))
		return false;
	/* In small blocks the text goes on, mostly. */
	text = rmn_bytes_head(bytes, rmn_text_sure_size(bytes, clean));
	if (clean == bytes.size) {
		text = rmn_text_window_get(s, s->at, KIND_BYTES, s->free_end);
		text.size = mark + rmn_text_clean(rmn_bytes_after(text, mark), run->encoding);
	}
	run->mark_bytes = (uint32_t)mark;
	run->kind = kind_of(s, rmn_bytes_after(text, mark), run->encoding);
	if (run->kind == RMN_TEXT_NONE)
		return false;
	run->is_sure = mark > 0 || is_sure_head(s, run->kind);
	if (run->kind == RMN_TEXT_PLAIN || !run->is_sure) {
		/* Office files keep their text so; who writes files with it writes a mark. */
		run->is_middle = mark == 0 && (run->encoding == RMN_UTF16LE ||
		    run->encoding == RMN_UTF16BE);
		if (!rmn_text_is_plausible(text, run->encoding))
			return false;
		run->is_middle |= rmn_text_is_middle(text);
	}
	run->is_behind = !run->is_sure && s->at != s->cut_at && follows_text(s, s->at);
	run->is_middle |= run->is_behind;
	return true;
}

/* What the machine says of a run that has come to its end. */
static void
run_end(struct rmn_text_scan *s, struct rmn_text_run *run)
{
	rmn_text_machine_end(&s->reader.machine, &run->shape);
	run->shape.closed_at = rmn_text_to_bytes(run, run->shape.closed_at);
	run->solid_end = rmn_text_to_bytes(run, s->reader.machine.solid_end);
	if (!run->is_behind && strcmp(run->shape.extension, "csv") == 0)
		run->is_middle = false;
	if (run->stop == RMN_TEXT_BORDER && !rmn_text_is_closed(run)) {
		run->reader = malloc(sizeof(*run->reader));
		if (run->reader)
			*run->reader = s->reader;
		s->failed |= !run->reader;
	}
	if (!run->is_sure && !run->is_behind) {
		run->head_size = (size_t)rmn_min_u64(RMN_SEAM_BYTES, run->end - run->start);
		run->head = malloc(run->head_size + 1);
		s->failed |= !run->head;
	}
	if (run->head)
		rmn_disk_read(s->job->disk, run->start, run->head, run->head_size);
}

void
rmn_text_run_release(struct rmn_text_run *run)
{
	free(run->reader);
	free(run->head);
	run->reader = NULL;
	run->head = NULL;
}

bool
rmn_text_scan_next(struct rmn_text_scan *s, struct rmn_text_run *run)
{
	while (!s->failed && free_find(s)) {
		uint64_t border = border_find(s->job, s->at);

		if (border != s->at) {
			s->at = border;
			continue;
		}
		if (!run_begin(s, run)) {
			uint32_t block_bytes;

			rmn_text_block(s->job, s->at, &block_bytes);
			s->at += block_bytes;
			continue;
		}
		rmn_text_machine_init(&s->reader.machine, run->kind);
		s->reader.narrow = (struct rmn_text_narrow){.encoding = run->encoding};
		while (piece_follow(s, run))
			;
		run_end(s, run);
		s->at = border_find(s->job, run->end > run->start ? run->end : s->at + 1);
		return true;
	}
	return false;
}
