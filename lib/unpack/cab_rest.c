/* SPDX-License-Identifier: MIT
 *
 * The directory of a cabinet ([MS-CAB] 2.1, 2.4): libarchive refuses cabinets that are one of a set. */
#include "base/checked.h"
#include "base/cursor.h"
#include "base/time.h"
#include "unpack/name.h"
#include "unpack/rest.h"
#include "unpack/stamp.h"

#define HEADER_BYTES 32u
#define FILES_AT 16u			/* in the header: where the directory is, and how much */
#define COUNTS_AT 26u			/* of folders and files */
#define FOLDER_ELSEWHERE 0xFFFDu	/* and above: it begins or goes on in another cabinet */
#define ENTRY_BYTES 16u
#define NAME_MAX 257u			/* with its end */

static enum rmn_status
file_give(struct rmn_rest *rest, unsigned folders, uint64_t *at)
{
	unsigned char buffer[ENTRY_BYTES + NAME_MAX];
	struct rmn_member member = {.created = RMN_TIME_UNKNOWN};
	struct rmn_cursor c;
	struct rmn_bytes name;
	uint32_t size;
	uint16_t folder, date, time;
	size_t got;

	if (rmn_blob_read(rest->content, *at, buffer, sizeof(buffer), &got, NULL) != RMN_OK)
		return RMN_END;
	c = rmn_cursor_over((struct rmn_bytes){buffer, got});
	if (!rmn_cursor_le32(&c, &size) || !rmn_cursor_skip(&c, 4) || !rmn_cursor_le16(&c, &folder) ||
	    !rmn_cursor_le16(&c, &date) || !rmn_cursor_le16(&c, &time) || !rmn_cursor_skip(&c, 2) ||
	    (folder >= folders && folder < FOLDER_ELSEWHERE))
		return RMN_END;
	name = rmn_bytes_after(c.bytes, c.offset);
	got = rmn_bytes_find(name, (struct rmn_bytes){(const unsigned char *)"", 1});
	if (got == SIZE_MAX)
		return RMN_END;
	*at += ENTRY_BYTES + got + 1;
	member.size_bytes = size;
	member.modified = rmn_stamp_dos((uint32_t)date << 16 | time);
	rmn_buf_clear(&rest->name);
	rmn_unpack_name(rmn_bytes_head(name, got), &rest->name);
	return rmn_rest_give(rest, &member);
}

enum rmn_status
rmn_rest_cab(struct rmn_rest *rest)
{
	unsigned char header[HEADER_BYTES];
	struct rmn_cursor c;
	enum rmn_status status = RMN_OK;
	uint32_t files;
	uint16_t folders, count;
	uint64_t at;
	size_t got;

	if (rmn_blob_read(rest->content, 0, header, sizeof(header), &got, NULL) != RMN_OK)
		return RMN_OK;
	c = rmn_cursor_over((struct rmn_bytes){header, got});
	if (!rmn_cursor_seek(&c, FILES_AT) || !rmn_cursor_le32(&c, &files) ||
	    !rmn_cursor_seek(&c, COUNTS_AT) || !rmn_cursor_le16(&c, &folders) ||
	    !rmn_cursor_le16(&c, &count))
		return RMN_OK;
	at = files;
	for (unsigned i = 0; i < count && status == RMN_OK; i++)
		status = file_give(rest, folders, &at);
	return status == RMN_END ? RMN_OK : status;
}
