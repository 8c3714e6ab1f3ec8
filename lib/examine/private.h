/* SPDX-License-Identifier: MIT
 *
 * What the files of examine/ share.  Nobody else includes this. */
#ifndef RMN_EXAMINE_PRIVATE_H
#define RMN_EXAMINE_PRIVATE_H

#include "base/buf.h"
#include "base/limits.h"
#include "examine/examine.h"

/* The first bytes that claims look at. */
#define HEAD_BYTES (8 * 1024)
/* The first text that a document is classified by. */
#define HEAD_TEXT_BYTES (16 * 1024)
/* And so much of page headers and footers behind it: markings stand there. */
#define HEAD_MARGIN_BYTES (2 * 1024)
/* Why a reading is not complete. */
#define REASON_BYTES sizeof(((struct rmn_error *)NULL)->text)
/* Large items are read and searched in windows of this size... */
#define WINDOW_BYTES ((size_t)1 << 20)
/* ...that see this much of their neighbours, so that a value on the border is whole once. */
#define OVERLAP_BYTES ((size_t)4096)

struct rmn_examiner {
	struct rmn_examiner_options options;
	struct rmn_detector *detector;
	struct rmn_classifier *classifier;
	struct rmn_sha256 *sha256;
	struct rmn_arena *arenas[RMN_LIMIT_DEPTH + 1];	/* one a depth, made when needed */
	unsigned char *window;		/* WINDOW_BYTES + 2 * OVERLAP_BYTES */
	unsigned char *space;		/* RMN_SPACE_WINDOW_BYTES and margins; made when needed */
};

/* One top-level item and everything inside it. */
struct examination {
	struct rmn_examiner *examiner;
	const struct rmn_examine_sink *sink;
	const struct rmn_examine_input *input;
	uint64_t top_bytes;		/* of the item itself, for the ratio */
	uint64_t unpacked_bytes;
	uint32_t next_member;
	unsigned told;			/* limits that were already recorded, by bit */
	enum rmn_status fatal;		/* RMN_NOMEM: the examiner cannot go on */
};

/* One item on the way down. */
struct node {
	struct examination *run;
	uint32_t member;
	unsigned depth;
	struct rmn_blob *content;
	struct rmn_bytes head;
	struct rmn_bytes name, path;
	struct rmn_arena *arena;
	bool is_code;
	bool is_residue;		/* bytes of no file */
	bool has_cut_member;		/* one was too deep or too large to be looked at as a whole */
	bool is_searched_inside;	/* all of it, as members: only hashed when it is read again */
	bool has_sha256, searched;
	unsigned char sha256[RMN_SHA256_BYTES];
	/* text of the part being read */
	enum rmn_part_kind part_kind;
	struct rmn_buf part;		/* "sheet 顧客" as findings show it */
	struct rmn_buf pending;		/* text not yet searched, after pending_skip bytes that were */
	size_t pending_skip;
	uint64_t pending_offset;	/* of pending's first byte in the item's text */
	uint64_t text_bytes;
	bool in_table;
	struct rmn_buf head_text;
	struct rmn_buf property[RMN_PROPERTY_COUNT];
	bool missing;			/* something was not read; the first such thing: */
	char missing_what[REASON_BYTES];
	bool unread;			/* bytes did not come: there is no hash of the item */
	/* of the finding callback */
	bool finding_in_text;
};

void node_init(struct node *n, struct examination *run, uint32_t member, unsigned depth,
    struct rmn_blob *content, struct rmn_bytes name, struct rmn_bytes path);
void node_release(struct node *n);

/* Examines one node, whose member event was already sent; sends `examined` last. */
void node_examine(struct node *n);

/* examine.c: v_unexamined rows. */
void node_unexamined(const struct node *n, const char *stage, enum rmn_status why,
    const char *reason);

/* Keeps the reason for the item's row; the row of v_unexamined is the caller's. */
void node_lacks(struct node *n, const char *what);

/* text.c: the sink functions that collect and search text; and the end of all text. */
enum rmn_status node_part(void *context, enum rmn_part_kind kind, struct rmn_bytes name);
enum rmn_status node_text(void *context, struct rmn_bytes utf8);
enum rmn_status node_raw_text(void *context, uint64_t offset, uint64_t size_bytes,
    enum rmn_encoding encoding, char delimiter);
enum rmn_status node_property(void *context, enum rmn_property property, struct rmn_bytes name,
    struct rmn_bytes value);
enum rmn_status node_named(void *context, const struct rmn_named *named);
void node_text_end(struct node *n);
void node_search_name(struct node *n);

/* raw.c: searches the item's own bytes; hashes them on the way when they were not yet. */
void node_search_raw(struct node *n);
void node_search_range(struct node *n, uint64_t offset, uint64_t size_bytes,
    enum rmn_encoding encoding, char delimiter, bool hash);
void node_finding(void *context, const struct rmn_finding *finding);

/* member.c: the sink function for members. */
enum rmn_status node_member(void *context, const struct rmn_member *facts,
    const struct rmn_member_reader *reader);

/* document.c: whether this is a document, and which. */
void node_document(struct node *n, const struct rmn_format *format);

#endif
