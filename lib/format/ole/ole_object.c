/* SPDX-License-Identifier: MIT */
#include "format/ole/ole_object.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "format/member_bytes.h"

/* Streams that are no content: links between the parts of OLE, pictures of the object. */
static bool
is_machinery(const struct rmn_cfb_entry *entry)
{
	static const char *const names[] = {"\1Ole", "\1CompObj", "\3ObjInfo", "\3EPRINT",
	    "\3PRINT", "\3META", "\3PIC", "\3ACCESSOBJSITEDATA", "\5SummaryInformation",
	    "\5DocumentSummaryInformation", "Equation Native", "\1oleStream", "\3OCXNAME",
	    "\3OCXDATA", "PICT", "META", "\1Ole10FmtProgID", "\1Ole10ItemName"};

	if (strncmp(entry->name, "\2OlePres", 8) == 0)
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(entry->name, names[i]) == 0)
			return true;
	return false;
}

/* Whether a storage was put there by somebody: every object has one of these. */
static bool
is_object(const struct rmn_cfb *cfb, uint32_t storage)
{
	static const char *const names[] = {"\1CompObj", "\1Ole", "\1Ole10Native", "\3ObjInfo",
	    "Package", "CONTENTS", "EmbeddedOdf"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (rmn_cfb_find(cfb, storage, names[i]))
			return true;
	return false;
}

/* Bytes of "Ole10Native": their length stands in front. */
static bool
native_read(const struct rmn_ole *ole, const struct rmn_cfb_entry *entry, struct rmn_bytes *native,
    enum rmn_status *status)
{
	struct rmn_bytes bytes;
	struct rmn_cursor c;
	uint32_t size;

	*status = rmn_cfb_read(ole->cfb, entry, RMN_LIMIT_WHOLE_ITEM_BYTES, &bytes, NULL);
	c = rmn_cursor_over(bytes);
	if (!rmn_cursor_le32(&c, &size))
		return false;
	*native = rmn_bytes_after(bytes, 4);
	return true;
}

/* A name without the control characters in front of it. */
static void
name_clean(const struct rmn_cfb_entry *entry, char clean[RMN_CFB_NAME_UNITS * 3 + 1])
{
	size_t used = 0;

	for (const char *s = entry->name; *s; s++)
		if ((unsigned char)*s >= ' ')
			clean[used++] = *s;
	clean[used] = '\0';
}

static void
stream_give(const struct rmn_ole *ole, const char *object, const struct rmn_cfb_entry *entry)
{
	struct rmn_bytes bytes, native;
	char clean[RMN_CFB_NAME_UNITS * 3 + 1], name[RMN_CFB_NAME_UNITS * 6 + 4];
	enum rmn_status status;

	name_clean(entry, clean);
	if (strcasecmp(entry->name, "\1Ole10Native") == 0 &&
	    native_read(ole, entry, &native, &status)) {
		if (rmn_ole_package_give(native, ole->text))
			return;
		bytes = native;
	} else {
		status = rmn_cfb_read(ole->cfb, entry, RMN_LIMIT_WHOLE_ITEM_BYTES, &bytes, NULL);
	}
	snprintf(name, sizeof(name), "%s/%s", object, clean);
	if (status != RMN_OK)
		ole->text->status = rmn_sink_missing(ole->sink, status,
		    "the embedded object %s is not whole", object);
	if (bytes.size > 0)
		rmn_member_bytes_give(ole->text, rmn_bytes_from_string(name), bytes);
}

/* The document of a storage by the row that knows it; RMN_UNSUPPORTED when none does. */
static enum rmn_status
document_give(const struct rmn_ole *ole, const char *object, uint32_t storage)
{
	struct rmn_error why = {.status = RMN_OK};
	struct rmn_bytes before = ole->text->prefix;
	struct rmn_ole child = *ole;
	char prefix[256];
	enum rmn_status status;

	child.error = &why;
	snprintf(prefix, sizeof(prefix), "%.*s%s/", (int)rmn_bytes_head(before, 180).size,
	    before.size > 0 ? (const char *)before.data : "", object);
	ole->text->prefix = rmn_bytes_from_string(prefix);
	status = rmn_ole_embedded(&child, storage);
	rmn_text_flush(ole->text);
	ole->text->prefix = before;
	if (status != RMN_OK && status != RMN_UNSUPPORTED && ole->text->status == RMN_OK)
		ole->text->status = rmn_sink_missing(ole->sink, status, "object %s: %s", object,
		    why.text[0] ? why.text : rmn_status_name(status));
	return status;
}

static void
streams_give(const struct rmn_ole *ole, const char *object, uint32_t storage)
{
	for (uint32_t i = ole->cfb->entries[storage].first; i > 0 && ole->text->status == RMN_OK;
	    i = ole->cfb->entries[i].next) {
		const struct rmn_cfb_entry *stream = &ole->cfb->entries[i];

		if (stream->type == RMN_CFB_STREAM && !is_machinery(stream))
			stream_give(ole, object, stream);
	}
}

static void
object_give(const struct rmn_ole *ole, uint32_t storage)
{
	char object[RMN_CFB_NAME_UNITS * 3 + 1];

	name_clean(&ole->cfb->entries[storage], object);
	if (document_give(ole, object, storage) == RMN_UNSUPPORTED)
		streams_give(ole, object, storage);
}

/* Storages beside the streams of an object: documents, or whatever they are. */
static enum rmn_status
storages_give(const struct rmn_ole *ole)
{
	enum rmn_status worst = RMN_OK, status;

	for (uint32_t i = ole->cfb->entries[ole->storage].first; i > 0 && ole->text->status == RMN_OK;
	    i = ole->cfb->entries[i].next) {
		char object[RMN_CFB_NAME_UNITS * 3 + 1];
		struct rmn_ole child = *ole;

		if (ole->cfb->entries[i].type != RMN_CFB_STORAGE)
			continue;
		name_clean(&ole->cfb->entries[i], object);
		status = document_give(ole, object, i);
		if (status == RMN_UNSUPPORTED) {
			child.storage = i;
			child.depth++;
			status = child.depth < RMN_OLE_DEPTH_MAX ? rmn_ole_loose(&child) :
			    rmn_fail(ole->error, RMN_LIMIT, "documents are embedded deeper than is followed");
		}
		if (status != RMN_OK && status != RMN_UNSUPPORTED)
			worst = status;
	}
	return ole->text->status != RMN_OK ? ole->text->status : worst;
}

enum rmn_status
rmn_ole_loose(const struct rmn_ole *ole)
{
	static const char *const names[] = {"\1Ole10Native", "Package", "CONTENTS", "EmbeddedOdf"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (rmn_cfb_find(ole->cfb, ole->storage, names[i])) {
			streams_give(ole, "object", ole->storage);
			return storages_give(ole);
		}
	/* a cut directory may lack the stream by which the document is known */
	return ole->cfb->is_damaged ? rmn_fail(ole->error, RMN_CORRUPT,
	    "the compound file is damaged, and what it held is not known") : rmn_ole_unknown(ole);
}

enum rmn_status
rmn_ole_objects_give(const struct rmn_ole *ole, uint32_t storage)
{
	const struct rmn_cfb *cfb = ole->cfb;

	if (storage >= cfb->entry_count)
		return RMN_OK;
	for (uint32_t i = cfb->entries[storage].first; i > 0 && ole->text->status == RMN_OK;
	    i = cfb->entries[i].next)
		if (cfb->entries[i].type == RMN_CFB_STORAGE && is_object(cfb, i))
			object_give(ole, i);
	return ole->text->status;
}
