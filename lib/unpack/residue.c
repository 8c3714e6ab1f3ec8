/* SPDX-License-Identifier: MIT
 *
 * What is left of zip, gzip and PDF when their container is gone.  A stream that is there whole
 * goes through libdeflate (three times as fast); one that is broken or of unknown size through
 * zlib, which gives every byte up to the damage. */
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/checked.h"
#include "base/limits.h"
#include "unpack/name.h"
#include "unpack/residue_find.h"
#include "unpack/residue_head.h"
#include "unpack/unpack.h"

/* Less than this says nothing, and is what chance gives. */
#define RESIDUE_BYTES_MIN 16u

/* Inflated at once before anybody is told, to see whether there is a stream at all. */
#define PROBE_BYTES 4096u

/* How far a broken stream may have been read past its damage: a header behind it is looked for
 * from there. */
#define OVERRUN_BYTES (64u * 1024)

/* Whole streams up to this are inflated at once; longer ones are streamed. */
#define WHOLE_BYTES_MAX (16 * RMN_MIB)

/* All streams together may take this many times the input (nested or overlapping headers). */
#define WORK_FACTOR 16u

struct residue {
	struct rmn_bytes bytes;
	uint64_t limit_bytes;
	const struct rmn_sink *sink;
	struct libdeflate_decompressor *whole;
	z_stream z;
	bool has_z;
	unsigned char *out;		/* of a whole stream */
	size_t out_capacity;
	struct rmn_buf name;
	uint64_t work_left;		/* input bytes that may still be inflated */
};

/* One stream while it is read: first what is in memory, then what zlib still gives. */
struct stream {
	struct residue *residue;
	const struct rmn_residue_head *head;
	struct rmn_bytes ready;
	unsigned char probe[PROBE_BYTES];
	bool is_inflating;
	bool is_broken;
	uint64_t produced;
	uint32_t crc;
	enum rmn_status end;		/* RMN_OK while there may be more */
};

static bool
inflate_start(struct residue *r, const struct rmn_residue_head *head)
{
	int bits = head->has_zlib_frame ? 15 : -15;
	struct rmn_bytes in = rmn_bytes_after(r->bytes, head->data_at);

	if (head->packed_bytes < in.size)
		in.size = (size_t)head->packed_bytes;
	if (!r->has_z)
		r->has_z = inflateInit2(&r->z, bits) == Z_OK;
	else
		inflateReset2(&r->z, bits);
	r->z.next_in = (unsigned char *)(uintptr_t)in.data;
	r->z.avail_in = (unsigned)rmn_min_size(in.size, UINT32_MAX);
	return r->has_z;
}

static size_t
inflate_consumed(const struct residue *r, const struct rmn_residue_head *head)
{
	return (size_t)(r->z.next_in - (r->bytes.data + head->data_at));
}

/* The trailer of gzip, or what the zip header said. */
static bool
checksum_fits(struct stream *s)
{
	struct residue *r = s->residue;
	const struct rmn_residue_head *head = s->head;
	size_t at = head->data_at + inflate_consumed(r, head);
	uint32_t crc = head->crc;
	struct rmn_bytes trailer = rmn_bytes_after(r->bytes, at);

	if (head->has_gzip_trailer && trailer.size >= 4)
		crc = (uint32_t)trailer.data[0] | (uint32_t)trailer.data[1] << 8 |
		    (uint32_t)trailer.data[2] << 16 | (uint32_t)trailer.data[3] << 24;
	else if (!head->has_crc)
		return true;
	return crc == s->crc;
}

/* Inflates into buffer until it is full or the stream ends in some way. */
static size_t
stream_inflate(struct stream *s, unsigned char *buffer, size_t size)
{
	z_stream *z = &s->residue->z;
	size_t room = (size_t)rmn_min_u64(size, s->residue->limit_bytes - s->produced);
	size_t got;
	int code;

	if (room == 0) {
		s->end = RMN_LIMIT;
		return 0;
	}
	room = rmn_min_size(room, UINT32_MAX);
	z->next_out = buffer;
	z->avail_out = (unsigned)room;
	code = inflate(z, Z_NO_FLUSH);
	got = room - z->avail_out;
	s->produced += got;
	s->crc = libdeflate_crc32(s->crc, buffer, got);
	if (code == Z_STREAM_END) {
		s->end = checksum_fits(s) ? RMN_END : RMN_CORRUPT;
	} else if (code != Z_OK || (z->avail_in == 0 && z->avail_out > 0)) {
		s->is_broken = true;
		s->end = code == Z_MEM_ERROR ? RMN_NOMEM : RMN_CORRUPT;
	}
	return got;
}

static enum rmn_status
stream_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	struct stream *s = state;

	*got = 0;
	if (s->ready.size > 0) {
		*got = rmn_min_size(size, s->ready.size);
		memcpy(buffer, s->ready.data, *got);
		s->ready = rmn_bytes_after(s->ready, *got);
		return RMN_OK;
	}
	while (*got == 0 && s->end == RMN_OK && s->is_inflating && size > 0)
		*got = stream_inflate(s, buffer, size);
	if (*got > 0)
		return RMN_OK;
	if (s->end == RMN_LIMIT)
		return rmn_fail(error, RMN_LIMIT, "stopped after %llu bytes",
		    (unsigned long long)s->produced);
	if (s->end == RMN_CORRUPT)
		return rmn_fail(error, RMN_CORRUPT, s->is_broken ?
		    "the stream breaks off after %llu bytes" :
		    "the checksum does not fit after %llu bytes", (unsigned long long)s->produced);
	return s->end == RMN_OK ? RMN_END : s->end;
}

static enum rmn_status
hand_on(struct residue *r, const struct rmn_residue_head *head, struct stream *s)
{
	struct rmn_member_reader reader = {stream_read, s};
	struct rmn_member member = {
		.size_bytes = head->size_bytes,
		.modified = head->modified,
		.created = INT64_MIN,
		.is_encrypted = head->is_encrypted,
		.has_offset = true,
		.container_offset = head->data_at,
	};

	if (head->stored_name.size > 0) {
		rmn_unpack_name(head->stored_name, &r->name);
	} else {
		rmn_buf_clear(&r->name);
		rmn_buf_printf(&r->name, "deflate@%zu", head->data_at);
	}
	if (r->name.failed)
		return RMN_NOMEM;
	member.name = rmn_buf_bytes(&r->name);
	if (head->stored_name.size > 0 && !rmn_bytes_equal(member.name, head->stored_name))
		member.raw_name = head->stored_name;
	return rmn_sink_member(r->sink, &member, &reader);
}

static bool
out_reserve(struct residue *r, size_t size)
{
	if (size > r->out_capacity) {
		free(r->out);
		r->out = malloc(size);
		r->out_capacity = r->out ? size : 0;
	}
	return r->out != NULL;
}

/* True when the whole stream was there and inflated to what its header says. */
static bool
inflate_whole(struct residue *r, const struct rmn_residue_head *head, struct rmn_bytes *out)
{
	struct rmn_bytes in = rmn_bytes_after(r->bytes, head->data_at);
	size_t size = (size_t)head->size_bytes, got = 0;

	if (head->size_bytes == UINT64_MAX || head->packed_bytes > in.size ||
	    head->size_bytes > rmn_min_u64(r->limit_bytes, WHOLE_BYTES_MAX) ||
	    !out_reserve(r, size + 1))
		return false;
	if (libdeflate_deflate_decompress(r->whole, in.data, (size_t)head->packed_bytes, r->out,
	    size, &got) != LIBDEFLATE_SUCCESS || got != size)
		return false;
	if (head->has_crc && libdeflate_crc32(0, r->out, got) != head->crc)
		return false;
	*out = (struct rmn_bytes){r->out, got};
	return true;
}

/* Bytes that are there as they were.  Unless they are whole they are left to whoever reads the
 * space itself: behind a header that survived may stand anything. */
static enum rmn_status
take_stored(struct residue *r, const struct rmn_residue_head *head, size_t *next)
{
	struct stream s = {.residue = r, .head = head, .end = RMN_END};
	struct rmn_bytes data = rmn_bytes_after(r->bytes, head->data_at);

	*next = head->data_at;
	r->work_left -= rmn_min_u64(r->work_left, rmn_min_u64(head->packed_bytes, data.size));
	if (head->packed_bytes < RESIDUE_BYTES_MIN || head->packed_bytes > data.size ||
	    libdeflate_crc32(0, data.data, (size_t)head->packed_bytes) != head->crc)
		return RMN_OK;
	*next += (size_t)head->packed_bytes;
	s.ready = rmn_bytes_head(data, (size_t)rmn_min_u64(head->packed_bytes, r->limit_bytes));
	s.produced = s.ready.size;
	if (head->packed_bytes > r->limit_bytes)
		s.end = RMN_LIMIT;
	return hand_on(r, head, &s);
}

static enum rmn_status
take_deflated(struct residue *r, const struct rmn_residue_head *head, size_t *next)
{
	struct stream s = {.residue = r, .head = head, .end = RMN_OK};
	enum rmn_status status;
	size_t consumed;

	*next = head->data_at;
	if (inflate_whole(r, head, &s.ready)) {
		s.produced = s.ready.size;
		s.end = RMN_END;
		*next += (size_t)head->packed_bytes;
		return s.produced >= RESIDUE_BYTES_MIN ? hand_on(r, head, &s) : RMN_OK;
	}
	if (!inflate_start(r, head))
		return RMN_NOMEM;
	s.is_inflating = true;
	s.ready = (struct rmn_bytes){s.probe, stream_inflate(&s, s.probe, sizeof(s.probe))};
	status = s.ready.size >= RESIDUE_BYTES_MIN ? hand_on(r, head, &s) : RMN_OK;
	consumed = inflate_consumed(r, head);
	r->work_left -= rmn_min_u64(r->work_left, consumed);
	if (s.is_broken)
		consumed = consumed > OVERRUN_BYTES ? consumed - OVERRUN_BYTES : 0;
	*next += consumed;
	return status;
}

static enum rmn_status
take(struct residue *r, const struct rmn_residue_head *head, size_t *next)
{
	struct stream nothing = {.residue = r, .head = head, .end = RMN_ENCRYPTED};

	if (head->is_encrypted) {
		*next = head->data_at;
		return hand_on(r, head, &nothing);
	}
	return head->is_stored ? take_stored(r, head, next) : take_deflated(r, head, next);
}

static bool
head_at(struct rmn_bytes bytes, enum rmn_residue_kind kind, size_t at,
    struct rmn_residue_head *head)
{
	switch (kind) {
	case RMN_RESIDUE_ZIP:
		return rmn_residue_zip_head(bytes, at, head);
	case RMN_RESIDUE_GZIP:
		return rmn_residue_gzip_head(bytes, at, head);
	case RMN_RESIDUE_PDF:
		return rmn_residue_pdf_head(bytes, at, head);
	case RMN_RESIDUE_NONE:
		break;
	}
	return false;
}

/* Where to search on when nothing comes of an announcement. */
static const size_t announcement_bytes[] = {
	[RMN_RESIDUE_ZIP] = 4,
	[RMN_RESIDUE_GZIP] = 3,
	[RMN_RESIDUE_PDF] = 12,
};

static enum rmn_status
residue_walk(struct residue *r, struct rmn_error *error)
{
	enum rmn_status status = RMN_OK;
	enum rmn_residue_kind kind;
	size_t at, next;

	for (size_t from = 0; status == RMN_OK; from = next) {
		struct rmn_residue_head head;

		kind = rmn_residue_find(r->bytes, from, &at);
		if (kind == RMN_RESIDUE_NONE)
			return RMN_OK;
		next = at + announcement_bytes[kind];
		if (!head_at(r->bytes, kind, at, &head))
			continue;
		if (r->work_left == 0)
			return rmn_fail(error, RMN_LIMIT,
			    "compressed streams overlap too much: not searched from byte %zu", at);
		status = take(r, &head, &next);
	}
	return status == RMN_NOMEM ? rmn_fail(error, RMN_NOMEM, "out of memory") : status;
}

enum rmn_status
rmn_unpack_residue(struct rmn_bytes bytes, uint64_t limit_bytes, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct residue r = {.bytes = bytes, .limit_bytes = limit_bytes, .sink = sink};
	enum rmn_status status;

	if (limit_bytes < RESIDUE_BYTES_MIN)
		return RMN_OK;
	r.work_left = (uint64_t)bytes.size * WORK_FACTOR + RMN_MIB;
	r.whole = libdeflate_alloc_decompressor();
	if (!r.whole)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	rmn_buf_init(&r.name, 0);
	status = residue_walk(&r, error);
	rmn_buf_release(&r.name);
	libdeflate_free_decompressor(r.whole);
	if (r.has_z)
		inflateEnd(&r.z);
	free(r.out);
	return status;
}
