/* SPDX-License-Identifier: MIT
 *
 * LD_PRELOAD shim for what fails in real life and not in tests.
 *
 * Reads that touch [BAD_AT, BAD_AT + BAD_SIZE) of BAD_FILE fail with EIO, as a device with a bad
 * sector does.  BAD_LEAST and BAD_MOST leave reads of fewer and of more bytes alone, so that only
 * one kind of process is hit.
 * BAD_ACT=crash ends the process with SIGSEGV instead, BAD_ACT=hang keeps it.
 *
 * BAD_ARCHIVE=2 does the act when a process opens its second archive, as a reader with a bug does
 * that only a member brings out. */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static off_t bad_at = -1, bad_size, bad_least, bad_most;
static long bad_archive, archives;
static const char *bad_act = "";
static struct stat bad_file;

static long long
shim_number(const char *name, long long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoll(text, NULL, 10) : otherwise;
}

__attribute__((constructor)) static void
shim_start(void)
{
	const char *act = getenv("BAD_ACT"), *file = getenv("BAD_FILE");

	if (file)
		stat(file, &bad_file);
	bad_at = shim_number("BAD_AT", -1);
	bad_size = shim_number("BAD_SIZE", 1);
	bad_least = shim_number("BAD_LEAST", 0);
	bad_most = shim_number("BAD_MOST", 1ll << 40);
	bad_archive = shim_number("BAD_ARCHIVE", 0);
	if (act)
		bad_act = act;
}

/* Returns when the act is only to fail. */
static void
shim_act(void)
{
	if (strcmp(bad_act, "crash") == 0) {
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
	}
	while (strcmp(bad_act, "hang") == 0)
		sleep(1);
}

/* How many bytes before the bad sector can be read; -1 when the first one is bad. */
static ssize_t
shim_allow(int fd, size_t size, off_t offset)
{
	struct stat facts;

	if (bad_at < 0 || offset >= bad_at + bad_size || offset + (off_t)size <= bad_at ||
	    (off_t)size < bad_least || (off_t)size > bad_most)
		return (ssize_t)size;
	if (fstat(fd, &facts) != 0 || facts.st_dev != bad_file.st_dev ||
	    facts.st_ino != bad_file.st_ino)
		return (ssize_t)size;
	shim_act();
	return offset < bad_at ? (ssize_t)(bad_at - offset) : -1;
}
static ssize_t
shim_read(const char *name, int fd, void *buffer, size_t size, off_t offset)
{
	ssize_t (*real)(int, void *, size_t, off_t) =
	    (ssize_t (*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, name);
	ssize_t allowed = shim_allow(fd, size, offset);

	if (allowed < 0) {
		errno = EIO;
		return -1;
	}
	return real(fd, buffer, (size_t)allowed, offset);
}

ssize_t
pread(int fd, void *buffer, size_t size, off_t offset)
{
	return shim_read("pread", fd, buffer, size, offset);
}

ssize_t
pread64(int fd, void *buffer, size_t size, off_t offset)
{
	return shim_read("pread64", fd, buffer, size, offset);
}

/* _FORTIFY_SOURCE calls these instead. */
ssize_t __pread_chk(int fd, void *buffer, size_t size, off_t offset, size_t room);
ssize_t __pread64_chk(int fd, void *buffer, size_t size, off_t offset, size_t room);

ssize_t
__pread_chk(int fd, void *buffer, size_t size, off_t offset, size_t room)
{
	return shim_read("pread", fd, buffer, size < room ? size : room, offset);
}

ssize_t
__pread64_chk(int fd, void *buffer, size_t size, off_t offset, size_t room)
{
	return shim_read("pread64", fd, buffer, size < room ? size : room, offset);
}

struct archive;
int archive_read_open1(struct archive *a);

int
archive_read_open1(struct archive *a)
{
	int (*real)(struct archive *) = (int (*)(struct archive *))dlsym(RTLD_NEXT,
	    "archive_read_open1");

	if (++archives == bad_archive)
		shim_act();
	return real(a);
}
