/* SPDX-License-Identifier: MIT
 *
 * ARJ archives (.arj, .a01 ...), common on MS-DOS until about 1998.  Their data are lh6's with another
 * window, or a simpler code.  Names are of the code page of who packed. */
#include <stdlib.h>

#include "base/checked.h"
#include "base/time.h"
#include "unpack/arj_head.h"
#include "unpack/checksum.h"
#include "unpack/lzh.h"
#include "unpack/name.h"
#include "unpack/own.h"
#include "unpack/stamp.h"

struct arj {
	struct rmn_blob *content;
	const struct rmn_sink *sink;
	struct rmn_error *error;
	struct rmn_lzh *lzh;
	unsigned char *buffer;
	struct rmn_buf name;
	struct rmn_arj_head head;
	uint64_t offset;		/* of the header */
	uint32_t crc;
	enum rmn_status member_status;	/* how reading it would end */
	enum rmn_status result;
};

bool
rmn_arj_claim(struct rmn_bytes head)
{
	struct rmn_arj_head main;

	return rmn_arj_head_read(head, &main) && !main.is_end && main.type == RMN_ARJ_MAIN;
}

static enum rmn_status
head_next(struct arj *a)
{
	struct rmn_bytes bytes = {a->buffer, 0};
	enum rmn_status status = rmn_blob_read(a->content, a->offset, a->buffer,
	    RMN_ARJ_HEAD_BYTES_MAX, &bytes.size, a->error);

	if (status != RMN_OK)
		return status;
	if (bytes.size == 0)
		return rmn_fail(a->error, RMN_CORRUPT, "the archive is cut short");
	if (!rmn_arj_head_read(bytes, &a->head))
		return rmn_fail(a->error, RMN_CORRUPT, "no ARJ header at byte %llu",
		    (unsigned long long)a->offset);
	return a->head.is_end ? RMN_END : RMN_OK;
}

static enum rmn_status
member_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	struct arj *a = state;

	*got = 0;
	if (a->member_status == RMN_OK)
		a->member_status = rmn_lzh_read(a->lzh, buffer, size, got);
	if (a->member_status == RMN_OK) {
		a->crc = rmn_crc32(a->crc, buffer, *got);
		return RMN_OK;
	}
	if (a->member_status == RMN_END && (a->crc == a->head.crc || a->head.type ==
	    RMN_ARJ_FOLDER || (a->head.flags & RMN_ARJ_GARBLED)))
		return RMN_END;
	a->result = RMN_PARTIAL;
	if (a->member_status == RMN_UNSUPPORTED) {
		rmn_fail(a->error, RMN_PARTIAL, "method %u is not read", a->head.method);
		return rmn_fail(error, RMN_UNSUPPORTED, "method %u is not read", a->head.method);
	}
	rmn_fail(a->error, RMN_PARTIAL, "damaged data in an ARJ member");
	return rmn_fail(error, RMN_CORRUPT, "damaged data");
}

static enum rmn_status
comment_pass(struct arj *a)
{
	enum rmn_status status;

	if (a->head.comment.size == 0)
		return RMN_OK;
	rmn_unpack_name(a->head.comment, &a->name);
	rmn_buf_append_char(&a->name, '\n');
	status = rmn_sink_part(a->sink, RMN_PART_COMMENT, "");
	return status != RMN_OK ? status : rmn_sink_text(a->sink, rmn_buf_bytes(&a->name));
}

static enum rmn_status
data_start(struct arj *a, uint64_t offset)
{
	static const char *const methods[] = {"-lh0-", "-arj-", "-arj-", "-arj-", "-arf-"};

	if (a->head.type == RMN_ARJ_FOLDER || (a->head.flags & RMN_ARJ_GARBLED))
		return RMN_END;
	if (a->head.method >= sizeof(methods) / sizeof(methods[0]))
		return RMN_UNSUPPORTED;
	return rmn_lzh_start(a->lzh, rmn_bytes_from_string(methods[a->head.method]), a->content,
	    offset, a->head.packed_bytes, a->head.size_bytes);
}

static enum rmn_status
member_pass(struct arj *a)
{
	struct rmn_member_reader reader = {member_read, a};
	struct rmn_member member = {
		.size_bytes = a->head.size_bytes,
		.modified = rmn_stamp_dos(a->head.time),
		.created = RMN_TIME_UNKNOWN,
		.is_directory = a->head.type == RMN_ARJ_FOLDER,
		.is_encrypted = (a->head.flags & RMN_ARJ_GARBLED) != 0,
		.has_offset = true,
		.container_offset = a->offset + a->head.data_at,
	};

	rmn_unpack_name(a->head.name, &a->name);
	/* only now, because the byte may be the second of a character */
	for (size_t i = 0; i < a->name.size; i++)
		if (a->name.data[i] == '\\')
			a->name.data[i] = '/';
	if (a->name.failed)
		return rmn_fail(a->error, RMN_NOMEM, "out of memory for a name");
	member.name = rmn_buf_bytes(&a->name);
	if (!rmn_bytes_equal(member.name, a->head.name))
		member.raw_name = a->head.name;
	a->crc = 0;
	a->member_status = data_start(a, member.container_offset);
	return rmn_sink_member(a->sink, &member, &reader);
}

static enum rmn_status
members_read(struct arj *a)
{
	enum rmn_status status = head_next(a), passed = RMN_OK;

	for (uint64_t count = 0; status == RMN_OK; count++) {
		bool is_main = a->head.type == RMN_ARJ_MAIN;

		if (a->head.flags & (RMN_ARJ_GOES_ON | RMN_ARJ_GOES_BACK) && !is_main) {
			a->result = RMN_PARTIAL;
			rmn_fail(a->error, RMN_PARTIAL, "a volume of a set: a member goes on in another");
		}
		if (!is_main && a->head.type != RMN_ARJ_LABEL)
			passed = member_pass(a);
		if (passed == RMN_OK)
			passed = comment_pass(a);
		if (passed != RMN_OK)
			return passed;
		if (!rmn_add_u64(a->offset, a->head.data_at, &a->offset) ||
		    !rmn_add_u64(a->offset, is_main ? 0 : a->head.packed_bytes, &a->offset))
			return RMN_PARTIAL;
		status = head_next(a);
		if (status != RMN_OK && status != RMN_END && count > 0)
			return RMN_PARTIAL;
	}
	return status == RMN_END ? a->result : status;
}

enum rmn_status
rmn_unpack_arj(struct rmn_blob *content, const struct rmn_sink *sink, struct rmn_error *error)
{
	struct arj a = {.content = content, .sink = sink, .error = error, .result = RMN_OK};
	enum rmn_status status;

	rmn_buf_init(&a.name, 0);
	a.lzh = rmn_lzh_new();
	a.buffer = malloc(RMN_ARJ_HEAD_BYTES_MAX);
	if (a.lzh && a.buffer)
		status = members_read(&a);
	else
		status = rmn_fail(error, RMN_NOMEM, "out of memory for an ARJ archive");
	rmn_lzh_free(a.lzh);
	free(a.buffer);
	rmn_buf_release(&a.name);
	return status;
}
