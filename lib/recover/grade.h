/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: how sure a recovered file is (the grades of recover/recover.h). */
#ifndef RMN_RECOVER_GRADE_H
#define RMN_RECOVER_GRADE_H

#include "carve/carve.h"
#include "recover/engine.h"

struct rmn_grade_input {
	const struct rmn_extent *extents;
	size_t extent_count;
	uint64_t size_bytes;
	enum rmn_content_how how;
	uint64_t overwritten_bytes;	/* in use by living files, or claimed by a surer one */
	enum rmn_origin origin;
	bool is_guessed, is_short;
	bool checks_content;		/* false: no byte of it is read */
};

/* Files above this are checked by their head only: reading a film to its end gives nothing. */
#define RMN_CHECK_BYTES_MAX ((uint64_t)512 << 20)

/* What a carver's walk through a file of that size comes to. */
enum rmn_check rmn_check_proven(const struct rmn_proven *proven, uint64_t size_bytes);

enum rmn_check rmn_check_content(struct rmn_disk *disk, struct rmn_carve_tools *tools,
    const struct rmn_extent *extents, size_t extent_count, uint64_t size_bytes);

/* The grade, with the check given or made. */
char rmn_grade_checked(const struct rmn_grade_input *in, enum rmn_check check);
char rmn_grade(struct rmn_disk *disk, struct rmn_carve_tools *tools,
    const struct rmn_grade_input *in);

/* Of a carved file. */
char rmn_grade_carved(const struct rmn_proven *proven, bool is_mended);

#endif
