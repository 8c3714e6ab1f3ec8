/* SPDX-License-Identifier: MIT */
#include "ocr_server.h"

#include <errno.h>
#include <leptonica/allheaders.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <tesseract/capi.h>

#include "base/checked.h"
#include "base/limits.h"
#include "format/pdf/pdf_protocol.h"
#include "worker/helper_serve.h"

/* Smaller ones are icons. */
#define SIDE_MIN 64
/* Scans are 200 to 400 dpi; a letter that small is not read anyhow. */
#define RESOLUTION_DPI 300

struct ocr_server {
	int fd;
	TessBaseAPI *api;		/* NULL: no language data */
	unsigned char *input;
	struct rmn_buf message;
};

/* What happened to one picture. */
struct reading {
	uint32_t pages, unread;
	enum rmn_status status;
	const char *reason;
};

enum rmn_status
ocr_server_new(int fd, struct ocr_server **server, struct rmn_error *error)
{
	static const char *const languages[] = {"jpn+eng", "jpn", "eng"};
	struct ocr_server *s = calloc(1, sizeof(*s));

	if (!s)
		return rmn_fail(error, RMN_NOMEM, "no memory");
	s->fd = fd;
	rmn_buf_init(&s->message, 0);
	setMsgSeverity(L_SEVERITY_NONE);
	for (size_t i = 0; !s->api && i < sizeof(languages) / sizeof(languages[0]); i++) {
		s->api = TessBaseAPICreate();
		if (s->api && TessBaseAPIInit3(s->api, NULL, languages[i]) != 0) {
			TessBaseAPIDelete(s->api);
			s->api = NULL;
		}
	}
	if (s->api) {
		TessBaseAPISetVariable(s->api, "debug_file", "/dev/null");
		TessBaseAPISetPageSegMode(s->api, PSM_AUTO);
	}
	*server = s;
	return RMN_OK;
}

void
ocr_server_free(struct ocr_server *s)
{
	if (s->api)
		TessBaseAPIDelete(s->api);
	rmn_buf_release(&s->message);
	free(s->input);
	free(s);
}

static bool
send_message(struct ocr_server *s)
{
	size_t at = 0;

	while (!s->message.failed && at < s->message.size) {
		ssize_t n = send(s->fd, s->message.data + at, s->message.size - at, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return false;
		at += n > 0 ? (size_t)n : 0;
	}
	rmn_buf_clear(&s->message);
	return at > 0;
}

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* Tesseract parts what it reads as Japanese with spaces where it is not sure of words.  None stands
 * between two characters above U+3000, nor behind a hyphen between digits. */
static bool
is_space_needless(const struct rmn_buf *text, unsigned char next)
{
	const unsigned char *end = text->data + text->size;

	if (text->size >= 2 && end[-1] == '-' && is_digit(end[-2]) && is_digit(next))
		return true;
	return text->size >= 3 && end[-3] >= 0xE3 && end[-3] <= 0xE9 && next >= 0xE3 && next <= 0xE9;
}

static void
append_joined(struct rmn_buf *text, const char *utf8)
{
	for (; *utf8; utf8++)
		if (*utf8 != ' ' || !is_space_needless(text, (unsigned char)utf8[1]))
			rmn_buf_append_char(text, *utf8);
}

/* Reads the picture that the api has; one part when it says anything. */
static void
recognise(struct ocr_server *s, struct reading *r, const char *name)
{
	ETEXT_DESC *monitor = TessMonitorCreate();
	struct rmn_buf text;
	char *said = NULL;

	TessMonitorSetDeadlineMSecs(monitor, RMN_LIMIT_OCR_PAGE_SECONDS * 1000);
	TessBaseAPISetSourceResolution(s->api, RESOLUTION_DPI);
	if (TessBaseAPIRecognize(s->api, monitor) == 0)
		said = TessBaseAPIGetUTF8Text(s->api);
	else
		r->unread++;
	TessMonitorDelete(monitor);
	rmn_buf_init(&text, RMN_LIMIT_TEXT_BYTES / 4);
	if (said)
		append_joined(&text, said);
	if (said && said[strspn(said, " \n\t\f")] != '\0') {
		rmn_pdf_write_part(&s->message, RMN_PART_OCR, name);
		rmn_pdf_write_text(&s->message, rmn_buf_bytes(&text));
	}
	if (said)
		TessDeleteText(said);
	rmn_buf_release(&text);
	TessBaseAPIClear(s->api);
}

/* Reads one page of a picture file. */
static void
read_pix(struct ocr_server *s, struct reading *r, PIX *pix)
{
	uint64_t pixels = (uint64_t)pixGetWidth(pix) * (uint64_t)pixGetHeight(pix);
	PIX *grey = NULL;
	char name[24] = "";

	r->pages++;
	if (pixGetWidth(pix) < SIDE_MIN || pixGetHeight(pix) < SIDE_MIN)
		return;
	if (pixels <= RMN_LIMIT_OCR_PIXELS)
		grey = pixConvertTo8(pix, 0);
	if (!grey) {
		r->unread++;
		return;
	}
	if (r->pages > 1)
		snprintf(name, sizeof(name), "page %u", r->pages);
	TessBaseAPISetImage2(s->api, grey);
	recognise(s, r, name);
	pixDestroy(&grey);
}

/* All pages of a TIFF; of other formats the one picture. */
static void
read_file(struct ocr_server *s, struct reading *r, size_t size)
{
	l_int32 format = IFF_UNKNOWN, width = 0, height = 0, bits, samples, has_map;
	size_t offset = 0;

	if (pixReadHeaderMem(s->input, size, &format, &width, &height, &bits, &samples, &has_map) != 0) {
		r->status = RMN_UNSUPPORTED;
		r->reason = "not a picture that OCR can read";
		return;
	}
	if ((uint64_t)width * (uint64_t)height > RMN_LIMIT_OCR_PIXELS) {
		r->pages = r->unread = 1;
		return;
	}
	do {
		bool is_tiff = format >= IFF_TIFF && format <= IFF_TIFF_ZIP;
		PIX *pix = is_tiff ? pixReadMemFromMultipageTiff(s->input, size, &offset)
				   : pixReadMem(s->input, size);

		if (!pix) {
			r->pages++;
			r->unread++;
			return;
		}
		read_pix(s, r, pix);
		pixDestroy(&pix);
	} while (offset != 0 && r->pages < RMN_LIMIT_OCR_PAGES);
	if (offset != 0)
		r->unread++;
}

static void
read_pixels(struct ocr_server *s, struct reading *r, const struct rmn_pdf_request *request)
{
	r->pages = 1;
	TessBaseAPISetImage(s->api, s->input, (int)request->first, (int)request->second, 1,
	    (int)request->first);
	recognise(s, r, "");
}

static bool
answer(struct ocr_server *s, const struct rmn_pdf_request *request)
{
	struct reading r = {.status = RMN_OK, .reason = ""};
	struct rmn_pdf_done done = {.request = request->id};

	if (!s->api) {
		r.status = RMN_UNSUPPORTED;
		r.reason = "OCR has no language data (tesseract-ocr-jpn, tesseract-ocr-eng)";
	} else if (request->what == RMN_OCR_PIXELS) {
		read_pixels(s, &r, request);
	} else {
		read_file(s, &r, (size_t)request->size_bytes);
	}
	if (r.unread > 0) {
		r.status = RMN_LIMIT;
		r.reason = "OCR did not read all of the picture: too large, too long or damaged";
	}
	done.status = r.status;
	done.pages = r.pages;
	done.reason = rmn_bytes_from_string(r.reason);
	rmn_pdf_write_done(&s->message, &done);
	return send_message(s);
}

/* Pixels must be as many as width and height say. */
static bool
request_is_right(const struct rmn_pdf_request *request)
{
	uint64_t pixels = (uint64_t)request->first * request->second;

	if (request->what == RMN_OCR_FILE)
		return true;
	return request->what == RMN_OCR_PIXELS && pixels > 0 && pixels <= RMN_LIMIT_OCR_PIXELS &&
	       pixels == request->size_bytes;
}

enum rmn_status
ocr_server_run(struct ocr_server *s, struct rmn_error *error)
{
	for (;;) {
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
		size = (size_t)request.size_bytes;
		free(s->input);
		s->input = malloc(size + 1);
		if (!s->input)
			return rmn_fail(error, RMN_NOMEM, "no memory for %zu bytes", size);
		if (!rmn_helper_receive(s->fd, s->input, size, &got) || got < size)
			return rmn_fail(error, RMN_CORRUPT, "a request is cut short");
		if (!answer(s, &request))
			return rmn_fail(error, RMN_IO, "the other side takes no answers");
	}
}
