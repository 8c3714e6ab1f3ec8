/* SPDX-License-Identifier: MIT
 *
 * Journals (TN1150, "Journal"): a ring of what was written to the trees last.  An image of a node in
 * it begins at a sector and so was sighted like any other node; what the journal's header adds is
 * their order, from the place that would have been written next. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/hfs.h"
#include "recover/sight.h"

#define RING_MAX ((uint64_t)4 << 30)
#define JOURNALS_MAX 1024u		/* honest disks have one a volume */

static uint64_t
word_at(const unsigned char *p, bool is_big)
{
	return is_big ? (uint64_t)rmn_be32(p) << 32 | rmn_be32(p + 4) : rmn_le64(p);
}

static void
journal_add(struct hfs *h, uint64_t place, const unsigned char *p)
{
	bool is_big = p[0] == 'J';
	uint64_t end = word_at(p + 16, is_big), size = word_at(p + 24, is_big);
	uint64_t header = is_big ? rmn_be32(p + 40) : rmn_le32(p + 40), disk, last;
	struct hfs_journal *journals;

	disk = rmn_disk_size(h->r->disk);
	if (h->journal_count >= JOURNALS_MAX || header < RMN_SECTOR_BYTES || header > 65536 || size <= header || size > RING_MAX ||
	    !rmn_add_u64(place, size, &last))
		return;
	journals = reallocarray(h->journals, h->journal_count + 1, sizeof(*journals));
	if (!journals) {
		h->failed = true;
		return;
	}
	h->journals = journals;
	journals[h->journal_count++] = (struct hfs_journal){.start = place + header,
	    .end = rmn_min_u64(last, disk),
	    .oldest = place + (end >= header && end < size ? end : header),
	    .unit_bytes = (uint32_t)header,
	    .list_bytes = is_big ? rmn_be32(p + 32) : rmn_le32(p + 32), .is_big = is_big};
}

static void
journal_leaves(struct hfs *h, const struct hfs_journal *journal)
{
	uint64_t ring = journal->end - journal->start;

	for (size_t i = rmn_hfs_leaves_from(h, journal->start); i < h->leaf_count &&
	    h->leaves[i].place < journal->end; i++) {
		struct hfs_leaf *leaf = &h->leaves[i];

		leaf->version = (leaf->place + (leaf->place < journal->oldest ? ring : 0) -
		    journal->oldest) / RMN_SECTOR_BYTES + 1;
		for (size_t k = 0; k < leaf->record_count; k++) {
			struct hfs_record *record = &h->records[leaf->first_record + k];

			if (record->rank < HFS_RANK_JOURNAL)
				record->rank = HFS_RANK_JOURNAL;
		}
	}
}

void
rmn_hfs_journals_find(struct hfs *h)
{
	const struct rmn_sightings *s = h->r->sightings;
	unsigned char p[RMN_SECTOR_BYTES];

	for (size_t i = 0; i < rmn_sightings_count(s, RMN_SIGHT_HFS_JOURNAL); i++) {
		uint64_t place = rmn_sighting_offset(s, RMN_SIGHT_HFS_JOURNAL, i);
		uint64_t last = h->journal_count ? h->journals[h->journal_count - 1].end : 0;

		/* What looks like a header inside a ring is a copy or chance. */
		if (place >= last && rmn_disk_read(h->r->disk, place, p, sizeof(p)))
			journal_add(h, place, p);
	}
	for (size_t i = 0; i < h->journal_count; i++)
		if (h->journals[i].start < h->journals[i].end)
			journal_leaves(h, &h->journals[i]);
}
