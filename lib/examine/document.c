/* SPDX-License-Identifier: MIT
 *
 * Which items are documents.  Plain text counts when it says enough (DOMAIN 2.1: 200 characters)
 * and is neither program text nor a log. */
#include "examine/private.h"

#include "base/checked.h"

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

/* Where the masked copy of a property stands. */
struct masking {
	struct rmn_bytes clear;
	struct rmn_buf *masked;
	size_t at;			/* clear bytes copied so far */
};

static void
mask_finding(void *context, const struct rmn_finding *finding)
{
	struct masking *m = context;
	size_t start = (size_t)rmn_min_u64(finding->offset, m->clear.size);
	size_t end = start + rmn_min_size(finding->length_bytes, m->clear.size - start);

	if (start < m->at)
		return;			/* inside one that was masked already */
	rmn_buf_append_data(m->masked, m->clear.data + m->at, start - m->at);
	rmn_buf_append(m->masked, finding->masked);
	m->at = end;
}

/* Replaces what rules find in the property: the author of a mail is its sender's address. */
static void
mask_property(struct node *n, struct rmn_buf *property)
{
	struct rmn_buf masked;
	struct masking m = {rmn_buf_bytes(property), &masked, 0};
	struct rmn_detect_input input = {.bytes = m.clear, .encoding = RMN_UTF8};

	if (property->size == 0 || !n->run->examiner->detector)
		return;
	rmn_buf_init(&masked, 0);
	rmn_detect(n->run->examiner->detector, &input, mask_finding, &m, NULL);
	rmn_buf_append(&masked, rmn_bytes_after(m.clear, m.at));
	rmn_buf_release(property);
	*property = masked;
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
	rmn_classify(n->run->examiner->classifier, &input, &document.classification);
	for (size_t i = 0; i < RMN_PROPERTY_COUNT && n->run->examiner->options.mask_properties; i++)
		if (i != RMN_PROPERTY_CREATED && i != RMN_PROPERTY_MODIFIED)
			mask_property(n, &n->property[i]);
	for (size_t i = 0; i < RMN_PROPERTY_COUNT; i++)
		document.property[i] = rmn_buf_bytes(&n->property[i]);
	sink->document(sink->context, &document);
}
