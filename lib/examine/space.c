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
#define BLOCKS_MAX ((RMN_SPACE_WINDOW_BYTES + 2 * PIECE_BYTES) / BLOCK_BYTES)

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
	bool is_random[BLOCKS_MAX];	/* of its blocks, behind the skip */
};

/* True when all of data is its first byte.  Compared with itself one step on, which compilers'
 * memcmp does with wide registers. */
static bool
space_is_constant(const unsigned char *data, size_t size)
{
	return size == 0 || (data[0] == data[size - 1] && memcmp(data, data + 1, size - 1) == 0);
}

/* The sum of squared byte counts of a block tells as much as its entropy and needs no logarithm.  4,096
 * random bytes give 65,536 + 16 * chi-square(255) = 69,616 with a deviation of 361; compressed bytes a
 * little more, text and programs several times as much. */
#define HIGH_ENTROPY 80000
/* Within five deviations of random: not even a line of text can be in there (45 characters add 1,800),
 * so the patterns of text are not looked for. */
#define RANDOM 71400

static uint64_t
space_squares(const unsigned char *data, size_t size)
{
	uint16_t count[4][256] = {{0}};
	uint64_t sum = 0;

	if (size < BLOCK_BYTES)
		return UINT64_MAX;
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
	return sum;
}

/* Counts a piece that is being taken into the stretch, and notes which of its blocks are random. */
static void
space_tally(struct space *s, const unsigned char *data, size_t size)
{
	size_t number = (s->stretch.size - s->stretch.skip) / BLOCK_BYTES;

	for (size_t at = 0; at < size; at += BLOCK_BYTES, number++) {
		size_t block = rmn_min_size(BLOCK_BYTES, size - at);
		uint64_t squares = 0;

		if (space_is_constant(data + at, block)) {
			*(data[at] == 0 ? &s->tally->zero : &s->tally->constant) += block;
			squares = UINT64_MAX;
		} else {
			squares = space_squares(data + at, block);
			*(squares < HIGH_ENTROPY ? &s->tally->high_entropy :
			    &s->tally->residue) += block;
		}
		s->is_random[number] = squares < RANDOM;
	}
}

static void
space_detect(struct space *s, const struct stretch *t, size_t from, size_t to)
{
	struct node *n = s->n;
	size_t begin = from - rmn_min_size(from, BLOCK_BYTES);
	size_t end = to + rmn_min_size(t->size - to, BLOCK_BYTES);
	struct rmn_detect_input input = {
		.bytes = {t->data + begin, end - begin},
		.offset = t->offset + begin,
		.skip = from - begin,
		.tail = end - to,
		.encoding = RMN_ENCODING_UNKNOWN,
	};

	n->finding_in_text = false;
	if (rmn_detect(n->run->examiner->detector, &input, node_finding, n, NULL) == RMN_NOMEM)
		n->run->fatal = RMN_NOMEM;
}

/* The next run of blocks that are not random, from *last on. */
static bool
space_next_run(const struct space *s, size_t blocks, size_t *first, size_t *last)
{
	size_t at = *last;

	while (at < blocks && s->is_random[at])
		at++;
	*first = at;
	while (at < blocks && !s->is_random[at])
		at++;
	*last = at;
	return *first < blocks;
}

/* Looks for the patterns of text everywhere but inside runs of random blocks; the outermost blocks of
 * such a run are searched with their neighbours, because a text may begin or end in them. */
static void
space_detect_all(struct space *s, const struct stretch *t)
{
	size_t end = t->size - t->tail, blocks, first, last = 0, searched = 0;

	blocks = (end - t->skip + BLOCK_BYTES - 1) / BLOCK_BYTES;
	while (space_next_run(s, blocks, &first, &last)) {
		size_t from = first > searched ? first - 1 : first;
		size_t to = rmn_min_size(last + 1, blocks);

		space_detect(s, t, t->skip + from * BLOCK_BYTES,
		    rmn_min_size(t->skip + to * BLOCK_BYTES, end));
		searched = to;
	}
}

/* Searches the finished stretch. */
static void
space_search(struct space *s)
{
	struct rmn_sink sink = {.context = s->n, .member = node_member};
	struct stretch t = s->stretch;

	s->stretch = (struct stretch){.data = t.data};
	if (t.size <= t.skip)
		return;
	if (s->n->run->examiner->detector)
		space_detect_all(s, &t);
	rmn_unpack_residue((struct rmn_bytes){t.data + t.skip, t.size - t.skip},
	    RMN_LIMIT_TEXT_BYTES, &sink, NULL);
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
