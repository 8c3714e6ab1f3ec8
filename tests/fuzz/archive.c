/* SPDX-License-Identifier: MIT
 *
 * Archives and compressed streams, whole ones and what is left of them. */
#include "base/limits.h"
#include "tests/fuzz/fuzz.h"
#include "unpack/unpack.h"

#define HEAD_BYTES 8192

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rmn_bytes bytes = {data, size};
	struct rmn_blob content = rmn_blob_from_bytes(bytes);
	const char *name = NULL;

	rmn_unpack_claim(rmn_bytes_head(bytes, HEAD_BYTES), &name);
	rmn_unpack_archive(&content, &rmn_fuzz_sink, &name, NULL);
	rmn_unpack_residue(bytes, RMN_MIB, &rmn_fuzz_sink, NULL);
	return 0;
}
