/* SPDX-License-Identifier: MIT
 *
 * A document that is a zip of XML parts (OOXML, ODF): parts by name, each scanned as markup in
 * pieces, embedded files as members, damage noted and gone on after. */
#ifndef RMN_FORMAT_PACKAGE_H
#define RMN_FORMAT_PACKAGE_H

#include "base/buf.h"
#include "format/format.h"
#include "format/markup/markup.h"
#include "format/text.h"
#include "unpack/zip.h"

struct rmn_package {
	const struct rmn_format_input *input;
	struct rmn_arena *arena;
	const struct rmn_sink *sink;
	struct rmn_error *error;
	struct rmn_text text;
	struct rmn_zip *zip;
	size_t *by_name;		/* entry numbers, sorted by name without case */
	bool *is_read;			/* by entry number: begun at least once */
	bool *is_inside;		/* by entry number: relationships, all read, that lead nowhere outside */
	size_t count;
	uint64_t unpacked_bytes;
	enum rmn_status status;		/* the worst that was met; RMN_OK so far */
	struct rmn_buf window;		/* carried over between the pieces of a part */
};

/* One relationship of a part. */
struct rmn_relation {
	struct rmn_bytes id;
	struct rmn_bytes type;		/* the last step of its URI: "slide", "hyperlink" */
	struct rmn_bytes target;	/* the part's name, or the URI when is_external */
	bool is_external;
};

struct rmn_relations {
	struct rmn_relation *items;	/* in the order of the file */
	struct rmn_relation **by_id;
	size_t count;
	size_t capacity;
};

/* Sees each token of a part. */
typedef void rmn_token_taker(void *context, const struct rmn_markup_token *token);

/* Anything but RMN_OK: nothing was opened, nothing is to be closed. */
enum rmn_status rmn_package_open(struct rmn_package *package,
    const struct rmn_format_input *input, const struct rmn_sink *sink, struct rmn_error *error);

/* Gives what is gathered, tests the checksums of what nobody read (pictures, fonts), so that a file
 * with a hole is never called complete, frees, and says how it went: the sink's refusal, or the worst. */
enum rmn_status rmn_package_close(struct rmn_package *package);

/* A part by name, without regard to case and a leading slash; NULL when there is none. */
const struct rmn_zip_entry *rmn_package_find(const struct rmn_package *package,
    struct rmn_bytes name);

/* Entries in the order of their names, numbers in names by value (sheet2 before sheet10). */
const struct rmn_zip_entry *rmn_package_entry(const struct rmn_package *package, size_t index);

/* Scans one part.  Damage is noted (rmn_package_note) and what came before it was taken.  False
 * when the reading must stop altogether. */
bool rmn_package_scan(struct rmn_package *package, const struct rmn_zip_entry *entry,
    rmn_token_taker *take, void *context);

/* Unpacks one part into a buffer, whose cap bounds it.  Damage is noted, and what came before it is
 * there.  False when the reading must stop altogether. */
bool rmn_package_load(struct rmn_package *package, const struct rmn_zip_entry *entry,
    struct rmn_buf *part);

/* Records what could not be read of one part. */
void rmn_package_note(struct rmn_package *package, enum rmn_status status,
    struct rmn_bytes part, const char *why);

/* Hands an embedded file on.  False when the reading must stop. */
bool rmn_package_member(struct rmn_package *package, const struct rmn_zip_entry *entry);

/* The relationships of a part; none when it has no such file. */
void rmn_package_relations(struct rmn_package *package, struct rmn_bytes part,
    struct rmn_relations *relations);
const struct rmn_relation *rmn_relation_find(const struct rmn_relations *relations,
    struct rmn_bytes id);

/* Text that has to wait for a better place (comments, deleted text): up to 4 MiB. */
void rmn_package_aside_init(struct rmn_buf *aside);
void rmn_package_aside_give(struct rmn_package *package, struct rmn_buf *aside,
    enum rmn_part_kind kind, const char *name);

#endif
