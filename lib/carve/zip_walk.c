/* SPDX-License-Identifier: MIT
 *
 * Walks a zip from its first local header to the end record: every member is unpacked and compared with
 * its CRC, every entry of the directory with its member, and all places and lengths must be exact. */
#include <string.h>

#include "base/checked.h"
#include "carve/streams.h"
#include "carve/zip_head.h"
#include "unpack/checksum.h"
#include "unpack/inflate.h"

/* Up to here members are unpacked in memory, which is fast; longer ones in pieces. */
#define WHOLE_PACKED_MAX ((size_t)32 << 20)
#define WHOLE_SIZE_MAX ((size_t)64 << 20)
#define PIECE_BYTES ((size_t)64 << 10)

struct walk {
	const struct rmn_view *view;
	struct rmn_carve_tools *tools;
	struct rmn_proven *proven;
	struct rmn_inflate *inflate;
	struct zip_members members;
	struct zip_type type;
	uint64_t at;			/* everything before is good */
	uint64_t broken_at;
	bool is_unchecked;		/* a member's content could not be verified */
	bool is_encrypted;
};

/* Bytes at an offset, borrowed from the first buffer; accounted. */
static struct rmn_bytes
walk_load(struct walk *w, uint64_t offset, size_t size)
{
	struct rmn_bytes bytes = rmn_view_load(w->view, offset, size, &w->tools->buffer);

	w->tools->work += bytes.size;
	return bytes;
}

static bool
walk_is_over(const struct walk *w)
{
	return w->tools->work_limit && w->tools->work > w->tools->work_limit;
}

static bool
walk_break(struct walk *w, uint64_t at)
{
	w->broken_at = at;
	return false;
}

/* Sums stored bytes from offset on. */
static bool
stored_sum(struct walk *w, uint64_t offset, uint64_t size, uint32_t *crc)
{
	*crc = 0;
	while (size > 0) {
		struct rmn_bytes piece = walk_load(w, offset,
		    (size_t)rmn_min_u64(size, 4 * PIECE_BYTES));

		if (piece.size == 0 || walk_is_over(w))
			return walk_break(w, offset);
		*crc = rmn_crc32(*crc, piece.data, piece.size);
		offset += piece.size;
		size -= piece.size;
	}
	return true;
}

/* What a member turned out to be. */
struct measure {
	uint64_t packed_bytes, size_bytes;
	uint32_t crc;
	bool is_broken;			/* the bytes themselves are wrong, at packed_bytes */
};

/* In pieces, up to limit packed bytes; flow is where it begins. */
static bool
inflate_in_pieces(struct walk *w, uint64_t offset, uint64_t limit, struct rmn_flow *flow,
    struct rmn_stream_trail *trail, struct measure *m)
{
	enum rmn_inflate_state state = RMN_INFLATE_MORE;

	while (state == RMN_INFLATE_MORE && flow->fed < limit) {
		struct rmn_bytes piece = walk_load(w, offset + flow->fed,
		    (size_t)rmn_min_u64(limit - flow->fed, PIECE_BYTES));
		size_t used = 0;

		if (piece.size == 0 || walk_is_over(w))
			break;
		state = rmn_inflate_feed(w->inflate, piece, &used, NULL, NULL);
		flow->fed += used;
		if (state == RMN_INFLATE_MORE)
			rmn_stream_trail_mark(trail, w->tools, flow);
	}
	*m = (struct measure){flow->fed, rmn_inflate_size(w->inflate), rmn_inflate_crc(w->inflate),
	    state == RMN_INFLATE_BAD};
	return state == RMN_INFLATE_END || walk_break(w, offset + flow->fed);
}

/* Whole in memory; content stays in tools->more.  False: not that way. */
static bool
inflate_fast(struct walk *w, uint64_t offset, size_t packed, size_t size, struct measure *m)
{
	struct rmn_bytes input = walk_load(w, offset, packed);
	size_t used = 0;

	if (!rmn_inflate_whole(w->inflate, input, size, &w->tools->more, &used))
		return false;
	*m = (struct measure){used, w->tools->more.size,
	    rmn_crc32(0, w->tools->more.data, w->tools->more.size), false};
	return true;
}

/* A deflated member whose sizes are in its header, or nowhere yet (packed UINT64_MAX). */
static bool
deflated_unpack(struct walk *w, uint64_t offset, const struct zip_record *r, bool is_streamed,
    struct measure *m)
{
	static const size_t guesses[] = {32 << 10, 1 << 20};
	struct rmn_stream_trail *trail = rmn_stream_trail_open(w->tools, w->view, offset);
	uint64_t limit = is_streamed ? UINT64_MAX : r->packed_bytes;
	struct rmn_flow flow = {.kind = RMN_FLOW_ZLIB, .inflate = w->inflate};

	if (rmn_stream_trail_resume(trail, w->tools, &flow) && flow.fed <= limit)
		return inflate_in_pieces(w, offset, limit, &flow, trail, m);
	if (!is_streamed && r->packed_bytes <= WHOLE_PACKED_MAX && r->size_bytes <= WHOLE_SIZE_MAX &&
	    r->size_bytes / 1100 <= r->packed_bytes &&
	    inflate_fast(w, offset, (size_t)r->packed_bytes, (size_t)r->size_bytes, m))
		return true;
	for (size_t i = 0; is_streamed && i < sizeof(guesses) / sizeof(guesses[0]); i++)
		if (inflate_fast(w, offset, guesses[i], guesses[i] * 16, m))
			return true;
	rmn_buf_clear(&w->tools->more);
	rmn_flow_restart(&flow);
	return inflate_in_pieces(w, offset, limit, &flow, trail, m);
}

/* The same, unless it is known already; the content of members that tell the type is always wanted. */
static bool
deflated_measure(struct walk *w, uint64_t offset, const struct zip_record *r, bool is_streamed,
    struct measure *m)
{
	uint64_t limit = is_streamed ? UINT64_MAX : r->packed_bytes, work = w->tools->work;
	struct rmn_stream_sum sum;

	rmn_buf_clear(&w->tools->more);
	if (!zip_type_wants(r->name) && rmn_streams_find(w->tools, w->view, offset, limit,
	    RMN_STREAM_DEFLATE, &sum)) {
		*m = (struct measure){sum.packed_bytes, sum.size_bytes, sum.crc, !sum.is_whole};
		return sum.is_whole || walk_break(w, offset + sum.packed_bytes);
	}
	sum.is_whole = deflated_unpack(w, offset, r, is_streamed, m);
	if (!sum.is_whole && !m->is_broken)
		return false;
	sum = (struct rmn_stream_sum){sum.is_whole, m->packed_bytes, m->size_bytes, m->crc,
	    w->tools->work - work};
	rmn_streams_keep(w->tools, w->view, offset, RMN_STREAM_DEFLATE, &sum);
	return sum.is_whole;
}

/* A streamed member that can't be unpacked: its descriptor names its own distance. */
static bool
descriptor_search(struct walk *w, uint64_t offset, struct measure *m)
{
	static const unsigned char signature[] = {'P', 'K', 7, 8};

	for (uint64_t at = offset;;) {
		struct rmn_bytes piece = walk_load(w, at, PIECE_BYTES + ZIP_DESCRIPTOR_MAX);
		size_t i = rmn_bytes_find(piece, (struct rmn_bytes){signature, 4});
		struct rmn_bytes d = rmn_bytes_after(piece, i == SIZE_MAX ? piece.size : i);

		if (piece.size < 16 || walk_is_over(w))
			return walk_break(w, at + piece.size);
		if (i == SIZE_MAX || i >= PIECE_BYTES) {
			at += rmn_min_size(piece.size, PIECE_BYTES) - 3;
			continue;
		}
		if (d.size >= 16) {
			uint32_t words[3];

			for (unsigned k = 0; k < 3; k++)
				words[k] = zip_signature(rmn_bytes_after(d, 4 + 4 * (size_t)k));
			*m = (struct measure){at + i - offset, words[2], words[0], false};
			if (words[1] == (uint32_t)m->packed_bytes)
				return true;
		}
		at += i + 4;
	}
}

/* The bytes of a member from offset on: how many, and what they unpack to. */
static bool
content_measure(struct walk *w, uint64_t offset, const struct zip_record *r, bool is_streamed,
    struct measure *m)
{
	bool is_encrypted = r->flags & ZIP_FLAG_ENCRYPTED;
	uint64_t end;

	*m = (struct measure){r->packed_bytes, r->size_bytes, r->crc, false};
	rmn_buf_clear(&w->tools->more);
	if (!is_encrypted && r->method == ZIP_DEFLATED)
		return deflated_measure(w, offset, r, is_streamed, m);
	w->is_encrypted |= is_encrypted;
	if (is_streamed && !descriptor_search(w, offset, m))
		return false;
	if (!rmn_add_u64(offset, m->packed_bytes, &end))
		return walk_break(w, offset);
	if (!is_encrypted && r->method == ZIP_STORED) {
		m->size_bytes = m->packed_bytes;
		if (m->packed_bytes <= PIECE_BYTES && zip_type_wants(r->name))
			rmn_view_load(w->view, offset, (size_t)m->packed_bytes, &w->tools->more);
		return stored_sum(w, offset, m->packed_bytes, &m->crc);
	}
	w->is_unchecked = true;
	if (m->packed_bytes > 0 && rmn_view_place(w->view, end - 1) == RMN_EXTENT_SPARSE)
		return walk_break(w, offset);
	return true;
}

/* Reads the header at w->at; its name is copied. */
static bool
member_head(struct walk *w, unsigned char name[ZIP_NAME_MAX], struct zip_record *r, uint64_t *data)
{
	struct rmn_bytes head = walk_load(w, w->at, ZIP_LOCAL_BYTES + 512);

	if (!zip_local_fixed(head, r))
		return walk_break(w, w->at + rmn_min_size(head.size, ZIP_LOCAL_BYTES));
	*data = w->at + ZIP_LOCAL_BYTES + r->name_bytes + r->extra_bytes;
	if (*data - w->at > head.size)
		head = walk_load(w, w->at, (size_t)(*data - w->at));
	if (!zip_record_rest(rmn_bytes_after(head, ZIP_LOCAL_BYTES), false, r))
		return walk_break(w, *data);
	memcpy(name, r->name.data, r->name.size);
	r->name.data = name;
	return true;
}

/* Whether what was measured is what header or descriptor say; *end is behind the descriptor. */
static bool
member_agrees(struct walk *w, const struct zip_record *r, const struct measure *m, bool is_streamed,
    uint64_t *end)
{
	size_t descriptor = 0;

	if (r->flags & ZIP_FLAG_STREAMED)
		descriptor = zip_descriptor_find(walk_load(w, *end, ZIP_DESCRIPTOR_MAX + 2), m->crc,
		    m->packed_bytes, m->size_bytes);
	*end += descriptor;
	return is_streamed ? descriptor > 0 : m->packed_bytes == r->packed_bytes &&
	    m->size_bytes == r->size_bytes && m->crc == r->crc;
}

/* The member at w->at; true when it is good, and w->at is then behind it. */
static bool
member_walk(struct walk *w)
{
	unsigned char name[ZIP_NAME_MAX];
	struct zip_member member;
	struct zip_record r;
	struct measure m;
	uint64_t data, end;
	bool is_streamed;

	if (!member_head(w, name, &r, &data))
		return false;
	is_streamed = r.flags & ZIP_FLAG_STREAMED && r.packed_bytes == 0;
	if (!content_measure(w, data, &r, is_streamed, &m))
		return false;
	end = data + m.packed_bytes;
	if (!member_agrees(w, &r, &m, is_streamed, &end))
		return walk_break(w, end + ZIP_LOCAL_BYTES);
	member = (struct zip_member){w->at, m.packed_bytes, m.size_bytes, m.crc,
	    rmn_crc32(0, r.name.data, r.name.size), r.flags & ZIP_FLAG_ENCRYPTED && is_streamed};
	if (!zip_members_add(&w->members, &member))
		return walk_break(w, w->at);
	zip_type_see(&w->type, r.name, rmn_buf_bytes(&w->tools->more));
	w->at = end;
	return true;
}

/* One entry of the directory at *at. */
static bool
entry_walk(struct walk *w, uint64_t *at)
{
	struct rmn_bytes head = walk_load(w, *at, ZIP_ENTRY_BYTES + 512);
	struct zip_record r;
	size_t size;

	if (!zip_entry_fixed(head, &r))
		return walk_break(w, *at + rmn_min_size(head.size, ZIP_ENTRY_BYTES));
	size = ZIP_ENTRY_BYTES + (size_t)r.name_bytes + r.extra_bytes + r.comment_bytes;
	if (size > head.size)
		head = walk_load(w, *at, size);
	if (size > head.size || walk_is_over(w) ||
	    !zip_record_rest(rmn_bytes_after(head, ZIP_ENTRY_BYTES), true, &r) ||
	    !zip_members_match(&w->members, &r))
		return walk_break(w, *at + size);
	*at += size;
	return true;
}

/* The end records at at, behind a directory of entries that began at offset. */
static bool
end_walk(struct walk *w, uint64_t entries, uint64_t offset, uint64_t at)
{
	struct rmn_bytes head = walk_load(w, at, ZIP64_END_BYTES);
	struct zip_end end = {0}, wide;
	uint64_t directory_end = at, wide_bytes;
	bool is_wide = zip64_end_fixed(head, &wide, &wide_bytes);

	if (is_wide) {
		at += wide_bytes;
		head = walk_load(w, at, ZIP64_LOCATOR_BYTES);
		if (zip_signature(head) != ZIP64_LOCATOR || head.size < ZIP64_LOCATOR_BYTES)
			return walk_break(w, at + ZIP64_LOCATOR_BYTES);
		at += ZIP64_LOCATOR_BYTES;
		head = walk_load(w, at, ZIP_END_BYTES);
	}
	if (!zip_end_fixed(head, &end))
		return walk_break(w, at + ZIP_END_BYTES);
	if (is_wide) {
		wide.comment_bytes = end.comment_bytes;
		end = wide;
	}
	at += ZIP_END_BYTES;
	if (!zip_end_match(&end, entries, offset, directory_end))
		return walk_break(w, at);
	if (walk_load(w, at, end.comment_bytes).size < end.comment_bytes)
		return walk_break(w, at);
	w->at = at + end.comment_bytes;
	return true;
}

/* Directory and end records at w->at. */
static bool
directory_walk(struct walk *w)
{
	uint64_t at = w->at, entries = 0;

	while (zip_signature(walk_load(w, at, 4)) == ZIP_ENTRY) {
		if (!entry_walk(w, &at))
			return false;
		entries++;
	}
	if (entries < w->members.count)
		return walk_break(w, at + 4);
	return end_walk(w, entries, w->at, at);
}

static void
walk_prove(struct walk *w)
{
	struct rmn_proven *p = w->proven;
	uint32_t signature = 0;
	bool is_whole;

	while (!walk_is_over(w)) {
		signature = zip_signature(walk_load(w, w->at, 4));
		if (signature != ZIP_LOCAL || !member_walk(w))
			break;
	}
	if (signature != ZIP_LOCAL && signature != ZIP_ENTRY)
		w->broken_at = w->at + 4;
	is_whole = w->members.count > 0 && signature == ZIP_ENTRY && directory_walk(w);
	p->good_bytes = w->at;
	p->extension = zip_type_extension(&w->type);
	p->is_encrypted = w->is_encrypted;
	if (is_whole) {
		p->proof = w->is_unchecked ? RMN_PROOF_STRUCTURE : RMN_PROOF_CHECKSUM;
		p->length_bytes = w->at;
		return;
	}
	p->proof = RMN_PROOF_BROKEN;
	p->broken_at = w->broken_at > w->at ? w->broken_at : w->at + 1;
	p->length_bytes = w->at;
	p->is_incomplete = true;
}

void
rmn_walk_zip(const struct rmn_view *view, struct rmn_carve_tools *tools, struct rmn_proven *proven)
{
	struct walk w = {.view = view, .tools = tools, .proven = proven};
	unsigned char head[ZIP_LOCAL_BYTES];
	struct zip_record first;

	*proven = (struct rmn_proven){0};
	if (rmn_view_read(view, 0, head, sizeof(head)) < sizeof(head) ||
	    !zip_local_fixed((struct rmn_bytes){head, sizeof(head)}, &first))
		return;
	w.inflate = rmn_inflate_new();
	if (w.inflate)
		walk_prove(&w);
	rmn_inflate_free(w.inflate);
	zip_members_release(&w.members);
}
