/* SPDX-License-Identifier: MIT
 *
 * Remains of APFS containers: the input is a small disk, of which the first byte says whether it
 * is a living one.  Objects get checksums that are right, which a fuzzer does not guess. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/disk.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/recover_apfs.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static void
mend(unsigned char *disk, size_t size)
{
	for (size_t at = 0; size - at >= APFS_BLOCK; at += 512) {
		unsigned char *p = disk + at;

		if (((p[24] == 2 || p[24] == 3) && p[25] == 0 && (p[28] == 0x0b || p[28] == 0x0e)) ||
		    memcmp(p + 32, "APSB", 4) == 0 || memcmp(p + 32, "NXSB", 4) == 0)
			apfs_seal(p);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	unsigned char *data = malloc(size + 1);
	struct rmn_living living = {.has_file_system = true,
	    .volume = {.number = 1, .filesystem = "apfs"}};
	struct fuzz_disk disk = {
		.bytes = data, .size = size, .ahead_bytes = 4096,
		.living = size > 0 && input[0] & 1 ? &living : NULL,
		.engines = {rmn_recover_apfs}, .fits_size = true, .succeeds = true,
	};

	if (!data)
		abort();
	memcpy(data, input, size);
	mend(data, size);
	fuzz_disk_run(&disk);
	free(data);
	return 0;
}
