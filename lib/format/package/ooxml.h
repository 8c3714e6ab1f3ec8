/* SPDX-License-Identifier: MIT
 *
 * What Word, Excel and PowerPoint packages have in common (ECMA-376): content types, document
 * properties, links that lead outside, embedded files. */
#ifndef RMN_FORMAT_OOXML_H
#define RMN_FORMAT_OOXML_H

#include "format/package/package.h"

struct rmn_ooxml {
	struct rmn_package package;
	struct rmn_bytes *types;	/* by entry number: the last step of its content type */
};

/* A kind of part: known by its content type, or, where the list of types is lost, by its name:
 * prefix, an optional number, ".xml". */
struct rmn_ooxml_part {
	const char *type;		/* "header+xml" */
	const char *prefix;		/* "word/header" */
	enum rmn_part_kind kind;
	rmn_token_taker *take;
};

/* Opens the package and gives its properties. */
enum rmn_status rmn_ooxml_open(struct rmn_ooxml *ooxml, const struct rmn_format_input *input,
    const struct rmn_sink *sink, struct rmn_error *error);

/* Gives outside links and embedded files, and closes. */
enum rmn_status rmn_ooxml_close(struct rmn_ooxml *ooxml);

bool rmn_ooxml_is(const struct rmn_ooxml *ooxml, const struct rmn_zip_entry *entry,
    const struct rmn_ooxml_part *part);

/* Starts a part of the text named as the entry, and scans it. */
bool rmn_ooxml_scan(struct rmn_ooxml *ooxml, const struct rmn_zip_entry *entry,
    const struct rmn_ooxml_part *part, void *context);

/* The same for every entry of that kind, in the order of their names. */
void rmn_ooxml_scan_all(struct rmn_ooxml *ooxml, const struct rmn_ooxml_part *part,
    void *context);

/* The main part (type "main+xml", or prefix ".xml"); NULL when it is lost. */
const struct rmn_zip_entry *rmn_ooxml_main(const struct rmn_ooxml *ooxml, const char *prefix);

#endif
