/* SPDX-License-Identifier: MIT
 *
 * Every file of testdata/unpack: claim and members as its .out says; cut short, changed or without
 * memory it must not crash.  With a corpus: every archive there, one child each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/golden.h"
#include "tests/unit/starve.h"
#include "unpack/unpack.h"

#define FOLDER "testdata/unpack"

/* libarchive asks for what a hostile header declares, and copes when it gets nothing. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static enum rmn_status
drop_member(void *context, const struct rmn_member *member, const struct rmn_member_reader *reader)
{
	static unsigned char buffer[4096];
	uint64_t *left = context;
	size_t got;

	(void)member;
	while (reader->read(reader->state, buffer, sizeof(buffer), &got, NULL) == RMN_OK) {
		assert_true(got > 0 && got <= sizeof(buffer));
		if (*left < got)
			return RMN_LIMIT;
		*left -= got;
	}
	return RMN_OK;
}

static enum rmn_status
unpack(struct rmn_bytes bytes, bool is_residue, const struct rmn_sink *sink, const char **name,
    struct rmn_error *error)
{
	struct rmn_blob blob = rmn_blob_from_bytes(bytes);

	errno = ENOMEM;		/* left behind by an earlier item: it must not matter */
	return is_residue ? rmn_unpack_residue(bytes, 10000, sink, error) :
	    rmn_unpack_archive(&blob, sink, name, error);
}

static void
describe(struct rmn_bytes bytes, bool is_residue, struct rmn_buf *out)
{
	struct rmn_sink sink = golden_sink(out);
	struct rmn_error error = {0};
	const char *claimed = "nothing", *name = "nothing";
	enum rmn_status status;

	rmn_unpack_claim(rmn_bytes_head(bytes, 8192), &claimed);
	rmn_buf_printf(out, "claimed as %s\n", claimed);
	status = unpack(bytes, is_residue, &sink, &name, &error);
	rmn_buf_printf(out, "read as %s: %s%s%s\n", name, rmn_status_name(status),
	    error.text[0] ? ", " : "", error.text);
}

static void
drop(struct rmn_bytes bytes, bool is_residue)
{
	uint64_t left = 1 << 20;
	struct rmn_sink sink = {.context = &left, .member = drop_member};
	const char *name = "";

	unpack(bytes, is_residue, &sink, &name, NULL);
}

static void
each_fixture(void (*run)(const char *path, struct rmn_bytes bytes, bool is_residue))
{
	struct dirent **entries;
	int count = scandir(FOLDER, &entries, NULL, alphasort), used = 0;

	assert_true(count > 0);
	for (int i = 0; i < count; i++) {
		size_t size = strlen(entries[i]->d_name);
		char path[512];

		if (size > 3 && strcmp(entries[i]->d_name + size - 3, ".in") == 0) {
			struct rmn_bytes bytes;

			snprintf(path, sizeof(path), FOLDER "/%s", entries[i]->d_name);
			bytes = golden_load(path);
			assert_non_null(bytes.data);
			run(path, bytes, strcmp(entries[i]->d_name, "residue.in") == 0);
			free((void *)(uintptr_t)bytes.data);
			used++;
		}
		free(entries[i]);
	}
	free(entries);
	assert_true(used >= 25);
}

static void
run_golden(const char *path, struct rmn_bytes bytes, bool is_residue)
{
	char out_path[520];
	struct rmn_buf out;

	rmn_buf_init(&out, 0);
	describe(bytes, is_residue, &out);
	snprintf(out_path, sizeof(out_path), "%.*s.out", (int)strlen(path) - 3, path);
	golden_compare(out_path, &out);
	rmn_buf_release(&out);
}

static void
test_golden(void **state)
{
	(void)state;
	each_fixture(run_golden);
}

static enum rmn_status
file_like_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	const struct rmn_bytes *bytes = blob->state;

	(void)error;
	memcpy(buffer, bytes->data + offset, size);
	*got = size;
	return RMN_OK;
}

static const struct rmn_blob_ops file_like_ops = {.read = file_like_read};

/* Read through callbacks, the result is the same as from memory. */
static void
run_as_file(const char *path, struct rmn_bytes bytes, bool is_residue)
{
	struct rmn_blob blob = {&file_like_ops, bytes.size, &bytes, {NULL, 0}};
	struct rmn_buf from_memory, from_file;
	struct rmn_sink sink;
	const char *name = "";

	(void)path;
	if (is_residue)
		return;
	rmn_buf_init(&from_memory, 0);
	rmn_buf_init(&from_file, 0);
	sink = golden_sink(&from_memory);
	unpack(bytes, false, &sink, &name, NULL);
	sink = golden_sink(&from_file);
	rmn_unpack_archive(&blob, &sink, &name, NULL);
	assert_true(rmn_bytes_equal(rmn_buf_bytes(&from_memory), rmn_buf_bytes(&from_file)));
	rmn_buf_release(&from_memory);
	rmn_buf_release(&from_file);
}

static void
test_as_file(void **state)
{
	(void)state;
	each_fixture(run_as_file);
}

static void
run_damaged(const char *path, struct rmn_bytes bytes, bool is_residue)
{
	size_t step = bytes.size / 150 + 1;

	(void)path;
	for (size_t size = 0; size < bytes.size; size += step) {
		unsigned char *copy = malloc(size + 1);

		memcpy(copy, bytes.data, size);
		drop((struct rmn_bytes){copy, size}, is_residue);
		free(copy);
	}
	for (size_t at = 0; at < bytes.size; at += step) {
		unsigned char *byte = (unsigned char *)(uintptr_t)bytes.data + at, was = *byte;

		*byte ^= (unsigned char)(1u << at % 8);
		drop(bytes, is_residue);
		*byte = (unsigned char)~was;
		drop(bytes, is_residue);
		*byte = was;
	}
}

static void
test_damaged(void **state)
{
	(void)state;
	each_fixture(run_damaged);
}

/* Our own readers survive every allocation that fails.  libarchive does not (it sets fields of an
 * entry that it did not get): there the process ends, and the item has its record. */
static void
run_starved(const char *path, struct rmn_bytes bytes, bool is_residue)
{
	if (!is_residue && !strstr(path, ".lzh") && !strstr(path, ".arj") &&
	    !strstr(path, ".hqx") && !strstr(path, ".appledouble") && !strstr(path, ".macbinary"))
		return;
	for (long n = 0; n < 400; n++) {
		struct rmn_sink sink = {.context = &(uint64_t){1 << 20}, .member = drop_member};
		const char *name = "";
		enum rmn_status status;

		starve_left = n;
		status = unpack(bytes, is_residue, &sink, &name, NULL);
		if (starve_left >= 0) {
			starve_left = -1;
			return;		/* fewer allocations than that */
		}
		starve_left = -1;
		if (is_residue && n == 0)
			assert_int_equal(status, RMN_NOMEM);
	}
}

static void
test_starved(void **state)
{
	(void)state;
	if (!starve_works)
		skip();
	each_fixture(run_starved);
}

static void
test_inner_name(void **state)
{
	static const char *const names[][2] = {{"a.tar.gz", "a.tar"}, {"a.TGZ", "a.tar"},
		{"log.bz2", "log"}, {".gz", ".gz"}, {"plain", "plain"}, {"x.xz", "x"}};
	struct rmn_buf buffer;

	(void)state;
	rmn_buf_init(&buffer, 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_true(rmn_bytes_equal(rmn_unpack_inner_name(
		    rmn_bytes_from_string(names[i][0]), &buffer),
		    rmn_bytes_from_string(names[i][1])));
	rmn_buf_release(&buffer);
}

/* What looks a little like an archive, but is none. */
static void
test_no_claim(void **state)
{
	unsigned char block[40000] = {0};
	const char *name = NULL;
	uint32_t seed = 1;

	(void)state;
	assert_false(rmn_unpack_claim((struct rmn_bytes){block, sizeof(block)}, &name));
	memcpy(block, "\xEB\x52\x90NTFS    ", 11);
	block[510] = 0x55;
	block[511] = 0xAA;
	assert_false(rmn_unpack_claim((struct rmn_bytes){block, sizeof(block)}, &name));
	memcpy(block, "PK is a text that starts like this", 35);
	assert_false(rmn_unpack_claim((struct rmn_bytes){block, sizeof(block)}, &name));
	for (unsigned round = 0; round < 20000; round++) {
		for (size_t i = 0; i < 64; i++) {
			seed = seed * 1664525 + 1013904223;
			block[i] = (unsigned char)(seed >> 24);
		}
		assert_false(rmn_unpack_claim((struct rmn_bytes){block, 1024}, &name));
	}
	memset(block, 0, sizeof(block));
	memcpy(block + 32768, "\1CD001\1\0", 8);
	assert_true(rmn_unpack_claim((struct rmn_bytes){block, sizeof(block)}, &name));
	assert_string_equal(name, "iso9660");
}

/* Behind a program, at an odd place. */
static void
test_find(void **state)
{
	static const char *const files[][2] = {{"level0.lzh", "lha"}, {"level2.lzh", "lha"},
		{"methods.lzh", "lha"}, {"stored4.rar", "rar"}, {"stored5.rar", "rar"},
		{"lzma.7z", "7z"}, {"stored.cab", "cab"}, {"members.arj", "arj"},
		{"names.zip", "zip"}, {"comment.zip", "zip"}};
	const size_t stub = 5003;
	unsigned char *program = calloc(1, 1 << 20);
	uint32_t seed = 7;

	(void)state;
	memcpy(program, "MZ", 2);
	for (size_t i = 2; i < stub; i++) {
		seed = seed * 1664525 + 1013904223;
		program[i] = (unsigned char)(seed >> 24);
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct rmn_bytes archive, whole = {program, 0};
		struct rmn_blob blob;
		char path[128];
		uint64_t offset = 1;
		const char *name = "";

		snprintf(path, sizeof(path), FOLDER "/%s.in", files[i][0]);
		archive = golden_load(path);
		memcpy(program + stub, archive.data, archive.size);
		whole.size = stub + archive.size;
		blob = rmn_blob_from_bytes(whole);
		assert_true(rmn_unpack_find(&blob, rmn_bytes_head(whole, 8192), &offset, &name));
		assert_string_equal(name, files[i][1]);
		assert_int_equal(offset, strcmp(name, "zip") == 0 ? 0 : stub);
		blob = (struct rmn_blob){&file_like_ops, whole.size, &whole, {NULL, 0}};
		assert_true(rmn_unpack_find(&blob, rmn_bytes_head(whole, 8192), &offset, &name));
		assert_string_equal(name, files[i][1]);
		blob = rmn_blob_from_bytes(rmn_bytes_head(whole, stub));
		assert_false(rmn_unpack_find(&blob, rmn_bytes_head(whole, stub), &offset, &name));
		free((void *)(uintptr_t)archive.data);
	}
	free(program);
}

/* Streams that overlap by the thousand must not take for ever. */
static void
test_overlap(void **state)
{
	struct rmn_bytes good = golden_load(FOLDER "/named.gz.in");
	uint64_t left = 1ull << 30;
	struct rmn_sink sink = {.context = &left, .member = drop_member};
	size_t size = 1 << 20, at = 0;
	unsigned char *bytes = malloc(size);

	(void)state;
	while (at + 18 < size) {
		memcpy(bytes + at, good.data, 18);	/* the header and its name */
		at += 18;
	}
	assert_int_equal(rmn_unpack_residue((struct rmn_bytes){bytes, size}, 1 << 20, &sink, NULL),
	    RMN_OK);
	free(bytes);
	free((void *)(uintptr_t)good.data);
}

/* Archives that are known to end libarchive 3.6 or to hold it up; a scan loses one child each. */
static bool
is_known_bad(const char *name)
{
	static const char *const names[] = {"test_read_filter_gzip_recursive.gz",
		"test_read_format_cab_lzx_oob.cab", "test_read_format_cab_skip_malformed.cab",
		"test_read_format_iso_rockridge_ce_loop.iso.Z"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static int
read_in_child(const char *path)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		struct rmn_bytes bytes;

		alarm(30);
		bytes = golden_load(path);
		if (bytes.data)
			drop(bytes, false);
		_exit(0);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	return status;
}

static void
test_corpus(void **state)
{
	static const char *const folders[] = {"apache__tika", "fragglet__lhasa",
		"libarchive__libarchive", "log2timeline__dfvfs"};
	const char *corpus = getenv("RMN_CORPUS");
	unsigned count = 0, lost = 0;

	(void)state;
	if (!corpus || !*corpus)
		skip();
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char path[1024];
		struct dirent *entry;
		DIR *dir;

		snprintf(path, sizeof(path), "%s/archives/%s", corpus, folders[i]);
		dir = opendir(path);
		while (dir && (entry = readdir(dir))) {
			if (entry->d_name[0] == '.' || is_known_bad(entry->d_name))
				continue;
			snprintf(path, sizeof(path), "%s/archives/%s/%s", corpus, folders[i],
			    entry->d_name);
			count++;
			if (read_in_child(path) != 0) {
				lost++;
				print_message("lost: %s\n", path);
			}
		}
		if (dir)
			closedir(dir);
	}
	print_message("%u archives read\n", count);
	assert_int_equal(lost, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_as_file),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_starved),
		cmocka_unit_test(test_inner_name),
		cmocka_unit_test(test_no_claim),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
