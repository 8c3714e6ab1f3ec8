/* SPDX-License-Identifier: MIT
 *
 * The engines for lost FAT and exFAT volumes over any bytes as a disk.  The first byte says which
 * sectors a living volume is thought to use. */
#include "tests/fuzz/disk.h"
#include "tests/fuzz/fuzz.h"

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
	struct fuzz_disk disk = {
		.bytes = data, .size = size, .ahead_bytes = SIZE_MAX,
		.in_use_at = size > 0 ? (uint64_t)(data[0] >> 1) * 512 : 0,
		.in_use_bytes = size > 0 && data[0] & 1 ? 2048 : 0,
		.engines = {rmn_recover_fat, rmn_recover_exfat},
		.has_no_holes = true, .ends_on_disk = true, .fits_size = true,
	};

	if (size > 0)
		fuzz_disk_run(&disk);
	return 0;
}
