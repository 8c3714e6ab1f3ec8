/* SPDX-License-Identifier: MIT
 *
 * Remains of ext volumes: the input is a small disk, of which the first byte says whether it is a
 * living one. */
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
	struct rmn_living living = {.has_file_system = true,
	    .volume = {.number = 1, .filesystem = "ext4"}};
	struct fuzz_disk disk = {
		.bytes = data, .size = size, .ahead_bytes = 4096,
		.living = size > 0 && data[0] & 1 ? &living : NULL,
		.engines = {rmn_recover_ext}, .fits_size = true, .succeeds = true,
	};

	fuzz_disk_run(&disk);
	return 0;
}
