/* SPDX-License-Identifier: MIT
 *
 * Text on its way from a reader to a sink: gathered into pieces, made well-formed UTF-8, counted
 * against RMN_LIMIT_TEXT_BYTES.  Like rmn_buf, nothing fails one by one: `status` is looked at
 * where a reader can stop. */
#ifndef RMN_FORMAT_TEXT_H
#define RMN_FORMAT_TEXT_H

#include "base/arena.h"
#include "base/sink.h"

#define RMN_TEXT_PIECE_BYTES ((size_t)32 << 10)

struct rmn_text {
	const struct rmn_sink *sink;
	struct rmn_error *error;
	unsigned char *data;
	size_t used;
	uint64_t given_bytes;
	enum rmn_status status;
	unsigned char last;		/* what was put last; '\n' at the start of a part */
	bool part_waits;		/* named, but nothing was put yet */
	enum rmn_part_kind part_kind;
	struct rmn_bytes prefix;	/* borrowed; stands in front of the names of parts */
	char part_name[256];
};

/* The buffer lives in the arena; without memory the status says so from the start. */
void rmn_text_init(struct rmn_text *text, const struct rmn_sink *sink, struct rmn_arena *arena,
    struct rmn_error *error);

/* Starts a part; the sink hears of it with its first text.  The name is cut to 255 bytes. */
void rmn_text_part(struct rmn_text *text, enum rmn_part_kind kind, struct rmn_bytes name);

void rmn_text_put(struct rmn_text *text, struct rmn_bytes utf8);
void rmn_text_char(struct rmn_text *text, char c);

/* Characters with entities, as markup has them. */
void rmn_text_markup(struct rmn_text *text, struct rmn_bytes body);

/* The same for a cell: line breaks and tabs become spaces. */
void rmn_text_cell(struct rmn_text *text, struct rmn_bytes body);

/* HTML: runs of white space become one space; none after a line start. */
void rmn_text_flow(struct rmn_text *text, struct rmn_bytes body);

/* Tabs up to a cell's column (from 0), at most 64 of them: wider gaps are layout, not data.  *column is
 * where the row has come to; nothing is put when that is further. */
void rmn_text_tabs(struct rmn_text *text, uint64_t *column, uint64_t to);

void rmn_text_newline(struct rmn_text *text);	/* unless the line is empty */
enum rmn_status rmn_text_flush(struct rmn_text *text);

/* Decodes entities of body into the arena.  Without memory the status says so, and what is
 * returned is empty. */
struct rmn_bytes rmn_text_decoded(struct rmn_text *text, struct rmn_arena *arena,
    struct rmn_bytes body);

/* A copy in the arena, with the same rule. */
struct rmn_bytes rmn_text_kept(struct rmn_text *text, struct rmn_arena *arena,
    struct rmn_bytes bytes);

/* A property; its value has entities.  Dates become RFC 3339 where they can be read. */
void rmn_text_property(struct rmn_text *text, struct rmn_arena *arena,
    enum rmn_property property, const char *name, struct rmn_bytes value);

/* The same for a value without entities. */
void rmn_text_property_plain(struct rmn_text *text, struct rmn_arena *arena,
    enum rmn_property property, const char *name, struct rmn_bytes value);

#endif
