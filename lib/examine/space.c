/* SPDX-License-Identifier: MIT
 *
 * Unclaimed space.  Most of it is zeros, so the window is read in small pieces that stay in the
 * cache, and a piece of zeros is never kept: the next one is read over it.  What is left are
 * stretches of bytes, each searched as raw bytes and for streams that still inflate. */
#include "examine/private.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "unpack/unpack.h"

#define BLOCK_BYTES ((size_t)4096)
#define PIECE_BYTES ((size_t)256 * 1024)
#define SECTOR_BYTES ((size_t)512)
/* What a window sees of its neighbours, so that a value on the border is found once and whole. */
#define BEFORE_BYTES ((size_t)512)
#define BEHIND_BYTES ((size_t)1024)

/* A stretch of kept bytes: where it stands in the buffer and on the source. */
struct stretch {
	unsigned char *data;
	size_t size;
	size_t skip, tail;		/* bytes of the neighbours, at both ends */
	uint64_t offset;
};

struct space {
	struct node *n;			/* whose findings these are: the window's own item */
	struct rmn_blob *source;
	struct rmn_space_tally *tally;
	struct stretch stretch;		/* the one that is growing */
};

/* True when all of data is its first byte.  Compared with itself one step on, which compilers'
 * memcmp does with wide registers. */
static bool
space_is_constant(const unsigned char *data, size_t size)
{
	return size == 0 || (data[0] == data[size - 1] && memcmp(data, data + 1, size - 1) == 0);
}

/* Random, encrypted and well compressed blocks.  The sum of squared byte counts needs no logarithm:
 * 4,096 random bytes give 4096 * (1 + 16) = 69,632 with a deviation of 2 %, text and programs
 * several times as much. */
static bool
space_is_high_entropy(const unsigned char *data, size_t size)
{
	uint16_t count[4][256] = {{0}};
	uint64_t sum = 0;

	if (size < BLOCK_BYTES)
		return false;
	for (size_t i = 0; i + 4 <= size; i += 4) {
		count[0][data[i]]++;
		count[1][data[i + 1]]++;
		count[2][data[i + 2]]++;
		count[3][data[i + 3]]++;
	}
	for (size_t i = 0; i < 256; i++) {
		uint64_t c = (uint64_t)count[0][i] + count[1][i] + count[2][i] + count[3][i];

		sum += c * c;
	}
	return sum < 80000;
}

static void
space_tally(struct space *s, const unsigned char *data, size_t size)
{
	for (size_t at = 0; at < size; at += BLOCK_BYTES) {
		size_t block = rmn_min_size(BLOCK_BYTES, size - at);

		if (space_is_constant(data + at, block))
			*(data[at] == 0 ? &s->tally->zero : &s->tally->constant) += block;
		else if (space_is_high_entropy(data + at, block))
			s->tally->high_entropy += block;
		else
			s->tally->residue += block;
	}
}

/* Searches the finished stretch. */
static void
space_search(struct space *s)
{
	struct node *n = s->n;
	struct rmn_examiner *examiner = n->run->examiner;
	struct rmn_detect_input input = {
		.bytes = {s->stretch.data, s->stretch.size},
		.offset = s->stretch.offset,
		.skip = s->stretch.skip,
		.tail = s->stretch.tail,
		.encoding = RMN_ENCODING_UNKNOWN,
	};
	struct rmn_sink sink = {.context = n, .member = node_member};

	s->stretch = (struct stretch){.data = s->stretch.data};
	if (input.bytes.size <= input.skip)
		return;
	n->finding_in_text = false;
	if (examiner->detector &&
	    rmn_detect(examiner->detector, &input, node_finding, n, NULL) == RMN_NOMEM)
		n->run->fatal = RMN_NOMEM;
	rmn_unpack_residue(rmn_bytes_after(input.bytes, input.skip), RMN_LIMIT_TEXT_BYTES, &sink,
	    NULL);
}

/* Takes a piece that was just read behind the growing stretch. */
static void
space_take(struct space *s, uint64_t offset, size_t size)
{
	unsigned char *data = s->stretch.data + s->stretch.size;

	if (size > 0 && space_is_constant(data, size)) {
		*(data[0] == 0 ? &s->tally->zero : &s->tally->constant) += size;
		space_search(s);
		return;
	}
	space_tally(s, data, size);
	if (s->stretch.size == 0)
		s->stretch.offset = offset;
	s->stretch.size += size;
}

/* Reads up to size bytes.  A sector that cannot be read costs itself, not the good ones before. */
static size_t
space_read(struct space *s, uint64_t at, unsigned char *to, size_t size)
{
	size_t got = 0;

	if (rmn_blob_read(s->source, at, to, size, &got, NULL) == RMN_OK)
		return got;
	while (got < size) {
		size_t more = 0;

		if (rmn_blob_read(s->source, at + got, to + got,
		    rmn_min_size(SECTOR_BYTES, size - got), &more, NULL) != RMN_OK || more == 0)
			break;
		got += more;
	}
	return got;
}

/* Counts a block that the medium does not give. */
static void
space_skip(struct space *s, size_t size)
{
	space_search(s);
	s->tally->unreadable += size;
}

/* Unclaimed space that a border of windows cut is continued on the other side. */
static bool
is_border(uint64_t offset)
{
	return offset > 0 && offset % RMN_SPACE_WINDOW_BYTES == 0;
}

static void
space_look_back(struct space *s, uint64_t begin)
{
	size_t got = space_read(s, begin - BEFORE_BYTES, s->stretch.data, BEFORE_BYTES);

	if (got < BEFORE_BYTES)
		return;
	s->stretch.size = s->stretch.skip = got;
	s->stretch.offset = begin - BEFORE_BYTES;
}

static void
space_look_ahead(struct space *s, uint64_t end)
{
	if (s->stretch.size <= s->stretch.skip)
		return;
	s->stretch.tail = space_read(s, end, s->stretch.data + s->stretch.size,
	    (size_t)rmn_min_u64(BEHIND_BYTES, s->source->size_bytes - end));
	s->stretch.size += s->stretch.tail;
}

static void
space_range(struct space *s, const struct rmn_space_range *range)
{
	uint64_t at = range->offset, end = range->offset + range->size_bytes;

	if (is_border(at))
		space_look_back(s, at);
	while (at < end && s->n->run->fatal == RMN_OK) {
		size_t size = (size_t)rmn_min_u64(PIECE_BYTES, end - at);
		size_t got;

		if (s->stretch.size + size > RMN_SPACE_WINDOW_BYTES + BEFORE_BYTES)
			space_search(s);
		got = space_read(s, at, s->stretch.data + s->stretch.size, size);
		if (got > 0)
			space_take(s, at, got);
		at += got;
		if (got < size) {
			size = (size_t)rmn_min_u64(SECTOR_BYTES, end - at);
			space_skip(s, size);
			at += size;
		}
	}
	if (is_border(end) && end < s->source->size_bytes)
		space_look_ahead(s, end);
	space_search(s);
}

enum rmn_status
rmn_examine_space(struct rmn_examiner *examiner, const struct rmn_space_input *input,
    const struct rmn_examine_sink *sink, struct rmn_space_tally *tally, struct rmn_error *error)
{
	struct examination run = {.examiner = examiner, .sink = sink, .next_member = 1};
	struct node n;
	struct space s = {.n = &n, .source = input->source, .tally = tally};

	if (!examiner->space)
		examiner->space = malloc(RMN_SPACE_WINDOW_BYTES + BEFORE_BYTES +
		    PIECE_BYTES);
	if (!examiner->space)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	for (size_t i = 0; i < input->range_count; i++)
		if (!rmn_add_u64(run.top_bytes, input->ranges[i].size_bytes, &run.top_bytes))
			return rmn_fail(error, RMN_CORRUPT, "a window larger than any disk");
	*tally = (struct rmn_space_tally){0};
	node_init(&n, &run, 0, 0, input->source, input->path, input->path);
	s.stretch.data = examiner->space;
	for (size_t i = 0; i < input->range_count; i++)
		space_range(&s, &input->ranges[i]);
	if (tally->unreadable > 0)
		node_unexamined(&n, "read", RMN_IO, "sectors of this window could not be read");
	node_release(&n);
	if (run.fatal != RMN_OK)
		return rmn_fail(error, run.fatal, "out of memory while examining");
	return RMN_OK;
}
