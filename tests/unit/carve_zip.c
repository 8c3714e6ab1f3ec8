/* SPDX-License-Identifier: MIT
 *
 * Zips are walked to their exact end and typed by their content; no cut, flipped or joined one passes. */
#include <setjmp.h>
#include <stdarg.h>

#include "tests/unit/carve_zip.h"

#include <cmocka.h>

static const struct zip_part docx[] = {
	{"[Content_Types].xml", .text = CONTENT_TYPES(TYPE_DOCX)},
	{"word/document.xml", KIND_XML, 30000, .seed = 1},
	{"word/media/image1.png", KIND_PNG, 9000, .seed = 2, .is_stored = true},
	{"word/empty", .text = "", .is_stored = true},
};
static const struct zip_part xlsx_streamed[] = {
	{"xl/workbook.xml", KIND_XML, 3000, .seed = 3, .is_streamed = true},
	{"[Content_Types].xml", .text = CONTENT_TYPES(TYPE_XLSX), .is_streamed = true,
	    .has_signature = true},
	{"xl/media/noise.bin", KIND_NOISE, 70000, .seed = 4, .is_streamed = true},
};
static const struct zip_part odt[] = {
	{"mimetype", .text = "application/vnd.oasis.opendocument.text", .is_stored = true},
	{"content.xml", KIND_XML, 5000, .seed = 5},
};
static const struct zip_part plain[] = {
	{"a.txt", .text = "twelve bytes"},
};
static const struct zip_part jar[] = {
	{"META-INF/MANIFEST.MF", .text = "Manifest-Version: 1.0"},
	{"Example.class", KIND_NOISE, 500, .seed = 6},
};

#define SAMPLE(parts, comment, extension) {parts, sizeof(parts) / sizeof(parts[0]), comment, extension}
static const struct sample {
	const struct zip_part *parts;
	size_t count;
	const char *comment, *extension;
} samples[] = {
	SAMPLE(docx, "", "docx"),
	SAMPLE(xlsx_streamed, "a comment", "xlsx"),
	SAMPLE(odt, "", "odt"),
	SAMPLE(plain, "made up", NULL),
	SAMPLE(jar, "", "jar"),
};
#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

static struct rmn_proven
walk(const unsigned char *data, size_t size)
{
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){data, size});
	struct rmn_disk *disk = rmn_disk_from_blob(&blob);
	struct rmn_carve_tools tools;
	struct rmn_proven proven;
	struct rmn_view view;

	assert_non_null(disk);
	rmn_carve_tools_init(&tools);
	assert_true(rmn_view_open(&view, disk, 0));
	rmn_walk_zip(&view, &tools, &proven);
	rmn_view_release(&view);
	rmn_carve_tools_release(&tools);
	rmn_disk_free(disk);
	return proven;
}

static void
test_whole_with_other_bytes_behind(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		struct rmn_proven p;
		struct rmn_buf b;
		size_t size;

		rmn_buf_init(&b, 0);
		zip_make(&b, samples[i].parts, samples[i].count, samples[i].comment);
		size = b.size;
		noise_add(&b, 5000, 9);
		p = walk(b.data, b.size);
		assert_int_equal(p.proof, RMN_PROOF_CHECKSUM);
		assert_int_equal(p.length_bytes, size);
		if (samples[i].extension)
			assert_string_equal(p.extension, samples[i].extension);
		else
			assert_null(p.extension);
		rmn_buf_release(&b);
	}
}

static void
test_no_prefix_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		struct rmn_buf b;

		rmn_buf_init(&b, 0);
		zip_make(&b, samples[i].parts, samples[i].count, samples[i].comment);
		for (size_t size = 0; size < b.size; size += size < 100 || b.size - size < 100 ? 3 : 997) {
			struct rmn_proven p = walk(b.data, size);

			assert_true(p.proof <= RMN_PROOF_BROKEN);
			assert_true(p.good_bytes <= size);
		}
		rmn_buf_release(&b);
	}
}

/* A flipped bit in content or structure is seen; only dates, attributes and the like may change. */
static void
test_flipped_bits(void **state)
{
	struct rmn_buf b;
	size_t passed = 0;

	(void)state;
	rmn_buf_init(&b, 0);
	zip_make(&b, odt, 2, "");
	for (size_t at = 0; at < b.size; at += 3) {
		struct rmn_proven p;

		b.data[at] ^= 0x10;
		p = walk(b.data, b.size);
		b.data[at] ^= 0x10;
		passed += p.proof > RMN_PROOF_BROKEN;
		assert_true(p.proof <= RMN_PROOF_BROKEN || p.length_bytes == b.size);
	}
	assert_in_range(passed, 1, 50);
	rmn_buf_release(&b);
}

static void
test_two_joined(void **state)
{
	struct rmn_proven p;
	struct rmn_buf b;
	size_t first;

	(void)state;
	rmn_buf_init(&b, 0);
	zip_make(&b, plain, 1, "");
	first = b.size;
	zip_make(&b, odt, 2, "");
	p = walk(b.data, b.size);
	assert_int_equal(p.proof, RMN_PROOF_CHECKSUM);
	assert_int_equal(p.length_bytes, first);
	/* The directory of the second tells places from the start of the first. */
	p = walk(b.data + first, b.size - first);
	assert_int_equal(p.proof, RMN_PROOF_BROKEN);
	assert_true(p.is_incomplete);
	rmn_buf_release(&b);
}

static void
test_broken_says_where(void **state)
{
	struct rmn_proven p;
	struct rmn_buf b;

	(void)state;
	rmn_buf_init(&b, 0);
	zip_make(&b, docx, 4, "");
	memset(b.data + 4096, 0xa5, 4096);
	p = walk(b.data, b.size);
	assert_int_equal(p.proof, RMN_PROOF_BROKEN);
	assert_true(p.is_incomplete);
	assert_true(p.good_bytes > 0 && p.good_bytes < 4096);
	assert_true(p.broken_at > 4096);
	rmn_buf_release(&b);
}

static void
test_encrypted_is_structure_only(void **state)
{
	struct rmn_proven p;
	struct rmn_buf b;
	const unsigned char *entry;

	(void)state;
	rmn_buf_init(&b, 0);
	zip_make(&b, plain, 1, "");
	entry = memmem(b.data, b.size, "PK\1\2", 4);
	assert_non_null(entry);
	b.data[6] |= 1;
	b.data[entry - b.data + 8] |= 1;
	p = walk(b.data, b.size);
	assert_int_equal(p.proof, RMN_PROOF_STRUCTURE);
	assert_true(p.is_encrypted);
	rmn_buf_release(&b);
}

/* Places that begin like a zip, one after another, cost no more than they are long. */
static void
test_random_sectors(void **state)
{
	unsigned char data[8192];

	(void)state;
	for (uint32_t seed = 1; seed < 60; seed++) {
		struct rmn_buf b;

		rmn_buf_init(&b, 0);
		noise_add(&b, sizeof(data), seed);
		memcpy(data, b.data, sizeof(data));
		memcpy(data, "PK\3\4\x14\0\0\0\x08\0", 10);
		data[26] = (unsigned char)(seed % 40);
		data[27] = data[28] = data[29] = 0;
		assert_true(walk(data, sizeof(data)).proof <= RMN_PROOF_BROKEN);
		rmn_buf_release(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_with_other_bytes_behind),
		cmocka_unit_test(test_no_prefix_is_whole),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_two_joined),
		cmocka_unit_test(test_broken_says_where),
		cmocka_unit_test(test_encrypted_is_structure_only),
		cmocka_unit_test(test_random_sectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
