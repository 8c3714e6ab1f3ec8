/* SPDX-License-Identifier: MIT
 *
 * How far a long command is, on stderr: a few lines at the foot of a terminal, redrawn at most
 * five times a second and erased at the end; elsewhere one line every thirty seconds; nothing
 * when quiet, except that SIGUSR1 always gives one line.
 *
 * The caller's loop calls rmn_progress_due() as often as it likes and, when that says so, fills
 * a state and calls rmn_progress_update().  SIGUSR1 interrupts poll() (EINTR), so the answer is
 * prompt. */
#ifndef RMN_CLI_PROGRESS_H
#define RMN_CLI_PROGRESS_H

#include "base/bytes.h"

struct rmn_buf;
struct rmn_progress;

/* item is the evidence name as it is: it is escaped and fitted here. */
struct rmn_progress_worker {
	const char *name;	/* "walker", "worker 1" */
	struct rmn_bytes item;	/* empty: idle */
	unsigned seconds;	/* on this item */
};

struct rmn_progress_state {
	const char *phase;	/* "examining" */
	uint64_t bytes_done;
	uint64_t bytes_total;	/* 0: not known */
	uint64_t items_done;
	uint64_t items_total;	/* known so far; 0: not known */
	uint64_t findings;
	const struct rmn_progress_worker *workers;
	size_t worker_count;
};

/* Also takes SIGUSR1.  NULL when out of memory; every function here takes NULL and does nothing,
 * so a scan goes on without its bar. */
struct rmn_progress *rmn_progress_new(bool quiet);

/* Erases the bar and frees. */
void rmn_progress_free(struct rmn_progress *progress);

/* True when an update would print something. */
bool rmn_progress_due(const struct rmn_progress *progress);

/* True between a SIGUSR1 and the update that answers it. */
bool rmn_progress_want_status(void);

void rmn_progress_update(struct rmn_progress *progress, const struct rmn_progress_state *state);

/* Erases the bar until the next update; call it before a message. */
void rmn_progress_hide(struct rmn_progress *progress);

/* The status line without a newline, in at most columns cells (0: any length): phase, share,
 * bytes and rate, time left, findings, items.  What does not fit is left out whole.  rate is in
 * bytes a second; 0: not known yet. */
void rmn_progress_append_line(struct rmn_buf *line, const struct rmn_progress_state *state,
    double rate, uint64_t elapsed_seconds, size_t columns);

/* One line for a worker, in at most columns cells. */
void rmn_progress_append_worker(struct rmn_buf *line, const struct rmn_progress_worker *worker,
    size_t columns);

#endif
