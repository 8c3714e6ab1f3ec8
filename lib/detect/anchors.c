/* SPDX-License-Identifier: MIT
 *
 * Anchors by bit masks of 64 bytes: one bit a byte, made with AVX2 where the processor has it, and
 * the same arithmetic on the masks everywhere.  What shapes look like across two blocks is kept by
 * shifting the block before in. */
#include "detect/anchors.h"

#include <string.h>

#define BLOCK 64u

#if defined(__x86_64__)
#include <immintrin.h>
#define HAVE_AVX2 1
#endif

/* One bit for each byte of a block. */
struct masks {
	uint64_t digit, at, high;
};

/* Second bytes of full-width digits of two bytes (CP932 82 4F-58, EUC-JP A3 B0-B9, UTF-16 FF 10-19
 * in either order) and third bytes of those of three (UTF-8 EF BC 90-99). */
struct full_masks {
	uint64_t two, three;
};

struct scan {
	struct masks before;
	struct full_masks full_before;
	uint64_t three_before, wide_before, runs_before;
	rmn_anchor_fn found;
	void *context;
};

/* p has BLOCK readable bytes, and two before it. */
typedef void (*masks_fn)(const unsigned char *p, struct masks *m);
typedef void (*full_masks_fn)(const unsigned char *p, struct full_masks *m);

static inline bool
is_ten(unsigned char c, unsigned char first)
{
	return (unsigned char)(c - first) < 10;
}

/* The mask as seen k bytes later. */
static inline uint64_t
later(uint64_t mask, uint64_t before, unsigned k)
{
	return mask << k | before >> (BLOCK - k);
}

static inline void
announce(const struct scan *s, enum rmn_anchor_kind kind, size_t at, uint64_t mask)
{
	while (mask) {
		s->found(s->context, kind, at + (unsigned)__builtin_ctzll(mask));
		mask &= mask - 1;
	}
}

static inline __attribute__((always_inline)) void
scan_digits(struct scan *s, uint64_t d, size_t base)
{
	uint64_t b = s->before.digit;
	uint64_t one = later(d, b, 1);
	uint64_t two = d & one;
	uint64_t two_before = b & b << 1;
	uint64_t three = two & later(d, b, 2);
	uint64_t wide = d & later(d, b, 2) & later(d, b, 4) & ~one & ~later(d, b, 3);

	/* dd.dd.dd: two digits, three times, three bytes apart */
	three |= two & later(two, two_before, 3) & later(two, two_before, 6);
	if (three | wide) {
		announce(s, RMN_ANCHOR_DIGITS, base, three & ~later(three, s->three_before, 1));
		announce(s, RMN_ANCHOR_WIDE, base, wide & ~later(wide, s->wide_before, 2));
	}
	s->three_before = three;
	s->wide_before = wide;
}

static inline __attribute__((always_inline)) void
scan_full(struct scan *s, const struct full_masks *m, size_t base)
{
	const struct full_masks *b = &s->full_before;
	uint64_t runs = (m->two & later(m->two, b->two, 2) & later(m->two, b->two, 4)) |
	    (m->three & later(m->three, b->three, 3) & later(m->three, b->three, 6));

	if (runs)
		announce(s, RMN_ANCHOR_FULLWIDTH, base, runs & ~later(runs, s->runs_before, 2) &
		    ~later(runs, s->runs_before, 3));
	s->runs_before = runs;
	s->full_before = *m;
}

/* Before '@' printable ASCII, after it a letter or digit; or 0 (UTF-16).  Seen from the byte after,
 * so that nothing ahead of the block is needed. */
static inline void
scan_mail(const struct scan *s, const unsigned char *p, size_t base, uint64_t mask)
{
	for (; mask; mask &= mask - 1) {
		unsigned i = (unsigned)__builtin_ctzll(mask);
		unsigned char before = p[(int)i - 2], after = p[i];

		if (before != 0 && (before <= ' ' || before >= 0x7f))
			continue;
		if (after == 0 || is_ten(after, '0') || (unsigned char)((after | 32) - 'a') < 26)
			s->found(s->context, RMN_ANCHOR_MAIL, base + i - 1);
	}
}

static inline __attribute__((always_inline)) void
scan_block(struct scan *s, const unsigned char *p, size_t base, masks_fn make,
    full_masks_fn make_full)
{
	struct full_masks full = { 0, 0 };
	struct masks m;
	uint64_t mail;

	make(p, &m);
	mail = later(m.at, s->before.at, 1);
	if (mail)
		scan_mail(s, p, base, mail);
	scan_digits(s, m.digit, base);
	if (m.high | s->before.high)
		make_full(p, &full);
	if (full.two | full.three | s->runs_before | s->full_before.two | s->full_before.three)
		scan_full(s, &full, base);
	s->before = m;
}

/* All blocks.  The first and the last, which have too little around them, are copied. */
static inline __attribute__((always_inline)) void
scan_all(struct rmn_bytes bytes, rmn_anchor_fn found, void *context, masks_fn make,
    full_masks_fn make_full)
{
	struct scan s = { .found = found, .context = context };

	for (size_t base = 0; base < bytes.size; base += BLOCK) {
		unsigned char copy[2 + BLOCK] = { 0 };
		size_t left = bytes.size - base;

		if (base && left >= BLOCK) {
			scan_block(&s, bytes.data + base, base, make, make_full);
			continue;
		}
		if (base)
			memcpy(copy, bytes.data + base - 2, 2);
		memcpy(copy + 2, bytes.data + base, left < BLOCK ? left : BLOCK);
		scan_block(&s, copy + 2, base, make, make_full);
	}
}

static inline void
masks_portable(const unsigned char *p, struct masks *m)
{
	memset(m, 0, sizeof(*m));
	for (unsigned i = 0; i < BLOCK; i++) {
		unsigned char c = p[i];

		m->digit |= (uint64_t)is_ten(c, '0') << i;
		m->at |= (uint64_t)(c == '@') << i;
		m->high |= (uint64_t)(c >> 7) << i;
	}
}

static inline void
full_masks_portable(const unsigned char *p, struct full_masks *m)
{
	memset(m, 0, sizeof(*m));
	for (int i = 0; i < (int)BLOCK; i++) {
		unsigned char c = p[i], lead = p[i - 1];
		bool two = (lead == 0x82 && is_ten(c, 0x4f)) || (lead == 0xa3 && is_ten(c, 0xb0)) ||
		    (is_ten(lead, 0x10) && c == 0xff) || (lead == 0xff && is_ten(c, 0x10));

		m->two |= (uint64_t)two << i;
		m->three |= (uint64_t)(p[i - 2] == 0xef && lead == 0xbc && is_ten(c, 0x90)) << i;
	}
}

void
rmn_anchors_find_portable(struct rmn_bytes bytes, rmn_anchor_fn found, void *context)
{
	scan_all(bytes, found, context, masks_portable, full_masks_portable);
}

#ifdef HAVE_AVX2
#define AVX2 __attribute__((target("avx2")))
#define AVX2_INLINE AVX2 __attribute__((always_inline)) static inline

AVX2_INLINE __m256i
load(const unsigned char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* One bit for each of the two halves' bytes. */
AVX2_INLINE uint64_t
bits_of(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) |
	    (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

AVX2_INLINE __m256i
equal(__m256i v, char c)
{
	return _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c));
}

/* Bytes of the `count` values from first on: min(b - first, count - 1) == b - first, unsigned. */
AVX2_INLINE __m256i
from(__m256i v, char first, char count)
{
	__m256i moved = _mm256_sub_epi8(v, _mm256_set1_epi8(first));

	return _mm256_cmpeq_epi8(_mm256_min_epu8(moved, _mm256_set1_epi8((char)(count - 1))), moved);
}

AVX2_INLINE void
masks_avx2(const unsigned char *p, struct masks *m)
{
	__m256i low = load(p), high = load(p + 32);

	m->digit = bits_of(from(low, '0', 10), from(high, '0', 10));
	m->at = bits_of(equal(low, '@'), equal(high, '@'));
	m->high = bits_of(low, high);
}

AVX2_INLINE __m256i
full_two(__m256i v, __m256i lead)
{
	__m256i cp = _mm256_and_si256(equal(lead, (char)0x82), from(v, 0x4f, 10));
	__m256i euc = _mm256_and_si256(equal(lead, (char)0xa3), from(v, (char)0xb0, 10));
	__m256i le = _mm256_and_si256(from(lead, 0x10, 10), equal(v, (char)0xff));
	__m256i be = _mm256_and_si256(equal(lead, (char)0xff), from(v, 0x10, 10));

	return _mm256_or_si256(_mm256_or_si256(cp, euc), _mm256_or_si256(le, be));
}

AVX2_INLINE __m256i
full_three(__m256i v, __m256i middle, __m256i lead)
{
	return _mm256_and_si256(_mm256_and_si256(equal(lead, (char)0xef),
	    equal(middle, (char)0xbc)), from(v, (char)0x90, 10));
}

AVX2_INLINE void
full_masks_avx2(const unsigned char *p, struct full_masks *m)
{
	__m256i low = load(p), low_1 = load(p - 1), high = load(p + 32), high_1 = load(p + 31);

	m->two = bits_of(full_two(low, low_1), full_two(high, high_1));
	m->three = bits_of(full_three(low, low_1, load(p - 2)),
	    full_three(high, high_1, load(p + 30)));
}

AVX2 static void
find_avx2(struct rmn_bytes bytes, rmn_anchor_fn found, void *context)
{
	scan_all(bytes, found, context, masks_avx2, full_masks_avx2);
}
#endif

void
rmn_anchors_find(struct rmn_bytes bytes, rmn_anchor_fn found, void *context)
{
#ifdef HAVE_AVX2
	if (__builtin_cpu_supports("avx2")) {
		find_avx2(bytes, found, context);
		return;
	}
#endif
	rmn_anchors_find_portable(bytes, found, context);
}
