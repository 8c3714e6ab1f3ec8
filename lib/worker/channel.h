/* SPDX-License-Identifier: MIT
 *
 * Frames between two processes over a stream socket: u32 payload size, u32 type, payload (all
 * little-endian), and now and then a descriptor.  The other side may be hostile: a frame that is too
 * long ends the channel, and what is in a frame is for message.h to check. */
#ifndef RMN_WORKER_CHANNEL_H
#define RMN_WORKER_CHANNEL_H

#include "base/buf.h"
#include "base/status.h"

struct rmn_channel {
	int fd;				/* owned; -1 when closed */
	struct rmn_buf out;		/* frames not yet written */
	size_t frame_start;		/* of the frame being written, in out */
	struct rmn_buf in;
	size_t in_at;			/* of the next frame, in in */
	int received_fd;		/* the last descriptor that came, -1 when none or taken */
};

void rmn_channel_init(struct rmn_channel *channel, int fd);
void rmn_channel_release(struct rmn_channel *channel);	/* closes everything */

/* A frame is begun, its payload appended to the returned buffer, and ended; it is sent when enough
 * has gathered, or on flush.  RMN_IO: the other side is gone. */
struct rmn_buf *rmn_channel_begin(struct rmn_channel *channel, uint32_t type);
enum rmn_status rmn_channel_end(struct rmn_channel *channel);
enum rmn_status rmn_channel_flush(struct rmn_channel *channel);

/* Flushes, with the descriptor attached to the last byte written. */
enum rmn_status rmn_channel_flush_fd(struct rmn_channel *channel, int fd);

/* Reads what has come, waiting for at least something.  RMN_END: the other side closed. */
enum rmn_status rmn_channel_fill(struct rmn_channel *channel);

/* The next whole frame that was read; RMN_END when there is none yet, RMN_CORRUPT when it is longer
 * than RMN_LIMIT_FRAME_BYTES.  payload is valid until the next fill. */
enum rmn_status rmn_channel_next(struct rmn_channel *channel, uint32_t *type,
    struct rmn_bytes *payload);

/* Waits for the next frame: fill and next. */
enum rmn_status rmn_channel_wait(struct rmn_channel *channel, uint32_t *type,
    struct rmn_bytes *payload);

/* Takes the received descriptor over from the channel; -1 when none came. */
int rmn_channel_take_fd(struct rmn_channel *channel);

#endif
