/* SPDX-License-Identifier: MIT */
#include "unpack/inflate.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/checked.h"
#include "unpack/inflate_private.h"

struct rmn_inflate {
	struct inflate_state state;
	uint32_t crc;
	uint64_t size_bytes;
	struct libdeflate_decompressor *whole;	/* made when first used */
};

/* --- what states have in common */

static void
window_drop(struct inflate_window **window)
{
	if (*window && --(*window)->users == 0)
		free(*window);
	*window = NULL;
}

static struct inflate_window *
window_share(struct inflate_window *window)
{
	if (window)
		window->users++;
	return window;
}

static void
codes_drop(struct inflate_codes **codes)
{
	if (*codes && --(*codes)->users == 0)
		free(*codes);
	*codes = NULL;
}

bool
inflate_codes_own(struct inflate_state *s)
{
	if (!s->codes || s->codes->users > 1) {
		codes_drop(&s->codes);
		s->codes = malloc(sizeof(*s->codes));
		if (!s->codes)
			return false;
		s->codes->users = 1;
	}
	return true;
}

static struct inflate_codes *
codes_share(struct inflate_codes *codes)
{
	if (codes)
		codes->users++;
	return codes;
}

bool
inflate_codes_use_fixed(struct inflate_state *s)
{
	if (!s->fixed) {
		if (!inflate_codes_own(s))
			return false;
		inflate_codes_fixed(s->codes);
		s->fixed = codes_share(s->codes);
	} else if (s->codes != s->fixed) {
		codes_drop(&s->codes);
		s->codes = codes_share(s->fixed);
	}
	return true;
}

/* A window to write in; what is in it, and who reads that, stays. */
static bool
window_make(struct inflate_state *s)
{
	if (s->own)
		return true;
	s->own = malloc(sizeof(*s->own));
	if (!s->own)
		return false;
	s->own->users = 1;
	return true;
}

/* Forgets what was written; only what nobody else reads can be written over. */
static void
window_clear(struct inflate_state *s)
{
	if (s->own && s->own->users > 1)
		window_drop(&s->own);
	s->start = s->at = INFLATE_HISTORY;
}

/* What the old window has that may be needed yet comes to stand before start. */
static void
history_join(struct inflate_state *s, uint64_t size_bytes)
{
	size_t here = s->at - s->start, part = 0;

	if (s->old && here < INFLATE_HISTORY) {
		part = (size_t)rmn_min_u64(INFLATE_HISTORY - here, size_bytes - here);
		memcpy(s->own->bytes + s->start - part, s->old->bytes + s->old_end - part, part);
		s->start -= part;
	}
	window_drop(&s->old);
}

/* Room for INFLATE_OUT bytes behind at. */
static bool
room_make(struct inflate_state *s)
{
	size_t part = rmn_min_size(s->at - s->start, INFLATE_HISTORY);
	struct inflate_window *full = s->own;

	if (!window_make(s))
		return false;
	if (s->at + INFLATE_OUT + INFLATE_SLACK <= sizeof(s->own->bytes))
		return true;
	window_drop(&s->old);		/* more than a history is in the own one */
	if (full->users > 1) {
		s->own = NULL;
		if (!window_make(s)) {
			s->own = full;
			return false;
		}
	}
	memmove(s->own->bytes + INFLATE_HISTORY - part, full->bytes + s->at - part, part);
	if (s->own != full)
		window_drop(&full);
	s->at = INFLATE_HISTORY;
	s->start = s->at - part;
	return true;
}

/* --- */

struct rmn_inflate *
rmn_inflate_new(void)
{
	struct rmn_inflate *i = malloc(sizeof(*i));

	if (!i)
		return NULL;
	i->whole = NULL;
	i->state.own = i->state.old = NULL;
	i->state.codes = i->state.fixed = NULL;
	rmn_inflate_restart(i);
	return i;
}

static void
state_release(struct inflate_state *s)
{
	window_drop(&s->own);
	window_drop(&s->old);
	codes_drop(&s->codes);
	codes_drop(&s->fixed);
}

void
rmn_inflate_free(struct rmn_inflate *i)
{
	if (!i)
		return;
	state_release(&i->state);
	libdeflate_free_decompressor(i->whole);
	free(i);
}

void
rmn_inflate_restart(struct rmn_inflate *i)
{
	struct inflate_state *s = &i->state;

	window_drop(&s->old);
	window_clear(s);
	s->step = INFLATE_STEP_BLOCK;
	s->hold = 0;
	s->held = 0;
	i->crc = 0;
	i->size_bytes = 0;
}

void
rmn_inflate_copy(struct rmn_inflate *to, struct rmn_inflate *from)
{
	struct inflate_state *t = &to->state, *s = &from->state;
	bool has_bits = s->step == INFLATE_STEP_LENGTH_BITS || s->step == INFLATE_STEP_BITS;
	bool has_own = s->own && s->at > s->start;
	struct inflate_window *own = t->own;
	struct inflate_codes *fixed = t->fixed;

	if (has_own && s->old)
		history_join(s, from->size_bytes);
	window_drop(&t->old);
	codes_drop(&t->codes);
	memcpy(t, s, has_bits ? sizeof(*t) : offsetof(struct inflate_state, bits));
	t->codes = codes_share(s->codes);
	t->fixed = fixed ? fixed : codes_share(s->fixed);
	t->old = window_share(has_own ? s->own : s->old);
	t->old_end = has_own ? s->at : s->old_end;
	t->own = own;
	window_clear(t);
	to->crc = from->crc;
	to->size_bytes = from->size_bytes;
}

static enum rmn_inflate_state
state_tell(const struct inflate_state *s)
{
	return s->step == INFLATE_STEP_END ? RMN_INFLATE_END : s->step == INFLATE_STEP_BAD ?
	    RMN_INFLATE_BAD : RMN_INFLATE_MORE;
}

enum rmn_inflate_state
rmn_inflate_feed(struct rmn_inflate *i, struct rmn_bytes input, size_t *used,
    bool (*listen)(void *context, struct rmn_bytes output), void *context)
{
	const unsigned char *at = input.data, *end = input.data + input.size;
	struct inflate_state *s = &i->state;
	size_t before, full = 0;

	*used = 0;
	if (input.size == 0)
		return state_tell(s);
	do {
		struct rmn_bytes output;

		if (state_tell(s) != RMN_INFLATE_MORE)
			break;
		if (!room_make(s)) {
			s->step = INFLATE_STEP_BAD;
			break;
		}
		before = s->at;
		full = before + INFLATE_OUT;
		inflate_run(s, &at, end, full, i->size_bytes - (before - s->start));
		output = (struct rmn_bytes){s->own->bytes + before, s->at - before};
		i->crc = libdeflate_crc32(i->crc, output.data, output.size);
		i->size_bytes += output.size;
		if (output.size > 0 && listen && !listen(context, output))
			s->step = INFLATE_STEP_BAD;
	} while (s->at == full || at < end);
	*used = (size_t)(at - input.data);
	return state_tell(s);
}

uint32_t
rmn_inflate_crc(const struct rmn_inflate *i)
{
	return i->crc;
}

uint64_t
rmn_inflate_size(const struct rmn_inflate *i)
{
	return i->size_bytes;
}

static bool
take_output(void *context, struct rmn_bytes output)
{
	struct rmn_buf *out = context;

	rmn_buf_append(out, output);
	return !out->failed;
}

enum rmn_inflate_state
rmn_inflate_append(struct rmn_bytes input, struct rmn_buf *out)
{
	struct rmn_inflate *inflate = rmn_inflate_new();
	enum rmn_inflate_state state = RMN_INFLATE_BAD;
	size_t used;

	if (inflate)
		state = rmn_inflate_feed(inflate, input, &used, take_output, out);
	rmn_inflate_free(inflate);
	return state;
}

bool
rmn_inflate_whole(struct rmn_inflate *i, struct rmn_bytes input, size_t out_limit,
    struct rmn_buf *out, size_t *used)
{
	size_t got = 0;

	if (!i->whole)
		i->whole = libdeflate_alloc_decompressor();
	rmn_buf_clear(out);
	if (!i->whole || !rmn_buf_reserve(out, out_limit + 1))
		return false;
	if (libdeflate_deflate_decompress_ex(i->whole, input.data, input.size, out->data,
	    out_limit, used, &got) != LIBDEFLATE_SUCCESS)
		return false;
	out->size = got;
	return true;
}

uint32_t
rmn_crc32_join(uint32_t crc_a, uint32_t crc_b, uint64_t size_b)
{
	return (uint32_t)crc32_combine64(crc_a, crc_b, (z_off64_t)size_b);
}
