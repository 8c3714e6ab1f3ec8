/* SPDX-License-Identifier: MIT */
#include "carve/zip_track.h"

#include <stddef.h>
#include <string.h>

#include "base/checked.h"
#include "unpack/checksum.h"

/* The first members are those that tell a zip from another. */
#define NAMES_COMPARED ((size_t)64)

/* A descriptor, and the first bytes of what follows it. */
#define DESCRIPTOR_LOOK (ZIP_DESCRIPTOR_MAX + 2)

bool
zip_track_init(struct zip_track *track, struct zip_members *members)
{
	memset(track, 0, sizeof(*track));
	track->members = members;
	track->wanted = 4;
	track->inflate = rmn_inflate_new();
	return zip_content_init(&track->content) && track->inflate != NULL;
}

void
zip_track_release(struct zip_track *track)
{
	rmn_inflate_free(track->inflate);
	track->inflate = NULL;
	zip_content_release(&track->content);
}

void
zip_track_copy(struct zip_track *to, const struct zip_track *from)
{
	memcpy(to, from, offsetof(struct zip_track, inflate));
	memcpy(to->hold, from->hold, from->held);
	if (from->stage != ZIP_DATA || !from->is_checked)
		return;
	zip_content_copy(&to->content, &from->content);
	if (from->record.method == ZIP_DEFLATED)
		rmn_inflate_copy(to->inflate, from->inflate);
}

static void
track_bad(struct zip_track *t)
{
	t->stage = ZIP_BAD;
}

/* To the next record; held bytes are its first. */
static void
record_start(struct zip_track *t)
{
	t->stage = ZIP_RECORD;
	t->wanted = 4;
}

/* The member is read; behind it stand held bytes already. */
static void
member_end(struct zip_track *t)
{
	const struct zip_member member = {t->header_at, t->record.packed_bytes,
	    t->record.size_bytes, t->record.crc, t->name_hash, false};

	t->members->count = t->member_count;
	if (!zip_members_add(t->members, &member)) {
		track_bad(t);
		return;
	}
	t->member_count++;
	record_start(t);
	if (t->is_checked)
		t->proven_at = t->at - t->held;
}

/* All of the data is read, and came to this. */
static void
data_end(struct zip_track *t, uint64_t packed, uint64_t size, uint32_t crc)
{
	struct zip_record *r = &t->record;

	if (!t->is_streamed && (packed != r->packed_bytes || size != r->size_bytes ||
	    crc != r->crc)) {
		track_bad(t);
		return;
	}
	r->packed_bytes = packed;
	r->size_bytes = size;
	r->crc = crc;
	if (r->flags & ZIP_FLAG_STREAMED) {
		t->stage = ZIP_DESCRIPTOR_STAGE;
		t->wanted = DESCRIPTOR_LOOK;
	} else {
		member_end(t);
	}
}

static size_t
feed_deflated(struct zip_track *t, struct rmn_bytes bytes)
{
	struct rmn_bytes input = bytes;
	enum rmn_inflate_state state;
	size_t used = 0;

	if (input.size > t->left)
		input.size = (size_t)t->left;
	state = rmn_inflate_feed(t->inflate, input, &used, zip_content_feed, &t->content);
	t->at += used;
	if (t->left != UINT64_MAX)
		t->left -= used;
	if (state == RMN_INFLATE_END)
		data_end(t, t->at - t->data_at, rmn_inflate_size(t->inflate),
		    rmn_inflate_crc(t->inflate));
	else if (state == RMN_INFLATE_BAD || t->left == 0)
		track_bad(t);
	return used;
}

static size_t
feed_plain(struct zip_track *t, struct rmn_bytes bytes)
{
	size_t part = (size_t)rmn_min_u64(bytes.size, t->left);

	bool is_bad = false;

	if (t->is_checked && part > 0) {
		t->crc = rmn_crc32(t->crc, bytes.data, part);
		is_bad = !zip_content_feed(&t->content, rmn_bytes_head(bytes, part));
	}
	t->at += part;
	t->left -= part;
	if (is_bad)
		track_bad(t);
	else if (t->left == 0)
		data_end(t, t->record.packed_bytes, t->record.size_bytes,
		    t->is_checked ? t->crc : t->record.crc);
	return part;
}

/* The header is read whole; what comes now is the member's data. */
static void
data_start(struct zip_track *t)
{
	struct zip_record *r = &t->record;
	bool is_encrypted = r->flags & ZIP_FLAG_ENCRYPTED;

	t->is_streamed = r->flags & ZIP_FLAG_STREAMED && r->packed_bytes == 0;
	t->is_checked = !is_encrypted && (r->method == ZIP_DEFLATED || r->method == ZIP_STORED);
	t->data_at = t->at;
	t->left = r->packed_bytes;
	t->crc = 0;
	t->name_hash = rmn_crc32(0, r->name.data, r->name.size);
	t->stage = ZIP_DATA;
	zip_content_start(&t->content, r->name);
	if (t->is_checked && r->method == ZIP_DEFLATED) {
		rmn_inflate_restart(t->inflate);
		if (t->is_streamed)
			t->left = UINT64_MAX;
	} else if (r->method == ZIP_STORED && t->is_checked && r->packed_bytes != r->size_bytes) {
		track_bad(t);
	} else if (t->left == 0) {
		data_end(t, 0, r->size_bytes, t->is_checked ? 0 : r->crc);
	}
}

/* How long the fixed part of a record is that may stand here; 0: none. */
static size_t
record_bytes(const struct zip_track *t, uint32_t signature)
{
	bool is_directory = t->entries > 0;

	switch (signature) {
	case ZIP_LOCAL:
		return is_directory ? 0 : ZIP_LOCAL_BYTES;
	case ZIP_ENTRY:
		return t->member_count > 0 && !t->is_wide ? ZIP_ENTRY_BYTES : 0;
	case ZIP64_END:
		return is_directory && !t->is_wide ? ZIP64_END_BYTES : 0;
	case ZIP64_LOCATOR:
		return t->is_wide ? ZIP64_LOCATOR_BYTES : 0;
	case ZIP_END:
		return is_directory ? ZIP_END_BYTES : 0;
	default:
		return 0;
	}
}

static void
record_rest_wanted(struct zip_track *t, size_t more)
{
	t->wanted += more;
	t->stage = ZIP_NAME;
	if (t->wanted > ZIP_HOLD_MAX)
		track_bad(t);
}

static void
end_read(struct zip_track *t, struct rmn_bytes bytes)
{
	struct zip_end end = {0};
	uint64_t directory_end = t->is_wide ? t->directory_end : t->at - ZIP_END_BYTES;

	if (!zip_end_fixed(bytes, &end)) {
		track_bad(t);
		return;
	}
	t->left = end.comment_bytes;
	if (t->is_wide)
		end = t->wide;
	if (t->entries != t->member_count ||
	    !zip_end_match(&end, t->entries, t->directory_at, directory_end)) {
		track_bad(t);
		return;
	}
	t->proven_at = t->at;
	t->records++;
	t->held = 0;
	t->stage = t->left > 0 ? ZIP_COMMENT : ZIP_DONE;
}

static void
end64_read(struct zip_track *t, struct rmn_bytes bytes)
{
	uint64_t size;

	if (!zip64_end_fixed(bytes, &t->wide, &size) || size != ZIP64_END_BYTES) {
		track_bad(t);
		return;
	}
	t->is_wide = true;
	t->directory_end = t->at - ZIP64_END_BYTES;
	t->held = 0;
	record_start(t);
}

/* The fixed part of a record is held. */
static void
record_read(struct zip_track *t)
{
	struct rmn_bytes bytes = {t->hold, t->held};
	size_t size = record_bytes(t, zip_signature(bytes));
	struct zip_record *r = &t->record;

	if (size == 0) {
		track_bad(t);
	} else if (t->held < size) {
		t->wanted = size;
	} else if (zip_signature(bytes) == ZIP_LOCAL) {
		t->header_at = t->at - t->held;
		if (zip_local_fixed(bytes, r))
			record_rest_wanted(t, (size_t)r->name_bytes + r->extra_bytes);
		else
			track_bad(t);
	} else if (zip_signature(bytes) == ZIP_ENTRY) {
		if (t->entries == 0)
			t->directory_at = t->at - t->held;
		if (zip_entry_fixed(bytes, r))
			record_rest_wanted(t,
			    (size_t)r->name_bytes + r->extra_bytes + r->comment_bytes);
		else
			track_bad(t);
	} else if (zip_signature(bytes) == ZIP_END) {
		end_read(t, bytes);
	} else if (zip_signature(bytes) == ZIP64_END) {
		end64_read(t, bytes);
	} else {
		t->held = 0;		/* the locator */
		record_start(t);
	}
}

/* Whether a member of that name was there already: then this is the start of another zip. */
static bool
name_is_known(const struct zip_track *t, struct rmn_bytes name)
{
	uint32_t hash = rmn_crc32(0, name.data, name.size);
	size_t count = rmn_min_size(t->member_count, NAMES_COMPARED);

	for (size_t i = 0; i < count; i++)
		if (t->members->list[i].name_hash == hash)
			return true;
	return false;
}

/* Name and extra fields are held too. */
static void
name_read(struct zip_track *t)
{
	bool is_entry = zip_signature((struct rmn_bytes){t->hold, t->held}) == ZIP_ENTRY;
	size_t fixed = is_entry ? ZIP_ENTRY_BYTES : ZIP_LOCAL_BYTES;
	struct rmn_bytes rest = {t->hold + fixed, t->held - fixed};

	t->members->count = t->member_count;
	if (!zip_record_rest(rest, is_entry, &t->record) ||
	    (is_entry ? !zip_members_match(t->members, &t->record) :
	    name_is_known(t, t->record.name))) {
		track_bad(t);
		return;
	}
	t->records++;
	t->held = 0;
	if (is_entry) {
		t->entries++;
		t->proven_at = t->at;
		record_start(t);
	} else {
		data_start(t);
	}
	t->record.name = (struct rmn_bytes){NULL, 0};
}

static void
descriptor_read(struct zip_track *t)
{
	struct rmn_bytes bytes = {t->hold, t->held};
	size_t size = zip_descriptor_find(bytes, t->record.crc, t->record.packed_bytes,
	    t->record.size_bytes);

	if (size == 0 && t->is_streamed) {
		track_bad(t);
		return;
	}
	t->held -= size;
	memmove(t->hold, t->hold + size, t->held);
	member_end(t);
}

/* Collects up to wanted bytes; what is held when there are enough is read. */
static size_t
feed_held(struct zip_track *t, struct rmn_bytes bytes)
{
	size_t part = t->held < t->wanted ? rmn_min_size(t->wanted - t->held, bytes.size) : 0;

	if (part > 0)
		memcpy(t->hold + t->held, bytes.data, part);
	t->held += part;
	t->at += part;
	if (t->held < t->wanted)
		return part;
	if (t->stage == ZIP_RECORD)
		record_read(t);
	else if (t->stage == ZIP_NAME)
		name_read(t);
	else
		descriptor_read(t);
	return part;
}

size_t
zip_track_feed(struct zip_track *t, struct rmn_bytes bytes)
{
	uint64_t proven = t->proven_at;
	size_t used = 0;

	while (used < bytes.size && t->stage < ZIP_DONE && t->proven_at == proven) {
		struct rmn_bytes rest = rmn_bytes_after(bytes, used);

		if (t->stage == ZIP_COMMENT) {
			size_t part = (size_t)rmn_min_u64(rest.size, t->left);

			used += part;
			t->at += part;
			t->left -= part;
			if (t->left == 0)
				t->stage = ZIP_DONE;
		} else if (t->stage != ZIP_DATA) {
			used += feed_held(t, rest);
		} else if (t->is_checked && t->record.method == ZIP_DEFLATED) {
			used += feed_deflated(t, rest);
		} else {
			used += feed_plain(t, rest);
		}
	}
	return used;
}
