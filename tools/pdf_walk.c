/* SPDX-License-Identifier: MIT */
#include "pdf_walk.h"

#include <stdlib.h>

#include "base/limits.h"

/* Trees of honest producers have three or four levels. */
#define DEPTH_MAX 64

bool
pdf_seen_init(struct pdf_seen *seen, fz_context *ctx, pdf_document *document)
{
	int count = pdf_xref_len(ctx, document);

	*seen = (struct pdf_seen){.count = count > 0 ? count : 1};
	seen->bits = calloc((size_t)seen->count / 8 + 1, 1);
	return seen->bits != NULL;
}

void
pdf_seen_release(struct pdf_seen *seen)
{
	free(seen->bits);
}

bool
pdf_seen_add(fz_context *ctx, struct pdf_seen *seen, pdf_obj *object)
{
	int number = pdf_to_num(ctx, object);
	unsigned char bit = (unsigned char)(1 << (number % 8));

	if (number <= 0)
		return true;
	if (number >= seen->count || (seen->bits[number / 8] & bit))
		return false;
	seen->bits[number / 8] |= bit;
	return true;
}

static void
pages_add(fz_context *ctx, struct pdf_pages *pages, pdf_obj *page)
{
	if (pages->count == RMN_LIMIT_PDF_PAGES) {
		pages->is_cut = true;
		return;
	}
	if (pages->count == pages->capacity) {
		size_t capacity = pages->capacity ? pages->capacity * 2 : 64;

		pages->items = fz_realloc_array(ctx, pages->items, capacity, pdf_obj *);
		pages->capacity = capacity;
	}
	pages->items[pages->count++] = pdf_keep_obj(ctx, page);
}

/* Whether it is a page by what it says or by what it has. */
static bool
is_page(fz_context *ctx, pdf_obj *node)
{
	pdf_obj *type = pdf_dict_get(ctx, node, PDF_NAME(Type));

	return pdf_name_eq(ctx, type, PDF_NAME(Page)) ||
	       (!pdf_name_eq(ctx, type, PDF_NAME(Pages)) &&
		   !pdf_dict_get(ctx, node, PDF_NAME(Kids)) && pdf_is_dict(ctx, node));
}

/* One level of the tree. */
struct level {
	pdf_obj *kids;
	int next, count;
};

/* What stands at one place: a page, another level, or nothing that can be read.  Throws. */
static bool
enter_kid(fz_context *ctx, struct pdf_pages *pages, struct pdf_seen *seen, pdf_obj *kid,
    struct level *below)
{
	pdf_obj *kids;

	if (!pdf_is_dict(ctx, kid) || !pdf_seen_add(ctx, seen, kid)) {
		pages->lost++;
		return false;
	}
	if (is_page(ctx, kid)) {
		pages_add(ctx, pages, kid);
		return false;
	}
	kids = pdf_dict_get(ctx, kid, PDF_NAME(Kids));
	*below = (struct level){kids, 0, pdf_array_len(ctx, kids)};
	return true;
}

static void
walk_tree(fz_context *ctx, pdf_document *document, struct pdf_pages *pages, struct pdf_seen *seen)
{
	pdf_obj *root = pdf_dict_get(ctx, pdf_trailer(ctx, document), PDF_NAME(Root));
	pdf_obj *tree = pdf_dict_get(ctx, root, PDF_NAME(Pages));
	int claimed = pdf_dict_get_int(ctx, tree, PDF_NAME(Count));
	struct level levels[DEPTH_MAX];
	size_t depth = 0;

	pages->claimed = claimed > 0 ? (uint32_t)claimed : 0;
	if (!tree || !enter_kid(ctx, pages, seen, tree, &levels[0]))
		return;
	for (;;) {
		struct level *level = &levels[depth];

		if (level->next == level->count) {
			if (depth-- == 0)
				return;
			continue;
		}
		if (depth + 1 == DEPTH_MAX) {
			pages->lost++;
			level->next = level->count;
			continue;
		}
		fz_try(ctx)
			depth += enter_kid(ctx, pages, seen,
			    pdf_array_get(ctx, level->kids, level->next++), &levels[depth + 1]);
		fz_catch(ctx) {
			if (fz_caught(ctx) == FZ_ERROR_MEMORY)
				fz_rethrow(ctx);
			pages->lost++;
		}
	}
}

/* Pages that the tree does not lead to. */
static void
find_orphans(fz_context *ctx, pdf_document *document, struct pdf_pages *pages,
    struct pdf_seen *seen)
{
	int count = pdf_xref_len(ctx, document);

	for (int number = 1; number < count; number++) {
		pdf_obj *object = NULL;

		fz_var(object);
		fz_try(ctx) {
			object = pdf_new_indirect(ctx, document, number, 0);
			if (pdf_name_eq(ctx, pdf_dict_get(ctx, object, PDF_NAME(Type)),
			    PDF_NAME(Page)) && pdf_seen_add(ctx, seen, object))
				pages_add(ctx, pages, object);
		}
		fz_always(ctx)
			pdf_drop_obj(ctx, object);
		fz_catch(ctx)
			if (fz_caught(ctx) == FZ_ERROR_MEMORY)
				fz_rethrow(ctx);
	}
}

void
pdf_pages_find(fz_context *ctx, pdf_document *document, struct pdf_pages *pages)
{
	struct pdf_seen seen;

	if (!pdf_seen_init(&seen, ctx, document))
		fz_throw(ctx, FZ_ERROR_MEMORY, "no memory for pages");
	fz_try(ctx) {
		walk_tree(ctx, document, pages, &seen);
		if (pages->count == 0 || pages->lost > 0 || pages->count < pages->claimed ||
		    pdf_was_repaired(ctx, document))
			find_orphans(ctx, document, pages, &seen);
	}
	fz_always(ctx)
		pdf_seen_release(&seen);
	fz_catch(ctx)
		fz_rethrow(ctx);
}

void
pdf_pages_release(fz_context *ctx, struct pdf_pages *pages)
{
	for (size_t i = 0; i < pages->count; i++)
		pdf_drop_obj(ctx, pages->items[i]);
	fz_free(ctx, pages->items);
	*pages = (struct pdf_pages){.items = NULL};
}
