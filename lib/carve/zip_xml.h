/* SPDX-License-Identifier: MIT
 *
 * Private to carve/zip*.c: is this still XML?  A deflate stream that goes on in a wrong block gives
 * letters in a wrong order for kilobytes before it breaks; tags that do not fit show it at once. */
#ifndef RMN_CARVE_ZIP_XML_H
#define RMN_CARVE_ZIP_XML_H

#include "base/bytes.h"

#define ZIP_XML_DEPTH 48u	/* deeper tags are not compared */

/* Copied with the state of its stream. */
struct zip_xml {
	uint8_t state;
	uint8_t quote;			/* inside a value */
	uint8_t utf8_left;		/* bytes of a character to come */
	bool is_off;			/* not checked: another encoding, comments, a doctype */
	bool is_bad;
	uint32_t depth;
	uint32_t name;			/* hash of the name being read */
	uint64_t size_bytes;		/* checked so far */
	uint32_t open[ZIP_XML_DEPTH];	/* hashes of the names of open elements */
};

/* Whether a member of this name is XML that no person wrote by hand. */
bool zip_xml_is(struct rmn_bytes name);

void zip_xml_start(struct zip_xml *xml);

/* False from the first byte on that cannot be. */
bool zip_xml_feed(struct zip_xml *xml, struct rmn_bytes text);

#endif
