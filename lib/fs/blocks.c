/* SPDX-License-Identifier: MIT */
#include "fs/blocks.h"

#include <stdlib.h>

#include "base/checked.h"
#include "base/cursor.h"

#define NTFS_BITMAP_INODE 6
#define PIECE_BYTES 65536

/* Where the clusters of a FAT volume start and how many sectors each has; leaves the blocks
 * single when the boot sector does not say it plainly. */
static void
fat_clusters(struct rmn_fs_blocks *b)
{
	unsigned char sector[512];
	struct rmn_cursor c = rmn_cursor_over((struct rmn_bytes){sector, sizeof(sector)});
	uint8_t per_cluster, fats;
	uint16_t reserved, roots, fat16;
	uint32_t fat32;

	if (tsk_fs_read(b->fs, 0, (char *)sector, sizeof(sector)) != sizeof(sector))
		return;
	if (!rmn_cursor_seek(&c, 13) || !rmn_cursor_u8(&c, &per_cluster) ||
	    !rmn_cursor_le16(&c, &reserved) || !rmn_cursor_u8(&c, &fats) ||
	    !rmn_cursor_le16(&c, &roots) || !rmn_cursor_seek(&c, 22) ||
	    !rmn_cursor_le16(&c, &fat16) || !rmn_cursor_seek(&c, 36) ||
	    !rmn_cursor_le32(&c, &fat32))
		return;
	if (per_cluster == 0 || (per_cluster & (per_cluster - 1)) != 0)
		return;
	b->cluster_blocks = per_cluster;
	b->cluster_start = reserved + (uint64_t)fats * (fat16 ? fat16 : fat32) +
	    (roots * 32u + b->block_bytes - 1) / b->block_bytes;
}

static void
exfat_clusters(struct rmn_fs_blocks *b)
{
	unsigned char sector[512];
	struct rmn_cursor c = rmn_cursor_over((struct rmn_bytes){sector, sizeof(sector)});
	uint32_t heap;
	uint8_t shift;

	if (tsk_fs_read(b->fs, 0, (char *)sector, sizeof(sector)) != sizeof(sector))
		return;
	if (!rmn_cursor_seek(&c, 88) || !rmn_cursor_le32(&c, &heap) ||
	    !rmn_cursor_seek(&c, 109) || !rmn_cursor_u8(&c, &shift) || shift > 25)
		return;
	b->cluster_start = heap;
	b->cluster_blocks = 1ull << shift;
}

/* A billion clusters are too many to ask for one by one. */
static void
ntfs_bitmap(struct rmn_fs_blocks *b)
{
	b->bitmap_file = tsk_fs_file_open_meta(b->fs, NULL, NTFS_BITMAP_INODE);
	if (b->bitmap_file)
		b->bitmap = tsk_fs_file_attr_get_type(b->bitmap_file,
		    TSK_FS_ATTR_TYPE_NTFS_DATA, 0, 0);
	if (b->bitmap)
		b->piece = malloc(PIECE_BYTES);
	b->piece_index = UINT64_MAX;
	tsk_error_reset();
}

/* How many blocks from block on have the same bit, within one piece; 0 when it is unreadable. */
static uint64_t
ntfs_same(struct rmn_fs_blocks *b, uint64_t block, bool *is_in_use)
{
	uint64_t index = block / 8 / PIECE_BYTES, bit = block - index * 8 * PIECE_BYTES, end;
	unsigned char whole;

	if (!b->piece)
		return 0;
	if (index != b->piece_index) {
		ssize_t got = tsk_fs_attr_read(b->bitmap, (TSK_OFF_T)(index * PIECE_BYTES),
		    (char *)b->piece, PIECE_BYTES, TSK_FS_FILE_READ_FLAG_NONE);

		tsk_error_reset();
		b->piece_index = index;
		b->piece_bytes = got > 0 ? (size_t)got : 0;
	}
	if (bit / 8 >= b->piece_bytes)
		return 0;
	*is_in_use = b->piece[bit / 8] >> bit % 8 & 1;
	whole = *is_in_use ? 0xff : 0;
	for (end = bit + 1; end / 8 < b->piece_bytes;) {
		if (end % 8 == 0 && b->piece[end / 8] == whole)
			end += 8;
		else if ((b->piece[end / 8] >> end % 8 & 1) == *is_in_use)
			end++;
		else
			break;
	}
	return end - bit;
}

static void
container_free(struct rmn_fs_blocks *b, const TSK_POOL_INFO *pool)
{
	TSK_FS_ATTR_RUN *runs = tsk_pool_unallocated_runs(pool);

	b->is_container = true;
	for (const TSK_FS_ATTR_RUN *run = runs; run; run = run->next) {
		uint64_t start, length, end;

		if (rmn_mul_u64(run->addr, b->stride_bytes, &start) &&
		    rmn_add_u64(start, b->base, &start) &&
		    rmn_mul_u64(run->len, b->stride_bytes, &length) &&
		    rmn_add_u64(start, length, &end))
			rmn_ranges_add(&b->free, start, end, 0);
	}
	rmn_ranges_normalise(&b->free);
	if (runs)
		tsk_fs_attr_run_free(runs);
	tsk_error_reset();
}

void
rmn_fs_blocks_init(struct rmn_fs_blocks *b, const struct rmn_tsk_fs *fs)
{
	uint64_t size = (uint64_t)fs->fs->img_info->size;
	uint64_t length;

	*b = (struct rmn_fs_blocks){.fs = fs->fs, .cluster_blocks = 1};
	b->base = (uint64_t)fs->fs->offset;
	b->block_bytes = fs->fs->block_size ? fs->fs->block_size : 512;
	b->stride_bytes = b->block_bytes + fs->fs->block_pre_size + fs->fs->block_post_size;
	b->end = b->base;
	if (fs->fs->last_block_act < UINT64_MAX &&
	    rmn_mul_u64(fs->fs->last_block_act + 1, b->stride_bytes, &length))
		b->end = length < size - b->base ? b->base + length : size;
	if (fs->fs->ftype == TSK_FS_TYPE_NTFS)
		ntfs_bitmap(b);
	else if (fs->fs->ftype == TSK_FS_TYPE_EXFAT)
		exfat_clusters(b);
	else if (TSK_FS_TYPE_ISFAT(fs->fs->ftype))
		fat_clusters(b);
	if (fs->pool)
		container_free(b, fs->pool);
}

void
rmn_fs_blocks_release(struct rmn_fs_blocks *b)
{
	rmn_ranges_release(&b->free);
	if (b->bitmap_file)
		tsk_fs_file_close(b->bitmap_file);
	free(b->piece);
}

static enum rmn_block_class
container_classify(const struct rmn_fs_blocks *b, uint64_t at, uint64_t *length_bytes)
{
	size_t low = 0, high = b->free.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (b->free.runs[middle].end <= at)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == b->free.count) {
		*length_bytes = b->end - at;
		return RMN_BLOCK_UNOWNED;
	}
	if (b->free.runs[low].start <= at) {
		*length_bytes = b->free.runs[low].end - at;
		return RMN_BLOCK_FREE;
	}
	*length_bytes = b->free.runs[low].start - at;
	return RMN_BLOCK_UNOWNED;
}

enum rmn_block_class
rmn_fs_blocks_classify(void *context, uint64_t at, uint64_t *length_bytes)
{
	struct rmn_fs_blocks *b = context;
	uint64_t block, last, same;
	TSK_FS_BLOCK_FLAG_ENUM flags;
	bool is_in_use;

	if (at < b->base || at >= b->end) {
		*length_bytes = at < b->base ? b->base - at : UINT64_MAX - at;
		return RMN_BLOCK_UNOWNED;
	}
	if (b->is_container)
		return container_classify(b, at, length_bytes);
	block = last = (at - b->base) / b->stride_bytes;
	same = ntfs_same(b, block, &is_in_use);
	if (same) {
		*length_bytes = b->base + (block + same) * b->stride_bytes - at;
		*length_bytes = rmn_min_u64(*length_bytes, b->end - at);
		return is_in_use ? RMN_BLOCK_UNOWNED : RMN_BLOCK_FREE;
	}
	if (b->cluster_blocks > 1 && block >= b->cluster_start)
		last += b->cluster_blocks - 1 -
		    (block - b->cluster_start) % b->cluster_blocks;
	*length_bytes = b->base + (last + 1) * b->stride_bytes - at;
	flags = b->fs->block_getflags(b->fs, block);
	if (flags & TSK_FS_BLOCK_FLAG_UNALLOC)
		return RMN_BLOCK_FREE;
	if (flags & TSK_FS_BLOCK_FLAG_META)
		return RMN_BLOCK_METADATA;
	return RMN_BLOCK_UNOWNED;
}

uint64_t
rmn_fs_blocks_in_use(struct rmn_fs_blocks *b, uint64_t start, uint64_t end)
{
	uint64_t in_use = 0, length;

	if (end > b->end)
		end = b->end;
	for (; start < end; start += length) {
		enum rmn_block_class class = rmn_fs_blocks_classify(b, start, &length);

		length = rmn_min_u64(length, end - start);
		if (class != RMN_BLOCK_FREE)
			in_use += length;
	}
	return in_use;
}
