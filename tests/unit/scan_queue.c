/* SPDX-License-Identifier: MIT */
#include "scan/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void
test_order_is_that_of_the_disk(void **state)
{
	static const uint64_t offsets[] = {50, 10, 30, 30, 20, 0, 40};
	static const int64_t wanted[] = {6, 2, 5, 3, 4, 7, 1};
	struct rmn_queue queue;
	int64_t unit;

	(void)state;
	rmn_queue_init(&queue);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(rmn_queue_push(&queue, offsets[i], (int64_t)i + 1), RMN_OK);
	assert_int_equal(rmn_queue_count(&queue), 7);
	for (size_t i = 0; i < 7; i++) {
		assert_true(rmn_queue_pop(&queue, &unit));
		assert_int_equal(unit, wanted[i]);
	}
	assert_false(rmn_queue_pop(&queue, &unit));
	rmn_queue_release(&queue);
}

static void
test_what_lies_behind_waits_for_the_next_sweep(void **state)
{
	struct rmn_queue queue;
	int64_t unit;

	(void)state;
	rmn_queue_init(&queue);
	rmn_queue_push(&queue, 100, 1);
	rmn_queue_push(&queue, 300, 3);
	assert_true(rmn_queue_pop(&queue, &unit));
	assert_int_equal(unit, 1);
	rmn_queue_push(&queue, 50, 5);		/* behind the head */
	rmn_queue_push(&queue, 200, 2);		/* ahead of it */
	assert_true(rmn_queue_pop(&queue, &unit));
	assert_int_equal(unit, 2);
	assert_true(rmn_queue_pop(&queue, &unit));
	assert_int_equal(unit, 3);
	assert_true(rmn_queue_pop(&queue, &unit));
	assert_int_equal(unit, 5);
	rmn_queue_release(&queue);
}

static void
test_many_come_out_sorted(void **state)
{
	struct rmn_queue queue;
	uint64_t last = 0, seed = 12345;
	int64_t unit;

	(void)state;
	rmn_queue_init(&queue);
	for (int64_t i = 1; i <= 20000; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		assert_int_equal(rmn_queue_push(&queue, seed >> 20, i), RMN_OK);
	}
	for (size_t i = 0; i < 20000; i++) {
		assert_true(rmn_queue_pop(&queue, &unit));
		assert_true(queue.head >= last);
		last = queue.head;
	}
	assert_int_equal(rmn_queue_count(&queue), 0);
	rmn_queue_release(&queue);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_is_that_of_the_disk),
		cmocka_unit_test(test_what_lies_behind_waits_for_the_next_sweep),
		cmocka_unit_test(test_many_come_out_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
