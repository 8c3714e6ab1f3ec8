/* SPDX-License-Identifier: MIT
 *
 * LHA archives (.lzh), which Japan used until about 2010.  Our own reader: libarchive 3.6 rejects
 * names in CP932 without a code page, and a quarter of fragglet/lhasa's collection. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "unpack/lha_head.h"
#include "unpack/lzh.h"
#include "unpack/own.h"

/* Most headers are this short; only the others are read again in full. */
#define HEAD_BYTES_FIRST 1024u

struct lha {
	struct rmn_blob *content;
	const struct rmn_sink *sink;
	struct rmn_error *error;
	struct rmn_lzh *lzh;
	unsigned char *buffer;
	struct rmn_buf name, raw_name;
	struct rmn_lha_head head;
	uint64_t offset;		/* of the header */
	enum rmn_status member_status;	/* how reading it would end */
	enum rmn_status result;
};

/* Level 0 and 1 headers carry the sum of their bytes, 2 and 3 their size. */
bool
rmn_lha_claim(struct rmn_bytes head)
{
	static const char methods[] = "01234567sdx";
	struct rmn_cursor c = rmn_cursor_over(head);
	struct rmn_bytes summed;
	uint8_t size, check, sum = 0;

	if (head.size < 24 || head.data[6] != '-' ||
	    (memcmp(head.data + 2, "-lh", 3) != 0 && memcmp(head.data + 2, "-lz", 3) != 0 &&
	    memcmp(head.data + 2, "-pm", 3) != 0) ||
	    !memchr(methods, head.data[5], sizeof(methods) - 1) ||
	    !rmn_cursor_u8(&c, &size) || !rmn_cursor_u8(&c, &check))
		return false;
	if (head.data[20] == 2)		/* the two bytes are one size */
		return check < 16 && (size >= 26 || check > 0);
	if (head.data[20] == 3)		/* the width of its sizes */
		return size == 4 && check == 0;
	if (head.data[20] > 1 || size < 20 || !rmn_cursor_take(&c, size, &summed))
		return false;
	for (size_t i = 0; i < summed.size; i++)
		sum = (uint8_t)(sum + summed.data[i]);
	return sum == check;
}

/* The header at l->offset; RMN_END where the archive ends. */
static enum rmn_status
head_next(struct lha *l)
{
	static const size_t sizes[] = {HEAD_BYTES_FIRST, RMN_LHA_HEAD_BYTES_MAX};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct rmn_bytes bytes = {l->buffer, 0};
		enum rmn_status status = rmn_blob_read(l->content, l->offset, l->buffer, sizes[i],
		    &bytes.size, l->error);

		if (status != RMN_OK)
			return status;
		if (bytes.size == 0 || l->buffer[0] == 0)
			return RMN_END;
		if (rmn_lha_head_read(bytes, &l->head))
			return RMN_OK;
	}
	return rmn_fail(l->error, RMN_CORRUPT, "no LHA header at byte %llu",
	    (unsigned long long)l->offset);
}

static enum rmn_status
member_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	struct lha *l = state;
	enum rmn_status status = l->member_status;

	*got = 0;
	if (status == RMN_OK)
		status = rmn_lzh_read(l->lzh, buffer, size, got);
	if (status == RMN_END && l->member_status == RMN_OK && l->head.has_crc &&
	    rmn_lzh_crc(l->lzh) != l->head.crc)
		status = RMN_CORRUPT;
	if (status == RMN_OK)
		return RMN_OK;
	l->member_status = status;
	if (status == RMN_END)
		return RMN_END;
	l->result = RMN_PARTIAL;
	if (status == RMN_UNSUPPORTED) {
		rmn_fail(l->error, RMN_PARTIAL, "method %.5s is not read",
		    (const char *)l->head.method.data);
		return rmn_fail(error, status, "method %.5s is not read",
		    (const char *)l->head.method.data);
	}
	rmn_fail(l->error, RMN_PARTIAL, "damaged data in an LHA member");
	return rmn_fail(error, status, "damaged data");
}

static enum rmn_status
pass_member(struct lha *l)
{
	struct rmn_member_reader reader = {member_read, l};
	struct rmn_member member = {
		.size_bytes = l->head.size_bytes,
		.modified = l->head.modified,
		.created = l->head.created,
		.is_directory = rmn_bytes_start_with(l->head.method, "-lhd-"),
		.has_offset = true,
	};

	rmn_lha_head_name(&l->head, &l->name, &l->raw_name);
	if (l->name.failed)
		return rmn_fail(l->error, RMN_NOMEM, "out of memory for a name");
	member.name = rmn_buf_bytes(&l->name);
	if (!rmn_bytes_equal(member.name, rmn_buf_bytes(&l->raw_name)))
		member.raw_name = rmn_buf_bytes(&l->raw_name);
	if (!rmn_add_u64(l->offset, l->head.data_at, &member.container_offset))
		return RMN_CORRUPT;
	l->member_status = member.is_directory ? RMN_END : rmn_lzh_start(l->lzh, l->head.method,
	    l->content, member.container_offset, l->head.packed_bytes, l->head.size_bytes);
	return rmn_sink_member(l->sink, &member, &reader);
}

static enum rmn_status
read_members(struct lha *l)
{
	uint64_t count = 0;
	enum rmn_status status;

	while ((status = head_next(l)) == RMN_OK) {
		status = pass_member(l);
		if (status != RMN_OK)
			return status;
		count++;
		if (!rmn_add_u64(l->offset, l->head.data_at, &l->offset) ||
		    !rmn_add_u64(l->offset, l->head.packed_bytes, &l->offset))
			break;
		if (l->offset > l->content->size_bytes) {
			status = rmn_fail(l->error, RMN_PARTIAL, "the archive is cut short");
			break;
		}
	}
	if (status == RMN_END)
		return l->result;
	return count > 0 ? RMN_PARTIAL : status;
}

enum rmn_status
rmn_unpack_lha(struct rmn_blob *content, const struct rmn_sink *sink, struct rmn_error *error)
{
	struct lha l = {.content = content, .sink = sink, .error = error, .result = RMN_OK};
	enum rmn_status status;

	rmn_buf_init(&l.name, 0);
	rmn_buf_init(&l.raw_name, 0);
	l.lzh = rmn_lzh_new();
	l.buffer = malloc(RMN_LHA_HEAD_BYTES_MAX);
	if (l.lzh && l.buffer)
		status = read_members(&l);
	else
		status = rmn_fail(error, RMN_NOMEM, "out of memory for an LHA archive");
	rmn_lzh_free(l.lzh);
	free(l.buffer);
	rmn_buf_release(&l.name);
	rmn_buf_release(&l.raw_name);
	return status;
}
