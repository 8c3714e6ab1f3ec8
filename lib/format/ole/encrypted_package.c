/* SPDX-License-Identifier: MIT
 *
 * OOXML packages that are encrypted in a compound file ([MS-OFFCRYPTO] 2.3.4).  Where the password is one that
 * Excel or PowerPoint tries by itself, the package is read as the document it is. */
#include <string.h>

#include "base/aes.h"
#include "base/checked.h"
#include "base/holes.h"
#include "base/limits.h"
#include "base/number.h"
#include "format/member_bytes.h"
#include "format/ole/office_crypt.h"
#include "format/ole/ole.h"
#include "format/ole/package_key.h"

#define SIZE_BYTES 8u			/* of the package, in front of it */
#define SEGMENT_BYTES 4096u		/* each has a vector of its own */
#define INFO_MAX RMN_MIB
#define HEAD_BYTES 8192u

static enum rmn_status
stream_read(const struct rmn_ole *ole, const char *name, uint64_t limit_bytes, struct rmn_bytes *bytes)
{
	const struct rmn_cfb_entry *entry = rmn_cfb_find(ole->cfb, ole->storage, name);

	*bytes = (struct rmn_bytes){NULL, 0};
	if (!entry || entry->type != RMN_CFB_STREAM)
		return RMN_OK;
	return rmn_cfb_read(ole->cfb, entry, limit_bytes, bytes, ole->error);
}

static bool
segments_decrypt(const struct rmn_package_key *key, struct rmn_aes *aes, struct rmn_bytes from,
    unsigned char *to)
{
	unsigned char number[4], vector[RMN_AES_BLOCK_BYTES];
	uint32_t segment = 0;

	for (size_t at = 0; at < from.size; at += SEGMENT_BYTES, segment++) {
		for (unsigned i = 0; i < sizeof(number); i++)
			number[i] = (unsigned char)(segment >> (8 * i));
		if (!rmn_package_vector(key, (struct rmn_bytes){number, sizeof(number)}, vector) ||
		    !rmn_aes_decrypt(aes, vector, rmn_bytes_head(rmn_bytes_after(from, at),
		    SEGMENT_BYTES), to + at))
			return false;
	}
	return true;
}

/* The package as far as its stream has it; whole blocks are as much as can be decrypted. */
static enum rmn_status
package_decrypt(const struct rmn_ole *ole, const struct rmn_package_key *key, struct rmn_bytes stream,
    struct rmn_bytes *package)
{
	struct rmn_bytes from = rmn_bytes_after(stream, SIZE_BYTES);
	struct rmn_aes *aes = rmn_aes_new((struct rmn_bytes){key->key, key->key_bytes}, key->is_agile);
	unsigned char *to;
	uint64_t size;
	bool is_done;

	from.size -= from.size % RMN_AES_BLOCK_BYTES;
	to = rmn_arena_take(ole->cfb->arena, from.size + 1);
	is_done = aes && to && (key->is_agile ? segments_decrypt(key, aes, from, to) :
	    rmn_aes_decrypt(aes, NULL, from, to));
	rmn_aes_free(aes);
	if (!is_done)
		return rmn_fail(ole->error, RMN_LIMIT, "no memory to decrypt");
	size = stream.size >= SIZE_BYTES ? rmn_le64(stream.data) : UINT64_MAX;
	*package = (struct rmn_bytes){to, (size_t)rmn_min_u64(size, from.size)};
	return size > from.size ?
	    rmn_fail(ole->error, RMN_PARTIAL, "the encrypted package is cut short") : RMN_OK;
}

/* The XML, which some may pad. */
static bool
has_hole(struct rmn_bytes info)
{
	struct rmn_bytes xml = info;

	while (xml.size > 0 && xml.data[xml.size - 1] <= ' ')
		xml.size--;
	return xml.size == 0 || xml.data[xml.size - 1] != '>' || rmn_text_hole_is_there(xml);
}

/* Whether the stream is the one that was encrypted; every agile file has a code for it. */
static enum rmn_status
code_check(const struct rmn_ole *ole, const struct rmn_package_key *key, struct rmn_bytes info,
    struct rmn_bytes stream)
{
	size_t size = rmn_digest_bytes(key->hash);
	unsigned char code[RMN_DIGEST_MAX];

	if (!key->is_agile)
		return RMN_OK;
	if (!key->has_code || has_hole(info))
		return rmn_fail(ole->error, RMN_PARTIAL, "what is said about the encryption has a hole");
	if (!rmn_digest_hmac(key->hash, (struct rmn_bytes){key->code_key, size}, stream, code))
		return rmn_fail(ole->error, RMN_LIMIT, "no memory to decrypt");
	return memcmp(code, key->code, size) == 0 ? RMN_OK :
	    rmn_fail(ole->error, RMN_PARTIAL, "the encrypted package does not fit its check sum");
}

/* The document that a package is; NULL: none of these. */
static const struct rmn_format *
format_find(const struct rmn_format_input *input)
{
	static const char *const names[] = {"docx", "pptx", "vsdx", "xlsx"};
	const struct rmn_format *best = NULL;
	unsigned most = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct rmn_format *format = rmn_format_find(names[i]);
		unsigned bits = format->claim(input);

		if (bits > most) {
			most = bits;
			best = format;
		}
	}
	return best;
}

static enum rmn_status
package_read(const struct rmn_ole *ole, struct rmn_bytes package)
{
	struct rmn_blob blob = rmn_blob_from_bytes(package);
	struct rmn_format_input input = *ole->input;
	const struct rmn_format *format;

	input.content = &blob;
	input.head = rmn_bytes_head(package, HEAD_BYTES);
	input.guess = NULL;
	format = format_find(&input);
	if (format)
		return rmn_text_flush(ole->text) == RMN_OK ?
		    rmn_format_read(format, &input, ole->sink, ole->error) : ole->text->status;
	rmn_member_bytes_give(ole->text, rmn_bytes_from_string("package"), package);
	return rmn_fail(ole->error, RMN_PARTIAL,
	    "what was encrypted is no known document, or its start is lost; it is given as a member");
}

enum rmn_status
rmn_ole_encrypted(const struct rmn_ole *ole)
{
	struct rmn_bytes info, stream, package = {NULL, 0};
	struct rmn_package_key key;
	enum rmn_status cut, status;

	status = stream_read(ole, "EncryptionInfo", INFO_MAX, &info);
	if (status == RMN_OK || status == RMN_PARTIAL)
		status = rmn_package_key_find(info, ole->cfb->arena, &key, ole->error);
	if (status != RMN_OK)
		return status;
	cut = stream_read(ole, "EncryptedPackage", RMN_LIMIT_WHOLE_ITEM_BYTES, &stream);
	if (cut != RMN_OK && cut != RMN_PARTIAL)
		return cut;
	status = package_decrypt(ole, &key, stream, &package);
	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	cut = cut == RMN_OK ? status : cut;
	status = code_check(ole, &key, info, stream);
	cut = cut == RMN_OK ? status : cut;
	rmn_password_give(ole->text, ole->cfb->arena, key.password);
	status = package_read(ole, package);
	return status == RMN_OK ? cut : status;
}
