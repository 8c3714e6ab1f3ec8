/* SPDX-License-Identifier: MIT
 *
 * What SQLite leaves beside a database: the write-ahead log, whose frames carry one running checksum,
 * and the rollback journal, whose records each have their own (sqlite.org/fileformat2.html 3 and 4). */
#include <string.h>

#include "base/number.h"
#include "carve/window.h"

#define WAL_HEAD 32u
#define FRAME_HEAD 24u
#define JOURNAL_HEAD 28u
#define PAGE_MAX 65536u

struct sums {
	uint32_t first, second;
	bool is_big_endian;
};

static void
sums_add(struct sums *s, const unsigned char *p, size_t size)
{
	for (size_t i = 0; i + 8 <= size; i += 8) {
		uint32_t a = s->is_big_endian ? rmn_be32(p + i) : rmn_le32(p + i);
		uint32_t b = s->is_big_endian ? rmn_be32(p + i + 4) : rmn_le32(p + i + 4);

		s->first += a + s->second;
		s->second += b + s->first;
	}
}

static bool
sums_are(const struct sums *s, const unsigned char *p)
{
	return s->first == rmn_be32(p) && s->second == rmn_be32(p + 4);
}

static bool
page_size_is_legal(uint32_t size)
{
	return size >= 512 && size <= PAGE_MAX && (size & (size - 1)) == 0;
}

/* Frames of the last round, as long as their sums go on; what older ones left behind them is lost. */
void
rmn_walk_sqlite_wal(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	struct rmn_window w;
	struct rmn_bytes b;
	struct sums sums = {0};
	unsigned char salts[8];
	uint32_t page_bytes;
	uint64_t at = WAL_HEAD;

	*proven = (struct rmn_proven){0};
	rmn_window_init(&w, view, tools, &tools->buffer);
	b = rmn_window_bytes(&w, 0, WAL_HEAD);
	if (b.size < WAL_HEAD || (rmn_be32(b.data) | 1) != 0x377F0683 ||
	    rmn_be32(b.data + 4) != 3007000)
		return;
	sums.is_big_endian = rmn_be32(b.data) & 1;
	page_bytes = rmn_be32(b.data + 8);
	memcpy(salts, b.data + 16, 8);
	sums_add(&sums, b.data, 24);
	if (!page_size_is_legal(page_bytes) || !sums_are(&sums, b.data + 24))
		return;
	for (;; at += FRAME_HEAD + page_bytes) {
		b = rmn_window_bytes(&w, at, FRAME_HEAD + page_bytes);
		if (b.size < FRAME_HEAD + page_bytes || rmn_be32(b.data) == 0 ||
		    memcmp(b.data + 8, salts, 8) != 0)
			break;
		sums_add(&sums, b.data, 8);
		sums_add(&sums, b.data + FRAME_HEAD, page_bytes);
		if (!sums_are(&sums, b.data + 16))
			break;
	}
	proven->extension = "db-wal";
	rmn_proven_end(view, proven, at > WAL_HEAD ? RMN_PROOF_CHECKSUM : RMN_PROOF_PLAUSIBLE, at);
}

/* Records behind one header; how many of count are right. */
static uint32_t
records_count(struct rmn_window *w, uint64_t at, uint32_t count, uint32_t page_bytes,
    uint32_t nonce)
{
	uint32_t i;

	for (i = 0; i < count; i++, at += page_bytes + 8) {
		struct rmn_bytes b = rmn_window_bytes(w, at, page_bytes + 8);
		uint32_t sum = nonce;

		if (b.size < page_bytes + 8 || rmn_be32(b.data) == 0)
			break;
		for (uint32_t from = page_bytes; from > 200; from -= 200)
			sum += b.data[4 + from - 200];
		if (sum != rmn_be32(b.data + 4 + page_bytes))
			break;
	}
	return i;
}

void
rmn_walk_sqlite_journal(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	static const unsigned char magic[8] = {0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7};
	struct rmn_window w;
	uint64_t at = 0, end = 0;

	*proven = (struct rmn_proven){.extension = "db-journal"};
	rmn_window_init(&w, view, tools, &tools->buffer);
	for (;;) {
		struct rmn_bytes b = rmn_window_bytes(&w, at, JOURNAL_HEAD);
		uint32_t count, nonce, sector, page_bytes, right;

		if (b.size < JOURNAL_HEAD || memcmp(b.data, magic, 8) != 0)
			break;
		count = rmn_be32(b.data + 8);
		nonce = rmn_be32(b.data + 12);
		sector = rmn_be32(b.data + 20);
		page_bytes = rmn_be32(b.data + 24);
		if (!page_size_is_legal(page_bytes) || !page_size_is_legal(sector) || count == 0)
			break;
		/* 0xFFFFFFFF: as many as there are */
		right = records_count(&w, at + sector, count, page_bytes, nonce);
		end = at + sector + (uint64_t)right * (page_bytes + 8);
		if (right < count)
			break;
		at = (end + sector - 1) / sector * sector;
	}
	if (end > 512 + JOURNAL_HEAD)
		rmn_proven_end(view, proven, RMN_PROOF_CHECKSUM, end);
}
