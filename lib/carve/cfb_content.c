/* SPDX-License-Identifier: MIT
 *
 * What the formats inside say: nothing in a compound file is checksummed, and a foreign block in the
 * middle of a stream goes unseen by the FAT.  Streams whose bytes do not follow their format from the
 * first record on say nothing: they never speak against a file. */
#include <string.h>

#include "base/checked.h"
#include "carve/cfb.h"
#include "carve/number.h"

static const struct {
	const char *name;	/* of the stream */
	cfb_checker *check;
} checkers[] = {
	{"Workbook", cfb_check_biff},
	{"Book", cfb_check_biff},
	{"PowerPoint Document", cfb_check_ppt},
	{"Pictures", cfb_check_pictures},
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
	if (number_le16(head) != 0xFFFE || number_le16(head + 2) > 1) {
		verdict->broken_at = 0;
		return true;
	}
	verdict->good_bytes = 48;
	at = number_le32(head + 44);
	if (cfb_stream_read(stream, at, section, 8) < 8)
		return true;
	if (at >= 48 && at + number_le32(section) <= stream->size && number_le32(section + 4) < 4096)
		verdict->good_bytes = at + 8;
	return true;
}

static void
judgement_add(struct cfb_judgement *j, const struct cfb_stream *s, const struct cfb_verdict *v)
{
	uint64_t broken, good;

	j->known_bytes += v->good_bytes;
	if (v->broken_at == UINT64_MAX)
		return;
	broken = cfb_stream_place(s, rmn_min_u64(v->broken_at, s->size - 1));
	if (broken >= j->broken_at)
		return;
	good = v->good_bytes ? cfb_stream_place(s, v->good_bytes - 1) + 1 : 0;
	j->broken_at = broken;
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
	if (table && cfb_stream_open(s->cfb, table, &table_stream))
		judgement_add(j, &table_stream, &of_table);
}

static cfb_checker *
checker_find(const char *name)
{
	for (size_t i = 0; i < sizeof(checkers) / sizeof(checkers[0]); i++)
		if (strcmp(checkers[i].name, name) == 0)
			return checkers[i].check;
	return NULL;
}

void
cfb_judge(const struct cfb *c, struct cfb_judgement *judgement)
{
	*judgement = (struct cfb_judgement){.broken_at = UINT64_MAX};
	for (size_t i = 1; i < c->entry_count; i++) {
		const struct cfb_entry *e = &c->entries[i];
		cfb_checker *check = checker_find(e->name);
		struct cfb_stream s;
		struct cfb_verdict v;

		if (e->type != 2)
			continue;
		if (check && cfb_stream_open(c, e, &s) && check(&s, &v))
			judgement_add(judgement, &s, &v);
		else if (strcmp(e->name, "WordDocument") == 0 && cfb_stream_open(c, e, &s))
			word_judge(&s, e->parent, judgement);
	}
}
