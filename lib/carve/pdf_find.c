/* SPDX-License-Identifier: MIT */
#include "carve/pdf_find.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

#define CHUNK_BYTES ((size_t)64 * 1024)
#define BEFORE 16u			/* "4294967295 65535" */
#define AFTER 16u
#define HITS_MAX ((size_t)1 << 20)
#define TAILS_MAX ((size_t)4096)
#define NEXT_MAX 64u			/* from the end of a stream to the next object */
#define TABLE_MAX (1ull << 20)		/* bytes of a section in front of startxref */

void
rmn_pdf_finds_init(struct rmn_pdf_finds *f)
{
	*f = (struct rmn_pdf_finds){0};
	rmn_buf_init(&f->buffer, 0);
}

void
rmn_pdf_finds_release(struct rmn_pdf_finds *f)
{
	free(f->hits);
	free(f->tails);
	free(f->guesses);
	rmn_pdf_sections_release(&f->sections);
	rmn_buf_release(&f->buffer);
}

/* Room for one more of size bytes; at most max. */
static bool
room_make(struct rmn_pdf_finds *f, void **list, size_t count, size_t *capacity, size_t size,
    size_t max)
{
	size_t more = *capacity ? *capacity * 2 : 64;
	void *grown;

	if (count < *capacity)
		return true;
	if (count >= max)
		return false;
	grown = reallocarray(*list, more, size);
	if (!grown) {
		f->failed = true;
		return false;
	}
	*list = grown;
	*capacity = more;
	return true;
}

/* Objects. */

static const unsigned char *
digits_back(const unsigned char *p, const unsigned char *first, uint64_t *value)
{
	const unsigned char *end = p;
	uint64_t scale = 1;

	*value = 0;
	while (p > first && end - p < 10 && p[-1] >= '0' && p[-1] <= '9') {
		p--;
		*value += (uint64_t)(*p - '0') * scale;
		scale *= 10;
	}
	return p == end ? NULL : p;
}

/* " obj" at p, of which the bytes from first on are there: where its number begins; NULL: no
 * object. */
static const unsigned char *
object_back(const unsigned char *p, const unsigned char *first, uint64_t *number)
{
	uint64_t generation;

	p = digits_back(p, first, &generation);
	if (!p || p == first || p[-1] != ' ')
		return NULL;
	p = digits_back(p - 1, first, number);
	if (!p || *number > UINT32_MAX || (p > first && p[-1] > ' '))
		return NULL;
	return p;
}

/* A section in front of "startxref". */

/* The last place of a word in the bytes that is not part of another; SIZE_MAX: none. */
static size_t
word_last(struct rmn_bytes bytes, const char *word, size_t size)
{
	for (size_t at = bytes.size; at-- > 1;) {
		if (bytes.size - at >= size && bytes.data[at] == (unsigned char)word[0] &&
		    memcmp(bytes.data + at, word, size) == 0 && bytes.data[at - 1] <= ' ')
			return at;
	}
	return SIZE_MAX;
}

/* Reads what stands at place of the disk as a section that ends where startxref stands. */
static bool
section_try(struct rmn_pdf_finds *f, const struct rmn_mender *m, struct rmn_flow *flow,
    uint64_t place, uint64_t startxref)
{
	struct rmn_pdf_sections *s = &f->sections;
	size_t count = s->count, entries = s->entry_count;
	uint64_t number, body, end = 0, data_end;
	struct rmn_pdf_dict dict;
	struct rmn_view view;
	struct rmn_window w;
	struct rmn_pdf_token t;

	if (!rmn_view_open(&view, m->disk, place)) {
		f->failed = true;
		return false;
	}
	rmn_window_init(&w, &view, m->tools, &m->tools->more);
	if (rmn_pdf_object_read(&w, 0, &number, &body)) {
		if (rmn_pdf_body_read(&w, body, false, &dict, &number, &end) ==
		    RMN_PDF_BODY_STREAM && dict.is_xref &&
		    rmn_pdf_xref_stream_read(&w, 0, end, &dict, flow, s, &data_end)) {
			t = rmn_pdf_token_read(&w, data_end);	/* endstream */
			t = rmn_pdf_token_read(&w, t.end);	/* endobj */
			end = t.end;
		}
	} else {
		rmn_pdf_table_read(&w, 0, s, &end);
	}
	end = rmn_pdf_token_read(&w, end).at;
	rmn_view_release(&view);
	if (s->count > count && place + end == startxref)
		return true;
	s->count = count;
	s->entry_count = entries;
	return false;
}

/* Finds the section that ends in front of startxref; its place, 0: none. */
static uint64_t
section_find(struct rmn_pdf_finds *f, const struct rmn_mender *m, uint64_t startxref)
{
	uint64_t size = rmn_min_u64(startxref, TABLE_MAX), found = 0;
	struct rmn_buf bytes;
	struct rmn_flow flow;

	rmn_buf_init(&bytes, 0);
	if (!rmn_flow_init(&flow, RMN_FLOW_ZLIB) || !rmn_buf_reserve(&bytes, (size_t)size)) {
		f->failed = true;
		size = 0;
	}
	/* Most tables are short: look at little first. */
	for (uint64_t part = rmn_min_u64(size, 16384); part > 0 && !found; part *= 8) {
		struct rmn_bytes b = {bytes.data, (size_t)rmn_min_u64(part, size)};
		uint64_t from = startxref - b.size;
		size_t at;

		rmn_disk_read(m->disk, from, bytes.data, b.size);
		m->tools->work += b.size;
		at = word_last(b, "xref", 4);
		if (at != SIZE_MAX && section_try(f, m, &flow, from + at, startxref))
			found = from + at;
		for (size_t i = b.size > 32 ? b.size - 5 : 0, tries = 0; i > BEFORE && !found &&
		    tries < 2; i--) {
			const unsigned char *start;
			uint64_t number;

			if (memcmp(b.data + i, " obj", 4) != 0)
				continue;
			tries++;
			start = object_back(b.data + i, b.data, &number);
			at = start ? (size_t)(start - b.data) : 0;
			if (start && section_try(f, m, &flow, from + at, startxref))
				found = from + at;
		}
		if (part >= size)
			break;
	}
	rmn_flow_release(&flow);
	rmn_buf_release(&bytes);
	return found;
}

/* Tails. */

/* How many of the objects walked so far the entries list where they are; false: one is listed
 * elsewhere among them. */
static bool
entries_agree(const struct rmn_pdf_finds *f, const struct rmn_pdf_tail *t,
    const struct rmn_pdf *pdf, size_t *agreed)
{
	uint64_t end = pdf->stream > 0 ? pdf->stream_end : 0;
	bool has_next = t->offset > end && t->offset - end <= NEXT_MAX;

	*agreed = 0;
	for (size_t i = t->first; i < t->first + t->count; i++) {
		const struct rmn_pdf_entry *e = &f->sections.entries[i];
		size_t object;

		has_next |= e->offset > end && e->offset - end <= NEXT_MAX;
		if (e->offset >= pdf->good)
			continue;
		object = rmn_pdf_object_at(pdf, e->offset);
		if (object == SIZE_MAX || pdf->objects.list[object].number != e->number)
			return false;
		++*agreed;
	}
	/* Behind the stream in which the walk broke, another object or the section itself. */
	return end == 0 || pdf->damaged != UINT64_MAX || has_next || *agreed == 0;
}

/* Another file's section fits that file without any gap. */
static bool
is_of_another(const struct rmn_mender *m, const struct rmn_pdf_tail *t, uint64_t start)
{
	unsigned char head[5];
	uint64_t place = t->place - t->offset;

	return t->place >= t->offset && place != start &&
	    rmn_disk_read(m->disk, place, head, sizeof(head)) && memcmp(head, "%PDF-", 5) == 0;
}

/* Where in the file the section is that startxref names: there, or, behind a linearised file,
 * where the first section says. */
static bool
tail_place(const struct rmn_pdf *pdf, uint64_t named, struct rmn_pdf_tail *t)
{
	t->offset = named;
	for (size_t i = 0; i < pdf->sections.count; i++) {
		const struct rmn_pdf_section *s = &pdf->sections.list[i];

		if (named > s->at || s->at - named > 8)
			continue;
		if (!s->has_prev || pdf->linear_length == 0 || s->prev <= s->at)
			return false;
		t->offset = s->prev;
	}
	return t->offset > 0;
}

static void
tail_add(struct rmn_pdf_finds *f, const struct rmn_mender *m, const struct rmn_pdf *pdf,
    uint64_t start, uint64_t startxref)
{
	struct rmn_pdf_tail t = {.distance = startxref > start ? startxref - start :
	    start - startxref};
	struct rmn_pdf_token named, eof;
	struct rmn_view view;
	struct rmn_window w;
	struct rmn_bytes b;

	if (!rmn_view_open(&view, m->disk, startxref)) {
		f->failed = true;
		return;
	}
	rmn_window_init(&w, &view, m->tools, &m->tools->more);
	named = rmn_pdf_token_read(&w, 9);
	eof.at = rmn_pdf_space_skip(&w, named.end);
	b = rmn_window_bytes(&w, eof.at, 5);
	rmn_view_release(&view);
	if (named.type != RMN_PDF_NUMBER || eof.at - named.end > 8 || b.size < 5 ||
	    memcmp(b.data, "%%EOF", 5) != 0 || !tail_place(pdf, named.value, &t))
		return;
	if (t.offset + 8 >= pdf->good && t.offset <= pdf->good + 8 && pdf->stream == 0) {
		t.is_cut = true;
		t.place = startxref;
		t.prev = UINT64_MAX;
		t.agreed = 1;
		if (room_make(f, (void **)&f->tails, f->tail_count, &f->tail_capacity, sizeof(t),
		    TAILS_MAX))
			f->tails[f->tail_count++] = t;
		return;
	}
	t.place = section_find(f, m, startxref);
	if (t.place == 0)
		return;
	t.first = f->sections.list[f->sections.count - 1].first;
	t.count = f->sections.list[f->sections.count - 1].count;
	t.prev = f->sections.list[f->sections.count - 1].has_prev ?
	    f->sections.list[f->sections.count - 1].prev : UINT64_MAX;
	t.length = t.offset + (startxref - t.place) + eof.at + 5;
	if (t.offset + 32 <= pdf->good)
		return;
	if ((t.place + m->block_bytes - start % m->block_bytes) % m->block_bytes ==
	    t.offset % m->block_bytes &&
	    entries_agree(f, &t, pdf, &t.agreed) && !is_of_another(m, &t, start) &&
	    room_make(f, (void **)&f->tails, f->tail_count, &f->tail_capacity, sizeof(t),
	    TAILS_MAX))
		f->tails[f->tail_count++] = t;
}

/* The pass. */

/* Where a word stands next; NULL: nowhere.  rare: the place of its letter that is rarest in all that may
 * stand on a disk; looking for that alone is many times as fast. */
static const unsigned char *
word_next(const unsigned char *from, const unsigned char *limit, const char *word, size_t size,
    size_t rare)
{
	while ((size_t)(limit - from) >= size) {
		const unsigned char *last = limit - (size - rare), *hit;

		hit = memchr(from + rare, word[rare], (size_t)(last - (from + rare)) + 1);
		if (!hit)
			return NULL;
		if (memcmp(hit - rare, word, size) == 0)
			return hit - rare;
		from = hit - rare + 1;
	}
	return NULL;
}

static void
chunk_search(struct rmn_pdf_finds *f, const struct rmn_mender *m, const struct rmn_pdf *pdf,
    uint64_t start, uint64_t at, size_t before, size_t size)
{
	const unsigned char *first = f->buffer.data, *p = first + before, *end = p + size;
	const unsigned char *limit = first + f->buffer.size, *hit;

	for (hit = p; (hit = word_next(hit, limit, " obj", 4, 3)) && hit < end; hit++) {
		uint64_t number;
		const unsigned char *digits = object_back(hit, first, &number);

		if (!digits || !room_make(f, (void **)&f->hits, f->hit_count, &f->hit_capacity,
		    sizeof(*f->hits), HITS_MAX))
			continue;
		f->hits[f->hit_count++] = (struct rmn_pdf_hit){
		    at - (uint64_t)(p - first) + (uint64_t)(digits - first), (uint32_t)number};
	}
	for (hit = p; (hit = word_next(hit, limit, "startxref", 9, 5)) && hit < end; hit++)
		tail_add(f, m, pdf, start, at + (uint64_t)(hit - p));
}

static int
tail_compare(const void *a, const void *b)
{
	const struct rmn_pdf_tail *x = a, *y = b;

	if (x->agreed != y->agreed)
		return x->agreed > y->agreed ? -1 : 1;
	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

/* The section of an increment, or the last of a linearised file, lists nothing that was walked:
 * the one it names as the one before, or the file's length, speaks for it. */
static void
tails_link(struct rmn_pdf_finds *f, const struct rmn_pdf *pdf)
{
	for (size_t i = 0; i < f->tail_count; i++) {
		struct rmn_pdf_tail *t = &f->tails[i];

		if (t->agreed > 0)
			continue;
		if (pdf->linear_length >= t->length && pdf->linear_length - t->length <= 2)
			t->agreed = pdf->objects.count;
		for (size_t k = 0; k < pdf->sections.count; k++)
			t->agreed += t->prev == pdf->sections.list[k].at;
		for (size_t k = 0; k < f->tail_count && t->agreed == 0; k++)
			t->agreed = f->tails[k].offset == t->prev ? f->tails[k].agreed : 0;
	}
	if (f->tail_count > 0)
		qsort(f->tails, f->tail_count, sizeof(*f->tails), tail_compare);
}

void
rmn_pdf_find(struct rmn_pdf_finds *f, const struct rmn_mender *m, const struct rmn_pdf *pdf,
    uint64_t start, uint64_t from, uint64_t to)
{
	const struct rmn_carve_tools *tools = m->tools;

	while (from < to && !f->failed && (!tools->work_limit || tools->work < tools->work_limit)) {
		uint64_t at = rmn_sectors_next(m->taken, from, to, false);
		uint64_t stop = rmn_sectors_next(m->taken, at, to, true);
		size_t before = (size_t)rmn_min_u64(at, BEFORE);
		size_t size = (size_t)rmn_min_u64(stop - at, CHUNK_BYTES);

		if (size == 0)
			break;
		rmn_buf_clear(&f->buffer);
		if (!rmn_buf_reserve(&f->buffer, before + size + AFTER)) {
			f->failed = true;
			break;
		}
		rmn_disk_read(m->disk, at - before, f->buffer.data, before + size + AFTER);
		f->buffer.size = before + size + AFTER;
		m->tools->work += size;
		chunk_search(f, m, pdf, start, at, before, size);
		from = at + size;
	}
	tails_link(f, pdf);
}

/* Guesses. */

static void
guess_add(struct rmn_pdf_finds *f, uint64_t block, uint64_t place, uint64_t anchor)
{
	if (room_make(f, (void **)&f->guesses, f->guess_count, &f->guess_capacity,
	    sizeof(*f->guesses), HITS_MAX))
		f->guesses[f->guess_count++] = (struct rmn_pdf_guess){block, place, 1, anchor};
}

static int
entry_compare(const void *a, const void *b)
{
	const struct rmn_pdf_entry *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return (x->offset > y->offset) - (x->offset < y->offset);
}

static int
guess_compare(const void *a, const void *b)
{
	const struct rmn_pdf_guess *x = a, *y = b;

	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	if (x->votes != y->votes)
		return x->votes > y->votes ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

/* Joins guesses that say the same. */
static void
guesses_join(struct rmn_pdf_finds *f)
{
	size_t kept = 0;

	if (f->guess_count == 0)
		return;
	for (size_t i = 0; i < f->guess_count; i++)
		f->guesses[i].votes = 1;
	qsort(f->guesses, f->guess_count, sizeof(*f->guesses), guess_compare);
	for (size_t i = 1; i < f->guess_count; i++) {
		struct rmn_pdf_guess *last = &f->guesses[kept], *g = &f->guesses[i];

		if (last->block == g->block && last->place == g->place) {
			last->votes++;
			last->anchor = rmn_min_u64(last->anchor, g->anchor);
		} else {
			f->guesses[++kept] = *g;
		}
	}
	f->guess_count = kept + 1;
	qsort(f->guesses, f->guess_count, sizeof(*f->guesses), guess_compare);
}

/* The entries of a tail, and of the earlier sections of its file, by number: owned by the
 * caller. */
static struct rmn_pdf_entry *
entries_gather(struct rmn_pdf_finds *f, const struct rmn_pdf *pdf, size_t tail, size_t *count)
{
	const struct rmn_pdf_tail *t = &f->tails[tail];
	size_t total = pdf->sections.entry_count + t->count;
	struct rmn_pdf_entry *all;
	uint64_t prev = t->prev;

	for (size_t i = 0; i < f->tail_count; i++)
		total += f->tails[i].count;
	all = calloc(total + 1, sizeof(*all));
	*count = 0;
	if (!all) {
		f->failed = true;
		return NULL;
	}
	for (size_t i = 0; i < pdf->sections.entry_count; i++)
		all[(*count)++] = pdf->sections.entries[i];
	for (size_t i = 0; i < t->count; i++)
		all[(*count)++] = f->sections.entries[t->first + i];
	for (size_t round = 0; prev != UINT64_MAX && round < f->tail_count; round++) {
		size_t i = 0;

		while (i < f->tail_count && f->tails[i].offset != prev)
			i++;
		if (i == f->tail_count || *count + f->tails[i].count > total)
			break;
		for (size_t k = 0; k < f->tails[i].count; k++)
			all[(*count)++] = f->sections.entries[f->tails[i].first + k];
		prev = f->tails[i].prev < prev ? f->tails[i].prev : UINT64_MAX;
	}
	qsort(all, *count, sizeof(*all), entry_compare);
	return all;
}

/* The first entry of a number. */
static size_t
entry_find(const struct rmn_pdf_entry *all, size_t count, uint32_t number)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
rmn_pdf_guess_all(struct rmn_pdf_finds *f, const struct rmn_mender *m, const struct rmn_pdf *pdf,
    uint64_t start, size_t tail)
{
	const struct rmn_pdf_tail *t = &f->tails[tail];
	uint64_t block = m->block_bytes, phase = start % block;
	size_t count;
	struct rmn_pdf_entry *all = entries_gather(f, pdf, tail, &count);

	f->guess_count = 0;
	for (size_t i = 0; all && i < f->hit_count; i++) {
		const struct rmn_pdf_hit *h = &f->hits[i];
		uint64_t inside = (h->place + block - phase) % block;

		for (size_t e = entry_find(all, count, h->number);
		     e < count && all[e].number == h->number; e++) {
			if (all[e].offset % block == inside && all[e].offset < t->length &&
			    h->place >= inside)
				guess_add(f, all[e].offset / block, h->place - inside,
				    all[e].offset);
		}
	}
	free(all);
	guesses_join(f);
	/* The section itself is sure; its file ends in the last of these blocks. */
	for (uint64_t at = t->offset / block; at <= (t->length - 1) / block; at++) {
		uint64_t inside = t->offset % block, from = t->place - inside;

		guess_add(f, at, from + (at - t->offset / block) * block,
		    at == t->offset / block ? t->offset : at * block);
		if (f->guess_count > 0)
			f->guesses[f->guess_count - 1].votes = UINT32_MAX;
	}
	if (f->guess_count > 0)
		qsort(f->guesses, f->guess_count, sizeof(*f->guesses), guess_compare);
}
