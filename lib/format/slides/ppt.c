/* SPDX-License-Identifier: MIT
 *
 * Binary presentations: PowerPoint 97 to 2003, whose files may hold a copy for PowerPoint 95, and
 * PowerPoint 95, of which the text is read that it keeps in a stream of its own. */
#include "format/slides/ppt.h"

#include "base/limits.h"
#include "charset/charset.h"
#include "format/ole/ole_object.h"

#define ASIDE_MAX ((size_t)4 << 20)
#define TEXT_MAX ((uint64_t)16 << 20)	/* of the stream with the text alone */
#define USER_MAX ((uint64_t)1 << 16)

static void
init(struct ppt *p, const struct rmn_ole *ole)
{
	*p = (struct ppt){.ole = ole, .arena = ole->cfb->arena, .text = ole->text,
	    .error = ole->error};
	rmn_buf_init(&p->given, 0);
	rmn_buf_init(&p->shown, 0);
	rmn_buf_init(&p->scratch, 0);
	rmn_buf_init(&p->headers, ASIDE_MAX);
	rmn_buf_init(&p->comments, ASIDE_MAX);
	rmn_buf_init(&p->links, ASIDE_MAX);
}

static void
release(struct ppt *p)
{
	rmn_buf_release(&p->given);
	rmn_buf_release(&p->shown);
	rmn_buf_release(&p->scratch);
	rmn_buf_release(&p->headers);
	rmn_buf_release(&p->comments);
	rmn_buf_release(&p->links);
}

static enum rmn_status
stream_read(struct ppt *p, struct rmn_bytes current_user)
{
	ppt_directory_read(p, current_user);
	if (p->is_encrypted && ppt_decrypt(p))
		p->is_encrypted = false;
	if (p->is_encrypted)
		return rmn_fail(p->error, RMN_ENCRYPTED,
		    "the presentation is protected by a password");
	if (!p->is_lost)
		ppt_document_read(p);
	if (p->text->status == RMN_OK)
		ppt_objects_give(p);
	ppt_leftovers_read(p);
	if (p->is_encrypted)
		return rmn_fail(p->error, RMN_ENCRYPTED,
		    "the presentation is protected by a password");
	if (p->given.failed || p->shown.failed || p->scratch.failed)
		ppt_note(p, RMN_LIMIT, "the presentation outgrows its memory");
	return p->text->status != RMN_OK ? p->text->status : p->status;
}

/* PowerPoint 95 (and 4, in other records): the text as one stream, in the system's code page. */
static enum rmn_status
old_read(const struct rmn_ole *ole, const struct rmn_cfb_entry *entry)
{
	struct rmn_charset_guess guess;
	struct rmn_bytes bytes;
	struct ppt p;
	enum rmn_status status =
	    rmn_cfb_read(ole->cfb, entry, TEXT_MAX, &bytes, ole->error);

	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	init(&p, ole);
	guess = rmn_charset_guess(bytes);
	if (rmn_charset_decode(bytes, guess.encoding == RMN_CP932 ? RMN_CP932 : RMN_CP1252,
	    &p.scratch, NULL) != RMN_OK)
		ppt_note(&p, RMN_LIMIT, "the text outgrows its memory");
	rmn_text_part(ole->text, RMN_PART_BODY, rmn_bytes_from_string("text"));
	ppt_lines_put(&p, rmn_buf_bytes(&p.scratch));
	ppt_note(&p, RMN_PARTIAL,
	    "of PowerPoint 95 only the text is read, without notes, comments and objects");
	status = p.status;
	release(&p);
	return status;
}

static uint32_t
entry_number(const struct rmn_cfb *cfb, const struct rmn_cfb_entry *entry)
{
	return (uint32_t)(entry - cfb->entries);
}

enum rmn_status
rmn_ole_ppt(const struct rmn_ole *ole)
{
	const struct rmn_cfb_entry *newer =
	    rmn_cfb_find(ole->cfb, ole->storage, "PP97_DUALSTORAGE");
	uint32_t storage = newer ? entry_number(ole->cfb, newer) : ole->storage;
	const struct rmn_cfb_entry *entry =
	    rmn_cfb_find(ole->cfb, storage, "PowerPoint Document");
	const struct rmn_cfb_entry *user = rmn_cfb_find(ole->cfb, storage, "Current User");
	const struct rmn_cfb_entry *old = rmn_cfb_find(ole->cfb, ole->storage, "Text_Content");
	struct rmn_bytes current_user = {NULL, 0};
	enum rmn_status status, cut;
	struct ppt p;

	if (old && !newer)
		return old_read(ole, old);
	if (!entry || entry->type != RMN_CFB_STREAM)
		return rmn_fail(ole->error, RMN_CORRUPT, "no presentation in its storage");
	init(&p, ole);
	cut = rmn_cfb_read(ole->cfb, entry, RMN_LIMIT_WHOLE_ITEM_BYTES, &p.stream, ole->error);
	if (cut != RMN_OK && cut != RMN_PARTIAL)
		return cut;
	if (user)
		rmn_cfb_read(ole->cfb, user, USER_MAX, &current_user, NULL);
	status = stream_read(&p, current_user);
	release(&p);
	/* some writers have objects as storages beside the stream */
	if (ole->text->status == RMN_OK && rmn_ole_objects_give(ole, storage) != RMN_OK)
		return ole->text->status;
	return status == RMN_OK ? cut : status;
}
