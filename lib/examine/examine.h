/* SPDX-License-Identifier: MIT
 *
 * One item, examined to the bottom: identified, hashed, unpacked, read, searched, classified, and
 * the same for everything inside it.  Plain functions: a worker, remnant-text, a unit test and a
 * fuzzer run the same code. */
#ifndef RMN_EXAMINE_EXAMINE_H
#define RMN_EXAMINE_EXAMINE_H

#include "base/blob.h"
#include "base/hash.h"
#include "classify/classify.h"
#include "detect/detect.h"
#include "format/format.h"
#include "identify/identify.h"

struct rmn_examiner;

struct rmn_examiner_options {
	const struct rmn_rules *rules;		/* borrowed; NULL: no detection */
	struct rmn_identifier *identifier;	/* borrowed; NULL: own signatures only */
	struct rmn_helper *pdf;		/* borrowed; NULL: PDFs are unsupported */
	struct rmn_helper *ocr;			/* borrowed; NULL: pictures are not read */
	bool skip_pdf;
	bool hash_items;			/* SHA-256 of every item */
	bool mask_properties;			/* what rules find in titles, authors ... is masked */
};

enum rmn_status rmn_examiner_new(const struct rmn_examiner_options *options,
    struct rmn_examiner **examiner, struct rmn_error *error);
void rmn_examiner_free(struct rmn_examiner *examiner);	/* takes NULL */

/* What an item turned out to be.  Member 0 is the item itself, members count up from 1. */
struct rmn_examined {
	uint32_t member;
	bool has_sha256;
	unsigned char sha256[RMN_SHA256_BYTES];
	const char *media_type;
	const char *format;		/* NULL: none of the table */
	enum rmn_status status;		/* how completely it was read */
	const char *reason;		/* NULL when RMN_OK */
	uint64_t size_bytes;		/* as read */
	uint64_t text_bytes;
};

struct rmn_examined_document {
	uint32_t member;
	const char *format;
	struct rmn_classification classification;
	struct rmn_bytes property[RMN_PROPERTY_COUNT];	/* UTF-8; empty where there is none */
	uint64_t text_bytes;
};

/* Everything is borrowed for the call. */
struct rmn_examine_sink {
	void *context;
	/* A new member, before anything is read of it.  path: of the container, "//", name. */
	void (*member)(void *context, uint32_t member, uint32_t parent,
	    const struct rmn_member *facts, struct rmn_bytes path);
	void (*text)(void *context, uint32_t member, enum rmn_part_kind kind,
	    struct rmn_bytes part, struct rmn_bytes utf8);		/* may be NULL */
	void (*property)(void *context, uint32_t member, enum rmn_property property,
	    struct rmn_bytes name, struct rmn_bytes value);		/* may be NULL */
	void (*finding)(void *context, uint32_t member, const struct rmn_finding *finding,
	    bool in_text, struct rmn_bytes part);
	void (*document)(void *context, const struct rmn_examined_document *document);
	void (*unexamined)(void *context, uint32_t member, const char *stage, const char *reason);
	void (*examined)(void *context, const struct rmn_examined *result);
	/* A sign of life, with the bytes of the item that were read by now. */
	void (*progress)(void *context, uint64_t bytes);		/* may be NULL */
	void (*named)(void *context, uint32_t member, const struct rmn_named *named); /* may be NULL */
};

struct rmn_examine_input {
	struct rmn_blob *content;
	struct rmn_bytes name;		/* file name */
	struct rmn_bytes path;		/* within the volume */
	bool raw_only;			/* no parser: the bytes are searched, nothing else */
	const uint32_t *skip_members;	/* searched raw only, because a parser died on them; 0 is
					 * the item itself */
	size_t skip_count;
};

/* Never fails on evidence: what went wrong is in the events.  RMN_NOMEM or RMN_IO only when the
 * examiner itself cannot go on. */
enum rmn_status rmn_examine_item(struct rmn_examiner *examiner,
    const struct rmn_examine_input *input, const struct rmn_examine_sink *sink,
    struct rmn_error *error);

/* Unclaimed space: a window of runs that no file claims.  Every byte is counted in one class of
 * the tally, by 4 KiB blocks from the start of each run. */
struct rmn_space_tally {
	uint64_t zero, constant, high_entropy, residue, unreadable;
};

struct rmn_space_input {
	struct rmn_blob *source;	/* the whole source; runs are ranges of it */
	const struct rmn_space_range { uint64_t offset, size_bytes; } *ranges;
	size_t range_count;
	struct rmn_bytes path;		/* of the window, for the members found in it */
};

/* Findings' offsets are offsets on the source.  What still inflates becomes a member. */
enum rmn_status rmn_examine_space(struct rmn_examiner *examiner,
    const struct rmn_space_input *input, const struct rmn_examine_sink *sink,
    struct rmn_space_tally *tally, struct rmn_error *error);

#endif
