/* SPDX-License-Identifier: MIT */
#include "scan/tree.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"

static void
put_file(const char *path, const char *content)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(content, file);
	assert_int_equal(fclose(file), 0);
}

static int
make_tree(void **state)
{
	static char folder[] = "/tmp/rmn-tree-XXXXXX";

	strcpy(folder, "/tmp/rmn-tree-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(mkdir("root", 0700) | mkdir("root/b", 0700) | mkdir("root/b/c", 0700), 0);
	put_file("outside.txt", "outside");
	put_file("root/b/c/deep.txt", "deep");
	put_file("root/a.txt", "one");
	put_file("root/case.db", "case");
	put_file("root/case.db-wal", "wal");
	assert_int_equal(link("root/a.txt", "root/b/again.txt"), 0);
	assert_int_equal(symlink("../outside.txt", "root/link"), 0);
	assert_int_equal(symlink("..", "root/up"), 0);
	assert_int_equal(mkfifo("root/pipe", 0600), 0);
	*state = folder;
	return 0;
}

static int
remove_tree(void **state)
{
	char command[96];

	assert_int_equal(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf %s", (char *)*state);
	return system(command);
}

/* Every entry as "kind:path", with "=" behind a link to a file that came before. */
static void
list(const char *case_path, struct rmn_buf *listing)
{
	static const char kinds[] = "fdls";
	struct rmn_error error = {0};
	struct rmn_tree_entry entry;
	struct rmn_tree *tree;
	enum rmn_status status;

	assert_int_equal(rmn_tree_open("root", case_path, &tree, &error), RMN_OK);
	while ((status = rmn_tree_next(tree, &entry, &error)) == RMN_OK) {
		assert_null(entry.problem);
		rmn_buf_printf(listing, "%c:%.*s%s ", kinds[entry.kind], (int)entry.path.size,
		    (const char *)entry.path.data, entry.is_seen ? "=" : "");
	}
	assert_int_equal(status, RMN_END);
	rmn_tree_close(tree);
}

static void
test_walk_follows_no_link_and_leaves_the_case_out(void **state)
{
	struct rmn_buf listing;

	(void)state;
	rmn_buf_init(&listing, 0);
	list("root/case.db", &listing);
	assert_string_equal(rmn_buf_string(&listing), "f:a.txt d:b f:b/again.txt= d:b/c "
	    "f:b/c/deep.txt l:link s:pipe l:up ");
	rmn_buf_clear(&listing);
	list(NULL, &listing);
	assert_non_null(strstr(rmn_buf_string(&listing), "f:case.db "));
	rmn_buf_release(&listing);
}

static void
test_files_are_opened_below_the_root_only(void **state)
{
	int root = open("root", O_RDONLY | O_DIRECTORY), fd;
	static const char *const refused[] = {"link", "up/outside.txt", "../outside.txt", "missing",
	    "/etc/passwd"};

	(void)state;
	assert_true(root >= 0);
	fd = rmn_tree_open_file(root, "b/c/deep.txt");
	assert_true(fd >= 0);
	assert_true((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY);
	close(fd);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_int_equal(rmn_tree_open_file(root, refused[i]), -1);
	close(root);
}

static void
test_a_root_that_is_none(void **state)
{
	struct rmn_error error = {0};
	struct rmn_tree *tree;

	(void)state;
	assert_int_equal(rmn_tree_open("missing", NULL, &tree, &error), RMN_IO);
	assert_non_null(strstr(error.text, "missing"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_walk_follows_no_link_and_leaves_the_case_out,
		    make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(test_files_are_opened_below_the_root_only, make_tree,
		    remove_tree),
		cmocka_unit_test_setup_teardown(test_a_root_that_is_none, make_tree, remove_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
