/* SPDX-License-Identifier: MIT
 *
 * PowerPoint's streams ([MS-PPT] 2.3.1): records of version, type and length, in which containers
 * hold records.  The pictures beside them are records of the same form ([MS-ODRAW] 2.2.23). */
#include "carve/cfb.h"
#include "base/number.h"

#define HEAD_BYTES 8
#define CONTAINER 0x0Fu
#define DEPTH_MAX 40
#define KNOWN_FROM 4		/* records that fit, before a break means anything */
#define FLAW_PROOF 3		/* records behind a flaw that show that it is no more than that */

static const struct {
	uint16_t first, last;
} types[] = {
	{0x03E8, 0x0440}, {0x07D0, 0x0830}, {0x0BB8, 0x0C20}, {0x0F90, 0x1070}, {0x1388, 0x13F0},
	{0x1770, 0x17B0}, {0x2710, 0x2F50}, {0xF000, 0xF150},
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
cfb_ppt_record_fits(const unsigned char *bytes)
{
	return type_is_known(rmn_le16(bytes + 2)) && rmn_le32(bytes + 4) < 1u << 30;
}

/* An embedded object: its size, then a zlib stream ([MS-PPT] 2.10.34). */
static bool
is_packed(const unsigned char *p)
{
	return rmn_le16(p + 2) == 0x1011 && rmn_le16(p) >> 4 == 1 && rmn_le32(p + 4) > 16;
}

static bool
records_follow(const struct cfb_stream *stream, struct cfb_verdict *verdict, unsigned *flawed_behind)
{
	struct cfb_window w;
	uint64_t at = 0, packed_broken, ends[DEPTH_MAX + 1] = {stream->size};
	unsigned records = 0, depth = 0, flawed = 0;

	*verdict = (struct cfb_verdict){.broken_at = UINT64_MAX};
	*flawed_behind = 0;
	if (!cfb_window_init(&w, stream))
		return false;
	while (at + HEAD_BYTES <= stream->size) {
		const unsigned char *p;
		uint64_t end;

		while (depth > 0 && at >= ends[depth])
			depth--;
		p = cfb_window_at(&w, at, HEAD_BYTES);
		end = p ? at + HEAD_BYTES + rmn_le32(p + 4) : UINT64_MAX;
		if (!p || !type_is_known(rmn_le16(p + 2)) || end > ends[depth]) {
			if (depth == 0 && cfb_window_is_zero(&w, at))
				return records >= KNOWN_FROM;
			verdict->broken_at = at;
			return records >= KNOWN_FROM;
		}
		verdict->good_bytes = at + HEAD_BYTES;
		records++;
		*flawed_behind = verdict->flawed_at ? records - flawed : 0;
		at += HEAD_BYTES;
		if (is_packed(p)) {
			cfb_zlib_check(&w, at + 4, end, &packed_broken);
			if (packed_broken != UINT64_MAX && verdict->flawed_at == 0) {
				verdict->flawed_at = packed_broken;
				flawed = records;
			}
			p = cfb_window_at(&w, at - HEAD_BYTES, HEAD_BYTES);
			if (!p)
				return true;
		}
		if ((p[0] & 0x0F) != CONTAINER)
			at = end;
		else if (depth < DEPTH_MAX)
			ends[++depth] = end;
		else
			return records >= KNOWN_FROM;
	}
	return records >= KNOWN_FROM;
}

bool
cfb_check_ppt(const struct cfb_stream *stream, struct cfb_verdict *verdict)
{
	unsigned flawed_behind;
	bool is_known = records_follow(stream, verdict, &flawed_behind);

	/* Records that go on behind a damaged object show that no block is missing or foreign. */
	if (verdict->flawed_at && (verdict->broken_at != UINT64_MAX ||
	    flawed_behind < FLAW_PROOF)) {
		verdict->broken_at = verdict->flawed_at < verdict->broken_at ? verdict->flawed_at :
		    verdict->broken_at;
		verdict->flawed_at = 0;
		is_known = true;
	}
	return is_known;
}

/* Records F01A-F02A hold a picture each; nothing lies between them. */
bool
cfb_check_pictures(const struct cfb_stream *stream, struct cfb_verdict *verdict)
{
	struct cfb_window w;
	uint64_t at = 0, broken_at;
	unsigned records = 0;

	*verdict = (struct cfb_verdict){.broken_at = UINT64_MAX};
	if (!cfb_window_init(&w, stream))
		return false;
	while (at + HEAD_BYTES <= stream->size) {
		const unsigned char *p = cfb_window_at(&w, at, HEAD_BYTES);
		unsigned type = p ? rmn_le16(p + 2) : 0;
		uint64_t end = p ? at + HEAD_BYTES + rmn_le32(p + 4) : UINT64_MAX;

		if (type < 0xF007 || type > 0xF02A || end > stream->size) {
			if (!cfb_window_is_zero(&w, at))
				verdict->broken_at = at;
			break;
		}
		verdict->good_bytes = at + HEAD_BYTES;
		records++;
		broken_at = cfb_blip_check(&w, type, rmn_le16(p) >> 4, at + HEAD_BYTES, end);
		if (broken_at != UINT64_MAX) {
			verdict->broken_at = broken_at;
			break;
		}
		at = end;
	}
	return records > 0;
}
