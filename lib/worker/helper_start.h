/* SPDX-License-Identifier: MIT
 *
 * Starting readers that are programs of their own, and what every child does first. */
#ifndef RMN_WORKER_HELPER_START_H
#define RMN_WORKER_HELPER_START_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/status.h"

/* Starts a reader that is a program of its own; *fd is its socket (owned by the caller). */
enum rmn_status rmn_helper_start(const char *program, bool no_sandbox, pid_t *pid, int *fd,
    struct rmn_error *error);

/* The same in two steps, for a program that starts when it is first asked: who polls pair[1], which is
 * the program's end, sees that.  start_at takes fd over, and closes it here in any case. */
enum rmn_status rmn_helper_sockets(const char *program, int pair[2], struct rmn_error *error);
enum rmn_status rmn_helper_start_at(const char *program, bool no_sandbox, int fd, pid_t *pid,
    struct rmn_error *error);

/* Nothing to read, nowhere to write: a child has its socket.  Only sanitizers keep standard error, for
 * their last words. */
bool rmn_child_leave_terminal(void);
void rmn_child_reset_signals(void);

#endif
