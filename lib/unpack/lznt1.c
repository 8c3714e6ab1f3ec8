/* SPDX-License-Identifier: MIT */
#include "unpack/lznt1.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"

#define CHUNK_BYTES 4096u
#define IS_COMPRESSED 0x8000u

/* A pair's 16 bits are shared between distance and length: the further into the chunk, the more bits
 * the distance has. */
static unsigned
length_bits(size_t at)
{
	unsigned bits = 12;

	for (size_t reach = at - 1; reach >= 0x10; reach >>= 1)
		bits--;
	return bits;
}

/* Repeats what stands distance bytes back; the two may overlap. */
static bool
pair_copy(unsigned pair, unsigned char *plain, size_t size, size_t *at)
{
	unsigned bits, length;
	size_t distance;

	if (*at == 0)
		return false;
	bits = length_bits(*at);
	distance = (pair >> bits) + 1u;
	length = (pair & ((1u << bits) - 1)) + 3;
	if (distance > *at)
		return false;
	for (; length > 0 && *at < size; length--, (*at)++)
		plain[*at] = plain[*at - distance];
	return length == 0;
}

/* One chunk into at most size bytes; *made says how many are good. */
static bool
chunk_decode(struct rmn_bytes packed, unsigned char *plain, size_t size, size_t *made)
{
	struct rmn_cursor c = rmn_cursor_over(packed);
	uint8_t flags, literal;
	uint16_t pair;

	*made = 0;
	while (*made < size && rmn_cursor_u8(&c, &flags)) {
		for (unsigned i = 0; i < 8 && *made < size; i++, flags >>= 1) {
			if (rmn_cursor_left(&c) == 0)
				return true;
			if (!(flags & 1)) {
				if (!rmn_cursor_u8(&c, &literal))
					return false;
				plain[(*made)++] = literal;
			} else if (!rmn_cursor_le16(&c, &pair) ||
			    !pair_copy(pair, plain, size, made)) {
				return false;
			}
		}
	}
	return true;
}

bool
rmn_lznt1_unit(struct rmn_bytes stored, unsigned char *plain, size_t plain_size, size_t *good)
{
	struct rmn_cursor c = rmn_cursor_over(stored);
	uint16_t head;

	memset(plain, 0, plain_size);
	for (size_t at = 0; at < plain_size; at += CHUNK_BYTES) {
		size_t size = rmn_min_size(plain_size - at, CHUNK_BYTES), made;
		struct rmn_bytes chunk;
		bool whole;

		*good = at;
		if (rmn_cursor_left(&c) < 2)
			break;			/* ends where its clusters end */
		if (!rmn_cursor_le16(&c, &head))
			return false;
		if (head == 0)
			break;
		if (!rmn_cursor_take(&c, (size_t)(head & 0xfff) + 1, &chunk))
			return false;
		if (head & IS_COMPRESSED) {
			whole = chunk_decode(chunk, plain + at, size, &made);
		} else {
			made = rmn_min_size(chunk.size, size);
			memcpy(plain + at, chunk.data, made);
			whole = true;
		}
		*good = at + made;
		if (!whole)
			return false;
	}
	*good = plain_size;
	return true;
}

/* Makes the unit the one in l->plain. */
static enum rmn_status
unit_load(struct rmn_lznt1_blob *l, uint64_t unit, struct rmn_error *error)
{
	uint32_t allocated = l->allocated(l->context, unit);
	unsigned char *into = allocated < l->unit_bytes ? l->packed : l->plain;
	enum rmn_status status = RMN_OK;
	size_t got = 0, good;

	if (unit == l->unit)
		return RMN_OK;
	l->unit = UINT64_MAX;
	if (allocated > l->unit_bytes)
		allocated = l->unit_bytes;
	if (allocated > 0)
		status = rmn_blob_read(l->stored, unit * l->unit_bytes, into, allocated, &got,
		    error);
	if (status != RMN_OK && status != RMN_IO)
		return status;
	memset(into + got, 0, l->unit_bytes - got);
	if (allocated == 0)
		memset(l->plain, 0, l->unit_bytes);
	else if (allocated < l->unit_bytes &&
	    !rmn_lznt1_unit((struct rmn_bytes){l->packed, allocated}, l->plain, l->unit_bytes,
	    &good))
		l->damaged_units++;
	l->unit = unit;
	return RMN_OK;
}

static enum rmn_status
lznt1_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	struct rmn_lznt1_blob *l = blob->state;

	*got = 0;
	if (offset >= blob->size_bytes)
		return RMN_OK;
	if (size > blob->size_bytes - offset)
		size = (size_t)(blob->size_bytes - offset);
	while (*got < size) {
		uint64_t at = offset + *got;
		size_t skip = (size_t)(at % l->unit_bytes);
		size_t count = rmn_min_size(size - *got, l->unit_bytes - skip);
		enum rmn_status status = unit_load(l, at / l->unit_bytes, error);

		if (status != RMN_OK)
			return status;
		memcpy((unsigned char *)buffer + *got, l->plain + skip, count);
		*got += count;
	}
	return RMN_OK;
}

static const struct rmn_blob_ops lznt1_ops = {.read = lznt1_read};

enum rmn_status
rmn_lznt1_blob_init(struct rmn_lznt1_blob *l, struct rmn_blob *stored, uint32_t unit_bytes,
    uint32_t (*allocated)(void *context, uint64_t unit), void *context, uint64_t size_bytes,
    struct rmn_blob *blob, struct rmn_error *error)
{
	*l = (struct rmn_lznt1_blob){.stored = stored, .unit_bytes = unit_bytes,
	    .allocated = allocated, .context = context, .unit = UINT64_MAX};
	if (unit_bytes == 0 || unit_bytes > RMN_LZNT1_UNIT_MAX ||
	    size_bytes > UINT64_MAX - RMN_LZNT1_UNIT_MAX)
		return rmn_fail(error, RMN_CORRUPT, "compressed in units of %u bytes",
		    (unsigned)unit_bytes);
	l->plain = calloc(2, unit_bytes);
	if (!l->plain)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	l->packed = l->plain + unit_bytes;
	*blob = (struct rmn_blob){.ops = &lznt1_ops, .size_bytes = size_bytes, .state = l};
	return RMN_OK;
}

void
rmn_lznt1_blob_release(struct rmn_lznt1_blob *l)
{
	free(l->plain);
	l->plain = l->packed = NULL;
}
