/* SPDX-License-Identifier: MIT */
#include "restore/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char temporary[] = ".remnant-recover.part";

int
rmn_folder_open(const char *path, struct rmn_error *error)
{
	int root;

	if (mkdir(path, 0700) != 0 && errno != EEXIST) {
		rmn_fail(error, RMN_IO, "cannot make %s: %s", path, strerror(errno));
		return -1;
	}
	root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		rmn_fail(error, RMN_IO, "%s: %s", path, strerror(errno));
	return root;
}

int
rmn_folder_temporary(int root)
{
	unlinkat(root, temporary, 0);
	return openat(root, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

void
rmn_folder_clean(int root)
{
	unlinkat(root, temporary, 0);
}

/* Opens one folder below at, made when it is not there. */
static int
folder_enter(int at, const char *name)
{
	if (mkdirat(at, name, 0700) != 0 && errno != EEXIST)
		return -1;
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Opens the folder of path's last name (rebuilt in place where a name had to change): a descriptor to
 * close; *name is where the last name begins. */
static int
folder_reach(int root, struct rmn_buf *path, size_t *name)
{
	char component[256 + 2];
	int at = dup(root);
	size_t start = 0;

	while (at >= 0) {
		const unsigned char *slash = memchr(path->data + start, '/', path->size - start);
		size_t size = slash ? (size_t)(slash - path->data) - start : 0;
		int next;

		if (!slash)
			break;
		memcpy(component, path->data + start, size < 256 ? size : 256);
		component[size < 256 ? size : 256] = '\0';
		next = folder_enter(at, component);
		if (next < 0 && (errno == ENOTDIR || errno == ELOOP) &&
		    rmn_buf_reserve(path, 1)) {
			memmove(path->data + start + size + 1, path->data + start + size,
			    path->size - start - size);
			path->data[start + size] = '_';
			path->size++;
			component[size] = '_';
			component[++size] = '\0';
			next = folder_enter(at, component);
		}
		close(at);
		at = next;
		start += size + 1;
	}
	*name = start;
	return at;
}

enum rmn_status
rmn_folder_rename(int root, struct rmn_buf *path, struct rmn_error *error)
{
	size_t name;
	int folder = folder_reach(root, path, &name);
	int failed = folder < 0 || renameat2(root, temporary, folder,
	    rmn_buf_string(path) + name, RENAME_NOREPLACE);

	/* A file system without that flag, or a file of an earlier, interrupted run. */
	if (failed && folder >= 0 && (errno == EINVAL || errno == EEXIST))
		failed = renameat(root, temporary, folder, rmn_buf_string(path) + name);
	if (failed)
		rmn_fail(error, RMN_IO, "cannot make %s: %s", rmn_buf_string(path),
		    strerror(errno));
	if (folder >= 0)
		close(folder);
	return failed ? RMN_IO : RMN_OK;
}

bool
rmn_folder_link(int root, const char *from, struct rmn_buf *path)
{
	size_t name;
	int folder = folder_reach(root, path, &name);
	bool is_made = folder >= 0 &&
	    linkat(root, from, folder, rmn_buf_string(path) + name, 0) == 0;

	if (folder >= 0)
		close(folder);
	return is_made;
}
