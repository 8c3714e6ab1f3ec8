/* SPDX-License-Identifier: MIT
 *
 * JPEG (ITU-T T.81) byte by byte: markers with lengths, and entropy-coded scans in which FF is
 * followed by 00 or by the restart markers in their order.  A picture inside an APPn segment (a
 * thumbnail) is stepped over with its segment, so that the first EOI outside is the end. */
#include <string.h>

#include "base/checked.h"
#include "carve/flow.h"

enum { RST0 = 0xD0, RST7 = 0xD7, SOI = 0xD8, EOI = 0xD9, SOS = 0xDA, DNL = 0xDC, DRI = 0xDD };

enum step { START, START_CODE, MARKER, CODE, LENGTH, LENGTH_LOW, BODY, SCAN, SCAN_CODE };

/* What may stand between the scans of a picture: tables, comments, application data, frames. */
static bool
is_segment(uint8_t marker)
{
	return (marker >= SOS && marker <= 0xDF) || marker >= 0xE0 ||
	    (marker >= 0xC0 && marker <= 0xCF && marker != 0xC8);
}

static bool
is_frame(uint8_t marker)
{
	return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
	    marker != 0xCC;
}

/* The lengths of the segments whose content fixes them; body bytes as they come. */
static bool
body_fits(struct rmn_flow_jpeg *j, uint8_t byte)
{
	uint32_t index = j->seen++, size = j->seen + j->left - 1;

	if (j->marker == DRI) {
		j->restart_interval = (uint16_t)(j->restart_interval << 8 | byte);
		return size == 2;
	}
	if (j->marker == SOS && index == 0)
		return byte >= 1 && byte <= 4 && size == 4u + 2u * byte;
	if (is_frame(j->marker) && index == 5)
		return byte >= 1 && byte <= 4 && size == 6u + 3u * byte;
	return j->marker != DNL || size == 2;
}

static void
body_end(struct rmn_flow_jpeg *j)
{
	j->has_frame |= is_frame(j->marker);
	j->step = MARKER;
	if (j->marker == SOS) {
		j->has_scan = true;
		j->restart = 0;
		j->step = SCAN;
	}
}

static enum rmn_flow_state
code_take(struct rmn_flow_jpeg *j, uint8_t code)
{
	if (code == 0xFF)		/* fill */
		return RMN_FLOW_MORE;
	if (code == EOI && j->has_scan)
		return RMN_FLOW_END;
	if (!is_segment(code) || (code == SOS && !j->has_frame))
		return RMN_FLOW_BAD;
	j->marker = code;
	j->restart_interval = code == DRI ? 0 : j->restart_interval;
	j->step = LENGTH;
	return RMN_FLOW_MORE;
}

/* Behind an FF of a scan. */
static enum rmn_flow_state
scan_code_take(struct rmn_flow_jpeg *j, uint8_t code)
{
	if (code == 0xFF)
		return RMN_FLOW_MORE;
	if (code >= RST0 && code <= RST7) {
		if (j->restart_interval == 0 || code - RST0 != j->restart)
			return RMN_FLOW_BAD;
		j->restart = (j->restart + 1) & 7;
		code = 0;
	}
	if (code == 0) {
		j->step = SCAN;
		return RMN_FLOW_MORE;
	}
	return code_take(j, code);
}

static enum rmn_flow_state
byte_take(struct rmn_flow_jpeg *j, uint8_t byte)
{
	switch (j->step) {
	case START:
	case MARKER:
		j->step = j->step == START ? START_CODE : CODE;
		return byte == 0xFF ? RMN_FLOW_MORE : RMN_FLOW_BAD;
	case START_CODE:
		j->step = MARKER;
		return byte == SOI ? RMN_FLOW_MORE : RMN_FLOW_BAD;
	case CODE:
		return code_take(j, byte);
	case LENGTH:
		j->left = (uint32_t)byte << 8;
		j->step = LENGTH_LOW;
		return RMN_FLOW_MORE;
	case LENGTH_LOW:
		j->left |= byte;
		j->seen = 0;
		j->step = BODY;
		if (j->left < 2)
			return RMN_FLOW_BAD;
		j->left -= 2;
		break;
	case BODY:
		if (!body_fits(j, byte))
			return RMN_FLOW_BAD;
		j->left--;
		break;
	default:
		return scan_code_take(j, byte);
	}
	if (j->left == 0)
		body_end(j);
	return RMN_FLOW_MORE;
}

enum rmn_flow_state
rmn_flow_feed_jpeg(struct rmn_flow_jpeg *j, struct rmn_bytes bytes, size_t *used)
{
	enum rmn_flow_state state = RMN_FLOW_MORE;
	size_t at = 0;

	while (at < bytes.size && state == RMN_FLOW_MORE) {
		if (j->step == SCAN) {
			const unsigned char *ff = memchr(bytes.data + at, 0xFF, bytes.size - at);

			at = ff ? (size_t)(ff - bytes.data) + 1 : bytes.size;
			j->step = ff ? SCAN_CODE : SCAN;
		} else if (j->step == BODY && j->seen >= 8) {
			size_t part = rmn_min_size(j->left, bytes.size - at);

			at += part;
			j->left -= (uint32_t)part;
			if (j->left == 0)
				body_end(j);
		} else {
			state = byte_take(j, bytes.data[at++]);
		}
	}
	*used = at;
	return state;
}
