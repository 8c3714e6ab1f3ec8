/* SPDX-License-Identifier: MIT
 *
 * A closer look at containers by the names in their first kilobytes, and at text by its first
 * words. */
#include "identify/inside.h"

#include <string.h>

#define LOOK_BYTES 32768u
#define TEXT_BYTES 1024u
#define MAIL_BYTES 8192u	/* signatures and routes come first and are long */

struct clue {
	const char *text;
	const char *media_type;
};

static bool
holds(struct rmn_bytes head, const char *text)
{
	return rmn_bytes_find(head, rmn_bytes_from_string(text)) != SIZE_MAX;
}

static const char *
first_clue(struct rmn_bytes head, const struct clue *clues)
{
	for (; clues->text; clues++)
		if (holds(head, clues->text))
			return clues->media_type;
	return NULL;
}

/* ODF and EPUB begin with a stored member "mimetype"; its content is the answer. */
static const char *
inside_mimetype_member(struct rmn_bytes head)
{
	static const char *const types[] = {
		"application/epub+zip",
		"application/vnd.oasis.opendocument.text-template",
		"application/vnd.oasis.opendocument.text",
		"application/vnd.oasis.opendocument.spreadsheet-template",
		"application/vnd.oasis.opendocument.spreadsheet",
		"application/vnd.oasis.opendocument.presentation-template",
		"application/vnd.oasis.opendocument.presentation",
		"application/vnd.oasis.opendocument.graphics",
		"application/vnd.oasis.opendocument.formula",
		"application/vnd.oasis.opendocument.database",
		"application/vnd.sun.xml.writer", "application/vnd.sun.xml.calc",
		"application/vnd.sun.xml.impress", "application/hwp+zip", NULL,
	};
	struct rmn_bytes content = rmn_bytes_after(head, 38);

	if (!rmn_bytes_start_with(rmn_bytes_after(head, 30), "mimetype"))
		return NULL;
	for (size_t i = 0; types[i]; i++)
		if (rmn_bytes_start_with(content, types[i]))
			return types[i];
	return NULL;
}

/* Some writers put the parts first: "xl/_rels/workbook.xml.rels". */
static bool
begins_as_part(struct rmn_bytes head)
{
	struct rmn_bytes name = rmn_bytes_head(rmn_bytes_after(head, 30), 64);

	return (rmn_bytes_start_with(name, "xl/") || rmn_bytes_start_with(name, "ppt/") ||
	    rmn_bytes_start_with(name, "word/")) && holds(name, ".xml");
}

static const char *
inside_zip(struct rmn_bytes head)
{
	static const struct clue clues[] = {
		{"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
		{"visio/", "application/vnd.ms-visio.drawing"},
		{".fdseq", "application/vnd.ms-xpsdocument"},
		{"AndroidManifest.xml", "application/vnd.android.package-archive"},
		{"META-INF/MANIFEST.MF", "application/java-archive"},
		{"Index/Document.iwa", "application/vnd.apple.iwork"},
		{"Index.zip", "application/vnd.apple.iwork"},
		{"Payload/", "application/x-ios-app"},
		{NULL, NULL},
	};
	const char *found = inside_mimetype_member(head);

	/* Names of ordinary archives may hold the same words; packages begin with these. */
	if (!found && (begins_as_part(head) || holds(head, "[Content_Types].xml") || holds(head, "_rels/.rels") ||
	    holds(head, "docProps/") || holds(head, "META-INF/") || holds(head, "Index") ||
	    holds(head, ".fdseq")))
		found = first_clue(head, clues);
	if (!found)
		found = holds(head, "AndroidManifest.xml") || holds(head, "classes.dex") ?
		    "application/vnd.android.package-archive" : "application/zip";
	return found;
}

/* Names in an OLE2 directory are UTF-16; the directory may lie beyond the head. */
static const char *
inside_ole2(struct rmn_bytes head)
{
	static const struct { const char *name; const char *media_type; } streams[] = {
		{"__properties_version1", "application/vnd.ms-outlook-message"},
		{"WordDocument", "application/msword"},
		{"Workbook", "application/vnd.ms-excel"},
		{"PowerPoint Document", "application/vnd.ms-powerpoint"},
		{"VisioDocument", "application/vnd.visio"},
		{"JSRV_SegmentInformation", "application/x-js-taro"},
		{"DocumentText", "application/x-js-taro"},
		{"EncryptedPackage", "application/x-ole-encrypted-package"},
		{"Props14", "application/vnd.ms-project"},
		{"Props12", "application/vnd.ms-project"},
		{"Catalog", "application/x-ms-thumbs-db"},
		{"HwpSummaryInformation", "application/x-hwp"},
		{"Book", "application/vnd.ms-excel"},		/* Excel 5 */
	};
	unsigned char name[64];

	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
		size_t size = strlen(streams[i].name);

		for (size_t k = 0; k < size; k++) {
			name[2 * k] = (unsigned char)streams[i].name[k];
			name[2 * k + 1] = 0;
		}
		if (rmn_bytes_find(head, (struct rmn_bytes){name, 2 * size}) != SIZE_MAX)
			return streams[i].media_type;
	}
	return "application/x-ole-storage";
}

const char *
rmn_inside_container(const char *media_type, struct rmn_bytes head)
{
	if (strcmp(media_type, "application/zip") == 0)
		return inside_zip(rmn_bytes_head(head, LOOK_BYTES));
	if (strcmp(media_type, "application/x-ole-storage") == 0)
		return inside_ole2(head);
	if (strcmp(media_type, "video/x-matroska") == 0 &&
	    holds(rmn_bytes_head(head, 64), "webm"))
		return "video/webm";
	/* Prose may begin with the word, a mailbox goes on with headers. */
	if (strcmp(media_type, "application/mbox") == 0 &&
	    !holds(rmn_bytes_head(head, TEXT_BYTES), "\nFrom:") &&
	    !holds(rmn_bytes_head(head, TEXT_BYTES), "\nReceived:") &&
	    !holds(rmn_bytes_head(head, TEXT_BYTES), "\nDate:"))
		return "text/plain";
	return media_type;
}

static char
lower(unsigned char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + 0x20 : c);
}

static bool
starts_as(struct rmn_bytes text, const char *word)
{
	size_t size = strlen(word);

	for (size_t i = 0; i < size; i++)
		if (i >= text.size || lower(text.data[i]) != word[i])
			return false;
	return true;
}

/* Lines that begin with a header of mail, up to the first empty one. */
static unsigned
mail_headers(struct rmn_bytes text)
{
	static const char *const headers[] = {
		"received:", "return-path:", "message-id:", "mime-version:", "from:", "to:",
		"subject:", "date:", "delivered-to:", "content-type:", "x-mailer:", "reply-to:",
		"x-original-to:", "dkim-signature:", NULL,
	};
	unsigned count = 0;

	while (text.size > 0) {
		size_t end = 0;

		for (size_t i = 0; headers[i]; i++)
			count += starts_as(text, headers[i]);
		while (end < text.size && text.data[end] != '\n' && text.data[end] != '\r')
			end++;
		if (end == 0)
			break;
		/* Old Macs end lines with CR alone. */
		if (rmn_bytes_start_with(rmn_bytes_after(text, end), "\r\n"))
			end++;
		text = rmn_bytes_after(text, end + 1);
	}
	return count;
}

static struct rmn_bytes
without_mark_and_space(struct rmn_bytes text)
{
	if (rmn_bytes_start_with(text, "\xEF\xBB\xBF"))
		text = rmn_bytes_after(text, 3);
	while (text.size > 0 && strchr(" \t\r\n", text.data[0]) && text.data[0] != '\0')
		text = rmn_bytes_after(text, 1);
	return text;
}

static bool
is_json(struct rmn_bytes text)
{
	struct rmn_bytes next;

	if (text.size == 0 || (text.data[0] != '{' && text.data[0] != '['))
		return false;
	next = without_mark_and_space(rmn_bytes_after(text, 1));
	return next.size > 0 && (next.data[0] == '"' || (text.data[0] == '[' &&
	    (next.data[0] == '{' || next.data[0] == '[')));
}

static const char *
kind_of_text(struct rmn_bytes head)
{
	static const struct clue starts[] = {
		{"<!doctype html", "text/html"}, {"<html", "text/html"}, {"<head", "text/html"},
		{"<body", "text/html"}, {"<svg", "image/svg+xml"}, {"<?php", "text/x-php"},
		{"<!doctype plist", "application/x-plist"}, {"<plist", "application/x-plist"},
		{"%!fonttype", "application/x-font-type1"}, {"%!ps", "application/postscript"},
		{"#!/", "text/x-shellscript"}, {"#! /", "text/x-shellscript"}, {NULL, NULL},
	};
	static const struct clue in_xml[] = {
		{"<plist", "application/x-plist"}, {"<svg", "image/svg+xml"},
		{"<html", "application/xhtml+xml"}, {"<rss", "application/rss+xml"},
		{"<w:wordDocument", "application/msword+xml"},
		{"urn:schemas-microsoft-com:office:spreadsheet", "application/vnd.ms-excel+xml"},
		{NULL, NULL},
	};
	struct rmn_bytes text = without_mark_and_space(rmn_bytes_head(head, TEXT_BYTES));
	const char *found;

	for (size_t i = 0; starts[i].text; i++)
		if (starts_as(text, starts[i].text))
			return starts[i].media_type;
	if (starts_as(text, "<?xml")) {
		found = first_clue(text, in_xml);
		return found ? found : "text/xml";
	}
	if (is_json(text))
		return "application/json";
	if (mail_headers(without_mark_and_space(rmn_bytes_head(head, MAIL_BYTES))) >= 3)
		return "message/rfc822";
	return "text/plain";
}

/* Two bytes a character: most are ASCII or kana in one of the byte orders. */
static bool
is_utf16(struct rmn_bytes head)
{
	size_t little = 0, big = 0, controls = 0;

	if (rmn_bytes_start_with(head, "\xFF\xFE") || rmn_bytes_start_with(head, "\xFE\xFF"))
		head = rmn_bytes_after(head, 2);
	for (size_t i = 0; i + 1 < head.size; i += 2) {
		unsigned first = head.data[i], second = head.data[i + 1];

		little += second == 0x30 || (second == 0 && first >= 9 && first < 0x7F);
		big += first == 0x30 || (first == 0 && second >= 9 && second < 0x7F);
		controls += (first == 0 && second < 9) || (second == 0 && first < 9);
	}
	return head.size >= 8 && controls * 100 <= head.size && (little > big * 3 || big > little * 3) &&
	    (little > big ? little : big) * 2 > head.size / 2;
}

/* In an 8-bit encoding: no zero and next to no control bytes. */
static bool
is_8bit_text(struct rmn_bytes head)
{
	size_t controls = 0;

	for (size_t i = 0; i < head.size; i++) {
		unsigned char c = head.data[i];

		if (c == 0)
			return false;
		controls += (c < 0x20 && !(c >= 0x08 && c <= 0x0D) && c != 0x1A && c != 0x1B) ||
		    c == 0x7F;
	}
	return controls * 100 <= head.size;
}

const char *
rmn_inside_text(struct rmn_bytes head)
{
	struct rmn_bytes text = rmn_bytes_head(head, TEXT_BYTES);

	if (is_8bit_text(text))
		return kind_of_text(head);
	return is_utf16(text) ? "text/plain" : NULL;
}
