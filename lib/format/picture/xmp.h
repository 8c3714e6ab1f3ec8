/* SPDX-License-Identifier: MIT
 *
 * XMP packets (ISO 16684-1): what PDFs and pictures say about themselves in RDF.  Read as markup, not
 * as RDF: every element or attribute that holds text is a property, except what names no person, place,
 * firm or program (colours, curves, identifiers of instances). */
#ifndef RMN_FORMAT_XMP_H
#define RMN_FORMAT_XMP_H

#include "base/sink.h"

/* One property.  name is the local name ("City") and matters for RMN_PROPERTY_OTHER; the items of a
 * list come as one value, parted by ", "; the value is UTF-8 without line breaks at its ends. */
typedef void rmn_xmp_give(void *context, enum rmn_property property, struct rmn_bytes name,
    struct rmn_bytes value);

/* Reads a packet in UTF-8, UTF-16 or UTF-32.  False when it was damaged, larger than what is read, or
 * there was no memory for it; what could be read was given. */
bool rmn_xmp_read(struct rmn_bytes packet, rmn_xmp_give *give, void *context);

#endif
