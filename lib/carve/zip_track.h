/* SPDX-License-Identifier: MIT
 *
 * Private to carve/zip*.c: a zip that is read byte by byte and says at once when what it reads can't be
 * its next byte.  A track can be copied, so that a mend may try many ways to go on. */
#ifndef RMN_CARVE_ZIP_TRACK_H
#define RMN_CARVE_ZIP_TRACK_H

#include "carve/zip_content.h"
#include "carve/zip_head.h"
#include "unpack/inflate.h"

/* Names and extra fields of one record; longer ones are not mended. */
#define ZIP_HOLD_MAX 4096u

enum zip_stage {
	ZIP_RECORD,		/* the fixed part of a record, its signature first */
	ZIP_NAME,		/* its name and extra fields */
	ZIP_DATA, ZIP_DESCRIPTOR_STAGE, ZIP_COMMENT,
	ZIP_DONE, ZIP_BAD,
};

struct zip_track {
	enum zip_stage stage;
	uint64_t at;			/* bytes read */
	uint64_t proven_at;		/* everything before was covered by a checksum */
	uint32_t records;		/* headers and entries that were right */
	struct zip_record record;	/* of the member being read; its name is gone */
	uint64_t header_at, data_at;
	uint64_t left;			/* of data or comment; UINT64_MAX: not known */
	uint32_t crc, name_hash;
	bool is_streamed, is_checked;
	bool is_wide;			/* a zip64 end record was read */
	struct zip_end wide;
	uint64_t entries, directory_at, directory_end;
	size_t member_count;		/* of the list that all copies share */
	size_t held, wanted;
	struct zip_members *members;	/* borrowed */
	/* From here on copied only as far as needed. */
	struct rmn_inflate *inflate;	/* owned */
	struct zip_content content;
	unsigned char hold[ZIP_HOLD_MAX];
};

/* At the start of a file.  False when out of memory. */
bool zip_track_init(struct zip_track *track, struct zip_members *members);
void zip_track_release(struct zip_track *track);

/* Makes to stand where from stands.  Members that a copy adds are lost as soon as another copy adds
 * some: only one of them may go on for good. */
void zip_track_copy(struct zip_track *to, const struct zip_track *from);

/* Reads on and returns how many bytes it took: fewer than there are when it came to a place up to which
 * everything is proven (call again), when it is DONE, or BAD. */
size_t zip_track_feed(struct zip_track *track, struct rmn_bytes bytes);

#endif
