/* SPDX-License-Identifier: MIT
 *
 * A disk that may hold remains of HFS+: the input's bytes, sector by sector, with zeros behind. */
#include <stdlib.h>
#include <string.h>

#include "recover/hfs.h"
#include "tests/fuzz/disk.h"
#include "tests/fuzz/fuzz.h"

#define DISK_MIN 65536u

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
	size_t disk_size = size < DISK_MIN ? DISK_MIN : size;
	unsigned char *bytes = calloc(1, disk_size);
	struct rmn_living living = {.has_file_system = true, .volume = {.number = 1,
	    .filesystem = "hfsplus", .length_bytes = disk_size}};
	struct fuzz_disk disk = {
		.bytes = bytes, .size = disk_size, .ahead_bytes = HFS_NODE_MAX,
		.living = size > 0 && data[size - 1] & 1 ? &living : NULL,
		.engines = {rmn_recover_hfs}, .has_no_holes = true, .ends_on_disk = true,
	};

	if (!bytes || size == 0)
		return free(bytes), 0;
	memcpy(bytes, data, size);
	fuzz_disk_run(&disk);
	free(bytes);
	return 0;
}
