/* SPDX-License-Identifier: MIT
 *
 * The life of one item: load, hash, identify, read or unpack, search, classify, report. */
#include "examine/examine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/checked.h"
#include "examine/private.h"
#include "inside/inside.h"
#include "unpack/unpack.h"

enum rmn_status
rmn_examiner_new(const struct rmn_examiner_options *options, struct rmn_examiner **examiner,
    struct rmn_error *error)
{
	struct rmn_examiner *e = calloc(1, sizeof(*e));
	enum rmn_status status = RMN_OK;

	if (!e)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	e->options = *options;
	e->sha256 = options->hash_items ? rmn_sha256_new() : NULL;
	e->window = malloc(WINDOW_BYTES + 2 * OVERLAP_BYTES);
	e->classifier = rmn_classifier_new();
	if ((options->hash_items && !e->sha256) || !e->window || !e->classifier)
		status = rmn_fail(error, RMN_NOMEM, "out of memory");
	else if (options->rules)
		status = rmn_detector_new(options->rules, &e->detector, error);
	if (status != RMN_OK) {
		rmn_examiner_free(e);
		return status;
	}
	*examiner = e;
	return RMN_OK;
}

void
rmn_examiner_free(struct rmn_examiner *examiner)
{
	if (!examiner)
		return;
	for (size_t i = 0; i <= RMN_LIMIT_DEPTH; i++)
		rmn_arena_free(examiner->arenas[i]);
	rmn_detector_free(examiner->detector);
	rmn_classifier_free(examiner->classifier);
	rmn_sha256_free(examiner->sha256);
	free(examiner->window);
	free(examiner->space);
	free(examiner);
}

/* Names that end so hold program text, markup or logs, where a run of digits is rarely a person's
 * number (DOMAIN 0.6 G7). */
static bool
name_is_code(struct rmn_bytes name)
{
	static const char *const endings[] = {".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".java", ".js",
	    ".ts", ".css", ".py", ".pl", ".rb", ".php", ".go", ".rs", ".sh", ".bat", ".ps1", ".sql",
	    ".svg", ".json", ".log", ".map", ".lock", ".yml", ".yaml", ".tex", ".make", ".cmake",
	    ".po", ".strings", ".afm", ".pfb"};

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t size = strlen(endings[i]);

		if (name.size > size && strncasecmp((const char *)name.data + name.size - size,
		    endings[i], size) == 0)
			return true;
	}
	return false;
}

void
node_init(struct node *n, struct examination *run, uint32_t member, unsigned depth,
    struct rmn_blob *content, struct rmn_bytes name, struct rmn_bytes path)
{
	*n = (struct node){
		.run = run,
		.member = member,
		.depth = depth,
		.content = content,
		.name = name,
		.path = path,
		.is_code = name_is_code(name),
	};
}

void
node_release(struct node *n)
{
	rmn_buf_release(&n->part);
	rmn_buf_release(&n->pending);
	rmn_buf_release(&n->head_text);
	for (size_t i = 0; i < RMN_PROPERTY_COUNT; i++)
		rmn_buf_release(&n->property[i]);
}

void
node_unexamined(const struct node *n, const char *stage, enum rmn_status why, const char *reason)
{
	const struct rmn_examine_sink *sink = n->run->sink;

	(void)why;
	if (sink->unexamined)
		sink->unexamined(sink->context, n->member, stage, reason);
}

void
node_lacks(struct node *n, const char *what)
{
	if (!n->missing)
		snprintf(n->missing_what, sizeof(n->missing_what), "%s", what);
	n->missing = true;
}

static enum rmn_status
node_missing(void *context, enum rmn_status why, const char *what)
{
	struct node *n = context;

	node_lacks(n, what);
	node_unexamined(n, why == RMN_ENCRYPTED ? "encrypted" : why == RMN_LIMIT ? "limit" : "format",
	    why, what);
	return RMN_OK;
}

static struct rmn_arena *
examiner_arena(struct rmn_examiner *examiner, unsigned depth)
{
	if (!examiner->arenas[depth])
		examiner->arenas[depth] = rmn_arena_new(RMN_LIMIT_ARENA_BYTES);
	else
		rmn_arena_reset(examiner->arenas[depth]);
	return examiner->arenas[depth];
}

/* Takes the whole content into memory when it is small enough, and hashes it there. */
static void
node_load(struct node *n, struct rmn_blob *whole)
{
	struct rmn_examiner *examiner = n->run->examiner;
	struct rmn_error error = {0};
	struct rmn_bytes bytes = {NULL, 0};
	enum rmn_status status;

	status = rmn_blob_bytes(n->content, RMN_LIMIT_WHOLE_ITEM_BYTES, n->arena, &bytes, &error);
	if (status == RMN_PARTIAL) {
		node_lacks(n, error.text);
		n->unread = true;
		node_unexamined(n, "read", status, error.text);
	}
	if (status != RMN_OK && status != RMN_PARTIAL)
		return;
	if (examiner->options.hash_items && !n->unread) {
		rmn_sha256_once(bytes, n->sha256);
		n->has_sha256 = true;
	}
	if (n->content->memory.data)
		return;
	*whole = rmn_blob_from_bytes(bytes.data ? bytes : rmn_bytes_from_string(""));
	n->content = whole;
}

static void
node_read_head(struct node *n)
{
	unsigned char *head;
	size_t got;

	if (n->content->memory.data) {
		n->head = rmn_bytes_head(n->content->memory, HEAD_BYTES);
		return;
	}
	head = rmn_arena_alloc(n->arena, HEAD_BYTES, 1);
	if (head && rmn_blob_read(n->content, 0, head, HEAD_BYTES, &got, NULL) == RMN_OK)
		n->head = (struct rmn_bytes){head, got};
}

static bool
node_is_skipped(const struct node *n)
{
	const struct rmn_examine_input *input = n->run->input;

	if (!input)
		return false;
	if (input->raw_only)
		return true;
	for (size_t i = 0; i < input->skip_count; i++)
		if (input->skip_members[i] == n->member)
			return true;
	return false;
}

static struct rmn_sink
node_sink(struct node *n)
{
	return (struct rmn_sink){
		.context = n,
		.part = node_part,
		.text = node_text,
		.raw_text = node_raw_text,
		.property = node_property,
		.member = node_member,
		.named = node_named,
		.missing = node_missing,
	};
}

/* What became of the reading, before the raw pass. */
struct reading {
	const struct rmn_format *format;	/* NULL: none of the table */
	const char *archive;			/* NULL: none that libarchive reads */
	bool is_around;				/* there is more to the item than the archive */
	enum rmn_status status;
	struct rmn_error error;
};

static enum rmn_status
node_read_format(struct node *n, const struct rmn_format_input *input, struct reading *r)
{
	struct rmn_sink sink = node_sink(n);

	if (strcmp(r->format->name, "pdf") == 0 && n->run->examiner->options.skip_pdf)
		return rmn_fail(&r->error, RMN_UNSUPPORTED, "left out by --skip pdf");
	if (!r->format->read)
		return r->format->kind == RMN_KIND_OTHER ? RMN_OK :
		    rmn_fail(&r->error, RMN_UNSUPPORTED, "the text of a %s is not read yet",
		    r->format->title);
	return rmn_format_read(r->format, input, &sink, &r->error);
}

/* Reads a disk image.  False when it is none, or a plain one without a file system that is read: that
 * is searched as it is, or something else. */
static bool
node_read_image(struct node *n, struct reading *r)
{
	struct rmn_sink sink = node_sink(n);
	uint32_t members = n->run->next_member;

	if (r->format || n->head.size == 0 ||
	    !rmn_inside_claim(n->content, n->head, &r->archive)) {
		r->archive = NULL;
		return false;
	}
	r->status = rmn_inside_read(n->content, &sink, &r->error);
	/* Free space came as members too: the image itself need not be searched, unless a member was
	 * not looked at to its end. */
	n->is_searched_inside = (r->status == RMN_OK || r->status == RMN_PARTIAL) &&
	    !n->has_cut_member;
	if (members != n->run->next_member || strcmp(r->archive, "disk-image") != 0 ||
	    r->status != RMN_UNSUPPORTED)
		return true;
	r->archive = NULL;
	r->status = RMN_OK;
	rmn_error_clear(&r->error);
	return false;
}

/* A compound file of no known kind, or one whose directory is lost. */
static bool
node_is_compound(const struct reading *r)
{
	return strcmp(r->format->name, "ole2") == 0;
}

/* Reads what is no document as an archive.  False when it is none; text that only begins like one, and
 * programs without an archive, are read as what they are. */
static bool
node_read_archive(struct node *n, struct reading *r)
{
	struct rmn_sink sink = node_sink(n);
	struct rmn_blob_slice slice = {n->content, 0};
	struct rmn_blob archive;
	uint32_t members = n->run->next_member;

	r->is_around = r->format && r->format->kind == RMN_KIND_TEXT;
	if (n->head.size == 0 || (r->format && r->format->kind != RMN_KIND_OTHER &&
	    r->format->kind != RMN_KIND_TEXT))
		return false;
	/* an archive in a compound file is one of its streams, or in one */
	if (!rmn_unpack_claim(n->head, &r->archive) &&
	    ((r->format && (r->format->kind == RMN_KIND_TEXT || node_is_compound(r))) ||
	    !rmn_unpack_find(n->content, n->head, &slice.offset, &r->archive))) {
		r->archive = NULL;
		return false;
	}
	/* a program before its archive; what a zip was put behind */
	r->is_around |= slice.offset > 0 || (strcmp(r->archive, "zip") == 0 &&
	    !rmn_bytes_start_with(n->head, "PK"));
	archive = rmn_blob_from_slice(&slice, n->content->size_bytes - slice.offset);
	r->status = rmn_unpack_archive(&archive, &sink, &r->archive, &r->error);
	if (r->format && r->status == RMN_CORRUPT && members == n->run->next_member) {
		r->archive = NULL;
		r->status = RMN_OK;
		rmn_error_clear(&r->error);
		return false;
	}
	r->format = NULL;
	return true;
}

/* Reads the item by the best claim: a document format, else an archive. */
static void
node_read(struct node *n, struct reading *r)
{
	struct rmn_head_guess guess = {.is_known = false};
	struct rmn_format_input input = {
		.guess = &guess,
		.content = n->content,
		.head = n->head,
		.name = n->name,
		.arena = n->arena,
		.pdf = n->run->examiner->options.pdf,
		.ocr = n->run->examiner->options.ocr,
	};

	r->format = rmn_format_claim(&input);
	if (node_read_image(n, r) || node_read_archive(n, r))
		;			/* its members were given */
	else if (r->format)
		r->status = node_read_format(n, &input, r);
	else if (rmn_format_is_promised(n->name))
		r->status = rmn_fail(&r->error, RMN_UNSUPPORTED,
		    "its content is not what its name says; its bytes were searched");
	node_text_end(n);
}

/* Whether the bytes themselves are to be searched after (or instead of) a reader. */
static bool
reading_needs_raw(const struct node *n, const struct reading *r)
{
	if (!r->format && !r->archive)
		return true;
	if (n->is_searched_inside)
		return false;
	if (r->format && (!r->format->read ||
	    (r->format->kind == RMN_KIND_OTHER && !node_is_compound(r))))
		return true;
	if (r->archive && r->is_around)
		return true;
	if (r->status == RMN_OK)
		return false;
	return r->status != RMN_PARTIAL || n->text_bytes == 0 || r->archive;
}

/* A damaged container may still hold streams that inflate. */
static void
node_salvage(struct node *n, const struct reading *r)
{
	struct rmn_sink sink = {.context = n, .member = node_member};

	bool is_compound = r->format && node_is_compound(r);

	if (!n->content->memory.data || (r->status != RMN_CORRUPT && r->status != RMN_PARTIAL))
		return;
	if (!is_compound && (n->text_bytes > 0 || !rmn_bytes_start_with(n->head, "PK")))
		return;
	rmn_unpack_residue(n->content->memory, RMN_LIMIT_TEXT_BYTES, &sink, NULL);
}

/* Streams that still inflate; the bytes themselves are searched as those of any unknown item. */
static void
node_residue(struct node *n)
{
	struct rmn_sink sink = {.context = n, .member = node_member};

	if (n->content->memory.data)
		rmn_unpack_residue(n->content->memory, RMN_LIMIT_TEXT_BYTES, &sink, NULL);
}

static void
node_report(struct node *n, const struct reading *r)
{
	struct rmn_examiner *examiner = n->run->examiner;
	enum rmn_status status = r->status == RMN_OK && n->missing ? RMN_PARTIAL : r->status;
	struct rmn_examined result = {
		.member = n->member,
		.has_sha256 = n->has_sha256,
		.format = r->format ? r->format->name : r->archive,
		.status = status,
		.size_bytes = n->content->size_bytes,
		.text_bytes = n->text_bytes,
	};

	result.media_type = r->format ? r->format->media_type :
	    examiner->options.identifier ? rmn_identify(examiner->options.identifier, n->head) :
	    "application/octet-stream";
	if (status != RMN_OK)
		result.reason = r->error.text[0] ? r->error.text :
		    n->missing_what[0] ? n->missing_what : rmn_status_name(status);
	if (n->has_sha256)
		memcpy(result.sha256, n->sha256, sizeof(result.sha256));
	if (r->status != RMN_OK && r->status != RMN_PARTIAL)
		node_unexamined(n, r->status == RMN_ENCRYPTED ? "encrypted" :
		    r->status == RMN_LIMIT ? "limit" : r->archive ? "unpack" : "format",
		    r->status, result.reason);
	else if (r->status == RMN_PARTIAL && !n->missing)
		node_unexamined(n, r->archive ? "unpack" : "format", r->status, result.reason);
	if (r->format)
		node_document(n, r->format);
	n->run->sink->examined(n->run->sink->context, &result);
}

void
node_examine(struct node *n)
{
	struct reading r = {.status = RMN_OK};
	struct rmn_blob whole;

	n->arena = examiner_arena(n->run->examiner, n->depth);
	if (!n->arena) {
		n->run->fatal = RMN_NOMEM;
		return;
	}
	node_load(n, &whole);
	node_read_head(n);
	node_search_name(n);
	if (node_is_skipped(n))
		r.status = rmn_fail(&r.error, RMN_CORRUPT,
		    "a reader stopped on this item; its bytes were searched as they are");
	else if (n->is_residue)
		node_residue(n);
	else if (n->content->size_bytes > 0)
		node_read(n, &r);
	if (reading_needs_raw(n, &r) || (n->run->examiner->options.hash_items && !n->has_sha256 &&
	    !n->unread))
		node_search_raw(n);
	if (!node_is_skipped(n))
		node_salvage(n, &r);
	node_report(n, &r);
}

enum rmn_status
rmn_examine_item(struct rmn_examiner *examiner, const struct rmn_examine_input *input,
    const struct rmn_examine_sink *sink, struct rmn_error *error)
{
	struct examination run = {
		.examiner = examiner,
		.sink = sink,
		.input = input,
		.top_bytes = input->content->size_bytes,
		.next_member = 1,
	};
	struct node n;

	node_init(&n, &run, 0, 0, input->content, input->name, input->path);
	node_examine(&n);
	node_release(&n);
	if (run.fatal != RMN_OK)
		return rmn_fail(error, run.fatal, "out of memory while examining");
	return RMN_OK;
}
