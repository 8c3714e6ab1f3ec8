/* SPDX-License-Identifier: MIT
 *
 * Private to recover/chain*.c: the solver's state.  Its files share out the clusters of a volume in
 * turns: what is proven masks its clusters, and so leaves fewer explanations for the rest. */
#ifndef RMN_RECOVER_CHAIN_STATE_H
#define RMN_RECOVER_CHAIN_STATE_H

#include "carve/carve.h"
#include "recover/chain.h"

/* Explanations tried for one file, and bytes walked for all of them. */
#define RMN_CHAIN_TRIES_MAX 256u
#define RMN_CHAIN_WORK_BYTES ((uint64_t)16 << 30)

#define RMN_CHAIN_TEXT "text"

/* What a walk said of an explanation. */
enum rmn_chain_verdict {
	RMN_CHAIN_SILENT,	/* no carver knows the content */
	RMN_CHAIN_REFUTED,
	RMN_CHAIN_OPEN,		/* nothing is wrong, nothing is proven */
	RMN_CHAIN_WHOLE,	/* proven up to its end */
};

/* Whether a deleted file was still there when its neighbours were written. */
enum rmn_chain_fate { RMN_CHAIN_FATE_UNKNOWN, RMN_CHAIN_FATE_LIVED, RMN_CHAIN_FATE_GONE };

/* Clusters that deleted files had; cut where one of them or a live file begins or ends. */
struct rmn_chain_plot {
	uint32_t first, end;
	enum rmn_chain_fate fate;
};

/* Clusters in file order, under construction; one list is used again and again. */
struct rmn_chain_list {
	struct rmn_chain_run *runs;	/* owned */
	size_t count, capacity;
	uint64_t clusters;
	bool failed;
};

/* An explanation that was tried; key 0: none. */
struct rmn_chain_memory {
	uint64_t key;
	bool is_known;
	bool is_carved;			/* proven is of a carver, else of rmn_chain_text or of nobody */
	enum rmn_chain_verdict verdict;
	struct rmn_proven proven;
};

struct rmn_chain_memo {
	struct rmn_chain_memory *slots;	/* owned; open addressing, a power of two */
	size_t count, capacity;
};

/* How a walk through text stands at the start of a cluster. */
struct rmn_chain_mark {
	uint8_t encoding;		/* enum rmn_encoding */
	uint8_t trailing;		/* bytes of a character that are still to come */
};

/* The last walk through text, so that the next explanation of that file goes on where the two part. */
struct rmn_chain_trail {
	const struct rmn_chain_file *file;	/* NULL: none */
	struct rmn_view view;		/* owned */
	struct rmn_chain_mark *marks;	/* owned: one for each cluster that was reached */
	size_t count, capacity;
	struct rmn_chain_mark now;
	uint64_t guess_from, guess_end;	/* the bytes that told the encoding of what was ASCII before;
					 * 0: not yet */
};

struct rmn_chain_solver {
	struct rmn_recovery *r;
	const struct rmn_chain_grid *grid;
	struct rmn_arena *arena;
	struct rmn_chain_file **live;	/* rising by first cluster, one for each */
	size_t live_count;
	bool *silent;			/* of the live files: no carver knows the content */
	uint32_t *asked;		/* owned; of live files and ways: `settled` when it was asked */
	uint32_t settled;		/* how many files, and one */
	struct rmn_chain_file **deleted;	/* the same; stale ones too */
	size_t deleted_count;
	struct rmn_chain_plot *plots;	/* what the deleted had; rising */
	size_t plot_count;
	unsigned lessons_same, lessons_other;	/* neighbours among plots that shared theirs */
	bool is_learning;		/* fates have changed since those were counted */
	struct rmn_sectors hard;	/* in use, folders, first clusters of live files, proven files */
	struct rmn_sectors starts;	/* first clusters of live files */
	struct rmn_sectors assumed;	/* contiguous files that nothing speaks against */
	struct rmn_sectors soft;	/* deleted files: in the way only while they lived */
	struct rmn_chain_list list;
	void *scratch;			/* rmn_chain_soft_bytes() for chain_soft.c */
	struct rmn_carve_tools tools;
	struct rmn_view view;
	struct rmn_proven proven;	/* of the last try */
	struct rmn_chain_memo memo;
	struct rmn_chain_trail trail;
	uint64_t work, work_limit;
	uint64_t step_work;		/* of it, by rmn_chain_step */
	bool is_given_up;
};

void rmn_chain_list_clear(struct rmn_chain_list *list);
void rmn_chain_list_add(struct rmn_chain_list *list, uint32_t first, uint32_t count);
void rmn_chain_list_release(struct rmn_chain_list *list);

/* The first cluster at or behind `from` that is in none of the sets (NULL: no more); cluster_end when
 * there is none.  *run: how many free ones follow each other there, itself included; not more than want. */
uint32_t rmn_chain_free(const struct rmn_chain_solver *s, uint32_t from,
    const struct rmn_sectors *const sets[3], uint64_t want, uint32_t *run);

/* Walks on from a file's first cluster over free clusters into s->list; false when there are not
 * enough. */
bool rmn_chain_skip(struct rmn_chain_solver *s, const struct rmn_chain_file *file,
    const struct rmn_sectors *const sets[3]);

/* Where the verdict on an explanation is kept; NULL when there are too many. */
struct rmn_chain_memory *rmn_chain_memo_find(struct rmn_chain_memo *memo,
    const struct rmn_chain_file *file, const struct rmn_chain_list *list);
void rmn_chain_memo_release(struct rmn_chain_memo *memo);

/* What stands for a walk where no carver knows the content: whether s->view can be a text of the file's
 * size.  False when it is no text at all.  proven->extension is RMN_CHAIN_TEXT. */
bool rmn_chain_text(struct rmn_chain_solver *s, const struct rmn_chain_file *file,
    struct rmn_proven *proven);

void rmn_chain_trail_release(struct rmn_chain_trail *trail);

/* Asks the carvers about s->list as the content of a file; s->proven has the details. */
enum rmn_chain_verdict rmn_chain_try(struct rmn_chain_solver *s,
    const struct rmn_chain_file *file, const struct rmn_chain_list *list);

/* The first live file at or behind a cluster, by its index; live_count when there is none. */
size_t rmn_chain_live_from(const struct rmn_chain_solver *s, uint32_t first);

/* How many clusters of a stretch are in none of the sets. */
uint32_t rmn_chain_free_count(const struct rmn_chain_solver *s, uint32_t from, uint32_t end,
    const struct rmn_sectors *const sets[3]);

/* Makes the plots of the deleted files, when all files are sorted. */
bool rmn_chain_plots_fill(struct rmn_chain_solver *s);

/* The first plot that begins at or behind a cluster, by its index. */
size_t rmn_chain_plot_from(const struct rmn_chain_solver *s, uint32_t cluster);

/* Whether somebody begins at a cluster, or has it for sure: what was written there ended before. */
bool rmn_chain_abuts(const struct rmn_chain_solver *s, uint32_t end);

/* Ways to explain a file that is not where it seems; each settles it and returns true, or changes
 * nothing.  chain_joint.c: together with those that start behind it; chain_soft.c: around deleted
 * files, so that the room up to the next one is filled (soft; strict: by checksums or text), or as far as the content says (open),
 * which may be asked cluster by cluster (step);
 * chain_mend.c: by the carver's mend. */
bool rmn_chain_joint(struct rmn_chain_solver *s, struct rmn_chain_file *file);
bool rmn_chain_soft_strict(struct rmn_chain_solver *s, struct rmn_chain_file *file);
bool rmn_chain_soft(struct rmn_chain_solver *s, struct rmn_chain_file *file);
bool rmn_chain_open(struct rmn_chain_solver *s, struct rmn_chain_file *file);
bool rmn_chain_step(struct rmn_chain_solver *s, struct rmn_chain_file *file);
size_t rmn_chain_soft_bytes(void);
bool rmn_chain_mend(struct rmn_chain_solver *s, struct rmn_chain_file *file);

/* What a proven file tells of the deleted files that it overwrote or stepped over. */
void rmn_chain_learn(struct rmn_chain_solver *s, const struct rmn_chain_list *list);

/* Gives the list to the file; PROVEN and FENCED ones mask their clusters for all others. */
void rmn_chain_settle(struct rmn_chain_solver *s, struct rmn_chain_file *file,
    const struct rmn_chain_list *list, enum rmn_chain_state state);

#endif
