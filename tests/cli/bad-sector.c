/* SPDX-License-Identifier: MIT
 *
 * LD_PRELOAD shim: reads that touch [BAD_AT, BAD_AT + BAD_SIZE) of any file fail with EIO, as a
 * device with a bad sector does.  The offset is one that only the source is long enough for. */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>

static off_t bad_at = -1, bad_size;

__attribute__((constructor)) static void
shim_start(void)
{
	const char *at = getenv("BAD_AT"), *size = getenv("BAD_SIZE");

	if (at && size) {
		bad_at = strtoll(at, NULL, 10);
		bad_size = strtoll(size, NULL, 10);
	}
}

/* How many bytes before the bad sector can be read; -1 when the first one is bad. */
static ssize_t
shim_allow(size_t size, off_t offset)
{
	if (bad_at < 0 || offset >= bad_at + bad_size || offset + (off_t)size <= bad_at)
		return (ssize_t)size;
	return offset < bad_at ? (ssize_t)(bad_at - offset) : -1;
}

static ssize_t
shim_read(const char *name, int fd, void *buffer, size_t size, off_t offset)
{
	ssize_t (*real)(int, void *, size_t, off_t) =
	    (ssize_t (*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, name);
	ssize_t allowed = shim_allow(size, offset);

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
