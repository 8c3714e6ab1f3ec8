/* SPDX-License-Identifier: MIT
 *
 * libarchive behind rmn_unpack_archive.  It reads through callbacks only, opens nothing and starts
 * nothing: the filters that would run a program (lrzip, lzop, grzip) are left out.
 *
 * libarchive gives up for good at the first member whose data is damaged, although a zip's
 * directory still leads to the others.  So formats that can step over a member without reading it
 * are opened again behind the damage (archive_resume). */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/time.h"
#include "unpack/disc.h"
#include "unpack/feed.h"
#include "unpack/name.h"
#include "unpack/own.h"
#include "unpack/prepare.h"
#include "unpack/rar5.h"
#include "unpack/rest.h"
#include "unpack/unpack.h"
#include "unpack/volumes.h"
#include "unpack/xar_links.h"
#include "unpack/zip_rest.h"

/* A warning may repeat, but not for ever. */
#define WARNINGS_IN_A_ROW 16

/* Half an archive of broken members says enough. */
#define RESUMES_MAX 256

struct reading {
	struct rmn_unpack_feed feed;
	struct archive *archive;
	const struct rmn_sink *sink;
	struct rmn_buf name;
	struct rmn_rar5 rar5;
	struct rmn_rest rest;
	uint64_t member_count;
	unsigned resume_count;
	bool is_open;			/* the archive; before that it must not be asked anything */
	bool is_no_zip;			/* by its start, though a zip may stand at its end */
	bool member_is_broken;		/* the data of the last one */
	enum rmn_status damage;		/* RMN_OK, or what will be said at the end */
	struct rmn_error why;
};

/* The data of one member, as libarchive hands it out: blocks with gaps of zeros between. */
struct member_data {
	struct reading *reading;
	const unsigned char *block;
	size_t left;
	uint64_t block_at;		/* member offset of block */
	uint64_t position;
	uint64_t sparse_bytes;		/* the size of one that may end in a hole; else 0 */
	bool at_end;
	bool was_warned;		/* "unsupported method", then an end without data */
};

static const struct {
	int code;
	const char *name;
} format_names[] = {
	{ARCHIVE_FORMAT_7ZIP, "7z"},
	{ARCHIVE_FORMAT_AR, "ar"},
	{ARCHIVE_FORMAT_CAB, "cab"},
	{ARCHIVE_FORMAT_CPIO, "cpio"},
	{ARCHIVE_FORMAT_ISO9660, "iso9660"},
	{ARCHIVE_FORMAT_RAR, "rar"},
	{ARCHIVE_FORMAT_RAR_V5, "rar"},
	{ARCHIVE_FORMAT_TAR, "tar"},
	{ARCHIVE_FORMAT_WARC, "warc"},
	{ARCHIVE_FORMAT_XAR, "xar"},
	{ARCHIVE_FORMAT_ZIP, "zip"},
}, filter_names[] = {
	{ARCHIVE_FILTER_BZIP2, "bzip2"},
	{ARCHIVE_FILTER_COMPRESS, "compress"},
	{ARCHIVE_FILTER_GZIP, "gzip"},
	{ARCHIVE_FILTER_LZ4, "lz4"},
	{ARCHIVE_FILTER_LZIP, "lzip"},
	{ARCHIVE_FILTER_LZMA, "lzma"},
	{ARCHIVE_FILTER_RPM, "rpm"},
	{ARCHIVE_FILTER_UU, "uu"},
	{ARCHIVE_FILTER_XZ, "xz"},
	{ARCHIVE_FILTER_ZSTD, "zstd"},
};

static int
format_code(struct archive *a)
{
	return archive_format(a) & ARCHIVE_FORMAT_BASE_MASK;
}

static const char *
format_name_of(struct archive *a)
{
	int code = format_code(a);

	for (size_t i = 0; i < sizeof(format_names) / sizeof(format_names[0]); i++)
		if (format_names[i].code == code)
			return format_names[i].name;
	for (size_t i = 0; i < sizeof(filter_names) / sizeof(filter_names[0]); i++)
		if (filter_names[i].code == archive_filter_code(a, 0))
			return filter_names[i].name;
	return "archive";
}

static int (*const supports[])(struct archive *) = {
	archive_read_support_filter_bzip2, archive_read_support_filter_compress,
	archive_read_support_filter_gzip, archive_read_support_filter_lz4,
	archive_read_support_filter_lzip, archive_read_support_filter_lzma,
	archive_read_support_filter_rpm, archive_read_support_filter_uu,
	archive_read_support_filter_xz, archive_read_support_filter_zstd,
	archive_read_support_format_7zip, archive_read_support_format_ar,
	archive_read_support_format_cab, archive_read_support_format_cpio,
	archive_read_support_format_empty, archive_read_support_format_iso9660,
	archive_read_support_format_rar, archive_read_support_format_rar5,
	archive_read_support_format_raw, archive_read_support_format_tar,
	archive_read_support_format_warc, archive_read_support_format_xar,
	archive_read_support_format_zip,
};

/* libarchive takes an ENOMEM that it finds after a name it cannot convert for its own, and ends the
 * process.  What an earlier item left in errno must not decide about this one. */
static void
forget_errno(void)
{
	errno = 0;
}

/* What libarchive's last failure is to us. */
static enum rmn_status
failure(struct reading *r, const char *what)
{
	struct archive *a = r->archive;
	const char *text = archive_error_string(a);

	if (r->feed.status != RMN_OK)
		return rmn_fail(&r->why, r->feed.status, "%s", r->feed.error.text);
	if (archive_errno(a) == ENOMEM)
		return rmn_fail(&r->why, RMN_NOMEM, "out of memory %s", what);
	if ((r->is_open && archive_read_has_encrypted_entries(a) > 0) ||
	    (r->is_open && format_code(a) == ARCHIVE_FORMAT_RAR_V5 && r->member_count == 0 &&
	    rmn_rar5_hides_names(r->feed.content)))
		return rmn_fail(&r->why, RMN_ENCRYPTED, "encrypted: %s", text ? text : what);
	return rmn_fail(&r->why, RMN_CORRUPT, "%s", text ? text : what);
}

static enum rmn_status
archive_open(struct reading *r)
{
	struct archive *a = archive_read_new();

	forget_errno();
	r->archive = a;
	if (!a)
		return rmn_fail(&r->why, RMN_NOMEM, "out of memory for an archive reader");
	for (size_t i = 0; i < sizeof(supports) / sizeof(supports[0]); i++)
		if ((supports[i] != archive_read_support_format_zip || !r->is_no_zip) &&
		    supports[i](a) == ARCHIVE_FATAL)
			return failure(r, "preparing");
	rmn_unpack_feed_attach(&r->feed, a);
	r->is_open = archive_read_open1(a) >= ARCHIVE_WARN;
	return r->is_open ? RMN_OK : failure(r, "not an archive");
}

/* The next member's header; RMN_END behind the last. */
static enum rmn_status
next_header(struct reading *r, struct archive_entry **entry)
{
	int code = ARCHIVE_RETRY;

	for (int tries = 0; code == ARCHIVE_RETRY && tries < WARNINGS_IN_A_ROW; tries++) {
		forget_errno();
		code = archive_read_next_header(r->archive, entry);
	}
	if (code == ARCHIVE_EOF)
		return RMN_END;
	if (code < ARCHIVE_WARN)
		return failure(r, "damaged header");
	if (archive_format(r->archive) == ARCHIVE_FORMAT_RAW &&
	    archive_filter_count(r->archive) <= 1)
		return rmn_fail(&r->why, RMN_CORRUPT, "not an archive");
	return RMN_OK;
}

/* Fetches the next block; RMN_END at the end of the member. */
static enum rmn_status
data_block(struct member_data *d)
{
	const void *block = NULL;
	size_t size = 0;
	la_int64_t at = 0;
	int code = ARCHIVE_WARN;

	for (int tries = 0; tries < WARNINGS_IN_A_ROW; tries++) {
		code = archive_read_data_block(d->reading->archive, &block, &size, &at);
		if (code != ARCHIVE_RETRY && (code != ARCHIVE_WARN || size > 0))
			break;
		d->was_warned = true;
	}
	if (code == ARCHIVE_EOF)
		return d->was_warned && d->position == 0 ? RMN_CORRUPT : RMN_END;
	if (code < ARCHIVE_WARN || at < 0 || (code != ARCHIVE_OK && size == 0))
		return RMN_CORRUPT;
	d->block = block;
	d->left = size;
	d->block_at = (uint64_t)at;
	return RMN_OK;
}

static enum rmn_status
data_failure(struct member_data *d, struct rmn_error *error)
{
	struct reading *r = d->reading;
	const char *text = archive_error_string(r->archive);
	enum rmn_status status = r->feed.status != RMN_OK ? r->feed.status : RMN_CORRUPT;

	r->member_is_broken = true;
	d->at_end = true;
	if (archive_errno(r->archive) == ENOMEM)
		status = RMN_NOMEM;
	if (!text)
		text = "damaged data";
	rmn_fail(&r->why, status, "%s", text);
	return rmn_fail(error, status, "%s", text);
}

static enum rmn_status
member_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	struct member_data *d = state;
	unsigned char *out = buffer;
	enum rmn_status status = RMN_OK;

	for (*got = 0; *got < size && !d->at_end;) {
		size_t room = size - *got;

		if (d->left == 0 && (status = data_block(d)) != RMN_OK)
			break;
		if (d->block_at > d->position) {
			room = (size_t)rmn_min_u64(room, d->block_at - d->position);
			memset(out + *got, 0, room);
		} else {
			room = rmn_min_size(room, d->left);
			if (room == 0)		/* an empty block may have no address */
				continue;
			memcpy(out + *got, d->block, room);
			d->block += room;
			d->left -= room;
			d->block_at += room;
		}
		d->position += room;
		*got += room;
	}
	if (status == RMN_END && d->position < d->sparse_bytes) {
		size_t room = (size_t)rmn_min_u64(size - *got, d->sparse_bytes - d->position);

		memset(out + *got, 0, room);	/* a hole at the end has no block */
		d->position += room;
		*got += room;
		status = RMN_OK;
	}
	if (status == RMN_END)
		d->at_end = true;
	if (*got > 0)
		return RMN_OK;		/* a failure will come again */
	return status == RMN_CORRUPT ? data_failure(d, error) : RMN_END;
}

/* Cabinets part paths with backslashes.  In CP932 that byte may also be the second of a character,
 * so this comes after decoding. */
static void
part_with_slashes(struct rmn_buf *name)
{
	for (size_t i = 0; i < name->size; i++)
		if (name->data[i] == '\\')
			name->data[i] = '/';
}

static bool
member_name(struct reading *r, struct archive_entry *entry, struct rmn_member *member)
{
	bool is_raw = archive_format(r->archive) == ARCHIVE_FORMAT_RAW;
	const char *stored;

	forget_errno();
	stored = archive_entry_pathname(entry);
	/* "data" is what libarchive says when a compressed stream has no name. */
	if (!stored || (is_raw && strcmp(stored, "data") == 0))
		return true;
	rmn_unpack_name(rmn_bytes_from_string(stored), &r->name);
	if (format_code(r->archive) == ARCHIVE_FORMAT_CAB)
		part_with_slashes(&r->name);
	member->name = rmn_buf_bytes(&r->name);
	if (!rmn_bytes_equal(member->name, rmn_bytes_from_string(stored)))
		member->raw_name = rmn_bytes_from_string(stored);
	return !r->name.failed;
}

static bool
may_leave_rest(const struct reading *r)
{
	int code = format_code(r->archive);

	return code == ARCHIVE_FORMAT_RAR || code == ARCHIVE_FORMAT_RAR_V5 || code == ARCHIVE_FORMAT_CAB;
}

static int64_t
entry_time(bool is_set, time_t seconds, long nanoseconds)
{
	if (!is_set || nanoseconds < 0)
		return RMN_TIME_UNKNOWN;
	return rmn_time_from_unix(seconds, (uint32_t)nanoseconds);
}

static enum rmn_status
pass_member(struct reading *r, struct archive_entry *entry)
{
	struct member_data data = {.reading = r};
	struct rmn_member_reader reader = {member_read, &data};
	struct rmn_member member = {.size_bytes = UINT64_MAX};

	if (!member_name(r, entry, &member))
		return rmn_fail(&r->why, RMN_NOMEM, "out of memory for a name");
	if (archive_entry_size_is_set(entry) && archive_entry_size(entry) >= 0)
		member.size_bytes = (uint64_t)archive_entry_size(entry);
	member.modified = entry_time(archive_entry_mtime_is_set(entry),
	    archive_entry_mtime(entry), archive_entry_mtime_nsec(entry));
	member.created = entry_time(archive_entry_birthtime_is_set(entry),
	    archive_entry_birthtime(entry), archive_entry_birthtime_nsec(entry));
	member.is_directory = archive_entry_filetype(entry) == AE_IFDIR;
	member.is_encrypted = archive_entry_is_encrypted(entry) != 0;
	if (format_code(r->archive) == ARCHIVE_FORMAT_RAR_V5)
		member.is_encrypted |= rmn_rar5_next_is_encrypted(&r->rar5);
	if (may_leave_rest(r))
		rmn_rest_note(&r->rest, member.name);
	data.at_end = member.is_directory || member.is_encrypted;
	if (member.size_bytes != UINT64_MAX && (format_code(r->archive) == ARCHIVE_FORMAT_TAR ||
	    format_code(r->archive) == ARCHIVE_FORMAT_ISO9660) && !archive_entry_hardlink(entry))
		data.sparse_bytes = member.size_bytes;
	return rmn_sink_member(r->sink, &member, &reader);
}

static void
archive_close(struct reading *r)
{
	archive_read_free(r->archive);
	r->archive = NULL;
	r->is_open = false;
}

/* Formats whose members can be stepped over without reading what is in them. */
static bool
can_resume(const struct reading *r)
{
	static const int formats[] = {ARCHIVE_FORMAT_ZIP, ARCHIVE_FORMAT_RAR,
	    ARCHIVE_FORMAT_RAR_V5, ARCHIVE_FORMAT_CAB, ARCHIVE_FORMAT_ISO9660,
	    ARCHIVE_FORMAT_7ZIP};
	int format = format_code(r->archive);

	if (archive_filter_count(r->archive) > 1 || r->feed.status != RMN_OK)
		return false;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (formats[i] == format)
			return true;
	return false;
}

/* Opens the archive anew and steps over the members that were handed on; *entry is the next. */
static enum rmn_status
archive_resume(struct reading *r, struct archive_entry **entry)
{
	enum rmn_status status;

	if (++r->resume_count > RESUMES_MAX)
		return RMN_CORRUPT;
	archive_close(r);
	rmn_unpack_feed_rewind(&r->feed);
	status = archive_open(r);
	for (uint64_t i = 0; status == RMN_OK && i <= r->member_count; i++)
		status = next_header(r, entry);
	return status;
}

static enum rmn_status
read_members(struct reading *r)
{
	struct archive_entry *entry = NULL;
	enum rmn_status status = next_header(r, &entry);

	while (status == RMN_OK) {
		r->member_is_broken = false;
		status = pass_member(r, entry);
		if (status != RMN_OK)
			return status;
		r->member_count++;
		if (r->member_is_broken)
			r->damage = RMN_PARTIAL;
		status = next_header(r, &entry);
		if (status < RMN_OK && r->member_is_broken && can_resume(r))
			status = archive_resume(r, &entry);
	}
	if (status == RMN_END)
		return r->damage;
	return r->member_count > 0 ? RMN_PARTIAL : status;
}

/* A zip's directory stands at its end, behind at most a comment; without it libarchive reads by
 * the local headers and cannot know that members are missing. */
static bool
zip_is_cut(struct rmn_blob *content)
{
	const uint64_t reach = 65536 + 22;
	unsigned char *tail = malloc((size_t)reach);
	struct rmn_bytes bytes = {tail, 0};
	uint64_t at = content->size_bytes > reach ? content->size_bytes - reach : 0;
	bool is_cut = false;

	if (tail && rmn_blob_read(content, at, tail, (size_t)reach, &bytes.size, NULL) == RMN_OK)
		is_cut = rmn_bytes_find(bytes, (struct rmn_bytes){(const void *)"PK\5\6", 4}) ==
		    SIZE_MAX;
	free(tail);
	return is_cut;
}

static enum rmn_status
archive_read(struct reading *r)
{
	enum rmn_status status = archive_open(r);

	if (status == RMN_OK)
		status = read_members(r);
	if (status == RMN_OK && format_code(r->archive) == ARCHIVE_FORMAT_ZIP &&
	    archive_filter_count(r->archive) <= 1 && zip_is_cut(r->feed.content))
		status = rmn_fail(&r->why, RMN_PARTIAL, "the zip's end is missing");
	return status;
}

/* The container of our own that content is, or NULL. */
static const struct rmn_unpack_own *
own_find(struct rmn_blob *content)
{
	unsigned char start[8192];
	struct rmn_bytes head = {start, 0};

	if (rmn_blob_read(content, 0, start, sizeof(start), &head.size, NULL) != RMN_OK)
		return NULL;
	return rmn_unpack_own_find(head);
}

static enum rmn_status
own_read(const struct rmn_unpack_own *own, struct rmn_blob *content, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	if (own->read)
		return own->read(content, sink, error);
	return rmn_fail(error, own->why, "%s: its members are not read", own->title);
}

/* What content is by its start; "zip" when it is nothing. */
static const char *
name_by_start(struct rmn_blob *content)
{
	unsigned char start[8192];
	struct rmn_bytes head = {start, 0};
	const char *name = "zip";

	if (rmn_blob_read(content, 0, start, sizeof(start), &head.size, NULL) == RMN_OK)
		rmn_unpack_claim(head, &name);
	return name;
}

/* Whether content is a zip by its end, and by its start a zip or nothing. */
static bool
is_whole_zip(struct rmn_blob *content)
{
	return strcmp(name_by_start(content), "zip") == 0 && zip_end_is_there(content);
}

/* A zip of nothing but its end. */
static bool
zip_is_empty(struct rmn_blob *content)
{
	unsigned char start[4];
	size_t got;

	return rmn_blob_read(content, 0, start, sizeof(start), &got, NULL) == RMN_OK && got == 4 &&
	    memcmp(start, "PK\5\6", 4) == 0;
}

/* Names of members that libarchive did not come to: behind one in a solid archive that it cannot read, or in
 * one of a set of volumes. */
static enum rmn_status
rest_give(struct reading *r, const char *by_start, enum rmn_status status)
{
	enum rmn_status said = RMN_OK;

	if (status != RMN_PARTIAL && status != RMN_CORRUPT)
		return status;
	if (strcmp(by_start, "rar") == 0)
		said = rmn_rest_rar(&r->rest);
	else if (strcmp(by_start, "cab") == 0)
		said = rmn_rest_cab(&r->rest);
	if (said != RMN_OK)
		return said;
	return r->rest.count > 0 ? RMN_PARTIAL : status;
}

/* What libarchive leaves of a zip that it could not open, and its comments. */
static enum rmn_status
zip_finish(struct rmn_blob *content, const struct rmn_sink *sink, uint64_t member_count,
    enum rmn_status status, struct rmn_error *error)
{
	enum rmn_status said = RMN_OK;

	if (member_count == 0 && (status == RMN_CORRUPT || status == RMN_PARTIAL ||
	    (status == RMN_OK && !zip_is_empty(content)))) {
		enum rmn_status again = rmn_zip_members(content, false, sink, error);

		if (again != RMN_CORRUPT)
			status = again;
	}
	if (status == RMN_OK || status == RMN_PARTIAL)
		said = rmn_zip_comments(content, sink);
	return said != RMN_OK ? said : status;
}

static enum rmn_status
libarchive_read(struct rmn_blob *content, const struct rmn_sink *sink, const char **format_name,
    struct rmn_error *error)
{
	const char *by_start = name_by_start(content);
	struct reading r = {.sink = sink, .rar5.content = content};
	locale_t utf8 = rmn_unpack_locale();
	locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
	enum rmn_status status;

	r.is_no_zip = strcmp(by_start, "rar") == 0 || strcmp(by_start, "7z") == 0 ||
	    strcmp(by_start, "cab") == 0 || strcmp(by_start, "tar") == 0 ||
	    strcmp(by_start, "cpio") == 0 || strcmp(by_start, "ar") == 0;
	rmn_buf_init(&r.name, 0);
	rmn_rest_init(&r.rest, content, sink);
	status = rmn_unpack_feed_init(&r.feed, content, &r.why);
	if (status == RMN_OK)
		status = archive_read(&r);
	if (r.archive)
		*format_name = format_name_of(r.archive);
	if (status == RMN_CORRUPT && r.member_count == 0 && is_whole_zip(content))
		*format_name = "zip";
	if (strcmp(*format_name, "zip") == 0 &&
	    (!r.is_open || archive_filter_count(r.archive) <= 1))
		status = zip_finish(content, sink, r.member_count, status, error);
	if (status == RMN_OK && strcmp(*format_name, "zip") != 0 && rmn_unpack_is_volume(content))
		status = RMN_PARTIAL;	/* members may begin or go on elsewhere, whole as they look */
	status = rest_give(&r, by_start, status);
	if ((status == RMN_PARTIAL || status == RMN_CORRUPT) && rmn_unpack_is_volume(content))
		rmn_fail(error, status, "one of a set of volumes; what stands in the others is missing"
		    "%s%s", r.why.text[0] ? ": " : "", r.why.text);
	if (status == RMN_OK && strcmp(*format_name, "iso9660") == 0 && rmn_disc_has_udf(content))
		status = rmn_fail(&r.why, RMN_PARTIAL, "a UDF file system stands beside ISO 9660: files "
		    "that are only there are not read");
	if (status != RMN_OK && r.why.text[0])
		rmn_fail(error, status, "%s", r.why.text);
	archive_close(&r);
	rmn_rest_release(&r.rest);
	rmn_unpack_feed_release(&r.feed);
	rmn_buf_release(&r.name);
	if (before)
		uselocale(before);
	return status;
}

/* Most zips by our own reader, which survives damage that libarchive does not. */
static bool
plain_zip_read(struct rmn_blob *content, const struct rmn_sink *sink, enum rmn_status *status,
    struct rmn_error *error)
{
	struct rmn_error why = {0};

	if (!is_whole_zip(content))
		return false;
	*status = rmn_zip_members(content, true, sink, &why);
	if (*status == RMN_CORRUPT || *status == RMN_UNSUPPORTED || *status == RMN_LIMIT)
		return false;
	if (*status == RMN_PARTIAL && rmn_unpack_is_volume(content))
		rmn_fail(error, RMN_PARTIAL,
		    "one of a set of volumes; what stands in the others is missing");
	if (*status != RMN_OK)
		rmn_fail(error, *status, "%s", why.text);
	if (*status == RMN_OK || *status == RMN_PARTIAL) {
		enum rmn_status said = rmn_zip_comments(content, sink);

		if (said != RMN_OK)
			*status = said;
	}
	return true;
}

enum rmn_status
rmn_unpack_archive(struct rmn_blob *content, const struct rmn_sink *sink,
    const char **format_name, struct rmn_error *error)
{
	const struct rmn_unpack_own *own = own_find(content);
	const char *disc = rmn_disc_find(content);
	enum rmn_status status;

	if (own) {
		*format_name = own->name;
		return own_read(own, content, sink, error);
	}
	*format_name = "udf";
	if (disc && strcmp(disc, "udf") == 0)
		return rmn_fail(error, RMN_UNSUPPORTED, "a UDF disc: its files are not read");
	*format_name = "zip";
	if (plain_zip_read(content, sink, &status, error))
		return status;
	*format_name = "archive";
	if (strcmp(name_by_start(content), "xar") == 0 && rmn_xar_links_twice(content)) {
		*format_name = "xar";
		return rmn_fail(error, RMN_CORRUPT, "a member is linked twice: not read");
	}
	return libarchive_read(content, sink, format_name, error);
}
