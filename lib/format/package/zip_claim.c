/* SPDX-License-Identifier: MIT */
#include "format/package/zip_claim.h"

#include <string.h>
#include <strings.h>

#include "base/checked.h"
#include "base/cursor.h"

#define LOCAL "PK\3\4"
#define CENTRAL "PK\1\2"
#define LOCAL_NAME_AT 26u	/* size of the name; the name comes 4 bytes behind it */
#define CENTRAL_NAME_AT 28u
#define CENTRAL_NAME 46u
#define LOCAL_NAME 30u
#define TAIL_BYTES ((size_t)32 << 10)

/* The names that are looked for; each stands for all that start with it. */
struct wanted {
	const char *package[3];
	const char *folder;
};

struct seen {
	bool is_package;
	bool has_folder;
};

static bool
is_zip(const struct rmn_format_input *input)
{
	return rmn_bytes_start_with(input->head, LOCAL);
}

static void
name_see(struct rmn_bytes name, const struct wanted *wanted, struct seen *seen)
{
	if (rmn_bytes_start_with(name, wanted->folder))
		seen->has_folder = true;
	for (size_t i = 0; i < 3; i++)
		if (rmn_bytes_start_with(name, wanted->package[i]))
			seen->is_package = true;
}

/* Looks at the names behind each signature in bytes. */
static void
names_see(struct rmn_bytes bytes, const char *signature, size_t size_at, size_t name_at,
    const struct wanted *wanted, struct seen *seen)
{
	struct rmn_bytes needle = {(const unsigned char *)signature, 4}, name;
	size_t found;

	while (!(seen->is_package && seen->has_folder)) {
		struct rmn_cursor c;
		uint16_t size;

		found = rmn_bytes_find(bytes, needle);
		if (found == SIZE_MAX)
			return;
		bytes = rmn_bytes_after(bytes, found);
		c = rmn_cursor_over(bytes);
		if (!rmn_cursor_skip(&c, size_at) || !rmn_cursor_le16(&c, &size) ||
		    !rmn_cursor_seek(&c, name_at))
			return;
		name = rmn_bytes_head(rmn_bytes_after(bytes, name_at), size);
		name_see(name, wanted, seen);
		bytes = rmn_bytes_after(bytes, name_at);
	}
}

static void
tail_see(const struct rmn_format_input *input, const struct wanted *wanted, struct seen *seen)
{
	struct rmn_blob *content = input->content;
	size_t size = (size_t)rmn_min_u64(content->size_bytes, TAIL_BYTES), got;
	uint64_t offset = content->size_bytes - size;
	struct rmn_bytes tail = {NULL, 0};
	unsigned char *memory;

	if (content->memory.data) {
		tail = rmn_bytes_after(content->memory, (size_t)offset);
	} else {
		memory = rmn_arena_alloc(input->arena, size + 1, 1);
		if (!memory || rmn_blob_read(content, offset, memory, size, &got, NULL) != RMN_OK)
			return;
		tail = (struct rmn_bytes){memory, got};
	}
	names_see(tail, CENTRAL, CENTRAL_NAME_AT, CENTRAL_NAME, wanted, seen);
}

static bool
name_has_ending(struct rmn_bytes name, const char *ending)
{
	size_t at = name.size, size = strlen(ending);

	while (at > 0 && name.data[at - 1] != '.')
		at--;
	return at > 0 && name.size - at + 1 >= size &&
	    strncasecmp((const char *)name.data + at - 1, ending, size) == 0;
}

/* A package whose first sector is damaged is still known by its directory, if its name says so. */
static struct seen
zip_see(const struct rmn_format_input *input, const struct wanted *wanted, const char *ending)
{
	struct seen seen = {false, false};

	if (!is_zip(input) && !name_has_ending(input->name, ending))
		return seen;
	names_see(input->head, LOCAL, LOCAL_NAME_AT, LOCAL_NAME, wanted, &seen);
	if (!(seen.is_package && seen.has_folder))
		tail_see(input, wanted, &seen);
	return seen;
}

unsigned
rmn_zip_claim_untyped(const struct rmn_format_input *input, const char *ending)
{
	const struct wanted wanted = {
		{"META-INF/manifest.xml", "styles.xml", "meta.xml"}, "content.xml",
	};
	struct seen seen = zip_see(input, &wanted, ending);

	if (!seen.is_package || !seen.has_folder)
		return 0;
	return name_has_ending(input->name, ending) ? 44 : 40;
}

unsigned
rmn_zip_claim_ooxml(const struct rmn_format_input *input, const char *folder,
    const char *ending)
{
	const struct wanted wanted = {
		{"[Content_Types].xml", "_rels/.rels", "docProps/"}, folder,
	};
	struct seen seen = zip_see(input, &wanted, ending);

	if (seen.is_package && seen.has_folder)
		return 56;
	/* the front of one: what came first is its own, the rest is gone */
	return seen.is_package && is_zip(input) && name_has_ending(input->name, ending) ? 44 : 0;
}

unsigned
rmn_zip_claim_names(const struct rmn_format_input *input, const char *first, const char *second)
{
	const struct wanted wanted = {{first, first, first}, second};
	struct seen seen = {false, false};

	if (is_zip(input))
		seen = zip_see(input, &wanted, "");
	return seen.is_package && seen.has_folder ? 56 : 0;
}

unsigned
rmn_zip_claim_mimetype(const struct rmn_format_input *input, const char *media_type)
{
	struct rmn_bytes name = rmn_bytes_after(input->head, LOCAL_NAME), type;
	struct rmn_cursor c = rmn_cursor_over(input->head);
	uint16_t name_size, extra_size;

	if (!is_zip(input) || !rmn_bytes_start_with(name, "mimetype") ||
	    !rmn_cursor_skip(&c, LOCAL_NAME_AT) || !rmn_cursor_le16(&c, &name_size) ||
	    !rmn_cursor_le16(&c, &extra_size) || name_size != 8)
		return 0;
	type = rmn_bytes_after(name, (size_t)8 + extra_size);
	if (!rmn_bytes_start_with(type, media_type))
		return 0;
	type = rmn_bytes_after(type, strlen(media_type));
	if (rmn_bytes_start_with(type, "-template") || rmn_bytes_start_with(type, "-master") ||
	    rmn_bytes_start_with(type, ".template") || rmn_bytes_start_with(type, ".global") ||
	    rmn_bytes_start_with(type, "PK"))
		return 64;
	return 0;
}
