/* SPDX-License-Identifier: MIT
 *
 * OLE2 documents, told apart by the streams below their root.  Their properties are read; their
 * text is left to the raw pass, except that packages behind a password are known to be such. */
#include "format/cfb.h"
#include "format/format.h"
#include "format/property_set.h"

/* Bits for an OLE2 file that has stream below its root. */
static unsigned
stream_claim(const struct rmn_format_input *input, const char *stream)
{
	struct rmn_cfb cfb;

	if (!rmn_cfb_claim(input->head) ||
	    rmn_cfb_open(input->content, input->arena, &cfb, NULL) != RMN_OK)
		return 0;
	return rmn_cfb_find(&cfb, 0, stream) ? 72 : 0;
}

static enum rmn_status
properties_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_text text;
	struct rmn_cfb cfb;
	enum rmn_status status;

	rmn_text_init(&text, sink, input->arena, error);
	if (text.status != RMN_OK)
		return text.status;
	status = rmn_cfb_open(input->content, input->arena, &cfb, error);
	if (status != RMN_OK)
		return status;
	rmn_property_sets_give(&cfb, &text);
	return text.status;
}

static enum rmn_status
legacy_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	enum rmn_status status = properties_read(input, sink, error);

	if (status != RMN_OK)
		return status;
	return rmn_fail(error, RMN_UNSUPPORTED,
	    "text of this format is not read yet; its bytes were searched");
}

static enum rmn_status
encrypted_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	enum rmn_status status = properties_read(input, sink, error);

	if (status != RMN_OK)
		return status;
	return rmn_fail(error, RMN_ENCRYPTED, "the document is protected by a password");
}

static unsigned
ole2_claim(const struct rmn_format_input *input)
{
	return rmn_cfb_claim(input->head) ? 64 : 0;
}

#define OLE(id, said, media, as, reads, stream) \
	static unsigned \
	id##_claim(const struct rmn_format_input *input) \
	{ \
		return stream_claim(input, stream); \
	} \
	const struct rmn_format rmn_format_##id = { \
		.name = #id, .title = said, .media_type = media, .kind = as, \
		.claim = id##_claim, .read = reads, \
	}

OLE(doc, "Word 97-2003 document", "application/msword", RMN_KIND_DOCUMENT, legacy_read,
    "WordDocument");
OLE(jtd, "Ichitaro document", "application/x-js-taro", RMN_KIND_DOCUMENT, legacy_read,
    "DocumentText");
OLE(mpp, "Project plan", "application/vnd.ms-project", RMN_KIND_DOCUMENT, legacy_read,
    "Props14");
OLE(msg, "Outlook message", "application/vnd.ms-outlook", RMN_KIND_MAIL, legacy_read,
    "__properties_version1.0");
OLE(ooxml_encrypted, "Office document with a password", "application/x-ooxml-protected",
    RMN_KIND_DOCUMENT, encrypted_read, "EncryptedPackage");
OLE(ppt, "PowerPoint 97-2003 presentation", "application/vnd.ms-powerpoint", RMN_KIND_DOCUMENT,
    legacy_read, "PowerPoint Document");
OLE(publisher, "Publisher document", "application/x-mspublisher", RMN_KIND_DOCUMENT, legacy_read,
    "Quill");
OLE(visio, "Visio 97-2010 drawing", "application/vnd.visio", RMN_KIND_DOCUMENT, legacy_read,
    "VisioDocument");
OLE(xls, "Excel 97-2003 workbook", "application/vnd.ms-excel", RMN_KIND_DOCUMENT, legacy_read,
    "Workbook");
OLE(xls95, "Excel 5-95 workbook", "application/vnd.ms-excel", RMN_KIND_DOCUMENT, legacy_read,
    "Book");

const struct rmn_format rmn_format_ole2 = {
	.name = "ole2",
	.title = "Compound file (OLE2)",
	.media_type = "application/x-ole-storage",
	.kind = RMN_KIND_OTHER,
	.claim = ole2_claim,
	.read = legacy_read,
};
