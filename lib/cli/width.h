/* SPDX-License-Identifier: MIT */
#ifndef RMN_CLI_WIDTH_H
#define RMN_CLI_WIDTH_H

#include "base/buf.h"

/* Terminal cells that well-formed UTF-8 takes: East Asian wide characters two, combining none. */
size_t rmn_width(struct rmn_bytes utf8);

/* Appends text in at most columns cells; what is longer loses its middle to "...", so that the
 * start of a path and its file name stay. */
void rmn_width_append_fitted(struct rmn_buf *buf, struct rmn_bytes utf8, size_t columns);

#endif
