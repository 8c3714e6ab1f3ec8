/* SPDX-License-Identifier: MIT
 *
 * What SQLite keeps beside a database: the write-ahead log, with pages that are newer than the
 * database's, and the rollback journal, with pages as they were before the last change
 * (fileformat2.html 3 and 4).  Names of columns stand in the database, so rows come without. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "format/sheet/cells.h"
#include "format/format.h"
#include "format/database/sqlite_lost.h"

#define WAL_HEAD_BYTES 32u
#define FRAME_HEAD_BYTES 24u
#define WAL_VERSION 3007000u
#define JOURNAL_HEAD_BYTES 28u
#define RECORD_MORE_BYTES 8u	/* of a journal: number and checksum around the page */
#define PAGE_BYTES_MAX 65536u

struct log {
	const struct rmn_format_input *input;
	struct rmn_error *error;
	struct rmn_text text;
	struct rmn_sqlite_shape shape;
	unsigned char *page;		/* one, read from the file */
	unsigned char *used;		/* scratch for the gaps of one */
	bool is_cut;
};

/* A page in the log; of several with one number the last is what counts. */
struct frame {
	uint32_t number, index;
	bool is_old;			/* an earlier round's, or a later one has the same page */
};

static bool
page_bytes_fit(uint32_t size)
{
	return size >= 512 && size <= PAGE_BYTES_MAX && (size & (size - 1)) == 0;
}

static enum rmn_status
log_init(struct log *log, uint32_t page_bytes, const struct rmn_sink *sink)
{
	log->shape = (struct rmn_sqlite_shape){page_bytes, page_bytes, RMN_UTF8};
	log->page = rmn_arena_take(log->input->arena, page_bytes + RECORD_MORE_BYTES);
	log->used = rmn_arena_take(log->input->arena, page_bytes);
	rmn_text_init(&log->text, sink, log->input->arena, log->error);
	if (!log->page || !log->used)
		return rmn_fail(log->error, RMN_LIMIT, "item outgrows its memory");
	return log->text.status;
}

/* False when the file ends before it does. */
static bool
log_read(struct log *log, uint64_t offset, unsigned char *buffer, size_t size)
{
	size_t got = 0;

	return rmn_blob_read(log->input->content, offset, buffer, size, &got, NULL) == RMN_OK &&
	    got == size;
}

/* Page 1 says how many bytes at the end of each are not SQLite's, and the encoding. */
static void
shape_learn(struct log *log, uint32_t number)
{
	struct rmn_sqlite_shape shape;

	if (number == 1 && rmn_sqlite_shape_read(
	    (struct rmn_bytes){log->page, log->shape.page_bytes}, &shape) &&
	    shape.page_bytes == log->shape.page_bytes)
		log->shape = shape;
}

static void
page_put(struct log *log, uint32_t number, enum rmn_part_kind kind)
{
	struct rmn_bytes bytes = {log->page, log->shape.page_bytes};
	struct rmn_sqlite_page page;
	char name[32];

	snprintf(name, sizeof(name), "page %u", number);
	if (!rmn_sqlite_page_open(&log->shape, bytes, number, &page)) {
		rmn_text_part(&log->text, RMN_PART_DELETED, rmn_bytes_from_string(name));
		rmn_sqlite_region_put(&log->text, &log->shape, bytes, 0);
		return;
	}
	if (page.kind == RMN_SQLITE_TABLE_LEAF || page.kind == RMN_SQLITE_INDEX_LEAF) {
		rmn_text_part(&log->text, kind, rmn_bytes_from_string(name));
		rmn_sqlite_leaf_put(&log->text, &log->shape, &page);
	}
	rmn_text_part(&log->text, RMN_PART_DELETED, rmn_bytes_from_string(name));
	rmn_sqlite_gaps_put(&log->text, &log->shape, &page, 0, log->used);
}

static int
frame_compare(const void *a, const void *b)
{
	const struct frame *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static int
frame_order(const void *a, const void *b)
{
	const struct frame *x = a, *y = b;

	return x->index < y->index ? -1 : x->index > y->index;
}

/* Frames with other salts than the header's are of a round before. */
static size_t
frames_list(struct log *log, struct frame *frames, size_t room, const unsigned char *salts)
{
	uint64_t step = FRAME_HEAD_BYTES + (uint64_t)log->shape.page_bytes;
	unsigned char head[FRAME_HEAD_BYTES];
	size_t count = 0;

	for (; count < room; count++) {
		if (!log_read(log, WAL_HEAD_BYTES + count * step, head, sizeof(head)))
			break;
		frames[count] = (struct frame){
			.number = rmn_be32(head),
			.index = (uint32_t)count,
			.is_old = memcmp(head + 8, salts, 8) != 0,
		};
	}
	qsort(frames, count, sizeof(*frames), frame_compare);
	for (size_t i = 0; i + 1 < count; i++)
		if (frames[i].number == frames[i + 1].number && !frames[i + 1].is_old)
			frames[i].is_old = true;
	qsort(frames, count, sizeof(*frames), frame_order);
	return count;
}

static enum rmn_status
wal_frames_put(struct log *log, const unsigned char *salts)
{
	uint64_t step = FRAME_HEAD_BYTES + (uint64_t)log->shape.page_bytes;
	uint64_t size = log->input->content->size_bytes - WAL_HEAD_BYTES;
	uint64_t room = (size + step - 1) / step;
	struct frame *frames = room > UINT32_MAX ? NULL :
	    rmn_arena_alloc(log->input->arena, (size_t)room + 1, sizeof(*frames));
	size_t count;

	if (!frames)
		return rmn_fail(log->error, RMN_LIMIT, "item outgrows its memory");
	log->is_cut = size % step != 0;
	count = frames_list(log, frames, (size_t)room, salts);
	for (size_t i = 0; i < count && log->text.status == RMN_OK; i++) {
		if (!log_read(log, WAL_HEAD_BYTES + i * step + FRAME_HEAD_BYTES, log->page,
		    log->shape.page_bytes)) {
			log->is_cut = true;
			break;
		}
		shape_learn(log, frames[i].number);
		page_put(log, frames[i].number,
		    frames[i].is_old ? RMN_PART_DELETED : RMN_PART_SHEET);
	}
	return RMN_OK;
}

static enum rmn_status
log_end(struct log *log, enum rmn_status status)
{
	if (status == RMN_OK)
		status = rmn_text_flush(&log->text);
	if (status == RMN_OK && log->is_cut)
		return rmn_fail(log->error, RMN_PARTIAL, "the log ends inside a page");
	return status;
}

static enum rmn_status
wal_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct log log = {.input = input, .error = error};
	unsigned char head[WAL_HEAD_BYTES];
	enum rmn_status status;

	if (!log_read(&log, 0, head, sizeof(head)) || !page_bytes_fit(rmn_be32(head + 8)))
		return rmn_fail(error, RMN_CORRUPT, "the header of the log is damaged");
	status = log_init(&log, rmn_be32(head + 8), sink);
	if (status == RMN_OK)
		status = wal_frames_put(&log, head + 16);
	return log_end(&log, status);
}

/* Records of one header: page number, page, checksum.  *at moves behind them.  stated 0: as many as
 * there are. */
static bool
journal_records_put(struct log *log, uint64_t *at, uint32_t stated)
{
	uint32_t count = stated > 0 ? stated : UINT32_MAX;
	uint32_t page_bytes = log->shape.page_bytes;
	unsigned char number[4];

	for (; count > 0 && log->text.status == RMN_OK; count--) {
		if (*at >= log->input->content->size_bytes) {
			log->is_cut |= stated > 0;
			break;
		}
		if (!log_read(log, *at, number, 4) ||
		    !log_read(log, *at + 4, log->page, page_bytes)) {
			log->is_cut = true;
			return false;
		}
		if (rmn_be32(number) == 0)
			return false;
		shape_learn(log, rmn_be32(number));
		page_put(log, rmn_be32(number), RMN_PART_DELETED);
		*at += (uint64_t)page_bytes + RECORD_MORE_BYTES;
	}
	return true;
}

/* What stands behind the records: those of a longer journal before this one, or one that is cut. */
static void
rest_put(struct log *log, uint64_t at)
{
	size_t record_bytes = (size_t)log->shape.page_bytes + RECORD_MORE_BYTES, got;

	rmn_text_part(&log->text, RMN_PART_DELETED, rmn_bytes_from_string("behind the records"));
	for (; at < log->input->content->size_bytes && log->text.status == RMN_OK; at += got) {
		got = 0;
		rmn_blob_read(log->input->content, at, log->page, record_bytes, &got, NULL);
		if (got == 0) {
			log->is_cut = true;
			return;
		}
		rmn_sqlite_region_put(&log->text, &log->shape, (struct rmn_bytes){log->page, got}, 0);
	}
}

static const char journal_magic[8] = "\xD9\xD5\x05\xF9\x20\xA1\x63\xD7";

static enum rmn_status
journal_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct log log = {.input = input, .error = error};
	unsigned char head[JOURNAL_HEAD_BYTES];
	enum rmn_status status;
	uint64_t at = 0, next;
	uint32_t sector;

	if (!log_read(&log, 0, head, sizeof(head)) || !page_bytes_fit(rmn_be32(head + 24)) ||
	    !page_bytes_fit(rmn_be32(head + 20)))
		return rmn_fail(error, RMN_CORRUPT, "the header of the journal is damaged");
	status = log_init(&log, rmn_be32(head + 24), sink);
	sector = rmn_be32(head + 20);
	while (status == RMN_OK) {
		at += sector;
		if (!journal_records_put(&log, &at,
		    rmn_be32(head + 8) == UINT32_MAX ? 0 : rmn_be32(head + 8)))
			break;
		status = log.text.status;
		if (at >= input->content->size_bytes)
			break;
		next = (at + sector - 1) / sector * sector;
		log.is_cut = next + sector > input->content->size_bytes;
		if (log.is_cut || !log_read(&log, next, head, sizeof(head)) ||
		    memcmp(head, journal_magic, 8) != 0)
			break;
		at = next;
	}
	if (status == RMN_OK)
		rest_put(&log, at);
	return log_end(&log, status);
}

static unsigned
wal_claim(const struct rmn_format_input *input)
{
	const unsigned char *head = input->head.data;

	if (input->head.size < WAL_HEAD_BYTES || (rmn_be32(head) | 1) != 0x377F0683 ||
	    rmn_be32(head + 4) != WAL_VERSION)
		return 0;
	return page_bytes_fit(rmn_be32(head + 8)) ? 80 : 0;
}

static unsigned
journal_claim(const struct rmn_format_input *input)
{
	return input->head.size >= JOURNAL_HEAD_BYTES &&
	    memcmp(input->head.data, journal_magic, 8) == 0 ? 64 : 0;
}

const struct rmn_format rmn_format_sqlite_wal = {
	.name = "sqlite_wal",
	.title = "Log of an SQLite database",
	.media_type = "application/vnd.sqlite3",
	.kind = RMN_KIND_CONTAINER,
	.claim = wal_claim,
	.read = wal_read,
};

const struct rmn_format rmn_format_sqlite_journal = {
	.name = "sqlite_journal",
	.title = "Journal of an SQLite database",
	.media_type = "application/vnd.sqlite3",
	.kind = RMN_KIND_CONTAINER,
	.claim = journal_claim,
	.read = journal_read,
};
