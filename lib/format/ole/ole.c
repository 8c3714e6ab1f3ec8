/* SPDX-License-Identifier: MIT */
#include "format/ole/ole.h"

#include <string.h>

#include "base/limits.h"
#include "format/ole/property_set.h"
#include "format/ole/zeros.h"
#include "format/text_runs.h"

struct ole_kind {
	const char *stream;
	rmn_ole_reader *read;
};

static const struct ole_kind kinds[] = {
#define OLE(id, title, media, kind, reader, stream) {stream, reader},
#include "format/ole/ole.def"
#undef OLE
};

/* Whether one of the names, parted by '|', stands below the storage. */
static bool
has_any(const struct rmn_cfb *cfb, uint32_t storage, const char *names)
{
	char name[RMN_CFB_NAME_UNITS];

	while (*names != '\0') {
		size_t size = strcspn(names, "|");

		if (size < sizeof(name)) {
			memcpy(name, names, size);
			name[size] = '\0';
			if (rmn_cfb_find(cfb, storage, name))
				return true;
		}
		names += size + (names[size] == '|');
	}
	return false;
}

/* NULL: no row knows this storage. */
static const struct ole_kind *
kind_find(const struct rmn_cfb *cfb, uint32_t storage)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (has_any(cfb, storage, kinds[i].stream))
			return &kinds[i];
	return NULL;
}

enum rmn_status
rmn_ole_embedded(const struct rmn_ole *parent, uint32_t storage)
{
	const struct ole_kind *kind = kind_find(parent->cfb, storage);
	struct rmn_ole ole = *parent;

	if (!kind)
		return RMN_UNSUPPORTED;
	if (parent->depth + 1 >= RMN_OLE_DEPTH_MAX)
		return rmn_fail(parent->error, RMN_LIMIT,
		    "documents are embedded deeper than is followed");
	ole.storage = storage;
	ole.depth++;
	return kind->read(&ole);
}

/* Opened once for all claims and the reading where the caller keeps what is known. */
static struct rmn_cfb *
file_open(const struct rmn_format_input *input, enum rmn_status *status, struct rmn_error *error)
{
	struct rmn_head_guess *known = input->guess;
	struct rmn_cfb *cfb = known ? known->cfb : NULL;

	*status = RMN_OK;
	if (cfb)
		return cfb;
	cfb = rmn_arena_alloc(input->arena, 1, sizeof(*cfb));
	*status = cfb ? rmn_cfb_open(input->content, input->arena, cfb, error) :
	    rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
	if (*status != RMN_OK)
		return NULL;
	if (known)
		known->cfb = cfb;
	return cfb;
}

/* What is left of a file whose directory, or whose document, is lost: its runs of text. */
static enum rmn_status
runs_read(const struct rmn_format_input *input, struct rmn_text *text, struct rmn_error *error)
{
	struct rmn_text_runs runs;
	struct rmn_bytes bytes;
	enum rmn_status status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES,
	    input->arena, &bytes, error);

	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	rmn_text_part(text, RMN_PART_BODY, rmn_bytes_from_string("text without structure"));
	rmn_text_runs_init(&runs, text, input->arena);
	if (text->status == RMN_OK)
		rmn_text_runs_put(&runs, bytes);
	return text->given_bytes + text->used > 0 ? RMN_PARTIAL : RMN_CORRUPT;
}

/* [MS-OFFCRYPTO] 2.2.6: beside it, the streams of the format's own hold a notice. */
static enum rmn_status
rights_look(const struct rmn_cfb *cfb, enum rmn_status status, struct rmn_error *error)
{
	return rmn_cfb_find(cfb, 0, "\tDRMContent") ? rmn_fail(error, RMN_ENCRYPTED,
	    "the document is under rights management; the notice in front of it was read") : status;
}

static enum rmn_status
file_read(const struct rmn_format_input *input, rmn_ole_reader *read, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_text text;
	struct rmn_ole ole = {.input = input, .sink = sink, .text = &text, .error = error};
	enum rmn_status status;

	rmn_text_init(&text, sink, input->arena, error);
	if (text.status != RMN_OK)
		return text.status;
	ole.cfb = file_open(input, &status, error);
	if (ole.cfb) {
		rmn_property_sets_give(ole.cfb, &text);
		if (text.status == RMN_OK)
			status = read(&ole);
	}
	if (status == RMN_CORRUPT && text.given_bytes + text.used == 0)
		status = runs_read(input, &text, error);
	if (rmn_text_flush(&text) != RMN_OK)
		return text.status;
	if ((status == RMN_OK || status == RMN_PARTIAL) && ole.cfb)
		status = rights_look(ole.cfb, status, error);
	if (status == RMN_OK && ole.cfb)
		status = rmn_ole_holes_look(ole.cfb, error);
	return status == RMN_OK && ole.cfb && ole.cfb->is_damaged ?
	    rmn_fail(error, RMN_PARTIAL, "the compound file is damaged") : status;
}

/* Bits for an OLE2 file whose row is the one of stream. */
static unsigned
stream_claim(const struct rmn_format_input *input, const char *stream)
{
	struct rmn_head_guess *known = input->guess;
	const struct ole_kind *kind;
	struct rmn_cfb *cfb;
	enum rmn_status status;

	if (!rmn_cfb_claim(input->head) || (known && known->cfb_is_known && !known->cfb))
		return 0;
	cfb = file_open(input, &status, NULL);
	if (known)
		known->cfb_is_known = true;
	kind = cfb ? kind_find(cfb, 0) : NULL;
	return kind && strcmp(kind->stream, stream) == 0 ? 72 : 0;
}

static unsigned
ole2_claim(const struct rmn_format_input *input)
{
	return rmn_cfb_claim(input->head) ? 64 : 0;
}

/* Without memory a claim may fail and the reading may not. */
static enum rmn_status
any_read(const struct rmn_ole *ole)
{
	const struct ole_kind *kind = kind_find(ole->cfb, ole->storage);

	return kind ? kind->read(ole) : rmn_ole_loose(ole);
}

static enum rmn_status
ole2_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	return file_read(input, any_read, sink, error);
}

#define OLE(id, said, media, as, reader, stream) \
	static unsigned \
	id##_claim(const struct rmn_format_input *input) \
	{ \
		return stream_claim(input, stream); \
	} \
	static enum rmn_status \
	id##_read(const struct rmn_format_input *input, const struct rmn_sink *sink, \
	    struct rmn_error *error) \
	{ \
		return file_read(input, reader, sink, error); \
	} \
	const struct rmn_format rmn_format_##id = { \
		.name = #id, .title = said, .media_type = media, .kind = as, \
		.claim = id##_claim, .read = id##_read, \
	};
#include "format/ole/ole.def"
#undef OLE

const struct rmn_format rmn_format_ole2 = {
	.name = "ole2",
	.title = "Compound file (OLE2)",
	.media_type = "application/x-ole-storage",
	.kind = RMN_KIND_OTHER,
	.claim = ole2_claim,
	.read = ole2_read,
};
