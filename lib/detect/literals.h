/* SPDX-License-Identifier: MIT
 *
 * Literals in every encoding, found in one pass (vectorscan).  A literal opens its place for a
 * rule, or only says that a label stands there. */
#ifndef RMN_DETECT_LITERALS_H
#define RMN_DETECT_LITERALS_H

#include "base/bytes.h"
#include "base/status.h"

/* How the bytes around a literal are to be read. */
enum rmn_family {
	RMN_FAMILY_BYTES,	/* ASCII or a multi-byte encoding */
	RMN_FAMILY_WIDE,	/* UTF-16 */
};

#define RMN_LITERAL_MAX 96u	/* bytes of the longest */

struct rmn_literal {
	struct rmn_bytes bytes;
	enum rmn_family family;
	bool any_case;
	bool is_plain;			/* the ASCII form of an ASCII text */
	bool is_at;			/* a full-width '@' */
	uint8_t low;			/* where the low byte of its first UTF-16 unit is */
	uint16_t *rules;		/* opened here: UINT16_MAX stands for "label only" */
	size_t rule_count;
};

struct rmn_literals;
struct rmn_literal_scan;	/* one thread's scratch */

struct rmn_literals *rmn_literals_new(void);		/* NULL when out of memory */
void rmn_literals_free(struct rmn_literals *literals);	/* takes NULL */

#define RMN_LITERAL_LABEL UINT16_MAX

/* Adds text (UTF-8) in every encoding that can write it.  False when out of memory. */
bool rmn_literals_add(struct rmn_literals *literals, struct rmn_bytes text, bool any_case,
    uint16_t rule);

/* Adds bytes as they are. */
bool rmn_literals_add_bytes(struct rmn_literals *literals, struct rmn_bytes bytes, uint16_t rule);

/* Compiles them; called again it does nothing. */
enum rmn_status rmn_literals_compile(struct rmn_literals *literals, struct rmn_error *error);

const struct rmn_literal *rmn_literals_at(const struct rmn_literals *literals, unsigned index);

/* Needs a compiled set. */
enum rmn_status rmn_literal_scan_new(const struct rmn_literals *literals,
    struct rmn_literal_scan **scan, struct rmn_error *error);
void rmn_literal_scan_free(struct rmn_literal_scan *scan);	/* takes NULL */

/* Calls with the index of each literal and the end of each place where it stands, in the order
 * of the places. */
typedef void (*rmn_literal_fn)(void *context, unsigned index, size_t end);
enum rmn_status rmn_literal_scan_run(struct rmn_literal_scan *scan, struct rmn_bytes bytes,
    rmn_literal_fn found, void *context);

#endif
