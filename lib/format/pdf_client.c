/* SPDX-License-Identifier: MIT */
#include "format/pdf_client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "format/pdf_protocol.h"

/* One request under way. */
struct exchange {
	struct rmn_pdf_client *client;
	const struct rmn_sink *sink;
	struct rmn_buf received;
	size_t at;			/* frames before this are done with */
	int64_t deadline_ms;
	uint32_t request;
	uint64_t text_bytes;
	enum rmn_status sink_status;	/* not RMN_OK: the sink wants no more */
	struct rmn_pdf_done done;
	bool is_done;
};

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* False: not in time. */
static bool
wait_for(const struct exchange *x, short events)
{
	for (;;) {
		struct pollfd fd = {.fd = x->client->fd, .events = events};
		int64_t left = x->deadline_ms - now_ms();
		int ready;

		if (left <= 0)
			return false;
		ready = poll(&fd, 1, (int)left);
		if (ready > 0)
			return true;
		if (ready < 0 && errno != EINTR)
			return false;
	}
}

static bool
send_all(const struct exchange *x, struct rmn_bytes bytes)
{
	while (bytes.size > 0) {
		ssize_t sent = send(x->client->fd, bytes.data, bytes.size,
		    MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent > 0)
			bytes = rmn_bytes_after(bytes, (size_t)sent);
		else if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
			return false;
		else if (!wait_for(x, POLLOUT))
			return false;
	}
	return true;
}

/* At least one byte more. */
static bool
receive_some(struct exchange *x)
{
	unsigned char piece[64 * RMN_KIB];

	for (;;) {
		ssize_t got;

		if (!wait_for(x, POLLIN))
			return false;
		got = recv(x->client->fd, piece, sizeof(piece), MSG_DONTWAIT);
		if (got > 0) {
			rmn_buf_append_data(&x->received, piece, (size_t)got);
			return !x->received.failed;
		}
		if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
			return false;
	}
}

/* Size bytes that have come in and were not looked at yet. */
static bool
take(struct exchange *x, size_t size, struct rmn_bytes *taken)
{
	if (x->received.size - x->at < size && x->at > 0) {
		x->received.size -= x->at;
		memmove(x->received.data, x->received.data + x->at, x->received.size);
		x->at = 0;
	}
	while (x->received.size - x->at < size)
		if (!receive_some(x))
			return false;
	*taken = rmn_bytes_head(rmn_bytes_after(rmn_buf_bytes(&x->received), x->at), size);
	x->at += size;
	return true;
}

static bool
pass_part(struct exchange *x, struct rmn_bytes payload)
{
	enum rmn_part_kind kind;
	char name[16];
	uint32_t page;

	if (!rmn_pdf_read_part(payload, &kind, &page))
		return false;
	snprintf(name, sizeof(name), "%u", page);
	if (x->sink_status == RMN_OK)
		x->sink_status = rmn_sink_part(x->sink, kind, name);
	return true;
}

static bool
pass_text(struct exchange *x, struct rmn_bytes payload)
{
	x->text_bytes += payload.size;
	if (!rmn_utf8_is_valid(payload) || x->text_bytes > RMN_LIMIT_TEXT_BYTES)
		return false;
	if (x->sink_status == RMN_OK)
		x->sink_status = rmn_sink_text(x->sink, payload);
	return true;
}

static bool
pass_property(struct exchange *x, struct rmn_bytes payload)
{
	enum rmn_property property;
	struct rmn_bytes value;

	if (!rmn_pdf_read_property(payload, &property, &value))
		return false;
	if (x->sink_status == RMN_OK)
		x->sink_status = rmn_sink_property(x->sink, property, value);
	return true;
}

static bool
pass_missing(struct exchange *x, struct rmn_bytes payload)
{
	enum rmn_status why;
	struct rmn_bytes sentence;

	if (!rmn_pdf_read_missing(payload, &why, &sentence))
		return false;
	if (x->sink_status == RMN_OK)
		x->sink_status = rmn_sink_missing(x->sink, why, "%.*s",
		    (int)rmn_bytes_head(sentence, 1000).size, (const char *)sentence.data);
	return true;
}

static bool
take_frame(struct exchange *x)
{
	struct rmn_bytes header, payload;
	enum rmn_pdf_frame type;
	uint32_t size;

	if (!take(x, RMN_PDF_FRAME_HEADER_BYTES, &header) ||
	    !rmn_pdf_read_header(header, &type, &size) || !take(x, size, &payload))
		return false;
	switch (type) {
	case RMN_PDF_PART:
		return pass_part(x, payload);
	case RMN_PDF_TEXT:
		return pass_text(x, payload);
	case RMN_PDF_PROPERTY:
		return pass_property(x, payload);
	case RMN_PDF_MISSING:
		return pass_missing(x, payload);
	case RMN_PDF_DONE:
		break;
	}
	x->is_done = true;
	/* nothing may follow until the next request */
	return rmn_pdf_read_done(payload, &x->done) && x->done.request == x->request &&
	       x->at == x->received.size;
}

static bool
converse(struct exchange *x, struct rmn_bytes pdf)
{
	struct rmn_pdf_request request = {x->request, pdf.size};
	struct rmn_buf header;
	bool is_sent;

	rmn_buf_init(&header, 0);
	rmn_pdf_write_request(&header, &request);
	is_sent = !header.failed && send_all(x, rmn_buf_bytes(&header)) && send_all(x, pdf);
	rmn_buf_release(&header);
	while (is_sent && !x->is_done)
		if (!take_frame(x))
			return false;
	return is_sent;
}

static enum rmn_status
outcome(const struct exchange *x, struct rmn_error *error)
{
	if (x->sink_status != RMN_OK)
		return x->sink_status;
	if (x->done.status == RMN_OK)
		return RMN_OK;
	return rmn_fail(error, x->done.status, "%.*s",
	    (int)rmn_bytes_head(x->done.reason, 200).size, (const char *)x->done.reason.data);
}

static enum rmn_status
client_renew(struct rmn_pdf_client *client, struct rmn_error *error)
{
	int fd = -1;

	if (!client->is_dead && client->fd >= 0)
		return RMN_OK;
	if (!client->renew || client->renew(client->renew_context, &fd) != RMN_OK)
		return rmn_fail(error, RMN_CORRUPT, "the PDF reader stopped");
	if (client->fd >= 0)
		close(client->fd);
	client->fd = fd;
	client->is_dead = false;
	return RMN_OK;
}

enum rmn_status
rmn_pdf_client_read(struct rmn_pdf_client *client, struct rmn_bytes pdf,
    const struct rmn_sink *sink, struct rmn_error *error)
{
	unsigned timeout_ms = client->timeout_ms ? client->timeout_ms : RMN_LIMIT_PDF_SECONDS * 1000;
	struct exchange x = {
	    .client = client,
	    .sink = sink,
	    .deadline_ms = now_ms() + timeout_ms,
	    .request = client->next_request,
	};
	enum rmn_status status;

	status = client_renew(client, error);
	if (status != RMN_OK)
		return status;
	if (pdf.size > RMN_LIMIT_WHOLE_ITEM_BYTES)
		return rmn_fail(error, RMN_LIMIT, "a PDF of %zu bytes is not read", pdf.size);
	client->next_request++;
	rmn_buf_init(&x.received, 2 * RMN_LIMIT_FRAME_BYTES);
	client->is_dead = !converse(&x, pdf);
	status = client->is_dead ? rmn_fail(error, RMN_CORRUPT, "the PDF reader stopped")
				 : outcome(&x, error);
	rmn_buf_release(&x.received);
	return status;
}
