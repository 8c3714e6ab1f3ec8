/* SPDX-License-Identifier: MIT
 *
 * The inside of a Visio 5 to 14 drawing: pointers to streams, packed or not, that hold pointers,
 * chunks or one record.  No description is published; docs/formats/visio.md has what is known. */
#ifndef RMN_FORMAT_VISIO_STREAM_H
#define RMN_FORMAT_VISIO_STREAM_H

#include "base/buf.h"
#include "base/cursor.h"

enum rmn_visio_type {
	RMN_VISIO_FOREIGN = 0x0C,	/* a picture */
	RMN_VISIO_TEXT = 0x0E,
	RMN_VISIO_TRAILER = 0x14,
	RMN_VISIO_PAGE = 0x15,
	RMN_VISIO_COLORS = 0x16,
	RMN_VISIO_STENCIL_PAGE = 0x1E,
	RMN_VISIO_OLE_DATA = 0x1F,
	RMN_VISIO_FONT_FACE = 0xD7,
};

struct rmn_visio_pointer {
	uint32_t type;
	uint32_t offset, size;
	uint16_t format;
};

struct rmn_visio_chunk {
	uint32_t type;
	struct rmn_bytes data;
};

/* Format bits. */
bool rmn_visio_is_packed(const struct rmn_visio_pointer *pointer);
bool rmn_visio_has_pointers(const struct rmn_visio_pointer *pointer);
bool rmn_visio_has_chunks(const struct rmn_visio_pointer *pointer);

bool rmn_visio_pointer_read(struct rmn_cursor *c, unsigned version,
    struct rmn_visio_pointer *pointer);

/* Moves to the pointers of a stream of this type; how many there are. */
bool rmn_visio_pointers_find(struct rmn_cursor *c, unsigned version, uint32_t type, unsigned shift,
    uint32_t *count);

/* The next chunk; false at the end, or with *is_broken. */
bool rmn_visio_chunk_next(struct rmn_cursor *c, unsigned version, struct rmn_visio_chunk *chunk,
    bool *is_broken);

/* Unpacks all of packed (LZSS, 4 KiB) and appends it. */
void rmn_visio_unpack(struct rmn_bytes packed, struct rmn_buf *out);

#endif
