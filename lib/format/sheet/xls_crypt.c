/* SPDX-License-Identifier: MIT
 *
 * Workbooks that Excel encrypts without asking for a password, because only their structure or their writing
 * is protected: it tries "VelvetSweatshop" by itself ([MS-XLS] 2.2.10).  XOR ([MS-OFFCRYPTO] 2.3.7), RC4 of
 * Excel 97 (2.3.6) and by CryptoAPI (2.3.5). */
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/hash.h"
#include "base/holes.h"
#include "base/number.h"
#include "format/ole/office_crypt.h"
#include "format/sheet/xls.h"

#define METHOD_XOR 0u
#define METHOD_RC4 1u
#define VERSION_RC4 1u			/* above: CryptoAPI, which counts 2 to 4 */
#define MINOR_CRYPTOAPI 2u
#define KEY_BYTES 5u
#define SALT_BYTES 16u
#define BLOCK_BYTES 1024u		/* each has a key of its own */
#define HEAD_BYTES 4u
#define PLACE_BYTES 4u			/* of a sheet, in front of its name */

/* Of the password: key, what proves it, and the bytes that the key gives (2.3.7.1, 2.3.7.2). */
#define XOR_KEY 0xB359u
#define XOR_PROOF 0x9A0Au
#define XOR_TURN 3u			/* bits to the left */
static const unsigned char xor_bytes[16] = {
	0x87, 0x6B, 0x9A, 0xE2, 0x1E, 0xE3, 0x05, 0x62, 0x1E, 0x69, 0x96, 0x60, 0x98, 0x6E, 0x94, 0x04,
};

/* Records that stay as they are. */
enum plain_type {
	FILEPASS = 0x002F, EXCLUSIVE = 0x0194, FILE_LOCK = 0x0195, INTERFACE = 0x00E1,
	REVISION_INFO = 0x0196, REVISION_HEAD = 0x0138, SHEET = 0x0085,
};

struct xls_keys {
	enum {BY_XOR, BY_RC4, BY_CRYPTOAPI} method;
	unsigned char base[KEY_BYTES];	/* of RC4 */
	struct rmn_cryptoapi cryptoapi;
	struct rmn_rc4 *rc4;
	struct rmn_rc4 own;
	size_t block;			/* that rc4 is for */
	size_t used;			/* bytes of it */
	bool failed;			/* no memory for a key */
	bool has_hole;			/* zeros, which encryption does not give */
};

static void
block_start(struct xls_keys *k, size_t block)
{
	unsigned char bytes[KEY_BYTES + 4], digest[RMN_MD5_BYTES];

	k->block = block;
	k->used = 0;
	if (k->method == BY_CRYPTOAPI) {
		k->rc4 = &k->cryptoapi.rc4;
		k->failed |= !rmn_cryptoapi_block(&k->cryptoapi, (uint32_t)block);
		return;
	}
	memcpy(bytes, k->base, KEY_BYTES);
	for (unsigned i = 0; i < 4; i++)
		bytes[KEY_BYTES + i] = (unsigned char)(block >> (8 * i));
	rmn_md5_once((struct rmn_bytes){bytes, sizeof(bytes)}, digest);
	k->rc4 = &k->own;
	rmn_rc4_start(k->rc4, (struct rmn_bytes){digest, sizeof(digest)});
}

/* The key goes on over bytes that are left as they are. */
static void
rc4_take(struct xls_keys *k, unsigned char *stream, size_t offset, size_t size)
{
	while (size > 0) {
		size_t within = offset % BLOCK_BYTES;
		size_t piece = rmn_min_size(size, BLOCK_BYTES - within);

		if (offset / BLOCK_BYTES != k->block)
			block_start(k, offset / BLOCK_BYTES);
		rmn_rc4_skip(k->rc4, within - k->used);
		rmn_rc4_apply(k->rc4, stream + offset, piece);
		k->used = within + piece;
		offset += piece;
		size -= piece;
	}
}

/* The size of the record turns the bytes too. */
static void
xor_take(unsigned char *stream, size_t offset, size_t size, size_t record_size)
{
	for (size_t at = offset; at < offset + size; at++) {
		unsigned value = stream[at] ^ xor_bytes[(at + record_size) % sizeof(xor_bytes)];

		stream[at] = (unsigned char)(value << XOR_TURN | value >> (8 - XOR_TURN));
	}
}

static void
base_make(struct xls_keys *k, const unsigned char *salt)
{
	unsigned char digest[RMN_MD5_BYTES], mixed[16 * (KEY_BYTES + SALT_BYTES)];
	unsigned char units[RMN_PASSWORD_UNITS_BYTES];

	rmn_md5_once(rmn_password_units(RMN_EXCEL_PASSWORD, units), digest);
	for (size_t i = 0; i < 16; i++) {
		memcpy(mixed + i * (KEY_BYTES + SALT_BYTES), digest, KEY_BYTES);
		memcpy(mixed + i * (KEY_BYTES + SALT_BYTES) + KEY_BYTES, salt, SALT_BYTES);
	}
	rmn_md5_once((struct rmn_bytes){mixed, sizeof(mixed)}, digest);
	memcpy(k->base, digest, KEY_BYTES);
	block_start(k, 0);
}

/* A number and its hash are encrypted with the password. */
static bool
rc4_open(struct xls_keys *k, struct rmn_cursor *c)
{
	unsigned char verifier[2 * RMN_MD5_BYTES], digest[RMN_MD5_BYTES];
	struct rmn_bytes salt, encrypted;

	if (!rmn_cursor_take(c, SALT_BYTES, &salt) ||
	    !rmn_cursor_take(c, sizeof(verifier), &encrypted))
		return false;
	k->method = BY_RC4;
	base_make(k, salt.data);
	memcpy(verifier, encrypted.data, sizeof(verifier));
	rc4_take(k, verifier, 0, sizeof(verifier));
	rmn_md5_once((struct rmn_bytes){verifier, RMN_MD5_BYTES}, digest);
	return memcmp(verifier + RMN_MD5_BYTES, digest, sizeof(digest)) == 0;
}

static bool
cryptoapi_open(struct xls_keys *k, struct rmn_cursor *c)
{
	struct rmn_office_crypt crypt;

	k->method = BY_CRYPTOAPI;
	return rmn_office_crypt_read(c, &crypt) &&
	    rmn_cryptoapi_open(&k->cryptoapi, &crypt, RMN_EXCEL_PASSWORD);
}

/* Whether the password is the right one. */
static bool
keys_find(const struct xls *x, const struct xls_record *record, struct xls_keys *k)
{
	struct rmn_cursor c = rmn_cursor_over(rmn_bytes_head(rmn_bytes_after(x->stream,
	    record->at + HEAD_BYTES), record->end - record->at - HEAD_BYTES));
	uint16_t method = METHOD_XOR, major, minor;

	/* before BIFF8 there is XOR alone, and nothing says so */
	if ((x->version >= 8 && !rmn_cursor_le16(&c, &method)) || !rmn_cursor_le16(&c, &major) ||
	    !rmn_cursor_le16(&c, &minor))
		return false;
	if (method == METHOD_XOR) {
		k->method = BY_XOR;
		return major == XOR_KEY && minor == XOR_PROOF;
	}
	if (method != METHOD_RC4)
		return false;
	return major == VERSION_RC4 ? rc4_open(k, &c) :
	    minor == MINOR_CRYPTOAPI && cryptoapi_open(k, &c);
}

static bool
is_plain_type(unsigned type)
{
	switch (type) {
	case XLS_BOF:
	case XLS_BOF_2:
	case XLS_BOF_3:
	case XLS_BOF_4:
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

/* From a place between two records on; their heads are not encrypted. */
static void
records_take(struct xls_keys *k, unsigned char *stream, size_t stream_size, size_t at)
{
	size_t size, record_size;

	for (; stream_size - at > HEAD_BYTES; at += size) {
		uint16_t type = rmn_le16(stream + at);
		size_t plain = type == SHEET ? PLACE_BYTES : 0;

		record_size = rmn_le16(stream + at + 2);
		at += HEAD_BYTES;
		size = rmn_min_size(record_size, stream_size - at);
		plain = rmn_min_size(plain, size);
		if (is_plain_type(type))
			continue;
		k->has_hole |= rmn_text_hole_is_there((struct rmn_bytes){stream + at, size});
		if (k->method == BY_XOR)
			xor_take(stream, at + plain, size - plain, record_size);
		else
			rc4_take(k, stream, at + plain, size - plain);
	}
}

bool
xls_keys_apply(struct xls_keys *keys, struct rmn_arena *arena, size_t from, struct rmn_bytes *stream)
{
	unsigned char *copy = rmn_arena_take(arena, stream->size);

	if (!copy)
		return false;
	if (stream->size > 0)
		memcpy(copy, stream->data, stream->size);
	if (keys->method != BY_XOR)
		block_start(keys, from / BLOCK_BYTES);
	records_take(keys, copy, stream->size, from);
	*stream = (struct rmn_bytes){copy, stream->size};
	return !keys->failed;
}

struct rmn_cryptoapi *
xls_keys_cryptoapi(struct xls_keys *keys)
{
	return keys->method == BY_CRYPTOAPI ? &keys->cryptoapi : NULL;
}

bool
xls_decrypt(struct xls *x, const struct xls_record *record)
{
	struct rmn_bytes stream = x->stream;
	struct xls_keys *keys;

	if (x->keys)		/* a workbook is encrypted once */
		return false;
	keys = rmn_arena_alloc(x->arena, 1, sizeof(*keys));
	if (!keys || !keys_find(x, record, keys) ||
	    !xls_keys_apply(keys, x->arena, record->end, &stream))
		return false;
	x->stream = stream;
	x->keys = keys;
	if (keys->has_hole)
		xls_note(x, RMN_PARTIAL, "what is encrypted has a hole of zeros");
	rmn_password_give(x->text, x->arena, RMN_EXCEL_PASSWORD);
	return true;
}
