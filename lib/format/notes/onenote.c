/* SPDX-License-Identifier: MIT
 *
 * OneNote sections (.one) and tables of contents (.onetoc2; MS-ONE over MS-ONESTORE).  Objects are
 * followed from the roots of each page, so that their text comes in the order of the page; what no
 * root leads to, and older versions of what changed, are deleted text.  Embedded files are members;
 * pictures are not.  Sections in the packaging of SharePoint, and those of OneNote 2003, give
 * runs of text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/number.h"
#include "charset/charset.h"
#include "format/format.h"
#include "format/member_bytes.h"
#include "format/notes/onenote_objects.h"
#include "format/text_runs.h"

#define SECTION "\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3"
#define CONTENTS "\xA1\x2F\xFF\x43\xD9\xEF\x76\x4C\x9E\xE2\x10\xEA\x57\x22\x76\x5F"
#define FORMAT_AT 48u
#define FORMAT_REVISIONS "\x3F\xDD\x9A\x10\x1B\x91\xF5\x49\xA5\xD0\x17\x91\xED\xC8\xAE\xD8"
#define TEXT_UNICODE 0x1C001C22u
#define TEXT_ASCII 0x1C003498u
#define FONT 0x1C001C0Au
#define STYLE 0x1C00345Au		/* "p", "PageTitle" */
#define AUTHOR 0x1C001D75u
#define FILE_NAME 0x1C001D9Cu
#define FILE_CONTAINER 0x20001D9Bu
#define TYPE_BYTES 7u
#define FILE_HEAD 36u		/* guid, size, unused, reserved */
#define REFERENCE_GUID_AT 8u	/* characters of "<ifndf>{" */
#define SEEN_SLOTS 65536u
#define READ_FACTOR 4u		/* sets may share bytes; so many times the file are read */

struct section {
	struct rmn_one_objects objects;
	struct rmn_text text;
	struct rmn_text_runs runs;
	struct rmn_arena *arena;
	const struct rmn_sink *sink;
	struct rmn_error *error;
	uint64_t read_left;
	uint32_t *seen;			/* hashes of texts that were given */
	bool has_author;
	/* of the object at hand */
	struct rmn_bytes file_name;
	size_t container;		/* its reference + 1, 0: none */
};

static uint32_t
text_hash(struct rmn_bytes bytes)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < bytes.size; i++)
		hash = (hash ^ bytes.data[i]) * 16777619u;
	return hash ? hash : 1;
}

/* Whether the text is new; a table that is full forgets. */
static bool
is_new(struct section *s, struct rmn_bytes bytes)
{
	uint32_t hash = text_hash(bytes);
	uint32_t *slot = &s->seen[hash % SEEN_SLOTS];

	if (*slot == hash)
		return false;
	*slot = hash;
	return true;
}

static void
narrow_put(struct section *s, struct rmn_bytes bytes)
{
	struct rmn_charset_guess guess = rmn_charset_guess(bytes);
	struct rmn_buf utf8;

	rmn_buf_init(&utf8, 0);
	rmn_charset_decode(bytes, guess.is_text ? guess.encoding : RMN_CP1252, &utf8, NULL);
	rmn_text_put(&s->text, rmn_buf_bytes(&utf8));
	s->objects.is_whole = s->objects.is_whole && !utf8.failed;
	rmn_buf_release(&utf8);
}

static void
author_give(struct section *s, struct rmn_bytes wide)
{
	struct rmn_buf utf8;
	size_t size = 0;

	rmn_buf_init(&utf8, 0);
	while (size + 2 <= wide.size && rmn_le16(wide.data + size) != 0)
		size += 2;
	rmn_charset_decode(rmn_bytes_head(wide, size), RMN_UTF16LE, &utf8, NULL);
	rmn_text_property_plain(&s->text, s->arena, s->has_author ? RMN_PROPERTY_OTHER :
	    RMN_PROPERTY_AUTHOR, "author", rmn_buf_bytes(&utf8));
	s->has_author = true;
	rmn_buf_release(&utf8);
}

/* Values that are text, whatever they are called: titles, names of files, links, labels of tags. */
static void
take_property(void *context, const struct rmn_one_property *p)
{
	struct section *s = context;
	struct rmn_bytes value = p->value;
	bool is_narrow = p->id == TEXT_ASCII;

	if (p->id == FILE_CONTAINER && p->reference_count > 0)
		s->container = p->reference + 1;
	if (p->id == FILE_NAME)
		s->file_name = value;
	if (p->id >> 26 != TYPE_BYTES || p->id == FONT || p->id == STYLE || value.size < 2)
		return;
	while (is_narrow && value.size > 0 && value.data[value.size - 1] == 0)
		value.size--;
	if (!is_narrow && p->id != TEXT_UNICODE && !rmn_text_runs_are_wide(&s->runs, value))
		return;
	if (!is_new(s, value))
		return;
	if (p->id == AUTHOR)
		author_give(s, value);
	rmn_text_newline(&s->text);
	if (is_narrow)
		narrow_put(s, value);
	else
		rmn_text_utf16_put(&s->text, value, false);
	rmn_text_newline(&s->text);
}

/* Gives one object; references gets what it points to. */
static void
version_give(struct section *s, struct rmn_one_version *v, struct rmn_bytes *references)
{
	struct rmn_one_version *file;
	struct rmn_bytes set;

	v->was_given = true;
	*references = (struct rmn_bytes){NULL, 0};
	if (v->set.size == 0)
		return;
	if (!rmn_one_bytes(s->objects.file, &v->set, &set) || set.size > s->read_left) {
		s->objects.is_whole = false;
		return;
	}
	s->read_left -= set.size;
	s->file_name = (struct rmn_bytes){NULL, 0};
	s->container = 0;
	if (!rmn_one_object(set, references, take_property, s))
		s->objects.is_whole = false;
	file = s->container ? rmn_one_referred(&s->objects, v, *references, s->container - 1) : NULL;
	if (file)
		file->file_name = s->file_name;
}

/* From a root down, in the order of references. */
static void
tree_give(struct section *s, uint32_t root, uint32_t *stack)
{
	size_t depth = 0;

	if (s->objects.versions[root].was_given)
		return;
	s->objects.versions[root].was_given = true;
	stack[depth++] = root;
	while (depth > 0 && s->text.status == RMN_OK) {
		struct rmn_one_version *v = &s->objects.versions[stack[--depth]], *to;
		struct rmn_bytes references;

		version_give(s, v, &references);
		for (size_t i = references.size / 4; i > 0; i--) {
			to = rmn_one_referred(&s->objects, v, references, i - 1);
			if (!to || to->was_given)
				continue;
			to->was_given = true;
			stack[depth++] = (uint32_t)(to - s->objects.versions);
		}
	}
}

static bool
pages_give(struct section *s)
{
	uint32_t *stack = rmn_arena_alloc(s->arena, s->objects.count + 1, sizeof(*stack));
	struct rmn_bytes references;
	uint32_t space = 0;
	char name[32];

	if (!stack)
		return false;
	for (size_t i = 0; i < s->objects.root_count; i++) {
		struct rmn_one_version *v = &s->objects.versions[s->objects.roots[i]];

		if (v->space != space) {
			space = v->space;
			snprintf(name, sizeof(name), "%u", space);
			rmn_text_part(&s->text, RMN_PART_PAGE, rmn_bytes_from_string(name));
		}
		tree_give(s, s->objects.roots[i], stack);
	}
	rmn_text_part(&s->text, RMN_PART_DELETED, rmn_bytes_from_string(""));
	for (size_t i = 0; i < s->objects.count && s->text.status == RMN_OK; i++)
		if (!s->objects.versions[i].was_given)
			version_give(s, &s->objects.versions[i], &references);
	return true;
}

static int
hex_digit(unsigned c)
{
	if (c >= '0' && c <= '9')
		return (int)c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (int)c - 'a' + 10 : -1;
}

/* "<ifndf>{01234567-89AB-...}" as the bytes of a GUID. */
static bool
reference_guid(struct rmn_bytes wide, unsigned char guid[RMN_ONE_GUID_BYTES])
{
	static const unsigned char order[RMN_ONE_GUID_BYTES] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11,
	    12, 13, 14, 15};
	unsigned digits = 0, value = 0;

	for (size_t i = REFERENCE_GUID_AT; i < wide.size / 2 && digits < 32; i++) {
		int digit = hex_digit(rmn_le16(wide.data + i * 2));

		if (digit < 0)
			continue;
		value = value << 4 | (unsigned)digit;
		if (++digits % 2 == 0)
			guid[order[digits / 2 - 1]] = (unsigned char)value;
	}
	return digits == 32;
}

static bool
is_picture(struct rmn_bytes ending)
{
	static const char *const endings[] = {".png", ".jpg", ".jpeg", ".gif", ".emf", ".bmp", ".tif",
	    ".wmf", ".dat"};
	char text[8] = "";

	for (size_t i = 0; i < sizeof(text) - 1 && i * 2 + 1 < ending.size; i++)
		text[i] = (char)(ending.data[i * 2] | 0x20);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (strcmp(text, endings[i]) == 0)
			return true;
	return false;
}

static void
file_name_make(struct rmn_buf *name, const struct rmn_one_version *v)
{
	struct rmn_bytes wide = v->file_name.size > 0 ? v->file_name : v->file_ending;

	if (v->file_name.size == 0)
		rmn_buf_append_string(name, "file");
	while (wide.size >= 2 && rmn_le16(wide.data + wide.size - 2) == 0)
		wide.size -= 2;
	rmn_charset_decode(wide, RMN_UTF16LE, name, NULL);
}

static void
file_give(struct section *s, struct rmn_one_file *file, const struct rmn_one_version *v)
{
	struct rmn_bytes bytes;
	struct rmn_buf name;
	uint64_t size;

	file->was_given = true;
	if (!rmn_one_bytes(s->objects.file, &file->chunk, &bytes) || bytes.size < FILE_HEAD) {
		s->objects.is_whole = false;
		return;
	}
	size = rmn_le64(bytes.data + RMN_ONE_GUID_BYTES);
	bytes = rmn_bytes_after(bytes, FILE_HEAD);
	if (size > bytes.size)
		s->objects.is_whole = false;
	else
		bytes.size = (size_t)size;
	rmn_buf_init(&name, 0);
	if (v)
		file_name_make(&name, v);
	else
		rmn_buf_append_string(&name, "file without object");
	rmn_member_bytes_give(&s->text, rmn_buf_bytes(&name), bytes);
	rmn_buf_release(&name);
}

static int
file_compare(const void *left, const void *right)
{
	const struct rmn_one_file *a = left, *b = right;

	return memcmp(a->guid, b->guid, RMN_ONE_GUID_BYTES);
}

/* Files that objects show, by the objects' names, then those that no object shows. */
static void
files_give(struct section *s)
{
	struct rmn_one_file *file, wanted;

	if (s->objects.file_count > 0)
		qsort(s->objects.files, s->objects.file_count, sizeof(wanted), file_compare);
	for (size_t i = 0; i < s->objects.count && s->text.status == RMN_OK; i++) {
		const struct rmn_one_version *v = &s->objects.versions[i];

		if (v->file_reference.size == 0 || s->objects.file_count == 0 ||
		    !reference_guid(v->file_reference, wanted.guid))
			continue;
		file = bsearch(&wanted, s->objects.files, s->objects.file_count, sizeof(wanted),
		    file_compare);
		if (!file || file->was_given)
			continue;
		file->was_given = true;
		if (v->file_name.size > 0 || !is_picture(v->file_ending))
			file_give(s, file, v);
	}
	for (size_t j = 0; j < s->objects.file_count && s->text.status == RMN_OK; j++)
		if (!s->objects.files[j].was_given)
			file_give(s, &s->objects.files[j], NULL);
}

static enum rmn_status
section_give(struct section *s, struct rmn_bytes bytes)
{
	if (!rmn_bytes_equal(rmn_bytes_head(rmn_bytes_after(bytes, FORMAT_AT), 16),
	    (struct rmn_bytes){(const unsigned char *)FORMAT_REVISIONS, 16})) {
		rmn_text_runs_put(&s->runs, bytes);
		return rmn_fail(s->error, RMN_PARTIAL,
		    "packaging of this section is not followed: runs of text only");
	}
	if (!rmn_one_objects_read(&s->objects, bytes, s->arena)) {
		rmn_text_runs_put(&s->runs, bytes);
		return rmn_fail(s->error, RMN_PARTIAL, "the section has no list: runs of text only");
	}
	if (!s->objects.has_memory || !pages_give(s))
		return rmn_fail(s->error, RMN_LIMIT, "item outgrows its memory");
	files_give(s);
	if (s->objects.is_encrypted)
		return rmn_fail(s->error, RMN_ENCRYPTED, "the section is protected by a password");
	return s->objects.is_whole ? RMN_OK :
	    rmn_fail(s->error, RMN_PARTIAL, "the section is damaged or cut");
}

static enum rmn_status
one_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct section s = {.arena = input->arena, .sink = sink, .error = error};
	struct rmn_bytes bytes;
	enum rmn_status status, given;

	rmn_text_init(&s.text, sink, input->arena, error);
	rmn_text_runs_init(&s.runs, &s.text, input->arena);
	s.seen = rmn_arena_alloc(input->arena, SEEN_SLOTS, sizeof(*s.seen));
	if (s.text.status != RMN_OK || !s.seen)
		return rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
	status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES, input->arena, &bytes,
	    error);
	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	s.read_left = (uint64_t)bytes.size * READ_FACTOR;
	rmn_text_part(&s.text, RMN_PART_BODY, rmn_bytes_from_string(""));
	given = section_give(&s, bytes);
	if (rmn_text_flush(&s.text) != RMN_OK)
		return s.text.status;
	return given != RMN_OK ? given : status;
}

static unsigned
one_claim(const struct rmn_format_input *input)
{
	return input->head.size >= 16 && (memcmp(input->head.data, SECTION, 16) == 0 ||
	    memcmp(input->head.data, CONTENTS, 16) == 0) ? 128 : 0;
}

const struct rmn_format rmn_format_one = {
	.name = "one",
	.title = "OneNote section",
	.media_type = "application/onenote",
	.kind = RMN_KIND_DOCUMENT,
	.claim = one_claim,
	.read = one_read,
};
