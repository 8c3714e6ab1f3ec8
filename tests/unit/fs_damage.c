/* SPDX-License-Identifier: MIT
 *
 * The walk over images that were cut short or overwritten in places. */
#include "tests/unit/fs_walk.h"

#include <signal.h>

/* Walks in a child, because libtsk itself may fall over damage or lose itself in it: that costs a
 * child in the program too, and is only told here.  What must not happen is a failure of ours,
 * which shows as an assertion or a sanitizer's report. */
static void
walk_in_child(const char *name, const char *what)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct seen s;
		char path[256];

		alarm(2);
		setenv("CMOCKA_TEST_ABORT", "1", 1);
		snprintf(path, sizeof(path), "%s/%s", folder, name);
		if (walk_path(path, &s))
			seen_release(&s);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGABRT)
		print_message("%s: libtsk ended with signal %d\n", what, WTERMSIG(status));
	else if (status != 0)
		fail_msg("%s: wait status %x", what, (unsigned)status);
}

/* Overwrites the tail of one sector in a hundred; half of them near the start, where the
 * structures are. */
static void
sectors_damage(unsigned char *bytes, size_t size, uint32_t seed)
{
	size_t sectors = size / 512;

	for (size_t i = 0; i < sectors / 100; i++) {
		size_t sector, from;

		seed = seed * 1664525u + 1013904223u;
		sector = (seed >> 4) % (i % 2 || sectors < 400 ? sectors : 400);
		seed = seed * 1664525u + 1013904223u;
		from = (seed >> 4) % 500;
		for (size_t k = from; k < 512 && sector; k++) {
			seed = seed * 1664525u + 1013904223u;
			bytes[sector * 512 + k] = i % 3 ? (unsigned char)(seed >> 24) : 0xff;
		}
	}
}

static unsigned char *
file_read(const char *name, size_t *size)
{
	unsigned char *bytes = malloc(16u << 20);
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	*size = file && bytes ? fread(bytes, 1, 16u << 20, file) : 0;
	if (file)
		fclose(file);
	return bytes;
}

static void
file_write(const char *name, const unsigned char *bytes, size_t size)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
}

static void
test_damaged(void **state)
{
	static const struct {
		const char *name, *commands;
	} made[] = {
		{"fat", "truncate -s 9M fat && mkfs.fat fat && mcopy -s -i fat t/* ::/ && "
			"mdel -i fat ::/gone.txt"},
		{"ext2", "truncate -s 9M ext2 && mke2fs -F -t ext2 -d t ext2"},
		{"ext4", "truncate -s 15M ext4 && mke2fs -F -t ext4 -b 4096 -d t ext4"},
		{"ntfs", "truncate -s 9M ntfs && mkntfs -F -q -s 512 ntfs && "
			"ntfscp ntfs t/sub/long.txt long.txt && ntfscp ntfs t/note.txt note.txt"},
		{"exfat", "truncate -s 8M exfat && mkfs.exfat exfat"},
		{"iso", "genisoimage -quiet -J -r -o iso t"},
		{"disk", "truncate -s 10M disk && dd if=fat of=disk bs=512 seek=2048 conv=notrunc"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		const char *name = made[i].name;
		char what[64];
		size_t size;
		unsigned char *bytes;

		if (!run("%s", made[i].commands)) {
			print_message("%s cannot be made here\n", name);
			continue;
		}
		bytes = file_read(name, &size);

		for (size_t part = 1; part < 8 && size; part += 2) {
			snprintf(what, sizeof(what), "%s cut at %zu/8", name, part);
			file_write("cut", bytes, size * part / 8 + 77);
			walk_in_child("cut", what);
		}
		free(bytes);
		for (uint32_t seed = 1; seed < 5 && size; seed++) {
			bytes = file_read(name, &size);
			snprintf(what, sizeof(what), "%s damaged with seed %u", name, seed);
			sectors_damage(bytes, size, seed);
			file_write("hurt", bytes, size);
			walk_in_child("hurt", what);
			free(bytes);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
