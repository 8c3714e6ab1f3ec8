/* SPDX-License-Identifier: MIT
 *
 * Answers requests of format/pdf_protocol.h for pictures: Leptonica loads them, Tesseract reads. */
#ifndef RMN_TOOLS_OCR_SERVER_H
#define RMN_TOOLS_OCR_SERVER_H

#include "base/status.h"

struct ocr_server;

/* Language data is read here, before the sandbox.  Without any of it every request is answered as
 * unsupported. */
enum rmn_status ocr_server_new(int fd, struct ocr_server **server, struct rmn_error *error);
void ocr_server_free(struct ocr_server *server);

/* RMN_END when the peer has closed the socket; anything else is the end as well. */
enum rmn_status ocr_server_run(struct ocr_server *server, struct rmn_error *error);

#endif
