/* SPDX-License-Identifier: MIT
 *
 * Workbook streams ([MS-XLS] 2.1.4; BIFF5 alike): records of type and length from the first byte to
 * the last, in substreams between BOF and EOF.  One wrong byte of a length and the chain is lost, so
 * every header that fits says that the bytes since the one before are all there. */
#include "carve/cfb.h"
#include "base/number.h"

#define BOF 0x0809u
#define END_OF_SUBSTREAM 0x000Au
#define SHEET 0x0085u
#define RECORD_BYTES_MAX 8224u
#define DEPTH_MAX 8		/* charts in sheets */
#define KNOWN_FROM 5		/* records that fit, before a break means anything */

static const struct {
	uint16_t first, last;
} types[] = {
	{0x0001, 0x0103}, {0x0122, 0x0198}, {0x01A9, 0x01C2}, {0x0200, 0x02FF}, {0x0406, 0x041E},
	{0x043C, 0x043C}, {0x04BC, 0x04BC}, {0x0800, 0x08D6}, {0x1001, 0x1068},
};

static bool
type_is_known(unsigned type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (type >= types[i].first && type <= types[i].last)
			return true;
	return false;
}

bool
cfb_biff_record_fits(const unsigned char *bytes)
{
	return type_is_known(rmn_le16(bytes)) && rmn_le16(bytes + 2) <= RECORD_BYTES_MAX;
}

bool
cfb_check_biff(const struct cfb_stream *stream, struct cfb_verdict *verdict)
{
	struct cfb_window w;
	uint64_t at = 0;
	unsigned records = 0, depth = 0, substreams = 0, sheets = 0;

	*verdict = (struct cfb_verdict){.broken_at = UINT64_MAX};
	if (!cfb_window_init(&w, stream))
		return false;
	while (at + 4 <= stream->size) {
		const unsigned char *p = cfb_window_at(&w, at, 4);
		unsigned type = p ? rmn_le16(p) : 0, length = p ? rmn_le16(p + 2) : 0;

		/* Behind the last substream nothing is promised. */
		if (depth == 0 && substreams > sheets && type != BOF)
			return true;
		if (!type_is_known(type) || length > RECORD_BYTES_MAX ||
		    at + 4 + length > stream->size || (depth == 0) != (type == BOF && depth == 0) ||
		    (type == BOF && depth == DEPTH_MAX)) {
			verdict->broken_at = at;
			return records >= KNOWN_FROM;
		}
		verdict->good_bytes = at + 4;
		substreams += type == BOF && depth == 0;
		sheets += type == SHEET;
		depth += type == BOF;
		depth -= type == END_OF_SUBSTREAM;
		records++;
		at += 4u + length;
	}
	if (depth != 0)
		verdict->broken_at = at < stream->size ? at : stream->size;
	return records >= KNOWN_FROM;
}
