/* SPDX-License-Identifier: MIT
 *
 * A stack of directories, each read whole and sorted when it is entered. */
#include "scan/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/checked.h"

/* Deeper trees are made by accident or on purpose, not by people. */
#define DEPTH_MAX 512

struct level {
	int fd;
	char **names;
	size_t count, next;
	size_t path_size;		/* of the directory's own path */
};

struct file_key {
	dev_t device;
	ino_t inode;
};

struct rmn_tree {
	struct level levels[DEPTH_MAX];
	size_t depth;			/* levels in use */
	struct rmn_buf path;
	struct file_key *seen;		/* open addressing; files with several links only */
	size_t seen_count, seen_capacity;
	struct file_key skipped[3];	/* the case, its -wal and -shm */
	size_t skipped_count;
};

static void
level_release(struct level *level)
{
	for (size_t i = 0; i < level->count; i++)
		free(level->names[i]);
	free(level->names);
	if (level->fd >= 0)
		close(level->fd);
}

void
rmn_tree_close(struct rmn_tree *tree)
{
	if (!tree)
		return;
	while (tree->depth > 0)
		level_release(&tree->levels[--tree->depth]);
	rmn_buf_release(&tree->path);
	free(tree->seen);
	free(tree);
}

static int
name_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Reads every name of level->fd, sorted. */
static enum rmn_status
level_read(struct level *level)
{
	int fd = dup(level->fd);
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
	size_t capacity = 0;
	struct dirent *e;

	if (!directory) {
		if (fd >= 0)
			close(fd);
		return RMN_IO;
	}
	while ((e = readdir(directory))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (level->count == capacity) {
			char **names;

			capacity = capacity ? 2 * capacity : 64;
			names = reallocarray(level->names, capacity, sizeof(*names));
			if (!names)
				break;
			level->names = names;
		}
		level->names[level->count] = strdup(e->d_name);
		if (!level->names[level->count])
			break;
		level->count++;
	}
	closedir(directory);
	if (level->count > 0)
		qsort(level->names, level->count, sizeof(*level->names), name_order);
	return e ? RMN_NOMEM : RMN_OK;
}

static void
tree_skip_case(struct rmn_tree *tree, const char *case_path)
{
	static const char *const endings[] = {"", "-wal", "-shm"};

	for (size_t i = 0; case_path && i < 3; i++) {
		struct rmn_buf name;
		struct stat facts;

		rmn_buf_init(&name, 0);
		rmn_buf_append_string(&name, case_path);
		rmn_buf_append_string(&name, endings[i]);
		if (stat(rmn_buf_string(&name), &facts) == 0)
			tree->skipped[tree->skipped_count++] =
			    (struct file_key){facts.st_dev, facts.st_ino};
		rmn_buf_release(&name);
	}
}

enum rmn_status
rmn_tree_open(const char *path, const char *case_path, struct rmn_tree **tree,
    struct rmn_error *error)
{
	struct rmn_tree *t = calloc(1, sizeof(*t));
	enum rmn_status status;

	if (!t)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	rmn_buf_init(&t->path, 0);
	t->levels[0].fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->levels[0].fd < 0) {
		status = rmn_fail(error, RMN_IO, "%s: %s", path, strerror(errno));
		free(t);
		return status;
	}
	t->depth = 1;
	status = level_read(&t->levels[0]);
	if (status != RMN_OK) {
		rmn_fail(error, status, "%s: cannot be listed: %s", path, strerror(errno));
		rmn_tree_close(t);
		return status;
	}
	tree_skip_case(t, case_path);
	*tree = t;
	return RMN_OK;
}

int
rmn_tree_root(const struct rmn_tree *tree)
{
	return tree->levels[0].fd;
}

static size_t
seen_slot(const struct rmn_tree *tree, const struct file_key *key)
{
	uint64_t hash = (uint64_t)key->inode * 0x9E3779B97F4A7C15ull ^ (uint64_t)key->device;
	size_t slot = (size_t)(hash >> 20) & (tree->seen_capacity - 1);

	while (tree->seen[slot].inode != 0 &&
	    (tree->seen[slot].inode != key->inode || tree->seen[slot].device != key->device))
		slot = (slot + 1) & (tree->seen_capacity - 1);
	return slot;
}

static bool
seen_grow(struct rmn_tree *tree)
{
	struct file_key *old = tree->seen;
	size_t old_capacity = tree->seen_capacity;
	size_t capacity = old_capacity ? 2 * old_capacity : 256;
	struct file_key *seen = calloc(capacity, sizeof(*seen));

	if (!seen)
		return false;
	tree->seen = seen;
	tree->seen_capacity = capacity;
	for (size_t i = 0; i < old_capacity; i++)
		if (old[i].inode != 0)
			tree->seen[seen_slot(tree, &old[i])] = old[i];
	free(old);
	return true;
}

/* Whether a file with several links came before; remembers it.  Without memory it counts as new:
 * a file examined twice is better than one not examined. */
static bool
tree_is_seen(struct rmn_tree *tree, const struct stat *facts)
{
	struct file_key key = {facts->st_dev, facts->st_ino};
	size_t slot;

	if (facts->st_nlink < 2 || key.inode == 0)
		return false;
	if (tree->seen_count * 2 >= tree->seen_capacity && !seen_grow(tree))
		return false;
	slot = seen_slot(tree, &key);
	if (tree->seen[slot].inode != 0)
		return true;
	tree->seen[slot] = key;
	tree->seen_count++;
	return false;
}

static bool
tree_is_case(const struct rmn_tree *tree, const struct stat *facts)
{
	for (size_t i = 0; i < tree->skipped_count; i++)
		if (tree->skipped[i].inode == facts->st_ino &&
		    tree->skipped[i].device == facts->st_dev)
			return true;
	return false;
}

/* File systems that hold the kernel's views and no evidence. */
static bool
is_kernel_view(int fd)
{
	struct statfs facts;

	if (fstatfs(fd, &facts) != 0)
		return false;
	return facts.f_type == PROC_SUPER_MAGIC || facts.f_type == SYSFS_MAGIC ||
	    facts.f_type == CGROUP2_SUPER_MAGIC || facts.f_type == DEBUGFS_MAGIC ||
	    facts.f_type == DEVPTS_SUPER_MAGIC;
}

/* Enters the directory that the last entry was.  NULL, or why it is passed over. */
static const char *
tree_enter(struct rmn_tree *tree, const char *name)
{
	struct level *up = &tree->levels[tree->depth - 1], *level = up + 1;
	const char *problem = NULL;

	if (tree->depth == DEPTH_MAX)
		return "nested deeper than 512 folders";
	*level = (struct level){.path_size = tree->path.size};
	level->fd = openat(up->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (level->fd < 0)
		return strerror(errno);
	if (is_kernel_view(level->fd))
		problem = "a view of the running kernel, not evidence";
	else if (level_read(level) != RMN_OK)
		problem = "cannot be listed";
	if (problem)
		level_release(level);
	else
		tree->depth++;
	return problem;
}

static enum rmn_tree_kind
tree_kind(mode_t mode)
{
	return S_ISREG(mode) ? RMN_TREE_FILE : S_ISDIR(mode) ? RMN_TREE_DIRECTORY :
	    S_ISLNK(mode) ? RMN_TREE_SYMLINK : RMN_TREE_SPECIAL;
}

static const char *
tree_take_path(struct rmn_tree *tree, const struct level *level, const char *name)
{
	tree->path.size = level->path_size;
	if (level->path_size > 0)
		rmn_buf_append_char(&tree->path, '/');
	rmn_buf_append_string(&tree->path, name);
	return name;
}

enum rmn_status
rmn_tree_next(struct rmn_tree *tree, struct rmn_tree_entry *entry, struct rmn_error *error)
{
	while (tree->depth > 0) {
		struct level *level = &tree->levels[tree->depth - 1];
		const char *name;

		if (level->next == level->count) {
			if (tree->depth == 1)
				return RMN_END;
			level_release(&tree->levels[--tree->depth]);
			continue;
		}
		name = tree_take_path(tree, level, level->names[level->next++]);
		if (tree->path.failed)
			return rmn_fail(error, RMN_NOMEM, "out of memory");
		*entry = (struct rmn_tree_entry){.path = rmn_buf_bytes(&tree->path)};
		if (fstatat(level->fd, name, &entry->facts, AT_SYMLINK_NOFOLLOW) != 0) {
			entry->problem = strerror(errno);
			return RMN_OK;
		}
		entry->kind = tree_kind(entry->facts.st_mode);
		if (entry->kind == RMN_TREE_FILE && tree_is_case(tree, &entry->facts))
			continue;
		if (entry->kind == RMN_TREE_FILE)
			entry->is_seen = tree_is_seen(tree, &entry->facts);
		if (entry->kind == RMN_TREE_DIRECTORY)
			entry->problem = tree_enter(tree, name);
		return RMN_OK;
	}
	return RMN_END;
}

int
rmn_tree_open_file(int root_fd, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
}
