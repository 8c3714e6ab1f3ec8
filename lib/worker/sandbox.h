/* SPDX-License-Identifier: MIT
 *
 * What a process gives up before it sees the first byte of evidence: memory beyond a bound, files,
 * sockets, new programs, new rights.  What stays is reading and writing descriptors it holds. */
#ifndef RMN_WORKER_SANDBOX_H
#define RMN_WORKER_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

/* Whether a sanitizer is built in: it maps terabytes, and has its last words on standard error. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RMN_SANITIZED true
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define RMN_SANITIZED true
#endif
#ifndef RMN_SANITIZED
#define RMN_SANITIZED false
#endif

struct rmn_sandbox_options {
	uint64_t memory_bytes;	/* address space; 0: no bound, and none under sanitizers */
};

/* Rlimits, no_new_privs, Landlock without a single rule, a seccomp list: in that order.  There is no
 * way back.  A failure says which step, and the process must not go on to evidence.
 * Afterwards open(2) and its kin fail with EACCES, so that a library which looks for a file of its own
 * goes on without; what no reader has a use for (sockets, exec, ptrace ...) ends the process. */
enum rmn_status rmn_sandbox_enter(const struct rmn_sandbox_options *options,
    struct rmn_error *error);

#endif
