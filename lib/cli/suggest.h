/* SPDX-License-Identifier: MIT */
#ifndef RMN_CLI_SUGGEST_H
#define RMN_CLI_SUGGEST_H

/* The name that a mistyped word most likely meant, or NULL when none is near.  next(context, i)
 * gives the i-th name, NULL after the last; names are borrowed. */
const char *rmn_suggest(const char *word, const char *(*next)(const void *context, unsigned index),
    const void *context);

#endif
