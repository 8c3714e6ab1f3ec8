/* SPDX-License-Identifier: MIT */
#include "pdf_attached.h"

#include "base/limits.h"
#include "base/time.h"
#include "format/pdf/pdf_protocol.h"
#include "pdf_string.h"

#define DEPTH_MAX 32

struct giving {
	struct pdf_out *out;
	struct pdf_seen seen;		/* file streams and tree nodes */
	uint32_t lost;
};

static int64_t
time_of(fz_context *ctx, pdf_obj *parameters, pdf_obj *key)
{
	int64_t seconds = pdf_dict_get(ctx, parameters, key)
			      ? pdf_dict_get_date(ctx, parameters, key) : -1;

	return seconds > 0 ? rmn_time_from_unix(seconds, 0) : RMN_TIME_UNKNOWN;
}

/* Sends the bytes as they come, so that a bomb fills neither this process nor the next.  Throws. */
static enum rmn_status
copy_stream(fz_context *ctx, struct giving *g, fz_stream *stream)
{
	unsigned char piece[16384];
	uint64_t total = 0;
	size_t got;

	while ((got = fz_read(ctx, stream, piece, sizeof(piece))) > 0) {
		total += got;
		if (total > RMN_LIMIT_WHOLE_ITEM_BYTES)
			return RMN_LIMIT;
		rmn_pdf_write_member_data(&g->out->message, (struct rmn_bytes){piece, got});
		pdf_out_flush(g->out);
	}
	return RMN_OK;
}

static void
send_bytes(fz_context *ctx, struct giving *g, pdf_obj *file)
{
	const unsigned lost = g->out->lost_data;
	enum rmn_status end = RMN_OK;
	fz_stream *stream = NULL;

	fz_var(stream);
	fz_var(end);
	fz_try(ctx) {
		stream = pdf_open_stream(ctx, file);
		end = copy_stream(ctx, g, stream);
	}
	fz_always(ctx)
		fz_drop_stream(ctx, stream);
	fz_catch(ctx)
		end = RMN_CORRUPT;
	fz_flush_warnings(ctx);
	if (end == RMN_OK && g->out->lost_data != lost)
		end = RMN_CORRUPT;
	rmn_pdf_write_member_end(&g->out->message, end);
}

static pdf_obj *
file_stream(fz_context *ctx, pdf_obj *specification)
{
	static const char *const keys[] = {"UF", "F", "Unix", "DOS", "Mac"};
	pdf_obj *files = pdf_dict_get(ctx, specification, PDF_NAME(EF));

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		pdf_obj *file = pdf_dict_gets(ctx, files, keys[i]);

		if (pdf_is_stream(ctx, file))
			return file;
	}
	return NULL;
}

static void
file_name(fz_context *ctx, pdf_obj *specification, pdf_obj *fallback, struct rmn_buf *name)
{
	static const char *const keys[] = {"UF", "F", "Unix", "DOS", "Mac", "Desc"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (pdf_string_append_line(ctx, pdf_dict_gets(ctx, specification, keys[i]), name))
			return;
	pdf_string_append_line(ctx, fallback, name);
}

static void
give_stream(fz_context *ctx, struct giving *g, pdf_obj *specification, pdf_obj *fallback,
    pdf_obj *file)
{
	pdf_obj *parameters = pdf_dict_get(ctx, file, PDF_NAME(Params));
	pdf_obj *size = pdf_dict_get(ctx, parameters, PDF_NAME(Size));
	struct rmn_pdf_member member = {
		.size_bytes = size ? (uint64_t)pdf_to_int64(ctx, size) : UINT64_MAX,
		.created = time_of(ctx, parameters, PDF_NAME(CreationDate)),
		.modified = time_of(ctx, parameters, PDF_NAME(ModDate)),
	};
	struct rmn_buf name;

	rmn_buf_init(&name, RMN_LIMIT_PATH_BYTES);
	fz_try(ctx) {
		file_name(ctx, specification, fallback, &name);
		member.name = rmn_buf_bytes(&name);
		rmn_pdf_write_member(&g->out->message, &member);
		send_bytes(ctx, g, file);
	}
	fz_always(ctx)
		rmn_buf_release(&name);
	fz_catch(ctx)
		fz_rethrow(ctx);
}

static void
give_file(fz_context *ctx, struct giving *g, pdf_obj *specification, pdf_obj *fallback)
{
	pdf_obj *file = file_stream(ctx, specification);

	if (!pdf_dict_get(ctx, specification, PDF_NAME(EF)))
		return;			/* names a file that is elsewhere */
	if (!file)
		g->lost++;
	else if (pdf_seen_add(ctx, &g->seen, file))
		give_stream(ctx, g, specification, fallback, file);
}

/* Damage at one place loses that file only. */
static void
try_file(fz_context *ctx, struct giving *g, pdf_obj *specification, pdf_obj *fallback)
{
	fz_try(ctx)
		give_file(ctx, g, specification, fallback);
	fz_catch(ctx) {
		if (fz_caught(ctx) == FZ_ERROR_MEMORY)
			fz_rethrow(ctx);
		g->lost++;
	}
}

static void
give_names(fz_context *ctx, struct giving *g, pdf_obj *node)
{
	pdf_obj *names = pdf_dict_get(ctx, node, PDF_NAME(Names));

	for (int i = 0, n = pdf_array_len(ctx, names); i + 1 < n; i += 2)
		try_file(ctx, g, pdf_array_get(ctx, names, i + 1), pdf_array_get(ctx, names, i));
}

struct level {
	pdf_obj *kids;
	int next;
};

static void
give_tree(fz_context *ctx, struct giving *g, pdf_obj *tree)
{
	struct level levels[DEPTH_MAX] = {{pdf_dict_get(ctx, tree, PDF_NAME(Kids)), 0}};
	size_t depth = 0;

	give_names(ctx, g, tree);
	for (;;) {
		struct level *level = &levels[depth];
		pdf_obj *node;

		if (level->next == pdf_array_len(ctx, level->kids)) {
			if (depth-- == 0)
				return;
			continue;
		}
		node = pdf_array_get(ctx, level->kids, level->next++);
		if (!pdf_seen_add(ctx, &g->seen, node))
			continue;
		give_names(ctx, g, node);
		if (depth + 1 < DEPTH_MAX)
			levels[++depth] =
			    (struct level){pdf_dict_get(ctx, node, PDF_NAME(Kids)), 0};
		else
			g->lost++;
	}
}

static void
give_array(fz_context *ctx, struct giving *g, pdf_obj *files)
{
	for (int i = 0, n = pdf_array_len(ctx, files); i < n; i++)
		try_file(ctx, g, pdf_array_get(ctx, files, i), NULL);
}

static void
give_page(fz_context *ctx, struct giving *g, pdf_obj *page)
{
	pdf_obj *annotations = pdf_dict_get(ctx, page, PDF_NAME(Annots));

	give_array(ctx, g, pdf_dict_gets(ctx, page, "AF"));
	for (int i = 0, n = pdf_array_len(ctx, annotations); i < n; i++) {
		pdf_obj *annotation = pdf_array_get(ctx, annotations, i);
		pdf_obj *content = pdf_dict_gets(ctx, annotation, "RichMediaContent");

		if (pdf_dict_get(ctx, annotation, PDF_NAME(FS)))
			try_file(ctx, g, pdf_dict_get(ctx, annotation, PDF_NAME(FS)), NULL);
		if (content)
			give_tree(ctx, g, pdf_dict_gets(ctx, content, "Assets"));
	}
}

uint32_t
pdf_attached_write(fz_context *ctx, pdf_document *document, const struct pdf_pages *pages,
    struct pdf_out *out)
{
	pdf_obj *root = pdf_dict_get(ctx, pdf_trailer(ctx, document), PDF_NAME(Root));
	pdf_obj *names = pdf_dict_get(ctx, root, PDF_NAME(Names));
	struct giving g = {.out = out};

	if (!pdf_seen_init(&g.seen, ctx, document))
		fz_throw(ctx, FZ_ERROR_MEMORY, "no memory for attached files");
	fz_try(ctx) {
		give_tree(ctx, &g, pdf_dict_get(ctx, names, PDF_NAME(EmbeddedFiles)));
		give_array(ctx, &g, pdf_dict_gets(ctx, root, "AF"));
		for (size_t i = 0; i < pages->count; i++)
			give_page(ctx, &g, pages->items[i]);
	}
	fz_always(ctx)
		pdf_seen_release(&g.seen);
	fz_catch(ctx)
		fz_rethrow(ctx);
	return g.lost;
}
