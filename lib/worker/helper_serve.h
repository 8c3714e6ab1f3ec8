/* SPDX-License-Identifier: MIT
 *
 * The other end of worker/helper_start.h: what readers that are programs of their own share. */
#ifndef RMN_WORKER_HELPER_SERVE_H
#define RMN_WORKER_HELPER_SERVE_H

#include <stdbool.h>
#include <stddef.h>

/* Waits for size bytes; *got is below size only at the end of the stream.  False with errno set. */
bool rmn_helper_receive(int fd, void *buffer, size_t size, size_t *got);

#endif
