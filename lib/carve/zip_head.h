/* SPDX-License-Identifier: MIT
 *
 * Private to carve/zip*.c: the records of a zip (APPNOTE.TXT 4.3) and what must be true of them. */
#ifndef RMN_CARVE_ZIP_HEAD_H
#define RMN_CARVE_ZIP_HEAD_H

#include "base/buf.h"

#define ZIP_LOCAL 0x04034b50u
#define ZIP_ENTRY 0x02014b50u
#define ZIP_END 0x06054b50u
#define ZIP64_END 0x06064b50u
#define ZIP64_LOCATOR 0x07064b50u
#define ZIP_DESCRIPTOR 0x08074b50u

#define ZIP_LOCAL_BYTES 30u
#define ZIP_ENTRY_BYTES 46u
#define ZIP_END_BYTES 22u
#define ZIP64_END_BYTES 56u
#define ZIP64_LOCATOR_BYTES 20u
#define ZIP_DESCRIPTOR_MAX 24u		/* with signature and 64-bit sizes */

#define ZIP_FLAG_ENCRYPTED 1u
#define ZIP_FLAG_STREAMED 8u		/* sizes and CRC stand behind the data */
#define ZIP_STORED 0u
#define ZIP_DEFLATED 8u

#define ZIP_NAME_MAX 4096u		/* longer names are taken for damage */
#define ZIP_EXTRA_MAX 65535u

/* A local header or an entry of the directory. */
struct zip_record {
	uint64_t packed_bytes, size_bytes;	/* zip64 taken in */
	uint64_t header_offset;			/* entries only */
	uint32_t crc;
	uint16_t flags, method;
	uint16_t name_bytes, extra_bytes, comment_bytes;
	struct rmn_bytes name;			/* borrowed */
};

/* The end records together. */
struct zip_end {
	uint64_t entry_count, directory_bytes, directory_offset;
	uint16_t comment_bytes;
};

uint32_t zip_signature(struct rmn_bytes bytes);		/* 0: fewer than 4 bytes */

/* The fixed part of a record; false when it can't be one.  Names and zip64 fields are not in it yet. */
bool zip_local_fixed(struct rmn_bytes bytes, struct zip_record *record);
bool zip_entry_fixed(struct rmn_bytes bytes, struct zip_record *record);

/* What follows: name and extra fields (of an entry the comment stays unread). */
bool zip_record_rest(struct rmn_bytes rest, bool is_entry, struct zip_record *record);

/* The end record; false when it can't be one. */
bool zip_end_fixed(struct rmn_bytes bytes, struct zip_end *end);
bool zip64_end_fixed(struct rmn_bytes bytes, struct zip_end *end, uint64_t *record_bytes);

/* How long the descriptor is at the start of bytes that fits these values; 0: none does. */
size_t zip_descriptor_find(struct rmn_bytes bytes, uint32_t crc, uint64_t packed, uint64_t size);

/* What a member was like, for the directory to be compared with. */
struct zip_member {
	uint64_t header_offset, packed_bytes, size_bytes;
	uint32_t crc, name_hash;
	bool is_unknown;	/* encrypted and streamed: only the place counts */
};

/* Members of one file by rising header_offset. */
struct zip_members {
	struct zip_member *list;	/* owned */
	size_t count, capacity;
};

bool zip_members_add(struct zip_members *members, const struct zip_member *m);
void zip_members_release(struct zip_members *members);

/* Whether the entry is that of a member in the list. */
bool zip_members_match(const struct zip_members *members, const struct zip_record *entry);

/* Whether the end records fit what was walked. */
bool zip_end_match(const struct zip_end *end, uint64_t entries, uint64_t offset, uint64_t end_at);

/* What kind of document a zip is. */
struct zip_type {
	const char *extension;		/* NULL: not known yet */
	size_t name_row;		/* by names alone: the row that counts, from 1 */
};

/* A member's name, and its content or as much as there is of it (may be empty). */
void zip_type_see(struct zip_type *type, struct rmn_bytes name, struct rmn_bytes content);
bool zip_type_wants(struct rmn_bytes name);	/* whether the content would help */
const char *zip_type_extension(const struct zip_type *type);

#endif
