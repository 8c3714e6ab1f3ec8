/* SPDX-License-Identifier: MIT
 *
 * Volumes that are recognised only: XFS (xfs_format: superblocks and AGF headers, big-endian) and
 * btrfs (superblocks, little-endian).  Their files are left to carving, and the user is told so. */
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "recover/engine.h"
#include "recover/sight.h"

#define VOLUMES_MAX 64u
#define SECTOR_BYTES_MAX 32768u

struct remains {
	unsigned char uuid[16];
	uint64_t start_byte, length_bytes;
	uint32_t block_bytes;
	unsigned copies;
	char label[256];
};

struct found {
	struct remains volumes[VOLUMES_MAX];
	size_t count;
	bool was_cut;
};

static void
label_read(struct remains *v, const unsigned char *text, size_t size)
{
	struct rmn_buf label;

	rmn_buf_init(&label, sizeof(v->label) - 1);
	rmn_found_name_utf8(&label, (struct rmn_bytes){text, strnlen((const char *)text, size)});
	snprintf(v->label, sizeof(v->label), "%s", rmn_buf_string(&label));
	rmn_buf_release(&label);
}

static uint64_t
be64(const unsigned char *p)
{
	return (uint64_t)rmn_be32(p) << 32 | rmn_be32(p + 4);
}

/* A superblock stands at the start of each allocation group; the AGF header behind it says which
 * group that is. */
static bool
xfs_read(struct rmn_disk *disk, uint64_t place, struct remains *v)
{
	unsigned char p[512], header[512];
	uint32_t sector, group = 0;
	uint64_t group_bytes, before;

	if (!rmn_disk_read(disk, place, p, sizeof(p)))
		return false;
	*v = (struct remains){.block_bytes = rmn_be32(p + 4), .copies = 1};
	sector = rmn_be16(p + 102);
	if (sector < 512 || sector > SECTOR_BYTES_MAX || v->block_bytes < 512 ||
	    (v->block_bytes & (v->block_bytes - 1)) != 0 || rmn_be32(p + 84) == 0 ||
	    rmn_be32(p + 88) == 0 || be64(p + 8) == 0 ||
	    !rmn_mul_u64(be64(p + 8), v->block_bytes, &v->length_bytes) ||
	    be64(p + 8) > (uint64_t)rmn_be32(p + 84) * rmn_be32(p + 88))
		return false;
	if (rmn_disk_read(disk, place + sector, header, sizeof(header)) &&
	    memcmp(header, "XAGF", 4) == 0 && rmn_be32(header + 8) < rmn_be32(p + 88))
		group = rmn_be32(header + 8);
	group_bytes = (uint64_t)rmn_be32(p + 84) * v->block_bytes;
	if (!rmn_mul_u64(group_bytes, group, &before) || before > place)
		return false;
	v->start_byte = place - before;
	memcpy(v->uuid, p + 32, sizeof(v->uuid));
	label_read(v, p + 108, 12);
	return true;
}

/* Three places of a device have a superblock, and each says where it stands. */
static bool
btrfs_read(struct rmn_disk *disk, uint64_t place, struct remains *v)
{
	unsigned char p[1024];
	uint64_t own;

	if (!rmn_disk_read(disk, place, p, sizeof(p)))
		return false;
	own = rmn_le64(p + 0x30);
	if ((own != 0x10000 && own != 0x4000000 && own != 0x4000000000) || own > place)
		return false;
	*v = (struct remains){.start_byte = place - own, .block_bytes = rmn_le32(p + 0x90),
	    .length_bytes = rmn_le64(p + 0xc9 + 8), .copies = 1};
	memcpy(v->uuid, p + 0x20, sizeof(v->uuid));
	label_read(v, p + 0x12b, 256);
	return v->block_bytes >= 512 && v->block_bytes <= 65536;
}

static void
remains_add(struct found *all, const struct remains *v)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->volumes[i].start_byte == v->start_byte &&
		    memcmp(all->volumes[i].uuid, v->uuid, sizeof(v->uuid)) == 0) {
			all->volumes[i].copies++;
			return;
		}
	if (all->count == VOLUMES_MAX)
		all->was_cut = true;
	else
		all->volumes[all->count++] = *v;
}

/* A partition that is there and whose file system could not be opened: this is it. */
static uint32_t
living_at(const struct rmn_recovery *r, uint64_t start_byte)
{
	for (size_t i = 0; i < r->living_count; i++)
		if (!r->living[i].has_file_system && r->living[i].volume.number != 0 &&
		    r->living[i].volume.start_byte == start_byte)
			return r->living[i].volume.number;
	return 0;
}

static enum rmn_status
remains_give(struct rmn_recovery *r, const struct remains *v, const char *filesystem,
    const char *title)
{
	struct rmn_found_volume volume = {.start_byte = v->start_byte,
	    .length_bytes = v->length_bytes, .block_bytes = v->block_bytes,
	    .living = living_at(r, v->start_byte), .is_recognised_only = true};
	char reason[160];
	uint32_t number;
	enum rmn_status status;

	snprintf(volume.filesystem, sizeof(volume.filesystem), "%s", filesystem);
	snprintf(volume.label, sizeof(volume.label), "%s", v->label);
	snprintf(volume.evidence, sizeof(volume.evidence), "%u superblock cop%s", v->copies,
	    v->copies == 1 ? "y" : "ies");
	status = rmn_found_volume_add(r, &volume, &number);
	snprintf(reason, sizeof(reason), volume.living ?
	    "%s volume at byte %llu: this version finds its files by carving only" :
	    "remains of %s volume at byte %llu: its files are found by carving only", title,
	    (unsigned long long)v->start_byte);
	if (status == RMN_OK && r->unexamined)
		r->unexamined(r->context, number, "recovery", reason);
	return status;
}

static enum rmn_status
kind_run(struct rmn_recovery *r, unsigned kind, const char *filesystem, const char *title,
    bool (*read)(struct rmn_disk *disk, uint64_t place, struct remains *v))
{
	enum rmn_status status = RMN_OK;
	struct found all = {.count = 0};
	struct remains v;

	for (size_t i = 0; i < rmn_sightings_count(r->sightings, kind); i++) {
		uint64_t place = rmn_sighting_offset(r->sightings, kind, i);

		if (!rmn_recovery_in_use(r, place) && read(r->disk, place, &v))
			remains_add(&all, &v);
	}
	for (size_t i = 0; i < all.count && status == RMN_OK; i++)
		status = remains_give(r, &all.volumes[i], filesystem, title);
	if (all.was_cut && r->unexamined)
		r->unexamined(r->context, UINT32_MAX, "recovery",
		    "more volumes of a kind than are listed");
	return status;
}

enum rmn_status
rmn_recover_other(struct rmn_recovery *r)
{
	enum rmn_status status = kind_run(r, RMN_SIGHT_XFS_SUPER, "xfs", "an XFS", xfs_read);

	return status == RMN_OK ? kind_run(r, RMN_SIGHT_BTRFS_SUPER, "btrfs", "a btrfs",
	    btrfs_read) : status;
}
