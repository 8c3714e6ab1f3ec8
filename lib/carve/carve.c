/* SPDX-License-Identifier: MIT */
#include "carve/carve.h"

#include <string.h>

#define CARVER(stem, name, extension, magic, offset, order) \
	{name, extension, magic, sizeof(magic) - 1, offset, order, rmn_walk_##stem, NULL},
#define MENDED(stem, name, extension, magic, offset, order) \
	{name, extension, magic, sizeof(magic) - 1, offset, order, rmn_walk_##stem, \
	    rmn_mend_##stem},
const struct rmn_carver rmn_carvers[] = {
#include "carve/carvers.def"
	{0},
};
#undef CARVER
#undef MENDED

const size_t rmn_carver_count = sizeof(rmn_carvers) / sizeof(rmn_carvers[0]) - 1;

void
rmn_carve_tools_init(struct rmn_carve_tools *tools)
{
	*tools = (struct rmn_carve_tools){0};
	rmn_buf_init(&tools->buffer, 0);
	rmn_buf_init(&tools->more, 0);
}

void
rmn_carve_tools_release(struct rmn_carve_tools *tools)
{
	rmn_buf_release(&tools->buffer);
	rmn_buf_release(&tools->more);
	rmn_zip_anchors_free(tools->zip_anchors);
	tools->zip_anchors = NULL;
	rmn_streams_free(tools->streams);
	tools->streams = NULL;
}

uint64_t
rmn_mender_border(const struct rmn_mender *m, uint64_t image_offset)
{
	uint64_t phase = m->phase % m->block_bytes;
	uint64_t inside = (image_offset + m->block_bytes - phase) % m->block_bytes;

	return inside ? image_offset + (m->block_bytes - inside) : image_offset;
}

bool
rmn_mender_is_free(const struct rmn_mender *m, uint64_t image_offset)
{
	uint64_t size = rmn_disk_size(m->disk);

	return image_offset < size && size - image_offset >= m->block_bytes &&
	    rmn_sectors_next(m->taken, image_offset, image_offset + m->block_bytes, true) ==
	    image_offset + m->block_bytes;
}

size_t
rmn_carver_find(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < rmn_carver_count; i++) {
		const struct rmn_carver *c = &rmn_carvers[i];

		if (size >= (size_t)c->magic_offset + c->magic_size &&
		    bytes[c->magic_offset] == (unsigned char)c->magic[0] &&
		    memcmp(bytes + c->magic_offset, c->magic, c->magic_size) == 0)
			return i;
	}
	return SIZE_MAX;
}

void
rmn_carve_prove(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven, const struct rmn_carver **carver)
{
	unsigned char head[RMN_SECTOR_BYTES];
	size_t size = rmn_view_read(view, 0, head, sizeof(head));
	size_t found = rmn_carver_find(head, size);

	*proven = (struct rmn_proven){0};
	*carver = found == SIZE_MAX ? NULL : &rmn_carvers[found];
	if (*carver)
		(*carver)->walk(view, tools, proven);
}
