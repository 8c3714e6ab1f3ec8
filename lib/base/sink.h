/* SPDX-License-Identifier: MIT
 *
 * What readers give and who takes it: the vocabulary that unpack/, format/ and examine/ share. */
#ifndef RMN_BASE_SINK_H
#define RMN_BASE_SINK_H

#include "base/bytes.h"
#include "base/encoding.h"
#include "base/status.h"

/* Where in a document a piece of text stands.  Stored by name. */
enum rmn_part_kind {
	RMN_PART_BODY,
	RMN_PART_HEADER,	/* page header or footer */
	RMN_PART_NOTE,		/* foot-, end- or speaker note */
	RMN_PART_COMMENT,
	RMN_PART_SHEET,		/* rows as lines, cells parted by tabs */
	RMN_PART_SLIDE,
	RMN_PART_PAGE,
	RMN_PART_MAIL_HEADER,	/* decoded header lines, "Name: value" */
	RMN_PART_DELETED,	/* deleted or superseded, but still in the file: fast saves, free pages */
	RMN_PART_FORM,		/* form fields and their values, "Name: value" */
	RMN_PART_MACRO,		/* source text of programs inside the document */
	RMN_PART_OCR,		/* read from a picture, so possibly misread */
};

enum rmn_property {
	RMN_PROPERTY_TITLE,
	RMN_PROPERTY_SUBJECT,
	RMN_PROPERTY_AUTHOR,
	RMN_PROPERTY_LAST_AUTHOR,
	RMN_PROPERTY_COMPANY,
	RMN_PROPERTY_MANAGER,
	RMN_PROPERTY_CREATED,		/* value: RFC 3339 */
	RMN_PROPERTY_MODIFIED,		/* value: RFC 3339 */
	RMN_PROPERTY_APPLICATION,
	RMN_PROPERTY_KEYWORDS,
	RMN_PROPERTY_LANGUAGE,
	RMN_PROPERTY_OTHER,		/* name tells which */
	RMN_PROPERTY_COUNT
};
const char *rmn_property_name(enum rmn_property property);	/* "title", "last_author" ... */
const char *rmn_part_name(enum rmn_part_kind kind);		/* "body", "sheet" ... */

/* Something with bytes of its own inside another item. */
struct rmn_member {
	struct rmn_bytes name;		/* path inside the container, UTF-8; may be empty */
	struct rmn_bytes raw_name;	/* as stored, when name differs from that */
	uint64_t size_bytes;		/* as declared; UINT64_MAX when unknown */
	int64_t modified;		/* base/time.h */
	int64_t created;
	bool is_encrypted;		/* no content can be read */
	bool is_directory;
	bool is_residue;		/* bytes of no file: to be searched, not read as a format */
	bool has_offset;
	uint64_t container_offset;	/* of its stored data, when has_offset: the way back to bytes */
};

/* Streams one member's bytes.  Returns RMN_OK with *got > 0, RMN_END at the end, or why no more
 * can be read (RMN_CORRUPT: CRC or structure, RMN_ENCRYPTED, RMN_LIMIT, RMN_IO). */
struct rmn_member_reader {
	enum rmn_status (*read)(void *state, void *buffer, size_t size, size_t *got,
	    struct rmn_error *error);
	void *state;
};

/* A file that is spoken of, and lies elsewhere if it is anywhere: what a shortcut points to, an entry of
 * a list of names.  It may give a carved file its name back. */
struct rmn_named {
	struct rmn_bytes path;		/* as far as it is told, UTF-8; parted by '/' or '\\' */
	uint64_t size_bytes;		/* UINT64_MAX: unknown */
	int64_t created, modified;	/* base/time.h */
};

/* Who takes what a reader finds.  Everything passed is borrowed for the call: a sink copies what
 * it keeps.  A function that returns anything but RMN_OK ends the reading, and the reader returns
 * that status.  Readers call through rmn_sink_* below, which accept absent functions. */
struct rmn_sink {
	void *context;
	/* Starts a part; name is a sheet's name, "word/header1.xml", "3" for page 3, or "". */
	enum rmn_status (*part)(void *context, enum rmn_part_kind kind, struct rmn_bytes name);
	/* Text of the part, UTF-8, in any number of pieces; '\n' ends a paragraph or row, '\t'
	 * parts cells. */
	enum rmn_status (*text)(void *context, struct rmn_bytes utf8);
	/* Text that is the item's own bytes in an encoding: nothing was copied, offset is in the
	 * item; delimiter is ',' '\t' or ';' when its lines are rows of a table, else 0. */
	enum rmn_status (*raw_text)(void *context, uint64_t offset, uint64_t size_bytes,
	    enum rmn_encoding encoding, char delimiter);
	enum rmn_status (*property)(void *context, enum rmn_property property,
	    struct rmn_bytes name, struct rmn_bytes value);
	enum rmn_status (*member)(void *context, const struct rmn_member *member,
	    const struct rmn_member_reader *reader);
	/* Something that was not read, and why: goes to v_unexamined. */
	enum rmn_status (*missing)(void *context, enum rmn_status why, const char *what);
	enum rmn_status (*named)(void *context, const struct rmn_named *named);
};

enum rmn_status rmn_sink_part(const struct rmn_sink *sink, enum rmn_part_kind kind,
    const char *name);
enum rmn_status rmn_sink_text(const struct rmn_sink *sink, struct rmn_bytes utf8);
enum rmn_status rmn_sink_property(const struct rmn_sink *sink, enum rmn_property property,
    struct rmn_bytes value);
enum rmn_status rmn_sink_member(const struct rmn_sink *sink, const struct rmn_member *member,
    const struct rmn_member_reader *reader);
enum rmn_status rmn_sink_named(const struct rmn_sink *sink, const struct rmn_named *named);
enum rmn_status rmn_sink_missing(const struct rmn_sink *sink, enum rmn_status why,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
