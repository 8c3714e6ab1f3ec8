/* SPDX-License-Identifier: MIT
 *
 * What the processes of a scan say to each other.  Every message has a put (into a frame) and a get
 * (out of one); a get checks every length and refuses a frame with anything left over. */
#ifndef RMN_WORKER_MESSAGE_H
#define RMN_WORKER_MESSAGE_H

#include "base/buf.h"
#include "base/cursor.h"
#include "base/hash.h"
#include "examine/examine.h"
#include "fs/walk.h"

enum rmn_message {
	/* to a worker */
	RMN_MESSAGE_UNIT = 1,		/* struct rmn_unit, without its extents */
	RMN_MESSAGE_EXTENTS,		/* some of its extents or ranges */
	RMN_MESSAGE_GO,			/* a file of a tree comes as a descriptor */
	RMN_MESSAGE_HELPER,		/* a fresh PDF or OCR program, as a descriptor */
	/* from a worker */
	RMN_MESSAGE_MEMBER = 32,
	RMN_MESSAGE_FINDING,
	RMN_MESSAGE_DOCUMENT,
	RMN_MESSAGE_UNEXAMINED,
	RMN_MESSAGE_EXAMINED,
	RMN_MESSAGE_TALLY,
	RMN_MESSAGE_PROGRESS,
	RMN_MESSAGE_WANT_PDF,
	RMN_MESSAGE_WANT_OCR,
	RMN_MESSAGE_NAMED,
	RMN_MESSAGE_DONE,
	/* from the walker */
	RMN_MESSAGE_IMAGE = 64,		/* the source could be opened: size, format */
	RMN_MESSAGE_VOLUME,
	RMN_MESSAGE_ITEM,		/* without its extents */
	RMN_MESSAGE_ITEM_EXTENTS,	/* they come behind it */
	RMN_MESSAGE_SPACE,
	RMN_MESSAGE_SPACE_RUNS,
	RMN_MESSAGE_LEDGER,
	RMN_MESSAGE_WALK_UNEXAMINED,
	RMN_MESSAGE_WALK_END,
	RMN_MESSAGE_OPENING,		/* start, number of the volume or 0: fs/walk.h */
	RMN_MESSAGE_STAGE,		/* a note: number, word */
	RMN_MESSAGE_NOTE,		/* a note for the user */
	RMN_MESSAGE_RECOVERED,		/* bytes of lost files, of carved ones */
	RMN_MESSAGE_WALKING,		/* a sign of life: bytes read */
	/* from the hasher */
	RMN_MESSAGE_HASHED_BYTES = 96,
	RMN_MESSAGE_BAD_RANGE,
	RMN_MESSAGE_HASH,
	/* from the reader */
	RMN_MESSAGE_DATA = 112,		/* bytes of the unit, in order */
	RMN_MESSAGE_DATA_END,		/* how it ended (a negated status), bytes that were not read */
	/* from any child */
	RMN_MESSAGE_FAILED = 128,	/* one sentence: why it cannot go on */
};

/* Extents in one frame, at most. */
#define RMN_MESSAGE_EXTENTS_MAX 8192

/* What a worker is given.  Borrowed bytes. */
struct rmn_unit {
	uint64_t number;
	uint8_t is_space;		/* ranges of unclaimed space instead of an item */
	uint8_t how;			/* enum rmn_content_how */
	uint8_t has_fd;			/* its bytes come as a descriptor with GO */
	uint8_t raw_only;
	uint64_t size_bytes;
	uint64_t volume_start;
	uint64_t inode;
	uint32_t attribute_type, attribute_id;
	struct rmn_bytes filesystem;
	struct rmn_bytes name, path;
	uint64_t extent_count;
	uint32_t skip_count;
	uint32_t skip[16];		/* members on which a reader died */
};
#define RMN_UNIT_SKIPS 16

void rmn_put_unit(struct rmn_buf *frame, const struct rmn_unit *unit);
bool rmn_get_unit(struct rmn_bytes frame, struct rmn_unit *unit);

void rmn_put_extents(struct rmn_buf *frame, const struct rmn_extent *extents, size_t count);
/* Appends to extents[*count], which has room for capacity. */
bool rmn_get_extents(struct rmn_bytes frame, struct rmn_extent *extents, size_t *count,
    size_t capacity);

struct rmn_member_message {
	uint32_t member, parent;
	uint64_t size_bytes;
	int64_t created, modified;
	struct rmn_bytes path, name;
};
void rmn_put_member(struct rmn_buf *frame, const struct rmn_member_message *m);
bool rmn_get_member(struct rmn_bytes frame, struct rmn_member_message *m);

struct rmn_finding_message {
	uint32_t member;
	uint16_t rule, reasons;
	uint8_t score, severity, encoding, in_text;
	uint64_t offset;
	uint32_t length_bytes;
	unsigned char value_hash[RMN_VALUE_HASH_BYTES];
	struct rmn_bytes part, masked, context, value;	/* value: empty unless values are kept */
};
void rmn_put_finding(struct rmn_buf *frame, const struct rmn_finding_message *m);
bool rmn_get_finding(struct rmn_bytes frame, struct rmn_finding_message *m);

struct rmn_named_message {
	uint32_t member;
	uint64_t size_bytes;		/* UINT64_MAX: unknown */
	int64_t created, modified;
	struct rmn_bytes path;
};
void rmn_put_named(struct rmn_buf *frame, const struct rmn_named_message *m);
bool rmn_get_named(struct rmn_bytes frame, struct rmn_named_message *m);

struct rmn_document_message {
	uint32_t member;
	uint8_t type_score, is_business, marking_level;
	int64_t created, modified;
	uint64_t text_bytes;
	struct rmn_bytes format, doc_type, title, author, last_author, company, application, marking,
	    marking_text, language;
};
void rmn_put_document(struct rmn_buf *frame, const struct rmn_document_message *m);
bool rmn_get_document(struct rmn_bytes frame, struct rmn_document_message *m);

struct rmn_examined_message {
	uint32_t member;
	int32_t status;			/* enum rmn_status */
	uint8_t has_sha256;
	unsigned char sha256[RMN_SHA256_BYTES];
	uint64_t size_bytes, text_bytes;
	struct rmn_bytes media_type, format, reason;
};
void rmn_put_examined(struct rmn_buf *frame, const struct rmn_examined_message *m);
bool rmn_get_examined(struct rmn_bytes frame, struct rmn_examined_message *m);

/* UNEXAMINED (of a member), WALK_UNEXAMINED (of a volume), FAILED. */
struct rmn_note_message {
	uint32_t number;
	struct rmn_bytes stage, text;
};
void rmn_put_note(struct rmn_buf *frame, const struct rmn_note_message *m);
bool rmn_get_note(struct rmn_bytes frame, struct rmn_note_message *m);

/* Messages that are a few numbers: TALLY, PROGRESS, LEDGER, IMAGE, HASHED_BYTES, BAD_RANGE. */
#define RMN_NUMBERS_MAX 8
void rmn_put_numbers(struct rmn_buf *frame, const uint64_t *numbers, size_t count);
bool rmn_get_numbers(struct rmn_bytes frame, uint64_t *numbers, size_t count);

void rmn_put_volume(struct rmn_buf *frame, const struct rmn_volume *volume);
bool rmn_get_volume(struct rmn_bytes frame, struct rmn_volume *volume);

/* The item's extents follow in ITEM_EXTENTS frames; get leaves them NULL, with their count set. */
void rmn_put_item(struct rmn_buf *frame, const struct rmn_walk_item *item);
bool rmn_get_item(struct rmn_bytes frame, struct rmn_walk_item *item);

/* A window of space: volume, offset, number of runs; the runs follow. */
void rmn_put_runs(struct rmn_buf *frame, const struct rmn_space_run *runs, size_t count);
bool rmn_get_runs(struct rmn_bytes frame, struct rmn_space_run *runs, size_t *count,
    size_t capacity);

#endif
