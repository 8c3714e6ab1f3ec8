/* SPDX-License-Identifier: MIT
 *
 * Findings between the line they were found in and their turn: an address may start before the
 * number that was found first, and findings go out in the order of their offsets. */
#include "detect/detector.h"

#include <string.h>

#include "base/utf8.h"
#include "detect/mask.h"

#define CONTEXT_MAX 160u
#define CONTEXT_BEFORE 45u		/* bytes of text; shapes of three bytes triple letters */
#define CONTEXT_AFTER 24u

/* Keeps at most one label of the rule; everything else becomes its shape. */
static void
append_context(struct rmn_buf *out, const struct rmn_line *line,
    const struct rmn_detect_rule *rule, size_t from, size_t to)
{
	struct rmn_bytes lower = { line->lower.data + from, to - from };

	for (size_t i = 0; i < rule->labels.count; i++) {
		struct rmn_bytes word = rule->labels.items[i];
		size_t at = rmn_word_find(lower, word, 0);

		if (at == SIZE_MAX)
			continue;
		rmn_mask_shape((struct rmn_bytes){ line->text.data + from, at }, out);
		rmn_utf8_append_escaped(out, (struct rmn_bytes){ line->text.data + from + at,
		    word.size });
		from += at + word.size;
		break;
	}
	rmn_mask_shape((struct rmn_bytes){ line->text.data + from, to - from }, out);
}

static size_t
step_to_character(struct rmn_bytes text, size_t at)
{
	while (at < text.size && (text.data[at] & 0xC0) == 0x80)
		at++;
	return at;
}

static void
keep_context(struct rmn_detector *d, const struct rmn_candidate *c, struct rmn_bytes masked)
{
	const struct rmn_detect_rule *rule = &d->rules->rules[c->rule];
	struct rmn_bytes text = d->line.text;
	size_t from = c->at > CONTEXT_BEFORE ? c->at - CONTEXT_BEFORE : 0;
	size_t to = c->end + CONTEXT_AFTER < text.size ? c->end + CONTEXT_AFTER : text.size;
	size_t start = d->kept.size;
	struct rmn_bytes whole;

	append_context(&d->kept, &d->line, rule, step_to_character(text, from), c->at);
	rmn_buf_append(&d->kept, rmn_utf8_head(masked, 64));
	append_context(&d->kept, &d->line, rule, c->end, step_to_character(text, to));
	whole = (struct rmn_bytes){ d->kept.data + start, d->kept.size - start };
	if (!d->kept.failed)
		d->kept.size = start + rmn_utf8_head(whole, CONTEXT_MAX).size;
}

void
rmn_detector_keep(struct rmn_detector *d, const struct rmn_candidate *c)
{
	const struct rmn_detect_input *in = d->input;
	unsigned char copy[RMN_MASKED_MAX];
	struct rmn_bytes masked = { copy, 0 };
	void *items = d->waiting;
	struct rmn_waiting *w;

	if (c->raw_at < in->skip || c->raw_at >= in->bytes.size - in->tail)
		return;
	if (!rmn_detector_grow(d, &items, d->waiting_count, &d->waiting_capacity, sizeof(*w)))
		return;
	d->waiting = items;
	w = &d->waiting[d->waiting_count];
	w->finding = (struct rmn_finding){ .rule = c->rule, .score = c->score,
		.severity = c->severity, .encoding = (uint8_t)d->line.encoding,
		.reasons = c->reasons, .offset = in->offset + c->raw_at,
		.length_bytes = (uint32_t)c->raw_size };
	w->value = d->kept.size;
	rmn_buf_append(&d->kept, c->value);
	w->masked = d->kept.size;
	rmn_mask_value(c->value, d->rules->rules[c->rule].mask, &d->kept);
	if (d->kept.failed)
		return;
	masked.size = d->kept.size - w->masked;
	memcpy(copy, d->kept.data + w->masked, masked.size);
	w->context = d->kept.size;
	keep_context(d, c, masked);
	w->finding.value.size = w->masked - w->value;
	w->finding.masked.size = w->context - w->masked;
	w->finding.context.size = d->kept.size - w->context;
	d->waiting_count++;
}

static bool
is_before(const struct rmn_finding *x, const struct rmn_finding *y)
{
	return x->offset != y->offset ? x->offset < y->offset : x->rule < y->rule;
}

/* By insertion: lines come in order, and so do nearly all their findings. */
static void
sort_waiting(struct rmn_waiting *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct rmn_waiting w = items[i];
		size_t k = i;

		for (; k > 0 && is_before(&w.finding, &items[k - 1].finding); k--)
			items[k] = items[k - 1];
		items[k] = w;
	}
}

/* Frees the bytes of findings that are gone.  Those that wait were kept last, but not in the order
 * they are in now. */
static void
drop_handed_on(struct rmn_detector *d)
{
	size_t first = d->kept.size;

	for (size_t i = 0; i < d->waiting_count; i++)
		if (d->waiting[i].value < first)
			first = d->waiting[i].value;
	if (first == 0)
		return;
	memmove(d->kept.data, d->kept.data + first, d->kept.size - first);
	d->kept.size -= first;
	for (size_t i = 0; i < d->waiting_count; i++) {
		d->waiting[i].value -= first;
		d->waiting[i].masked -= first;
		d->waiting[i].context -= first;
	}
}

/* Hands on, in order, what no later window can come before. */
void
rmn_detector_flush(struct rmn_detector *d, uint64_t limit, rmn_finding_fn found, void *context)
{
	size_t done = 0, left;

	if (!d->waiting_count)
		return;
	sort_waiting(d->waiting, d->waiting_count);
	for (; done < d->waiting_count && d->waiting[done].finding.offset < limit; done++) {
		struct rmn_waiting *w = &d->waiting[done];
		struct rmn_finding f = w->finding;

		f.value.data = d->kept.data + w->value;
		f.masked.data = d->kept.data + w->masked;
		f.context.data = d->kept.data + w->context;
		found(context, &f);
	}
	left = d->waiting_count - done;
	if (left)
		memmove(d->waiting, d->waiting + done, left * sizeof(*d->waiting));
	d->waiting_count = left;
	drop_handed_on(d);
}
