/* SPDX-License-Identifier: MIT
 *
 * Workbooks that Excel encrypts without asking for a password, because only their structure is protected: it
 * tries "VelvetSweatshop" by itself.  RC4 of Excel 97 ([MS-XLS] 2.2.10, [MS-OFFCRYPTO] 2.3.6). */
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/hash.h"
#include "base/number.h"
#include "format/sheet/xls.h"

#define RC4 1u
#define KEY_BYTES 5u
#define SALT_BYTES 16u
#define BLOCK_BYTES 1024u		/* each has a key of its own */
#define HEAD_BYTES 4u
#define PLACE_BYTES 4u			/* of a sheet, in front of its name */

/* Records that stay as they are. */
enum plain_type {
	FILEPASS = 0x002F, EXCLUSIVE = 0x0194, FILE_LOCK = 0x0195, INTERFACE = 0x00E1,
	REVISION_INFO = 0x0196, REVISION_HEAD = 0x0138, SHEET = 0x0085,
};

struct rc4 {
	unsigned char state[256];
	unsigned char i, j;
};

struct keys {
	unsigned char base[KEY_BYTES];
	struct rc4 rc4;
	size_t block;			/* that rc4 is for */
	size_t used;			/* bytes of it */
};

static void
rc4_start(struct rc4 *rc4, const unsigned char *key, size_t size)
{
	unsigned char j = 0;

	for (unsigned i = 0; i < 256; i++)
		rc4->state[i] = (unsigned char)i;
	for (unsigned i = 0; i < 256; i++) {
		unsigned char swap = rc4->state[i];

		j = (unsigned char)(j + swap + key[i % size]);
		rc4->state[i] = rc4->state[j];
		rc4->state[j] = swap;
	}
	rc4->i = rc4->j = 0;
}

static unsigned char
rc4_next(struct rc4 *rc4)
{
	unsigned char a = rc4->state[++rc4->i], b;

	rc4->j = (unsigned char)(rc4->j + a);
	b = rc4->state[rc4->j];
	rc4->state[rc4->i] = b;
	rc4->state[rc4->j] = a;
	return rc4->state[(unsigned char)(a + b)];
}

static void
block_start(struct keys *k, size_t block)
{
	unsigned char bytes[KEY_BYTES + 4], digest[RMN_MD5_BYTES];

	memcpy(bytes, k->base, KEY_BYTES);
	for (unsigned i = 0; i < 4; i++)
		bytes[KEY_BYTES + i] = (unsigned char)(block >> (8 * i));
	rmn_md5_once((struct rmn_bytes){bytes, sizeof(bytes)}, digest);
	rc4_start(&k->rc4, digest, sizeof(digest));
	k->block = block;
	k->used = 0;
}

/* Decrypts so many bytes at their offset; the key goes on over those that are left as they are. */
static void
bytes_take(struct keys *k, unsigned char *stream, size_t offset, size_t size)
{
	for (size_t at = offset; at < offset + size; at++) {
		if (at / BLOCK_BYTES != k->block)
			block_start(k, at / BLOCK_BYTES);
		while (k->used < at % BLOCK_BYTES) {
			rc4_next(&k->rc4);
			k->used++;
		}
		stream[at] ^= rc4_next(&k->rc4);
		k->used++;
	}
}

static void
base_make(struct keys *k, const unsigned char *salt)
{
	static const unsigned char password[] = "V\0e\0l\0v\0e\0t\0S\0w\0e\0a\0t\0s\0h\0o\0p";
	unsigned char digest[RMN_MD5_BYTES], mixed[16 * (KEY_BYTES + SALT_BYTES)];

	rmn_md5_once((struct rmn_bytes){password, sizeof(password)}, digest);
	for (size_t i = 0; i < 16; i++) {
		memcpy(mixed + i * (KEY_BYTES + SALT_BYTES), digest, KEY_BYTES);
		memcpy(mixed + i * (KEY_BYTES + SALT_BYTES) + KEY_BYTES, salt, SALT_BYTES);
	}
	rmn_md5_once((struct rmn_bytes){mixed, sizeof(mixed)}, digest);
	memcpy(k->base, digest, KEY_BYTES);
	block_start(k, 0);
}

/* Whether the password is the right one: a number and its hash are encrypted with it. */
static bool
keys_find(const struct xls *x, const struct xls_record *record, struct keys *k)
{
	struct rmn_cursor c = rmn_cursor_over(rmn_bytes_head(rmn_bytes_after(x->stream,
	    record->at + HEAD_BYTES), record->end - record->at - HEAD_BYTES));
	unsigned char verifier[2 * RMN_MD5_BYTES], digest[RMN_MD5_BYTES];
	struct rmn_bytes salt, encrypted;
	uint16_t method, major, minor;

	if (!rmn_cursor_le16(&c, &method) || !rmn_cursor_le16(&c, &major) ||
	    !rmn_cursor_le16(&c, &minor) || method != RC4 || major != 1 ||
	    !rmn_cursor_take(&c, SALT_BYTES, &salt) ||
	    !rmn_cursor_take(&c, sizeof(verifier), &encrypted))
		return false;
	base_make(k, salt.data);
	memcpy(verifier, encrypted.data, sizeof(verifier));
	bytes_take(k, verifier, 0, sizeof(verifier));
	rmn_md5_once((struct rmn_bytes){verifier, RMN_MD5_BYTES}, digest);
	return memcmp(verifier + RMN_MD5_BYTES, digest, sizeof(digest)) == 0;
}

static bool
is_plain_type(unsigned type)
{
	switch (type) {
	case XLS_BOF:
	case FILEPASS:
	case EXCLUSIVE:
	case FILE_LOCK:
	case INTERFACE:
	case REVISION_INFO:
	case REVISION_HEAD:
		return true;
	default:
		return false;
	}
}

bool
xls_decrypt(struct xls *x, const struct xls_record *record)
{
	struct keys k = {.block = 0};
	unsigned char *stream;
	size_t size, at = record->end;

	if (!keys_find(x, record, &k))
		return false;
	stream = rmn_arena_take(x->arena, x->stream.size);
	if (!stream)
		return false;
	memcpy(stream, x->stream.data, x->stream.size);
	block_start(&k, at / BLOCK_BYTES);
	/* heads are not encrypted */
	for (; x->stream.size - at > HEAD_BYTES; at += size) {
		uint16_t type = rmn_le16(stream + at);
		size_t plain = type == SHEET ? PLACE_BYTES : 0;

		size = rmn_le16(stream + at + 2);
		at += HEAD_BYTES;
		size = rmn_min_size(size, x->stream.size - at);
		plain = rmn_min_size(plain, size);
		if (!is_plain_type(type))
			bytes_take(&k, stream, at + plain, size - plain);
	}
	x->stream = (struct rmn_bytes){stream, x->stream.size};
	return true;
}
