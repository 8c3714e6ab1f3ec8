/* SPDX-License-Identifier: MIT
 *
 * Documents of Works 5 to 9 (.wps): a file of chunks, which is the stream CONTENTS of a compound file and comes
 * from there as a member. */
#include "base/limits.h"
#include "format/format.h"
#include "format/notes/chunks.h"

static enum rmn_status
works_read(const struct rmn_format_input *input, const struct rmn_sink *sink, struct rmn_error *error)
{
	struct rmn_text_runs runs;
	struct rmn_bytes bytes;
	struct rmn_text text;
	enum rmn_status status;
	unsigned texts = 0;

	rmn_text_init(&text, sink, input->arena, error);
	if (text.status != RMN_OK)
		return text.status;
	status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES, input->arena, &bytes, error);
	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	rmn_text_runs_init(&runs, &text, input->arena);
	if (text.status == RMN_OK && !rmn_chunks_give(&runs, bytes, &texts))
		status = rmn_fail(error, RMN_PARTIAL, "a chunk of the document is damaged");
	else if (texts == 0)
		status = rmn_fail(error, RMN_PARTIAL, "no text found in the document's chunks");
	return rmn_text_flush(&text) == RMN_OK ? status : text.status;
}

static unsigned
works_claim(const struct rmn_format_input *input)
{
	return rmn_chunks_claim(input->head) ? 64 : 0;
}

const struct rmn_format rmn_format_works = {
	.name = "works",
	.title = "Works document",
	.media_type = "application/vnd.ms-works",
	.kind = RMN_KIND_DOCUMENT,
	.claim = works_claim,
	.read = works_read,
};
