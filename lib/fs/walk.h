/* SPDX-License-Identifier: MIT
 *
 * The walk: every volume, file system and file of an image, deleted ones too, and every byte that
 * no file claims.  The Sleuth Kit is behind this header and behind fs/read.h, nowhere else. */
#ifndef RMN_FS_WALK_H
#define RMN_FS_WALK_H

#include "base/bytes.h"
#include "base/status.h"
#include "image/extent.h"
#include "image/image.h"

/* What the walk promises:
 *
 * Names.  Every name that libtsk's fls lists is an item with that path.  A file with several names
 * is an item under each, but its bytes are examined once: the first name has them (how EXTENTS or
 * FS); later ones have the same extents with how NONE.  A deleted name whose record is in use by
 * another file has neither size, times nor extents.  Folders have how NONE: their blocks are
 * metadata.  METADATA is what the file system keeps for itself ($MFT, journals, libtsk's virtual
 * files $MBR and $FAT1); where it has bytes on the source they can be read.
 *
 * Extents.  In file order, at most size_bytes in sum (unless how says they are compressed).  Less means that the place of the rest is
 * unknown.  Bytes behind the initialised size of NTFS are a hole; what lies there is slack.
 *
 * Map.  Every byte of the source is in one class: metadata, content, or a run given to space().
 * Where claims overlap, metadata wins over content, content over slack.  Only files in use claim
 * slack; deleted folders claim nothing.  Blocks that are said to be in use but that no file has
 * are RMN_SPACE_GAP, not metadata, so that what a damaged folder hides is examined.  Each byte
 * belongs to the first volume that covers it, those with a file system before those without;
 * volume 0 is what no partition covers.
 *
 * APFS volumes share the blocks of their container: each is a volume with the container's place
 * ("apfs", "apfs#2", ...), and the map is reported with the first.
 *
 * Local times without a zone (FAT, ISO 9660) are taken as UTC; for that TZ is set in the
 * process. */

enum rmn_volume_state { RMN_VOLUME_CURRENT, RMN_VOLUME_LOST };
struct rmn_volume {
	uint32_t number;		/* 1.. in the order of the walk */
	uint64_t start_byte, length_bytes;
	char slot[16];			/* "p1" by partition order, "" for a whole disk */
	char filesystem[16];		/* "ntfs" "fat16" "exfat" "ext4" "hfsplus" "apfs" "iso9660"
					 * "ufs"; "" when none was recognised */
	char label[256];		/* UTF-8 */
	char description[64];		/* of the partition table */
	enum rmn_volume_state state;
	uint32_t block_bytes;
	/* recover/ only.  Of a disk inside a file (a sparse bundle): the volume that holds the file, and
	 * its path there; start_byte is on that disk.  0: on the source itself. */
	uint32_t outer;
	struct rmn_bytes outer_path;	/* borrowed for the call */
};

enum rmn_item_kind {
	RMN_ITEM_FILE, RMN_ITEM_DIRECTORY, RMN_ITEM_SYMLINK, RMN_ITEM_SPECIAL,
	RMN_ITEM_STREAM,	/* alternate data stream, resource fork, attribute */
	RMN_ITEM_METADATA,	/* the file system's own: $MFT, $Bitmap, journal */
	RMN_ITEM_SPACE,		/* a window of unclaimed space: unallocated, slack, gaps */
	RMN_ITEM_MEMBER,	/* inside another item */
};
const char *rmn_item_kind_name(enum rmn_item_kind kind);

enum rmn_item_state {
	RMN_ALLOCATED, RMN_DELETED, RMN_LOST, RMN_CARVED, RMN_RESIDUE, RMN_MEMBER
};
const char *rmn_item_state_name(enum rmn_item_state state);

/* Where an item's name and dates come from, the surest first. */
enum rmn_name_source {
	RMN_NAME_CATALOGUE,	/* a file system that is there */
	RMN_NAME_RECORD,	/* of a lost one: an intact record, in use when it was lost */
	RMN_NAME_DELETED,	/* an intact record that says it was deleted */
	RMN_NAME_STALE,		/* an older version or a left-over: node slack, journal, old transaction */
	RMN_NAME_INDEX,		/* a folder's entry or a log, no record */
	RMN_NAME_NONE,		/* made up from the place: carved */
};
const char *rmn_name_source_word(enum rmn_name_source source);

/* How an item's bytes are read. */
enum rmn_content_how {
	RMN_CONTENT_NONE,	/* no bytes, or none that are known */
	RMN_CONTENT_EXTENTS,	/* from the source by the extents */
	RMN_CONTENT_FS,		/* through the file system: resident, compressed (fs/read.h) */
	RMN_CONTENT_LZNT1,	/* from the extents, compressed by NTFS: they cover whole units of
				 * attribute_id bytes, a hole fills what compression saved */
	RMN_CONTENT_DECMPFS,	/* from the extents, compressed by HFS+ or APFS: they are the stored
				 * bytes, attribute_id is the type of com.apple.decmpfs */
	RMN_CONTENT_UNREACHED,	/* as FS, but the file system is on a disk inside a file: not read */
};

struct rmn_walk_item {
	uint32_t volume;		/* number; 0: none */
	enum rmn_item_kind kind;
	enum rmn_item_state state;
	struct rmn_bytes path;		/* UTF-8, NFC, '/'-separated from the volume's root, no
					 * leading '/'; ill-formed bytes as U+FFFD */
	struct rmn_bytes stream;	/* name of the stream (kind STREAM), else empty */
	uint64_t size_bytes;
	int64_t created, modified, changed, accessed;	/* base/time.h */
	uint64_t inode;
	uint64_t parent_inode;
	uint32_t mode, uid, gid, link_count;
	enum rmn_content_how how;
	uint32_t attribute_type, attribute_id;		/* for RMN_CONTENT_FS */
	const struct rmn_extent *extents;		/* in file order, clipped to size_bytes;
							 * borrowed for the call */
	size_t extent_count;
	uint64_t overwritten_bytes;	/* of a deleted or lost item: now others' */
	bool is_orphan;			/* its folder is unknown */
	bool is_encrypted;
	enum rmn_name_source name_source;
	char grade;			/* 'A' to 'E' of what was recovered (docs/recovery.md); 0 else */
};

/* What a stretch of unclaimed space is: free by the file system's word; the rest of a file's last
 * block; anything else (between partitions, behind a file system, in use by nobody known). */
enum rmn_space_kind { RMN_SPACE_UNALLOCATED, RMN_SPACE_SLACK, RMN_SPACE_GAP };
struct rmn_space_run {
	enum rmn_space_kind kind;
	uint64_t image_offset, length_bytes;
	uint64_t owner_inode;		/* of slack; 0 else */
};

struct rmn_walk_sink {
	void *context;
	/* Each returns RMN_OK, or what ends the walk. */
	enum rmn_status (*volume)(void *context, const struct rmn_volume *volume);
	enum rmn_status (*item)(void *context, const struct rmn_walk_item *item);
	/* One window of RMN_SPACE_WINDOW_BYTES of the source: its unclaimed runs, rising. */
	enum rmn_status (*space)(void *context, uint32_t volume, uint64_t window_offset,
	    const struct rmn_space_run *runs, size_t count);
	/* The walk's part of the ledger, once a volume: bytes that are item content (the union,
	 * each byte once) and file-system metadata.  The bytes of space() runs are the rest: the
	 * three add up to what was walked. */
	enum rmn_status (*ledger)(void *context, uint32_t volume, uint64_t content_bytes,
	    uint64_t metadata_bytes);
	enum rmn_status (*unexamined)(void *context, uint32_t volume, const char *stage,
	    const char *reason);
	void (*progress)(void *context, uint64_t items);
	/* A file system is about to be looked for at start_byte: if the reader dies before the next
	 * call of the sink, it died of that.  volume is the number it will have; 0: this is the look
	 * at all partitions that comes before the first volume. */
	void (*opening)(void *context, uint64_t start_byte, uint32_t volume);
	/* recover/ only.  A step begins (its number, a word for people). */
	void (*stage)(void *context, unsigned stage, const char *name);
	/* One sentence that the user should read now. */
	void (*note)(void *context, const char *text);
	/* Of the bytes that space() would have had: those of lost files, and those of carved ones. */
	enum rmn_status (*recovered)(void *context, uint64_t content_bytes, uint64_t carved_bytes);
};

/* Volumes (by number) whose file system is not to be read, because reading it killed an earlier
 * walker: their bytes are given as gaps.  All volumes before one that is skipped keep their numbers. */
#define RMN_WALK_SKIPS 16
struct rmn_walk_options {
	uint32_t skip_volumes[RMN_WALK_SKIPS];
	size_t skip_volume_count;
	uint64_t skip_starts[RMN_WALK_SKIPS];	/* the same for what killed it before it had a number */
	size_t skip_start_count;
	bool without_orphans;		/* no search for files that have no name: on a damaged ext
					 * volume libtsk can spend hours in it */
	bool orphans_elsewhere;		/* nor on FAT and ext: recover/ has them */
	bool without_file_systems;	/* the whole source is one gap: nothing else is left */
	uint32_t skip_stages;		/* 1 << n: step n of recover/recover.h killed an earlier walker */
};

/* Walks the whole source in a fixed order: the same image always gives the same calls.  Damage is
 * reported through unexamined() and the walk goes on; RMN_PARTIAL then.  options may be NULL. */
enum rmn_status rmn_walk_image(struct rmn_image *image, const struct rmn_walk_options *options,
    const struct rmn_walk_sink *sink, struct rmn_error *error);

#endif
