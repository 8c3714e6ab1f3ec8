/* SPDX-License-Identifier: MIT
 *
 * A small HFS+ volume in memory, for tests: nodes are filled record by record and put where a test
 * wants them. */
#ifndef RMN_TESTS_UNIT_RECOVER_HFS_H
#define RMN_TESTS_UNIT_RECOVER_HFS_H

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "recover/found.h"
#include "recover/hfs.h"

#define BLOCK 4096u
#define NODE 4096u
#define DATE_2010 3350000000u		/* 2010-02-25, seconds since 1904 */

struct made {
	unsigned char *disk;
	size_t size;
	struct rmn_sightings sightings;
	struct rmn_disk *reader;
	struct rmn_blob blob;
	struct rmn_sectors in_use;
	struct rmn_living living;
	struct rmn_store_found found;
	struct rmn_recovery r;
	unsigned unexamined;
	char reason[160];
};

struct leaf {
	unsigned char p[NODE];
	size_t at;
	unsigned count;
};

static inline void
put16(unsigned char *p, unsigned value)
{
	p[0] = (unsigned char)(value >> 8);
	p[1] = (unsigned char)value;
}

static inline void
put32(unsigned char *p, uint32_t value)
{
	put16(p, value >> 16);
	put16(p + 2, value & 0xffff);
}

static inline void
made_init(struct made *m, size_t size)
{
	*m = (struct made){.disk = calloc(1, size), .size = size};
}

static inline void
made_unexamined(void *context, uint32_t volume, const char *stage, const char *reason)
{
	struct made *m = context;

	(void)volume;
	(void)stage;
	m->unexamined++;
	snprintf(m->reason, sizeof(m->reason), "%s", reason);
}

static inline void
made_forget(struct made *m)
{
	rmn_disk_free(m->reader);
	rmn_sightings_release(&m->sightings);
	rmn_sectors_release(&m->in_use);
	rmn_store_found_release(&m->found);
	m->reader = NULL;
}

/* Looks at every sector and runs the engine. */
static inline enum rmn_status
made_run(struct made *m)
{
	made_forget(m);
	m->unexamined = 0;
	m->blob = rmn_blob_from_bytes((struct rmn_bytes){m->disk, m->size});
	m->reader = rmn_disk_from_blob(&m->blob);
	for (size_t at = 0; at + 512 <= m->size; at += 512)
		rmn_sightings_look(&m->sightings, at, m->disk + at,
		    m->size - at < HFS_NODE_MAX ? m->size - at : HFS_NODE_MAX);
	rmn_sectors_init(&m->in_use, m->size);
	rmn_store_found_init(&m->found);
	m->r = (struct rmn_recovery){.disk = m->reader, .sightings = &m->sightings,
	    .in_use = &m->in_use, .found = &m->found, .unexamined = made_unexamined, .context = m};
	if (m->living.has_file_system) {
		m->r.living = &m->living;
		m->r.living_count = 1;
	}
	return rmn_recover_hfs(&m->r);
}

static inline void
made_release(struct made *m)
{
	made_forget(m);
	free(m->disk);
}

static inline const struct rmn_found *
made_find(const struct made *m, const char *path)
{
	for (size_t i = 0; i < m->found.count; i++)
		if (rmn_bytes_equal(m->found.files[i].path, rmn_bytes_from_string(path)) &&
		    m->found.files[i].stream.size == 0)
			return &m->found.files[i];
	return NULL;
}

/* --- nodes */

static inline void
leaf_begin(struct leaf *l)
{
	memset(l, 0, sizeof(*l));
	l->at = 14;
}

/* Begins a record: its key; returns where its data go. */
static inline unsigned char *
leaf_key(struct leaf *l, uint32_t parent, const char *name, size_t name_size)
{
	unsigned char *p = l->p + l->at;

	put16(l->p + NODE - 2 * (l->count + 1), (unsigned)l->at);
	l->count++;
	put16(p, (unsigned)(6 + 2 * name_size));
	put32(p + 2, parent);
	put16(p + 6, (unsigned)name_size);
	for (size_t i = 0; i < name_size; i++)
		put16(p + 8 + 2 * i, (unsigned char)name[i]);
	return p + 8 + 2 * name_size;
}

static inline void
leaf_dates(unsigned char *data, uint32_t cnid, uint32_t date, unsigned mode)
{
	put32(data + 8, cnid);
	put32(data + 12, date - 2000);
	put32(data + 16, date - 1000);
	put32(data + 20, date);
	put32(data + 24, date);
	put16(data + 42, mode);
}

static inline void
leaf_folder(struct leaf *l, uint32_t parent, const char *name, uint32_t cnid)
{
	unsigned char *data = leaf_key(l, parent, name, strlen(name));

	put16(data, HFS_FOLDER);
	leaf_dates(data, cnid, DATE_2010, 0x41ed);
	l->at = (size_t)(data + 88 - l->p);
}

/* A file of one extent; its data, for what a test wants to change. */
static inline unsigned char *
leaf_file(struct leaf *l, uint32_t parent, const char *name, uint32_t cnid, uint32_t size,
    uint32_t start)
{
	unsigned char *data = leaf_key(l, parent, name, strlen(name));
	uint32_t count = (size + BLOCK - 1) / BLOCK;

	put16(data, HFS_FILE);
	leaf_dates(data, cnid, DATE_2010, 0x81a4);
	put32(data + 92, size);
	put32(data + 100, count);
	if (count > 0)
		put32(data + 104, start);
	put32(data + 108, count);
	l->at = (size_t)(data + 248 - l->p);
	return data;
}

static inline void
leaf_link(struct leaf *l, uint32_t parent, const char *name, uint32_t cnid, bool is_folder,
    uint32_t number)
{
	unsigned char *data = leaf_file(l, parent, name, cnid, 0, 0);

	memcpy(data + 48, is_folder ? "fdrpMACS" : "hlnkhfs+", 8);
	put32(data + 44, number);
}

static inline void
leaf_thread(struct leaf *l, uint32_t cnid, bool is_folder, uint32_t parent, const char *name)
{
	unsigned char *data = leaf_key(l, cnid, "", 0);

	put16(data, is_folder ? HFS_FOLDER_THREAD : HFS_FILE_THREAD);
	put32(data + 4, parent);
	put16(data + 8, (unsigned)strlen(name));
	for (size_t i = 0; i < strlen(name); i++)
		put16(data + 10 + 2 * i, (unsigned char)name[i]);
	l->at = (size_t)(data + 10 + 2 * strlen(name) - l->p);
}

/* The node is whole: kind, count, the free space's entry; put on the disk. */
static inline void
leaf_put(struct leaf *l, struct made *m, size_t place)
{
	l->p[8] = 0xff;
	l->p[9] = 1;
	put16(l->p + 10, l->count);
	put16(l->p + NODE - 2 * (l->count + 1), (unsigned)l->at);
	memcpy(m->disk + place, l->p, NODE);
}

/* A volume header at a place: catalogue of so many blocks, nothing else. */
static inline void
header_put(struct made *m, size_t place, uint32_t total, uint32_t catalogue, uint32_t blocks)
{
	unsigned char *p = m->disk + place;

	memset(p, 0, 512);
	memcpy(p, "H+\0\4", 4);
	put32(p + 16, DATE_2010 - 5000);
	put32(p + 40, BLOCK);
	put32(p + 44, total);
	put32(p + 272 + 4, blocks * BLOCK);
	put32(p + 272 + 12, blocks);
	put32(p + 272 + 16, catalogue);
	put32(p + 272 + 20, blocks);
}

/* The header node of a tree. */
static inline void
tree_put(struct made *m, size_t place)
{
	unsigned char *p = m->disk + place;

	memset(p, 0, NODE);
	p[8] = 1;
	put16(p + 10, 3);
	put16(p + 32, NODE);
}

/* The disk of most tests. */
#define BASE (20u * 512)
#define BLOCKS 400u
#define DISK (BASE + (size_t)BLOCKS * BLOCK + 64 * 1024)
#define CATALOGUE 100u			/* its first block */
#define HEADER_PLACE (BASE + 1024)
#define ALTERNATE_PLACE (BASE + (size_t)BLOCKS * BLOCK - 1024)
#define LEAF_PLACE(n) (BASE + (size_t)(CATALOGUE + (n)) * BLOCK)
#define PLACE(block) (BASE + (uint64_t)(block) * BLOCK)

/* A folder, two files in it, one beside it. */
static inline void
plain_tree(struct made *m)
{
	struct leaf l;

	leaf_begin(&l);
	leaf_folder(&l, HFS_ROOT_PARENT, "Macintosh HD", HFS_ROOT);
	leaf_thread(&l, HFS_ROOT, true, HFS_ROOT_PARENT, "Macintosh HD");
	leaf_file(&l, HFS_ROOT, "a.docx", 20, 5000, 200);
	leaf_folder(&l, HFS_ROOT, "Users", 21);
	leaf_thread(&l, 20, false, HFS_ROOT, "a.docx");
	leaf_file(&l, 21, "b.docx", 22, 4096, 202);
	leaf_file(&l, 21, "c:d.png", 23, 100, 203);
	leaf_put(&l, m, LEAF_PLACE(1));
}

static inline void
heads_put(struct made *m)
{
	memcpy(m->disk + PLACE(200), "PK\3\4", 4);
	memcpy(m->disk + PLACE(202), "PK\3\4", 4);
	memcpy(m->disk + PLACE(203), "\x89PNG\r\n\x1a\n", 8);
	memcpy(m->disk + 300 * 512, "PK\3\4", 4);	/* one that no name promises */
}

static inline void
volume_begin(struct made *m)
{
	made_init(m, DISK);
	tree_put(m, LEAF_PLACE(0));
	header_put(m, HEADER_PLACE, BLOCKS, CATALOGUE, 8);
}

#endif
