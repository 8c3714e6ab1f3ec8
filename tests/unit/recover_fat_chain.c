/* SPDX-License-Identifier: MIT
 *
 * Lost cluster chains: written at once, around others, in turn, around what is deleted since. */
#include "tests/unit/recover_fatdisk.h"

#include "recover/chain.h"

#define RUNS_MAX 16

struct volume {
	unsigned char *disk;
	struct rmn_chain_grid grid;
	struct rmn_chain_file files[RUNS_MAX];
	size_t count;
};

static void
volume_init(struct volume *v)
{
	*v = (struct volume){.disk = calloc(1, DISK_BYTES)};
	assert_non_null(v->disk);
	assert_true(rmn_chain_grid_init(&v->grid, BASE, CLUSTER, DISK_BYTES, 0));
}

/* What a file of text has in its n-th cluster: numbered lines. */
static void
text_fill(unsigned char *p, size_t size, unsigned n)
{
	for (size_t i = 0; i < size; i++) {
		char line[17];

		snprintf(line, sizeof(line), "line %09u\r\n", (n * CLUSTER + (unsigned)i) / 16);
		p[i] = (unsigned char)line[i % 16];
	}
}

static void
noise_fill(unsigned char *p, size_t size, uint32_t seed)
{
	for (size_t i = 0; i < size; i++) {
		seed = seed * 1664525u + 1013904223u;
		p[i] = (unsigned char)(seed >> 24);
	}
}

/* Writes a file's content over its clusters: text, or noise when seed is not 0. */
static struct rmn_chain_file *
file_write(struct volume *v, uint32_t size, uint32_t seed, const unsigned *clusters)
{
	struct rmn_chain_file *file = &v->files[v->count++];

	*file = (struct rmn_chain_file){.first = clusters[0], .size_bytes = size};
	for (uint32_t at = 0, n = 0; at < size; at += CLUSTER, n++) {
		unsigned char *p = cluster_at(v->disk, clusters[n]);
		size_t part = size - at < CLUSTER ? size - at : CLUSTER;

		memset(p, 0, CLUSTER);
		if (seed)
			noise_fill(p, part, seed + n);
		else
			text_fill(p, part, n);
	}
	return file;
}

static void
volume_solve(struct volume *v)
{
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){v->disk, DISK_BYTES});
	struct rmn_disk *disk = rmn_disk_from_blob(&blob);
	struct rmn_chain_file *files[RUNS_MAX];
	struct rmn_arena *arena = rmn_arena_new(1 << 24);
	struct rmn_sectors taken = {0};
	struct rmn_recovery r = {.disk = disk};

	assert_true(disk && arena && rmn_sectors_init(&taken, DISK_BYTES));
	for (size_t i = 0; i < v->count; i++)
		files[i] = &v->files[i];
	assert_int_equal(rmn_chain_solve(&r, &v->grid, &taken, files, v->count, arena), RMN_OK);
	for (size_t i = 0; i < v->count; i++) {	/* they outlive the arena */
		struct rmn_chain_run *runs = calloc(v->files[i].run_count + 1, sizeof(*runs));

		assert_non_null(runs);
		if (v->files[i].run_count > 0)
			memcpy(runs, v->files[i].runs, v->files[i].run_count * sizeof(*runs));
		v->files[i].runs = runs;
	}
	rmn_sectors_release(&taken);
	rmn_arena_free(arena);
	rmn_disk_free(disk);
}

static void
volume_release(struct volume *v)
{
	for (size_t i = 0; i < v->count; i++)
		free(v->files[i].runs);
	free(v->disk);
}

static void
expect_clusters(const struct rmn_chain_file *file, const unsigned *clusters)
{
	size_t n = 0;

	for (size_t i = 0; i < file->run_count; i++)
		for (uint32_t k = 0; k < file->runs[i].count; k++, n++)
			assert_int_equal(file->runs[i].first + k, clusters[n]);
	assert_int_equal(n, (file->size_bytes + CLUSTER - 1) / CLUSTER);
}

static void
test_contiguous(void **state)
{
	static const unsigned text[] = {10, 11, 12}, noise[] = {13, 14}, one[] = {15};
	struct volume v;
	struct rmn_chain_file *a, *b, *c;

	(void)state;
	volume_init(&v);
	a = file_write(&v, 2500, 0, text);
	b = file_write(&v, 2000, 7, noise);
	c = file_write(&v, 100, 9, one);
	volume_solve(&v);
	expect_clusters(a, text);
	expect_clusters(b, noise);
	expect_clusters(c, one);
	assert_int_equal(a->state, RMN_CHAIN_PROVEN);
	assert_int_equal(b->state, RMN_CHAIN_ASSUMED);
	assert_int_equal(c->state, RMN_CHAIN_EXACT);
	volume_release(&v);
}

/* Steps over older files. */
static void
test_around(void **state)
{
	static const unsigned text[] = {10, 11, 14, 16}, one[] = {12}, two[] = {13}, three[] = {15};
	struct rmn_chain_file *a;
	struct volume v;

	(void)state;
	volume_init(&v);
	file_write(&v, 900, 5, one);
	file_write(&v, 900, 6, two);
	file_write(&v, 900, 7, three);
	a = file_write(&v, 3500, 0, text);
	volume_solve(&v);
	expect_clusters(a, text);
	assert_int_equal(a->state, RMN_CHAIN_PROVEN);
	volume_release(&v);
}

/* Two, then three files that took turns, by pieces of two clusters. */
static void
test_in_turn(void **state)
{
	static const unsigned a1[] = {10, 11, 14, 15, 18}, b1[] = {12, 13, 16, 17, 19, 20};
	static const unsigned a2[] = {30, 31, 36, 37, 41}, b2[] = {32, 33, 38}, c2[] = {34, 35, 39, 40};
	struct rmn_chain_file *files[5];
	struct volume v;

	(void)state;
	volume_init(&v);
	files[0] = file_write(&v, 5 * CLUSTER - 100, 0, a1);
	files[1] = file_write(&v, 6 * CLUSTER - 100, 77, b1);
	files[2] = file_write(&v, 5 * CLUSTER - 300, 0, a2);
	files[3] = file_write(&v, 3 * CLUSTER - 10, 78, b2);
	files[4] = file_write(&v, 4 * CLUSTER - 10, 79, c2);
	volume_solve(&v);
	expect_clusters(files[0], a1);
	expect_clusters(files[1], b1);
	expect_clusters(files[2], a2);
	expect_clusters(files[3], b2);
	expect_clusters(files[4], c2);
	assert_int_equal(files[0]->state, RMN_CHAIN_PROVEN);
	assert_int_equal(files[1]->state, RMN_CHAIN_FENCED);
	volume_release(&v);
}

/* Around files that have been deleted since; another one was deleted before and is overwritten. */
static void
test_around_deleted(void **state)
{
	static const unsigned gone[] = {11, 12}, kept1[] = {13, 14}, kept2[] = {17}, next[] = {20};
	static const unsigned text[] = {10, 11, 12, 15, 16, 18, 19};
	struct rmn_chain_file *a;
	struct volume v;

	(void)state;
	volume_init(&v);
	file_write(&v, 2000, 5, gone)->is_deleted = true;
	file_write(&v, 2000, 6, kept1)->is_deleted = true;
	file_write(&v, 900, 7, kept2)->is_deleted = true;
	file_write(&v, 900, 8, next);
	a = file_write(&v, 7 * CLUSTER - 50, 0, text);
	volume_solve(&v);
	expect_clusters(a, text);
	assert_int_equal(a->state, RMN_CHAIN_PROVEN);
	volume_release(&v);
}

/* What records say that cannot be: no clusters, and nothing endless. */
static void
test_impossible(void **state)
{
	static const struct {
		uint32_t first;
		uint64_t size_bytes;
	} rows[] = {
		{0, 100}, {1, 100}, {UINT32_MAX, 100}, {10, 0}, {10, UINT64_MAX}, {490, 1 << 20},
		{500, 4096},	/* the last clusters of the disk */
	};
	struct volume v;

	(void)state;
	volume_init(&v);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		v.files[v.count++] = (struct rmn_chain_file){.first = rows[i].first,
		    .size_bytes = rows[i].size_bytes};
	volume_solve(&v);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(v.files[i].run_count, 0);
	for (size_t i = 0; i < v.count; i++)
		for (size_t k = 0; k < v.files[i].run_count; k++)
			assert_true(v.files[i].runs[k].first + v.files[i].runs[k].count <=
			    v.grid.cluster_end);
	volume_release(&v);
}

/* Any files on any content: nothing outside the volume, and each file at most as long as it is. */
static void
test_any(void **state)
{
	uint32_t seed = 99;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct volume v;

		volume_init(&v);
		noise_fill(v.disk, DISK_BYTES / 2, (uint32_t)round);
		for (int i = 0; i < RUNS_MAX; i++) {
			struct rmn_chain_file *file = &v.files[v.count++];

			seed = seed * 1664525u + 1013904223u;
			file->first = 2 + (seed >> 8) % 60;
			file->size_bytes = 1 + (seed >> 14) % (20 * CLUSTER);
			file->is_deleted = seed >> 30 == 0;
			file->is_scattered = seed >> 29 & 1;
			if (seed >> 28 & 1)
				text_fill(cluster_at(v.disk, file->first), CLUSTER, 0);
		}
		volume_solve(&v);
		for (size_t i = 0; i < v.count; i++) {
			uint64_t clusters = 0;

			for (size_t k = 0; k < v.files[i].run_count; k++) {
				clusters += v.files[i].runs[k].count;
				assert_true(v.files[i].runs[k].first >= 2);
				assert_true(v.files[i].runs[k].first + v.files[i].runs[k].count <=
				    v.grid.cluster_end);
			}
			assert_true(clusters <= (v.files[i].size_bytes + CLUSTER - 1) / CLUSTER);
		}
		volume_release(&v);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contiguous),
		cmocka_unit_test(test_around),
		cmocka_unit_test(test_in_turn),
		cmocka_unit_test(test_around_deleted),
		cmocka_unit_test(test_impossible),
		cmocka_unit_test(test_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
