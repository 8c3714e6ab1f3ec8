/* SPDX-License-Identifier: MIT
 *
 * The vectorscan adapter.  Plain literals in block mode: HS_FLAG_SOM_LEFTMOST costs most of the
 * speed, and the start of a literal follows from its end anyway.  Only the heads of the literals
 * are compiled and the rest is compared here: compiling 800 whole ones takes 150 to 400 ms, heads
 * of six bytes less than 10 ms. */
#include "detect/literals.h"

#include <hs/hs.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "detect/encode.h"

#define HEAD_BYTES 6u

/* Literals that begin alike; they stand together in `items`. */
struct head {
	unsigned first, count;
	unsigned size;
};

struct rmn_literals {
	struct rmn_arena *arena;
	struct rmn_encoder *encoder;	/* until compiled */
	struct rmn_literal *items;
	size_t count, capacity;
	struct head *heads;		/* in the arena */
	size_t head_count;
	hs_database_t *database;
};

struct rmn_literal_scan {
	const struct rmn_literals *literals;
	hs_scratch_t *scratch;
};

#define ARENA_CAP (16u << 20)

struct rmn_literals *
rmn_literals_new(void)
{
	struct rmn_literals *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->arena = rmn_arena_new(ARENA_CAP);
	l->encoder = rmn_encoder_new();
	if (!l->arena || !l->encoder) {
		rmn_literals_free(l);
		return NULL;
	}
	return l;
}

void
rmn_literals_free(struct rmn_literals *literals)
{
	if (!literals)
		return;
	hs_free_database(literals->database);
	rmn_encoder_free(literals->encoder);
	rmn_arena_free(literals->arena);
	free(literals->items);
	free(literals);
}

static struct rmn_literal *
find_same(struct rmn_literals *l, const struct rmn_literal *wanted)
{
	for (size_t i = 0; i < l->count; i++)
		if (rmn_bytes_equal(l->items[i].bytes, wanted->bytes) &&
		    l->items[i].any_case == wanted->any_case)
			return &l->items[i];
	return NULL;
}

static bool
add_rule(struct rmn_literals *l, struct rmn_literal *literal, uint16_t rule)
{
	uint16_t *rules;

	for (size_t i = 0; i < literal->rule_count; i++)
		if (literal->rules[i] == rule)
			return true;
	rules = rmn_arena_alloc(l->arena, literal->rule_count + 1, sizeof(*rules));
	if (!rules)
		return false;
	if (literal->rule_count)
		memcpy(rules, literal->rules, literal->rule_count * sizeof(*rules));
	rules[literal->rule_count++] = rule;
	literal->rules = rules;
	return true;
}

/* Adds one form; literal->bytes is copied. */
static bool
add_form(struct rmn_literals *l, struct rmn_literal form, uint16_t rule)
{
	struct rmn_literal *same = find_same(l, &form);

	if (form.bytes.size < 2 || form.bytes.size > RMN_LITERAL_MAX)
		return true;
	if (same)
		return add_rule(l, same, rule);
	if (l->count == l->capacity) {
		size_t capacity = l->capacity ? l->capacity * 2 : 256;
		struct rmn_literal *items = reallocarray(l->items, capacity, sizeof(*items));

		if (!items)
			return false;
		l->items = items;
		l->capacity = capacity;
	}
	form.bytes = rmn_arena_copy(l->arena, form.bytes);
	if (!form.bytes.data)
		return false;
	l->items[l->count] = form;
	return add_rule(l, &l->items[l->count++], rule);
}

static bool
is_ascii(struct rmn_bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] >= 0x80)
			return false;
	return true;
}

bool
rmn_literals_add(struct rmn_literals *literals, struct rmn_bytes text, bool any_case,
    uint16_t rule)
{
	static const enum rmn_encoding encodings[] = { RMN_UTF8, RMN_CP932, RMN_EUC_JP,
		RMN_ISO_2022_JP, RMN_UTF16LE, RMN_UTF16BE };
	bool ascii = is_ascii(text), ok = true;
	struct rmn_buf bytes;

	rmn_buf_init(&bytes, 0);
	for (size_t i = 0; ok && i < sizeof(encodings) / sizeof(encodings[0]); i++) {
		enum rmn_encoding e = encodings[i];
		bool wide = e == RMN_UTF16LE || e == RMN_UTF16BE;

		/* ASCII is the same everywhere, and UTF-16 without its last zero in both orders */
		if (ascii && e != RMN_UTF8 && e != RMN_UTF16LE)
			continue;
		rmn_buf_clear(&bytes);
		if (!rmn_encode(literals->encoder, text, e, &bytes))
			continue;
		if (ascii && wide)
			bytes.size--;
		ok = add_form(literals, (struct rmn_literal){
		    /* vectorscan takes no literal that begins with a zero */
		    .bytes = rmn_bytes_after(rmn_buf_bytes(&bytes), bytes.size && !bytes.data[0]),
		    .family = wide ? RMN_FAMILY_WIDE : RMN_FAMILY_BYTES,
		    .low = e == RMN_UTF16BE && bytes.size && bytes.data[0],
		    .any_case = any_case && ascii,
		    .is_plain = ascii && e == RMN_UTF8 }, rule);
	}
	rmn_buf_release(&bytes);
	return ok;
}

bool
rmn_literals_add_bytes(struct rmn_literals *literals, struct rmn_bytes bytes, uint16_t rule)
{
	return add_form(literals, (struct rmn_literal){ .bytes = bytes }, rule);
}

/* Full-width '@': the anchors know only the ASCII one. */
static bool
add_full_width_at(struct rmn_literals *l)
{
	static const struct { unsigned char bytes[4]; size_t size; enum rmn_family family; } forms[] = {
		{ { 0xEF, 0xBC, 0xA0 }, 3, RMN_FAMILY_BYTES },
		{ { 0x81, 0x97 }, 2, RMN_FAMILY_BYTES },
		{ { 0xA1, 0xF7 }, 2, RMN_FAMILY_BYTES },
		{ { '!', 'w' }, 2, RMN_FAMILY_BYTES },	/* ISO-2022-JP */
		{ { 0x20, 0xFF }, 2, RMN_FAMILY_WIDE },
		{ { 0xFF, 0x20 }, 2, RMN_FAMILY_WIDE },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (!add_form(l, (struct rmn_literal){ .bytes = { forms[i].bytes, forms[i].size },
		    .family = forms[i].family, .is_at = true,
		    .low = forms[i].bytes[0] == 0xFF }, RMN_LITERAL_LABEL))
			return false;
	return true;
}

static size_t
head_size(const struct rmn_literal *literal)
{
	return literal->bytes.size < HEAD_BYTES ? literal->bytes.size : HEAD_BYTES;
}

static int
compare_heads(const void *a, const void *b)
{
	const struct rmn_literal *x = a, *y = b;
	size_t size = head_size(x) < head_size(y) ? head_size(x) : head_size(y);
	int order = memcmp(x->bytes.data, y->bytes.data, size);

	if (order)
		return order;
	if (head_size(x) != head_size(y))
		return head_size(x) < head_size(y) ? -1 : 1;
	return (int)x->any_case - (int)y->any_case;
}

static void
fill_heads(struct rmn_literals *l)
{
	qsort(l->items, l->count, sizeof(*l->items), compare_heads);
	for (size_t i = 0; i < l->count; i++) {
		if (i > 0 && compare_heads(&l->items[i - 1], &l->items[i]) == 0) {
			l->heads[l->head_count - 1].count++;
			continue;
		}
		l->heads[l->head_count++] = (struct head){ (unsigned)i, 1,
			(unsigned)head_size(&l->items[i]) };
	}
}

static enum rmn_status
compile_heads(struct rmn_literals *l, const char **texts, size_t *sizes, unsigned *flags,
    unsigned *ids, struct rmn_error *error)
{
	hs_compile_error_t *why = NULL;
	enum rmn_status status = RMN_OK;

	for (size_t i = 0; i < l->head_count; i++) {
		const struct rmn_literal *literal = &l->items[l->heads[i].first];

		texts[i] = (const char *)literal->bytes.data;
		sizes[i] = l->heads[i].size;
		flags[i] = literal->any_case ? HS_FLAG_CASELESS : 0;
		ids[i] = (unsigned)i;
	}
	if (hs_compile_lit_multi(texts, flags, ids, sizes, (unsigned)l->head_count, HS_MODE_BLOCK,
	    NULL, &l->database, &why) != HS_SUCCESS)
		status = rmn_fail(error, RMN_CORRUPT, "the words of the rules do not compile: %s",
		    why ? why->message : "no reason given");
	hs_free_compile_error(why);
	return status;
}

enum rmn_status
rmn_literals_compile(struct rmn_literals *literals, struct rmn_error *error)
{
	struct rmn_literals *l = literals;
	const char **texts;
	size_t *sizes;
	unsigned *flags, *ids;

	if (l->database)
		return RMN_OK;
	if (!add_full_width_at(l))
		return rmn_fail(error, RMN_NOMEM, "out of memory for the words of the rules");
	l->heads = rmn_arena_alloc(l->arena, l->count, sizeof(*l->heads));
	texts = rmn_arena_alloc(l->arena, l->count, sizeof(*texts));
	sizes = rmn_arena_alloc(l->arena, l->count, sizeof(*sizes));
	flags = rmn_arena_alloc(l->arena, l->count, sizeof(*flags));
	ids = rmn_arena_alloc(l->arena, l->count, sizeof(*ids));
	if (!l->heads || !texts || !sizes || !flags || !ids)
		return rmn_fail(error, RMN_NOMEM, "out of memory for the words of the rules");
	fill_heads(l);
	rmn_encoder_free(l->encoder);
	l->encoder = NULL;
	return compile_heads(l, texts, sizes, flags, ids, error);
}

const struct rmn_literal *
rmn_literals_at(const struct rmn_literals *literals, unsigned index)
{
	return &literals->items[index];
}

enum rmn_status
rmn_literal_scan_new(const struct rmn_literals *literals, struct rmn_literal_scan **scan,
    struct rmn_error *error)
{
	struct rmn_literal_scan *s = calloc(1, sizeof(*s));

	if (!s || hs_alloc_scratch(literals->database, &s->scratch) != HS_SUCCESS) {
		free(s);
		return rmn_fail(error, RMN_NOMEM, "out of memory for scanning");
	}
	s->literals = literals;
	*scan = s;
	return RMN_OK;
}

void
rmn_literal_scan_free(struct rmn_literal_scan *scan)
{
	if (!scan)
		return;
	hs_free_scratch(scan->scratch);
	free(scan);
}

struct forward {
	const struct rmn_literals *literals;
	struct rmn_bytes bytes;
	rmn_literal_fn found;
	void *context;
};

static bool
stands_at(const struct rmn_literal *literal, struct rmn_bytes bytes, size_t at)
{
	const char *text = (const char *)literal->bytes.data;

	if (bytes.size - at < literal->bytes.size)
		return false;
	if (literal->any_case)
		for (size_t i = 0; i < literal->bytes.size; i++) {
			unsigned char c = bytes.data[at + i];

			if ((c >= 'A' && c <= 'Z' ? c | 32 : c) != (unsigned char)(text[i] >= 'A' &&
			    text[i] <= 'Z' ? text[i] | 32 : text[i]))
				return false;
		}
	else if (memcmp(bytes.data + at, text, literal->bytes.size) != 0)
		return false;
	return true;
}

static int
forward_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
    void *context)
{
	const struct forward *f = context;
	const struct head *head = &f->literals->heads[id];
	size_t at = (size_t)to - head->size;

	(void)from;
	(void)flags;
	for (unsigned i = head->first; i < head->first + head->count; i++)
		if (stands_at(&f->literals->items[i], f->bytes, at))
			f->found(f->context, i, at + f->literals->items[i].bytes.size);
	return 0;
}

enum rmn_status
rmn_literal_scan_run(struct rmn_literal_scan *scan, struct rmn_bytes bytes, rmn_literal_fn found,
    void *context)
{
	struct forward f = { scan->literals, bytes, found, context };

	if (hs_scan(scan->literals->database, (const char *)bytes.data, (unsigned)bytes.size, 0,
	    scan->scratch, forward_match, &f) != HS_SUCCESS)
		return RMN_NOMEM;
	return RMN_OK;
}
