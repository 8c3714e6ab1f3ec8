/* SPDX-License-Identifier: MIT
 *
 * What an engine gets and what it gives.  An engine is one row of engines.def: it rebuilds the
 * catalogue of one file system from remains, in recover/NAME*.c.  It reads the disk through
 * r->disk only, never sees the sink, and hands on volumes and files in an order of its own that
 * depends on nothing but the disk; recover/settle.c decides between rival claims, checks content
 * and grades. */
#ifndef RMN_RECOVER_ENGINE_H
#define RMN_RECOVER_ENGINE_H

#include "base/buf.h"
#include "base/sectors.h"
#include "base/status.h"
#include "base/time.h"
#include "fs/walk.h"
#include "image/disk.h"
#include "recover/sightings.h"

/* Where a file's facts come from, the surest first. */
enum rmn_origin {
	RMN_ORIGIN_RECORD,	/* an intact record of its own, in use when the system was lost */
	RMN_ORIGIN_DELETED,	/* an intact record that says it was deleted */
	RMN_ORIGIN_STALE,	/* an older version or left-over: node slack, journal, old transaction */
	RMN_ORIGIN_INDEX,	/* a folder's entry or a log: name and perhaps size, no extents */
};

/* How a content stands to its format. */
enum rmn_check {
	RMN_CHECK_NONE,		/* no carver knows it, or it was not read */
	RMN_CHECK_PASSED,	/* walked to its end, which is the file's */
	RMN_CHECK_FAILED,	/* begins like a format it does not keep, or ends elsewhere */
};

struct rmn_found_volume {
	uint64_t start_byte;		/* of block 0, on the image */
	uint64_t length_bytes;		/* 0: unknown */
	uint32_t block_bytes;
	char filesystem[16];		/* as struct rmn_volume */
	char label[256];
	char evidence[64];		/* "alternate volume header", "567 votes against 10" */
	/* The number of a living volume that these files belong to (what was deleted from it, or what
	 * its own walk could not list); 0: a volume that is lost. */
	uint32_t living;
	bool is_recognised_only;	/* its catalogue is not read: told although it has no files */
};

/* What the engine says of one file.  Everything is copied. */
struct rmn_found {
	uint32_t volume;		/* from rmn_found_volume_add */
	enum rmn_item_kind kind;	/* FILE DIRECTORY SYMLINK STREAM */
	enum rmn_origin origin;
	bool is_living;			/* in use in a living volume, but its own walk may have
					 * missed it: dropped when that listed the same path */
	struct rmn_bytes path;		/* as struct rmn_walk_item: UTF-8 NFC, from the volume's
					 * root, "orphan-<id>" where a parent is lost */
	struct rmn_bytes stream;
	uint64_t size_bytes;
	int64_t created, modified, changed, accessed;
	uint64_t id, parent_id;
	uint32_t mode, uid, gid, link_count;
	enum rmn_content_how how;	/* EXTENTS, LZNT1, ZLIB_FORK ... or NONE */
	uint32_t attribute_id;		/* of how: fs/walk.h */
	const struct rmn_extent *extents;	/* on the image, in file order, clipped to size_bytes */
	size_t extent_count;
	uint64_t version;		/* of two records of one id the higher is younger: LSN, xid,
					 * journal sequence; 0 where nothing says */
	bool is_guessed;		/* extents are assumed (a lost FAT chain): only content that
					 * validates proves them */
	bool is_short;			/* extents are missing at the end */
	bool is_encrypted;
	bool is_checked;		/* the engine has read the content of just these extents: */
	enum rmn_check check;		/* what it came to; else settling does */
};

struct rmn_store_found;

/* A living volume, as the walk gave it. */
struct rmn_living {
	struct rmn_volume volume;
	bool has_file_system;
};

struct rmn_recovery {
	struct rmn_disk *disk;
	const struct rmn_sightings *sightings;
	const struct rmn_sectors *in_use;	/* bytes that living volumes use: their metadata and
						 * the content of their files, not what is deleted */
	const struct rmn_living *living;
	size_t living_count;
	struct rmn_store_found *found;		/* private */
	/* Says what could not be examined; volume as from rmn_found_volume_add, or UINT32_MAX. */
	void (*unexamined)(void *context, uint32_t volume, const char *stage, const char *reason);
	void *context;
	struct rmn_error *error;
};

struct rmn_engine {
	const char *name;
	/* RMN_OK also when nothing was found; else what ends the recovery (RMN_NOMEM ...).  Damage is
	 * no failure. */
	enum rmn_status (*run)(struct rmn_recovery *r);
};
#define ENGINE(name) enum rmn_status rmn_recover_##name(struct rmn_recovery *r);
#include "recover/engines.def"
#undef ENGINE
extern const struct rmn_engine rmn_engines[];
extern const size_t rmn_engine_count;

/* Adds a volume; its index in *volume. */
enum rmn_status rmn_found_volume_add(struct rmn_recovery *r, const struct rmn_found_volume *v,
    uint32_t *volume);

/* When there is no room for more, the file is counted and left out, and the user is told at the end. */
enum rmn_status rmn_found_add(struct rmn_recovery *r, const struct rmn_found *file);

/* Whether a byte belongs to a living volume's metadata or files. */
bool rmn_recovery_in_use(const struct rmn_recovery *r, uint64_t image_offset);

/* Appends a name as it may stand in a path: NFC, '/' NUL and ill-formed units as U+FFFD.  HFS+ keeps '/' for ':' and the other way round: is_hfs swaps them, then '/' is made U+FFFD. */
void rmn_found_name_utf16(struct rmn_buf *name, struct rmn_bytes units, bool is_big_endian,
    bool is_hfs);
void rmn_found_name_utf8(struct rmn_buf *name, struct rmn_bytes bytes);

#endif
