/* SPDX-License-Identifier: MIT
 *
 * What is taken for a disk image, and what only looks a little like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "inside/inside.h"

#define IMAGE_BYTES 65536u
#define HEAD_BYTES 8192u

static unsigned char image[IMAGE_BYTES];

static const char *
claimed(size_t size)
{
	struct rmn_bytes bytes = {image, size};
	struct rmn_blob blob = rmn_blob_from_bytes(bytes);
	const char *name = NULL;

	return rmn_inside_claim(&blob, rmn_bytes_head(bytes, HEAD_BYTES), &name) ? name : "none";
}

/* A FAT12 floppy's first sector: 512 bytes, 1 a cluster, 2 tables, 128 sectors. */
static void
fat_make(void)
{
	static const unsigned char block[] = {0xEB, 0x3C, 0x90, 'M', 'S', 'D', 'O', 'S', '5', '.', '0',
		0, 2, 1, 1, 0, 2, 0xE0, 0, 128, 0, 0xF0, 1, 0};

	memset(image, 0, sizeof(image));
	memcpy(image, block, sizeof(block));
	image[510] = 0x55;
	image[511] = 0xAA;
}

static void
test_volumes(void **state)
{
	(void)state;
	fat_make();
	assert_string_equal(claimed(IMAGE_BYTES), "disk-image");
	assert_string_equal(claimed(512), "none");
	image[13] = 3;			/* sectors a cluster */
	assert_string_equal(claimed(IMAGE_BYTES), "none");
	memset(image, 0, sizeof(image));
	memcpy(image + 1024, "H+\0\4", 4);
	assert_string_equal(claimed(IMAGE_BYTES), "disk-image");
	memset(image, 0, sizeof(image));
	memcpy(image + 3, "-FVE-FS-", 8);
	assert_string_equal(claimed(IMAGE_BYTES), "disk-image");
}

static void
test_tables(void **state)
{
	(void)state;
	memset(image, 0, sizeof(image));
	image[510] = 0x55;
	image[511] = 0xAA;
	assert_string_equal(claimed(IMAGE_BYTES), "none");	/* no entry */
	image[446 + 4] = 7;
	image[446 + 8] = 63;
	image[446 + 12] = 60;
	assert_string_equal(claimed(IMAGE_BYTES), "disk-image");
	image[446] = 1;				/* neither active nor not */
	assert_string_equal(claimed(IMAGE_BYTES), "none");
	image[446] = 0;
	image[446 + 9] = 1;			/* behind the end */
	assert_string_equal(claimed(IMAGE_BYTES), "none");
}

static void
test_containers(void **state)
{
	(void)state;
	memset(image, 0, sizeof(image));
	memcpy(image, "QFI\xFB\0\0\0\2", 8);
	assert_string_equal(claimed(IMAGE_BYTES), "qcow2");
	memset(image, 0, 8);
	memcpy(image + IMAGE_BYTES - 512, "conectix", 8);
	assert_string_equal(claimed(IMAGE_BYTES), "vhd");
	memcpy(image + IMAGE_BYTES - 512, "koly\0\0\0\4\0\0\2\0", 12);
	assert_string_equal(claimed(IMAGE_BYTES), "udif");
	memset(image + IMAGE_BYTES - 512, 0, 512);
	memcpy(image + IMAGE_BYTES - 8, "cdsaencr", 8);		/* encrypted, first version */
	assert_string_equal(claimed(IMAGE_BYTES), "udif");
	image[IMAGE_BYTES - 1] = 0;
	memcpy(image, "encrcdsa", 8);				/* second version */
	assert_string_equal(claimed(IMAGE_BYTES), "udif");
	image[0] = 0;
	assert_string_equal(claimed(IMAGE_BYTES), "none");
}

static void
test_noise(void **state)
{
	uint32_t seed = 3;

	(void)state;
	memset(image, 0, sizeof(image));
	for (unsigned round = 0; round < 4000; round++) {
		for (size_t i = 0; i < 2048; i++) {
			seed = seed * 1664525 + 1013904223;
			image[i] = (unsigned char)(seed >> 24);
		}
		assert_string_equal(claimed(IMAGE_BYTES), "none");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_volumes),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_containers),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
