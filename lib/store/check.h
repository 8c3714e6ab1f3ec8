/* SPDX-License-Identifier: MIT
 *
 * Is a case what it was when it was written, and does it add up? */
#ifndef RMN_STORE_CHECK_H
#define RMN_STORE_CHECK_H

#include "base/buf.h"
#include "store/case.h"

/* Takes one problem as a sentence. */
typedef void (*rmn_check_fn)(void *context, const char *problem);

/* The file's integrity, references between rows, the log's chain, the ledger of every source
 * against its size, and sources that were not examined to the end.  *problems counts; at most the
 * first hundred of each kind are reported one by one. */
enum rmn_status rmn_case_check(struct rmn_case *c, rmn_check_fn report, void *context,
    uint64_t *problems, struct rmn_error *error);

/* The case in a few lines for a person: when it was made, sources, figures. */
enum rmn_status rmn_case_describe(struct rmn_case *c, struct rmn_buf *text,
    struct rmn_error *error);

/* The commands that were run on the case, one line each. */
enum rmn_status rmn_case_describe_log(struct rmn_case *c, struct rmn_buf *text,
    struct rmn_error *error);

#endif
