/* SPDX-License-Identifier: MIT */
#include "format/pdf/helper.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* False: not in time. */
static bool
wait_for(const struct rmn_exchange *x, short events)
{
	for (;;) {
		struct pollfd fd = {.fd = x->helper->fd, .events = events};
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

bool
rmn_exchange_send(const struct rmn_exchange *x, struct rmn_bytes bytes)
{
	while (bytes.size > 0) {
		ssize_t sent = send(x->helper->fd, bytes.data, bytes.size,
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
receive_some(struct rmn_exchange *x)
{
	unsigned char piece[64 * RMN_KIB];

	for (;;) {
		ssize_t got;

		if (!wait_for(x, POLLIN))
			return false;
		got = recv(x->helper->fd, piece, sizeof(piece), MSG_DONTWAIT);
		if (got > 0) {
			rmn_buf_append_data(&x->received, piece, (size_t)got);
			return !x->received.failed;
		}
		if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
			return false;
	}
}

bool
rmn_exchange_take(struct rmn_exchange *x, size_t size, struct rmn_bytes *taken)
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

bool
rmn_exchange_is_drained(const struct rmn_exchange *x)
{
	return x->at == x->received.size;
}

static enum rmn_status
helper_renew(struct rmn_helper *helper, const char *name, struct rmn_error *error)
{
	int fd = -1;

	if (!helper->is_dead && helper->fd >= 0)
		return RMN_OK;
	if (!helper->renew || helper->renew(helper->renew_context, &fd) != RMN_OK)
		return rmn_fail(error, RMN_CORRUPT, "%s stopped", name);
	if (helper->fd >= 0)
		close(helper->fd);
	helper->fd = fd;
	helper->is_dead = false;
	return RMN_OK;
}

enum rmn_status
rmn_exchange_begin(struct rmn_exchange *x, struct rmn_helper *helper, unsigned timeout_ms,
    const char *name, struct rmn_error *error)
{
	enum rmn_status status = helper_renew(helper, name, error);

	if (status != RMN_OK)
		return status;
	*x = (struct rmn_exchange){
	    .helper = helper,
	    .deadline_ms = now_ms() + (helper->timeout_ms ? helper->timeout_ms : timeout_ms),
	    .request = helper->next_request++,
	};
	rmn_buf_init(&x->received, 2 * RMN_LIMIT_FRAME_BYTES);
	return RMN_OK;
}

void
rmn_exchange_end(struct rmn_exchange *x, bool is_whole)
{
	x->helper->is_dead = !is_whole;
	rmn_buf_release(&x->received);
}
