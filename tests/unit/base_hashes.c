/* SPDX-License-Identifier: MIT
 *
 * The set of hashes. */
#include "base/hashes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void
test_hashes_are_kept(void **state)
{
	struct rmn_hashes set = {0};

	(void)state;
	assert_false(rmn_hashes_has(&set, 0));
	for (uint64_t i = 0; i < 5000; i++)
		assert_true(rmn_hashes_add(&set, i * i + 7));
	for (uint64_t i = 0; i < 5000; i++)
		assert_false(rmn_hashes_add(&set, i * i + 7));
	assert_true(rmn_hashes_has(&set, 7));
	assert_false(rmn_hashes_has(&set, 9));
	assert_true(rmn_hashes_add(&set, 0));
	assert_true(rmn_hashes_has(&set, 0));
	rmn_hashes_release(&set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashes_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
