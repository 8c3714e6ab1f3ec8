/* SPDX-License-Identifier: MIT
 *
 * Apple's disk images: every file of testdata/image as its .out says, read in odd pieces and again in
 * one; cut short or changed it must not crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>

#include "base/hash.h"
#include "image/udif.h"
#include "tests/unit/golden.h"
#include "tests/unit/starve.h"

#define FOLDER "testdata/image"
#define IMAGE_BYTES_MAX ((size_t)1 << 20)

static unsigned char image[IMAGE_BYTES_MAX];

/* Reads all of it in pieces; returns the bytes that were unreadable, which are zeros then. */
static size_t
read_pieces(struct rmn_udif *udif, size_t piece)
{
	size_t size = (size_t)rmn_udif_size(udif), bad = 0;

	memset(image, 0, sizeof(image));
	for (size_t at = 0; at < size;) {
		size_t want = piece < size - at ? piece : size - at, got = 0;
		enum rmn_status status = rmn_udif_read(udif, at, image + at, want, &got, NULL);

		assert_true(got <= want);
		if (got == want)
			assert_int_equal(status, RMN_OK);
		at += got;
		if (got < want) {
			assert_int_equal(status, RMN_IO);
			at++;
			bad++;
		}
	}
	return bad;
}

static void
describe(struct rmn_bytes bytes, struct rmn_buf *out)
{
	struct rmn_blob blob = rmn_blob_from_bytes(bytes);
	struct rmn_udif *udif = NULL;
	struct rmn_error error = {0};
	unsigned char digest[RMN_SHA256_BYTES], again[RMN_SHA256_BYTES];
	char hex[2 * RMN_SHA256_BYTES + 1];
	enum rmn_status status;
	size_t bad;

	rmn_buf_printf(out, "%s\n", rmn_udif_claims(bytes) ? "claimed" : "not claimed");
	status = rmn_udif_open(&blob, &udif, &error);
	rmn_buf_printf(out, "%s %s\n", rmn_status_name(status), error.text);
	if (status != RMN_OK)
		return;
	bad = read_pieces(udif, 61);
	rmn_sha256_once((struct rmn_bytes){image, (size_t)rmn_udif_size(udif)}, digest);
	assert_int_equal(read_pieces(udif, 5000), bad);
	rmn_sha256_once((struct rmn_bytes){image, (size_t)rmn_udif_size(udif)}, again);
	assert_memory_equal(digest, again, sizeof(digest));
	rmn_hex(digest, sizeof(digest), hex);
	rmn_buf_printf(out, "%llu bytes, %zu unreadable, sha256 %s\n",
	    (unsigned long long)rmn_udif_size(udif), bad, hex);
	for (size_t at = 0; at < rmn_udif_size(udif); at += 512)
		rmn_buf_printf(out, "%3zu %02x%02x%02x%02x%02x\n", at / 512, image[at],
		    image[at + 1], image[at + 2], image[at + 3], image[at + 4]);
	rmn_udif_close(udif);
}

static void
each_fixture(void (*run)(const char *path, struct rmn_bytes bytes))
{
	struct dirent **entries;
	int count = scandir(FOLDER, &entries, NULL, alphasort), used = 0;

	assert_true(count > 0);
	for (int i = 0; i < count; i++) {
		char path[512];

		if (strstr(entries[i]->d_name, ".dmg.in")) {
			struct rmn_bytes bytes;

			snprintf(path, sizeof(path), FOLDER "/%s", entries[i]->d_name);
			bytes = golden_load(path);
			assert_non_null(bytes.data);
			run(path, bytes);
			free((void *)(uintptr_t)bytes.data);
			used++;
		}
		free(entries[i]);
	}
	free(entries);
	assert_true(used >= 7);
}

static void
run_golden(const char *path, struct rmn_bytes bytes)
{
	char out_path[520];
	struct rmn_buf out;

	rmn_buf_init(&out, 0);
	describe(bytes, &out);
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

static void
open_and_drop(struct rmn_bytes bytes)
{
	struct rmn_blob blob = rmn_blob_from_bytes(bytes);
	struct rmn_udif *udif = NULL;
	unsigned char piece[700];

	if (rmn_udif_open(&blob, &udif, NULL) != RMN_OK)
		return;
	for (uint64_t at = 0; at + sizeof(piece) <= rmn_udif_size(udif) && at < 65536;
	    at += sizeof(piece)) {
		size_t got;

		rmn_udif_read(udif, at, piece, sizeof(piece), &got, NULL);
	}
	rmn_udif_close(udif);
}

static void
run_damaged(const char *path, struct rmn_bytes bytes)
{
	unsigned char *data = (unsigned char *)(uintptr_t)bytes.data;
	size_t step = bytes.size / 700 + 1;

	(void)path;
	for (size_t size = 0; size < bytes.size; size += step)
		open_and_drop(rmn_bytes_after(bytes, bytes.size - size));
	for (size_t at = 0; at < bytes.size; at += at + 600 < bytes.size ? step : 1) {
		unsigned char was = data[at];

		data[at] ^= (unsigned char)(1u << at % 8);
		open_and_drop(bytes);
		data[at] = (unsigned char)~was;
		open_and_drop(bytes);
		data[at] = was;
	}
}

static void
test_damaged(void **state)
{
	(void)state;
	each_fixture(run_damaged);
}

static void
run_starved(const char *path, struct rmn_bytes bytes)
{
	if (!strstr(path, "damaged_run"))
		return;		/* libarchive does not survive this */
	for (long n = 0; n < 60; n++) {
		starve_left = n;
		open_and_drop(bytes);
		starve_left = -1;
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_starved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
