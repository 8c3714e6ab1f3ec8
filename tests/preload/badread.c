/* SPDX-License-Identifier: MIT
 *
 * A disk that fails, as an LD_PRELOAD: pread(2) of a range answers EIO, or ends the process, so that
 * tests need no broken hardware.
 *
 *	RMN_BAD_FROM, RMN_BAD_TO	the range on the file, in bytes
 *	RMN_BAD_ACT			"eio" (default), "crash" or "hang"
 *	RMN_BAD_SIZE			acts only on reads of exactly this size; 0: of any */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static unsigned long long
number(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : 0;
}

static int
is_bad(size_t size, off_t offset)
{
	unsigned long long from = number("RMN_BAD_FROM"), to = number("RMN_BAD_TO");
	unsigned long long only = number("RMN_BAD_SIZE"), at = (unsigned long long)offset;

	return to > from && at < to && at + size > from && (only == 0 || only == size);
}

ssize_t
pread64(int fd, void *buffer, size_t size, off_t offset)
{
	static ssize_t (*real)(int, void *, size_t, off_t);
	const char *act = getenv("RMN_BAD_ACT");

	if (!real)
		real = (ssize_t (*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread64");
	if (!is_bad(size, offset))
		return real(fd, buffer, size, offset);
	if (act && strcmp(act, "crash") == 0)
		raise(SIGSEGV);
	if (act && strcmp(act, "hang") == 0)
		for (;;)
			pause();
	errno = EIO;
	return -1;
}

ssize_t
pread(int fd, void *buffer, size_t size, off_t offset)
{
	return pread64(fd, buffer, size, offset);
}
