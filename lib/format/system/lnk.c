/* SPDX-License-Identifier: MIT
 *
 * Shell links of Windows (.lnk, MS-SHLLINK): which file on which volume of which machine somebody
 * opened, one line "name: value" for each fact.  Links outlive their targets: they are what is left
 * of a share or a stick. */
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/time.h"
#include "charset/charset.h"
#include "format/format.h"
#include "format/text_runs.h"

#define HEADER_BYTES 76u
#define MAGIC "\x4C\0\0\0\x01\x14\x02\0\0\0\0\0\xC0\0\0\0\0\0\0\x46"
#define HAS_ID_LIST 1u
#define HAS_LINK_INFO 2u
#define HAS_NAME 4u		/* and four more strings in the bits above */
#define IS_UNICODE 0x80u
#define STRINGS 5u
#define RELATIVE_PATH 1u	/* of the strings */
#define ATTRIBUTE_FOLDER 0x10u
#define ITEMS_MAX 1024u
#define BLOCK_TRACKER 0xA0000003u
#define BLOCK_ENVIRONMENT 0xA0000001u
#define BLOCK_DARWIN 0xA0000006u
#define BLOCK_ICON 0xA0000007u
#define BLOCK_PROPERTIES 0xA0000009u

struct link {
	struct rmn_text text;
	struct rmn_text_runs runs;
	struct rmn_buf utf8;
	struct rmn_arena *arena;
	struct rmn_named target;
	bool is_folder;
	bool is_whole;
};

static void
line_give(struct link *l, const char *name, struct rmn_bytes utf8)
{
	if (utf8.size == 0)
		return;
	rmn_text_newline(&l->text);
	rmn_text_put(&l->text, rmn_bytes_from_string(name));
	rmn_text_put(&l->text, rmn_bytes_from_string(": "));
	for (size_t i = 0; i < utf8.size; i++)
		rmn_text_char(&l->text, utf8.data[i] < 0x20 ? ' ' : (char)utf8.data[i]);
	rmn_text_char(&l->text, '\n');
}

static struct rmn_bytes
until_zero(struct rmn_bytes bytes, size_t unit)
{
	size_t size = 0;

	while (size + unit <= bytes.size &&
	    !rmn_bytes_are_zero((struct rmn_bytes){bytes.data + size, unit}))
		size += unit;
	return rmn_bytes_head(bytes, size);
}

/* 8-bit strings are in the code page of the machine, which a link does not tell: Japanese when they
 * can be, else western. */
static void
string_give(struct link *l, const char *name, struct rmn_bytes bytes, bool is_wide)
{
	enum rmn_encoding encoding = RMN_UTF16LE;

	bytes = until_zero(bytes, is_wide ? 2 : 1);
	if (!is_wide) {
		size_t bad = 0;

		rmn_buf_clear(&l->utf8);
		rmn_charset_decode(bytes, RMN_CP932, &l->utf8, &bad);
		encoding = bad == 0 ? RMN_CP932 : RMN_CP1252;
	}
	rmn_buf_clear(&l->utf8);
	rmn_charset_decode(bytes, encoding, &l->utf8, NULL);
	if (l->utf8.failed)
		l->is_whole = false;
	line_give(l, name, rmn_buf_bytes(&l->utf8));
}

/* The string given last is where the link leads: the first that is one counts. */
static void
target_keep(struct link *l)
{
	if (l->target.path.size == 0)
		l->target.path = rmn_arena_copy(l->arena, rmn_buf_bytes(&l->utf8));
}

static int64_t
time_give(struct link *l, const char *name, uint64_t filetime)
{
	char when[RMN_TIME_TEXT_BYTES];
	int64_t time = rmn_time_from_filetime(filetime);

	rmn_time_text(time, when);
	line_give(l, name, rmn_bytes_from_string(when));
	return time;
}

static bool
header_give(struct link *l, struct rmn_cursor *c, uint32_t *flags)
{
	uint64_t created, accessed, written;
	uint32_t size, attributes;
	char number[32];

	if (!rmn_cursor_seek(c, 20) || !rmn_cursor_le32(c, flags) ||
	    !rmn_cursor_le32(c, &attributes) ||
	    !rmn_cursor_le64(c, &created) || !rmn_cursor_le64(c, &accessed) ||
	    !rmn_cursor_le64(c, &written) || !rmn_cursor_le32(c, &size) ||
	    !rmn_cursor_seek(c, HEADER_BYTES))
		return false;
	l->is_folder = attributes & ATTRIBUTE_FOLDER;
	l->target.created = time_give(l, "target created", created);
	time_give(l, "target accessed", accessed);
	l->target.modified = time_give(l, "target written", written);
	l->target.size_bytes = size > 0 ? size : UINT64_MAX;
	snprintf(number, sizeof(number), "%u", size);
	if (size > 0)
		line_give(l, "target size", rmn_bytes_from_string(number));
	return true;
}

/* Shell items are not documented; their names are NUL-terminated or in blocks behind. */
static bool
id_list_give(struct link *l, struct rmn_cursor *c)
{
	struct rmn_bytes list, item;
	struct rmn_cursor items;
	uint16_t size;

	if (!rmn_cursor_le16(c, &size) || !rmn_cursor_take(c, size, &list))
		return false;
	items = rmn_cursor_over(list);
	rmn_text_part(&l->text, RMN_PART_BODY, rmn_bytes_from_string("shell items"));
	for (unsigned i = 0; i < ITEMS_MAX; i++) {
		if (!rmn_cursor_le16(&items, &size))
			return false;
		if (size == 0)
			return true;
		if (size < 2 || !rmn_cursor_take(&items, (size_t)size - 2, &item))
			return false;
		rmn_text_runs_put(&l->runs, item);
	}
	return false;
}

static void
offset_give(struct link *l, const char *name, struct rmn_bytes info, uint32_t offset, bool is_wide)
{
	if (offset > 0 && offset < info.size)
		string_give(l, name, rmn_bytes_after(info, offset), is_wide);
}

static void
volume_give(struct link *l, struct rmn_bytes info, uint32_t at)
{
	struct rmn_bytes volume = rmn_bytes_after(info, at);
	struct rmn_cursor c = rmn_cursor_over(volume);
	static const char *const kinds[] = {"unknown", "no root", "removable", "fixed", "network",
	    "optical", "memory"};
	uint32_t size, kind, serial, label, wide_label = 0;
	char number[32];

	if (at == 0 || !rmn_cursor_le32(&c, &size) || !rmn_cursor_le32(&c, &kind) ||
	    !rmn_cursor_le32(&c, &serial) || !rmn_cursor_le32(&c, &label))
		return;
	snprintf(number, sizeof(number), "%04X-%04X", serial >> 16, serial & 0xFFFF);
	line_give(l, "volume serial", rmn_bytes_from_string(number));
	if (kind < sizeof(kinds) / sizeof(kinds[0]))
		line_give(l, "volume kind", rmn_bytes_from_string(kinds[kind]));
	if (label == 20 && rmn_cursor_le32(&c, &wide_label))
		offset_give(l, "volume label", volume, wide_label, true);
	else
		offset_give(l, "volume label", volume, label, false);
}

static void
network_give(struct link *l, struct rmn_bytes info, uint32_t at)
{
	struct rmn_bytes network = rmn_bytes_after(info, at);
	struct rmn_cursor c = rmn_cursor_over(network);
	uint32_t size, flags, name, device, provider, wide_name, wide_device;

	if (at == 0 || !rmn_cursor_le32(&c, &size) || !rmn_cursor_le32(&c, &flags) ||
	    !rmn_cursor_le32(&c, &name) || !rmn_cursor_le32(&c, &device) ||
	    !rmn_cursor_le32(&c, &provider))
		return;
	if (name > 20 && rmn_cursor_le32(&c, &wide_name) && rmn_cursor_le32(&c, &wide_device)) {
		offset_give(l, "share", network, wide_name, true);
		offset_give(l, "device", network, wide_device, true);
		return;
	}
	offset_give(l, "share", network, name, false);
	offset_give(l, "device", network, device, false);
}

static bool
link_info_give(struct link *l, struct rmn_cursor *c)
{
	struct rmn_cursor at = *c, fields;
	uint32_t size, head, flags, volume, base, network, suffix, wide_base = 0, wide_suffix = 0;
	struct rmn_bytes info;

	if (!rmn_cursor_le32(&at, &size) || !rmn_cursor_take(c, size, &info))
		return false;
	fields = rmn_cursor_over(info);
	if (!rmn_cursor_skip(&fields, 4) || !rmn_cursor_le32(&fields, &head) ||
	    !rmn_cursor_le32(&fields, &flags) || !rmn_cursor_le32(&fields, &volume) ||
	    !rmn_cursor_le32(&fields, &base) || !rmn_cursor_le32(&fields, &network) ||
	    !rmn_cursor_le32(&fields, &suffix))
		return false;
	if (head >= 36 && (!rmn_cursor_le32(&fields, &wide_base) ||
	    !rmn_cursor_le32(&fields, &wide_suffix)))
		return false;
	rmn_text_part(&l->text, RMN_PART_BODY, rmn_bytes_from_string("target"));
	if (flags & 1) {
		volume_give(l, info, volume);
		rmn_buf_clear(&l->utf8);
		offset_give(l, "path", info, wide_base ? wide_base : base, wide_base != 0);
		target_keep(l);
	}
	if (flags & 2)
		network_give(l, info, network);
	rmn_buf_clear(&l->utf8);
	offset_give(l, "path suffix", info, wide_suffix ? wide_suffix : suffix, wide_suffix != 0);
	target_keep(l);
	return true;
}

static bool
strings_give(struct link *l, struct rmn_cursor *c, uint32_t flags)
{
	static const char *const names[STRINGS] = {"description", "relative path",
	    "working folder", "arguments", "icon"};
	bool is_wide = (flags & IS_UNICODE) != 0;
	struct rmn_bytes string;
	uint16_t count;

	for (unsigned i = 0; i < STRINGS; i++) {
		if (!(flags & HAS_NAME << i))
			continue;
		if (!rmn_cursor_le16(c, &count) ||
		    !rmn_cursor_take(c, (size_t)count * (is_wide ? 2 : 1), &string))
			return false;
		string_give(l, names[i], string, is_wide);
		if (i == RELATIVE_PATH)
			target_keep(l);
	}
	return true;
}

/* The machine, and the identifiers of volume and file that follow a file when it is moved; the file's
 * own is made of a time and the address of a network card. */
static void
tracker_give(struct link *l, struct rmn_bytes block)
{
	struct rmn_bytes id = rmn_bytes_head(rmn_bytes_after(block, 40), 16);
	char text[40];

	string_give(l, "machine", rmn_bytes_head(rmn_bytes_after(block, 8), 16), false);
	if (id.size < 16)
		return;
	snprintf(text, sizeof(text), "%02X:%02X:%02X:%02X:%02X:%02X", id.data[10], id.data[11],
	    id.data[12], id.data[13], id.data[14], id.data[15]);
	if (id.data[7] >> 4 == 1)
		line_give(l, "network card", rmn_bytes_from_string(text));
}

static bool
blocks_give(struct link *l, struct rmn_cursor *c)
{
	uint32_t size, kind;
	struct rmn_bytes block;
	struct rmn_cursor at;

	while (rmn_cursor_left(c) >= 4) {
		at = *c;
		if (!rmn_cursor_le32(&at, &size) || size < 4)
			return size < 4;
		if (!rmn_cursor_take(c, size, &block) || !rmn_cursor_le32(&at, &kind))
			return false;
		block = rmn_bytes_after(block, 8);
		if (kind == BLOCK_TRACKER)
			tracker_give(l, block);
		else if (kind == BLOCK_ENVIRONMENT || kind == BLOCK_DARWIN || kind == BLOCK_ICON)
			string_give(l, kind == BLOCK_ICON ? "icon by environment" :
			    "target by environment", rmn_bytes_after(block, 260), true);
		else if (kind == BLOCK_PROPERTIES)
			rmn_text_runs_put(&l->runs, block);
	}
	return false;	/* the block that ends the list is missing */
}

static bool
link_give(struct link *l, struct rmn_bytes bytes)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	struct rmn_bytes behind;
	uint32_t flags;

	rmn_text_part(&l->text, RMN_PART_BODY, rmn_bytes_from_string("target"));
	if (!header_give(l, &c, &flags))
		return false;
	if ((flags & HAS_ID_LIST) && !id_list_give(l, &c))
		return false;
	if ((flags & HAS_LINK_INFO) && !link_info_give(l, &c))
		return false;
	rmn_text_part(&l->text, RMN_PART_BODY, rmn_bytes_from_string("link"));
	if (!strings_give(l, &c, flags) || !blocks_give(l, &c))
		return false;
	behind = rmn_bytes_after(bytes, c.offset);
	if (rmn_bytes_are_zero(behind))
		return true;
	rmn_text_part(&l->text, RMN_PART_BODY, rmn_bytes_from_string("behind the link"));
	rmn_text_runs_put(&l->runs, behind);
	return true;
}

static enum rmn_status
lnk_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct link l = {.arena = input->arena, .is_whole = true};
	struct rmn_bytes bytes;
	enum rmn_status status, named;

	rmn_text_init(&l.text, sink, input->arena, error);
	rmn_text_runs_init(&l.runs, &l.text, input->arena);
	if (l.text.status != RMN_OK)
		return l.text.status;
	status = rmn_blob_bytes(input->content, RMN_MIB, input->arena, &bytes, error);
	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	rmn_buf_init(&l.utf8, 0);
	if (!link_give(&l, bytes)) {
		l.is_whole = false;
		rmn_text_part(&l.text, RMN_PART_BODY, rmn_bytes_from_string("other text"));
		rmn_text_runs_put(&l.runs, rmn_bytes_after(bytes, HEADER_BYTES));
	}
	rmn_buf_release(&l.utf8);
	named = l.is_folder ? RMN_OK : rmn_sink_named(sink, &l.target);
	if (rmn_text_flush(&l.text) != RMN_OK || named != RMN_OK)
		return named != RMN_OK ? named : l.text.status;
	return status == RMN_OK && !l.is_whole ?
	    rmn_fail(error, RMN_PARTIAL, "the link is damaged or cut") : status;
}

static unsigned
lnk_claim(const struct rmn_format_input *input)
{
	return input->head.size >= 20 && memcmp(input->head.data, MAGIC, 20) == 0 ? 160 : 0;
}

const struct rmn_format rmn_format_lnk = {
	.name = "lnk",
	.title = "Shell link",
	.media_type = "application/x-ms-shortcut",
	.kind = RMN_KIND_CONTAINER,
	.claim = lnk_claim,
	.read = lnk_read,
};
