/* SPDX-License-Identifier: MIT
 *
 * The stored bytes of a compressed file of HFS+ or APFS. */
#include "tests/fuzz/fuzz.h"
#include "unpack/decmpfs.h"

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
	static unsigned char plain[200000];
	struct rmn_decmpfs_blob d;
	struct rmn_blob from, blob;
	size_t got = 0;

	if (size < 4)
		return 0;
	from = rmn_blob_from_bytes((struct rmn_bytes){data + 4, size - 4});
	if (rmn_decmpfs_blob_init(&d, &from, data[0] % 14, data[1] | (uint64_t)data[2] << 8 |
	    (uint64_t)data[3] << 16, &blob, NULL) != RMN_OK)
		return 0;
	rmn_blob_read(&blob, data[1], plain, sizeof(plain), &got, NULL);
	rmn_decmpfs_blob_release(&d);
	return 0;
}
