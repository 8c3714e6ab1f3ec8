/* SPDX-License-Identifier: MIT
 *
 * Volume labels, where libtsk gives none: each file system keeps its own at one known place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/utf8.h"
#include "fs/volume.h"

#define LABEL_BYTES_MAX 512
#define NTFS_VOLUME_INODE 3

/* Fixed places in the volume, padded with NULs or blanks. */
static const struct {
	const char *filesystem;
	uint32_t offset, size;
} places[] = {
	{"fat12", 43, 11},
	{"fat16", 43, 11},
	{"fat32", 71, 11},
	{"ext2", 1024 + 120, 16},
	{"ext3", 1024 + 120, 16},
	{"ext4", 1024 + 120, 16},
	{"iso9660", 16 * 2048 + 40, 32},
};

static void
label_set(const unsigned char *bytes, size_t length, char *label, size_t size)
{
	struct rmn_bytes raw;
	struct rmn_buf text;

	while (length && (bytes[length - 1] == ' ' || bytes[length - 1] == '\0'))
		length--;
	raw = (struct rmn_bytes){bytes, length};
	rmn_buf_init(&text, 0);
	for (size_t at = 0; at < raw.size;)
		rmn_buf_append_utf8(&text, rmn_utf8_next(raw, &at, NULL));
	raw = rmn_utf8_head(rmn_buf_bytes(&text), size - 1);
	if (raw.size)
		memcpy(label, raw.data, raw.size);
	label[raw.size] = '\0';
	rmn_buf_release(&text);
}

static void
label_set_utf16le(const unsigned char *bytes, size_t length, char *label, size_t size)
{
	struct rmn_cursor c = rmn_cursor_over((struct rmn_bytes){bytes, length});
	struct rmn_buf text;
	uint16_t unit, low;

	rmn_buf_init(&text, 0);
	while (rmn_cursor_le16(&c, &unit)) {
		uint32_t code = unit;
		struct rmn_cursor next = c;

		if (unit >= 0xd800 && unit < 0xdc00 && rmn_cursor_le16(&next, &low) &&
		    low >= 0xdc00 && low < 0xe000) {
			code = 0x10000 + ((uint32_t)(unit - 0xd800) << 10) + (low - 0xdc00u);
			c = next;
		}
		rmn_buf_append_utf8(&text, code);
	}
	label_set(text.data, text.size, label, size);
	rmn_buf_release(&text);
}

static void
ntfs_label(TSK_FS_INFO *fs, char *label, size_t size)
{
	TSK_FS_FILE *file = tsk_fs_file_open_meta(fs, NULL, NTFS_VOLUME_INODE);
	const TSK_FS_ATTR *name = NULL;
	char bytes[LABEL_BYTES_MAX];
	ssize_t got = 0;

	if (file)
		name = tsk_fs_file_attr_get_type(file, TSK_FS_ATTR_TYPE_NTFS_VNAME, 0, 0);
	if (name)
		got = tsk_fs_attr_read(name, 0, bytes, sizeof(bytes), TSK_FS_FILE_READ_FLAG_NONE);
	if (got > 0)
		label_set_utf16le((const unsigned char *)bytes, (size_t)got, label, size);
	if (file)
		tsk_fs_file_close(file);
}

/* HFS+ keeps it as the name of the root folder, which libtsk tells only in its report. */
static void
hfs_label(TSK_FS_INFO *fs, char *label, size_t size)
{
	static const char key[] = "Volume Name: ";
	char *report = NULL;
	size_t report_bytes = 0;
	FILE *stream = open_memstream(&report, &report_bytes);
	const char *name;

	if (!stream)
		return;
	fs->fsstat(fs, stream);
	fclose(stream);
	name = report ? strstr(report, key) : NULL;
	if (name) {
		name += strlen(key);
		label_set((const unsigned char *)name, strcspn(name, "\n"), label, size);
	}
	free(report);
}

static void
apfs_label(const struct rmn_tsk_fs *fs, char *label, size_t size)
{
	const TSK_POOL_VOLUME_INFO *volume = fs->pool ? fs->pool->vol_list : NULL;
	int index = 1;

	sscanf(fs->name, "apfs#%d", &index);
	while (volume && --index > 0)
		volume = volume->next;
	if (volume && volume->desc)
		label_set((const unsigned char *)volume->desc, strlen(volume->desc), label, size);
}

void
rmn_volume_label(const struct rmn_tsk_fs *fs, char *label, size_t size)
{
	unsigned char bytes[32];

	label[0] = '\0';
	if (strcmp(fs->name, "ntfs") == 0)
		ntfs_label(fs->fs, label, size);
	else if (strcmp(fs->name, "hfsplus") == 0)
		hfs_label(fs->fs, label, size);
	else if (strncmp(fs->name, "apfs", 4) == 0)
		apfs_label(fs, label, size);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (strcmp(fs->name, places[i].filesystem) != 0)
			continue;
		if (tsk_fs_read(fs->fs, places[i].offset, (char *)bytes, places[i].size) ==
		    (ssize_t)places[i].size)
			label_set(bytes, places[i].size, label, size);
	}
	if (strcmp(label, "NO NAME") == 0)
		label[0] = '\0';
	tsk_error_reset();
}
