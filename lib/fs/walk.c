/* SPDX-License-Identifier: MIT
 *
 * The walk of a whole source: its partitions, each with its file system or without, and last what
 * is in no partition.  A byte belongs to the first volume that covers it. */
#include "fs/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/partitions.h"
#include "fs/volume.h"

struct source_walk {
	TSK_IMG_INFO *tsk;
	const struct rmn_walk_options *options;	/* may be NULL */
	const struct rmn_walk_sink *sink;
	uint64_t size_bytes;
	struct rmn_ranges free;		/* bytes that no volume has yet */
	struct rmn_ranges *owned;	/* of each partition */
	uint32_t volume_count;
	bool is_partial;
	struct rmn_error *error;
};

static const char *const kind_names[] = {
	[RMN_ITEM_FILE] = "file", [RMN_ITEM_DIRECTORY] = "directory",
	[RMN_ITEM_SYMLINK] = "symlink", [RMN_ITEM_SPECIAL] = "special",
	[RMN_ITEM_STREAM] = "stream", [RMN_ITEM_METADATA] = "metadata",
	[RMN_ITEM_SPACE] = "space", [RMN_ITEM_MEMBER] = "member",
};

static const char *const state_names[] = {
	[RMN_ALLOCATED] = "allocated", [RMN_DELETED] = "deleted", [RMN_LOST] = "lost",
	[RMN_CARVED] = "carved", [RMN_RESIDUE] = "residue", [RMN_MEMBER] = "member",
};

const char *
rmn_item_kind_name(enum rmn_item_kind kind)
{
	return kind_names[kind];
}

const char *
rmn_item_state_name(enum rmn_item_state state)
{
	return state_names[state];
}

const char *
rmn_name_source_word(enum rmn_name_source source)
{
	static const char *const words[] = {"catalogue", "record", "deleted-record", "stale-record",
	    "index", "none"};

	return words[source];
}

static enum rmn_status
unexamined(struct source_walk *s, uint32_t volume, const char *stage, const char *reason)
{
	s->is_partial = true;
	return s->sink->unexamined ? s->sink->unexamined(s->sink->context, volume, stage, reason) :
	    RMN_OK;
}

static void
volume_init(struct source_walk *s, const struct rmn_partition *partition,
    struct rmn_volume *volume)
{
	*volume = (struct rmn_volume){
		.number = ++s->volume_count,
		.start_byte = partition->start_byte,
		.length_bytes = partition->length_bytes,
		.block_bytes = s->tsk->sector_size,
	};
	snprintf(volume->slot, sizeof(volume->slot), "%s", partition->slot);
	snprintf(volume->description, sizeof(volume->description), "%s", partition->description);
}

/* Gives the partition the bytes that it covers and nobody has. */
static enum rmn_status
bytes_take(struct source_walk *s, const struct rmn_partition *partition, struct rmn_ranges *owned)
{
	rmn_ranges_add(owned, partition->start_byte,
	    partition->start_byte + partition->length_bytes, 0);
	rmn_ranges_intersect(owned, &s->free);
	rmn_ranges_subtract(&s->free, owned);
	if (owned->failed || s->free.failed)
		return rmn_fail(s->error, RMN_NOMEM, "out of memory");
	return RMN_OK;
}

/* Says what is opened next, because that may be the last that is heard of this process. */
static void
opening(const struct source_walk *s, uint64_t start, uint32_t volume)
{
	if (s->sink->opening)
		s->sink->opening(s->sink->context, start, volume);
}

/* Whether opening what starts there killed an earlier walker. */
static bool
start_is_skipped(const struct source_walk *s, uint64_t start)
{
	for (size_t i = 0; s->options && i < s->options->skip_start_count; i++)
		if (s->options->skip_starts[i] == start)
			return true;
	return false;
}

static bool
has_file_system(struct source_walk *s, uint64_t start)
{
	struct rmn_tsk_fs fs = {0};
	const char *also;

	if (start_is_skipped(s, start))
		return false;
	opening(s, start, 0);
	if (rmn_tsk_apfs_count(s->tsk, start) > 0)
		return true;
	rmn_tsk_fs_find(s->tsk, start, &fs, &also, NULL);
	if (!fs.fs)
		return false;
	rmn_tsk_fs_close(&fs);
	return true;
}

/* A table without a single file system behind it, on a source that is one (an ISO image that can
 * also boot from a stick), is left aside. */
static void
whole_prefer(struct source_walk *s, struct rmn_partitions *partitions)
{
	for (size_t i = 0; i < partitions->count; i++) {
		if (has_file_system(s, partitions->items[i].start_byte))
			return;
	}
	if (has_file_system(s, 0)) {
		partitions->items[0] = (struct rmn_partition){.length_bytes = s->size_bytes};
		partitions->count = 1;
	}
}

/* Partitions with a file system come first: an entry that only covers them (an old table, a
 * hostile one) must not take their bytes, which would be examined twice then. */
static enum rmn_status
bytes_share(struct source_walk *s, const struct rmn_partitions *partitions)
{
	bool *has_fs = calloc(partitions->count, sizeof(*has_fs));
	enum rmn_status status = RMN_OK;

	s->owned = calloc(partitions->count, sizeof(*s->owned));
	if (!s->owned || !has_fs)
		status = rmn_fail(s->error, RMN_NOMEM, "out of memory");
	for (size_t i = 0; i < partitions->count && status == RMN_OK; i++) {
		has_fs[i] = has_file_system(s, partitions->items[i].start_byte);
		if (has_fs[i])
			status = bytes_take(s, &partitions->items[i], &s->owned[i]);
	}
	for (size_t i = 0; i < partitions->count && status == RMN_OK; i++) {
		if (!has_fs[i])
			status = bytes_take(s, &partitions->items[i], &s->owned[i]);
	}
	free(has_fs);
	return status;
}

/* Names of one file system; its claims are added. */
static enum rmn_status
names_walk(struct source_walk *s, const struct rmn_volume *volume, const struct rmn_tsk_fs *fs,
    struct rmn_claims *claims)
{
	struct rmn_volume_walk w = {
		.sink = s->sink, .volume = volume, .fs = fs->fs, .claims = claims,
		.without_orphans = s->options && s->options->without_orphans,
		.orphans_elsewhere = s->options && s->options->orphans_elsewhere &&
		    (TSK_FS_TYPE_ISFAT(fs->fs->ftype) || TSK_FS_TYPE_ISEXT(fs->fs->ftype)),
		.error = s->error,
	};
	enum rmn_status status;

	rmn_fs_blocks_init(&w.blocks, fs);
	rmn_buf_init(&w.path, 0);
	status = rmn_volume_names(&w);
	s->is_partial |= w.is_partial;
	rmn_fs_blocks_release(&w.blocks);
	rmn_inodes_release(&w.files);
	rmn_inodes_release(&w.folders);
	rmn_buf_release(&w.path);
	free(w.extents);
	free(w.named);
	return status;
}

static enum rmn_status
volume_announce(struct source_walk *s, struct rmn_volume *volume, const struct rmn_tsk_fs *fs)
{
	snprintf(volume->filesystem, sizeof(volume->filesystem), "%s", fs->name);
	if (fs->fs) {
		volume->block_bytes = fs->fs->block_size;
		rmn_volume_label(fs, volume->label, sizeof(volume->label));
	}
	return s->sink->volume ? s->sink->volume(s->sink->context, volume) : RMN_OK;
}

/* One volume with the file system fs, or with none (fs->fs is NULL). */
static enum rmn_status
volume_walk(struct source_walk *s, struct rmn_volume *volume, const struct rmn_tsk_fs *fs,
    struct rmn_ranges *owned)
{
	struct rmn_claims claims = {0};
	struct rmn_fs_blocks in_fs = {0};
	const struct rmn_blocks blocks = {&in_fs, rmn_fs_blocks_classify};
	enum rmn_status status = volume_announce(s, volume, fs);

	if (status == RMN_OK && fs->fs)
		status = names_walk(s, volume, fs, &claims);
	if (status == RMN_OK && fs->fs)
		rmn_fs_blocks_init(&in_fs, fs);
	if (status == RMN_OK)
		status = rmn_space_emit(volume->number, owned, &claims, fs->fs ? &blocks : NULL,
		    s->sink, s->error);
	rmn_fs_blocks_release(&in_fs);
	rmn_claims_release(&claims);
	return status;
}

/* Whether the next volume's file system killed an earlier walker. */
static bool
next_is_skipped(const struct source_walk *s)
{
	if (!s->options)
		return false;
	for (size_t i = 0; i < s->options->skip_volume_count; i++)
		if (s->options->skip_volumes[i] == s->volume_count + 1)
			return true;
	return false;
}

/* The volumes of an APFS container share its blocks: one map for all, reported with the first. */
static enum rmn_status
container_walk(struct source_walk *s, const struct rmn_partition *partition, int count,
    struct rmn_ranges *owned)
{
	struct rmn_volume first = {0}, volume = {0};
	struct rmn_claims claims = {0};
	struct rmn_fs_blocks in_fs = {0};
	const struct rmn_blocks blocks = {&in_fs, rmn_fs_blocks_classify};
	struct rmn_tsk_fs fs = {0};
	enum rmn_status status = RMN_OK;
	bool is_known = false;

	for (int i = 0; i < count && status == RMN_OK; i++) {
		struct rmn_error error = {0};
		char name[16];
		bool is_skipped = next_is_skipped(s);

		volume_init(s, partition, &volume);
		opening(s, partition->start_byte, volume.number);
		snprintf(name, sizeof(name), i ? "apfs#%d" : "apfs", i + 1);
		if (is_skipped)
			rmn_fail(&error, RMN_PARTIAL, "the file-system reader stopped here");
		if (is_skipped || rmn_tsk_fs_open(s->tsk, volume.start_byte, name, &fs,
		    &error) != RMN_OK) {
			snprintf(fs.name, sizeof(fs.name), "%s", name);
			status = volume_announce(s, &volume, &fs);
			if (status == RMN_OK)
				status = unexamined(s, volume.number, "volume", error.text);
		} else {
			status = volume_announce(s, &volume, &fs);
			if (status == RMN_OK)
				status = names_walk(s, &volume, &fs, &claims);
			if (!is_known)
				rmn_fs_blocks_init(&in_fs, &fs);
			is_known = true;
		}
		if (i == 0)
			first = volume;
		rmn_tsk_fs_close(&fs);
	}
	if (status == RMN_OK)
		status = rmn_space_emit(first.number, owned, &claims, is_known ? &blocks : NULL,
		    s->sink, s->error);
	for (uint32_t n = first.number + 1; n <= volume.number && status == RMN_OK; n++)
		status = s->sink->ledger ? s->sink->ledger(s->sink->context, n, 0, 0) : RMN_OK;
	rmn_fs_blocks_release(&in_fs);
	rmn_claims_release(&claims);
	return status;
}

/* Volumes whose files libtsk cannot list, because they are locked or of a kind it does not read: their
 * bytes are examined as space, and why there are no files is said. */
static const struct {
	uint32_t offset;
	const char *magic, *reason;
} unlisted[] = {
	{3, "-FVE-FS-", "the volume is encrypted by BitLocker"},
	{0, "LUKS\xba\xbe", "the volume is encrypted by LUKS"},
	{0, "EncryptedRoot", "the volume is encrypted"},
	{1024, "BD", "an HFS volume of before HFS+: its files are not listed"},
	{0, "XFSB", "an XFS volume: its files are not listed"},
	{32769, "BEA01", "a UDF volume: its files are not listed"},
	{65600, "_BHRfS_M", "a btrfs volume: its files are not listed"},
	{3, "ReFS", "a ReFS volume: its files are not listed"},
	{1024, "\x10\x20\xf5\xf2", "an F2FS volume: its files are not listed"},
	{0, "hsqs", "a SquashFS volume: its files are not listed"},
};

static enum rmn_status
unlisted_report(struct source_walk *s, const struct rmn_volume *volume)
{
	for (size_t i = 0; i < sizeof(unlisted) / sizeof(unlisted[0]); i++) {
		char found[16];
		size_t size = strlen(unlisted[i].magic);

		if (tsk_img_read(s->tsk, (TSK_OFF_T)(volume->start_byte + unlisted[i].offset), found,
		    size) == (ssize_t)size && memcmp(found, unlisted[i].magic, size) == 0)
			return unexamined(s, volume->number, "volume", unlisted[i].reason);
	}
	return RMN_OK;
}

/* Discs may have both: descriptors of UDF follow those of ISO 9660. */
static bool
has_udf(struct source_walk *s, const struct rmn_volume *volume)
{
	for (unsigned sector = 17; sector < 32; sector++) {
		char found[4];

		if (tsk_img_read(s->tsk, (TSK_OFF_T)(volume->start_byte + sector * 2048 + 1), found,
		    sizeof(found)) == sizeof(found) && memcmp(found, "NSR0", 4) == 0)
			return true;
	}
	return false;
}

/* A source that was copied in part: what is missing cannot even be counted as space. */
static enum rmn_status
cut_report(struct source_walk *s, const struct rmn_volume *volume, const struct rmn_tsk_fs *fs)
{
	char reason[96];

	if (fs->fs->last_block_act >= fs->fs->last_block)
		return RMN_OK;
	snprintf(reason, sizeof(reason), "the source ends before the file system does: %llu blocks "
	    "of %u bytes are missing", (unsigned long long)(fs->fs->last_block -
	    fs->fs->last_block_act), fs->fs->block_size);
	return unexamined(s, volume->number, "volume", reason);
}

static enum rmn_status
skipped_walk(struct source_walk *s, const struct rmn_partition *partition,
    struct rmn_ranges *owned)
{
	struct rmn_tsk_fs none = {0};
	struct rmn_volume volume;
	enum rmn_status status;

	volume_init(s, partition, &volume);
	status = volume_walk(s, &volume, &none, owned);
	return status == RMN_OK ? unexamined(s, volume.number, "walk",
	    "the file-system reader stopped here; the bytes were examined as space without files") :
	    status;
}

static enum rmn_status
partition_walk(struct source_walk *s, const struct rmn_partition *partition,
    struct rmn_ranges *owned)
{
	int count;
	struct rmn_tsk_fs fs = {0};
	struct rmn_volume volume;
	const char *also = NULL;
	enum rmn_status status;
	char reason[96];

	if (next_is_skipped(s) || start_is_skipped(s, partition->start_byte))
		return skipped_walk(s, partition, owned);
	opening(s, partition->start_byte, s->volume_count + 1);
	count = rmn_tsk_apfs_count(s->tsk, partition->start_byte);
	if (count > 0)
		return container_walk(s, partition, count, owned);
	volume_init(s, partition, &volume);
	rmn_tsk_fs_find(s->tsk, partition->start_byte, &fs, &also, NULL);
	status = volume_walk(s, &volume, &fs, owned);
	if (fs.fs && strcmp(fs.name, "iso9660") == 0 && has_udf(s, &volume))
		also = "udf";
	if (status == RMN_OK && also) {
		snprintf(reason, sizeof(reason), "a second file system (%s) starts at the same "
		    "place and was not walked", also);
		status = unexamined(s, volume.number, "volume", reason);
	}
	if (status == RMN_OK && !fs.fs)
		status = unlisted_report(s, &volume);
	if (status == RMN_OK && fs.fs)
		status = cut_report(s, &volume, &fs);
	rmn_tsk_fs_close(&fs);
	return status;
}

/* What is in no volume: partition tables and the gaps between partitions. */
static enum rmn_status
rest_emit(struct source_walk *s)
{
	struct rmn_claims claims = {0};
	enum rmn_status status;

	if (s->free.count == 0)
		return RMN_OK;
	status = rmn_space_emit(0, &s->free, &claims, NULL, s->sink, s->error);
	rmn_claims_release(&claims);
	return status;
}

enum rmn_status
rmn_walk_image(struct rmn_image *image, const struct rmn_walk_options *options,
    const struct rmn_walk_sink *sink, struct rmn_error *error)
{
	struct source_walk s = {.options = options, .sink = sink,
	    .size_bytes = rmn_image_size(image), .error = error};
	struct rmn_partitions partitions = {0};
	enum rmn_status status;

	s.tsk = rmn_tsk_image_open(image);
	if (!s.tsk)
		return rmn_fail(error, RMN_NOMEM, "out of memory for the image");
	rmn_ranges_add(&s.free, 0, s.size_bytes, 0);
	if (options && options->without_file_systems)
		status = unexamined(&s, 0, "walk", "the file-system reader stopped on this source; "
		    "its bytes were examined as space without files");
	else
		status = rmn_partitions_find(s.tsk, s.size_bytes, &partitions, error);
	if (status == RMN_OK && partitions.count > 0 && partitions.items[0].slot[0])
		whole_prefer(&s, &partitions);
	if (status == RMN_OK)
		status = bytes_share(&s, &partitions);
	for (size_t i = 0; i < partitions.count && status == RMN_OK; i++)
		status = partition_walk(&s, &partitions.items[i], &s.owned[i]);
	if (status == RMN_OK)
		status = rest_emit(&s);
	for (size_t i = 0; i < partitions.count && s.owned; i++)
		rmn_ranges_release(&s.owned[i]);
	free(s.owned);
	rmn_partitions_release(&partitions);
	rmn_ranges_release(&s.free);
	rmn_tsk_image_close(s.tsk);
	return status == RMN_OK && s.is_partial ? RMN_PARTIAL : status;
}
