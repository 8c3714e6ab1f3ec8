/* SPDX-License-Identifier: MIT
 *
 * Folder trees from records that may be stale, doubled or circular. */
#include "recover/folders.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
add(struct rmn_folders *tree, uint64_t id, uint64_t parent, const char *name, uint64_t rank)
{
	assert_true(rmn_folders_add(tree, id, parent, rmn_bytes_from_string(name), rank));
}

static void
path(const struct rmn_folders *tree, uint64_t id, const char *wanted, bool is_whole)
{
	struct rmn_buf buf;

	rmn_buf_init(&buf, 0);
	assert_int_equal(rmn_folders_path(tree, id, &buf), is_whole);
	assert_string_equal(rmn_buf_string(&buf), wanted);
	rmn_buf_release(&buf);
}

static void
test_paths(void **state)
{
	struct rmn_folders *tree = rmn_folders_new(2);

	(void)state;
	assert_non_null(tree);
	path(tree, 2, "", true);
	path(tree, 99, "orphan-99", false);
	add(tree, 16, 2, "Users", 5);
	add(tree, 17, 16, "tanaka", 5);
	add(tree, 17, 16, "older", 4);
	add(tree, 17, 16, "same rank, later", 5);
	add(tree, 20, 19, "below a lost one", 1);
	add(tree, 30, 31, "a", 1);
	add(tree, 31, 30, "b", 1);
	add(tree, 40, 40, "itself", 1);
	path(tree, 17, "Users/tanaka", true);
	path(tree, 20, "orphan-19/below a lost one", false);
	path(tree, 30, "orphan-30/b/a", false);
	path(tree, 40, "orphan-40/itself", false);
	assert_true(rmn_folders_has(tree, 40));
	assert_false(rmn_folders_has(tree, 41));
	for (uint64_t id = 1000; id < 5000; id++)
		add(tree, id, id - 1, "x", 1);
	path(tree, 17, "Users/tanaka", true);
	rmn_folders_free(tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
