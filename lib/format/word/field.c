/* SPDX-License-Identifier: MIT */
#include "format/word/field.h"

#include <strings.h>

#define NESTED_MAX 16u

static struct rmn_bytes
trimmed(struct rmn_bytes bytes)
{
	while (bytes.size > 0 && bytes.data[0] <= ' ')
		bytes = rmn_bytes_after(bytes, 1);
	return bytes;
}

static bool
has(struct rmn_bytes bytes, const char *text)
{
	return rmn_bytes_find(bytes, rmn_bytes_from_string(text)) != SIZE_MAX;
}

static size_t
keyword_size(struct rmn_bytes bytes)
{
	size_t size = 0;

	while (size < bytes.size && bytes.data[size] > ' ' && bytes.data[size] != '\\')
		size++;
	return size;
}

static bool
keyword_is(struct rmn_bytes bytes, size_t size, const char *keyword)
{
	return size == rmn_bytes_from_string(keyword).size &&
	    strncasecmp((const char *)bytes.data, keyword, size) == 0;
}

static bool
keyword_is_among(struct rmn_bytes bytes, const char *const *keywords)
{
	size_t size = keyword_size(bytes);

	for (; *keywords; keywords++)
		if (keyword_is(bytes, size, *keywords))
			return true;
	return false;
}

bool
rmn_field_is_telling(struct rmn_bytes instruction)
{
	static const char *const texts[] = {"IF", "QUOTE", "SET", "ASK", "FILLIN", NULL};
	static const char *const formats[] = {"EQ", "DATE", "TIME", "CREATEDATE", "SAVEDATE",
	    "PRINTDATE", NULL};

	instruction = trimmed(instruction);
	if (has(instruction, ":") || has(instruction, "@") || has(instruction, "\\\\"))
		return !keyword_is_among(instruction, formats);
	return keyword_is_among(instruction, texts);
}

/* A switch of one or two letters behind a backslash; returns how many bytes it has.  A character
 * that is escaped (comma, bracket, backslash) is none. */
static size_t
switch_size(struct rmn_bytes at, bool *is_over)
{
	size_t size = 1;

	while (size < at.size && ((at.data[size] >= 'a' && at.data[size] <= 'z') ||
	    (at.data[size] >= 'A' && at.data[size] <= 'Z')))
		size++;
	*is_over = size == 2 && (at.data[1] | 0x20) == 'o';
	/* "\s\up 9(": the number belongs to it */
	while (size > 1 && size < at.size && (at.data[size] == ' ' ||
	    (at.data[size] >= '0' && at.data[size] <= '9')))
		size++;
	return size;
}

/* "\* jc2", "\* "Font:MS Mincho"": how something looks. */
static size_t
format_size(struct rmn_bytes at)
{
	size_t size = 2;

	while (size < at.size && at.data[size] == ' ')
		size++;
	if (size < at.size && at.data[size] == '"') {
		size++;
		while (size < at.size && at.data[size] != '"')
			size++;
		return size < at.size ? size + 1 : size;
	}
	while (size < at.size && at.data[size] > ' ' && at.data[size] != '\\')
		size++;
	return size;
}

void
rmn_field_shown(struct rmn_bytes instruction, struct rmn_buf *utf8)
{
	size_t starts[NESTED_MAX];	/* where the text of a bracket starts */
	bool overs[NESTED_MAX];		/* its elements lie on each other */
	bool is_over = false, is_next_over = false;
	size_t depth = 0;

	instruction = trimmed(instruction);
	if (!keyword_is(instruction, keyword_size(instruction), "EQ"))
		return;
	instruction = rmn_bytes_after(instruction, 2);
	while (instruction.size > 0) {
		unsigned char c = instruction.data[0];
		size_t size = 1;

		if (c == '\\' && instruction.size > 1 && instruction.data[1] == '*') {
			size = format_size(instruction);
		} else if (c == '\\') {
			size = switch_size(instruction, &is_over);
			is_next_over = is_next_over || is_over;
			if (size == 1 && instruction.size > 1) {
				rmn_buf_append_char(utf8, (char)instruction.data[1]);
				size = 2;
			}
		} else if (c == '(' && depth < NESTED_MAX) {
			starts[depth] = utf8->size;
			overs[depth++] = is_next_over;
			is_next_over = false;
		} else if (c == ')' && depth > 0) {
			depth--;
		} else if ((c == ',' || c == ';') && depth > 0 && overs[depth - 1]) {
			utf8->size = utf8->failed ? utf8->size : starts[depth - 1];
		} else if (depth > 0) {
			rmn_buf_append_char(utf8, (char)c);
		}
		instruction = rmn_bytes_after(instruction, size);
	}
}
