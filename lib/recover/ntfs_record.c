/* SPDX-License-Identifier: MIT */
#include "recover/ntfs_record.h"

#include <string.h>

#include "base/checked.h"
#include "base/sectors.h"
#include "base/time.h"
#include "recover/sight.h"

#define RECORD_IN_USE 1u
#define RECORD_FOLDER 2u
#define END_OF_ATTRIBUTES 0xffffffffu
#define TICKS_TO_1970 116444736000000000ull
#define PLACE_WITH_NUMBER 0x30u		/* of the update sequence, where the head has 0x2C */

bool
rmn_ntfs_fix(unsigned char *data, size_t size, uint64_t *bad)
{
	size_t place, words, sectors = size / RMN_SECTOR_BYTES;

	*bad = 0;
	if (size < RMN_SECTOR_BYTES)
		return false;
	place = rmn_le16(data + 4);
	words = rmn_le16(data + 6);
	if (words != sectors + 1 || place % 2 != 0 || place < 0x28 ||
	    place + 2 * words > RMN_SECTOR_BYTES - 2)
		return false;
	for (size_t i = 0; i < sectors; i++) {
		unsigned char *end = data + (i + 1) * RMN_SECTOR_BYTES - 2;

		if (memcmp(end, data + place, 2) != 0)
			*bad |= 1ull << rmn_min_size(i, 63);
		memcpy(end, data + place + 2 * (i + 1), 2);
	}
	return true;
}

bool
rmn_ntfs_record_parse(struct rmn_bytes data, uint64_t place, struct rmn_ntfs_record *r)
{
	const unsigned char *p = r->data;
	unsigned flags;
	uint64_t bad;

	if (data.size < RMN_SECTOR_BYTES || memcmp(data.data, "FILE", 4) != 0)
		return false;
	r->size = rmn_le32(data.data + 28);
	if ((r->size != 1024 && r->size != 2048 && r->size != 4096) || r->size > data.size)
		return false;
	memcpy(r->data, data.data, r->size);
	if (!rmn_ntfs_fix(r->data, r->size, &bad) || bad & 1)
		return false;
	r->place = place;
	r->bad_sectors = (uint8_t)bad;
	r->update_place = (uint16_t)rmn_le16(p + 4);
	r->lsn = rmn_le64(p + 8);
	r->sequence = (uint16_t)rmn_le16(p + 16);
	r->links = (uint16_t)rmn_le16(p + 18);
	r->first = (uint16_t)rmn_le16(p + 20);
	flags = rmn_le16(p + 22);
	r->is_in_use = flags & RECORD_IN_USE;
	r->is_folder = flags & RECORD_FOLDER;
	r->base = rmn_le64(p + 32);
	r->has_number = r->update_place >= PLACE_WITH_NUMBER;
	r->number = r->has_number ? rmn_le32(p + 44) : 0;
	return r->first >= 0x2a && r->first < RMN_SECTOR_BYTES && r->first % 8 == 0;
}

bool
rmn_ntfs_record_load(struct rmn_disk *disk, uint64_t place, struct rmn_ntfs_record *r)
{
	unsigned char data[RMN_NTFS_RECORD_MAX];
	size_t size;

	rmn_disk_read(disk, place, data, RMN_SECTOR_BYTES);
	size = memcmp(data, "FILE", 4) == 0 ? rmn_le32(data + 28) : 0;
	if (size < 2 * RMN_SECTOR_BYTES || size > sizeof(data))
		return false;
	rmn_disk_read(disk, place, data, size);
	return rmn_ntfs_record_parse((struct rmn_bytes){data, size}, place, r);
}

/* Whether all sectors of [from, from + size) are good; the range lies in the record. */
static bool
range_is_good(const struct rmn_ntfs_record *r, size_t from, size_t size)
{
	size_t last = (from + size - (size > 0)) / RMN_SECTOR_BYTES;

	for (size_t i = from / RMN_SECTOR_BYTES; i <= last; i++)
		if (r->bad_sectors >> i & 1)
			return false;
	return true;
}

static bool
attribute_resident(struct rmn_cursor c, struct rmn_ntfs_attribute *a)
{
	uint32_t size;
	uint16_t at;

	if (!rmn_cursor_seek(&c, 16) || !rmn_cursor_le32(&c, &size) ||
	    !rmn_cursor_le16(&c, &at) || !rmn_cursor_seek(&c, at))
		return false;
	a->value_at = at;
	return rmn_cursor_take(&c, size, &a->value);
}

static bool
attribute_spread(struct rmn_cursor c, struct rmn_ntfs_attribute *a)
{
	uint16_t runs_at, shift;

	if (!rmn_cursor_seek(&c, 16) || !rmn_cursor_le64(&c, &a->first_cluster) ||
	    !rmn_cursor_le64(&c, &a->last_cluster) || !rmn_cursor_le16(&c, &runs_at) ||
	    !rmn_cursor_le16(&c, &shift) || !rmn_cursor_skip(&c, 4))
		return false;
	a->unit_shift = (shift & 0xff) <= 8 ? shift & 0xff : 0;
	if (a->first_cluster == 0 && (!rmn_cursor_le64(&c, &a->allocated_bytes) ||
	    !rmn_cursor_le64(&c, &a->size_bytes) || !rmn_cursor_le64(&c, &a->valid_bytes)))
		return false;
	/* An empty stream has no runs: its last cluster is -1. */
	return rmn_cursor_seek(&c, runs_at) &&
	    rmn_cursor_take(&c, rmn_cursor_left(&c), &a->runs);
}

/* One attribute in its own bytes. */
static bool
attribute_read(struct rmn_bytes bytes, struct rmn_ntfs_attribute *a)
{
	struct rmn_cursor c = rmn_cursor_over(bytes), name;
	uint8_t spread, name_units;
	uint16_t name_at;
	uint32_t size;

	if (!rmn_cursor_le32(&c, &a->type) || !rmn_cursor_le32(&c, &size) ||
	    !rmn_cursor_u8(&c, &spread) || !rmn_cursor_u8(&c, &name_units) ||
	    !rmn_cursor_le16(&c, &name_at) || !rmn_cursor_le16(&c, &a->flags))
		return false;
	name = c;
	if (name_units > 0 && (!rmn_cursor_seek(&name, name_at) ||
	    !rmn_cursor_take(&name, 2 * (size_t)name_units, &a->name)))
		return false;
	a->is_resident = spread == 0;
	return a->is_resident ? attribute_resident(c, a) : attribute_spread(c, a);
}

bool
rmn_ntfs_attribute_next(const struct rmn_ntfs_record *r, size_t *at,
    struct rmn_ntfs_attribute *a)
{
	while (*at <= r->size - 16 && range_is_good(r, *at, 16)) {
		size_t from = *at, size = rmn_le32(r->data + from + 4);

		if (rmn_le32(r->data + from) == END_OF_ATTRIBUTES || size < 16 ||
		    size % 8 != 0 || size > r->size - from)
			return false;
		*at = from + size;
		*a = (struct rmn_ntfs_attribute){0};
		if (range_is_good(r, from, size) &&
		    attribute_read((struct rmn_bytes){r->data + from, size}, a)) {
			a->value_at += from;
			return true;
		}
	}
	return false;
}

static bool
number_take(struct rmn_cursor *c, unsigned size, bool is_signed, uint64_t *number)
{
	struct rmn_bytes bytes;

	*number = 0;
	if (size > 8 || !rmn_cursor_take(c, size, &bytes))
		return false;
	for (unsigned i = size; i-- > 0;)
		*number = *number << 8 | bytes.data[i];
	if (is_signed && size > 0 && size < 8 && bytes.data[size - 1] & 0x80)
		*number |= UINT64_MAX << (8 * size);
	return true;
}

bool
rmn_ntfs_run_next(struct rmn_cursor *c, uint64_t *at, struct rmn_ntfs_run *run)
{
	uint64_t step;
	uint8_t head;

	if (!rmn_cursor_u8(c, &head) || head == 0 ||
	    !number_take(c, head & 15u, false, &run->count) ||
	    !number_take(c, head >> 4, true, &step))
		return false;
	if (run->count == 0 || run->count > (uint64_t)1 << 48)
		return false;
	run->cluster = RMN_NTFS_HOLE;
	if (head >> 4 == 0)
		return true;
	*at += step;			/* wraps as the difference may be negative */
	run->cluster = *at;
	return *at < (uint64_t)1 << 48;
}

int64_t
rmn_ntfs_time(uint64_t ticks)
{
	int64_t since_1970 = (int64_t)(ticks - TICKS_TO_1970), time_ns;

	if (ticks == 0 || ticks > INT64_MAX || __builtin_mul_overflow(since_1970, 100, &time_ns))
		return RMN_TIME_UNKNOWN;
	return time_ns;
}

bool
rmn_ntfs_time_is_plausible(int64_t time_ns)
{
	return time_ns >= rmn_time_from_unix(315532800, 0) &&
	    time_ns < rmn_time_from_unix(4354819200, 0);
}

static bool
time_take(struct rmn_cursor *c, int64_t *time_ns)
{
	uint64_t ticks;

	if (!rmn_cursor_le64(c, &ticks))
		return false;
	*time_ns = rmn_ntfs_time(ticks);
	return true;
}

bool
rmn_ntfs_name_read(struct rmn_bytes value, struct rmn_ntfs_name *name)
{
	struct rmn_cursor c = rmn_cursor_over(value);
	struct rmn_ntfs_name n = {0};
	uint8_t units, space;

	if (!rmn_cursor_le64(&c, &n.parent) || !time_take(&c, &n.created) ||
	    !time_take(&c, &n.modified) || !time_take(&c, &n.changed) ||
	    !time_take(&c, &n.accessed) || !rmn_cursor_le64(&c, &n.allocated_bytes) ||
	    !rmn_cursor_le64(&c, &n.size_bytes) || !rmn_cursor_le32(&c, &n.flags) ||
	    !rmn_cursor_skip(&c, 4) || !rmn_cursor_u8(&c, &units) ||
	    !rmn_cursor_u8(&c, &space) || !rmn_cursor_take(&c, 2 * (size_t)units, &n.units))
		return false;
	if (units == 0 || space > 3)
		return false;
	for (size_t i = 0; i < n.units.size; i += 2)
		if (rmn_le16(n.units.data + i) == 0)
			return false;
	n.space = space;
	*name = n;
	return true;
}
