/* SPDX-License-Identifier: MIT
 *
 * Names from evidence as names of files. */
#include "restore/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
test_names_are_made_safe(void **state)
{
	static const struct {
		const char *path, *wanted;
	} rows[] = {
		{"a/b/c.doc", "a/b/c.doc"},
		{"../../etc/passwd", "_../_../etc/passwd"},
		{"/etc//shadow/", "etc/shadow"},
		{"./a", "_./a"},
		{"\x1b[31mred\n.txt", "_[31mred_.txt"},
		{"a\xe2\x80\xaegpj.exe", "a_gpj.exe"},
		{"\xe8\xa6\x8b\xe7\xa9\x8d\xe6\x9b\xb8.xls", "\xe8\xa6\x8b\xe7\xa9\x8d\xe6\x9b\xb8.xls"},
		{"\xff.txt", "\xef\xbf\xbd.txt"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmn_buf safe;

		rmn_buf_init(&safe, 0);
		rmn_restore_path(rmn_bytes_from_string(rows[i].path), &safe);
		assert_string_equal(rmn_buf_string(&safe), rows[i].wanted);
		rmn_buf_release(&safe);
	}
}

static void
test_long_names_keep_their_extension(void **state)
{
	struct rmn_buf name, safe;

	(void)state;
	rmn_buf_init(&name, 0);
	rmn_buf_init(&safe, 0);
	for (int i = 0; i < 200; i++)
		rmn_buf_append_string(&name, "\xe6\x9b\xb8");
	rmn_buf_append_string(&name, ".docx");
	rmn_restore_name(rmn_buf_bytes(&name), &safe);
	assert_true(safe.size <= RMN_RESTORE_NAME_BYTES && safe.size > 250);
	assert_memory_equal(safe.data + safe.size - 5, ".docx", 5);
	assert_int_equal((safe.size - 5) % 3, 0);
	rmn_buf_release(&name);
	rmn_buf_release(&safe);
}

static void
claim(struct rmn_restore_paths *paths, const char *path, const char *wanted)
{
	struct rmn_buf buf;

	rmn_buf_init(&buf, 0);
	rmn_buf_append_string(&buf, path);
	assert_true(rmn_restore_paths_claim(paths, &buf));
	assert_string_equal(rmn_buf_string(&buf), wanted);
	rmn_buf_release(&buf);
}

static void
test_a_path_is_used_once(void **state)
{
	struct rmn_restore_paths *paths = rmn_restore_paths_new();
	char name[32];

	(void)state;
	assert_non_null(paths);
	claim(paths, "a/Report.doc", "a/Report.doc");
	claim(paths, "a/REPORT.DOC", "a/REPORT (2).DOC");
	claim(paths, "a/report.doc", "a/report (3).doc");
	claim(paths, "b/report.doc", "b/report.doc");
	claim(paths, "a.b/report", "a.b/report");
	claim(paths, "A.B/report", "A.B/report (2)");
	/* hiragana and katakana are different names */
	claim(paths, "\xe3\x82\x8a", "\xe3\x82\x8a");
	claim(paths, "\xe3\x83\xaa", "\xe3\x83\xaa");
	for (int i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "many/%d", i);
		claim(paths, name, name);
	}
	claim(paths, "many/2999", "many/2999 (2)");
	rmn_restore_paths_free(paths);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_made_safe),
		cmocka_unit_test(test_long_names_keep_their_extension),
		cmocka_unit_test(test_a_path_is_used_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
