/* SPDX-License-Identifier: MIT
 *
 * TIFF and BigTIFF, both byte orders, and the raw camera formats made of them: every directory
 * reachable from the header (chains, SubIFDs, EXIF, GPS); the end is the highest byte that any of
 * them, a value, a strip or a tile needs.  Directories and compressed strips that stand where they
 * must are the proof that the file lies in one piece. */
#include "base/checked.h"
#include "carve/window.h"

#define DIRECTORIES_MAX 1024u
#define VALUES_MAX (1u << 22)		/* strips and tiles of one directory */
#define BATCH 256u
#define STRIP_CHECKS 4096u

struct tiff_order {
	bool is_big_endian;
	uint8_t offset_bytes;		/* 4; BigTIFF 8 */
};

struct directory {
	uint64_t width, height, compression, bits, samples, rows;
	struct value { uint64_t at, count; uint8_t size; } offsets, lengths;
};

struct tiff {
	struct rmn_window w, values;
	struct tiff_order order;
	uint64_t todo[DIRECTORIES_MAX];	/* directories found; those before done are read */
	size_t count, done;
	uint64_t end, highest_directory, wrong;
	size_t pictures, checked_strips;
	bool is_cut, is_odd;
};

static uint64_t
number(const struct tiff_order *o, const unsigned char *p, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++)
		value = value << 8 | p[o->is_big_endian ? i : size - 1 - i];
	return value;
}

/* False when the view does not have them: then the file is cut there. */
static bool
number_at(struct tiff *t, struct rmn_window *w, uint64_t at, size_t size, uint64_t *value)
{
	struct rmn_bytes b = rmn_window_bytes(w, at, size);

	if (b.size < size)
		return false;
	*value = number(&t->order, b.data, size);
	return true;
}

static void
end_raise(struct tiff *t, uint64_t offset, uint64_t length)
{
	uint64_t end;

	if (!rmn_add_u64(offset, length, &end))
		t->is_odd = true;
	else if (end > t->end)
		t->end = end;
}

static void
directory_add(struct tiff *t, uint64_t at)
{
	if (at == 0)
		return;
	for (size_t i = 0; i < t->count; i++) {
		if (t->todo[i] == at)
			return;
	}
	if (t->count < DIRECTORIES_MAX)
		t->todo[t->count++] = at;
	else
		t->is_odd = true;
}

static uint8_t
type_bytes(uint64_t type)
{
	static const uint8_t sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

	return type < sizeof(sizes) ? sizes[type] : 0;
}

/* Numbers of directories: SubIFDs, EXIF, GPS, interoperability. */
static bool
is_pointer(uint64_t tag)
{
	return tag == 330 || tag == 34665 || tag == 34853 || tag == 40965;
}

static void
pointers_add(struct tiff *t, const struct value *v)
{
	for (uint64_t i = 0; i < v->count && i < DIRECTORIES_MAX; i++) {
		uint64_t at;

		if (!number_at(t, &t->values, v->at + i * v->size, v->size, &at)) {
			t->is_cut = true;
			return;
		}
		directory_add(t, at);
	}
}

static void
value_keep(struct tiff *t, struct directory *d, uint64_t tag, const struct value *v)
{
	static const struct { uint16_t tag; uint8_t at; } singles[] = {
		{256, 0}, {257, 1}, {258, 2}, {259, 3}, {277, 4}, {278, 5},
	};
	uint64_t *const fields[] = {&d->width, &d->height, &d->bits, &d->compression, &d->samples,
	    &d->rows};

	for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++) {
		if (singles[i].tag == tag && v->count > 0)
			number_at(t, &t->values, v->at, v->size, fields[singles[i].at]);
	}
	if (tag == 273 || tag == 324 || tag == 513)
		d->offsets = *v;
	else if (tag == 279 || tag == 325 || tag == 514)
		d->lengths = *v;
	else if (is_pointer(tag))
		pointers_add(t, v);
}

/* One entry of a directory; false: it is none. */
static bool
entry_read(struct tiff *t, uint64_t at, struct directory *d, uint64_t *last_tag)
{
	size_t word = t->order.offset_bytes;
	uint64_t tag, type, count, bytes;
	struct value v;

	if (!number_at(t, &t->w, at, 2, &tag) || !number_at(t, &t->w, at + 2, 2, &type) ||
	    !number_at(t, &t->w, at + 4, word, &count))
		return false;
	v = (struct value){at + 4 + word, count, type_bytes(type)};
	/* Writers of private tags use types of their own; their bytes cannot be followed. */
	if (tag < *last_tag || (v.size == 0 && tag < 32768))
		return false;
	*last_tag = tag;
	if (v.size == 0)
		return true;
	if (!rmn_mul_u64(count, v.size, &bytes))
		return false;
	if (bytes > word) {
		if (!number_at(t, &t->w, at + 4 + word, word, &v.at))
			return false;
		end_raise(t, v.at, bytes);
	}
	value_keep(t, d, tag, &v);
	return true;
}

/* Whether compressed data can begin like this. */
static bool
strip_is_right(struct tiff *t, uint64_t compression, uint64_t at)
{
	struct rmn_bytes b = rmn_window_bytes(&t->w, at, 2);

	if (b.size < 2)
		return false;
	if (compression == 5)		/* LZW starts with a clear code, 9 bits or 12 */
		return b.data[0] == 0x80 || (b.data[0] == 0 && (b.data[1] & 1));
	if (compression == 8 || compression == 32946)
		return (b.data[0] & 0x0F) == 8 && ((unsigned)b.data[0] << 8 | b.data[1]) % 31 == 0;
	return b.data[0] == 0xFF && b.data[1] == 0xD8;
}

static bool
is_checkable(uint64_t compression)
{
	return compression == 5 || compression == 7 || compression == 8 || compression == 32946;
}

/* count numbers of an array from index on; false when the view does not have them. */
static bool
batch_read(struct tiff *t, const struct value *v, uint64_t index, uint64_t count,
    uint64_t numbers[BATCH])
{
	size_t size = (size_t)(count * v->size);
	struct rmn_bytes b = rmn_window_bytes(&t->values, v->at + index * v->size, size);

	if (b.size < size)
		return false;
	for (uint64_t i = 0; i < count; i++)
		numbers[i] = number(&t->order, b.data + i * v->size, v->size);
	return true;
}

static void
strip_follow(struct tiff *t, uint64_t compression, uint64_t offset, uint64_t length,
    bool is_checked)
{
	if (length == 0 || t->wrong != UINT64_MAX)
		return;
	end_raise(t, offset, length);
	if (!is_checked || !is_checkable(compression))
		return;
	if (strip_is_right(t, compression, offset))
		t->checked_strips++;
	else
		t->wrong = offset;
}

static void
strips_follow(struct tiff *t, const struct directory *d)
{
	uint64_t offsets[BATCH], lengths[BATCH], count = d->offsets.count;
	uint64_t step = count / STRIP_CHECKS + 1;

	if (d->lengths.count < count || count > VALUES_MAX) {
		t->is_odd = true;
		return;
	}
	for (uint64_t i = 0; i < count; i += BATCH) {
		uint64_t part = rmn_min_u64(BATCH, count - i);

		if (!batch_read(t, &d->offsets, i, part, offsets) ||
		    !batch_read(t, &d->lengths, i, part, lengths)) {
			t->is_cut = true;
			return;
		}
		for (uint64_t k = 0; k < part; k++)
			strip_follow(t, d->compression, offsets[k], lengths[k],
			    (i + k) % step == 0);
	}
}

static bool
directory_read(struct tiff *t, uint64_t at)
{
	size_t word = t->order.offset_bytes, count_bytes = word == 8 ? 8 : 2;
	struct directory d = {.compression = 1, .bits = 1, .samples = 1};
	uint64_t count, next, last_tag = 0;

	if (!number_at(t, &t->w, at, count_bytes, &count) || count == 0 || count > 4096)
		return false;
	end_raise(t, at, count_bytes + count * (4 + 2 * word) + word);
	for (uint64_t i = 0; i < count; i++) {
		if (!entry_read(t, at + count_bytes + i * (4 + 2 * word), &d, &last_tag))
			return false;
	}
	/* EXIF and the like may end without a next pointer, at the end of the file. */
	if (number_at(t, &t->w, at + count_bytes + count * (4 + 2 * word), word, &next) &&
	    next < t->end + (1ull << 32))
		directory_add(t, next);
	if (at > t->highest_directory)
		t->highest_directory = at;
	if (d.width > 0 && d.height > 0 && d.offsets.count > 0) {
		t->pictures++;
		strips_follow(t, &d);
	}
	return true;
}

static bool
order_read(struct rmn_bytes head, struct tiff_order *order, uint64_t *first)
{
	if (head.size < 16)
		return false;
	order->is_big_endian = head.data[0] == 'M';
	switch (number(order, head.data + 2, 2)) {
	case 42: case 0x4F52: case 0x5352: case 0x55:	/* TIFF; Olympus, Panasonic raw */
		order->offset_bytes = 4;
		*first = number(order, head.data + 4, 4);
		break;
	case 43:
		order->offset_bytes = 8;
		*first = number(order, head.data + 8, 8);
		if (number(order, head.data + 4, 4) != (order->is_big_endian ? 0x80000u : 8u))
			return false;
		break;
	default:
		return false;
	}
	return *first >= 8;
}

static void
tiff_judge(struct tiff *t, const struct rmn_view *view, struct rmn_proven *proven)
{
	if (t->wrong != UINT64_MAX || t->is_cut) {
		rmn_proven_break(view, proven, 8, t->wrong == UINT64_MAX ? t->end : t->wrong);
		return;
	}
	/* Only what stands behind the pixels, or inside them, shows that they are in one piece. */
	if (!t->is_odd && (t->highest_directory > t->end / 2 || t->checked_strips > 1))
		rmn_proven_end(view, proven, RMN_PROOF_STRUCTURE, t->end);
	else
		rmn_proven_end(view, proven, RMN_PROOF_PLAUSIBLE, t->end);
}

void
rmn_walk_tiff(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	struct tiff t = {.wrong = UINT64_MAX};
	uint64_t first;

	rmn_window_init(&t.w, view, tools, &tools->buffer);
	rmn_window_init(&t.values, view, tools, &tools->more);
	if (!order_read(rmn_window_bytes(&t.w, 0, 16), &t.order, &first))
		return;
	directory_add(&t, first);
	for (; t.done < t.count; t.done++) {
		if (directory_read(&t, t.todo[t.done]))
			continue;
		if (t.done == 0) {
			rmn_proven_break(view, proven, 8, first);
			return;
		}
		t.wrong = rmn_min_u64(t.wrong, t.todo[t.done]);
	}
	if (t.pictures == 0)
		return;
	tiff_judge(&t, view, proven);
}
