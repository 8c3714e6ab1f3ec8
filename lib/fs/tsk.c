/* SPDX-License-Identifier: MIT */
#include "fs/tsk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"

/* libtsk casts between its own struct and this one, so its must come first. */
struct external_image {
	TSK_IMG_INFO tsk;
	struct rmn_image *image;
};

/* libtsk asks for whole cache lines; what the medium does not give is zeros to it, because one bad
 * sector must not hide the 127 beside it. */
static ssize_t
external_read(TSK_IMG_INFO *tsk, TSK_OFF_T offset, char *buffer, size_t size)
{
	struct external_image *external = (struct external_image *)tsk;
	size_t got;

	if (offset < 0)
		return -1;
	rmn_image_read_around(external->image, (uint64_t)offset, buffer, size, &got, NULL, NULL,
	    NULL);
	return (ssize_t)got;
}

static void
external_close(TSK_IMG_INFO *tsk)
{
	free(tsk);
}

static void
external_stat(TSK_IMG_INFO *tsk, FILE *file)
{
	(void)tsk;
	(void)file;
}

TSK_IMG_INFO *
rmn_tsk_image_open(struct rmn_image *image)
{
	struct external_image *external = calloc(1, sizeof(*external));
	uint64_t size = rmn_image_size(image);

	if (!external || size > INT64_MAX) {
		free(external);
		return NULL;
	}
	/* libtsk reads the local times of FAT with mktime(), which would make the result depend on
	 * the machine, and open zone files from inside the sandbox. */
	setenv("TZ", "UTC0", 1);
	tzset();
	external->image = image;
	if (!tsk_img_open_external(&external->tsk, (TSK_OFF_T)size, rmn_image_sector_bytes(image),
	    external_read, external_close, external_stat)) {
		free(external);
		return NULL;
	}
	return &external->tsk;
}

void
rmn_tsk_image_close(TSK_IMG_INFO *tsk)
{
	if (tsk)
		tsk_img_close(tsk);
}

void
rmn_tsk_reason(char *text, size_t size)
{
	const char *reason = tsk_error_get();

	snprintf(text, size, "%s", reason ? reason : "no reason is known");
	text[strcspn(text, "\n")] = '\0';
	tsk_error_reset();
}

/* In the order they are tried. */
static const TSK_FS_TYPE_ENUM detected[] = {
	TSK_FS_TYPE_NTFS_DETECT, TSK_FS_TYPE_FAT_DETECT, TSK_FS_TYPE_EXT_DETECT,
	TSK_FS_TYPE_HFS_DETECT, TSK_FS_TYPE_ISO9660_DETECT, TSK_FS_TYPE_FFS_DETECT,
};

static const struct {
	TSK_FS_TYPE_ENUM type;
	const char *name;
} names[] = {
	{TSK_FS_TYPE_NTFS, "ntfs"},
	{TSK_FS_TYPE_FAT12, "fat12"},
	{TSK_FS_TYPE_FAT16, "fat16"},
	{TSK_FS_TYPE_FAT32, "fat32"},
	{TSK_FS_TYPE_EXFAT, "exfat"},
	{TSK_FS_TYPE_EXT2, "ext2"},
	{TSK_FS_TYPE_EXT3, "ext3"},
	{TSK_FS_TYPE_EXT4, "ext4"},
	{TSK_FS_TYPE_HFS, "hfsplus"},
	{TSK_FS_TYPE_HFS_LEGACY, "hfs"},
	{TSK_FS_TYPE_ISO9660, "iso9660"},
	{TSK_FS_TYPE_FFS1, "ufs"},
	{TSK_FS_TYPE_FFS1B, "ufs"},
	{TSK_FS_TYPE_FFS2, "ufs"},
};

static const char *
type_name(TSK_FS_TYPE_ENUM type)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].type == type)
			return names[i].name;
	}
	return "other";
}

enum rmn_status
rmn_tsk_fs_find(TSK_IMG_INFO *tsk, uint64_t start, struct rmn_tsk_fs *found, const char **also,
    struct rmn_error *error)
{
	struct rmn_tsk_fs first = {0};

	*also = NULL;
	for (size_t i = 0; i < sizeof(detected) / sizeof(detected[0]) && !*also; i++) {
		TSK_FS_INFO *fs = tsk_fs_open_img(tsk, (TSK_OFF_T)start, detected[i]);

		if (!fs) {
			tsk_error_reset();
		} else if (first.fs) {
			*also = type_name(fs->ftype);
			tsk_fs_close(fs);
		} else {
			first.fs = fs;
			snprintf(first.name, sizeof(first.name), "%s", type_name(fs->ftype));
		}
	}
	if (!first.fs)
		return rmn_fail(error, RMN_UNSUPPORTED, "no known file system");
	*found = first;
	return RMN_OK;
}

/* The magic of the container superblock stands behind the 32 bytes of its object header. */
static bool
is_apfs_container(TSK_IMG_INFO *tsk, uint64_t start)
{
	char magic[4];

	return start <= INT64_MAX - 36 &&
	    tsk_img_read(tsk, (TSK_OFF_T)start + 32, magic, sizeof(magic)) == sizeof(magic) &&
	    memcmp(magic, "NXSB", sizeof(magic)) == 0;
}

int
rmn_tsk_apfs_count(TSK_IMG_INFO *tsk, uint64_t start)
{
	const TSK_POOL_INFO *pool;
	int count = 0;

	if (!is_apfs_container(tsk, start))
		return 0;
	pool = tsk_pool_open_img_sing(tsk, (TSK_OFF_T)start, TSK_POOL_TYPE_APFS);
	if (!pool) {
		tsk_error_reset();
		return 0;
	}
	for (const TSK_POOL_VOLUME_INFO *volume = pool->vol_list; volume; volume = volume->next)
		count++;
	tsk_pool_close(pool);
	return count;
}

static enum rmn_status
apfs_open(TSK_IMG_INFO *tsk, uint64_t start, int index, struct rmn_tsk_fs *opened,
    struct rmn_error *error)
{
	const TSK_POOL_VOLUME_INFO *volume = NULL;
	struct rmn_tsk_fs fs = {0};
	char reason[160];

	if (is_apfs_container(tsk, start))
		fs.pool = tsk_pool_open_img_sing(tsk, (TSK_OFF_T)start, TSK_POOL_TYPE_APFS);
	if (fs.pool) {
		volume = fs.pool->vol_list;
		for (int i = 0; i < index && volume; i++)
			volume = volume->next;
	}
	if (volume)
		fs.pool_image = fs.pool->get_img_info(fs.pool, volume->block);
	if (fs.pool_image)
		fs.fs = tsk_fs_open_img(fs.pool_image, (TSK_OFF_T)start, TSK_FS_TYPE_APFS);
	if (!fs.fs) {
		rmn_tsk_fs_close(&fs);
		rmn_tsk_reason(reason, sizeof(reason));
		return rmn_fail(error, RMN_CORRUPT, "volume %d of the APFS container: %s",
		    index + 1, reason);
	}
	if (index == 0)
		snprintf(fs.name, sizeof(fs.name), "apfs");
	else
		snprintf(fs.name, sizeof(fs.name), "apfs#%d", index + 1);
	*opened = fs;
	return RMN_OK;
}

enum rmn_status
rmn_tsk_fs_open(TSK_IMG_INFO *tsk, uint64_t start, const char *name, struct rmn_tsk_fs *opened,
    struct rmn_error *error)
{
	char reason[160];
	int index = 1;

	if (strcmp(name, "apfs") == 0 || sscanf(name, "apfs#%d", &index) == 1)
		return apfs_open(tsk, start, index - 1, opened, error);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct rmn_tsk_fs fs = {0};

		if (strcmp(names[i].name, name) != 0)
			continue;
		/* The detecting types, because libtsk tells FAT12 from FAT16 only then. */
		for (size_t j = 0; j < sizeof(detected) / sizeof(detected[0]) && !fs.fs; j++) {
			if (detected[j] & names[i].type)
				fs.fs = tsk_fs_open_img(tsk, (TSK_OFF_T)start, detected[j]);
		}
		if (!fs.fs)
			break;
		snprintf(fs.name, sizeof(fs.name), "%s", name);
		*opened = fs;
		return RMN_OK;
	}
	rmn_tsk_reason(reason, sizeof(reason));
	return rmn_fail(error, RMN_CORRUPT, "no %s at byte %llu: %s", name,
	    (unsigned long long)start, reason);
}

void
rmn_tsk_fs_close(struct rmn_tsk_fs *fs)
{
	if (fs->fs)
		tsk_fs_close(fs->fs);
	if (fs->pool_image)
		tsk_img_close(fs->pool_image);
	if (fs->pool)
		tsk_pool_close(fs->pool);
	*fs = (struct rmn_tsk_fs){0};
}
