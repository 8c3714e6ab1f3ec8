/* SPDX-License-Identifier: MIT
 *
 * The walk of a live directory tree, one entry at a time, in the byte order of names.  The supervisor
 * does it itself: names and stat(2) are the kernel's words, no evidence is parsed.  It never follows
 * a link, leaves the file system it started on only into ordinary mounts, never enters /proc, /sys
 * or /dev, and passes over the case. */
#ifndef RMN_SCAN_TREE_H
#define RMN_SCAN_TREE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/status.h"

struct rmn_tree;

enum rmn_tree_kind { RMN_TREE_FILE, RMN_TREE_DIRECTORY, RMN_TREE_SYMLINK, RMN_TREE_SPECIAL };

struct rmn_tree_entry {
	struct rmn_bytes path;		/* from the root, as the file system has it */
	enum rmn_tree_kind kind;
	struct stat facts;
	bool is_seen;			/* a further hard link of a file that came before */
	const char *problem;		/* not entered or not read, and why; NULL: none */
};

/* case_path: the case's own files are passed over; may be NULL. */
enum rmn_status rmn_tree_open(const char *path, const char *case_path, struct rmn_tree **tree,
    struct rmn_error *error);
void rmn_tree_close(struct rmn_tree *tree);	/* takes NULL */

/* The next entry, valid until the call after; RMN_END behind the last. */
enum rmn_status rmn_tree_next(struct rmn_tree *tree, struct rmn_tree_entry *entry,
    struct rmn_error *error);

/* A file below the root, read-only, by its path; never through a link.  -1 with errno. */
int rmn_tree_open_file(int root_fd, const char *path);

/* The root's descriptor, borrowed. */
int rmn_tree_root(const struct rmn_tree *tree);

#endif
