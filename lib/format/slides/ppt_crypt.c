/* SPDX-License-Identifier: MIT
 *
 * Presentations that PowerPoint encrypts without asking for a password, because only their writing is
 * protected ([MS-OFFCRYPTO] 2.4.2.3): RC4 by CryptoAPI, each object of the directory under a key of its
 * number ([MS-PPT] 2.3.7). */
#include <string.h>

#include "base/checked.h"
#include "base/holes.h"
#include "base/number.h"
#include "format/ole/crypt_streams.h"
#include "format/slides/ppt.h"

#define HEAD_BYTES 8u
#define SIZE_AT 4u
#define VERSION_BYTES 4u

static bool
keys_find(struct ppt *p, struct rmn_cryptoapi *keys)
{
	struct rmn_office_crypt crypt;
	struct ppt_record session;
	struct rmn_cursor c;

	if (!ppt_object_find(p, p->session, &session) || session.type != PPT_CRYPT_SESSION)
		return false;
	c = rmn_cursor_over(session.body);
	return rmn_cursor_skip(&c, VERSION_BYTES) && rmn_office_crypt_read(&c, &crypt) &&
	    rmn_cryptoapi_open(keys, &crypt, RMN_POWERPOINT_PASSWORD);
}

/* One object, head and body; false without memory, or when the budget is spent. */
static bool
object_take(struct ppt *p, struct rmn_cryptoapi *keys, uint32_t number, unsigned char *stream)
{
	size_t at = p->objects[number] - 1;
	struct rmn_bytes left = rmn_bytes_after(p->stream, at), object;
	unsigned char head[HEAD_BYTES];

	if (left.size < HEAD_BYTES)
		return true;
	memcpy(head, left.data, HEAD_BYTES);
	if (!rmn_cryptoapi_block(keys, number))
		return false;
	rmn_rc4_apply(&keys->rc4, head, HEAD_BYTES);
	object = rmn_bytes_head(left, HEAD_BYTES + (size_t)rmn_le32(head + SIZE_AT));
	if (object.size > p->budget)
		return false;
	p->budget -= object.size;
	if (rmn_text_hole_is_there(object))
		ppt_note(p, RMN_PARTIAL, "what is encrypted has a hole of zeros");
	memcpy(stream + at, object.data, object.size);
	memcpy(stream + at, head, HEAD_BYTES);
	rmn_rc4_apply(&keys->rc4, stream + at + HEAD_BYTES, object.size - HEAD_BYTES);
	return true;
}

bool
ppt_decrypt(struct ppt *p)
{
	struct rmn_cryptoapi keys;
	unsigned char *stream;
	uint64_t budget = p->budget;
	enum rmn_status status;

	if (p->is_lost || !keys_find(p, &keys))
		return false;
	stream = rmn_arena_take(p->arena, p->stream.size);
	if (!stream)
		return false;
	memcpy(stream, p->stream.data, p->stream.size);
	for (size_t i = 0; i < p->object_count; i++)
		if (i != p->session && p->objects[i] != 0 &&
		    !object_take(p, &keys, (uint32_t)i, stream))
			return false;
	p->budget = budget;
	p->stream = (struct rmn_bytes){stream, p->stream.size};
	rmn_password_give(p->text, p->arena, RMN_POWERPOINT_PASSWORD);
	status = rmn_crypt_streams_give(p->ole, "EncryptedSummary", &keys);
	if (status != RMN_OK)
		ppt_note(p, status, "the properties, which are encrypted apart, are damaged");
	return true;
}
