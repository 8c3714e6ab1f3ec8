/* SPDX-License-Identifier: MIT
 *
 * What a store had: leaves of its trees that are no longer part of them lie in its file until their room
 * is used again, and name messages and blocks that may still be there. */
#ifndef RMN_FORMAT_PST_SCAN_H
#define RMN_FORMAT_PST_SCAN_H

#include "base/sink.h"
#include "format/mail/pst_file.h"

/* Numbers of blocks in any order until they are sorted. */
struct rmn_pst_numbers {
	uint64_t *numbers;
	size_t count, capacity;
	bool is_full;			/* some were left out */
};
void rmn_pst_numbers_add(struct rmn_pst_numbers *n, struct rmn_arena *arena, uint64_t number);
void rmn_pst_numbers_sort(struct rmn_pst_numbers *n);
bool rmn_pst_numbers_have(const struct rmn_pst_numbers *n, uint64_t number);

struct rmn_pst_old {
	struct rmn_pst_node *nodes;	/* folders, then messages; each once */
	size_t count, capacity;
	bool is_full;
};

/* Reads the file once (up to a limit: *unread bytes were left).  Messages whose data is among current
 * are left out.  Places of old blocks go to pst->old. */
void rmn_pst_scan(struct rmn_pst *pst, const struct rmn_pst_numbers *current,
    struct rmn_arena *arena, struct rmn_pst_old *old, uint64_t *unread);

/* Runs of characters in the blocks of a store whose trees are broken, and between them. */
enum rmn_status rmn_pst_text_give(struct rmn_pst *pst, const struct rmn_sink *sink,
    struct rmn_arena *arena, struct rmn_error *error);

#endif
