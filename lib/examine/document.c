/* SPDX-License-Identifier: MIT
 *
 * Which items are documents.  Plain text counts when it says enough (DOMAIN 2.1: 200 characters)
 * and is neither program text nor a log. */
#include "examine/private.h"

#define TEXT_DOCUMENT_BYTES 200

static bool
document_counts(const struct node *n, const struct rmn_format *format)
{
	switch (format->kind) {
	case RMN_KIND_DOCUMENT:
	case RMN_KIND_MAIL:
		return true;
	case RMN_KIND_TEXT:
		return n->text_bytes >= TEXT_DOCUMENT_BYTES && !n->is_code;
	case RMN_KIND_CONTAINER:
	case RMN_KIND_OTHER:
		break;
	}
	return false;
}

void
node_document(struct node *n, const struct rmn_format *format)
{
	struct rmn_examined_document document = {
		.member = n->member,
		.format = format->name,
		.text_bytes = n->text_bytes,
	};
	struct rmn_classify_input input = {
		.name = n->name,
		.path = n->path,
		.title = rmn_buf_bytes(&n->property[RMN_PROPERTY_TITLE]),
		.head_text = rmn_buf_bytes(&n->head_text),
		.text_bytes = n->text_bytes,
		.is_mail = format->kind == RMN_KIND_MAIL,
	};
	const struct rmn_examine_sink *sink = n->run->sink;

	if (!sink->document || !document_counts(n, format))
		return;
	rmn_classify(&input, &document.classification);
	for (size_t i = 0; i < RMN_PROPERTY_COUNT; i++)
		document.property[i] = rmn_buf_bytes(&n->property[i]);
	sink->document(sink->context, &document);
}
