/* SPDX-License-Identifier: MIT
 *
 * Every bound the program keeps, with its reason.  Reaching one gives RMN_LIMIT and a record
 * the user sees; none is ever passed in silence. */
#ifndef RMN_BASE_LIMITS_H
#define RMN_BASE_LIMITS_H

#define RMN_KIB (1024ull)
#define RMN_MIB (1024ull * RMN_KIB)
#define RMN_GIB (1024ull * RMN_MIB)

/* Items inside items.  The deepest honest nesting seen is a mail in a mail in a zip (5). */
#define RMN_LIMIT_DEPTH 12

/* Members of one top-level item: the number of bits an item id keeps for them. */
#define RMN_LIMIT_MEMBERS (1u << 20)

/* Findings of one top-level item: the number of bits a finding id keeps for them. */
#define RMN_LIMIT_FINDINGS (1u << 24)

/* Files that one top-level item speaks of (base/sink.h).  A log of a Mac's file events names 10,000. */
#define RMN_LIMIT_NAMED (1u << 20)

/* Bytes unpacked from one top-level item, all depths together (or four times its size, if that is
 * more: disk images), and their ratio to what was read (42.zip has 106 billion; deflate alone reaches 1,030). */
#define RMN_LIMIT_UNPACKED_BYTES (4 * RMN_GIB)
#define RMN_LIMIT_UNPACK_RATIO 2000u
#define RMN_LIMIT_UNPACK_RATIO_FROM (64 * RMN_MIB)	/* below this no ratio is suspicious */

/* An item that a parser needs whole is held in memory up to this; larger ones are read in
 * windows by the raw pass and by streaming readers only. */
#define RMN_LIMIT_WHOLE_ITEM_BYTES (96 * RMN_MIB)

/* Text of one item, all parts together. */
#define RMN_LIMIT_TEXT_BYTES (64 * RMN_MIB)

/* One part of a document package, unpacked.  The largest honest worksheets have about 300 MB of
 * XML; above that the part is read to here and the rest is told. */
#define RMN_LIMIT_PART_BYTES (512 * RMN_MIB)

/* Entries and directory of a zip that is read as a document. */
#define RMN_LIMIT_ZIP_ENTRIES 65535u
#define RMN_LIMIT_ZIP_DIRECTORY_BYTES (16 * RMN_MIB)

/* Memory of one item: its bytes and what its parser makes of them (base/arena.h). */
#define RMN_LIMIT_ARENA_BYTES (256 * RMN_MIB)

/* Address space of a worker, the walker or the PDF program: a parser that runs away ends
 * itself before it hurts the machine. */
#define RMN_LIMIT_CHILD_MEMORY_BYTES (3 * RMN_GIB)

/* Nobody waits longer than this for one item (or one member of it). */
#define RMN_LIMIT_ITEM_SECONDS 60u
#define RMN_LIMIT_PDF_SECONDS 45u

/* Rounds of hashing between a password and its key, as the file says them: Office takes 100,000, its
 * format allows 10 million.  A million take about a second. */
#define RMN_LIMIT_PASSWORD_ROUNDS (1u << 20)

/* Files attached to one PDF, together: they are held in memory until the PDF itself is read. */
#define RMN_LIMIT_PDF_ATTACHED_BYTES (128 * RMN_MIB)

/* Earlier versions inside one PDF (each saving appends one) that are compared with the last, and how
 * long that may take: every version is read like a document. */
#define RMN_LIMIT_PDF_REVISIONS 8u
#define RMN_LIMIT_PDF_REVISIONS_SECONDS 10u

/* Pages, outline entries and form fields of one PDF: a tree can refer to itself without end. */
#define RMN_LIMIT_PDF_PAGES (1u << 18)
#define RMN_LIMIT_PDF_ENTRIES (1u << 18)

/* Properties of one item, and a packet of XMP: honest ones have dozens in a few KiB; larger ones carry
 * thumbnails and editing histories. */
#define RMN_LIMIT_PROPERTIES 512u
#define RMN_LIMIT_XMP_BYTES (4 * RMN_MIB)

/* OCR: pixels of one picture (an A3 page at 400 dpi has 31 million), pages of one item, seconds for one
 * page, for rendering it, and for one request; the last two together stay below
 * RMN_LIMIT_ITEM_SECONDS, because nobody says a sign of life in between. */
#define RMN_LIMIT_OCR_PIXELS (40u << 20)
#define RMN_LIMIT_OCR_PAGES 200u
#define RMN_LIMIT_OCR_PAGE_SECONDS 25u
#define RMN_LIMIT_OCR_SECONDS 35u
#define RMN_LIMIT_RENDER_SECONDS 20u

/* Nor for the walker's next item, volume or window.  Honest file systems are silent for as long as it
 * takes to read an allocation map, seconds on the largest disks; a damaged one can keep libtsk busy for
 * hours. */
#define RMN_LIMIT_WALK_SECONDS 180u

/* A frame between processes; the longest is a piece of text from the PDF program. */
#define RMN_LIMIT_FRAME_BYTES (1 * RMN_MIB)

/* Paths and names as evidence gives them; longer ones are cut and marked. */
#define RMN_LIMIT_PATH_BYTES 8192u

/* Folders inside folders of a file system; the deepest honest tree seen has 64. */
#define RMN_LIMIT_FOLDER_DEPTH 256u

/* Names listed again because their folder has several names itself (Time Machine links whole
 * folders): a hostile volume could make the listing endless. */
#define RMN_LIMIT_REPEATED_NAMES (1u << 21)

/* libtsk looks for lost folders of FAT in every free sector: above this size that would be a
 * second pass over the disk, and is left to the search of the free space itself. */
#define RMN_LIMIT_FAT_ORPHAN_BYTES (64 * RMN_GIB)

/* Lost or unallocated space is examined in windows of this size, so that no unit is long and
 * the queue stays in disk order. */
#define RMN_SPACE_WINDOW_BYTES (16 * RMN_MIB)

#endif
