/* SPDX-License-Identifier: MIT
 *
 * Sizes, rates and times as people write and read them. */
#ifndef RMN_CLI_UNITS_H
#define RMN_CLI_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#define RMN_UNITS_TEXT_BYTES 32

/* Reads "4096", "64KiB", "64K" (both 1024), "64kB" (1000); suffixes up to E, in either case.
 * False for anything else and for what does not fit; *value is then left alone. */
bool rmn_units_parse(const char *text, uint64_t *value);

/* "512 B", "1.4 GiB" */
void rmn_units_size_text(uint64_t size_bytes, char text[RMN_UNITS_TEXT_BYTES]);

/* "240 MB/s", "3.1 GB/s": decimal, as vendors and other tools give rates. */
void rmn_units_rate_text(double bytes_per_second, char text[RMN_UNITS_TEXT_BYTES]);

/* "0:42", "1:02:03" */
void rmn_units_time_text(uint64_t seconds, char text[RMN_UNITS_TEXT_BYTES]);

/* "12,345" */
void rmn_units_count_text(uint64_t count, char text[RMN_UNITS_TEXT_BYTES]);

#endif
