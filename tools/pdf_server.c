/* SPDX-License-Identifier: MIT */
#include "pdf_server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include "base/limits.h"
#include "format/pdf_protocol.h"
#include "pdf_properties.h"
#include "pdf_text.h"

/* Fonts and CMaps of the document at hand; pictures are never decoded. */
#define STORE_BYTES (32u << 20)
#define PAGE_TEXT_BYTES (16u << 20)
#define SEND_FROM_BYTES (64u << 10)
#define KEEP_INPUT_BYTES (8u << 20)

struct pdf_server {
	int fd;
	fz_context *ctx;
	unsigned char *input;
	size_t input_capacity;
	struct rmn_buf message;		/* answers not sent yet */
	struct rmn_buf page;		/* text of one page */
	bool is_broken;			/* the peer takes no more */
};

/* What happened to one document. */
struct reading {
	struct pdf_text text;
	uint32_t pages, pages_without_text, scanned, damaged;
	uint64_t text_bytes;
	bool is_encrypted, is_repaired, is_cut;
	enum rmn_status status;
	const char *reason;	/* "" with RMN_OK */
};

enum rmn_status
pdf_server_new(int fd, struct pdf_server **server, struct rmn_error *error)
{
	struct pdf_server *s = calloc(1, sizeof(*s));

	if (!s)
		return rmn_fail(error, RMN_NOMEM, "no memory");
	s->fd = fd;
	s->ctx = fz_new_context(NULL, NULL, STORE_BYTES);
	if (!s->ctx) {
		free(s);
		return rmn_fail(error, RMN_NOMEM, "cannot start MuPDF");
	}
	fz_disable_icc(s->ctx);
	fz_set_warning_callback(s->ctx, NULL, NULL);
	fz_set_error_callback(s->ctx, NULL, NULL);
	rmn_buf_init(&s->message, 0);
	rmn_buf_init(&s->page, PAGE_TEXT_BYTES * 2);
	*server = s;
	return RMN_OK;
}

void
pdf_server_free(struct pdf_server *s)
{
	rmn_buf_release(&s->message);
	rmn_buf_release(&s->page);
	free(s->input);
	fz_drop_context(s->ctx);
	free(s);
}

/* *got is below size only at the end of the stream. */
static bool
read_all(int fd, void *buffer, size_t size, size_t *got)
{
	*got = 0;
	while (*got < size) {
		ssize_t n = recv(fd, (char *)buffer + *got, size - *got, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return true;
}

static void
send_message(struct pdf_server *s)
{
	size_t at = 0;

	if (s->message.failed)
		s->is_broken = true;
	while (!s->is_broken && at < s->message.size) {
		ssize_t n = send(s->fd, s->message.data + at, s->message.size - at, MSG_NOSIGNAL);

		if (n > 0)
			at += (size_t)n;
		else if (errno != EINTR)
			s->is_broken = true;
	}
	rmn_buf_clear(&s->message);
}

/* A page that shows a picture and has no text was probably scanned. */
static bool
has_picture(fz_context *ctx, pdf_obj *page)
{
	pdf_obj *resources = pdf_dict_get_inheritable(ctx, page, PDF_NAME(Resources));
	pdf_obj *objects = pdf_dict_get(ctx, resources, PDF_NAME(XObject));

	for (int i = 0, n = pdf_dict_len(ctx, objects); i < n; i++) {
		pdf_obj *type = pdf_dict_get(ctx, pdf_dict_get_val(ctx, objects, i),
		    PDF_NAME(Subtype));

		if (pdf_name_eq(ctx, type, PDF_NAME(Image)) ||
		    pdf_name_eq(ctx, type, PDF_NAME(Form)))
			return true;
	}
	return false;
}

static void
write_comments(fz_context *ctx, struct pdf_server *s, pdf_obj *page, uint32_t number)
{
	pdf_obj *annotations = pdf_dict_get(ctx, page, PDF_NAME(Annots));
	bool is_begun = false;

	for (int i = 0, n = pdf_array_len(ctx, annotations); i < n; i++) {
		pdf_obj *annotation = pdf_array_get(ctx, annotations, i);
		pdf_obj *contents = pdf_dict_get(ctx, annotation, PDF_NAME(Contents));
		pdf_obj *value = pdf_dict_get(ctx, annotation, PDF_NAME(V));
		pdf_obj *said = pdf_is_string(ctx, contents) ? contents : value;
		const char *text = pdf_is_string(ctx, said) ? pdf_to_text_string(ctx, said) : "";

		if (*text == '\0')
			continue;
		if (!is_begun)
			rmn_pdf_write_part(&s->message, RMN_PART_COMMENT, number);
		is_begun = true;
		rmn_pdf_write_text(&s->message, rmn_bytes_from_string(text));
		rmn_pdf_write_text(&s->message, rmn_bytes_from_string("\n"));
	}
}

static void
write_page(struct pdf_server *s, struct reading *r, uint32_t number)
{
	rmn_buf_clear(&s->page);
	pdf_lines_write(&r->text.lines, &s->page);
	r->text.cut |= r->text.lines.failed || r->text.lines.text.failed || s->page.failed;
	if (s->page.size > RMN_LIMIT_TEXT_BYTES / 2 - r->text_bytes) {
		r->is_cut = true;
		return;
	}
	r->text_bytes += s->page.size;
	rmn_pdf_write_part(&s->message, RMN_PART_PAGE, number);
	rmn_pdf_write_text(&s->message, rmn_buf_bytes(&s->page));
}

static void
read_page(fz_context *ctx, struct pdf_server *s, struct reading *r, pdf_document *document,
    int index)
{
	uint32_t number = (uint32_t)index + 1;
	pdf_obj *page = NULL;
	int errors = 0;
	bool failed = false;

	fz_var(page);
	fz_var(failed);
	fz_try(ctx) {
		page = pdf_lookup_page_obj(ctx, document, index);
		pdf_text_page(ctx, &r->text, document, page, index, &errors);
	}
	fz_catch(ctx)
		failed = true;
	r->damaged += failed || errors > 0;
	write_page(s, r, number);
	fz_try(ctx) {
		if (s->page.size == 0) {
			r->pages_without_text++;
			r->scanned += page && has_picture(ctx, page);
		}
		if (page)
			write_comments(ctx, s, page, number);
	}
	fz_catch(ctx)
		r->damaged++;
	if (s->message.size >= SEND_FROM_BYTES)
		send_message(s);
}

/* Files inside the PDF. */
static int
count_attachments(fz_context *ctx, pdf_document *document)
{
	pdf_obj *tree = NULL;
	int count = 0;

	fz_var(tree);
	fz_var(count);
	fz_try(ctx) {
		tree = pdf_load_name_tree(ctx, document, PDF_NAME(EmbeddedFiles));
		count = pdf_dict_len(ctx, tree);
	}
	fz_always(ctx)
		pdf_drop_obj(ctx, tree);
	fz_catch(ctx)
		count = 0;
	return count;
}

static void __attribute__((format(printf, 3, 4)))
say_missing(struct pdf_server *s, enum rmn_status why, const char *format, ...)
{
	char sentence[160];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	rmn_pdf_write_missing(&s->message, why, sentence);
}

static enum rmn_status
say_what_is_missing(struct pdf_server *s, const struct reading *r, int attachments)
{
	const struct pdf_text *t = &r->text;

	if (r->scanned > 0)
		say_missing(s, RMN_UNSUPPORTED, "no text on %u of %u pages (scanned?)",
		    r->pages_without_text, r->pages);
	if (t->unknown > 20 && t->unknown > t->characters / 10)
		say_missing(s, RMN_UNSUPPORTED,
		    "%llu of %llu characters are drawn with fonts that do not name them",
		    (unsigned long long)t->unknown, (unsigned long long)t->characters);
	if (attachments > 0)
		say_missing(s, RMN_UNSUPPORTED, "%d attached files", attachments);
	if (r->damaged > 0)
		say_missing(s, RMN_PARTIAL, "damage on %u of %u pages", r->damaged, r->pages);
	if (r->is_cut || t->cut)
		say_missing(s, RMN_LIMIT, "more text than is kept");
	if (r->is_cut || t->cut)
		return RMN_LIMIT;
	return r->is_repaired || r->damaged > 0 || r->scanned > 0 || attachments > 0 ? RMN_PARTIAL
										     : RMN_OK;
}

static void
read_document(fz_context *ctx, struct pdf_server *s, struct reading *r, pdf_document *document)
{
	int pages;

	r->is_encrypted = pdf_dict_get(ctx, pdf_trailer(ctx, document), PDF_NAME(Encrypt)) != NULL;
	/* needs_password tries the empty user password, which many producers set */
	if (pdf_needs_password(ctx, document)) {
		r->reason = "a password is needed";
		r->status = RMN_ENCRYPTED;
		return;
	}
	pdf_write_properties(ctx, document, &s->message);
	pages = pdf_count_pages(ctx, document);
	if (pages <= 0) {
		r->reason = "no pages";
		r->status = RMN_CORRUPT;
		return;
	}
	r->pages = (uint32_t)pages;
	for (int i = 0; i < pages && !s->is_broken && !r->is_cut; i++)
		read_page(ctx, s, r, document, i);
	r->is_repaired = pdf_was_repaired(ctx, document);
	r->status = say_what_is_missing(s, r, count_attachments(ctx, document));
	if (r->is_repaired)
		r->reason = "damaged; what could be put together was read";
	else if (r->status == RMN_PARTIAL)
		r->reason = "a part was not read";
	else if (r->status == RMN_LIMIT)
		r->reason = "too much text";
}

static void
set_failure(fz_context *ctx, struct reading *r)
{
	bool is_memory = fz_caught(ctx) == FZ_ERROR_MEMORY;

	r->status = is_memory ? RMN_LIMIT : RMN_CORRUPT;
	r->reason = is_memory ? "it needs more memory than is allowed"
			      : "it cannot be opened as a PDF";
}

static void
read_input(struct pdf_server *s, struct reading *r, size_t size)
{
	pdf_document *document = NULL;
	fz_stream *stream = NULL;
	fz_context *ctx = s->ctx;

	fz_var(document);
	fz_var(stream);
	fz_try(ctx) {
		stream = fz_open_memory(ctx, s->input, size);
		document = pdf_open_document_with_stream(ctx, stream);
		read_document(ctx, s, r, document);
	}
	fz_always(ctx) {
		pdf_text_release(ctx, &r->text);
		pdf_drop_document(ctx, document);
		fz_drop_stream(ctx, stream);
		fz_empty_store(ctx);
	}
	fz_catch(ctx)
		set_failure(ctx, r);
}

static void
answer(struct pdf_server *s, const struct rmn_pdf_request *request)
{
	struct reading r = {.status = RMN_CORRUPT, .reason = ""};
	struct rmn_pdf_done done = {.request = request->id};

	pdf_text_init(&r.text, PAGE_TEXT_BYTES);
	read_input(s, &r, (size_t)request->size_bytes);
	done.status = r.status;
	done.pages = r.pages;
	done.pages_without_text = r.pages_without_text;
	done.is_encrypted = r.is_encrypted;
	done.reason = rmn_bytes_from_string(r.reason);
	rmn_pdf_write_done(&s->message, &done);
	send_message(s);
}

/* Room for one document; a large one is not kept room for. */
static bool
make_room(struct pdf_server *s, size_t size)
{
	if (size <= s->input_capacity && s->input_capacity <= KEEP_INPUT_BYTES)
		return true;
	free(s->input);
	s->input_capacity = size > 4096 ? size : 4096;
	s->input = malloc(s->input_capacity);
	if (!s->input)
		s->input_capacity = 0;
	return s->input != NULL;
}

enum rmn_status
pdf_server_run(struct pdf_server *s, struct rmn_error *error)
{
	while (!s->is_broken) {
		unsigned char header[RMN_PDF_REQUEST_BYTES];
		struct rmn_pdf_request request;
		size_t size, got;

		if (!read_all(s->fd, header, sizeof(header), &got))
			return rmn_fail(error, RMN_IO, "cannot read requests: %s", strerror(errno));
		if (got == 0)
			return RMN_END;
		if (got < sizeof(header) ||
		    !rmn_pdf_read_request((struct rmn_bytes){header, got}, &request))
			return rmn_fail(error, RMN_CORRUPT, "not a request");
		size = (size_t)request.size_bytes;
		if (!make_room(s, size))
			return rmn_fail(error, RMN_NOMEM, "no memory for %zu bytes", size);
		if (!read_all(s->fd, s->input, size, &got) || got < size)
			return rmn_fail(error, RMN_CORRUPT, "a request is cut short");
		answer(s, &request);
	}
	return rmn_fail(error, RMN_IO, "the other side takes no answers");
}
