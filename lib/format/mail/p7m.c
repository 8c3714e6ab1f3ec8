/* SPDX-License-Identifier: MIT
 *
 * S/MIME (RFC 5652, 8551): what is only signed can be read by anybody.  The content of a signed message
 * comes as a member, names and addresses in its certificates as text; what is enveloped needs a key.
 *
 * Elements without a length end at a mark, so the file is read as one flat run of elements: those that
 * hold others are entered.  The content is what stands in octet strings between the type of the content
 * and the certificates. */
#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "format/mail/ber.h"
#include "format/sheet/cells.h"
#include "format/format.h"
#include "format/mail/mail_head.h"
#include "format/member_bytes.h"

/* The last byte of 1.2.840.113549.1.7.N. */
enum { CMS_DATA = 1, CMS_SIGNED = 2, CMS_ENVELOPED = 3, CMS_SIGNED_ENVELOPED = 4, CMS_ENCRYPTED = 6 };

#define PKCS7_OID "\x2A\x86\x48\x86\xF7\x0D\x01\x07"
#define PKCS9_OID "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01"	/* S/MIME's own kinds of content */

struct p7m {
	struct rmn_bytes name;		/* of the file */
	struct rmn_bytes rest;
	struct rmn_buf content;
	struct rmn_text *text;
	unsigned open_count;		/* elements without a length whose end was not seen yet */
	bool has_content;		/* its octets were there: not only a signature of something else */
	bool is_damaged;
};

/* The next element; those that hold others are entered. */
static bool
next(struct p7m *p, struct rmn_ber *element)
{
	if (!rmn_ber_next(&p->rest, true, element))
		return false;
	if (element->is_open)
		p->open_count++;
	else if (element->tag == 0 && p->open_count > 0)
		p->open_count--;
	p->is_damaged |= element->is_cut;
	return true;
}

static bool
is_pkcs7(struct rmn_bytes oid)
{
	return oid.size == 9 && memcmp(oid.data, PKCS7_OID, 8) == 0;
}

/* The kind of a message; 0 when there is none. */
static unsigned
kind_read(struct p7m *p)
{
	struct rmn_ber element;

	if (!next(p, &element) || element.tag != RMN_BER_SEQUENCE || !next(p, &element) ||
	    element.tag != RMN_BER_OID)
		return 0;
	if (is_pkcs7(element.content))
		return element.content.data[8];
	/* authenticated and encrypted (RFC 5083), compressed (RFC 3274) */
	return element.content.size == 11 && memcmp(element.content.data, PKCS9_OID, 10) == 0 &&
	    element.content.data[10] == 23 ? CMS_ENVELOPED : 0;
}

/* The octets of the content: one string, or several in one. */
static void
content_take(struct p7m *p)
{
	struct rmn_ber element;
	bool is_several = false;

	while (next(p, &element)) {
		if (element.tag == (RMN_BER_OCTETS | 0x20)) {
			is_several = p->has_content = true;
		} else if (element.tag == RMN_BER_OCTETS) {
			rmn_buf_append(&p->content, element.content);
			p->has_content = true;
			if (!is_several)
				return;
		} else if (element.tag != RMN_BER_CONTEXT_0 || p->has_content) {
			/* the end of an open string, or of one with a length: what follows it */
			return;
		}
	}
}

/* Finds the type of the content, and takes it. */
static void
signed_read(struct p7m *p)
{
	struct rmn_ber element;

	while (next(p, &element)) {
		/* algorithms of digests have types of other kinds */
		if (element.tag == RMN_BER_OID && (is_pkcs7(element.content) ||
		    (element.content.size > 10 && memcmp(element.content.data, PKCS9_OID, 10) == 0))) {
			content_take(p);
			return;
		}
	}
	p->is_damaged = true;
}

/* Names, organisations and addresses of certificates, each on a line. */
static void
names_put(struct p7m *p)
{
	struct rmn_ber element;

	while (next(p, &element) && p->text->status == RMN_OK) {
		switch (element.tag) {
		case RMN_BER_UTF8:
		case RMN_BER_PRINTABLE:
		case RMN_BER_IA5:
			rmn_cell_put(p->text, element.content);
			break;
		case RMN_BER_TELETEX:
			rmn_cell_put_encoded(p->text, element.content, RMN_CP1252);
			break;
		case RMN_BER_BMP:
			rmn_cell_put_encoded(p->text, element.content, RMN_UTF16BE);
			break;
		default:
			break;
		}
		rmn_text_newline(p->text);
	}
	p->is_damaged |= p->rest.size > 0 || p->open_count > 0;
}

/* A signed file is called after what it signs ("a.pdf.p7m"); a mail's is "smime.p7m". */
static struct rmn_bytes
content_name(struct rmn_bytes name)
{
	struct rmn_bytes inner = rmn_bytes_head(name, name.size > 4 ? name.size - 4 : 0);

	if (inner.size == 0 || !memchr(inner.data, '.', inner.size) ||
	    !rmn_mail_starts(rmn_bytes_after(name, inner.size), ".p7"))
		return rmn_bytes_from_string("signed.eml");
	return inner;
}

static enum rmn_status
content_pass(const struct p7m *p, const struct rmn_sink *sink)
{
	struct rmn_bytes left = rmn_buf_bytes(&p->content);
	struct rmn_member_reader reader = rmn_member_bytes_reader(&left);
	struct rmn_member member = {
		.name = content_name(p->name),
		.size_bytes = p->content.size,
		.modified = RMN_TIME_UNKNOWN,
		.created = RMN_TIME_UNKNOWN,
	};

	return p->has_content ? rmn_sink_member(sink, &member, &reader) : RMN_OK;
}

static enum rmn_status
message_read(struct p7m *p, unsigned kind, const struct rmn_sink *sink, struct rmn_error *error)
{
	enum rmn_status status;

	if (kind == CMS_ENVELOPED || kind == CMS_SIGNED_ENVELOPED || kind == CMS_ENCRYPTED)
		return rmn_fail(error, RMN_ENCRYPTED, "the message is encrypted (S/MIME)");
	if (kind == CMS_DATA)
		content_take(p);
	else if (kind == CMS_SIGNED)
		signed_read(p);
	else
		return rmn_fail(error, RMN_UNSUPPORTED, "a kind of PKCS #7 that holds no message");
	if (p->content.failed)
		return rmn_fail(error, RMN_LIMIT, "the content is too large for memory");
	status = content_pass(p, sink);
	if (status != RMN_OK)
		return status;
	rmn_text_part(p->text, RMN_PART_BODY, rmn_bytes_from_string("certificates"));
	names_put(p);
	status = rmn_text_flush(p->text);
	if (status == RMN_OK && p->is_damaged)
		return rmn_fail(error, RMN_PARTIAL, "the message is damaged or cut");
	return status;
}

static enum rmn_status
p7m_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_text text;
	struct p7m p = {.text = &text, .name = input->name};
	unsigned kind;
	enum rmn_status status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES,
	    input->arena, &p.rest, error);

	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	p.is_damaged = status == RMN_PARTIAL;
	rmn_text_init(&text, sink, input->arena, error);
	if (text.status != RMN_OK)
		return text.status;
	kind = kind_read(&p);
	rmn_buf_init(&p.content, RMN_LIMIT_WHOLE_ITEM_BYTES);
	status = message_read(&p, kind, sink, error);
	rmn_buf_release(&p.content);
	return status;
}

/* A sequence that starts with an object identifier of PKCS #7. */
static unsigned
p7m_claim(const struct rmn_format_input *input)
{
	struct p7m p = {.rest = rmn_bytes_head(input->head, 64)};

	return kind_read(&p) != 0 ? 88 : 0;
}

const struct rmn_format rmn_format_p7m = {
	.name = "p7m",
	.title = "Signed or encrypted message (PKCS #7)",
	.media_type = "application/pkcs7-mime",
	.kind = RMN_KIND_CONTAINER,
	.claim = p7m_claim,
	.read = p7m_read,
};
