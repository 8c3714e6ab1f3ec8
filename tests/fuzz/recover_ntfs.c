/* SPDX-License-Identifier: MIT
 *
 * Remains of NTFS: the input is a small disk, as it is or with its update sequences mended (a fuzzer
 * does not guess those). */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/disk.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

/* Gives records, index blocks and log pages a sequence that fits. */
static void
mend(unsigned char *disk, size_t size)
{
	static const struct {
		const char *magic;
		size_t bytes, place;
	} rows[] = {{"FILE", 1024, 0x30}, {"INDX", 4096, 0x28}, {"RCRD", 4096, 0x28}};

	for (size_t at = 0; at + 512 <= size; at += 512)
		for (size_t i = 0; i < 3; i++) {
			unsigned char *p = disk + at;

			if (memcmp(p, rows[i].magic, 4) != 0 || rows[i].bytes > size - at)
				continue;
			p[4] = (unsigned char)rows[i].place;
			p[5] = p[7] = 0;
			p[6] = (unsigned char)(rows[i].bytes / 512 + 1);
			if (i == 0)
				memcpy(p + 28, "\0\4\0\0", 4);
			for (size_t n = 1; n <= rows[i].bytes / 512; n++)
				memcpy(p + 512 * n - 2, p + rows[i].place, 2);
		}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *bytes = malloc(size + 1);
	struct fuzz_disk disk = {
		.bytes = bytes, .size = size, .ahead_bytes = SIZE_MAX,
		.engines = {rmn_recover_ntfs}, .ends_on_disk = true,
	};

	if (!bytes)
		return 0;
	memcpy(bytes, data, size);
	if (size % 2)
		mend(bytes, size);
	fuzz_disk_run(&disk);
	free(bytes);
	return 0;
}
