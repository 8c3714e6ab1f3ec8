/* SPDX-License-Identifier: MIT */
#include "unpack/decmpfs.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "unpack/block.h"
#include "unpack/lzvn.h"

#define PIECE_BYTES ((size_t)65536)
#define PACKED_MAX (2 * PIECE_BYTES)	/* of one piece; what does not shrink is stored plain */

enum coding { PLAIN, ZLIB, LZVN };
enum place { IN_ATTRIBUTE, IN_FORK_ZLIB, IN_FORK };

static const struct {
	uint32_t type;
	enum coding coding;
	enum place place;
} types[] = {
	{1, PLAIN, IN_ATTRIBUTE}, {9, PLAIN, IN_ATTRIBUTE}, {10, PLAIN, IN_FORK},
	{3, ZLIB, IN_ATTRIBUTE}, {4, ZLIB, IN_FORK_ZLIB},
	{7, LZVN, IN_ATTRIBUTE}, {8, LZVN, IN_FORK},
};
#define TYPE_COUNT (sizeof(types) / sizeof(types[0]))

static size_t
type_find(uint32_t type)
{
	size_t i = 0;

	while (i < TYPE_COUNT && types[i].type != type)
		i++;
	return i;
}

bool
rmn_decmpfs_is_in_fork(uint32_t type)
{
	return type == 4 || type == 8 || type == 10 || type == 12 || type == 14;
}

/* Reads all of it or fails. */
static bool
stored_read(struct rmn_blob *stored, uint64_t offset, void *buffer, size_t size)
{
	size_t got = 0;

	return rmn_blob_read(stored, offset, buffer, size, &got, NULL) == RMN_OK && got == size;
}

static bool
word_read(struct rmn_blob *stored, uint64_t offset, bool is_big, uint32_t *word)
{
	unsigned char bytes[4];
	struct rmn_cursor c = rmn_cursor_over((struct rmn_bytes){bytes, sizeof(bytes)});

	return stored_read(stored, offset, bytes, sizeof(bytes)) &&
	    (is_big ? rmn_cursor_be32(&c, word) : rmn_cursor_le32(&c, word));
}

/* Where a piece is in the stored bytes.  zlib's fork is a true resource fork: its data begins with
 * their length and a table of places and lengths.  The others begin with a table of places. */
static bool
piece_place(const struct rmn_decmpfs_blob *d, enum place place, uint64_t piece, uint64_t *offset,
    uint32_t *size)
{
	uint32_t data, start, end, count;

	switch (place) {
	case IN_ATTRIBUTE:
		*offset = 0;
		*size = (uint32_t)rmn_min_u64(d->stored->size_bytes, PACKED_MAX);
		return piece == 0;
	case IN_FORK_ZLIB:
		if (!word_read(d->stored, 0, true, &data) ||
		    !word_read(d->stored, (uint64_t)data + 4, false, &count) || piece >= count ||
		    !word_read(d->stored, (uint64_t)data + 8 + 8 * piece, false, &start) ||
		    !word_read(d->stored, (uint64_t)data + 12 + 8 * piece, false, size))
			return false;
		*offset = (uint64_t)data + 4 + start;
		return true;
	case IN_FORK:
		if (!word_read(d->stored, 4 * piece, false, &start) ||
		    !word_read(d->stored, 4 * piece + 4, false, &end) || start >= end)
			return false;
		*offset = start;
		*size = end - start;
		return true;
	}
	return false;
}

static size_t
plain_copy(struct rmn_bytes packed, unsigned char *plain, size_t size)
{
	size_t count = rmn_min_size(packed.size, size);

	if (count > 0)
		memcpy(plain, packed.data, count);
	return count;
}

/* One piece: how many of its size bytes could be made.  A first byte that no coder writes says that
 * the rest is plain: xF for zlib, 06 (the end) for LZVN, CC for types 9 and 10. */
static size_t
piece_decode(uint32_t type, enum coding coding, struct rmn_bytes packed, unsigned char *plain,
    size_t size)
{
	if (packed.size == 0)
		return 0;
	switch (coding) {
	case ZLIB:
		if ((packed.data[0] & 0x0f) != 0x0f)
			return rmn_block_decode(RMN_BLOCK_ZLIB, packed, plain, size);
		break;
	case LZVN:
		if (packed.data[0] != 0x06)
			return rmn_lzvn_decode(packed, plain, size);
		break;
	case PLAIN:
		if (type == 1 || packed.data[0] != 0xcc)
			return plain_copy(packed, plain, size);
		break;
	}
	return plain_copy(rmn_bytes_after(packed, 1), plain, size);
}

static void
piece_load(struct rmn_decmpfs_blob *d, uint64_t piece, size_t size)
{
	size_t row = type_find(d->type), made = 0;
	uint64_t offset;
	uint32_t packed;

	if (piece == d->piece)
		return;
	d->piece = piece;
	if (piece_place(d, types[row].place, piece, &offset, &packed) &&
	    packed <= d->packed_capacity && stored_read(d->stored, offset, d->packed, packed))
		made = piece_decode(d->type, types[row].coding,
		    (struct rmn_bytes){d->packed, packed}, d->plain, size);
	if (made < size)
		d->damaged_pieces++;
	memset(d->plain + made, 0, size - made);
}

static enum rmn_status
decmpfs_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	struct rmn_decmpfs_blob *d = blob->state;

	(void)error;
	*got = 0;
	if (offset >= blob->size_bytes)
		return RMN_OK;
	size = (size_t)rmn_min_u64(size, blob->size_bytes - offset);
	while (*got < size) {
		uint64_t at = offset + *got, piece = at / d->piece_bytes;
		uint64_t left = blob->size_bytes - piece * d->piece_bytes;
		size_t skip = (size_t)(at % d->piece_bytes);
		size_t whole = (size_t)rmn_min_u64(left, d->piece_bytes);
		size_t count = rmn_min_size(size - *got, whole - skip);

		piece_load(d, piece, whole);
		memcpy((unsigned char *)buffer + *got, d->plain + skip, count);
		*got += count;
	}
	return RMN_OK;
}

static const struct rmn_blob_ops decmpfs_ops = {.read = decmpfs_read};

enum rmn_status
rmn_decmpfs_blob_init(struct rmn_decmpfs_blob *d, struct rmn_blob *stored, uint32_t type,
    uint64_t size_bytes, struct rmn_blob *blob, struct rmn_error *error)
{
	size_t row = type_find(type);

	*d = (struct rmn_decmpfs_blob){.stored = stored, .type = type, .piece = UINT64_MAX,
	    .piece_bytes = PIECE_BYTES, .packed_capacity = PACKED_MAX};
	if (row == TYPE_COUNT)
		return rmn_fail(error, RMN_UNSUPPORTED, "compressed by the file system as type %u",
		    (unsigned)type);
	if (types[row].place == IN_ATTRIBUTE) {
		if (size_bytes > RMN_DECMPFS_INLINE_MAX)
			return rmn_fail(error, RMN_CORRUPT, "%llu bytes in one attribute",
			    (unsigned long long)size_bytes);
		d->piece_bytes = (size_t)size_bytes + 1;
	}
	d->plain = malloc(d->piece_bytes);
	d->packed = malloc(d->packed_capacity);
	if (!d->plain || !d->packed) {
		rmn_decmpfs_blob_release(d);
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	}
	*blob = (struct rmn_blob){.ops = &decmpfs_ops, .size_bytes = size_bytes, .state = d};
	return RMN_OK;
}

void
rmn_decmpfs_blob_release(struct rmn_decmpfs_blob *d)
{
	free(d->plain);
	free(d->packed);
	d->plain = d->packed = NULL;
}
