/* SPDX-License-Identifier: MIT
 *
 * Readers of the format table.  RMN_FUZZ_ROW=docx (`make fuzz T=docx`) takes that reader whatever
 * the bytes claim to be; without it the claim decides, as in a scan. */
#include <stdlib.h>

#include "base/limits.h"
#include "format/format.h"
#include "tests/fuzz/fuzz.h"

#define HEAD_BYTES 8192

static const struct rmn_format *row;
static struct rmn_arena *arena;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("RMN_FUZZ_ROW");

	(void)argc;
	(void)argv;
	arena = rmn_arena_new(RMN_LIMIT_ARENA_BYTES);
	row = name ? rmn_format_find(name) : NULL;
	return !arena || (name && !row);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rmn_blob content = rmn_blob_from_bytes((struct rmn_bytes){data, size});
	struct rmn_format_input input = {.content = &content, .arena = arena,
	    .head = rmn_bytes_head((struct rmn_bytes){data, size}, HEAD_BYTES)};
	const struct rmn_format *format = row ? row : rmn_format_claim(&input);
	struct rmn_error error = {0};

	if (format && format->read)
		rmn_format_read(format, &input, &rmn_fuzz_sink, &error);
	rmn_arena_reset(arena);
	return 0;
}
