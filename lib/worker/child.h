/* SPDX-License-Identifier: MIT
 *
 * The processes of a scan that touch evidence, and how they are started: forked with what they need
 * and nothing else, sandboxed, and tied to their parent's life. */
#ifndef RMN_WORKER_CHILD_H
#define RMN_WORKER_CHILD_H

#include <sys/types.h>

#include "base/hash.h"
#include "base/status.h"
#include "detect/rules.h"
#include "recover/recover.h"
#include "identify/identify.h"
#include "image/image.h"
#include "worker/channel.h"

enum rmn_child_kind { RMN_CHILD_WORKER, RMN_CHILD_WALKER, RMN_CHILD_HASHER,
	RMN_CHILD_READER };
const char *rmn_child_kind_name(enum rmn_child_kind kind);

/* Everything is borrowed, and must be loaded before the fork: a child opens nothing. */
struct rmn_child_plan {
	enum rmn_child_kind kind;
	const char *image_path;			/* NULL: items come as descriptors (trees) */
	const struct rmn_rules *rules;
	struct rmn_identifier *identifier;
	unsigned char value_key[RMN_VALUE_KEY_BYTES];
	bool keep_values, skip_pdf, ocr, no_sandbox;
	struct rmn_walk_options walk;		/* of a walker */
	bool catalogue_only;			/* of a walker: recover/recover.h */
};

struct rmn_child {
	pid_t pid;			/* 0: none */
	struct rmn_channel channel;
};

enum rmn_status rmn_child_start(const struct rmn_child_plan *plan, struct rmn_child *child,
    struct rmn_error *error);

/* Ends the child if it lives, waits for it, and says how it ended ("exit status 0", "signal 11
 * (Segmentation fault)") in how, which has room for 64 bytes. */
void rmn_child_stop(struct rmn_child *child, bool kill_it, char how[64]);

/* What runs in the children; each returns the exit status.  files is NULL without an image. */
int rmn_worker_main(const struct rmn_child_plan *plan, const struct rmn_image_files *files,
    struct rmn_channel *channel);
int rmn_walker_main(const struct rmn_child_plan *plan, const struct rmn_image_files *files,
    struct rmn_channel *channel);
int rmn_reader_main(const struct rmn_child_plan *plan, const struct rmn_image_files *files,
    struct rmn_channel *channel);
int rmn_hasher_main(const struct rmn_child_plan *plan, const struct rmn_image_files *files,
    struct rmn_channel *channel);

/* Sends RMN_MESSAGE_FAILED with the sentence, and gives the exit status for it. */
int rmn_child_fail(struct rmn_channel *channel, const struct rmn_error *error);

#endif
