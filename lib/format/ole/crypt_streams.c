/* SPDX-License-Identifier: MIT */
#include "format/ole/crypt_streams.h"

#include <string.h>

#include "base/limits.h"
#include "charset/charset.h"
#include "format/ole/property_set.h"

#define PLACE_BYTES 8u			/* of the list, and its size */
#define STREAM_BYTES_MAX RMN_MIB	/* of a property set */
#define STREAMS_MAX 4096u
#define NAME_BYTES_MAX 512u

struct listed {
	uint32_t at, size;
	uint16_t block;
	struct rmn_bytes name;		/* UTF-16LE, with its end */
};

static bool
listed_read(struct rmn_cursor *c, struct listed *l)
{
	uint8_t name_units;

	return rmn_cursor_le32(c, &l->at) && rmn_cursor_le32(c, &l->size) &&
	    rmn_cursor_le16(c, &l->block) && rmn_cursor_u8(c, &name_units) &&
	    rmn_cursor_skip(c, 5) &&	/* flags, reserved */
	    rmn_cursor_take(c, ((size_t)name_units + 1) * 2, &l->name);
}

/* A copy in the arena, decrypted with the key of a block; data is NULL without memory. */
static struct rmn_bytes
piece_decrypt(const struct rmn_ole *ole, struct rmn_cryptoapi *keys, uint32_t block,
    struct rmn_bytes piece)
{
	unsigned char *copy = rmn_arena_take(ole->cfb->arena, piece.size + 1);

	if (!copy || !rmn_cryptoapi_block(keys, block))
		return (struct rmn_bytes){NULL, 0};
	if (piece.size > 0)
		memcpy(copy, piece.data, piece.size);
	rmn_rc4_apply(&keys->rc4, copy, piece.size);
	return (struct rmn_bytes){copy, piece.size};
}

/* One stream; false when it is no property set, or is not whole. */
static bool
stream_give(const struct rmn_ole *ole, struct rmn_cryptoapi *keys, struct rmn_bytes all,
    const struct listed *l)
{
	struct rmn_bytes piece = rmn_bytes_head(rmn_bytes_after(all, l->at), l->size);
	struct rmn_buf name;
	bool is_given;

	if (piece.size < l->size || l->size > STREAM_BYTES_MAX || l->name.size > NAME_BYTES_MAX)
		return false;
	rmn_buf_init(&name, 0);
	rmn_charset_decode(rmn_bytes_head(l->name, l->name.size - 2), RMN_UTF16LE, &name, NULL);
	is_given = rmn_property_set_is(rmn_buf_string(&name));
	if (is_given) {
		piece = piece_decrypt(ole, keys, l->block, piece);
		is_given = piece.data && rmn_property_set_give(rmn_buf_string(&name), piece,
		    ole->cfb->arena, ole->text);
	}
	rmn_buf_release(&name);
	return is_given;
}

/* The list, and in front of its lines how many there are: the same key as for its place. */
static struct rmn_bytes
list_read(const struct rmn_ole *ole, struct rmn_cryptoapi *keys, struct rmn_bytes all)
{
	struct rmn_cursor c = rmn_cursor_over(piece_decrypt(ole, keys, 0,
	    rmn_bytes_head(all, PLACE_BYTES)));
	uint32_t at, size;

	if (!rmn_cursor_le32(&c, &at) || !rmn_cursor_le32(&c, &size) || at < PLACE_BYTES)
		return (struct rmn_bytes){NULL, 0};
	return piece_decrypt(ole, keys, 0, rmn_bytes_head(rmn_bytes_after(all, at), size));
}

enum rmn_status
rmn_crypt_streams_give(const struct rmn_ole *ole, const char *name, struct rmn_cryptoapi *keys)
{
	const struct rmn_cfb_entry *entry = rmn_cfb_find(ole->cfb, ole->storage, name);
	struct rmn_bytes all;
	struct rmn_cursor c;
	struct listed l;
	uint32_t count, given = 0;

	if (!entry || entry->type != RMN_CFB_STREAM)
		return RMN_OK;
	if (rmn_cfb_read(ole->cfb, entry, RMN_LIMIT_WHOLE_ITEM_BYTES, &all, NULL) != RMN_OK)
		return rmn_fail(ole->error, RMN_PARTIAL, "the stream %s is damaged", name);
	c = rmn_cursor_over(list_read(ole, keys, all));
	if (!rmn_cursor_le32(&c, &count) || count > STREAMS_MAX)
		return rmn_fail(ole->error, RMN_PARTIAL, "the list of the stream %s is damaged", name);
	for (uint32_t i = 0; i < count && listed_read(&c, &l); i++)
		given += stream_give(ole, keys, all, &l);
	return given == count ? RMN_OK : rmn_fail(ole->error, RMN_PARTIAL,
	    "%u streams that are encrypted together (%s) were not read", count - given, name);
}
