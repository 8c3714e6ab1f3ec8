/* SPDX-License-Identifier: MIT
 *
 * A worker's end of the conversation with the OCR program, which speaks as the PDF program does
 * (format/pdf_protocol.h). */
#ifndef RMN_FORMAT_OCR_CLIENT_H
#define RMN_FORMAT_OCR_CLIENT_H

#include "base/sink.h"
#include "format/pdf/helper.h"

/* What is to be read. */
struct rmn_ocr_input {
	struct rmn_bytes bytes;
	uint32_t width, height;		/* of grey pixels, one byte each; 0: bytes is a picture file */
	uint32_t page;			/* where the pixels are from; 0: the file itself */
};

/* Has a picture read; each page of it that says something is a part of its own kind.  What was not read
 * goes to the sink as missing.  RMN_CORRUPT with "the OCR program stopped" when it ended or was too slow;
 * what a sink returns other than RMN_OK ends the passing on and is returned. */
enum rmn_status rmn_ocr_client_read(struct rmn_helper *ocr, const struct rmn_ocr_input *input,
    const struct rmn_sink *sink, struct rmn_error *error);

#endif
