/* SPDX-License-Identifier: MIT */
#include "pdf_versions.h"

#include <string.h>
#include <time.h>

/* "startxref", line end, up to ten digits, line end. */
#define BEFORE_END_BYTES 40
/* A saving that adds less than this adds no text. */
#define ADDED_BYTES 64

/* The position that stands before "%%EOF" at end; the first part of a linearised file has 0 there. */
static bool
names_a_table(struct rmn_bytes pdf, size_t end)
{
	size_t from = end > BEFORE_END_BYTES ? end - BEFORE_END_BYTES : 0;
	struct rmn_bytes before = {pdf.data + from, end - from};
	size_t at = rmn_bytes_find(before, rmn_bytes_from_string("startxref"));
	uint64_t table = 0;

	if (at == SIZE_MAX)
		return false;
	for (at += strlen("startxref"); at < before.size; at++) {
		unsigned char c = before.data[at];

		if (c >= '0' && c <= '9')
			table = table * 10 + (c - '0');
		else if (table > 0)
			break;
	}
	return table > 0 && table < end;
}

static void
add_end(struct pdf_versions *versions, uint64_t end)
{
	if (versions->count == RMN_LIMIT_PDF_REVISIONS) {
		versions->more++;
		versions->count--;
		memmove(versions->ends, versions->ends + 1,
		    versions->count * sizeof(versions->ends[0]));
	}
	versions->ends[versions->count++] = end;
}

void
pdf_versions_find(struct rmn_bytes pdf, struct pdf_versions *versions)
{
	struct rmn_bytes mark = rmn_bytes_from_string("%%EOF");
	size_t at = 0, found;

	*versions = (struct pdf_versions){.count = 0};
	while ((found = rmn_bytes_find(rmn_bytes_after(pdf, at), mark)) != SIZE_MAX) {
		at += found + mark.size;
		if (pdf.size - at < ADDED_BYTES)
			return;
		if (names_a_table(pdf, at - mark.size) &&
		    rmn_bytes_find(rmn_bytes_after(pdf, at), mark) != SIZE_MAX)
			add_end(versions, at);
	}
}

int64_t
pdf_versions_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
