/* SPDX-License-Identifier: MIT
 *
 * Answers requests of format/pdf_protocol.h, one document after the other. */
#ifndef RMN_TOOLS_PDF_SERVER_H
#define RMN_TOOLS_PDF_SERVER_H

#include "base/status.h"

struct pdf_server;

/* Everything that needs more than the socket happens here, before the sandbox. */
enum rmn_status pdf_server_new(int fd, struct pdf_server **server, struct rmn_error *error);
void pdf_server_free(struct pdf_server *server);

/* RMN_END when the peer has closed the socket; anything else is the end as well. */
enum rmn_status pdf_server_run(struct pdf_server *server, struct rmn_error *error);

#endif
