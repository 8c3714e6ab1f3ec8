/* SPDX-License-Identifier: MIT
 *
 * What the files of scan/ share.  Nobody else includes this. */
#ifndef RMN_SCAN_PRIVATE_H
#define RMN_SCAN_PRIVATE_H

#include "base/arena.h"
#include "base/limits.h"
#include "detect/policy.h"
#include "scan/queue.h"
#include "scan/scan.h"
#include "scan/tree.h"
#include "store/case.h"
#include "worker/child.h"
#include "worker/held_unit.h"
#include "worker/message.h"

/* Walks of one source: the first, one without orphans, one for each volume, each start and each step
 * of the recovery left out, one without any file system. */
#define WALKS_MAX (2 * RMN_WALK_SKIPS + 32 + 4)

/* A scan over all sources. */
struct scan {
	const struct rmn_scan_options *options;
	const struct rmn_scan_events *events;
	struct rmn_case *the_case;
	struct rmn_policy *policy;
	struct rmn_rules *rules;
	struct rmn_identifier *identifier;
	int64_t *rule_rows;		/* row id of each rule in the case */
	struct rmn_child_plan plan;	/* what every child gets; kind is set for each */
	struct rmn_arena *arena;	/* of one message or one unit */
	struct rmn_scan_result *result;
};

/* One worker process and what it is doing. */
enum helper { HELPER_PDF, HELPER_OCR, HELPER_COUNT };

struct slot {
	struct rmn_child child;
	pid_t helper_pid[HELPER_COUNT];	/* its PDF and OCR programs; 0: none */
	int64_t unit;			/* 0: idle */
	/* of the unit in work */
	int64_t item_id;
	bool is_space, is_tallied;	/* a window of space; what is in it has been told */
	char state[12];			/* of the item */
	char grade;
	uint64_t size_bytes, overwritten_bytes;
	uint32_t findings;
	uint32_t named;			/* files that it speaks of */
	uint32_t member;		/* the one a reader is on */
	uint32_t examined_members;	/* how many were begun */
	int64_t started_ns, sign_ns;
	struct rmn_buf path;
	/* what went wrong on earlier tries of this unit */
	uint32_t skip[RMN_UNIT_SKIPS];
	char skip_reason[RMN_UNIT_SKIPS][160];
	unsigned skip_count;
	bool raw_only;			/* no readers at all; of space: once more */
	char raw_reason[64];
};

struct volume {
	int64_t row;
	uint64_t start_byte;
	char filesystem[16];
};

/* One source in work. */
struct run {
	struct scan *scan;
	const char *path;
	int64_t source_id;
	bool is_tree;
	uint64_t size_bytes;
	struct rmn_queue queue;
	int64_t next_unit;
	struct slot slots[RMN_SCAN_JOBS_MAX];
	unsigned slot_count;
	/* the walk */
	struct rmn_tree *tree;
	int tree_root;
	struct rmn_child walker;
	int64_t walker_sign_ns;		/* when it last sent something; 0: not started */
	bool walk_done;
	struct volume *volumes;
	size_t volume_count;
	uint32_t last_volume;		/* the walker spoke of it last */
	bool last_volume_ended;		/* its ledger has come */
	bool is_opening;		/* it spoke of a file system that it will look for */
	uint64_t opening[2];		/* where; the number of the volume, or 0 */
	unsigned stage;			/* step of the recovery that it began last; 0: none */
	char stage_name[32];
	struct rmn_walk_options walk;	/* volumes in which a walker died */
	char lost_walks[WALKS_MAX][200];	/* how each died */
	size_t lost_walk_count;
	struct rmn_buf item_frame;	/* an item that waits for its extents */
	struct rmn_walk_item item;
	struct rmn_extent *extents;
	size_t extent_count;
	uint64_t space_numbers[3];	/* a window that waits for its runs */
	struct rmn_space_run *runs;
	size_t run_count;
	/* the hash */
	struct rmn_child hasher;
	bool hash_done;
	char hash_problem[160];		/* why there is none; recorded at the end */
	uint64_t hashed_bytes, bad_bytes;
	/* for people */
	uint64_t items_total, items_done, bytes_done, findings, unexamined;
	bool failed;			/* the source itself could not be opened or walked */
	struct rmn_error error;		/* a case that cannot be written: ends everything */
};

void scan_message(struct scan *scan, enum rmn_scan_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A NUL-terminated copy in the scan's arena; NULL for empty bytes. */
const char *scan_string(struct scan *scan, struct rmn_bytes bytes);

/* Keeps the first failure to write the case; false when there was one. */
bool run_store(struct run *r, enum rmn_status status);

int64_t scan_clock(void);		/* monotonic nanoseconds */

/* source.c */
enum rmn_status scan_source(struct scan *scan, const char *path, struct rmn_error *error);

/* supervise.c: the loop, until everything is done or stopped. */
void run_supervise(struct run *r);

/* walked.c: from the walker; false when the message is not one of its. */
bool run_take_walked(struct run *r, uint32_t type, struct rmn_bytes payload);
int64_t run_add_unit(struct run *r, struct rmn_item_row *row, bool is_done);
/* What stands behind the last slash of a path. */
struct rmn_bytes run_base_name(struct rmn_bytes path);
void run_unexamined(struct run *r, int64_t unit, int64_t item_id, int64_t volume_id,
    const char *stage, const char *reason);

/* live.c: the walk of a tree; adds a few entries and returns. */
void run_walk_tree(struct run *r, size_t entries);
int run_open_tree_file(struct run *r, const char *stored_path);

/* dispatch.c */
void slot_start(struct run *r, struct slot *s);
void slot_stop(struct slot *s, bool kill_it, char how[64]);
void slot_give(struct run *r, struct slot *s, int64_t unit);
void slot_give_helper(struct run *r, struct slot *s, enum helper which);
/* The child died, hung or lied: the unit is cleared and tried again without what it died on. */
void slot_lost(struct run *r, struct slot *s, const char *why, bool kill_it);

/* results.c: from a worker; false when the message is not one of its. */
bool slot_take_result(struct run *r, struct slot *s, uint32_t type, struct rmn_bytes payload);

#endif
