/* SPDX-License-Identifier: MIT
 *
 * Each case runs in a child of its own, because there is no way back out of a sandbox. */
#include "worker/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Runs act inside a sandbox; its result is the child's exit status. */
static int
run_inside(int (*act)(void))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct rmn_sandbox_options options = {0};
		struct rmn_error error = {0};

		if (rmn_sandbox_enter(&options, &error) != RMN_OK)
			_exit(99);
		_exit(act());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static int
act_open(void)
{
	return open("/etc/passwd", O_RDONLY) == -1 && errno == EACCES ? 0 : 1;
}

static int
act_stat(void)
{
	struct stat facts;

	return stat("/etc/passwd", &facts) == -1 && fstat(2, &facts) == 0 ? 0 : 1;
}

static int
act_memory(void)
{
	char *memory = malloc(8 << 20);

	if (!memory)
		return 1;
	memory[5 << 20] = 1;
	free(memory);
	return 0;
}

static int
act_executable_memory(void)
{
	mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return 0;
}

static int
act_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int
act_exec(void)
{
	return execl("/bin/true", "true", (char *)NULL);
}

static int
act_fork(void)
{
	return fork() == -1 ? 0 : 1;
}

static void
assert_ends_well(int status)
{
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
assert_is_killed(int status)
{
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void
test_files_are_refused(void **state)
{
	(void)state;
	assert_ends_well(run_inside(act_open));
	assert_ends_well(run_inside(act_stat));
}

static void
test_readers_can_work(void **state)
{
	(void)state;
	assert_ends_well(run_inside(act_memory));
}

static void
test_the_rest_ends_the_process(void **state)
{
	(void)state;
	assert_is_killed(run_inside(act_executable_memory));
	assert_is_killed(run_inside(act_socket));
	assert_is_killed(run_inside(act_exec));
}

static void
test_no_new_processes(void **state)
{
	(void)state;
	assert_ends_well(run_inside(act_fork));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files_are_refused),
		cmocka_unit_test(test_readers_can_work),
		cmocka_unit_test(test_the_rest_ends_the_process),
		cmocka_unit_test(test_no_new_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
