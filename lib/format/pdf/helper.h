/* SPDX-License-Identifier: MIT
 *
 * A reader that is a program of its own, because of its licence or its needs: the end of the
 * conversation that asks.  The supervisor starts the program and hands over the socket. */
#ifndef RMN_FORMAT_HELPER_H
#define RMN_FORMAT_HELPER_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/status.h"

struct rmn_helper {
	int fd;			/* borrowed; -1: none yet */
	uint32_t next_request;
	unsigned timeout_ms;	/* for one request; 0: what the request sets */
	bool is_dead;		/* nothing can be asked any more: get a fresh program */
	/* Gets a fresh program when there is none yet (fd is -1) or the last one is dead: RMN_OK with
	 * its socket, which the helper then owns.  NULL: there is no other. */
	enum rmn_status (*renew)(void *renew_context, int *fd);
	void *renew_context;
};

/* One request and its answer.  Not two at a time with one helper. */
struct rmn_exchange {
	struct rmn_helper *helper;
	struct rmn_buf received;
	size_t at;		/* what was taken before this is done with */
	int64_t deadline_ms;
	uint32_t request;	/* its number */
};

/* Renews the helper where that is needed and starts a request with timeout_ms to go.  RMN_CORRUPT
 * when there is no program; then nothing is to be ended. */
enum rmn_status rmn_exchange_begin(struct rmn_exchange *x, struct rmn_helper *helper,
    unsigned timeout_ms, const char *name, struct rmn_error *error);

/* False: not in time, or the other side is gone. */
bool rmn_exchange_send(const struct rmn_exchange *x, struct rmn_bytes bytes);

/* The next size bytes, borrowed until the next call; false as above. */
bool rmn_exchange_take(struct rmn_exchange *x, size_t size, struct rmn_bytes *taken);

/* Whether everything that came was taken. */
bool rmn_exchange_is_drained(const struct rmn_exchange *x);

/* Not whole: the program is not asked again. */
void rmn_exchange_end(struct rmn_exchange *x, bool is_whole);

#endif
