/* SPDX-License-Identifier: MIT
 *
 * Exit statuses, the same in every program.  Incomplete never looks clean. */
#ifndef RMN_CLI_EXIT_H
#define RMN_CLI_EXIT_H

enum rmn_cli_exit {
	RMN_EXIT_DONE = 0,
	RMN_EXIT_GATE = 1,		/* done, and what a gate looks for was found */
	RMN_EXIT_MISUSE = 2,
	RMN_EXIT_INCOMPLETE = 3,	/* done, but some evidence could not be examined */
	RMN_EXIT_FAILED = 4,
};

#endif
