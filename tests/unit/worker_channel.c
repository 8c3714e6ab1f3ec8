/* SPDX-License-Identifier: MIT */
#include "worker/channel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"

struct ends {
	struct rmn_channel a, b;
};

static int
make_ends(void **state)
{
	struct ends *e = calloc(1, sizeof(*e));
	int pair[2];

	assert_non_null(e);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	rmn_channel_init(&e->a, pair[0]);
	rmn_channel_init(&e->b, pair[1]);
	*state = e;
	return 0;
}

static int
free_ends(void **state)
{
	struct ends *e = *state;

	rmn_channel_release(&e->a);
	rmn_channel_release(&e->b);
	free(e);
	return 0;
}

static void
send_text(struct rmn_channel *channel, uint32_t type, const char *text)
{
	rmn_buf_append_string(rmn_channel_begin(channel, type), text);
	assert_int_equal(rmn_channel_end(channel), RMN_OK);
}

static void
expect_text(struct rmn_channel *channel, uint32_t wanted_type, const char *wanted)
{
	struct rmn_bytes payload;
	uint32_t type;

	assert_int_equal(rmn_channel_wait(channel, &type, &payload), RMN_OK);
	assert_int_equal(type, wanted_type);
	assert_int_equal(payload.size, strlen(wanted));
	assert_memory_equal(payload.data, wanted, payload.size);
}

static void
test_frames_arrive_whole_and_in_order(void **state)
{
	struct ends *e = *state;

	send_text(&e->a, 7, "first");
	send_text(&e->a, 8, "");
	send_text(&e->a, 9, "third");
	assert_int_equal(rmn_channel_flush(&e->a), RMN_OK);
	expect_text(&e->b, 7, "first");
	expect_text(&e->b, 8, "");
	expect_text(&e->b, 9, "third");
}

static void
test_frames_in_pieces(void **state)
{
	struct ends *e = *state;
	static const unsigned char frame[] = {3, 0, 0, 0, 5, 0, 0, 0, 'a', 'b', 'c'};
	struct rmn_bytes payload;
	uint32_t type;

	for (size_t i = 0; i + 1 < sizeof(frame); i++) {
		assert_int_equal(send(e->a.fd, frame + i, 1, 0), 1);
		assert_int_equal(rmn_channel_fill(&e->b), RMN_OK);
		assert_int_equal(rmn_channel_next(&e->b, &type, &payload), RMN_END);
	}
	assert_int_equal(send(e->a.fd, frame + sizeof(frame) - 1, 1, 0), 1);
	expect_text(&e->b, 5, "abc");
}

static void
test_a_frame_that_is_too_long_ends_it(void **state)
{
	struct ends *e = *state;
	unsigned char header[8] = {1, 0, 0x10, 0, 1, 0, 0, 0};	/* 1 MiB and one byte */
	struct rmn_bytes payload;
	uint32_t type;

	assert_int_equal(send(e->a.fd, header, sizeof(header), 0), 8);
	assert_int_equal(rmn_channel_wait(&e->b, &type, &payload), RMN_CORRUPT);
}

static void
test_the_other_side_closes(void **state)
{
	struct ends *e = *state;
	struct rmn_bytes payload;
	uint32_t type;

	rmn_channel_release(&e->a);
	assert_int_equal(rmn_channel_wait(&e->b, &type, &payload), RMN_END);
	send_text(&e->b, 1, "nobody hears");
	assert_int_equal(rmn_channel_flush(&e->b), RMN_IO);
}

static void
test_a_descriptor_goes_along(void **state)
{
	struct ends *e = *state;
	struct stat mine, theirs;
	int fd;

	send_text(&e->a, 3, "with a descriptor");
	assert_int_equal(rmn_channel_flush_fd(&e->a, STDERR_FILENO), RMN_OK);
	expect_text(&e->b, 3, "with a descriptor");
	fd = rmn_channel_take_fd(&e->b);
	assert_true(fd >= 0);
	assert_int_equal(rmn_channel_take_fd(&e->b), -1);
	assert_int_equal(fstat(STDERR_FILENO, &mine) | fstat(fd, &theirs), 0);
	assert_true(mine.st_ino == theirs.st_ino && mine.st_dev == theirs.st_dev);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_frames_arrive_whole_and_in_order, make_ends,
		    free_ends),
		cmocka_unit_test_setup_teardown(test_frames_in_pieces, make_ends, free_ends),
		cmocka_unit_test_setup_teardown(test_a_frame_that_is_too_long_ends_it, make_ends,
		    free_ends),
		cmocka_unit_test_setup_teardown(test_the_other_side_closes, make_ends, free_ends),
		cmocka_unit_test_setup_teardown(test_a_descriptor_goes_along, make_ends, free_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
