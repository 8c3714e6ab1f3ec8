/* SPDX-License-Identifier: MIT */
#include "format/mail/pst_message.h"

#include <string.h>

#include "base/number.h"
#include "format/member_bytes.h"

#define DEPTH_MAX 8u			/* messages attached to messages */
#define RECIPIENTS 0x692u
#define NODE_TYPE 0x1Fu

enum { ID_METHOD = 0x3705, METHOD_NONE = 0 };

static void
recipient_row(void *context, struct rmn_mapi_bag *bag)
{
	rmn_mapi_message_recipient(context, bag);
}

static bool
attachments_list(struct rmn_pst_message *m)
{
	size_t count = 0;

	for (size_t i = 0; i < m->subnodes.count; i++)
		count += (m->subnodes.nodes[i].id & NODE_TYPE) == RMN_PST_ATTACHMENT;
	m->attachments = rmn_arena_alloc(m->arena, count + 1, sizeof(*m->attachments));
	if (!m->attachments)
		return false;
	for (size_t i = 0; i < m->subnodes.count; i++)
		if ((m->subnodes.nodes[i].id & NODE_TYPE) == RMN_PST_ATTACHMENT)
			m->attachments[m->source.count++] = &m->subnodes.nodes[i];
	return true;
}

/* A message inside: read and written like the outer one, in the same memory. */
static enum rmn_status
inner_open(struct rmn_pst_message *m, const struct rmn_pst_node *node,
    struct rmn_mapi_attachment *a, struct rmn_error *error)
{
	struct rmn_pst_message *inner;
	enum rmn_status status;

	if (m->depth + 1 >= DEPTH_MAX)
		return rmn_fail(error, RMN_LIMIT, "messages are attached deeper than is followed");
	inner = rmn_arena_alloc(m->arena, 1, sizeof(*inner));
	if (!inner)
		return rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
	status = rmn_pst_message_read(inner, m->pst, node, m->arena, m->buffer, m->depth + 1, error);
	if (status != RMN_OK)
		return status;
	a->media_type = "message/rfc822";
	a->reader = rmn_mapi_mime_reader(&inner->mime);
	return RMN_OK;
}

static enum rmn_status
data_open(struct rmn_pst_message *m, const struct rmn_pst_object *o,
    struct rmn_mapi_attachment *a, struct rmn_error *error)
{
	const struct rmn_pst_node *node = o->kept;

	/* an object is a number and a size in the heap */
	if (o->is_object && o->held.size >= 4)
		node = rmn_pst_subnode_find(&o->subnodes, rmn_le32(o->held.data));
	if (o->is_object && node && (node->id & NODE_TYPE) == RMN_PST_MESSAGE)
		return inner_open(m, node, a, error);
	if (node) {
		if (!rmn_pst_data_open(m->pst, node->data, m->arena, m->buffer, &m->data))
			return rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
		a->reader = rmn_pst_data_reader(&m->data);
		return RMN_OK;
	}
	if (o->is_object || (o->held.size == 0 && !o->has_data))
		return rmn_fail(error, RMN_CORRUPT, "the data of an attachment is missing");
	m->held = o->held;
	a->reader = rmn_member_bytes_reader(&m->held);
	return RMN_OK;
}

static enum rmn_status
attachment_open(void *state, size_t index, struct rmn_mapi_attachment *a, struct rmn_error *error)
{
	struct rmn_pst_message *m = state;
	struct rmn_pst_object o = {.pst = m->pst, .arena = m->arena, .buffer = m->buffer};
	struct rmn_mapi_bag bag;

	rmn_mapi_bag_init(&bag, m->arena);
	bag.codepage = m->codepage;
	if (!rmn_pst_object_read(&o, m->attachments[index], &bag))
		return rmn_fail(error, bag.failed ? RMN_LIMIT : RMN_CORRUPT,
		    "an attachment cannot be read");
	rmn_mapi_attachment_describe(&bag, index, a);
	if (bag.failed)
		return rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
	if (!o.has_data && rmn_mapi_find_number(&bag, ID_METHOD, 1) != 1) {
		m->held = rmn_mapi_find_text(&bag, 0x370D);	/* a link: where it leads */
		a->media_type = "text/plain";
		a->reader = rmn_member_bytes_reader(&m->held);
		return RMN_OK;
	}
	return data_open(m, &o, a, error);
}

enum rmn_status
rmn_pst_message_read(struct rmn_pst_message *m, struct rmn_pst *pst,
    const struct rmn_pst_node *node, struct rmn_arena *arena, unsigned char *buffer,
    unsigned depth, struct rmn_error *error)
{
	struct rmn_pst_object o = {.pst = pst, .arena = arena, .buffer = buffer};
	bool was_damaged = pst->is_damaged;
	const struct rmn_pst_node *people;
	struct rmn_mapi_bag bag;

	*m = (struct rmn_pst_message){.pst = pst, .arena = arena, .buffer = buffer, .depth = depth};
	m->source = (struct rmn_mapi_source){m, 0, attachment_open};
	pst->is_damaged = false;
	rmn_mapi_bag_init(&bag, arena);
	rmn_mapi_message_init(&m->said, arena);
	if (!rmn_pst_object_read(&o, node, &bag)) {
		pst->is_damaged = true;
		return rmn_fail(error, bag.failed ? RMN_LIMIT : RMN_CORRUPT,
		    "node %x has no readable message", node->id);
	}
	rmn_mapi_bag_settle(&bag);
	m->codepage = bag.codepage;
	m->subnodes = o.subnodes;
	people = rmn_pst_subnode_find(&o.subnodes, RECIPIENTS);
	if (people)
		rmn_pst_table_read(pst, people, arena, buffer, bag.codepage, recipient_row, &m->said);
	rmn_mapi_message_finish(&m->said, &bag);
	if (pst->is_damaged && !m->said.damage)
		m->said.damage = "a block of the message is damaged";
	pst->is_damaged |= was_damaged;
	if (!attachments_list(m) || !rmn_mapi_mime_init(&m->mime, &m->said, &m->source, depth))
		return rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
	return RMN_OK;
}

bool
rmn_pst_message_says(const struct rmn_pst_message *m)
{
	const struct rmn_mapi_message *s = &m->said;

	return s->plain.size > 0 || s->html_text.size > 0 || s->rtf_text.size > 0 ||
	    s->rtf.size > 0 || s->fields.count > 0 || m->source.count > 0;
}
