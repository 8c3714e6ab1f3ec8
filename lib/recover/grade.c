/* SPDX-License-Identifier: MIT */
#include "recover/grade.h"

/* A file may be longer than its structure: writers pad to the sector or append a line end. */
#define PADDING_BYTES 4096

enum rmn_check
rmn_check_proven(const struct rmn_proven *proven, uint64_t size_bytes)
{
	if (size_bytes > RMN_CHECK_BYTES_MAX)
		return RMN_CHECK_NONE;
	if (proven->proof >= RMN_PROOF_STRUCTURE)
		return proven->length_bytes <= size_bytes &&
		    size_bytes - proven->length_bytes <= PADDING_BYTES ? RMN_CHECK_PASSED :
		    RMN_CHECK_FAILED;
	return proven->proof == RMN_PROOF_BROKEN ? RMN_CHECK_FAILED : RMN_CHECK_NONE;
}

enum rmn_check
rmn_check_content(struct rmn_disk *disk, struct rmn_carve_tools *tools,
    const struct rmn_extent *extents, size_t extent_count, uint64_t size_bytes)
{
	const struct rmn_carver *carver;
	struct rmn_proven proven;
	struct rmn_view view;
	enum rmn_check check = RMN_CHECK_NONE;

	if (size_bytes == 0 || size_bytes > RMN_CHECK_BYTES_MAX ||
	    !rmn_view_of_extents(&view, disk, extents, extent_count, size_bytes))
		return RMN_CHECK_NONE;
	tools->work = tools->work_limit = 0;
	rmn_carve_prove(&view, tools, &proven, &carver);
	if (carver)
		check = rmn_check_proven(&proven, size_bytes);
	rmn_view_release(&view);
	return check;
}

/* Rows by what the record is, columns by what the content says. */
static const char grades[][3] = {
	/*			none passed failed */
	[RMN_ORIGIN_RECORD] =	{'B', 'A', 'C'},
	[RMN_ORIGIN_DELETED] =	{'C', 'B', 'D'},
	[RMN_ORIGIN_STALE] =	{'D', 'B', 'E'},
	[RMN_ORIGIN_INDEX] =	{'E', 'E', 'E'},
};
static const char guessed_grades[3] = {'D', 'C', 'E'};

char
rmn_grade_checked(const struct rmn_grade_input *in, enum rmn_check check)
{
	if (in->size_bytes == 0)
		return in->origin == RMN_ORIGIN_RECORD ? 'A' : 'C';
	if (in->how == RMN_CONTENT_NONE || in->overwritten_bytes > 0 || in->is_short ||
	    in->origin == RMN_ORIGIN_INDEX)
		return 'E';
	return in->is_guessed ? guessed_grades[check] : grades[in->origin][check];
}

char
rmn_grade(struct rmn_disk *disk, struct rmn_carve_tools *tools, const struct rmn_grade_input *in)
{
	enum rmn_check check = RMN_CHECK_NONE;

	if (in->checks_content && in->how == RMN_CONTENT_EXTENTS && in->overwritten_bytes == 0)
		check = rmn_check_content(disk, tools, in->extents, in->extent_count,
		    in->size_bytes);
	return rmn_grade_checked(in, check);
}

char
rmn_grade_carved(const struct rmn_proven *proven, bool is_mended)
{
	switch (proven->proof) {
	case RMN_PROOF_CHECKSUM:
		return proven->is_incomplete ? 'D' : 'C';
	case RMN_PROOF_STRUCTURE:
		return proven->is_incomplete || is_mended ? 'D' : 'C';
	case RMN_PROOF_PLAUSIBLE:
		return 'D';
	default:
		return 'E';
	}
}
