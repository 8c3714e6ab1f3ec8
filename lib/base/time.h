/* SPDX-License-Identifier: MIT
 *
 * Times are nanoseconds since 1970-01-01T00:00:00Z; RMN_TIME_UNKNOWN where there is none. */
#ifndef RMN_BASE_TIME_H
#define RMN_BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#define RMN_TIME_UNKNOWN INT64_MIN
#define RMN_TIME_TEXT_BYTES 32

/* RFC 3339 in UTC with seconds ("2010-03-01T09:30:00Z"); "" when unknown or outside the
 * years 0001-9999. */
void rmn_time_text(int64_t time_ns, char text[RMN_TIME_TEXT_BYTES]);

/* Days since 1970 of a date of the proleptic Gregorian calendar; a day past the end of its month counts on. */
int64_t rmn_time_days(int64_t year, int64_t month, int64_t day);

/* Seconds since 1970 -> nanoseconds; unknown where that does not fit. */
int64_t rmn_time_from_unix(int64_t seconds, uint32_t nanoseconds);

/* Hundreds of nanoseconds since 1601, as Windows counts; unknown before 1970 and where that does not fit. */
int64_t rmn_time_from_filetime(uint64_t filetime);

/* Reads RFC 3339 / ISO 8601 ("2010-03-01", "2010-03-01T09:30:00+09:00", "...Z"); a time
 * without a zone is taken as UTC.  False leaves *time_ns alone. */
bool rmn_time_parse(const char *text, int64_t *time_ns);

/* The wall clock. */
int64_t rmn_time_now(void);

#endif
