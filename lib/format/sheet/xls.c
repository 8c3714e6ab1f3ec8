/* SPDX-License-Identifier: MIT
 *
 * Binary Excel workbooks: the streams "Workbook" (BIFF8) and "Book" (BIFF5), one of each in files that
 * both generations were to read, and sheets of before OLE2 (BIFF2 to BIFF4), which are files of
 * their own.  Beside the sheets: macros, pivot caches, embedded objects. */
#include "format/sheet/xls.h"

#include "base/limits.h"
#include "base/number.h"
#include "format/ole/crypt_streams.h"
#include "format/ole/ole_object.h"
#include "format/ole/vba.h"

#define ASIDE_MAX ((size_t)4 << 20)
#define DRAWING_MAX ((size_t)16 << 20)	/* shapes of a sheet; pictures are elsewhere */
#define CACHE_MAX ((uint64_t)64 << 20)	/* of a pivot cache */
#define CACHES_MAX 1024u
#define SXSTRING 0x00CDu
#define STYLES_MAX 65536u
#define OVERLAP 4u	/* how often all bytes may be read, sheets in sheets included */

static void
init(struct xls *x, struct rmn_arena *arena, struct rmn_text *text, struct rmn_error *error)
{
	*x = (struct xls){.arena = arena, .text = text, .error = error, .suffix = ""};
	rmn_buf_init(&x->styles, STYLES_MAX * 2);
	rmn_buf_init(&x->cells, RMN_LIMIT_ARENA_BYTES / 2);
	rmn_buf_init(&x->scratch, 0);
	rmn_buf_init(&x->drawing, DRAWING_MAX);
	for (size_t i = 0; i < XLS_ASIDE_COUNT; i++)
		rmn_buf_init(&x->aside[i], ASIDE_MAX);
}

static void
release(struct xls *x)
{
	rmn_buf_release(&x->styles);
	rmn_buf_release(&x->cells);
	rmn_buf_release(&x->scratch);
	rmn_buf_release(&x->drawing);
	for (size_t i = 0; i < XLS_ASIDE_COUNT; i++)
		rmn_buf_release(&x->aside[i]);
}

static enum rmn_status
bytes_read(struct xls *x, struct rmn_bytes stream)
{
	x->stream = stream;
	x->budget = stream.size * OVERLAP;
	x->moves_left = stream.size;
	return xls_book_read(x);
}

/* Keeps the worse of two. */
static void
worsen(enum rmn_status *status, enum rmn_status other)
{
	if (*status == RMN_OK || (other == RMN_LIMIT && *status == RMN_PARTIAL))
		*status = other;
}

static enum rmn_status
stream_read(const struct rmn_ole *ole, const char *name, const char *suffix, struct xls_keys **keys)
{
	const struct rmn_cfb_entry *entry = rmn_cfb_find(ole->cfb, ole->storage, name);
	enum rmn_status status, cut;
	struct rmn_bytes stream;
	struct xls x;

	if (!entry || entry->type != RMN_CFB_STREAM)
		return RMN_OK;
	cut = rmn_cfb_read(ole->cfb, entry, RMN_LIMIT_WHOLE_ITEM_BYTES, &stream, ole->error);
	if (cut != RMN_OK && cut != RMN_PARTIAL)
		return cut;
	init(&x, ole->cfb->arena, ole->text, ole->error);
	x.suffix = suffix;
	status = bytes_read(&x, stream);
	if (x.keys)
		*keys = x.keys;
	release(&x);
	worsen(&status, cut);
	return status;
}

/* Words of a pivot cache, which may be of a source that is no longer in the workbook. */
static enum rmn_status
cache_give(const struct rmn_ole *ole, const struct rmn_cfb_entry *entry, struct xls_keys *keys)
{
	struct xls_record record;
	enum rmn_status status;
	struct xls x;
	size_t at = 0;

	init(&x, ole->cfb->arena, ole->text, ole->error);
	x.version = 8;
	status = rmn_cfb_read(ole->cfb, entry, CACHE_MAX, &x.stream, ole->error);
	if (keys && !xls_keys_apply(keys, x.arena, 0, &x.stream))
		status = rmn_fail(ole->error, RMN_LIMIT, "item outgrows its memory");
	rmn_text_part(ole->text, RMN_PART_SHEET, rmn_bytes_from_string("pivot cache"));
	while (ole->text->status == RMN_OK && xls_record_read(&x, at, &record)) {
		struct xls_place p = xls_place_in(&x, &record);

		at = record.end;
		if (record.type != SXSTRING)
			continue;
		xls_scratch_clear(&x);
		xls_string(&x, &p, 2, &x.scratch);
		xls_clean_cell(&x, &x.scratch, 0);
		if (x.scratch.size == 0)
			continue;
		rmn_text_put(ole->text, rmn_buf_bytes(&x.scratch));
		rmn_text_char(ole->text, '\n');
	}
	if (status == RMN_OK && at < x.stream.size)
		status = rmn_fail(ole->error, RMN_PARTIAL, "a pivot cache is damaged");
	xls_scratch_clear(&x);
	worsen(&status, x.status);
	release(&x);
	return status;
}

static enum rmn_status
caches_give(const struct rmn_ole *ole, struct xls_keys *keys)
{
	const struct rmn_cfb_entry *folder = rmn_cfb_find(ole->cfb, ole->storage, "_SX_DB_CUR");
	enum rmn_status status = RMN_OK;
	unsigned count = 0;

	if (!folder)
		return RMN_OK;
	for (uint32_t i = folder->first; i > 0 && ole->text->status == RMN_OK;
	    i = ole->cfb->entries[i].next) {
		const struct rmn_cfb_entry *entry = &ole->cfb->entries[i];

		if (entry->type != RMN_CFB_STREAM)
			continue;
		if (count++ == CACHES_MAX)
			return rmn_fail(ole->error, RMN_LIMIT, "more than %u pivot caches",
			    CACHES_MAX);
		worsen(&status, cache_give(ole, entry, keys));
	}
	return status;
}

static enum rmn_status
macros_give(const struct rmn_ole *ole)
{
	static const char *const names[] = {"_VBA_PROJECT_CUR", "_VBA_PROJECT"};
	enum rmn_status status = RMN_OK;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct rmn_cfb_entry *entry = rmn_cfb_find(ole->cfb, ole->storage, names[i]);

		if (entry)
			worsen(&status, rmn_vba_give(ole->cfb,
			    (uint32_t)(entry - ole->cfb->entries), ole->text, ole->error));
	}
	return status;
}

enum rmn_status
rmn_ole_xls(const struct rmn_ole *ole)
{
	bool has_both = rmn_cfb_find(ole->cfb, ole->storage, "Workbook") &&
	    rmn_cfb_find(ole->cfb, ole->storage, "Book");
	struct xls_keys *keys = NULL;
	enum rmn_status status = stream_read(ole, "Workbook", "", &keys);

	worsen(&status, stream_read(ole, "Book", has_both ? " (Book)" : "", &keys));
	if (status != RMN_ENCRYPTED)
		worsen(&status, caches_give(ole, keys));
	if (keys && xls_keys_cryptoapi(keys))
		worsen(&status, rmn_crypt_streams_give(ole, "encryption", xls_keys_cryptoapi(keys)));
	/* a password covers neither macros nor objects */
	worsen(&status, macros_give(ole));
	if (ole->text->status == RMN_OK)
		worsen(&status, rmn_ole_objects_give(ole, ole->storage));
	return status;
}

/* The first record says what it is, and a few more must be records. */
static unsigned
biff_claim(const struct rmn_format_input *input)
{
	struct xls x = {.stream = input->head, .version = 2};
	struct xls_record record;
	size_t at = 0, size;
	unsigned count = 0;

	if (!xls_record_read(&x, 0, &record))
		return 0;
	size = record.end - 4;
	if (!(record.type == XLS_BOF_2 && size == 4) &&
	    !(record.type == XLS_BOF_3 && size == 6) && !(record.type == XLS_BOF_4 && size == 6) &&
	    !(record.type == XLS_BOF && (size == 8 || size == 16)))
		return 0;
	switch (rmn_le16(input->head.data + 6)) {
	case XLS_GLOBALS:
	case XLS_WORKSHEET:
	case XLS_CHART:
	case XLS_MACROS:
	case XLS_WORKSPACE:
		break;
	default:
		return 0;
	}
	while (count < 4 && xls_record_read(&x, at, &record)) {
		at = record.end;
		count++;
	}
	return count == 4 || at == input->head.size ? 48 : 0;
}

static enum rmn_status
biff_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_text text;
	struct rmn_bytes bytes;
	enum rmn_status status, cut;
	struct xls x;

	rmn_text_init(&text, sink, input->arena, error);
	if (text.status != RMN_OK)
		return text.status;
	cut = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES, input->arena, &bytes,
	    error);
	if (cut != RMN_OK && cut != RMN_PARTIAL)
		return cut;
	init(&x, input->arena, &text, error);
	status = bytes_read(&x, bytes);
	release(&x);
	worsen(&status, cut);
	return rmn_text_flush(&text) != RMN_OK ? text.status : status;
}

const struct rmn_format rmn_format_biff = {
	.name = "biff",
	.title = "Excel 2-5 workbook without a container",
	.media_type = "application/vnd.ms-excel",
	.kind = RMN_KIND_DOCUMENT,
	.claim = biff_claim,
	.read = biff_read,
};
