/* SPDX-License-Identifier: MIT
 *
 * Outlook messages in files of their own ([MS-OXMSG]): properties in streams, each recipient and
 * attachment in a storage.  A message inside a message is a storage with the same streams. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/time.h"
#include "format/member_bytes.h"
#include "format/ole/cfb_stream.h"
#include "format/mail/mapi_give.h"
#include "format/mail/msg_storage.h"
#include "format/ole/ole.h"

#define HEADER_TOP 32u		/* before the properties, by what the storage is ([MS-OXMSG] 2.4.1) */
#define HEADER_EMBEDDED 24u
#define HEADER_PART 8u

#define RECIPIENT "__recip_version1.0_#"
#define ATTACHMENT "__attach_version1.0_#"
#define DATA_STREAM "__substg1.0_37010102"
#define DATA_STORAGE "__substg1.0_3701000D"

enum { ID_METHOD = 0x3705, ID_PATH = 0x370D, METHOD_NONE = 0, METHOD_BY_REFERENCE = 2, METHOD_BY_REFERENCE_ONLY = 4,
	METHOD_BY_WEB_REFERENCE = 7 };

struct msg {
	const struct rmn_ole *ole;
	struct rmn_msg_file file;
	enum rmn_status result;		/* RMN_OK, or the damage seen so far */
};

static void
note(struct msg *m, enum rmn_status status)
{
	if (m->result == RMN_OK || (m->result == RMN_PARTIAL && status == RMN_LIMIT))
		m->result = status;
}

static bool
has_prefix(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

static enum rmn_status
stream_member(struct msg *m, const struct rmn_mapi_attachment *a, const char *inside,
    const struct rmn_cfb_entry *entry)
{
	struct rmn_cfb_stream stream;
	struct rmn_member_reader reader;
	struct rmn_buf name;
	struct rmn_member member = {.size_bytes = entry->size_bytes, .modified = a->modified,
	    .created = a->created};
	enum rmn_status status;

	rmn_buf_init(&name, RMN_LIMIT_PATH_BYTES);
	rmn_buf_append(&name, rmn_bytes_head(a->name, RMN_LIMIT_PATH_BYTES / 2));
	if (inside[0]) {
		rmn_buf_append_char(&name, '/');
		rmn_buf_append_string(&name, inside);
	}
	member.name = rmn_buf_bytes(&name);
	rmn_cfb_stream_open(&stream, m->ole->cfb, entry);
	reader = rmn_cfb_stream_reader(&stream);
	status = rmn_sink_member(m->ole->sink, &member, &reader);
	rmn_buf_release(&name);
	return status;
}

/* An object that no reader knows: its streams are what there is. */
static enum rmn_status
object_members(struct msg *m, const struct rmn_mapi_attachment *a, uint32_t storage)
{
	enum rmn_status status = RMN_OK;

	for (uint32_t i = m->file.first[storage]; status == RMN_OK && i != RMN_CFB_NONE;
	    i = m->file.next[i]) {
		const struct rmn_cfb_entry *entry = &m->ole->cfb->entries[i];
		const char *name = entry->name;

		while (*name > 0 && *name < ' ')
			name++;
		if (entry->type == RMN_CFB_STREAM && entry->size_bytes > 0)
			status = stream_member(m, a, name, entry);
	}
	return status;
}

static enum rmn_status message_read(struct msg *m, uint32_t storage, const char *inner,
    unsigned depth);

static enum rmn_status
embedded_read(struct msg *m, const struct rmn_mapi_attachment *a, uint32_t storage,
    const char *inner, unsigned depth)
{
	char name[80];
	enum rmn_status status;

	if (rmn_msg_child(&m->file, storage, "__properties_version1.0") == RMN_CFB_NONE) {
		status = rmn_ole_embedded(m->ole, storage);
		return status == RMN_UNSUPPORTED ? object_members(m, a, storage) : status;
	}
	if (depth + 1 >= RMN_OLE_DEPTH_MAX)
		return rmn_sink_missing(m->ole->sink, RMN_LIMIT,
		    "messages are attached deeper than is followed");
	snprintf(name, sizeof(name), "%.30s%s%.40s", inner, inner[0] ? " > " : "",
	    (const char *)a->name.data);
	return message_read(m, storage, name, depth + 1);
}

/* An attachment that is kept elsewhere. */
static void
link_put(struct msg *m, struct rmn_bytes where, const char *inner)
{
	rmn_text_part(m->ole->text, RMN_PART_FORM, rmn_bytes_from_string(inner));
	rmn_text_put(m->ole->text, rmn_bytes_from_string("Attached link: "));
	rmn_text_put(m->ole->text, where);
	rmn_text_newline(m->ole->text);
}

static enum rmn_status
attachment_read(struct msg *m, uint32_t storage, size_t index, const char *inner, unsigned depth)
{
	uint32_t stream = rmn_msg_child(&m->file, storage, DATA_STREAM);
	uint32_t object = rmn_msg_child(&m->file, storage, DATA_STORAGE);
	struct rmn_mapi_attachment a = {.size_bytes = UINT64_MAX};
	struct rmn_mapi_bag bag;
	struct rmn_bytes where;
	uint32_t method;

	rmn_mapi_bag_init(&bag, m->file.arena);
	rmn_msg_bag_read(&m->file, storage, HEADER_PART, &bag);
	rmn_mapi_bag_settle(&bag);
	rmn_mapi_attachment_describe(&bag, index, &a);
	where = rmn_mapi_find_text(&bag, ID_PATH);
	if (bag.failed)
		return rmn_fail(m->ole->error, RMN_LIMIT, "item outgrows its memory");
	if (stream != RMN_CFB_NONE && m->ole->cfb->entries[stream].type == RMN_CFB_STREAM)
		return stream_member(m, &a, "", &m->ole->cfb->entries[stream]);
	if (object != RMN_CFB_NONE && m->ole->cfb->entries[object].type == RMN_CFB_STORAGE)
		return embedded_read(m, &a, object, inner, depth);
	method = rmn_mapi_find_number(&bag, ID_METHOD, 1);
	if ((method >= METHOD_BY_REFERENCE && method <= METHOD_BY_REFERENCE_ONLY) ||
	    method == METHOD_BY_WEB_REFERENCE)
		link_put(m, where, inner);
	else if (method != METHOD_NONE)
		return rmn_sink_missing(m->ole->sink, RMN_CORRUPT, "the data of attachment %.*s is missing",
		    (int)(a.name.size < 100 ? a.name.size : 100), (const char *)a.name.data);
	return RMN_OK;
}

static enum rmn_status
attachments_read(struct msg *m, uint32_t storage, const char *inner, unsigned depth)
{
	enum rmn_status status = RMN_OK;
	size_t count = 0;

	for (uint32_t i = m->file.first[storage]; i != RMN_CFB_NONE; i = m->file.next[i]) {
		if (!has_prefix(m->ole->cfb->entries[i].name, ATTACHMENT))
			continue;
		status = attachment_read(m, i, count++, inner, depth);
		if (status == RMN_PARTIAL || status == RMN_CORRUPT || status == RMN_ENCRYPTED ||
		    status == RMN_UNSUPPORTED)
			note(m, RMN_PARTIAL);
		else if (status != RMN_OK)
			return status;
	}
	return RMN_OK;
}

static enum rmn_status
rtf_member(struct msg *m, struct rmn_bytes rtf)
{
	struct rmn_bytes left = rtf;
	struct rmn_member_reader reader = rmn_member_bytes_reader(&left);
	struct rmn_member member = {.name = rmn_bytes_from_string("body.rtf"),
	    .size_bytes = rtf.size, .modified = RMN_TIME_UNKNOWN, .created = RMN_TIME_UNKNOWN};

	return rmn_sink_member(m->ole->sink, &member, &reader);
}

static enum rmn_status
message_read(struct msg *m, uint32_t storage, const char *inner, unsigned depth)
{
	struct rmn_mapi_message message;
	struct rmn_mapi_bag bag, recipient;
	enum rmn_status status;

	rmn_mapi_message_init(&message, m->file.arena);
	rmn_mapi_bag_init(&bag, m->file.arena);
	rmn_msg_bag_read(&m->file, storage, depth > 0 ? HEADER_EMBEDDED : HEADER_TOP, &bag);
	rmn_mapi_bag_settle(&bag);
	for (uint32_t i = m->file.first[storage]; i != RMN_CFB_NONE; i = m->file.next[i]) {
		if (!has_prefix(m->ole->cfb->entries[i].name, RECIPIENT))
			continue;
		rmn_mapi_bag_init(&recipient, m->file.arena);
		recipient.codepage = bag.codepage;
		rmn_msg_bag_read(&m->file, i, HEADER_PART, &recipient);
		rmn_mapi_message_recipient(&message, &recipient);
	}
	rmn_mapi_message_finish(&message, &bag);
	status = rmn_mapi_give(&message, inner, m->ole->text, m->ole->error);
	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	if (status == RMN_PARTIAL)
		note(m, status);
	status = message.rtf.size > 0 ? rtf_member(m, message.rtf) : RMN_OK;
	return status == RMN_OK ? attachments_read(m, storage, inner, depth) : status;
}

enum rmn_status
rmn_ole_msg(const struct rmn_ole *ole)
{
	struct msg m = {.ole = ole, .result = RMN_OK};
	enum rmn_status status;

	if (!rmn_msg_file_open(&m.file, ole->cfb, ole->storage, ole->input->arena))
		return rmn_fail(ole->error, RMN_LIMIT, "item outgrows its memory");
	status = message_read(&m, ole->storage, ole->depth > 0 ? "message" : "", ole->depth);
	if (status != RMN_OK)
		return status;
	if (m.file.is_damaged)
		return rmn_fail(ole->error, RMN_PARTIAL, "a stream of the message is cut short");
	return m.result;
}
