/* SPDX-License-Identifier: MIT
 *
 * What the option tables say to people and to shells.  Used by options.c. */
#ifndef RMN_CLI_HELP_H
#define RMN_CLI_HELP_H

#include "base/buf.h"
#include "cli/options.h"

/* --help and --version, which every program has; ends with an empty row. */
extern const struct rmn_option rmn_standard_options[];

/* "remnant-scan --case FILE [OPTION ...] SOURCE ..." with a newline; one line a command. */
void rmn_help_append_synopsis(struct rmn_buf *text, const struct rmn_program *program);

void rmn_help_append(struct rmn_buf *text, const struct rmn_program *program);

/* Tab-separated rows for tools/completion.sh and the manual test:
 *	program	NAME	PURPOSE	ARGUMENTS
 *	option	NAME	-LETTER	KIND	VALUES	HELP	KIND: flag text file folder choice
 *	argument	NAME	KIND			KIND: none file folder
 * where NAME is the program's, then the option's.  Commands follow their program. */
void rmn_help_append_completion(struct rmn_buf *text, const struct rmn_program *program);

#endif
