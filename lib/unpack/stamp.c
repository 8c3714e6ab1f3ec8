/* SPDX-License-Identifier: MIT */
#include "unpack/stamp.h"

#include "base/time.h"

int64_t
rmn_stamp_dos(uint32_t stamp)
{
	uint32_t date = stamp >> 16, month = date >> 5 & 15, day = date & 31;
	int64_t days;

	if (month < 1 || month > 12 || day < 1)
		return RMN_TIME_UNKNOWN;
	days = rmn_time_days(1980 + (date >> 9), month, day);
	return rmn_time_from_unix(days * 86400 + (stamp >> 11 & 31) * 3600 +
	    (stamp >> 5 & 63) * 60 + (stamp & 31) * 2, 0);
}

int64_t
rmn_stamp_windows(uint64_t ticks)
{
	const uint64_t epoch = 116444736000000000u;

	if (ticks < epoch)
		return RMN_TIME_UNKNOWN;
	return rmn_time_from_unix((int64_t)((ticks - epoch) / 10000000),
	    (uint32_t)((ticks - epoch) % 10000000 * 100));
}

int64_t
rmn_stamp_mac(uint32_t seconds)
{
	return seconds ? rmn_time_from_unix((int64_t)seconds - 2082844800, 0) : RMN_TIME_UNKNOWN;
}
