/* SPDX-License-Identifier: MIT */
#include "worker/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/limits.h"

#define HEADER_BYTES 8
#define SEND_FROM_BYTES ((size_t)64 * 1024)
#define READ_BYTES ((size_t)256 * 1024)

void
rmn_channel_init(struct rmn_channel *channel, int fd)
{
	*channel = (struct rmn_channel){.fd = fd, .received_fd = -1};
	rmn_buf_init(&channel->out, 0);
	rmn_buf_init(&channel->in, 0);
}

void
rmn_channel_release(struct rmn_channel *channel)
{
	if (channel->fd >= 0)
		close(channel->fd);
	if (channel->received_fd >= 0)
		close(channel->received_fd);
	rmn_buf_release(&channel->out);
	rmn_buf_release(&channel->in);
	channel->fd = channel->received_fd = -1;
}

struct rmn_buf *
rmn_channel_begin(struct rmn_channel *channel, uint32_t type)
{
	channel->frame_start = channel->out.size;
	rmn_buf_le32(&channel->out, 0);		/* the size; known at the end */
	rmn_buf_le32(&channel->out, type);
	return &channel->out;
}

enum rmn_status
rmn_channel_end(struct rmn_channel *channel)
{
	struct rmn_buf *out = &channel->out;
	size_t size;

	if (out->failed)
		return RMN_NOMEM;
	size = out->size - channel->frame_start - HEADER_BYTES;
	for (size_t i = 0; i < 4; i++)
		out->data[channel->frame_start + i] = (unsigned char)(size >> 8 * i);
	return out->size >= SEND_FROM_BYTES ? rmn_channel_flush(channel) : RMN_OK;
}

/* Writes all of data; fd (or -1) goes with the last byte. */
static enum rmn_status
channel_send(int socket_fd, const unsigned char *data, size_t size, int fd)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;

	while (size > 0) {
		bool with_fd = fd >= 0 && size == 1;
		struct iovec part = {(void *)(uintptr_t)data, fd >= 0 && size > 1 ? size - 1 : size};
		struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
		ssize_t sent;

		if (with_fd) {
			memset(&control, 0, sizeof(control));
			message.msg_control = &control;
			message.msg_controllen = sizeof(control);
			control.header.cmsg_level = SOL_SOCKET;
			control.header.cmsg_type = SCM_RIGHTS;
			control.header.cmsg_len = CMSG_LEN(sizeof(int));
			memcpy(CMSG_DATA(&control.header), &fd, sizeof(int));
		}
		sent = sendmsg(socket_fd, &message, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return RMN_IO;
		data += sent;
		size -= (size_t)sent;
	}
	return RMN_OK;
}

enum rmn_status
rmn_channel_flush(struct rmn_channel *channel)
{
	return rmn_channel_flush_fd(channel, -1);
}

enum rmn_status
rmn_channel_flush_fd(struct rmn_channel *channel, int fd)
{
	struct rmn_buf *out = &channel->out;
	enum rmn_status status;

	if (out->failed)
		return RMN_NOMEM;
	status = channel_send(channel->fd, out->data, out->size, fd);
	rmn_buf_clear(out);
	return status;
}

/* Keeps one descriptor of a message and closes any other. */
static void
channel_keep_fd(struct rmn_channel *channel, struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		int fd;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
		    c->cmsg_len < CMSG_LEN(sizeof(int)))
			continue;
		memcpy(&fd, CMSG_DATA(c), sizeof(int));
		if (channel->received_fd >= 0)
			close(channel->received_fd);
		channel->received_fd = fd;
	}
}

enum rmn_status
rmn_channel_fill(struct rmn_channel *channel)
{
	struct rmn_buf *in = &channel->in;
	char control[CMSG_SPACE(sizeof(int))];
	struct msghdr message = {.msg_control = control, .msg_controllen = sizeof(control),
	    .msg_iovlen = 1};
	struct iovec part;
	ssize_t got;

	if (channel->in_at > 0) {
		memmove(in->data, in->data + channel->in_at, in->size - channel->in_at);
		in->size -= channel->in_at;
		channel->in_at = 0;
	}
	if (!rmn_buf_reserve(in, READ_BYTES))
		return RMN_NOMEM;
	part = (struct iovec){in->data + in->size, READ_BYTES};
	message.msg_iov = &part;
	do
		got = recvmsg(channel->fd, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return RMN_IO;
	channel_keep_fd(channel, &message);
	if (got == 0)
		return RMN_END;
	in->size += (size_t)got;
	return RMN_OK;
}

enum rmn_status
rmn_channel_next(struct rmn_channel *channel, uint32_t *type, struct rmn_bytes *payload)
{
	struct rmn_cursor c = rmn_cursor_over(rmn_buf_bytes(&channel->in));
	uint32_t size, what;

	if (!rmn_cursor_seek(&c, channel->in_at) || !rmn_cursor_le32(&c, &size) ||
	    !rmn_cursor_le32(&c, &what))
		return RMN_END;
	if (size > RMN_LIMIT_FRAME_BYTES)
		return RMN_CORRUPT;
	if (!rmn_cursor_take(&c, size, payload))
		return RMN_END;
	*type = what;
	channel->in_at = c.offset;
	return RMN_OK;
}

enum rmn_status
rmn_channel_wait(struct rmn_channel *channel, uint32_t *type, struct rmn_bytes *payload)
{
	enum rmn_status status = rmn_channel_next(channel, type, payload);

	while (status == RMN_END) {
		status = rmn_channel_fill(channel);
		if (status == RMN_OK)
			status = rmn_channel_next(channel, type, payload);
		else
			return status;
	}
	return status;
}

int
rmn_channel_take_fd(struct rmn_channel *channel)
{
	int fd = channel->received_fd;

	channel->received_fd = -1;
	return fd;
}
