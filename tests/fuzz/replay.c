/* SPDX-License-Identifier: MIT
 *
 * Runs a fuzz target over files and folders: each file whole, cut short in many places, and with
 * bytes of its head and middle changed.  One child a file, so a crash names its file and the rest
 * goes on.  TAP on stdout. */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

#define FILE_BYTES (4u << 20)	/* larger fixtures are for other tests */
#define FILE_SECONDS 120
#define CUTS 48
#define FLIPS 64
#define SLOW_BYTES (256u << 10)	/* above this fewer variants are run */

/* nftw() passes no context. */
static unsigned count, failed;

/* An exact heap copy, so that reading one byte too far is seen. */
static void
run_copy(const unsigned char *data, size_t size)
{
	unsigned char *copy = malloc(size ? size : 1);

	if (!copy)
		_exit(70);
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void
run_variants(unsigned char *data, size_t size)
{
	size_t cuts = size > SLOW_BYTES ? CUTS / 8 : CUTS;
	size_t flips = size > SLOW_BYTES ? FLIPS / 8 : FLIPS;

	run_copy(data, size);
	for (size_t i = 0; i < cuts; i++)
		run_copy(data, size * i / cuts);
	for (size_t i = 0; i < flips && size > 0; i++) {
		/* Half of the changes in the first bytes, the rest spread out. */
		size_t at = i % 2 ? size * i / flips : i / 2 % size;
		unsigned char was = data[at];

		data[at] = (unsigned char)(i % 3 ? was ^ 1u << i % 8 : i % 2 ? 0xFF : 0);
		run_copy(data, size);
		data[at] = was;
	}
}

static int
replay_child(const char *path, size_t size)
{
	unsigned char *data = calloc(size ? size : 1, 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (!data || fd < 0 || read(fd, data, size) != (ssize_t)size)
		return 71;
	close(fd);
	alarm(FILE_SECONDS);
	run_variants(data, size);
	free(data);
	return 0;
}

static int
replay_file(const char *path, const struct stat *facts, int type, struct FTW *walk)
{
	int status = 0;
	pid_t child;

	(void)walk;
	if (type != FTW_F || facts->st_size > FILE_BYTES)
		return 0;
	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(replay_child(path, (size_t)facts->st_size));
	count++;
	if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) {
		failed++;
		printf("not ok %u - %s (%s %d)\n", count, path,
		    WIFSIGNALED(status) ? "signal" : "exit status",
		    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	} else {
		printf("ok %u - %s\n", count, path);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (LLVMFuzzerInitialize(&argc, &argv) != 0)
		return 70;
	for (int i = 1; i < argc; i++) {
		if (nftw(argv[i], replay_file, 16, FTW_PHYS) != 0)
			printf("# %s cannot be read\n", argv[i]);
	}
	printf("1..%u\n", count);
	return failed > 0;
}
