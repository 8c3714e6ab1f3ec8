/* SPDX-License-Identifier: MIT
 *
 * A worker's end of the conversation with the PDF program (format/pdf_protocol.h).  The supervisor
 * starts that program and hands over the socket. */
#ifndef RMN_FORMAT_PDF_CLIENT_H
#define RMN_FORMAT_PDF_CLIENT_H

#include "base/sink.h"

struct rmn_pdf_client {
	int fd;			/* borrowed; -1: none yet */
	uint32_t next_request;
	unsigned timeout_ms;	/* for one document; 0: RMN_LIMIT_PDF_SECONDS */
	bool is_dead;		/* nothing can be asked any more: get a fresh program */
	/* Gets a fresh program when there is none yet (fd is -1) or the last one is dead: RMN_OK with
	 * its socket, which the client then owns.  NULL: there is no other. */
	enum rmn_status (*renew)(void *renew_context, int *fd);
	void *renew_context;
};

/* Has one PDF read.  Parts are RMN_PART_PAGE and RMN_PART_COMMENT, named by page number.  The status
 * is the program's; RMN_CORRUPT with "the PDF reader stopped" and is_dead when it ended, was too
 * slow or said what was not agreed on.  What a sink returns other than RMN_OK ends the passing on and
 * is returned. */
enum rmn_status rmn_pdf_client_read(struct rmn_pdf_client *client, struct rmn_bytes pdf,
    const struct rmn_sink *sink, struct rmn_error *error);

#endif
