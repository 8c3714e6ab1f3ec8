/* SPDX-License-Identifier: MIT */
#include "pdf_server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <mupdf/fitz.h>

#include "format/pdf/pdf_protocol.h"
#include "pdf_document.h"
#include "pdf_out.h"
#include "pdf_render.h"
#include "worker/helper_serve.h"

/* Fonts and CMaps of the document at hand; pictures are never decoded. */
#define STORE_BYTES (32u << 20)
#define KEEP_INPUT_BYTES (8u << 20)

struct pdf_server {
	int fd;
	fz_context *ctx;
	unsigned char *input;
	size_t input_capacity, input_size;
	struct pdf_out out;
	bool is_broken;			/* the peer takes no more */
};

static void
send_message(void *context)
{
	struct pdf_server *s = context;
	size_t at = 0;

	if (s->out.message.failed)
		s->is_broken = true;
	while (!s->is_broken && at < s->out.message.size) {
		ssize_t n = send(s->fd, s->out.message.data + at, s->out.message.size - at,
		    MSG_NOSIGNAL);

		if (n > 0)
			at += (size_t)n;
		else if (errno != EINTR)
			s->is_broken = true;
	}
	rmn_buf_clear(&s->out.message);
}

/* MuPDF goes on after damage and says so in a warning: what it left out must not be silent here. */
static void
take_warning(void *context, const char *message)
{
	static const char *const losses[] = {"read error", "premature end", "ignoring zlib error",
	    "cannot load content stream", "content stream is not", "too many syntax errors",
	    "unknown filter name", "missing clear code", "RLE bomb"};
	struct pdf_server *s = context;

	for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++)
		if (strncmp(message, losses[i], strlen(losses[i])) == 0)
			s->out.lost_data++;
}

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
	fz_set_warning_callback(s->ctx, take_warning, s);
	fz_set_error_callback(s->ctx, NULL, NULL);
	pdf_out_init(&s->out, send_message, s);
	*server = s;
	return RMN_OK;
}

void
pdf_server_free(struct pdf_server *s)
{
	pdf_out_release(&s->out);
	free(s->input);
	fz_drop_context(s->ctx);
	free(s);
}

static void
answer(struct pdf_server *s, const struct rmn_pdf_request *request)
{
	struct rmn_pdf_done done = {.request = request->id};

	if (request->what == RMN_PDF_RENDER)
		pdf_page_render(s->ctx, (struct rmn_bytes){s->input, s->input_size}, request->first,
		    &s->out, &done);
	else
		pdf_document_read(s->ctx, (struct rmn_bytes){s->input, s->input_size}, &s->out,
		    &done);
	rmn_pdf_write_done(&s->out.message, &done);
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

static bool
request_is_right(const struct rmn_pdf_request *request)
{
	return request->what == RMN_PDF_READ ||
	       (request->what == RMN_PDF_RENDER && request->size_bytes == 0);
}

enum rmn_status
pdf_server_run(struct pdf_server *s, struct rmn_error *error)
{
	while (!s->is_broken) {
		unsigned char header[RMN_PDF_REQUEST_BYTES];
		struct rmn_pdf_request request;
		size_t size, got;

		if (!rmn_helper_receive(s->fd, header, sizeof(header), &got))
			return rmn_fail(error, RMN_IO, "cannot read requests: %s", strerror(errno));
		if (got == 0)
			return RMN_END;
		if (got < sizeof(header) ||
		    !rmn_pdf_read_request((struct rmn_bytes){header, got}, &request) ||
		    !request_is_right(&request))
			return rmn_fail(error, RMN_CORRUPT, "not a request");
		if (request.what == RMN_PDF_RENDER) {
			answer(s, &request);
			continue;
		}
		size = s->input_size = (size_t)request.size_bytes;
		if (!make_room(s, size))
			return rmn_fail(error, RMN_NOMEM, "no memory for %zu bytes", size);
		if (!rmn_helper_receive(s->fd, s->input, size, &got) || got < size)
			return rmn_fail(error, RMN_CORRUPT, "a request is cut short");
		answer(s, &request);
	}
	return rmn_fail(error, RMN_IO, "the other side takes no answers");
}
