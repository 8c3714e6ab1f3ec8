/* SPDX-License-Identifier: MIT
 *
 * How library code says what happened: a status for the program, a sentence for people.
 *
 * Damage is an ordinary result in this field: RMN_PARTIAL comes with what could be read.
 * Library code never prints, exits or asserts on evidence. */
#ifndef RMN_BASE_STATUS_H
#define RMN_BASE_STATUS_H

enum rmn_status {
	RMN_END = 1,		/* nothing more to read */
	RMN_OK = 0,
	RMN_PARTIAL = -1,	/* something was read, something is missing */
	RMN_CORRUPT = -2,	/* not what it claims to be */
	RMN_UNSUPPORTED = -3,	/* recognised, but not read by this version */
	RMN_LIMIT = -4,		/* a bound of base/limits.h was reached */
	RMN_IO = -5,		/* the system or the medium refused */
	RMN_NOMEM = -6,
	RMN_ENCRYPTED = -7,	/* a key or password would be needed */
};

/* The caller owns it and starts it with {0}.  The first failure is kept: a later rmn_fail()
 * on the same object changes nothing, so the text names the cause and not its echo. */
struct rmn_error {
	enum rmn_status status;
	char text[240];
};

/* Fills error (NULL is fine) and returns status, so that failing is one line. */
enum rmn_status rmn_fail(struct rmn_error *error, enum rmn_status status,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

void rmn_error_clear(struct rmn_error *error);

/* A stable lower-case word for a status: "ok", "partial", "corrupt" ...  Stored in cases. */
const char *rmn_status_name(enum rmn_status status);

#endif
