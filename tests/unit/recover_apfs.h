/* SPDX-License-Identifier: MIT
 *
 * APFS nodes made by hand: for the unit test and the fuzz target. */
#ifndef TESTS_UNIT_RECOVER_APFS_H
#define TESTS_UNIT_RECOVER_APFS_H

#include <stdint.h>
#include <string.h>

#define APFS_BLOCK 4096u
#define APFS_TABLE 448u		/* bytes of a node's table of contents */
#define APFS_PHYSICAL 0x40000000u

static inline void
apfs_put(unsigned char *p, uint64_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		p[i] = (unsigned char)(value >> 8 * i);
}

static inline uint32_t
apfs_word(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Gives an object the checksum that is right. */
static inline void
apfs_seal(unsigned char *p)
{
	uint64_t low = 0, high = 0, c1;

	for (unsigned i = 8; i < APFS_BLOCK; i += 4) {
		low = (low + apfs_word(p + i)) % 0xffffffff;
		high = (high + low) % 0xffffffff;
	}
	c1 = 0xffffffff - (low + high) % 0xffffffff;
	apfs_put(p, c1, 4);
	apfs_put(p + 4, 0xffffffff - (low + c1) % 0xffffffff, 4);
}

static inline void
apfs_object(unsigned char *p, uint64_t oid, uint64_t xid, uint32_t type, uint32_t subtype)
{
	memset(p, 0, APFS_BLOCK);
	apfs_put(p + 8, oid, 8);
	apfs_put(p + 16, xid, 8);
	apfs_put(p + 24, type, 4);
	apfs_put(p + 28, subtype, 4);
}

struct apfs_draft {
	unsigned char *p;
	unsigned count, keys, values;	/* bytes used so far */
	int is_fixed;
};

/* A node that is no root. */
static inline struct apfs_draft
apfs_begin(unsigned char *p, uint64_t oid, uint64_t xid, uint32_t storage, uint32_t subtype,
    unsigned level)
{
	struct apfs_draft d = {.p = p, .is_fixed = subtype == 0x0b};

	apfs_object(p, oid, xid, 3 | storage, subtype);
	apfs_put(p + 0x20, (level ? 0 : 2u) | (d.is_fixed ? 4u : 0), 2);
	apfs_put(p + 0x22, level, 2);
	apfs_put(p + 0x2a, APFS_TABLE, 2);
	return d;
}

static inline void
apfs_add(struct apfs_draft *d, const void *key, unsigned key_size, const void *value,
    unsigned value_size)
{
	unsigned char *toc = d->p + 0x38 + (d->is_fixed ? 4 : 8) * d->count;

	memcpy(d->p + 0x38 + APFS_TABLE + d->keys, key, key_size);
	d->values += value_size;
	memcpy(d->p + APFS_BLOCK - d->values, value, value_size);
	apfs_put(toc, d->keys, 2);
	apfs_put(toc + (d->is_fixed ? 2 : 4), d->values, 2);
	if (!d->is_fixed) {
		apfs_put(toc + 2, key_size, 2);
		apfs_put(toc + 6, value_size, 2);
	}
	d->keys += key_size;
	d->count++;
}

static inline void
apfs_end(struct apfs_draft *d)
{
	apfs_put(d->p + 0x24, d->count, 4);
	apfs_seal(d->p);
}

static inline void
apfs_key(unsigned char *key, unsigned type, uint64_t id)
{
	apfs_put(key, (uint64_t)type << 60 | id, 8);
}

/* size 0: no stream; name NULL: none. */
static inline void
apfs_inode(struct apfs_draft *d, uint64_t id, uint64_t parent, unsigned mode, uint64_t time_ns,
    const char *name, uint64_t size, uint32_t flags)
{
	unsigned char key[8], value[256] = {0};
	unsigned fields = 0, at = 96, name_size = name ? (unsigned)strlen(name) + 1 : 0;

	apfs_key(key, 3, id);
	apfs_put(value, parent, 8);
	apfs_put(value + 8, id, 8);
	for (unsigned i = 0; i < 4; i++)
		apfs_put(value + 16 + 8 * i, time_ns + i, 8);
	apfs_put(value + 56, 1, 4);
	apfs_put(value + 68, flags, 4);
	apfs_put(value + 72, 501, 4);
	apfs_put(value + 80, mode, 2);
	fields = (name ? 1u : 0) + (size ? 1u : 0);
	apfs_put(value + 92, fields, 2);
	at += 4 * fields;
	fields = 0;
	if (name) {
		value[96] = 4;
		apfs_put(value + 98, name_size, 2);
		memcpy(value + at, name, name_size);
		at += (name_size + 7) & ~7u;
		fields = 1;
	}
	if (size) {
		value[96 + 4 * fields] = 8;
		apfs_put(value + 98 + 4 * fields, 40, 2);
		apfs_put(value + at, size, 8);
		at += 40;
	}
	apfs_add(d, key, 8, value, at);
}

static inline void
apfs_entry(struct apfs_draft *d, uint64_t parent, uint64_t child, const char *name, int is_hashed)
{
	unsigned char key[128], value[18] = {0};
	unsigned size = (unsigned)strlen(name) + 1;

	apfs_key(key, 9, parent);
	if (is_hashed)
		apfs_put(key + 8, size | 0x12345u << 10, 4);
	else
		apfs_put(key + 8, size, 2);
	memcpy(key + (is_hashed ? 12 : 10), name, size);
	apfs_put(value, child, 8);
	apfs_add(d, key, (is_hashed ? 12 : 10) + size, value, 18);
}

static inline void
apfs_extent(struct apfs_draft *d, uint64_t owner, uint64_t at, uint64_t length, uint64_t block)
{
	unsigned char key[16], value[24] = {0};

	apfs_key(key, 8, owner);
	apfs_put(key + 8, at, 8);
	apfs_put(value, length, 8);
	apfs_put(value + 8, block, 8);
	apfs_add(d, key, 16, value, 24);
}

static inline void
apfs_attribute(struct apfs_draft *d, uint64_t owner, const char *name, const void *data,
    unsigned size)
{
	unsigned char key[64], value[512] = {2};
	unsigned name_size = (unsigned)strlen(name) + 1;

	apfs_key(key, 4, owner);
	apfs_put(key + 8, name_size, 2);
	memcpy(key + 10, name, name_size);
	apfs_put(value + 2, size, 2);
	memcpy(value + 4, data, size);
	apfs_add(d, key, 10 + name_size, value, 4 + size);
}

/* An entry of an object map. */
static inline void
apfs_mapping(struct apfs_draft *d, uint64_t oid, uint64_t xid, uint64_t block)
{
	unsigned char key[16], value[16] = {0};

	apfs_put(key, oid, 8);
	apfs_put(key + 8, xid, 8);
	apfs_put(value + 4, APFS_BLOCK, 4);
	apfs_put(value + 8, block, 8);
	apfs_add(d, key, 16, value, 16);
}

static inline void
apfs_volume(unsigned char *p, uint64_t xid, uint64_t map, uint64_t tree, const char *name,
    unsigned char id, int is_encrypted)
{
	apfs_object(p, 1026 + id, xid, 0x0d, 0);
	memcpy(p + 32, "APSB", 4);
	apfs_put(p + 128, map, 8);
	apfs_put(p + 136, tree, 8);
	memset(p + 240, id, 16);
	p[264] = is_encrypted ? 0 : 1;
	memcpy(p + 704, name, strlen(name));
	apfs_seal(p);
}

static inline void
apfs_container(unsigned char *p, uint64_t xid, uint64_t block_count, unsigned char id)
{
	apfs_object(p, 1, xid, 0x80000001, 0);
	memcpy(p + 32, "NXSB", 4);
	apfs_put(p + 36, APFS_BLOCK, 4);
	apfs_put(p + 40, block_count, 8);
	memset(p + 72, id, 16);
	apfs_seal(p);
}

#endif
