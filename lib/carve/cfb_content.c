/* SPDX-License-Identifier: MIT
 *
 * What the formats inside say: nothing in a compound file is checksummed, and a foreign block in the
 * middle of a stream goes unseen by the FAT.  Streams whose bytes do not follow their format from the
 * first record on say nothing: they never speak against a file. */
#include <strings.h>

#include "base/checked.h"
#include "carve/cfb.h"
#include "base/number.h"

#define FOREIGN_STEP 4096u
#define FOREIGN_MAGIC 4u	/* a magic this long is no chance */

static const struct {
	const char *name;	/* of the stream */
	cfb_checker *check;
} checkers[] = {
	{"Workbook", cfb_check_biff},
	{"Book", cfb_check_biff},
	{"PowerPoint Document", cfb_check_ppt},
	{"Pictures", cfb_check_pictures},
	{"Pictures", cfb_check_zlib},
	{"Data", cfb_check_zlib},
	{"EncryptedPackage", cfb_check_encrypted},
	{"?SummaryInformation", cfb_check_properties},
	{"?DocumentSummaryInformation", cfb_check_properties},
};

/* A property set ([MS-OLEPS] 2.21): offsets of one or two sections, each a count and a size. */
bool
cfb_check_properties(const struct cfb_stream *stream, struct cfb_verdict *verdict)
{
	unsigned char head[68], section[8];
	uint64_t at;

	*verdict = (struct cfb_verdict){.broken_at = UINT64_MAX};
	if (cfb_stream_read(stream, 0, head, 48) < 48)
		return false;
	/* Some writers promise one and leave zeros. */
	if (rmn_le32(head) == 0 && rmn_le32(head + 44) == 0)
		return false;
	if (rmn_le16(head) != 0xFFFE || rmn_le16(head + 2) > 1) {
		verdict->broken_at = 0;
		return true;
	}
	verdict->good_bytes = 48;
	at = rmn_le32(head + 44);
	if (cfb_stream_read(stream, at, section, 8) < 8)
		return true;
	if (at >= 48 && at + rmn_le32(section) <= stream->size && rmn_le32(section + 4) < 4096)
		verdict->good_bytes = at + 8;
	return true;
}

/* [MS-OFFCRYPTO] 2.3.4.4: the size, then blocks of a cipher: no 512 bytes of it look like anything. */
bool
cfb_check_encrypted(const struct cfb_stream *stream, struct cfb_verdict *verdict)
{
	struct cfb_window w;
	const unsigned char *p;

	*verdict = (struct cfb_verdict){.broken_at = UINT64_MAX};
	if (!cfb_window_init(&w, stream))
		return false;
	for (uint64_t at = 0; at + 512 <= stream->size; at += 512) {
		p = cfb_window_at(&w, at, 512);
		if (!p || cfb_classify(p) != CFB_CLASS_DENSE) {
			verdict->broken_at = at;
			return at >= 2048;
		}
		verdict->good_bytes = at + 512;
	}
	return true;
}

static void
judgement_add(struct cfb_judgement *j, const struct cfb_stream *s, const struct cfb_verdict *v)
{
	uint64_t broken, good;

	j->known_bytes += v->good_bytes;
	if (v->flawed_at)
		j->flawed_at = rmn_min_u64(j->flawed_at, cfb_stream_place(s, v->flawed_at));
	if (v->broken_at == UINT64_MAX)
		return;
	broken = cfb_stream_place(s, rmn_min_u64(v->broken_at, s->size - 1));
	if (broken >= j->broken_at)
		return;
	good = v->good_bytes ? cfb_stream_place(s, v->good_bytes - 1) + 1 : 0;
	j->broken_at = broken;
	j->broken_entry = (size_t)(s->entry - s->cfb->entries);
	j->good_at = good < broken && good > CFB_HEADER_BYTES ? good : CFB_HEADER_BYTES;
}

static void
word_judge(const struct cfb_stream *s, uint32_t parent, struct cfb_judgement *j)
{
	struct cfb_verdict of_document, of_table;
	const struct cfb_entry *table;
	struct cfb_stream table_stream;

	if (!cfb_check_word(s, parent, &of_document, &table, &of_table))
		return;
	judgement_add(j, s, &of_document);
	if (table && cfb_stream_open(s->cfb, table, &table_stream)) {
		uint64_t broken = j->broken_at;

		judgement_add(j, &table_stream, &of_table);
		if (j->broken_at != broken)
			j->broken_entry = (size_t)(s->entry - s->cfb->entries);
	}
}

/* The first checker of that name that knows the stream.  True when it follows every byte of it. */
static bool
stream_judge(const struct cfb *c, const struct cfb_entry *e, struct cfb_judgement *j)
{
	struct cfb_stream s;
	struct cfb_verdict v;

	if (!cfb_stream_open(c, e, &s))
		return false;
	if (strcasecmp(e->name, "WordDocument") == 0) {
		word_judge(&s, e->parent, j);
		return false;
	}
	for (size_t i = 0; i < sizeof(checkers) / sizeof(checkers[0]); i++) {
		if (strcasecmp(checkers[i].name, e->name) == 0 && checkers[i].check(&s, &v)) {
			judgement_add(j, &s, &v);
			return true;
		}
	}
	return false;
}

static bool
is_checked(const char *name)
{
	bool found = strcasecmp(name, "WordDocument") == 0;

	for (size_t i = 0; i < sizeof(checkers) / sizeof(checkers[0]) && !found; i++)
		found = strcasecmp(checkers[i].name, name) == 0;
	return found;
}

static void
start_set(uint64_t *starts, uint32_t sector)
{
	starts[sector / 64] |= 1ull << (sector % 64);
}

static void
start_set_chain(const struct cfb *c, uint64_t *starts, uint32_t sector)
{
	/* The chains have been walked: they end. */
	for (size_t i = 0; sector < c->fat_entries && i < c->fat_entries; i++) {
		start_set(starts, sector);
		sector = c->fat[sector];
	}
}

/* Heads of other files do not begin in the middle of a stream: embedded ones are streams of their own,
 * or stand anywhere in one but hardly ever (1 of 4,096) at a border of blocks.  starts: the sectors where
 * they may, and all of streams that say themselves that they are whole. */
static void
foreign_judge(const struct cfb *c, const uint64_t *starts, struct cfb_judgement *j)
{
	uint64_t end = rmn_min_u64(cfb_length(c), j->broken_at);
	unsigned char head[32];

	for (uint64_t at = FOREIGN_STEP; at < end; at += FOREIGN_STEP) {
		uint64_t sector = (at >> c->shift) - 1;
		size_t carver, size = rmn_view_read(c->view, at, head, sizeof(head));

		c->tools->work += size;
		if ((at & (c->sector_bytes - 1)) || c->fat[sector] == CFB_FREE ||
		    (starts[sector / 64] & 1ull << (sector % 64)))
			continue;
		carver = rmn_carver_find(head, size);
		if (carver == SIZE_MAX || rmn_carvers[carver].magic_size < FOREIGN_MAGIC ||
		    rmn_carvers[carver].magic_offset > 0)
			continue;
		j->broken_at = at;
		j->good_at = rmn_min_u64(j->good_at, at - 1);
		if (j->good_at < CFB_HEADER_BYTES)
			j->good_at = CFB_HEADER_BYTES;
		return;
	}
}

void
cfb_judge_entry(const struct cfb *c, size_t entry, struct cfb_judgement *judgement)
{
	*judgement = (struct cfb_judgement){.broken_at = UINT64_MAX, .flawed_at = UINT64_MAX};
	if (entry < c->entry_count && is_checked(c->entries[entry].name))
		stream_judge(c, &c->entries[entry], judgement);
}

bool
cfb_record_fits(const char *stream_name, const unsigned char *bytes)
{
	if (strcasecmp(stream_name, "Workbook") == 0 || strcasecmp(stream_name, "Book") == 0)
		return cfb_biff_record_fits(bytes);
	return strcasecmp(stream_name, "PowerPoint Document") != 0 || cfb_ppt_record_fits(bytes);
}

void
cfb_judge(const struct cfb *c, struct cfb_judgement *judgement)
{
	uint64_t *starts = rmn_arena_alloc(c->arena, c->fat_entries / 64 + 1, sizeof(*starts));

	*judgement = (struct cfb_judgement){.broken_at = UINT64_MAX, .flawed_at = UINT64_MAX};
	if (!starts)
		return;
	/* Small streams begin all over the root's. */
	if (c->entries[0].size)
		start_set_chain(c, starts, c->entries[0].start);
	for (size_t i = 1; i < c->entry_count; i++) {
		const struct cfb_entry *e = &c->entries[i];
		uint64_t broken = judgement->broken_at;

		if (e->type != 2)
			continue;
		if (is_checked(e->name) && stream_judge(c, e, judgement) &&
		    judgement->broken_at == broken && e->size >= c->cutoff)
			start_set_chain(c, starts, e->start);
		else if (e->size >= c->cutoff)
			start_set(starts, e->start);
	}
	foreign_judge(c, starts, judgement);
}
