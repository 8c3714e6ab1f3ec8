/* SPDX-License-Identifier: MIT */
#include "pdf_document.h"

#include <mupdf/pdf.h>
#include <string.h>

#include "base/limits.h"
#include "pdf_attached.h"
#include "pdf_form.h"
#include "pdf_holes.h"
#include "pdf_notes.h"
#include "pdf_pictures.h"
#include "pdf_properties.h"
#include "pdf_text.h"
#include "pdf_versions.h"
#include "pdf_walk.h"

#define PAGE_TEXT_BYTES (16u << 20)

/* A page with less text than this that shows a picture at least this large was probably scanned: the
 * text is a stamp or a page number. */
#define SCAN_TEXT_BYTES 48
#define SCAN_PIXELS 90000u		/* 300 x 300 */
#define DRAWN_FILLS 300u		/* letters turned into outlines */

/* What happened to one document. */
struct reading {
	fz_context *ctx;
	pdf_document *document;
	struct rmn_bytes pdf;
	struct pdf_out *out;
	struct pdf_text text;
	struct pdf_pages pages;
	struct rmn_buf page;		/* text of one page */
	uint32_t page_count, without_text, damaged, lost_files;
	bool has_form, is_encrypted, is_repaired, has_hole;
	enum rmn_status status;
	const char *reason;		/* "" with RMN_OK */
};

static void
write_page(struct reading *r, pdf_obj *page, uint32_t number, const char *name)
{
	const struct pdf_text *t = &r->text;
	bool is_little, is_scan;

	rmn_buf_clear(&r->page);
	pdf_lines_write(&r->text.lines, &r->page);
	r->text.cut |= t->lines.failed || t->lines.text.failed || r->page.failed;
	pdf_out_part(r->out, RMN_PART_PAGE, name);
	pdf_out_part_now(r->out);
	pdf_out_text(r->out, rmn_buf_bytes(&r->page));
	if (r->out->version > 0)
		return;
	is_little = r->page.size < SCAN_TEXT_BYTES;
	r->without_text += r->page.size == 0;
	is_scan = (is_little && t->pixels + pdf_pictures_pixels(r->ctx, r->document, page) >= SCAN_PIXELS) ||
		  (r->page.size == 0 && t->fills >= DRAWN_FILLS);
	if (is_scan)
		rmn_pdf_write_picture(&r->out->message, number);
}

static void
read_page(struct reading *r, pdf_obj *page, uint32_t number)
{
	fz_context *ctx = r->ctx;
	const unsigned lost = r->out->lost_data;
	int errors = 0;
	bool failed = false;
	char name[16];

	snprintf(name, sizeof(name), "%u", number);
	fz_var(failed);
	fz_try(ctx)
		pdf_text_page(ctx, &r->text, r->document, page, &errors);
	fz_catch(ctx)
		failed = true;
	fz_try(ctx) {
		write_page(r, page, number, name);
		pdf_notes_write(ctx, page, name, r->has_form, r->out);
	}
	fz_catch(ctx)
		failed = true;
	fz_flush_warnings(ctx);		/* the same one again is said again */
	r->damaged += failed || errors > 0 || r->out->lost_data != lost;
	pdf_out_flush(r->out);
}

/* Whatever stands beside the pages; damage in one loses nothing of the other. */
static void
read_beside(struct reading *r)
{
	fz_context *ctx = r->ctx;

	fz_try(ctx)
		pdf_form_write(ctx, r->document, r->out);
	fz_catch(ctx)
		pdf_out_missing(r->out, RMN_PARTIAL, "the form is damaged");
	fz_try(ctx)
		pdf_outline_write(ctx, r->document, r->out);
	fz_catch(ctx)
		pdf_out_missing(r->out, RMN_PARTIAL, "the outline is damaged");
}

static void
say_what_is_missing(struct reading *r)
{
	const struct pdf_text *t = &r->text;
	struct pdf_out *out = r->out;
	bool is_cut = out->is_cut || t->cut || r->pages.is_cut;
	uint32_t found = (uint32_t)r->pages.count, gone = r->pages.lost;
	bool is_partial = r->is_repaired || r->damaged > 0 || r->lost_files > 0 || r->has_hole;

	if (r->pages.claimed > found && r->pages.claimed < RMN_LIMIT_PDF_PAGES)
		gone = r->pages.claimed - found;
	if (t->unknown > 20 && t->unknown > t->characters / 10)
		pdf_out_missing(out, RMN_UNSUPPORTED,
		    "%llu of %llu characters are drawn with fonts that do not name them",
		    (unsigned long long)t->unknown, (unsigned long long)t->characters);
	if (r->lost_files > 0)
		pdf_out_missing(out, RMN_PARTIAL, "%u attached files are damaged", r->lost_files);
	if (r->damaged > 0)
		pdf_out_missing(out, RMN_PARTIAL, "damage on %u of %u pages", r->damaged, found);
	if (gone > 0)
		pdf_out_missing(out, RMN_PARTIAL, "%u of %u pages are missing", gone, found + gone);
	if (out->lines_failed)
		pdf_out_missing(out, RMN_LIMIT, "earlier versions were not compared: too many lines");
	if (is_cut)
		pdf_out_missing(out, RMN_LIMIT, "more text than is kept");
	r->status = is_cut ? RMN_LIMIT : is_partial || gone > 0 ? RMN_PARTIAL : RMN_OK;
	r->reason = is_cut ? "too much text" :
	    r->is_repaired ? "damaged; what could be put together was read" :
	    r->status == RMN_PARTIAL ? "a part was not read" : "";
}

static void
read_pages(struct reading *r)
{
	pdf_pages_find(r->ctx, r->document, &r->pages);
	r->page_count = (uint32_t)r->pages.count;
	r->has_form = pdf_form_is_there(r->ctx, r->document);
	for (size_t i = 0; i < r->pages.count && !r->out->is_cut; i++)
		read_page(r, r->pages.items[i], (uint32_t)i + 1);
}

/* Whether a password is needed for attached files only. */
static bool
is_open_but_for_files(fz_context *ctx, pdf_obj *encryption)
{
	pdf_obj *streams = pdf_dict_get(ctx, encryption, PDF_NAME(StmF));
	pdf_obj *strings = pdf_dict_get(ctx, encryption, PDF_NAME(StrF));

	return pdf_dict_gets(ctx, encryption, "EFF") &&
	       (!streams || pdf_name_eq(ctx, streams, PDF_NAME(Identity))) &&
	       (!strings || pdf_name_eq(ctx, strings, PDF_NAME(Identity)));
}

/* What MuPDF did not need may be lost all the same: a font, a picture, an object. */
static bool
hole_say(struct reading *r)
{
	struct pdf_hole hole;

	if (!pdf_hole_find(r->ctx, r->document, r->pdf, &r->out->lost_data, &hole))
		return false;
	pdf_out_missing(r->out, RMN_PARTIAL, "a hole of %zu zero bytes at offset %zu",
	    hole.end - hole.start, hole.start);
	return true;
}

static void
read_last_version(struct reading *r)
{
	fz_context *ctx = r->ctx;
	pdf_obj *encryption = pdf_dict_get(ctx, pdf_trailer(ctx, r->document), PDF_NAME(Encrypt));
	bool are_files_locked = false;

	r->is_encrypted = encryption != NULL;
	/* needs_password tries the empty user password, which many producers set */
	if (pdf_needs_password(ctx, r->document)) {
		are_files_locked = is_open_but_for_files(ctx, encryption);
		r->reason = "a password is needed";
		r->status = RMN_ENCRYPTED;
		if (!are_files_locked)
			return;
		pdf_out_missing(r->out, RMN_ENCRYPTED, "attached files need a password");
	}
	pdf_properties_write(ctx, r->document, r->out);
	read_pages(r);
	read_beside(r);
	if (r->pages.count == 0) {
		r->reason = "no pages";
		r->status = RMN_CORRUPT;
		return;
	}
	if (!are_files_locked)
		r->lost_files = pdf_attached_write(ctx, r->document, &r->pages, r->out);
	r->is_repaired = pdf_was_repaired(ctx, r->document);
	r->has_hole = hole_say(r);
	say_what_is_missing(r);
	if (are_files_locked && r->status == RMN_OK) {
		r->status = RMN_PARTIAL;
		r->reason = "a part was not read";
	}
}

static void
set_failure(fz_context *ctx, struct reading *r)
{
	bool is_memory = fz_caught(ctx) == FZ_ERROR_MEMORY;

	r->status = is_memory ? RMN_LIMIT : RMN_CORRUPT;
	r->reason = is_memory ? "it needs more memory than is allowed"
			      : "it cannot be opened as a PDF";
	/* a kind of encryption that MuPDF does not know */
	if (strstr(fz_caught_message(ctx), "encrypt")) {
		r->status = RMN_ENCRYPTED;
		r->reason = "encrypted in a way that is not known";
	}
}

/* Opens pdf and has it read by read_it. */
static void
with_document(struct reading *r, struct rmn_bytes pdf, void (*read_it)(struct reading *r))
{
	fz_context *ctx = r->ctx;
	fz_stream *stream = NULL;

	r->document = NULL;
	fz_var(stream);
	fz_try(ctx) {
		stream = fz_open_memory(ctx, pdf.data, pdf.size);
		r->document = pdf_open_document_with_stream(ctx, stream);
		read_it(r);
	}
	fz_always(ctx) {
		pdf_pages_release(ctx, &r->pages);
		pdf_text_release(ctx, &r->text);
		pdf_drop_document(ctx, r->document);
		fz_drop_stream(ctx, stream);
		fz_empty_store(ctx);
	}
	fz_catch(ctx)
		set_failure(ctx, r);
}

/* A file that is whole up to there; what is cut off elsewhere is no version. */
static void
read_earlier_version(struct reading *r)
{
	if (pdf_was_repaired(r->ctx, r->document) || pdf_needs_password(r->ctx, r->document))
		return;
	read_pages(r);
	read_beside(r);
}

/* Text that earlier versions have and later ones have not, the newest of them first. */
static void
read_versions(struct reading *r, struct rmn_bytes pdf, const struct pdf_versions *versions)
{
	int64_t end = pdf_versions_clock() + (int64_t)RMN_LIMIT_PDF_REVISIONS_SECONDS * 1000;
	size_t left = versions->count;

	for (; left > 0 && !r->out->is_cut && pdf_versions_clock() < end; left--) {
		struct reading earlier = {.ctx = r->ctx, .out = r->out, .page = r->page};

		r->out->version = (unsigned)left;
		pdf_text_init(&earlier.text, PAGE_TEXT_BYTES);
		with_document(&earlier,
		    rmn_bytes_head(pdf, (size_t)versions->ends[left - 1]), read_earlier_version);
		r->page = earlier.page;
	}
	r->out->version = 0;
	if (left + versions->more > 0)
		pdf_out_missing(r->out, RMN_LIMIT, "%zu earlier versions were not compared",
		    left + versions->more);
}

void
pdf_document_read(fz_context *ctx, struct rmn_bytes pdf, struct pdf_out *out,
    struct rmn_pdf_done *done)
{
	struct reading r = {.ctx = ctx, .pdf = pdf, .out = out, .status = RMN_CORRUPT,
	    .reason = ""};
	struct pdf_versions versions;

	pdf_versions_find(pdf, &versions);
	pdf_out_restart(out);
	out->keeps_lines = versions.count > 0;
	rmn_buf_init(&r.page, PAGE_TEXT_BYTES * 2);
	pdf_text_init(&r.text, PAGE_TEXT_BYTES);
	with_document(&r, pdf, read_last_version);
	if (versions.count > 0 && (r.status == RMN_OK || r.status == RMN_PARTIAL))
		read_versions(&r, pdf, &versions);
	rmn_buf_release(&r.page);
	done->status = r.status;
	done->pages = r.page_count;
	done->pages_without_text = r.without_text;
	done->is_encrypted = r.is_encrypted;
	done->reason = rmn_bytes_from_string(r.reason);
}
