/* SPDX-License-Identifier: MIT
 *
 * A finding: one value that a rule recognised at one place.
 *
 * The clear value and context exist only in the process that examines evidence; what leaves it is
 * masked (detect/mask.h) unless the case keeps values. */
#ifndef RMN_DETECT_FINDING_H
#define RMN_DETECT_FINDING_H

#include "base/bytes.h"
#include "charset/charset.h"

enum rmn_severity {	/* DOMAIN 0.2 */
	RMN_SEVERITY_INFO = 1,
	RMN_SEVERITY_LOW = 2,
	RMN_SEVERITY_MEDIUM = 3,
	RMN_SEVERITY_HIGH = 4,
	RMN_SEVERITY_CRITICAL = 5,
};
const char *rmn_severity_name(enum rmn_severity severity);	/* "info" ... "critical" */

enum rmn_tier { RMN_TIER_POSSIBLE, RMN_TIER_PROBABLE, RMN_TIER_CONFIRMED };
const char *rmn_tier_name(enum rmn_tier tier);

/* Why a finding has its score; a report can explain each hit.  Stored as a bit mask. */
enum rmn_reason {
	RMN_REASON_PATTERN = 1 << 0,
	RMN_REASON_CHECK_DIGIT = 1 << 1,
	RMN_REASON_LABEL = 1 << 2,
	RMN_REASON_COLUMN_HEADER = 1 << 3,
	RMN_REASON_SEPARATORS = 1 << 4,
	RMN_REASON_SECOND_FIELD = 1 << 5,
	RMN_REASON_COLUMN_TEST = 1 << 6,
	RMN_REASON_STRUCTURE = 1 << 7,	/* header, vCard, key file ... */
	RMN_REASON_PLACEHOLDER = 1 << 8,
	RMN_REASON_SUPPRESSED = 1 << 9,	/* score lowered by DOMAIN 0.6 */
};

struct rmn_finding {
	uint16_t rule;			/* index into the rules' rules[] */
	uint8_t score;			/* 0-100 */
	uint8_t severity;
	uint8_t encoding;		/* enum rmn_encoding of the bytes at offset */
	uint16_t reasons;
	uint64_t offset;		/* of the value's first byte in the examined bytes */
	uint32_t length_bytes;		/* of the value there */
	struct rmn_bytes value;		/* normalised, UTF-8, clear */
	struct rmn_bytes masked;	/* safe to show */
	struct rmn_bytes context;	/* masked surroundings, at most 160 bytes, safe to show */
};

/* Takes one finding; everything in it is borrowed for the call. */
typedef void (*rmn_finding_fn)(void *context, const struct rmn_finding *finding);

enum rmn_tier rmn_tier_of(unsigned score);	/* 80, 50 */

#endif
