/* SPDX-License-Identifier: MIT
 *
 * PDF: read by a program of its own (format/pdf_protocol.h). */
#include "base/limits.h"
#include "format/format.h"
#include "format/pdf/pdf_client.h"

/* Readers accept the header anywhere in the first KiB (ISO 32000 annex H). */
#define HEADER_WITHIN 1024

static unsigned
pdf_claim(const struct rmn_format_input *input)
{
	struct rmn_bytes head = rmn_bytes_head(input->head, HEADER_WITHIN);
	size_t at = rmn_bytes_find(head, rmn_bytes_from_string("%PDF-"));

	if (at == SIZE_MAX)
		return 0;
	return at == 0 ? 48 : 40;
}

static enum rmn_status
pdf_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	enum rmn_status status, got;
	struct rmn_bytes pdf;

	if (!input->pdf)
		return rmn_fail(error, RMN_UNSUPPORTED, "no PDF reader");
	got = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES, input->arena, &pdf, error);
	if (got != RMN_OK && got != RMN_PARTIAL)
		return got;
	status = rmn_pdf_client_read(input->pdf, input->ocr, pdf, sink, error);
	return status == RMN_OK ? got : status;
}

const struct rmn_format rmn_format_pdf = {
	.name = "pdf",
	.title = "PDF document",
	.media_type = "application/pdf",
	.kind = RMN_KIND_DOCUMENT,
	.claim = pdf_claim,
	.read = pdf_read,
};
