/* SPDX-License-Identifier: MIT
 *
 * Objects in RTF are OLE 1 objects in hexadecimal (MS-OLEDS 2.2): a class, and either the path that
 * a link leads to or the bytes of the object, mostly an OLE2 file or a package. */
#include <stdio.h>

#include "format/member_bytes.h"
#include "format/ole/ole_object.h"
#include "format/word/rtf.h"

#define FORMAT_LINKED 1u
#define FORMAT_EMBEDDED 2u
#define STRING_MAX 4096u

struct object {
	uint32_t format;
	struct rmn_bytes class_name;
	struct rmn_bytes topic;		/* of a link: the file */
	struct rmn_bytes item;		/* of a link: the place in it */
	struct rmn_bytes native;
	bool is_cut;
};

static bool
string_read(struct rmn_cursor *c, struct rmn_bytes *string)
{
	uint32_t size;

	if (!rmn_cursor_le32(c, &size) || size > STRING_MAX ||
	    !rmn_cursor_take(c, size, string))
		return false;
	if (string->size > 0)
		string->size--;		/* its NUL */
	return true;
}

static bool
object_read(struct rmn_bytes bytes, struct object *object)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint32_t version, size;
	struct object o = {.is_cut = false};

	if (!rmn_cursor_le32(&c, &version) || !rmn_cursor_le32(&c, &o.format) ||
	    !string_read(&c, &o.class_name) || !string_read(&c, &o.topic) ||
	    !string_read(&c, &o.item))
		return false;
	if (o.format == FORMAT_EMBEDDED) {
		if (!rmn_cursor_le32(&c, &size))
			return false;
		o.is_cut = !rmn_cursor_take(&c, size, &o.native);
		if (o.is_cut)
			o.native = rmn_bytes_after(bytes, c.offset);
	}
	*object = o;
	return o.format == FORMAT_LINKED || o.format == FORMAT_EMBEDDED;
}

static void
link_give(struct rmn_rtf *r, const struct object *object)
{
	const enum rmn_flow flow = RMN_FLOW_FIELDS;

	rmn_flow_line_end(&r->flows, flow);
	r->pending_flow = flow;
	r->pending_page = r->page;
	rmn_buf_append(&r->pending, object->topic);
	rmn_buf_append_char(&r->pending, ' ');
	rmn_buf_append(&r->pending, object->item);
	rmn_rtf_settle(r);
	rmn_flow_line_end(&r->flows, flow);
}

static void
object_give(struct rmn_rtf *r, const struct rmn_rtf_object *kept, unsigned number)
{
	struct rmn_bytes bytes = rmn_bytes_head(rmn_bytes_after(rmn_buf_bytes(&r->objects),
	    kept->start), kept->size);
	struct object object;
	char name[128];
	bool is_read = object_read(bytes, &object);

	snprintf(name, sizeof(name), "object %u%s%s%s", number, kept->class_name[0] ? " (" : "",
	    kept->class_name, kept->class_name[0] ? ")" : "");
	if (is_read && object.format == FORMAT_LINKED)
		link_give(r, &object);
	else if ((!is_read || !rmn_ole_package_give(object.native, &r->text)) && bytes.size > 0)
		rmn_member_bytes_give(&r->text, rmn_bytes_from_string(name),
		    is_read ? object.native : bytes);
	if (is_read && object.is_cut)
		r->is_cut = true;
}

void
rmn_rtf_object_keep(struct rmn_rtf *r)
{
	struct rmn_rtf_object *kept = rmn_arena_alloc(r->arena, 1, sizeof(*kept));

	if (!kept) {
		r->text.status = rmn_fail(r->error, RMN_LIMIT, "item outgrows its memory");
		return;
	}
	*kept = (struct rmn_rtf_object){.start = r->object_start,
	    .size = r->objects.size - r->object_start};
	snprintf(kept->class_name, sizeof(kept->class_name), "%s", r->object_class);
	r->object_class[0] = '\0';
	r->object_start = r->objects.size;
	if (r->object_last)
		r->object_last->next = kept;
	else
		r->object_first = kept;
	r->object_last = kept;
}

void
rmn_rtf_objects_give(struct rmn_rtf *r)
{
	unsigned number = 0;

	for (const struct rmn_rtf_object *o = r->object_first; o && r->text.status == RMN_OK;
	    o = o->next)
		object_give(r, o, ++number);
	if (r->objects.failed && r->text.status == RMN_OK)
		r->text.status = rmn_sink_missing(r->sink, RMN_LIMIT,
		    "embedded objects are larger than memory");
	rmn_buf_release(&r->objects);
}
