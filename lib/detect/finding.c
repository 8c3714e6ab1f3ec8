/* SPDX-License-Identifier: MIT
 *
 * Names and tiers of findings. */
#include "detect/finding.h"

const char *
rmn_severity_name(enum rmn_severity severity)
{
	static const char *const names[] = {
		[RMN_SEVERITY_INFO] = "info",
		[RMN_SEVERITY_LOW] = "low",
		[RMN_SEVERITY_MEDIUM] = "medium",
		[RMN_SEVERITY_HIGH] = "high",
		[RMN_SEVERITY_CRITICAL] = "critical",
	};

	if (severity < RMN_SEVERITY_INFO || severity > RMN_SEVERITY_CRITICAL)
		return "unknown";
	return names[severity];
}

const char *
rmn_tier_name(enum rmn_tier tier)
{
	switch (tier) {
	case RMN_TIER_CONFIRMED:
		return "confirmed";
	case RMN_TIER_PROBABLE:
		return "probable";
	case RMN_TIER_POSSIBLE:
		break;
	}
	return "possible";
}

enum rmn_tier
rmn_tier_of(unsigned score)
{
	if (score >= 80)
		return RMN_TIER_CONFIRMED;
	return score >= 50 ? RMN_TIER_PROBABLE : RMN_TIER_POSSIBLE;
}
