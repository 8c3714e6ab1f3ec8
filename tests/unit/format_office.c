/* SPDX-License-Identifier: MIT
 *
 * Every fixture of testdata/format/NAME but those of mail: the dump of what the reader gives must
 * be its .out file; cut short, damaged, with a hole or without memory it must neither crash nor
 * claim to be complete.  RMN_GOLDEN=1 rewrites the .out files; --dump FILE shows one file, --time FILE...
 * reads many and prints a count of bytes. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/holes.h"
#include "base/limits.h"
#include "format/format.h"
#include "tests/unit/starve.h"

/* Tested by format_mail.c. */
static const char *const others[] = {"eml", "mbox"};

/* Nothing in these formats says where they end: what was cut may be whole. */
static const char *const open_ended[] = {"csv", "html", "text", "tnef", "xml"};

/* Zeros can be meant there: pages and sectors that are free or padded, styles, pictures, values that are
 * bytes.  Only a hole in the text itself, or in a table that leads to it, is seen. */
static const char *const not_all_text[] = {
	"access",	/* free parts of pages */
	"dbx",		/* free blocks, index */
	"doc",		/* holes across sectors, the mini stream's padding */
	"jtd",		/* layout streams */
	"jtdc",		/* behind the packed file */
	"jumplist",	/* icons and ids in shortcuts */
	"msg",		/* binary properties, the names of properties */
	"ppt",		/* holes across sectors, the stream of who used it last */
	"pst",		/* free blocks */
	"publisher", "visio",	/* geometry; text is found by its looks */
	"sqlite", "sqlite_log",	/* values that are bytes, free pages, pages of the log before the last */
	"zeros",	/* that is what they are about; holes that lie across sectors */
};

static bool
is_among(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

#define IS_AMONG(name, names) is_among(name, names, sizeof(names) / sizeof((names)[0]))

/* A blob that is not in memory, as files inside an image are not. */
static enum rmn_status
away_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	const struct rmn_bytes *bytes = blob->state;
	struct rmn_bytes there = rmn_bytes_after(*bytes, (size_t)offset);

	(void)error;
	there = rmn_bytes_head(there, size);
	if (there.size > 0)
		memcpy(buffer, there.data, there.size);
	*got = there.size;
	return RMN_OK;
}

static const struct rmn_blob_ops away_ops = {.read = away_read};

struct dump {
	struct rmn_buf out;
	uint64_t text_bytes;
	struct rmn_bytes content;
	unsigned missing;
	bool quiet;
	bool away;
};

static enum rmn_status
dump_part(void *context, enum rmn_part_kind kind, struct rmn_bytes name)
{
	struct dump *d = context;

	if (!d->quiet)
		rmn_buf_printf(&d->out, "\n== %s: %.*s\n", rmn_part_name(kind), (int)name.size,
		    (const char *)name.data);
	return RMN_OK;
}

static enum rmn_status
dump_text(void *context, struct rmn_bytes utf8)
{
	struct dump *d = context;

	d->text_bytes += utf8.size;
	if (!d->quiet)
		rmn_buf_append(&d->out, utf8);
	return RMN_OK;
}

static enum rmn_status
dump_raw(void *context, uint64_t offset, uint64_t size, enum rmn_encoding encoding,
    char delimiter)
{
	struct dump *d = context;

	assert_true(offset <= d->content.size && size <= d->content.size - offset);
	d->text_bytes += size;
	if (!d->quiet)
		rmn_buf_printf(&d->out, "raw text: offset %llu, %llu bytes, encoding %d, "
		    "delimiter %02x\n", (unsigned long long)offset, (unsigned long long)size,
		    (int)encoding, (unsigned)(unsigned char)delimiter);
	return RMN_OK;
}

static enum rmn_status
dump_property(void *context, enum rmn_property property, struct rmn_bytes name,
    struct rmn_bytes value)
{
	struct dump *d = context;

	(void)property;
	if (!d->quiet)
		rmn_buf_printf(&d->out, "property %.*s: %.*s\n", (int)name.size,
		    (const char *)name.data, (int)value.size, (const char *)value.data);
	return RMN_OK;
}

static enum rmn_status
dump_member(void *context, const struct rmn_member *member,
    const struct rmn_member_reader *reader)
{
	struct dump *d = context;
	unsigned char buffer[512];
	uint64_t total = 0;
	enum rmn_status status;
	size_t got;

	while ((status = reader->read(reader->state, buffer, sizeof(buffer), &got, NULL)) == RMN_OK)
		total += got;
	if (!d->quiet)
		rmn_buf_printf(&d->out, "\nmember %.*s: %llu bytes, %s\n", (int)member->name.size,
		    (const char *)member->name.data, (unsigned long long)total,
		    status == RMN_END ? "ok" : rmn_status_name(status));
	return RMN_OK;
}

static enum rmn_status
dump_missing(void *context, enum rmn_status why, const char *what)
{
	struct dump *d = context;

	d->missing++;
	if (!d->quiet)
		rmn_buf_printf(&d->out, "\nmissing (%s): %s\n", rmn_status_name(why), what);
	return RMN_OK;
}

static enum rmn_status
dump_named(void *context, const struct rmn_named *named)
{
	struct dump *d = context;

	if (!d->quiet)
		rmn_buf_printf(&d->out, "\nnamed %.*s: %lld bytes, modified %lld\n",
		    (int)named->path.size, (const char *)named->path.data,
		    (long long)named->size_bytes, (long long)named->modified);
	return RMN_OK;
}

static enum rmn_status
dump_bytes(struct dump *d, struct rmn_bytes content, const char *name, size_t arena_bytes,
    const struct rmn_format **found)
{
	struct rmn_arena *arena = rmn_arena_new(arena_bytes);
	struct rmn_blob blob = rmn_blob_from_bytes(content);
	struct rmn_format_input input = {
		.content = &blob,
		.head = rmn_bytes_head(content, 8192),
		.name = rmn_bytes_from_string(name),
		.arena = arena,
	};
	struct rmn_sink sink = {d, dump_part, dump_text, dump_raw, dump_property, dump_member,
	    dump_missing, dump_named};
	struct rmn_error error = {0};
	const struct rmn_format *format;
	enum rmn_status status = RMN_UNSUPPORTED;

	if (d->away)
		blob = (struct rmn_blob){.ops = &away_ops, .size_bytes = content.size,
		    .state = &content};
	d->content = content;
	format = rmn_format_claim(&input);
	if (!d->quiet)
		rmn_buf_printf(&d->out, "format %s\n", format ? format->name : "none");
	if (format && format->read)
		status = rmn_format_read(format, &input, &sink, &error);
	if (!d->quiet)
		rmn_buf_printf(&d->out, "\nstatus %s%s%s\n", rmn_status_name(status),
		    error.text[0] ? ": " : "", error.text);
	if (found)
		*found = format;
	rmn_arena_free(arena);
	return status;
}

static struct rmn_bytes
file_read(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct rmn_bytes bytes = {NULL, 0};
	unsigned char *data;
	long size;

	if (!file)
		return bytes;
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	rewind(file);
	data = malloc(size > 0 ? (size_t)size : 1);
	if (data && fread(data, 1, (size_t)size, file) == (size_t)size)
		bytes = (struct rmn_bytes){data, (size_t)size};
	fclose(file);
	return bytes;
}

static void
file_free(struct rmn_bytes bytes)
{
	free((void *)(uintptr_t)bytes.data);
}

struct fixture {
	char path[512];
	char name[256];		/* without ".in" */
	const char *folder;
};

typedef void fixture_test(const struct fixture *fixture, struct rmn_bytes content);

static void
folder_fixtures(const char *name, fixture_test *test)
{
	char folder[300];
	struct dirent *entry;
	unsigned count = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "testdata/format/%s", name);
	dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		struct fixture f = {.folder = name};
		size_t size = strlen(entry->d_name);
		struct rmn_bytes content;

		if (size < 4 || strcmp(entry->d_name + size - 3, ".in") != 0)
			continue;
		snprintf(f.path, sizeof(f.path), "%s/%s", folder, entry->d_name);
		snprintf(f.name, sizeof(f.name), "%.*s", (int)(size - 3), entry->d_name);
		content = file_read(f.path);
		assert_non_null(content.data);
		test(&f, content);
		file_free(content);
		count++;
	}
	closedir(dir);
	if (count == 0)
		fail_msg("%s: no fixtures", folder);
}

/* RMN_FOLDER=doc tests that folder alone. */
static void
each_fixture(fixture_test *test)
{
	const char *only = getenv("RMN_FOLDER");
	DIR *dir = opendir("testdata/format");
	struct dirent *entry;
	unsigned count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (strchr(entry->d_name, '.') || IS_AMONG(entry->d_name, others) ||
		    (only && strcmp(only, entry->d_name) != 0))
			continue;
		folder_fixtures(entry->d_name, test);
		count++;
	}
	closedir(dir);
	assert_true(count > 0);
}

static void
check_golden(const struct fixture *f, struct rmn_bytes content)
{
	struct dump d = {.quiet = false}, away = {.away = true};
	struct rmn_bytes expected;
	char path[520];

	rmn_buf_init(&d.out, 0);
	dump_bytes(&d, content, f->name, RMN_LIMIT_ARENA_BYTES, NULL);
	snprintf(path, sizeof(path), "%.*s.out", (int)(strlen(f->path) - 3), f->path);
	if (getenv("RMN_GOLDEN")) {
		FILE *file = fopen(path, "wb");

		assert_non_null(file);
		fwrite(d.out.data, 1, d.out.size, file);
		fclose(file);
	}
	expected = file_read(path);
	if (!expected.data || !rmn_bytes_equal(expected, rmn_buf_bytes(&d.out)))
		fail_msg("%s: expected\n%.*s\ngot\n%.*s", f->path, (int)expected.size,
		    (const char *)expected.data, (int)d.out.size, (const char *)d.out.data);
	rmn_buf_init(&away.out, 0);
	dump_bytes(&away, content, f->name, RMN_LIMIT_ARENA_BYTES, NULL);
	if (!rmn_bytes_equal(rmn_buf_bytes(&away.out), rmn_buf_bytes(&d.out)))
		fail_msg("%s: not in memory it reads\n%.*s", f->path, (int)away.out.size,
		    (const char *)away.out.data);
	file_free(expected);
	rmn_buf_release(&away.out);
	rmn_buf_release(&d.out);
}

/* Reads a copy that is just as long, so that a sanitizer sees the end.  What is damaged must never
 * be called complete; what is no longer recognised, or taken for text, is searched as it is. */
static void
check_damaged(const struct fixture *f, struct rmn_bytes damaged, const char *how, size_t at)
{
	struct dump d = {.quiet = true};
	const struct rmn_format *format;
	unsigned char *copy = malloc(damaged.size + 1);
	enum rmn_status status;

	assert_non_null(copy);
	memcpy(copy, damaged.data, damaged.size);
	status = dump_bytes(&d, (struct rmn_bytes){copy, damaged.size}, f->name,
	    RMN_LIMIT_ARENA_BYTES, &format);
	if (!IS_AMONG(f->folder, open_ended) && format && format->read && status == RMN_OK &&
	    d.missing == 0 && format->kind != RMN_KIND_TEXT)
		fail_msg("%s %s %zu is read as complete", f->path, how, at);
	free(copy);
}

static void
check_prefixes(const struct fixture *f, struct rmn_bytes content)
{
	size_t step = content.size / 150 + 1;

	for (size_t size = 0; size < content.size; size += step)
		check_damaged(f, rmn_bytes_head(content, size), "cut at", size);
}

/* Lost sectors: never a crash, and where they can be seen never complete. */
static void
check_holes(const struct fixture *f, struct rmn_bytes content)
{
	size_t hole = content.size < 4096 ? content.size / 8 : 512;
	size_t step = content.size / 40 + 1;
	unsigned char *copy = malloc(content.size + 1);
	const struct rmn_format *format;
	enum rmn_status status;
	unsigned complete = 0;

	assert_non_null(copy);
	for (size_t at = 0; hole > 0 && at + hole <= content.size; at += step) {
		struct dump d = {.quiet = true};

		memcpy(copy, content.data, content.size);
		memset(copy + at, 0, hole);
		status = dump_bytes(&d, (struct rmn_bytes){copy, content.size}, f->name,
		    RMN_LIMIT_ARENA_BYTES, &format);
		complete += hole >= RMN_HOLE_BYTES && format && format->read && status == RMN_OK &&
		    d.missing == 0 && memcmp(copy, content.data, content.size) != 0;
	}
	if (complete > 0 && !IS_AMONG(f->folder, not_all_text))
		fail_msg("%s with a hole is read as complete %u times", f->path, complete);
	free(copy);
}

/* Lost sectors in what is all text are seen wherever they are. */
static void
check_zeros_in_text(const struct fixture *f, struct rmn_bytes content)
{
	unsigned char *copy = malloc(content.size + RMN_HOLE_BYTES);
	const struct rmn_format *whole, *format;
	struct dump d = {.quiet = true};

	assert_non_null(copy);
	dump_bytes(&d, content, f->name, RMN_LIMIT_ARENA_BYTES, &whole);
	for (size_t i = 1; whole && whole->is_all_text && i < 8; i++) {
		size_t at = content.size * i / 8;
		enum rmn_status status;

		memcpy(copy, content.data, at);
		memset(copy + at, 0, RMN_HOLE_BYTES);
		memcpy(copy + at + RMN_HOLE_BYTES, content.data + at, content.size - at);
		status = dump_bytes(&d, (struct rmn_bytes){copy, content.size + RMN_HOLE_BYTES},
		    f->name, RMN_LIMIT_ARENA_BYTES, &format);
		if (format && format->read && status == RMN_OK)
			fail_msg("%s with zeros at %zu is read as complete", f->path, at);
	}
	free(copy);
}

static void
check_flips(const struct fixture *f, struct rmn_bytes content)
{
	size_t step = content.size / 300 + 1;
	unsigned char *copy = malloc(content.size + 1);

	assert_non_null(copy);
	for (size_t at = 0; at < content.size; at += step) {
		struct dump d = {.quiet = true};

		memcpy(copy, content.data, content.size);
		copy[at] ^= (unsigned char)(0xFF >> (at % 8));
		dump_bytes(&d, (struct rmn_bytes){copy, content.size}, f->name,
		    RMN_LIMIT_ARENA_BYTES, NULL);
	}
	free(copy);
}

/* Little memory: less text, never a crash, and never "ok" with less text. */
static void
check_memory(const struct fixture *f, struct rmn_bytes content)
{
	struct dump whole = {.quiet = true};
	enum rmn_status complete =
	    dump_bytes(&whole, content, f->name, RMN_LIMIT_ARENA_BYTES, NULL);

	for (size_t cap = 16; cap < 400000; cap += cap / 8 + 16) {
		struct dump d = {.quiet = true};
		enum rmn_status status = dump_bytes(&d, content, f->name, cap, NULL);

		if (complete == RMN_OK && status == RMN_OK && d.text_bytes != whole.text_bytes)
			fail_msg("%s with %zu bytes of memory: ok, but text of %llu for %llu bytes",
			    f->path, cap, (unsigned long long)d.text_bytes,
			    (unsigned long long)whole.text_bytes);
	}
}

/* Every allocation fails once. */
static void
check_starved(const struct fixture *f, struct rmn_bytes content)
{
	struct dump whole = {.quiet = true};
	enum rmn_status complete =
	    dump_bytes(&whole, content, f->name, RMN_LIMIT_ARENA_BYTES, NULL);

	for (long n = 1; starve_works && n < 400; n++) {
		struct dump d = {.quiet = true};
		enum rmn_status status;

		starve_left = n;
		status = dump_bytes(&d, content, f->name, RMN_LIMIT_ARENA_BYTES, NULL);
		if (starve_left >= 0) {
			starve_left = -1;
			break;
		}
		starve_left = -1;
		if (complete == RMN_OK && status == RMN_OK && d.text_bytes < whole.text_bytes &&
		    d.missing == 0)
			fail_msg("%s without allocation %ld: ok, but text of %llu for %llu bytes",
			    f->path, n, (unsigned long long)d.text_bytes,
			    (unsigned long long)whole.text_bytes);
	}
}

static void
test_starved(void **state)
{
	(void)state;
	each_fixture(check_starved);
}

static void
test_golden(void **state)
{
	(void)state;
	each_fixture(check_golden);
}

static void
test_prefixes(void **state)
{
	(void)state;
	each_fixture(check_prefixes);
}

static void
test_holes(void **state)
{
	(void)state;
	each_fixture(check_holes);
}

static void
test_zeros_in_text(void **state)
{
	(void)state;
	each_fixture(check_zeros_in_text);
}

static void
test_flips(void **state)
{
	(void)state;
	each_fixture(check_flips);
}

static void
test_memory(void **state)
{
	(void)state;
	each_fixture(check_memory);
}

static int
show(const char *path)
{
	struct dump d = {.quiet = false};
	struct rmn_bytes content = file_read(path);
	const char *slash = strrchr(path, '/');

	rmn_buf_init(&d.out, 0);
	dump_bytes(&d, content, slash ? slash + 1 : path, RMN_LIMIT_ARENA_BYTES, NULL);
	fwrite(d.out.data, 1, d.out.size, stdout);
	rmn_buf_release(&d.out);
	file_free(content);
	return 0;
}

static int
measure(int count, char **paths)
{
	struct dump d = {.quiet = true};
	clock_t spent = 0;
	uint64_t bytes = 0;
	unsigned complete = 0;

	for (int i = 0; i < count; i++) {
		struct rmn_bytes content = file_read(paths[i]);
		clock_t start = clock();

		complete += dump_bytes(&d, content, paths[i], RMN_LIMIT_ARENA_BYTES, NULL) ==
		    RMN_OK;
		spent += clock() - start;
		bytes += content.size;
		file_free(content);
	}
	printf("%d files, %u complete, %llu bytes, %llu of text, %.3f s\n", count, complete,
	    (unsigned long long)bytes, (unsigned long long)d.text_bytes,
	    (double)spent / CLOCKS_PER_SEC);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_holes),
		cmocka_unit_test(test_zeros_in_text),
		cmocka_unit_test(test_flips),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_starved),
	};

	if (argc == 3 && strcmp(argv[1], "--dump") == 0)
		return show(argv[2]);
	if (argc > 2 && strcmp(argv[1], "--time") == 0)
		return measure(argc - 2, argv + 2);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
