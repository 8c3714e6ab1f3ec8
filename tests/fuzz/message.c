/* SPDX-License-Identifier: MIT
 *
 * What the supervisor and a worker take from each other: every message out of the same bytes.  What
 * one accepts must be written again as the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "worker/message.h"

#define CAPACITY 64

static struct rmn_buf written;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	rmn_buf_init(&written, 0);
	return 0;
}

static void
compare(struct rmn_bytes frame)
{
	if (written.failed || !rmn_bytes_equal(frame, rmn_buf_bytes(&written)))
		abort();
	rmn_buf_clear(&written);
}

static void
try_worker(struct rmn_bytes frame)
{
	struct rmn_unit unit;
	struct rmn_member_message member;
	struct rmn_finding_message finding;
	struct rmn_document_message document;
	struct rmn_examined_message examined;
	struct rmn_named_message named;
	struct rmn_note_message note;

	if (rmn_get_unit(frame, &unit)) {
		rmn_put_unit(&written, &unit);
		compare(frame);
	}
	if (rmn_get_member(frame, &member)) {
		rmn_put_member(&written, &member);
		compare(frame);
	}
	if (rmn_get_finding(frame, &finding)) {
		rmn_put_finding(&written, &finding);
		compare(frame);
	}
	if (rmn_get_document(frame, &document)) {
		rmn_put_document(&written, &document);
		compare(frame);
	}
	if (rmn_get_examined(frame, &examined)) {
		rmn_put_examined(&written, &examined);
		compare(frame);
	}
	if (rmn_get_named(frame, &named)) {
		rmn_put_named(&written, &named);
		compare(frame);
	}
	if (rmn_get_note(frame, &note)) {
		rmn_put_note(&written, &note);
		compare(frame);
	}
}

/* Strings of a volume may hold a NUL, paths of an item may be longer than is sent: only reading. */
static void
try_walker(struct rmn_bytes frame)
{
	struct rmn_extent extents[CAPACITY];
	struct rmn_space_run runs[CAPACITY];
	struct rmn_volume volume;
	struct rmn_walk_item item;
	uint64_t numbers[5];
	size_t count = 0;

	rmn_get_volume(frame, &volume);
	rmn_get_item(frame, &item);
	rmn_get_numbers(frame, numbers, 5);
	if (rmn_get_extents(frame, extents, &count, CAPACITY)) {
		rmn_put_extents(&written, extents, count);
		compare(frame);
	}
	count = 0;
	if (rmn_get_runs(frame, runs, &count, CAPACITY)) {
		rmn_put_runs(&written, runs, count);
		compare(frame);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rmn_bytes frame = {data, size};

	try_worker(frame);
	try_walker(frame);
	return 0;
}
