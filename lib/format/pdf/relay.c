/* SPDX-License-Identifier: MIT */
#include "format/pdf/relay.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "format/pdf/pdf_protocol.h"

#define SENTENCE_BYTES 1000u

bool
rmn_relay_text(struct rmn_relay *relay, struct rmn_bytes payload)
{
	relay->text_bytes += payload.size;
	if (!rmn_utf8_is_valid(payload) || relay->text_bytes > RMN_LIMIT_TEXT_BYTES)
		return false;
	if (relay->status == RMN_OK)
		relay->status = rmn_sink_text(relay->sink, payload);
	return true;
}

bool
rmn_relay_missing(struct rmn_relay *relay, struct rmn_bytes payload)
{
	enum rmn_status why;
	struct rmn_bytes sentence;

	if (!rmn_pdf_read_missing(payload, &why, &sentence))
		return false;
	if (relay->status == RMN_OK)
		relay->status = rmn_sink_missing(relay->sink, why, "%.*s",
		    (int)rmn_bytes_head(sentence, SENTENCE_BYTES).size, (const char *)sentence.data);
	return true;
}
