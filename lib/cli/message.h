/* SPDX-License-Identifier: MIT
 *
 * What a program says on stderr: one line each, "remnant-scan: text".
 *
 * The whole text is escaped (base/utf8.h), so names from evidence are passed as they are and can
 * neither start a new line nor reach the terminal as commands.  A shown progress bar is hidden
 * by the caller first (rmn_progress_hide). */
#ifndef RMN_CLI_MESSAGE_H
#define RMN_CLI_MESSAGE_H

#include "base/status.h"

void rmn_message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "remnant-scan: warning: text" */
void rmn_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says what went wrong and returns the exit status for it: RMN_EXIT_DONE for RMN_OK and RMN_END
 * (nothing is printed), RMN_EXIT_FAILED for RMN_IO and RMN_NOMEM, RMN_EXIT_INCOMPLETE for the
 * rest, which tell about evidence. */
int rmn_message_failure(const struct rmn_error *error);

/* "remnant-scan: text; try --help"; returns RMN_EXIT_MISUSE. */
int rmn_message_misuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
