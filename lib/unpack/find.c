/* SPDX-License-Identifier: MIT
 *
 * Archives that do not start where their file does.  A self-extracting program has its archive behind
 * the code or in a resource; a zip may stand behind anything, because it is found from its end. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/number.h"
#include "unpack/arj_head.h"
#include "unpack/checksum.h"
#include "unpack/disc.h"
#include "unpack/lha_head.h"
#include "unpack/unpack.h"
#include "unpack/zip_rest.h"

/* How far into a program archives are looked for: stubs are smaller, installers with pictures in
 * their resources are not much larger. */
#define PROGRAM_REACH_BYTES ((size_t)8 << 20)
#define ZIP_TAIL_BYTES (65535u + 22u)

static bool
rar_is_there(struct rmn_bytes at)
{
	const char *name;

	return rmn_unpack_claim(rmn_bytes_head(at, 64), &name) && strcmp(name, "rar") == 0;
}

static bool
seven_zip_is_there(struct rmn_bytes at)
{
	return at.size >= 32 && rmn_le32(at.data + 8) == rmn_crc32(0, at.data + 12, 20);
}

static bool
cab_is_there(struct rmn_bytes at)
{
	return at.size >= 36 && at.data[24] == 3 && at.data[25] == 1 &&
	    rmn_le32(at.data + 8) <= at.size && rmn_le32(at.data + 16) < rmn_le32(at.data + 8) &&
	    rmn_le16(at.data + 26) > 0 && rmn_le16(at.data + 28) > 0;
}

static bool
lha_is_there(struct rmn_bytes at)
{
	struct rmn_lha_head head;
	const char *name;

	return rmn_unpack_claim(rmn_bytes_head(at, RMN_LHA_HEAD_BYTES_MAX), &name) &&
	    strcmp(name, "lha") == 0 &&
	    rmn_lha_head_read(rmn_bytes_head(at, RMN_LHA_HEAD_BYTES_MAX), &head) &&
	    head.packed_bytes <= at.size && head.data_at <= at.size - head.packed_bytes &&
	    (head.file.size > 0 || head.directory.size > 0);
}

static bool
arj_is_there(struct rmn_bytes at)
{
	struct rmn_arj_head head;

	return rmn_arj_head_read(at, &head) && !head.is_end && head.type == RMN_ARJ_MAIN;
}

static const struct kind {
	const char *name;
	const char *signature;
	size_t size, before;		/* the archive starts so many bytes before the signature */
	bool (*is_there)(struct rmn_bytes at);
} kinds[] = {
	{"rar", "Rar!\x1A\x07", 6, 0, rar_is_there},
	{"7z", "7z\xBC\xAF\x27\x1C", 6, 0, seven_zip_is_there},
	{"cab", "MSCF\0\0\0\0", 8, 0, cab_is_there},
	{"lha", "-lh", 3, 2, lha_is_there},
	{"lha", "-lz", 3, 2, lha_is_there},
	{"arj", "\x60\xEA", 2, 0, arj_is_there},
};

/* The first archive of one kind at or behind from, or SIZE_MAX. */
static size_t
kind_find(const struct kind *kind, struct rmn_bytes bytes, size_t reach)
{
	struct rmn_bytes signature = {(const unsigned char *)kind->signature, kind->size};

	for (size_t at = 0; at < reach; at++) {
		size_t found = rmn_bytes_find(rmn_bytes_after(rmn_bytes_head(bytes, reach), at),
		    signature);

		if (found == SIZE_MAX)
			break;
		at += found;
		if (at >= kind->before &&
		    kind->is_there(rmn_bytes_after(bytes, at - kind->before)))
			return at - kind->before;
	}
	return SIZE_MAX;
}

static bool
first_find(struct rmn_bytes bytes, size_t reach, uint64_t *offset, const char **name)
{
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t at = kind_find(&kinds[i], bytes, rmn_min_size(reach, bytes.size));

		if (at < best) {
			best = at;
			*name = kinds[i].name;
		}
	}
	*offset = best;
	return best != SIZE_MAX;
}

/* Programs of DOS and Windows, and of Unix.  A .com file has no signature: its stub is small. */
static bool
find_in_program(struct rmn_blob *content, struct rmn_bytes head, uint64_t *offset,
    const char **name)
{
	bool is_program = rmn_bytes_start_with(head, "MZ") || rmn_bytes_start_with(head, "ZM") ||
	    rmn_bytes_start_with(head, "\x7F" "ELF");
	size_t reach = is_program ? PROGRAM_REACH_BYTES : head.size;
	struct rmn_bytes bytes = content->memory;
	unsigned char *memory = NULL;
	bool is_found = false;

	if (!bytes.data && is_program) {
		memory = malloc(PROGRAM_REACH_BYTES);
		bytes = (struct rmn_bytes){memory, 0};
		if (memory)
			rmn_blob_read(content, 0, memory, PROGRAM_REACH_BYTES, &bytes.size, NULL);
	} else if (!bytes.data) {
		bytes = head;
	}
	if (bytes.size > 0)
		is_found = first_find(bytes, reach, offset, name);
	free(memory);
	return is_found;
}

/* The end record whose comment reaches to the end, and a directory where it says, or that much
 * before it. */
static bool
zip_end_fits(struct rmn_blob *content, uint64_t at, struct rmn_bytes record)
{
	unsigned char signature[4];
	size_t got;
	uint32_t size;

	if (record.size < 22 || 22u + rmn_le16(record.data + 20) > record.size)
		return false;
	size = rmn_le32(record.data + 12);
	return rmn_le16(record.data + 10) > 0 && size < at &&
	    rmn_blob_read(content, at - size, signature, sizeof(signature), &got, NULL) == RMN_OK &&
	    got == sizeof(signature) && memcmp(signature, "PK\1\2", 4) == 0;
}

bool
zip_end_is_there(struct rmn_blob *content)
{
	size_t want = (size_t)rmn_min_u64(content->size_bytes, ZIP_TAIL_BYTES), got = 0;
	uint64_t start = content->size_bytes - want;
	unsigned char *tail = malloc(want + 1);
	bool is_found = false;

	if (tail && want >= 22 && rmn_blob_read(content, start, tail, want, &got, NULL) == RMN_OK)
		for (size_t i = got >= 22 ? got - 21 : 0; i-- > 0 && !is_found;)
			is_found = tail[i] == 'P' && memcmp(tail + i, "PK\5\6", 4) == 0 &&
			    zip_end_fits(content, start + i,
			    (struct rmn_bytes){tail + i, got - i});
	free(tail);
	return is_found;
}

bool
rmn_unpack_find(struct rmn_blob *content, struct rmn_bytes head, uint64_t *offset,
    const char **format_name)
{
	const char *disc = rmn_disc_find(content);

	*offset = 0;
	if (disc) {
		*format_name = disc;
		return true;
	}
	if (find_in_program(content, head, offset, format_name))
		return true;
	*offset = 0;
	*format_name = "zip";
	return zip_end_is_there(content);
}
