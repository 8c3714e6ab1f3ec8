/* SPDX-License-Identifier: MIT
 *
 * One stored unit of a compressed NTFS file. */
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"
#include "unpack/lznt1.h"

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
	size_t plain_size = size > 0 ? (size_t)(data[0] % 18) * 4096 + data[0] / 18u : 0, good = 0;
	unsigned char *plain = malloc(plain_size + 1);

	if (plain)
		rmn_lznt1_unit((struct rmn_bytes){data, size}, plain, plain_size, &good);
	if (good > plain_size)
		abort();
	free(plain);
	return 0;
}
