/* SPDX-License-Identifier: MIT
 *
 * Blocks of Outlook's stores ([MS-PST] 2.2.2.8): data, and behind it a trailer that says whose it is.  Either is
 * found by the other: through the tree of blocks, or by a trailer that proves what is before it. */
#include <string.h>

#include "base/limits.h"
#include "base/number.h"
#include "format/mail/pst_file.h"
#include "unpack/inflate.h"

#define HEAP_SIGNATURE 0xECu
#define GUESS_BYTES RMN_MIB
#define GUESS_STEP 32768u	/* blocks of half a window at least are seen whole */

struct trailer {
	uint64_t id;
	uint32_t crc;
	uint16_t size, signature, whole;	/* whole: inflated */
};

static size_t
trailer_bytes(const struct rmn_pst *pst)
{
	return pst->is_big ? 24 : pst->is_wide ? 16 : 12;
}

static struct trailer
trailer_parse(const struct rmn_pst *pst, const unsigned char *t)
{
	return (struct trailer){
		.id = pst->is_wide ? rmn_le64(t + 8) : rmn_le32(t + 4),
		.crc = rmn_le32(t + (pst->is_wide ? 4 : 8)),
		.size = rmn_le16(t),
		.signature = rmn_le16(t + 2),
		.whole = pst->is_big ? rmn_le16(t + 18) : rmn_le16(t),
	};
}

size_t
rmn_pst_block_unit(const struct rmn_pst *pst)
{
	return pst->is_big ? 512 : 64;
}

/* The trailer stands at the end of it. */
static size_t
block_room(const struct rmn_pst *pst, size_t size)
{
	size_t unit = rmn_pst_block_unit(pst);

	return (size + trailer_bytes(pst) + unit - 1) / unit * unit;
}

/* Blocks of an OST of 2013 may be deflated: their trailer has both sizes. */
static bool
block_inflate(struct rmn_pst *pst, unsigned char *buffer, size_t *size, size_t whole)
{
	struct rmn_bytes packed = {buffer + 2, *size - 2};
	size_t used;

	if (*size < 3)
		return false;
	if (!pst->inflate)
		pst->inflate = rmn_inflate_new();
	rmn_buf_clear(&pst->inflated);
	if (!pst->inflate || !rmn_inflate_whole(pst->inflate, packed, whole, &pst->inflated, &used) ||
	    pst->inflated.size > RMN_PST_BLOCK_MAX)
		return false;
	if (pst->inflated.size > 0)
		memcpy(buffer, pst->inflated.data, pst->inflated.size);
	*size = pst->inflated.size;
	return true;
}

bool
rmn_pst_block_read_at(struct rmn_pst *pst, const struct rmn_pst_place *place, unsigned char *buffer,
    size_t *size)
{
	size_t room = block_room(pst, place->size), got;
	struct trailer t;

	if (room > RMN_PST_BLOCK_MAX ||
	    rmn_blob_read(pst->content, place->offset, buffer, room, &got, NULL) != RMN_OK || got < room)
		return false;
	t = trailer_parse(pst, buffer + room - trailer_bytes(pst));
	if (((t.id ^ place->id) & ~1ull) || t.size != place->size)
		return false;
	if (rmn_pst_crc(buffer, place->size) != t.crc)
		pst->is_damaged = true;
	pst->work += place->size + 512;
	*size = place->size;
	if (pst->is_big && t.whole != 0 && t.whole != t.size && !block_inflate(pst, buffer, size, t.whole))
		return false;
	if (!(place->id & RMN_PST_INTERNAL))
		rmn_pst_decode(pst->crypt, place->id, buffer, *size);
	return true;
}

bool
rmn_pst_block_read(struct rmn_pst *pst, uint64_t id, unsigned char *buffer, size_t *size)
{
	struct rmn_pst_place place;

	if (pst->work <= pst->work_limit && rmn_pst_place_find(pst, id, &place)) {
		place.id = id;
		if (rmn_pst_block_read_at(pst, &place, buffer, size))
			return true;
	}
	pst->is_damaged = true;
	return false;
}

bool
rmn_pst_block_ends(struct rmn_pst *pst, struct rmn_bytes bytes, uint64_t offset,
    struct rmn_pst_place *place)
{
	struct trailer t;
	uint64_t key;
	size_t room;

	if (bytes.size < rmn_pst_block_unit(pst))
		return false;
	t = trailer_parse(pst, bytes.data + bytes.size - trailer_bytes(pst));
	room = block_room(pst, t.size);
	if (t.size == 0 || t.id == 0 || room > bytes.size || pst->work > pst->work_limit)
		return false;
	*place = (struct rmn_pst_place){t.id, offset + bytes.size - room, t.size};
	key = place->offset ^ t.id;
	if (((key >> 16 ^ key) & 0xFFFF) != t.signature)
		return false;
	pst->work += t.size;
	return rmn_pst_crc(bytes.data + bytes.size - room, t.size) == t.crc;
}

/* What a block would be in each encoding: heaps have a signature, and most blocks are heaps. */
static void
heaps_count(struct rmn_pst *pst, const struct rmn_pst_place *place, unsigned counts[RMN_PST_CYCLIC + 1])
{
	unsigned char *block = pst->lists[1], head[4];
	size_t size;

	if ((place->id & RMN_PST_INTERNAL) || !rmn_pst_block_read_at(pst, place, block, &size) ||
	    size < sizeof(head))
		return;
	for (unsigned crypt = RMN_PST_PLAIN; crypt <= RMN_PST_CYCLIC; crypt++) {
		memcpy(head, block, sizeof(head));
		rmn_pst_decode((enum rmn_pst_crypt)crypt, place->id, head, sizeof(head));
		counts[crypt] += head[2] == HEAP_SIGNATURE;
	}
}

enum rmn_pst_crypt
rmn_pst_crypt_guess(struct rmn_pst *pst)
{
	size_t unit = rmn_pst_block_unit(pst), got;
	unsigned counts[RMN_PST_CYCLIC + 1] = {0};
	enum rmn_pst_crypt best = RMN_PST_PERMUTE;
	struct rmn_pst_place place;

	pst->crypt = RMN_PST_PLAIN;
	for (uint64_t offset = 0; offset < GUESS_BYTES; offset += GUESS_STEP) {
		rmn_blob_read(pst->content, offset, pst->lists[0], RMN_PST_BLOCK_MAX, &got, NULL);
		for (size_t end = unit; end <= got; end += unit)
			if (rmn_pst_block_ends(pst, (struct rmn_bytes){pst->lists[0], end}, offset, &place))
				heaps_count(pst, &place, counts);
	}
	for (unsigned crypt = RMN_PST_PLAIN; crypt <= RMN_PST_CYCLIC; crypt++)
		if (counts[crypt] > counts[best])
			best = (enum rmn_pst_crypt)crypt;
	return best;
}
