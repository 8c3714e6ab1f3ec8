/* SPDX-License-Identifier: MIT
 *
 * Images: what names announce, what content decides, and what is readable of what is damaged.
 * Every container is read from inside the sandbox, where nothing can be opened any more. */
#include "image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hash.h"
#include "worker/sandbox.h"

#define SECTORS 6001		/* of the made-up medium */
#define MEDIUM_BYTES (SECTORS * 512u)

static char folder[64];
static unsigned char *medium;

static const char *
in_folder(const char *name)
{
	static char path[4][256];
	static int turn;
	char *text = path[turn++ % 4];

	snprintf(text, sizeof(path[0]), "%s/%s", folder, name);
	return text;
}

static void
write_file(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	fclose(file);
}

static int
set_up(void **state)
{
	uint32_t seed = 1;

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/rmn-image-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	medium = malloc(MEDIUM_BYTES);
	if (!medium)
		return -1;
	for (size_t i = 0; i < MEDIUM_BYTES; i++) {
		seed = seed * 1664525u + 1013904223u;
		medium[i] = i / 65536 % 3 == 1 ? 0 : (unsigned char)(seed >> 24);
	}
	write_file(in_folder("medium.raw"), medium, MEDIUM_BYTES);
	return 0;
}

static int
tear_down(void **state)
{
	char command[96];

	(void)state;
	free(medium);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static enum rmn_status
open_both(const char *path, struct rmn_image_files *files, struct rmn_image **image,
    struct rmn_error *error)
{
	enum rmn_status status = rmn_image_files_open(path, files, error);

	*image = NULL;
	if (status != RMN_OK)
		return status;
	status = rmn_image_open(files, image, error);
	if (status != RMN_OK)
		rmn_image_files_release(files);
	return status;
}

static void
test_split_raw(void **state)
{
	static const size_t cuts[] = {0, 1000, 1000, 700000, MEDIUM_BYTES};
	struct rmn_image_files files;
	struct rmn_image *image;
	unsigned char *got_bytes = malloc(MEDIUM_BYTES);
	size_t got;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char name[16];

		snprintf(name, sizeof(name), "s.%03zu", i + 1);
		write_file(in_folder(name), medium + cuts[i], cuts[i + 1] - cuts[i]);
	}
	assert_int_equal(open_both(in_folder("s.001"), &files, &image, NULL), RMN_OK);
	assert_int_equal(files.count, 4);
	assert_string_equal(files.names[3], "s.004");
	assert_int_equal(rmn_image_size(image), MEDIUM_BYTES);
	assert_string_equal(rmn_image_format(image), "raw");
	assert_int_equal(rmn_image_read(image, 0, got_bytes, MEDIUM_BYTES, &got, NULL), RMN_OK);
	assert_int_equal(got, MEDIUM_BYTES);
	assert_memory_equal(got_bytes, medium, MEDIUM_BYTES);
	for (size_t at = 990; at < 1010; at++) {
		assert_int_equal(rmn_image_read(image, at, got_bytes, 20, &got, NULL), RMN_OK);
		assert_int_equal(got, 20);
		assert_memory_equal(got_bytes, medium + at, 20);
	}
	assert_int_equal(rmn_image_read(image, MEDIUM_BYTES - 5, got_bytes, 20, &got, NULL),
	    RMN_OK);
	assert_int_equal(got, 5);
	assert_int_equal(rmn_image_read(image, UINT64_MAX, got_bytes, 20, &got, NULL), RMN_OK);
	assert_int_equal(got, 0);
	rmn_image_close(image);
	rmn_image_files_release(&files);
	free(got_bytes);
}

/* Which names belong together. */
static void
test_segment_names(void **state)
{
	static const struct {
		const char *names[6];
		size_t count;
	} rows[] = {
		{{"a.001", "a.002", "a.003"}, 3},
		{{"b.aa", "b.ab", "b.ac"}, 3},
		{{"c.000", "c.001"}, 2},
		{{"d.raw", "d.001"}, 1},
		{{"e.002", "e.003"}, 1},
		{{"f.az", "f.ba"}, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmn_image_files files;

		for (size_t j = 0; rows[i].names[j]; j++)
			write_file(in_folder(rows[i].names[j]), "x", 1);
		assert_int_equal(rmn_image_files_open(in_folder(rows[i].names[0]), &files, NULL),
		    RMN_OK);
		assert_int_equal(files.count, rows[i].count);
		rmn_image_files_release(&files);
	}
}

static void
test_refused(void **state)
{
	static const struct {
		const char *name, *content;
		enum rmn_status status;
		const char *text;
	} rows[] = {
		{"empty.raw", "", RMN_CORRUPT, "is empty"},
		{"empty.E01", "", RMN_CORRUPT, "is empty"},
		{"text.E01", "minutes of the meeting\n", RMN_CORRUPT, "content is no Expert Witness image"},
		{"text.vmdk", "minutes of the meeting\n", RMN_CORRUPT, "content is no VMDK image"},
		{"text.qcow2", "minutes of the meeting\n", RMN_CORRUPT, "content is no QCOW image"},
		{"text.vhd", "minutes of the meeting\n", RMN_CORRUPT, "content is no VHD image"},
		{"text.VHDX", "minutes of the meeting\n", RMN_CORRUPT, "content is no VHD image"},
		{"head.E01", "EVF\x09\x0d\x0a\xff rest", RMN_CORRUPT, "damaged"},
		{"head.qcow2", "QFI\xfb rest", RMN_CORRUPT, "damaged"},
		{"head.vmdk", "KDMV rest", RMN_CORRUPT, "damaged"},
		{"head.vhd", "conectix rest", RMN_CORRUPT, "damaged"},
		{"none.raw", NULL, RMN_IO, "cannot open"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmn_image_files files;
		struct rmn_image *image;
		struct rmn_error error = {0};

		if (rows[i].content)
			write_file(in_folder(rows[i].name), rows[i].content,
			    strlen(rows[i].content));
		assert_int_equal(open_both(in_folder(rows[i].name), &files, &image, &error),
		    rows[i].status);
		if (!strstr(error.text, rows[i].text))
			fail_msg("%s: \"%s\" has no \"%s\"", rows[i].name, error.text,
			    rows[i].text);
	}
}

static void
test_missing_segment(void **state)
{
	struct rmn_image_files files;
	struct rmn_error error = {0};

	(void)state;
	write_file(in_folder("m.001"), "x", 1);
	write_file(in_folder("m.002"), "x", 1);
	write_file(in_folder("m.004"), "x", 1);
	assert_int_equal(rmn_image_files_open(in_folder("m.001"), &files, &error), RMN_CORRUPT);
	assert_non_null(strstr(error.text, "segment .003 is missing"));
}

static void
test_folder(void **state)
{
	struct rmn_image_files files;
	struct rmn_error error = {0};

	(void)state;
	assert_int_equal(rmn_image_files_open(folder, &files, &error), RMN_IO);
}

struct bad_ranges {
	uint64_t offset[8], size[8];
	size_t count;
};

static void
on_bad(void *context, uint64_t offset, uint64_t size)
{
	struct bad_ranges *bad = context;

	assert_true(bad->count < 8);
	bad->offset[bad->count] = offset;
	bad->size[bad->count++] = size;
}

/* A file that shrinks behind our back is the cheapest failing medium there is. */
static void
test_read_around(void **state)
{
	struct rmn_image_files files;
	struct rmn_image *image;
	struct bad_ranges bad = {0};
	unsigned char *bytes = malloc(MEDIUM_BYTES);
	size_t got;

	(void)state;
	write_file(in_folder("shrinks.001"), medium, 4096 + 100);
	write_file(in_folder("shrinks.002"), medium + 4196, MEDIUM_BYTES - 4196);
	assert_int_equal(open_both(in_folder("shrinks.001"), &files, &image, NULL), RMN_OK);
	assert_int_equal(truncate(in_folder("shrinks.001"), 1500), 0);
	memset(bytes, 0xee, MEDIUM_BYTES);
	assert_int_equal(rmn_image_read(image, 0, bytes, MEDIUM_BYTES, &got, NULL), RMN_IO);
	assert_int_equal(got, 1500);
	assert_memory_equal(bytes, medium, 1500);
	assert_int_equal(rmn_image_read_around(image, 0, bytes, MEDIUM_BYTES, &got, on_bad, &bad,
	    NULL), RMN_PARTIAL);
	assert_int_equal(got, MEDIUM_BYTES);
	assert_int_equal(bad.count, 1);
	assert_int_equal(bad.offset[0], 1500);
	assert_true(bad.size[0] >= 4196 - 1500 && bad.size[0] < 4196 - 1500 + 512);
	assert_memory_equal(bytes, medium, 1500);
	for (size_t i = 1500; i < 4196; i++)
		assert_int_equal(bytes[i], 0);
	assert_memory_equal(bytes + 4608, medium + 4608, MEDIUM_BYTES - 4608);
	rmn_image_close(image);
	rmn_image_files_release(&files);
	free(bytes);
}

/* Reads the whole in pieces of an odd size; the digest as text.  Stops at what is unreadable. */
static enum rmn_status
image_digest(struct rmn_image *image, char hex[2 * RMN_SHA256_BYTES + 1], uint64_t *good_bytes)
{
	struct rmn_sha256 *hash = rmn_sha256_new();
	unsigned char digest[RMN_SHA256_BYTES];
	unsigned char *piece = malloc(300001);
	enum rmn_status status = RMN_OK;
	size_t got = 0;

	*good_bytes = 0;
	do {
		status = rmn_image_read(image, *good_bytes, piece, 300001, &got, NULL);
		rmn_sha256_update(hash, piece, got);
		*good_bytes += got;
	} while (status == RMN_OK && got);
	rmn_sha256_finish(hash, digest);
	rmn_hex(digest, sizeof(digest), hex);
	rmn_sha256_free(hash);
	free(piece);
	return status;
}

/* In a child, inside the sandbox: 0 when the digest is the expected one. */
static void
expect_in_sandbox(const char *path, const char *format, const char *expected)
{
	struct rmn_image_files files;
	struct rmn_error error = {0};
	int status;
	pid_t child;

	assert_int_equal(rmn_image_files_open(path, &files, &error), RMN_OK);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct rmn_sandbox_options options = {0};
		struct rmn_image *image;
		char hex[2 * RMN_SHA256_BYTES + 1];
		uint64_t good;

		if (rmn_sandbox_enter(&options, &error) != RMN_OK ||
		    open("/etc/passwd", O_RDONLY) >= 0)
			_exit(99);
		if (rmn_image_open(&files, &image, &error) != RMN_OK)
			_exit(1);
		if (strcmp(rmn_image_format(image), format) != 0)
			_exit(2);
		if (image_digest(image, hex, &good) != RMN_OK || good != rmn_image_size(image))
			_exit(3);
		rmn_image_close(image);
		_exit(strncmp(hex, expected, strlen(expected)) == 0 ? 0 : 4);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status != 0)
		fail_msg("%s: wait status %x", path, (unsigned)status);
	rmn_image_files_release(&files);
}

/* The digests were made with ewfexport and qemu-img. */
static void
test_corpus_in_sandbox(void **state)
{
	static const struct {
		const char *name, *format, *digest;
	} rows[] = {
		{"log2timeline__dfvfs/ext2.E01", "ewf", "a6c2f0e39afe6c6ab432ca5465349fce"},
		{"log2timeline__dfvfs/ext2.split.E01", "ewf", "a6c2f0e39afe6c6ab432ca5465349fce"},
		{"log2timeline__dfvfs/ext2.vmdk", "vmdk", "a6c2f0e39afe6c6ab432ca5465349fce"},
		{"log2timeline__dfvfs/ext2.qcow2", "qcow2", "a6c2f0e39afe6c6ab432ca5465349fce"},
		{"simsong__bulk_extractor/nps-2010-emails.E01", "ewf",
			"ed4e1b20fb92d9609778d6f687ef478c"},
		{"log2timeline__dfvfs/windows_volume.qcow2", "qcow2",
			"44abe9deca9658f331a2bdba2deb5319"},
		{"log2timeline__dfvfs/image.vhd", "vhd", ""},
		{"log2timeline__dfvfs/iso9660.raw", "raw", ""},
	};
	const char *corpus = getenv("RMN_CORPUS");
	char path[512];

	(void)state;
	if (!corpus || !*corpus) {
		print_message("no RMN_CORPUS\n");
		skip();
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(path, sizeof(path), "%s/images/%s", corpus, rows[i].name);
		expect_in_sandbox(path, rows[i].format, rows[i].digest);
	}
}

/* Whatever qemu-img can write of the made-up medium. */
static const struct {
	const char *name, *format, *arguments;
} made[] = {
	{"plain.qcow2", "qcow2", "-O qcow2"},
	{"old.qcow2", "qcow2", "-O qcow2 -o compat=0.10"},
	{"packed.qcow2", "qcow2", "-c -O qcow2"},
	{"sparse.vmdk", "vmdk", "-O vmdk"},
	{"flat.vmdk", "vmdk", "-O vmdk -o subformat=monolithicFlat"},
	{"many.vmdk", "vmdk", "-O vmdk -o subformat=twoGbMaxExtentSparse"},
	{"manyflat.vmdk", "vmdk", "-O vmdk -o subformat=twoGbMaxExtentFlat"},
	{"stream.vmdk", "vmdk", "-O vmdk -o subformat=streamOptimized"},
	{"dynamic.vhd", "vhd", "-O vpc -o force_size=on"},
	{"fixed.vhd", "vhd", "-O vpc -o subformat=fixed,force_size=on"},
	{"new.vhdx", "vhd", "-O vhdx"},
};

static bool
make_image(size_t row)
{
	char command[512];

	snprintf(command, sizeof(command),
	    "cd %s && qemu-img convert -f raw %s medium.raw %s >/dev/null 2>&1", folder,
	    made[row].arguments, made[row].name);
	return system(command) == 0;
}

static void
test_made_in_sandbox(void **state)
{
	unsigned char digest[RMN_SHA256_BYTES];
	char hex[2 * RMN_SHA256_BYTES + 1];

	(void)state;
	rmn_sha256_once((struct rmn_bytes){medium, MEDIUM_BYTES}, digest);
	rmn_hex(digest, sizeof(digest), hex);
	expect_in_sandbox(in_folder("medium.raw"), "raw", hex);
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		if (!make_image(i)) {
			print_message("qemu-img cannot make %s\n", made[i].name);
			continue;
		}
		expect_in_sandbox(in_folder(made[i].name), made[i].format, hex);
	}
}

/* What is there of a container that was cut is right; the rest is an error, not silence. */
static void
expect_prefix(const char *path)
{
	struct rmn_image_files files;
	struct rmn_image *image;
	struct rmn_error error = {0};
	unsigned char *bytes = malloc(MEDIUM_BYTES);
	size_t got;

	if (open_both(path, &files, &image, &error) != RMN_OK) {
		assert_true(error.text[0]);
		free(bytes);
		return;
	}
	for (uint64_t at = 0; at < rmn_image_size(image) && at < MEDIUM_BYTES; at += 65536) {
		size_t size = MEDIUM_BYTES - at < 65536 ? (size_t)(MEDIUM_BYTES - at) : 65536;
		enum rmn_status status = rmn_image_read(image, at, bytes, size, &got, NULL);

		assert_true(status == RMN_IO || (status == RMN_OK && got == size));
		if (memcmp(bytes, medium + at, got) != 0)
			fail_msg("%s: wrong bytes from %llu, %zu", path, (unsigned long long)at,
			    got);
	}
	rmn_image_close(image);
	rmn_image_files_release(&files);
	free(bytes);
}

static void
test_cut_short(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		struct stat facts;
		char path[256];

		snprintf(path, sizeof(path), "%s/%s", folder, made[i].name);
		if (strstr(made[i].name, "many") || strstr(made[i].name, "flat") ||
		    stat(path, &facts) != 0)
			continue;
		for (int part = 9; part > 0; part--) {
			if (truncate(path, facts.st_size * part / 10) == 0)
				expect_prefix(path);
		}
	}
}

static void
test_device_facts(void **state)
{
	struct rmn_device_facts facts;

	(void)state;
	rmn_device_facts(in_folder("medium.raw"), &facts);
	assert_string_equal(facts.model, "");
	assert_int_equal(facts.logical_sector_bytes, 512);
	rmn_device_facts("/nonexistent", &facts);
	assert_string_equal(facts.serial, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split_raw),
		cmocka_unit_test(test_segment_names),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_missing_segment),
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_read_around),
		cmocka_unit_test(test_corpus_in_sandbox),
		cmocka_unit_test(test_made_in_sandbox),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_device_facts),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
