/* SPDX-License-Identifier: MIT
 *
 * The first pass over bytes: places where a mail address or a number may stand, whatever the
 * encoding.  It only looks for shapes of bytes ('@'; three digits in a row, in steps of one, two or
 * three bytes), so it may announce too much, never too little. */
#ifndef RMN_DETECT_ANCHORS_H
#define RMN_DETECT_ANCHORS_H

#include "base/bytes.h"

enum rmn_anchor_kind {
	RMN_ANCHOR_MAIL,	/* at: the byte 0x40 */
	RMN_ANCHOR_DIGITS,	/* at: the third of three ASCII digits in a row */
	RMN_ANCHOR_WIDE,	/* at: the third of three digits two bytes apart: UTF-16, or the
				 * second bytes of ISO-2022-JP */
	RMN_ANCHOR_FULLWIDTH,	/* at: the third of three full-width digits: UTF-8, CP932, EUC-JP,
				 * UTF-16 */
};

typedef void (*rmn_anchor_fn)(void *context, enum rmn_anchor_kind kind, size_t at);

/* Calls for every anchor in bytes, in the order of 64-byte blocks and, within one, of kinds. */
void rmn_anchors_find(struct rmn_bytes bytes, rmn_anchor_fn found, void *context);

/* The same in portable C, to compare with. */
void rmn_anchors_find_portable(struct rmn_bytes bytes, rmn_anchor_fn found, void *context);

#endif
