/* SPDX-License-Identifier: MIT */
#include "recover/ntfs_log.h"

#include <string.h>

#include "base/checked.h"
#include "recover/sight.h"

#define LOG_HEAD_BYTES 0x40u
#define ENTRY_HEAD_BYTES 16u		/* before the name in a folder entry */
#define ATTRIBUTE_HEAD_BYTES 24u	/* before the name in a record */
#define JOURNAL_FOLDER 0x10u		/* a file's attribute */

bool
rmn_ntfs_page_log(unsigned char *data, size_t size, struct rmn_ntfs_page *page)
{
	uint64_t bad;

	if (size != RMN_NTFS_PAGE_BYTES || memcmp(data, "RCRD", 4) != 0 ||
	    !rmn_ntfs_fix(data, size, &bad))
		return false;
	for (size_t i = 0; i < size / RMN_SECTOR_BYTES; i++)
		if (bad >> i & 1)
			memset(data + i * RMN_SECTOR_BYTES, 0, RMN_SECTOR_BYTES);
	*page = (struct rmn_ntfs_page){.bytes = {data, size}, .at = LOG_HEAD_BYTES};
	return true;
}

void
rmn_ntfs_page_journal(const unsigned char *data, size_t size, struct rmn_ntfs_page *page)
{
	*page = (struct rmn_ntfs_page){.bytes = {data, size}, .is_journal = true};
}

/* No byte pattern but a name looks so: what is found between other things must be good in all parts. */
static bool
name_is_plausible(const struct rmn_ntfs_name *name)
{
	if (!rmn_ntfs_time_is_plausible(name->created) ||
	    !rmn_ntfs_time_is_plausible(name->modified) ||
	    !rmn_ntfs_time_is_plausible(name->changed) ||
	    (name->parent & RMN_NTFS_NUMBER_MASK) > UINT32_MAX || name->parent >> 48 == 0)
		return false;
	for (size_t i = 0; i < name->units.size; i += 2) {
		unsigned unit = rmn_le16(name->units.data + i);

		if (unit < 0x20 || unit == '/' || unit == '\\')
			return false;
	}
	return true;
}

/* A record that is logged as a whole: the names behind this head are its. */
static void
record_enter(struct rmn_ntfs_page *page)
{
	const unsigned char *p = page->bytes.data + page->at;
	size_t left = page->bytes.size - page->at, used;

	if (left < 0x38 || memcmp(p, "FILE", 4) != 0 || rmn_le16(p + 4) != 0x30)
		return;
	used = rmn_le32(p + 24);
	page->record = rmn_ntfs_reference(rmn_le32(p + 44), rmn_le16(p + 16));
	page->record_end = page->at + rmn_min_size(used, left);
}

/* Whether the name at page->at is the key of a folder entry, or stands in a logged record. */
static bool
name_belongs(const struct rmn_ntfs_page *page, size_t key_size, uint64_t *reference)
{
	const unsigned char *p = page->bytes.data + page->at;
	size_t whole = (ENTRY_HEAD_BYTES + key_size + 7) & ~(size_t)7;

	if (rmn_le16(p - 6) == key_size && rmn_le16(p - 8) >= whole &&
	    rmn_le16(p - 8) <= whole + 8) {
		*reference = rmn_le64(p - ENTRY_HEAD_BYTES);
		return (*reference & RMN_NTFS_NUMBER_MASK) <= UINT32_MAX && *reference >> 48 != 0;
	}
	if (page->at < page->record_end && rmn_le32(p - ATTRIBUTE_HEAD_BYTES) == RMN_NTFS_NAME &&
	    rmn_le32(p - ATTRIBUTE_HEAD_BYTES + 16) == key_size) {
		*reference = page->record;
		return true;
	}
	return false;
}

static bool
log_next(struct rmn_ntfs_page *page, struct rmn_ntfs_entry *entry)
{
	for (; page->at + RMN_NTFS_NAME_HEAD_BYTES < page->bytes.size; page->at += 8) {
		struct rmn_bytes bytes = rmn_bytes_after(page->bytes, page->at);

		record_enter(page);
		if (!rmn_ntfs_name_read(bytes, &entry->name) || !name_is_plausible(&entry->name) ||
		    !name_belongs(page, RMN_NTFS_NAME_HEAD_BYTES + entry->name.units.size,
		    &entry->reference))
			continue;
		page->at += (RMN_NTFS_NAME_HEAD_BYTES + entry->name.units.size + 7) & ~(size_t)7;
		return true;
	}
	return false;
}

/* One record of the journal, version 2 or (with references of 128 bits) 3. */
static bool
journal_read(struct rmn_cursor *at, struct rmn_ntfs_entry *entry)
{
	struct rmn_cursor c = *at, name;
	uint64_t skipped, time = 0;
	uint32_t size, attributes;
	uint16_t major, minor, name_size, name_at;

	if (!rmn_cursor_le32(&c, &size) || !rmn_cursor_le16(&c, &major) ||
	    !rmn_cursor_le16(&c, &minor) || (major != 2 && major != 3) ||
	    !rmn_cursor_le64(&c, &entry->reference) ||
	    (major == 3 && !rmn_cursor_le64(&c, &skipped)) ||
	    !rmn_cursor_le64(&c, &entry->name.parent) ||
	    (major == 3 && !rmn_cursor_le64(&c, &skipped)) || !rmn_cursor_skip(&c, 8) ||
	    !rmn_cursor_le64(&c, &time) || !rmn_cursor_skip(&c, 12) ||
	    !rmn_cursor_le32(&c, &attributes) || !rmn_cursor_le16(&c, &name_size) ||
	    !rmn_cursor_le16(&c, &name_at))
		return false;
	name = *at;
	if (size % 8 != 0 || name_size == 0 || name_size % 2 != 0 || size < name_at + name_size ||
	    !rmn_cursor_skip(&name, name_at) ||
	    !rmn_cursor_take(&name, name_size, &entry->name.units) || !rmn_cursor_skip(at, size))
		return false;
	entry->name.changed = rmn_ntfs_time(time);
	entry->name.created = entry->name.modified = entry->name.accessed = RMN_TIME_UNKNOWN;
	entry->name.flags = attributes & JOURNAL_FOLDER ? RMN_NTFS_NAME_IS_FOLDER : 0;
	return rmn_ntfs_time_is_plausible(entry->name.changed) &&
	    (entry->reference & RMN_NTFS_NUMBER_MASK) <= UINT32_MAX;
}

bool
rmn_ntfs_page_next(struct rmn_ntfs_page *page, struct rmn_ntfs_entry *entry)
{
	struct rmn_cursor c = rmn_cursor_over(page->bytes);
	bool is_read;

	*entry = (struct rmn_ntfs_entry){0};
	if (!page->is_journal)
		return log_next(page, entry);
	if (!rmn_cursor_seek(&c, page->at))
		return false;
	is_read = journal_read(&c, entry);
	page->at = c.offset;
	return is_read;
}

/* How many names mean a life of a file that the volume has. */
static size_t
page_known(const struct rmn_ntfs_table *t, size_t volume, struct rmn_ntfs_page page)
{
	struct rmn_ntfs_entry entry;
	size_t known = 0;

	while (rmn_ntfs_page_next(&page, &entry))
		known += rmn_ntfs_names_has_record(t, (unsigned)volume, entry.reference) ||
		    rmn_ntfs_names_has_record(t, (unsigned)volume, entry.name.parent);
	return known;
}

/* The volume that a page at this place most likely belongs to; SIZE_MAX. */
static size_t
page_volume(const struct rmn_ntfs_table *t, const struct rmn_ntfs_volumes *volumes,
    uint64_t place, const struct rmn_ntfs_page *page)
{
	size_t best = SIZE_MAX, most = 0, only = SIZE_MAX, count = 0;

	for (size_t i = 0; i < volumes->count; i++)
		if (rmn_ntfs_volume_has(&volumes->list[i], place)) {
			only = i;
			count++;
		}
	if (count <= 1)
		return only;
	for (size_t i = 0; i < volumes->count; i++) {
		size_t known = rmn_ntfs_volume_has(&volumes->list[i], place) ?
		    page_known(t, i, *page) : 0;

		if (known > most) {
			most = known;
			best = i;
		}
	}
	return best;
}

static bool
page_add(const struct rmn_ntfs_table *t, struct rmn_ntfs_volumes *volumes,
    struct rmn_ntfs_names *names, uint64_t place, struct rmn_ntfs_page *page)
{
	size_t volume = page_volume(t, volumes, place, page);
	struct rmn_ntfs_entry entry;

	while (volume != SIZE_MAX && rmn_ntfs_page_next(page, &entry))
		if (rmn_ntfs_volume_is_older(&volumes->list[volume], &entry.name) &&
		    !rmn_ntfs_names_add(t, volumes, names, volume, entry.reference, &entry.name,
		    RMN_NTFS_TRUST_LOG))
			return false;
	return true;
}

enum rmn_status
rmn_ntfs_log_collect(struct rmn_recovery *r, const struct rmn_ntfs_table *t,
    struct rmn_ntfs_volumes *volumes, struct rmn_ntfs_names *names)
{
	static const unsigned kinds[] = {RMN_SIGHT_NTFS_LOG, RMN_SIGHT_NTFS_JOURNAL};
	unsigned char data[RMN_NTFS_PAGE_BYTES];

	for (size_t k = 0; k < 2; k++) {
		size_t count = rmn_sightings_count(r->sightings, kinds[k]);
		uint64_t end = 0;

		for (size_t i = 0; i < count; i++) {
			uint64_t place = rmn_sighting_offset(r->sightings, kinds[k], i);
			struct rmn_ntfs_page page;

			/* Records of the journal may also begin with a later sector of a page. */
			if (place < end || rmn_recovery_in_use(r, place))
				continue;
			rmn_disk_read(r->disk, place, data, sizeof(data));
			if (kinds[k] == RMN_SIGHT_NTFS_JOURNAL)
				rmn_ntfs_page_journal(data, sizeof(data), &page);
			else if (!rmn_ntfs_page_log(data, sizeof(data), &page))
				continue;
			if (!page_add(t, volumes, names, place, &page))
				return rmn_fail(r->error, RMN_NOMEM, "out of memory for NTFS names");
			end = page.is_journal ? place + page.at : 0;
		}
	}
	return RMN_OK;
}
