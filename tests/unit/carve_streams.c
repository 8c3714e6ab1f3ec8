/* SPDX-License-Identifier: MIT
 *
 * What is remembered of streams changes no verdict: many explanations of one file are judged with and
 * without it. */
#include <setjmp.h>
#include <stdarg.h>

#include "tests/unit/carve_zip.h"

#include <cmocka.h>

#define CLUSTER 4096u
#define CLUSTERS_MAX 512u
#define TRIES 400

struct lab {
	struct rmn_buf disk;		/* the file's clusters, one noise behind each */
	struct rmn_disk *reader;
	struct rmn_blob blob;
	size_t size, clusters;
	uint32_t seed;
};

static void
lab_init(struct lab *lab, const struct rmn_buf *file)
{
	lab->size = file->size;
	lab->clusters = (file->size + CLUSTER - 1) / CLUSTER;
	lab->seed = 7;
	assert_in_range(lab->clusters, 40, CLUSTERS_MAX);
	rmn_buf_init(&lab->disk, 0);
	noise_add(&lab->disk, CLUSTER, 1);	/* no file begins a disk */
	for (size_t i = 0; i < lab->clusters; i++) {
		size_t left = file->size - i * CLUSTER, part = left < CLUSTER ? left : CLUSTER;

		bytes_add(&lab->disk, file->data + i * CLUSTER, part);
		while (lab->disk.size % CLUSTER != 0)
			rmn_buf_u8(&lab->disk, 0);
		noise_add(&lab->disk, CLUSTER, (uint32_t)i);
	}
	assert_false(lab->disk.failed);
	lab->blob = rmn_blob_from_bytes(rmn_buf_bytes(&lab->disk));
	lab->reader = rmn_disk_from_blob(&lab->blob);
	assert_non_null(lab->reader);
}

static void
lab_release(struct lab *lab)
{
	rmn_disk_free(lab->reader);
	rmn_buf_release(&lab->disk);
}

/* The places of an explanation: right up to some cluster, then steps that are wrong now and then. */
static size_t
explain(struct lab *lab, int try, struct rmn_extent *extents)
{
	size_t right = noise_next(&lab->seed) % (lab->clusters + 1), at = 0;

	for (size_t i = 0; i < lab->clusters; i++) {
		if (i > right && try % 8 != 0 && noise_next(&lab->seed) % 5 == 0)
			at += noise_next(&lab->seed) % 3;
		extents[i] = (struct rmn_extent){(at % (2 * lab->clusters) + 1) * CLUSTER, CLUSTER};
		at += 2;
	}
	return lab->clusters;
}

static void
judge(struct lab *lab, struct rmn_carve_tools *tools, const struct rmn_extent *extents, size_t count,
    struct rmn_proven *proven)
{
	const struct rmn_carver *carver;
	struct rmn_view view;

	assert_true(rmn_view_of_extents(&view, lab->reader, extents, count, lab->size));
	tools->work = 0;
	rmn_carve_prove(&view, tools, proven, &carver);
	rmn_view_release(&view);
}

/* The verdicts on many explanations, each with fresh tools and with those that remember. */
static void
check(const struct rmn_buf *file)
{
	static struct rmn_extent extents[CLUSTERS_MAX];
	struct rmn_carve_tools keeping, fresh;
	unsigned whole = 0, broken = 0, moved = 0;
	struct lab lab;

	lab_init(&lab, file);
	rmn_carve_tools_init(&keeping);
	keeping.streams = rmn_streams_new();
	assert_non_null(keeping.streams);
	for (int try = 0; try < TRIES; try++) {
		size_t count = explain(&lab, try, extents);
		struct rmn_proven a, b;

		rmn_carve_tools_init(&fresh);
		judge(&lab, &fresh, extents, count, &a);
		judge(&lab, &keeping, extents, count, &b);
		assert_int_equal(a.proof, b.proof);
		assert_int_equal(a.length_bytes, b.length_bytes);
		assert_int_equal(a.good_bytes, b.good_bytes);
		moved += a.broken_at != b.broken_at;
		assert_true(keeping.work >= fresh.work / 2);	/* it costs what it would cost */
		whole += a.proof == RMN_PROOF_CHECKSUM;
		broken += a.proof == RMN_PROOF_BROKEN;
		rmn_carve_tools_release(&fresh);
	}
	assert_true(whole > 20 && broken > 100);
	/* libdeflate, which reads what is in one piece, reads on in codes that our own reader refuses. */
	assert_true(moved <= broken / 20);
	rmn_carve_tools_release(&keeping);
	lab_release(&lab);
}

static void
test_zip(void **state)
{
	static const struct zip_part parts[] = {
		{"[Content_Types].xml", .text = CONTENT_TYPES(TYPE_DOCX)},
		{"word/document.xml", KIND_XML, 500000, .seed = 1},
		{"word/media/image1.png", KIND_PNG, 90000, .seed = 2, .is_stored = true},
		{"word/styles.xml", KIND_XML, 900000, .seed = 3, .is_streamed = true},
		{"word/theme.xml", KIND_XML, 60000, .seed = 4},
	};
	struct rmn_buf file;

	(void)state;
	rmn_buf_init(&file, 0);
	zip_make(&file, parts, sizeof(parts) / sizeof(parts[0]), "");
	check(&file);
	rmn_buf_release(&file);
}

static void
object_add(struct rmn_buf *b, unsigned number, const struct rmn_buf *content)
{
	unsigned char *packed = malloc(compressBound(content->size));
	uLongf size = compressBound(content->size);

	assert_non_null(packed);
	assert_int_equal(compress2(packed, &size, content->data, content->size, 6), Z_OK);
	rmn_buf_printf(b, "%u 0 obj\n<</Filter/FlateDecode/Length %lu>>stream\n", number, size);
	bytes_add(b, packed, size);
	rmn_buf_append_string(b, "\nendstream\nendobj\n");
	free(packed);
}

static void
test_pdf(void **state)
{
	struct rmn_buf file, content;
	size_t at[5], xref;

	(void)state;
	rmn_buf_init(&file, 0);
	rmn_buf_append_string(&file, "%PDF-1.4\n");
	at[1] = file.size;
	rmn_buf_append_string(&file, "1 0 obj\n<</Type/Catalog>>\nendobj\n");
	for (unsigned i = 2; i < 5; i++) {
		rmn_buf_init(&content, 0);
		xml_add(&content, i == 3 ? 900000 : 100000, i);
		at[i] = file.size;
		object_add(&file, i, &content);
		rmn_buf_release(&content);
	}
	xref = file.size;
	rmn_buf_append_string(&file, "xref\n0 5\n0000000000 65535 f\r\n");
	for (unsigned i = 1; i < 5; i++)
		rmn_buf_printf(&file, "%010zu 00000 n\r\n", at[i]);
	rmn_buf_printf(&file, "trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", xref);
	check(&file);
	rmn_buf_release(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zip),
		cmocka_unit_test(test_pdf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
