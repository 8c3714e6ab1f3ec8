/* SPDX-License-Identifier: MIT
 *
 * mkhfs IMAGE SIZE FOLDER FILE... -- writes a small HFS+ volume into a new file: the files (names in
 * ASCII) in FOLDER (a/b), its catalogue a third into the volume and the contents behind it, as on the
 * large disks where no other format reaches them.  Nothing can be written to it: it has no bitmap. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/recover_hfs.h"

#define LEAVES_MAX 60u
#define LEAF_FILES 12u

struct volume {
	struct made made;
	uint32_t catalogue, next_block, next_cnid, leaves;
	struct leaf leaf;
};

static size_t
block_place(uint32_t block)
{
	return (size_t)block * BLOCK;
}

static void
leaf_end(struct volume *v)
{
	if (v->leaf.count > 0 && v->leaves < LEAVES_MAX)
		leaf_put(&v->leaf, &v->made, block_place(v->catalogue + 1 + v->leaves++));
	leaf_begin(&v->leaf);
}

/* The folders of a path, one in the other; the number of the last. */
static uint32_t
folders_add(struct volume *v, char *path)
{
	uint32_t parent = HFS_ROOT;

	for (char *name = strtok(path, "/"); name; name = strtok(NULL, "/")) {
		uint32_t cnid = v->next_cnid++;

		leaf_folder(&v->leaf, parent, name, cnid);
		leaf_thread(&v->leaf, cnid, true, parent, name);
		parent = cnid;
	}
	return parent;
}

static int
file_add(struct volume *v, uint32_t parent, const char *path)
{
	const char *slash = strrchr(path, '/');
	FILE *file = fopen(path, "rb");
	size_t place = block_place(v->next_block), size;

	if (!file)
		return 1;
	size = fread(v->made.disk + place, 1, v->made.size - place - BLOCK, file);
	fclose(file);
	if (v->leaf.count >= LEAF_FILES)
		leaf_end(v);
	leaf_file(&v->leaf, parent, slash ? slash + 1 : path, v->next_cnid++, (uint32_t)size,
	    v->next_block);
	v->next_block += (uint32_t)((size + BLOCK - 1) / BLOCK);
	return 0;
}

int
main(int argc, char **argv)
{
	struct volume v = {.next_cnid = HFS_FIRST_USER};
	int result = argc < 5;
	uint32_t blocks, folder;
	FILE *out;

	if (result)
		return 2;
	made_init(&v.made, strtoull(argv[2], NULL, 10) / BLOCK * BLOCK);
	blocks = (uint32_t)(v.made.size / BLOCK);
	v.catalogue = blocks / 3;
	v.next_block = v.catalogue + 64;
	if (!v.made.disk || v.next_block >= blocks)
		return 2;
	header_put(&v.made, 1024, blocks, v.catalogue, 64);
	header_put(&v.made, v.made.size - 1024, blocks, v.catalogue, 64);
	tree_put(&v.made, block_place(v.catalogue));
	leaf_begin(&v.leaf);
	leaf_folder(&v.leaf, HFS_ROOT_PARENT, "Macintosh HD", HFS_ROOT);
	leaf_thread(&v.leaf, HFS_ROOT, true, HFS_ROOT_PARENT, "Macintosh HD");
	folder = folders_add(&v, argv[3]);
	for (int i = 4; i < argc && result == 0; i++)
		result = file_add(&v, folder, argv[i]);
	leaf_end(&v);
	out = result == 0 ? fopen(argv[1], "wb") : NULL;
	if (!out || fwrite(v.made.disk, 1, v.made.size, out) != v.made.size || fclose(out) != 0)
		result = 1;
	free(v.made.disk);
	return result;
}
