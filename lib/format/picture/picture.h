/* SPDX-License-Identifier: MIT
 *
 * What the readers of pictures share: the properties that EXIF, IPTC, XMP and each format's own
 * comments give, without repetition.  Pixels are never decoded here. */
#ifndef RMN_FORMAT_PICTURE_H
#define RMN_FORMAT_PICTURE_H

#include "base/limits.h"
#include "format/format.h"
#include "format/text.h"

struct rmn_picture {
	const struct rmn_format_input *input;
	struct rmn_bytes bytes;		/* the whole file */
	struct rmn_text text;
	uint64_t given[RMN_LIMIT_PROPERTIES];	/* hashes of names and values */
	size_t count;
	bool is_written[RMN_PROPERTY_COUNT];
	bool is_damaged;		/* something was cut short or wrong */
	bool is_more;			/* more properties than are kept */
	unsigned depth;			/* of EXIF in Photoshop's resources in EXIF ... */
};

/* Blocks inside each other: honest files have two. */
#define RMN_PICTURE_DEPTH 4

/* Bits of a magic at offset, 0 when it is another. */
unsigned rmn_picture_magic(const struct rmn_format_input *input, size_t offset, const char *magic,
    size_t size);

/* A reader: loads the file, lets walk (may be NULL) give what the format holds, and looks at the pixels
 * when that is asked for.  RMN_PARTIAL: cut short, or walk said that something is damaged. */
enum rmn_status rmn_picture_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    void (*walk)(struct rmn_picture *picture), struct rmn_error *error);

/* One property in UTF-8.  Of a property with a place of its own the second, different value goes by
 * source and name ("iptc_author"); for RMN_PROPERTY_OTHER the name is all. */
void rmn_picture_give(struct rmn_picture *picture, enum rmn_property property, const char *source,
    const char *name, struct rmn_bytes value);

/* The same for bytes in an encoding that nobody says: UTF-8, a Japanese one where it shows, CP1252. */
void rmn_picture_give_bytes(struct rmn_picture *picture, enum rmn_property property,
    const char *source, const char *name, struct rmn_bytes value);

void rmn_picture_give_encoded(struct rmn_picture *picture, enum rmn_property property,
    const char *source, const char *name, struct rmn_bytes value, enum rmn_encoding encoding);

/* Blocks that several formats carry.  What is damaged in them is noted in the picture. */
void rmn_picture_exif(struct rmn_picture *picture, struct rmn_bytes tiff);
void rmn_picture_iptc(struct rmn_picture *picture, struct rmn_bytes iptc);
void rmn_picture_xmp(struct rmn_picture *picture, struct rmn_bytes packet);
void rmn_picture_photoshop(struct rmn_picture *picture, struct rmn_bytes resources);

#endif
