/* SPDX-License-Identifier: MIT
 *
 * OpenDocument and OpenOffice.org 1 files: packages, and the flat form in one XML file. */
#include <string.h>

#include "base/limits.h"
#include "format/markup/html.h"
#include "format/package/odf.h"
#include "format/package/package.h"
#include "format/package/zip_claim.h"

static bool
name_ends(struct rmn_bytes name, const char *ending)
{
	size_t size = strlen(ending);

	return name.size >= size && rmn_markup_is(rmn_bytes_after(name, name.size - size), ending);
}

static void
scan_named(struct rmn_package *package, struct odf *o, const char *name)
{
	const struct rmn_zip_entry *entry = rmn_package_find(package, rmn_bytes_from_string(name));

	if (!entry)
		return;
	rmn_text_part(&package->text, RMN_PART_HEADER, entry->name);
	rmn_package_scan(package, entry, odf_take, o);
	o->paragraphs = 0;
}

/* Charts and formulas are documents of their own in folders; files that were inserted are parts
 * without a folder. */
static void
objects_read(struct rmn_package *package, struct odf *o)
{
	for (size_t i = 0; i < package->count; i++) {
		const struct rmn_zip_entry *entry = rmn_package_entry(package, i);

		if (name_ends(entry->name, "/content.xml")) {
			rmn_text_part(&package->text, RMN_PART_BODY, entry->name);
			o->is_spreadsheet = false;
			if (!rmn_package_scan(package, entry, odf_take, o))
				return;
		} else if (rmn_bytes_start_with(entry->name, "Object ") &&
		    !memchr(entry->name.data, '/', entry->name.size)) {
			if (!rmn_package_member(package, entry))
				return;
		}
	}
}

static void
content_read(struct rmn_package *package, struct odf *o)
{
	const struct rmn_zip_entry *entry =
	    rmn_package_find(package, rmn_bytes_from_string("content.xml"));

	if (entry) {
		rmn_text_part(&package->text, RMN_PART_BODY, entry->name);
		rmn_package_scan(package, entry, odf_take, o);
	} else {
		rmn_package_note(package, RMN_PARTIAL, rmn_bytes_from_string("content.xml"),
		    "the main part is missing");
	}
	o->paragraphs = o->cell_depth = 0;
	o->place = ODF_BODY;
	o->cell = ODF_NO_CELL;
	o->in_styles = true;
	scan_named(package, o, "styles.xml");
	o->in_styles = false;
	objects_read(package, o);
}

static enum rmn_status
odf_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_package package;
	struct odf *o = rmn_arena_alloc(input->arena, 1, sizeof(*o));
	enum rmn_status status;

	if (!o)
		return rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
	status = rmn_package_open(&package, input, sink, error);
	if (status != RMN_OK)
		return status;
	odf_init(o, &package.text, input->arena);
	scan_named(&package, o, "META-INF/manifest.xml");
	if (o->is_encrypted) {
		rmn_package_note(&package, RMN_ENCRYPTED, rmn_bytes_from_string("content.xml"),
		    "the document is protected by a password");
	} else {
		scan_named(&package, o, "meta.xml");
		content_read(&package, o);
	}
	if (!odf_finish(o))
		rmn_package_note(&package, RMN_LIMIT, rmn_bytes_from_string("comments"),
		    "more than 4 MiB of them were cut");
	return rmn_package_close(&package);
}

static enum rmn_status
flat_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_markup markup = {.is_final = true};
	struct odf *o = rmn_arena_alloc(input->arena, 1, sizeof(*o));
	struct rmn_markup_token token;
	struct rmn_text text;
	struct rmn_buf utf8;
	enum rmn_status status;
	bool is_whole = false;

	rmn_text_init(&text, sink, input->arena, error);
	if (!o || text.status != RMN_OK)
		return rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
	rmn_buf_init(&utf8, RMN_LIMIT_ARENA_BYTES);
	odf_init(o, &text, input->arena);
	status = rmn_markup_load(input, rmn_bytes_from_string("utf-8"), &utf8, &markup.bytes,
	    error);
	rmn_text_part(&text, RMN_PART_BODY, rmn_bytes_from_string(""));
	while (text.status == RMN_OK && rmn_markup_next(&markup, &token)) {
		is_whole |= token.kind == RMN_MARKUP_END && rmn_markup_is(token.name, "document");
		odf_take(o, &token);
	}
	if (!odf_finish(o))
		status = rmn_fail(error, RMN_LIMIT, "comments of more than 4 MiB were cut");
	if (status == RMN_OK && markup.is_damaged)
		status = rmn_fail(error, RMN_PARTIAL, "damaged markup");
	if (status == RMN_OK && !is_whole)
		status = rmn_fail(error, RMN_PARTIAL, "the document ends before its last tag");
	if (rmn_text_flush(&text) != RMN_OK)
		status = text.status;
	rmn_buf_release(&utf8);
	return status;
}

static unsigned
either_claim(const struct rmn_format_input *input, const char *open_document,
    const char *open_office, const char *ending)
{
	unsigned bits = rmn_zip_claim_mimetype(input, open_document);

	if (bits == 0)
		bits = rmn_zip_claim_mimetype(input, open_office);
	return bits > 0 ? bits : rmn_zip_claim_untyped(input, ending);
}

static unsigned
odt_claim(const struct rmn_format_input *input)
{
	return either_claim(input, "application/vnd.oasis.opendocument.text",
	    "application/vnd.sun.xml.writer", ".odt");
}

static unsigned
ods_claim(const struct rmn_format_input *input)
{
	return either_claim(input, "application/vnd.oasis.opendocument.spreadsheet",
	    "application/vnd.sun.xml.calc", ".ods");
}

static unsigned
odp_claim(const struct rmn_format_input *input)
{
	return either_claim(input, "application/vnd.oasis.opendocument.presentation",
	    "application/vnd.sun.xml.impress", ".odp");
}

static unsigned
odg_claim(const struct rmn_format_input *input)
{
	return either_claim(input, "application/vnd.oasis.opendocument.graphics",
	    "application/vnd.sun.xml.draw", ".odg");
}

static unsigned
flat_claim(const struct rmn_format_input *input)
{
	char sniffed[RMN_SNIFF_BYTES];

	if (input->head.size < 64 || input->head.data[0] != '<')
		return 0;
	rmn_markup_sniff(input->head, sniffed);
	return strstr(sniffed, "<office:document ") ? 56 : 0;
}

#define ODF(id, said, media, claims, reads, all_text) \
	const struct rmn_format rmn_format_##id = { \
		.name = #id, .title = said, .media_type = media, .kind = RMN_KIND_DOCUMENT, \
		.is_all_text = all_text, .claim = claims, .read = reads, \
	}

ODF(fodf, "OpenDocument in one XML file", "application/vnd.oasis.opendocument.text-flat-xml",
    flat_claim, flat_read, true);
ODF(odg, "OpenDocument drawing", "application/vnd.oasis.opendocument.graphics", odg_claim,
    odf_read, false);
ODF(odp, "OpenDocument presentation", "application/vnd.oasis.opendocument.presentation",
    odp_claim, odf_read, false);
ODF(ods, "OpenDocument spreadsheet", "application/vnd.oasis.opendocument.spreadsheet", ods_claim,
    odf_read, false);
ODF(odt, "OpenDocument text", "application/vnd.oasis.opendocument.text", odt_claim, odf_read,
    false);
