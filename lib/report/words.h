/* SPDX-License-Identifier: MIT
 *
 * The words of a report in the language of its reader. */
#ifndef RMN_REPORT_WORDS_H
#define RMN_REPORT_WORDS_H

enum rmn_report_language { RMN_ENGLISH, RMN_JAPANESE };

/* The word of words.def, or NULL. */
const char *rmn_report_find_word(enum rmn_report_language language, const char *key);

/* The word of group.value ("state.deleted"); what the table does not know is shown as it is.
 * value may be NULL: "unknown". */
const char *rmn_report_value_word(enum rmn_report_language language, const char *group,
    const char *value);

/* A word that must be there; the key itself when it is not. */
const char *rmn_report_word(enum rmn_report_language language, const char *key);

#endif
