/* SPDX-License-Identifier: MIT
 *
 * Reading entries.  An entry with a known size that is not huge is inflated whole by libdeflate, which is
 * twice as fast as zlib; huge or unknown ones, and those that libdeflate refuses, go through
 * zlib in pieces, which also gives what stands before the damage. */
#include "unpack/zip.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zlib.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/time.h"
#include "base/utf8.h"
#include "unpack/zip_directory.h"

#define METHOD_STORED 0u
#define METHOD_DEFLATED 8u
#define WHOLE_BYTES ((size_t)64 << 20)
#define PIECE_BYTES ((size_t)256 << 10)
#define PAGE_BYTES ((size_t)4096)
#define LARGE_PAGE_BYTES ((size_t)2 << 20)

struct memory {
	unsigned char *data;
	size_t size;
};

enum reading {
	READING_NOTHING,
	READING_STORED,
	READING_WHOLE,		/* the next piece is all of it */
	READING_STREAM,
};

struct rmn_zip {
	struct rmn_blob *content;
	struct zip_directory directory;
	struct libdeflate_decompressor *inflater;
	z_stream stream;
	bool has_stream;
	struct memory packed, plain;

	enum reading reading;
	const struct rmn_zip_entry *entry;
	uint64_t data_offset;	/* of the packed bytes not yet read */
	uint64_t data_left;
	uint64_t given_bytes;
	uint64_t limit_bytes;
	uint32_t crc;
	bool stream_ended;
};

static enum rmn_status
zip_open(struct rmn_blob *content, struct rmn_arena *arena, bool rebuild, struct rmn_zip **zip,
    struct rmn_error *error)
{
	struct rmn_zip *z = calloc(1, sizeof(*z));
	struct rmn_error ignored = {0};
	enum rmn_status status;

	*zip = NULL;
	if (!z)
		return rmn_fail(error, RMN_NOMEM, "zip: out of memory");
	z->content = content;
	status = zip_directory_read(content, arena, &z->directory, &ignored);
	if (status != RMN_OK && rebuild) {
		z->directory = (struct zip_directory){0};
		status = zip_directory_rebuild(content, arena, &z->directory, error);
	}
	if (status != RMN_OK && status != RMN_PARTIAL) {
		rmn_zip_close(z);
		return status;
	}
	*zip = z;
	return status;
}

enum rmn_status
rmn_zip_open(struct rmn_blob *content, struct rmn_arena *arena, struct rmn_zip **zip,
    struct rmn_error *error)
{
	return zip_open(content, arena, true, zip, error);
}

enum rmn_status
rmn_zip_open_whole(struct rmn_blob *content, struct rmn_arena *arena, struct rmn_zip **zip,
    struct rmn_error *error)
{
	enum rmn_status status = zip_open(content, arena, false, zip, error);

	return status == RMN_OK ? RMN_OK :
	    rmn_fail(error, status, "the zip directory is not whole");
}

void
rmn_zip_close(struct rmn_zip *zip)
{
	if (!zip)
		return;
	if (zip->inflater)
		libdeflate_free_decompressor(zip->inflater);
	if (zip->has_stream)
		inflateEnd(&zip->stream);
	free(zip->packed.data);
	free(zip->plain.data);
	free(zip);
}

size_t
rmn_zip_count(const struct rmn_zip *zip)
{
	return zip->directory.count;
}

struct rmn_bytes
rmn_zip_comment(const struct rmn_zip *zip)
{
	return zip->directory.comment;
}

const struct rmn_zip_entry *
rmn_zip_entry(const struct rmn_zip *zip, size_t index)
{
	return index < zip->directory.count ? &zip->directory.entries[index] : NULL;
}

/* A large part is written once and read once: taking its pages one by one costs as much as inflating
 * it.  Only a hint: without large pages all is as it was. */
static void
pages_hint(unsigned char *data, size_t size)
{
	size_t skip = PAGE_BYTES - ((uintptr_t)data & (PAGE_BYTES - 1));

	if (size >= LARGE_PAGE_BYTES)
		madvise(data + skip, (size - skip) & ~(PAGE_BYTES - 1), MADV_HUGEPAGE);
}

static bool
memory_grow(struct memory *m, size_t size)
{
	unsigned char *data;

	if (size <= m->size)
		return true;
	data = malloc(size);
	if (!data)
		return false;
	pages_hint(data, size);
	free(m->data);
	*m = (struct memory){data, size};
	return true;
}

/* The next packed bytes, at most size; empty at the end of the entry or of the content. */
static enum rmn_status
packed_next(struct rmn_zip *zip, size_t size, struct rmn_bytes *bytes, struct rmn_error *error)
{
	enum rmn_status status;
	size_t got;

	size = (size_t)rmn_min_u64(size, zip->data_left);
	if (zip->content->memory.data) {
		*bytes = rmn_bytes_head((struct rmn_bytes){
		    zip->content->memory.data + zip->data_offset,
		    (size_t)zip->data_left}, size);
	} else {
		if (!memory_grow(&zip->packed, size))
			return rmn_fail(error, RMN_NOMEM, "zip: out of memory");
		status = rmn_blob_read(zip->content, zip->data_offset, zip->packed.data, size,
		    &got, error);
		if (status != RMN_OK)
			return status;
		*bytes = (struct rmn_bytes){zip->packed.data, got};
	}
	zip->data_offset += bytes->size;
	zip->data_left -= bytes->size;
	return RMN_OK;
}

static enum rmn_status
stream_begin(struct rmn_zip *zip, struct rmn_error *error)
{
	int result;

	if (zip->has_stream)
		result = inflateReset(&zip->stream);
	else
		result = inflateInit2(&zip->stream, -MAX_WBITS);
	if (result != Z_OK)
		return rmn_fail(error, RMN_NOMEM, "zip: out of memory");
	zip->has_stream = true;
	zip->stream.next_in = NULL;
	zip->stream.avail_in = 0;
	zip->stream_ended = false;
	if (!memory_grow(&zip->plain, PIECE_BYTES))
		return rmn_fail(error, RMN_NOMEM, "zip: out of memory");
	zip->reading = READING_STREAM;
	return RMN_OK;
}

static bool
whole_is_possible(const struct rmn_zip *zip, const struct rmn_zip_entry *entry)
{
	return entry->method == METHOD_DEFLATED && entry->size_bytes > 0 &&
	    entry->size_bytes <= WHOLE_BYTES && entry->size_bytes <= zip->limit_bytes &&
	    zip->data_left <= WHOLE_BYTES && entry->packed_bytes == zip->data_left;
}

/* Where the data of the entry starts, checked against its local header. */
static enum rmn_status
data_find(struct rmn_zip *zip, const struct rmn_zip_entry *entry, struct rmn_error *error)
{
	unsigned char header[ZIP_LOCAL_HEADER_BYTES];
	struct rmn_zip_entry local = {0};
	size_t got, header_bytes;
	uint64_t size = zip->content->size_bytes, start;
	enum rmn_status status;

	status = rmn_blob_read(zip->content, entry->header_offset, header, sizeof(header), &got,
	    error);
	if (status != RMN_OK)
		return status;
	if (!zip_local_header_read((struct rmn_bytes){header, got}, &local, &header_bytes) ||
	    !rmn_add_u64(entry->header_offset, header_bytes, &start) || start > size)
		return rmn_fail(error, RMN_CORRUPT, "zip entry has no local header");
	zip->data_offset = start;
	zip->data_left = rmn_min_u64(entry->packed_bytes, size - start);
	return RMN_OK;
}

enum rmn_status
rmn_zip_begin(struct rmn_zip *zip, const struct rmn_zip_entry *entry, uint64_t limit_bytes,
    struct rmn_error *error)
{
	enum rmn_status status;

	zip->reading = READING_NOTHING;
	if (entry->is_encrypted)
		return rmn_fail(error, RMN_ENCRYPTED, "zip entry is encrypted");
	if (entry->method != METHOD_STORED && entry->method != METHOD_DEFLATED)
		return rmn_fail(error, RMN_UNSUPPORTED, "zip method %u", entry->method);
	status = data_find(zip, entry, error);
	if (status != RMN_OK)
		return status;
	zip->entry = entry;
	zip->given_bytes = 0;
	zip->limit_bytes = limit_bytes;
	zip->crc = 0;
	if (entry->method == METHOD_STORED) {
		zip->reading = READING_STORED;
		return RMN_OK;
	}
	if (whole_is_possible(zip, entry)) {
		zip->reading = READING_WHOLE;
		return RMN_OK;
	}
	return stream_begin(zip, error);
}

/* At the end of an entry: is it what was declared? */
static enum rmn_status
entry_end(struct rmn_zip *zip, struct rmn_error *error)
{
	const struct rmn_zip_entry *entry = zip->entry;

	zip->reading = READING_NOTHING;
	if (entry->size_bytes == UINT64_MAX)
		return RMN_END;
	if (zip->given_bytes != entry->size_bytes)
		return rmn_fail(error, RMN_CORRUPT, "zip entry is cut short");
	if (zip->crc != entry->crc)
		return rmn_fail(error, RMN_CORRUPT, "zip entry fails its CRC");
	return RMN_END;
}

/* Counts what is given out, and cuts it at the limit; a cut is told with the next call. */
static enum rmn_status
piece_give(struct rmn_zip *zip, struct rmn_bytes bytes, struct rmn_bytes *piece,
    struct rmn_error *error)
{
	uint64_t left = zip->limit_bytes - zip->given_bytes;

	if (left == 0) {
		zip->reading = READING_NOTHING;
		return rmn_fail(error, RMN_LIMIT, "zip entry unpacks to more than %llu bytes",
		    (unsigned long long)zip->limit_bytes);
	}
	*piece = rmn_bytes_head(bytes, (size_t)rmn_min_u64(left, bytes.size));
	zip->crc = libdeflate_crc32(zip->crc, piece->data, piece->size);
	zip->given_bytes += piece->size;
	return RMN_OK;
}

static enum rmn_status
stored_piece(struct rmn_zip *zip, struct rmn_bytes *piece, struct rmn_error *error)
{
	struct rmn_bytes bytes;
	enum rmn_status status = packed_next(zip, PIECE_BYTES, &bytes, error);

	if (status != RMN_OK)
		return status;
	if (bytes.size == 0)
		return entry_end(zip, error);
	return piece_give(zip, bytes, piece, error);
}

static enum rmn_status
stream_piece(struct rmn_zip *zip, struct rmn_bytes *piece, struct rmn_error *error)
{
	z_stream *s = &zip->stream;
	struct rmn_bytes bytes;
	enum rmn_status status;
	int result = Z_OK;

	if (zip->stream_ended)
		return entry_end(zip, error);
	s->next_out = zip->plain.data;
	s->avail_out = (uInt)PIECE_BYTES;
	while (s->avail_out > 0 && result == Z_OK) {
		if (s->avail_in == 0) {
			status = packed_next(zip, PIECE_BYTES, &bytes, error);
			if (status != RMN_OK)
				return status;
			if (bytes.size == 0)
				break;
			s->next_in = (Bytef *)(uintptr_t)bytes.data;	/* zlib only reads it */
			s->avail_in = (uInt)bytes.size;
		}
		result = inflate(s, Z_NO_FLUSH);
	}
	bytes = (struct rmn_bytes){zip->plain.data, PIECE_BYTES - s->avail_out};
	if (result == Z_STREAM_END)
		zip->stream_ended = true;
	if (bytes.size > 0)
		return piece_give(zip, bytes, piece, error);
	if (zip->stream_ended)
		return entry_end(zip, error);
	zip->reading = READING_NOTHING;
	if (result == Z_MEM_ERROR)
		return rmn_fail(error, RMN_NOMEM, "zip: out of memory");
	return rmn_fail(error, RMN_CORRUPT, "zip entry cannot be inflated to its end");
}

static enum rmn_status
whole_piece(struct rmn_zip *zip, struct rmn_bytes *piece, struct rmn_error *error)
{
	uint64_t offset = zip->data_offset, left = zip->data_left;
	size_t size = (size_t)zip->entry->size_bytes, got;
	struct rmn_bytes packed;
	enum rmn_status status;

	if (!zip->inflater)
		zip->inflater = libdeflate_alloc_decompressor();
	if (!zip->inflater || !memory_grow(&zip->plain, size > PIECE_BYTES ? size : PIECE_BYTES))
		return rmn_fail(error, RMN_NOMEM, "zip: out of memory");
	status = packed_next(zip, (size_t)left, &packed, error);
	if (status != RMN_OK)
		return status;
	if (libdeflate_deflate_decompress(zip->inflater, packed.data, packed.size,
	    zip->plain.data, size, &got) == LIBDEFLATE_SUCCESS && got == size) {
		zip->stream_ended = true;
		zip->reading = READING_STREAM;
		return piece_give(zip, (struct rmn_bytes){zip->plain.data, size}, piece, error);
	}
	zip->data_offset = offset;
	zip->data_left = left;
	status = stream_begin(zip, error);
	return status == RMN_OK ? stream_piece(zip, piece, error) : status;
}

enum rmn_status
rmn_zip_piece(struct rmn_zip *zip, struct rmn_bytes *piece, struct rmn_error *error)
{
	switch (zip->reading) {
	case READING_STORED:
		return stored_piece(zip, piece, error);
	case READING_WHOLE:
		return whole_piece(zip, piece, error);
	case READING_STREAM:
		return stream_piece(zip, piece, error);
	case READING_NOTHING:
		break;
	}
	return RMN_END;
}

struct member_state {
	struct rmn_zip *zip;
	const struct rmn_zip_entry *entry;
	struct rmn_bytes rest;
	bool is_open;
};

static enum rmn_status
member_read(void *opaque, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	struct member_state *state = opaque;
	enum rmn_status status;

	*got = 0;
	if (!state->is_open) {
		status = rmn_zip_begin(state->zip, state->entry, RMN_LIMIT_UNPACKED_BYTES, error);
		if (status != RMN_OK)
			return status;
		state->is_open = true;
	}
	if (state->rest.size == 0) {
		status = rmn_zip_piece(state->zip, &state->rest, error);
		if (status != RMN_OK)
			return status;
	}
	*got = rmn_min_size(size, state->rest.size);
	memcpy(buffer, state->rest.data, *got);
	state->rest = rmn_bytes_after(state->rest, *got);
	return RMN_OK;
}

enum rmn_status
rmn_zip_member(struct rmn_zip *zip, const struct rmn_zip_entry *entry,
    const struct rmn_sink *sink)
{
	struct member_state state = {.zip = zip, .entry = entry};
	struct rmn_member_reader reader = {.read = member_read, .state = &state};
	struct rmn_member member = {
		.size_bytes = entry->size_bytes,
		.modified = RMN_TIME_UNKNOWN,
		.created = RMN_TIME_UNKNOWN,
		.is_encrypted = entry->is_encrypted,
	};

	if (rmn_utf8_is_valid(entry->name))
		member.name = entry->name;
	else
		member.raw_name = entry->name;
	return rmn_sink_member(sink, &member, &reader);
}
