/* SPDX-License-Identifier: MIT */
#include "fs/read.h"

#include <stdlib.h>

#include "fs/tsk.h"

struct rmn_fs {
	TSK_IMG_INFO *tsk;
	struct rmn_tsk_fs opened;
};

/* The state of a blob. */
struct attribute {
	TSK_FS_FILE *file;
	const TSK_FS_ATTR *attribute;
};

enum rmn_status
rmn_fs_open(struct rmn_image *image, uint64_t start_byte, const char *filesystem,
    struct rmn_fs **opened, struct rmn_error *error)
{
	struct rmn_fs *fs = calloc(1, sizeof(*fs));
	enum rmn_status status;

	if (fs)
		fs->tsk = rmn_tsk_image_open(image);
	if (!fs || !fs->tsk) {
		rmn_fs_close(fs);
		return rmn_fail(error, RMN_NOMEM, "out of memory for the file system");
	}
	status = rmn_tsk_fs_open(fs->tsk, start_byte, filesystem, &fs->opened, error);
	if (status != RMN_OK) {
		rmn_fs_close(fs);
		return status;
	}
	*opened = fs;
	return RMN_OK;
}

void
rmn_fs_close(struct rmn_fs *fs)
{
	if (!fs)
		return;
	rmn_tsk_fs_close(&fs->opened);
	rmn_tsk_image_close(fs->tsk);
	free(fs);
}

static enum rmn_status
attribute_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	const struct attribute *a = blob->state;
	char reason[160];
	ssize_t n;

	*got = 0;
	tsk_error_reset();
	n = tsk_fs_attr_read(a->attribute, (TSK_OFF_T)offset, buffer, size,
	    TSK_FS_FILE_READ_FLAG_NONE);
	if (n < 0) {
		rmn_tsk_reason(reason, sizeof(reason));
		return rmn_fail(error, RMN_IO, "at byte %llu: %s", (unsigned long long)offset,
		    reason);
	}
	*got = (size_t)n < size ? (size_t)n : size;
	return RMN_OK;
}

static const struct rmn_blob_ops attribute_ops = {.read = attribute_read};

enum rmn_status
rmn_fs_blob_open(struct rmn_fs *fs, uint64_t inode, uint32_t attribute_type,
    uint32_t attribute_id, struct rmn_blob *blob, struct rmn_error *error)
{
	struct attribute *a = calloc(1, sizeof(*a));
	char reason[160];

	if (!a)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	tsk_error_reset();
	a->file = tsk_fs_file_open_meta(fs->opened.fs, NULL, inode);
	if (a->file)
		a->attribute = tsk_fs_file_attr_get_type(a->file,
		    (TSK_FS_ATTR_TYPE_ENUM)attribute_type, (uint16_t)attribute_id, 1);
	if (!a->attribute || a->attribute->size < 0) {
		rmn_tsk_reason(reason, sizeof(reason));
		if (a->file)
			tsk_fs_file_close(a->file);
		free(a);
		return rmn_fail(error, RMN_CORRUPT, "inode %llu: %s", (unsigned long long)inode,
		    reason);
	}
	*blob = (struct rmn_blob){&attribute_ops, (uint64_t)a->attribute->size, a, {NULL, 0}};
	return RMN_OK;
}

void
rmn_fs_blob_close(struct rmn_blob *blob)
{
	struct attribute *a = blob->state;

	if (!a || blob->ops != &attribute_ops)
		return;
	tsk_fs_file_close(a->file);
	free(a);
	*blob = (struct rmn_blob){0};
}
