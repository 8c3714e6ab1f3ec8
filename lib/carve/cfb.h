/* SPDX-License-Identifier: MIT
 *
 * OLE2 compound files ([MS-CFB]) on a disk: a small FAT file system whose sectors may be torn apart
 * by the larger one around it.  Nothing in it is checksummed, so everything that must agree is
 * compared, and where two places disagree the file offset is kept: the cut lies before it.
 *
 * Everything made while reading lives in the arena. */
#ifndef RMN_CARVE_CFB_H
#define RMN_CARVE_CFB_H

#include "base/arena.h"
#include "carve/carve.h"

#define CFB_HEADER_BYTES 512u
#define CFB_ENTRY_BYTES 128u
#define CFB_FREE 0xFFFFFFFFu
#define CFB_END 0xFFFFFFFEu
#define CFB_FAT 0xFFFFFFFDu
#define CFB_DIFAT 0xFFFFFFFCu
#define CFB_LAST 0xFFFFFFFAu	/* the highest number of a sector or an entry */

struct cfb_entry {
	char name[32];		/* what is not printable ASCII is '?' */
	uint8_t type;		/* 0 free, 1 storage, 2 stream, 5 root */
	uint32_t left, right, child, start;
	uint32_t parent;	/* the storage it is in; CFB_FREE: none leads to it */
	uint64_t size;
};

struct cfb {
	const struct rmn_view *view;
	struct rmn_carve_tools *tools;
	struct rmn_arena *arena;
	/* the header's words */
	unsigned shift;
	uint32_t sector_bytes;
	uint32_t fat_sectors, difat_sectors, mini_sectors;
	uint32_t difat_start, directory_start, mini_start, cutoff;
	/* what was read, as far as it agrees */
	uint32_t *fat_places;		/* sector numbers, in the header's order */
	uint32_t *fat_sorted;
	uint32_t *fat;			/* fat_sectors * sector_bytes / 4 entries */
	size_t fat_entries;
	uint32_t highest;		/* sector that is not free */
	bool is_filled;			/* the FAT's rest is CFB_END, not CFB_FREE: known by the chains */
	struct cfb_entry *entries;
	size_t entry_count;
	uint32_t *mini;
	size_t mini_entries;
	uint64_t *used;			/* a bit a sector: it is in a chain */
	/* Where it is surely wrong (UINT64_MAX: nowhere), and the last place before that where it is
	 * surely right, as file offsets. */
	uint64_t broken_at, good_at;
};

/* A stream as runs of bytes of the file. */
struct cfb_run {
	uint64_t stream_offset, file_offset;
};

struct cfb_stream {
	const struct cfb *cfb;
	const struct cfb_entry *entry;
	const struct cfb_run *runs;
	size_t run_count;
	uint64_t size;
};

uint64_t cfb_offset(const struct cfb *c, uint32_t sector);

/* The header alone: false when it is none.  The arena comes with it and goes with cfb_release. */
bool cfb_open(struct cfb *c, const struct rmn_view *view, struct rmn_carve_tools *tools);
void cfb_release(struct cfb *c);

/* The steps, in this order; each false with broken_at set when something disagrees. */
bool cfb_read_places(struct cfb *c);		/* of the FAT sectors, through the DIFAT chain */
bool cfb_read_fat(struct cfb *c);
bool cfb_read_directory(struct cfb *c);
bool cfb_read_chains(struct cfb *c);		/* streams against FAT and mini FAT */

/* Whether these bytes can be FAT sector number index: entries in range, all FAT sectors of its
 * range marked and no others. */
bool cfb_fat_fits(const struct cfb *c, uint32_t index, const unsigned char *sector);

/* Whether four entries of a directory stand there; first: the root entry leads. */
bool cfb_directory_fits(const unsigned char *sector, uint32_t sector_bytes, bool is_first);

void cfb_break(struct cfb *c, uint64_t offset);
void cfb_good(struct cfb *c, uint64_t offset);

/* The file's own bytes: highest sector in use + 1. */
uint64_t cfb_length(const struct cfb *c);

/* The stream of an entry; false when it has no bytes or memory ends.  Only after cfb_read_chains. */
bool cfb_stream_open(const struct cfb *c, const struct cfb_entry *entry, struct cfb_stream *stream);
size_t cfb_stream_read(const struct cfb_stream *s, uint64_t offset, void *buffer, size_t size);
uint64_t cfb_stream_place(const struct cfb_stream *s, uint64_t offset);

/* A moving window over a stream: need bytes at offset, at most CFB_WINDOW_BYTES; NULL behind the end.
 * Borrowed until the next call. */
#define CFB_WINDOW_BYTES 8192u
struct cfb_window {
	const struct cfb_stream *stream;
	unsigned char *data;
	uint64_t at;
	size_t size;
};
bool cfb_window_init(struct cfb_window *w, const struct cfb_stream *stream);
const unsigned char *cfb_window_at(struct cfb_window *w, uint64_t offset, size_t need);

/* Whether the stream is nothing but zeros from offset on (a few KiB are looked at). */
bool cfb_window_is_zero(struct cfb_window *w, uint64_t offset);

/* The stream or storage of that name in a storage (0: the root); NULL when there is none. */
const struct cfb_entry *cfb_find(const struct cfb *c, uint32_t parent, const char *name);

/* What the streams' own formats say of them: see cfb_content.c. */
struct cfb_verdict {
	uint64_t good_bytes;	/* of the stream: its format was followed up to here */
	uint64_t broken_at;	/* of the stream: the format is left here; UINT64_MAX: it is not */
	uint64_t flawed_at;	/* wrong here, and right again behind it up to the end: no bytes are
				 * missing or too many; 0: nowhere */
};

struct cfb_judgement {
	uint64_t known_bytes;	/* in all streams, that followed their format */
	uint64_t broken_at;	/* of the file; UINT64_MAX: no stream breaks */
	uint64_t flawed_at;	/* of the file, as in a verdict; UINT64_MAX: nowhere */
	uint64_t good_at;	/* of the file: known good nearest before broken_at */
	size_t broken_entry;	/* whose stream breaks first; 0: none */
};
void cfb_judge(const struct cfb *c, struct cfb_judgement *judgement);

/* The same for one stream alone. */
void cfb_judge_entry(const struct cfb *c, size_t entry, struct cfb_judgement *judgement);

/* Whether a record of the stream's format can begin with these 8 bytes; true when it is not known. */
bool cfb_record_fits(const char *stream_name, const unsigned char *bytes);
bool cfb_biff_record_fits(const unsigned char *bytes);
bool cfb_ppt_record_fits(const unsigned char *bytes);

/* What 512 bytes look like. */
enum cfb_class {
	CFB_CLASS_ZERO,		/* or one value throughout */
	CFB_CLASS_TEXT,
	CFB_CLASS_LOW,		/* structures */
	CFB_CLASS_DENSE,	/* compressed, encrypted or random */
	CFB_CLASS_COUNT,
};

enum cfb_class cfb_classify(const unsigned char *sector);

/* One format of streams: false when the bytes do not follow it from the first record on, so that
 * nothing can be said. */
typedef bool cfb_checker(const struct cfb_stream *stream, struct cfb_verdict *verdict);
cfb_checker cfb_check_biff, cfb_check_ppt, cfb_check_pictures, cfb_check_properties, cfb_check_zlib,
    cfb_check_encrypted;

/* A zlib stream with its Adler-32 from offset on, at most to end: false when none is there; else
 * *broken_at says where it broke, or UINT64_MAX. */
bool cfb_zlib_check(struct cfb_window *w, uint64_t offset, uint64_t end, uint64_t *broken_at);

/* A picture of Office's drawings from offset to end: where it breaks, or UINT64_MAX. */
uint64_t cfb_blip_check(struct cfb_window *w, unsigned type, unsigned instance, uint64_t offset,
    uint64_t end);

/* Word's two streams together; the table's verdict is of the table stream (NULL: there is none). */
bool cfb_check_word(const struct cfb_stream *stream, uint32_t parent, struct cfb_verdict *verdict,
    const struct cfb_entry **table, struct cfb_verdict *of_table);

/* The extension by what the directory holds; static; NULL when nothing is known. */
const char *cfb_extension(const struct cfb *c);

#endif
