/* SPDX-License-Identifier: MIT
 *
 * What may leave the process that examines evidence: values and surroundings with everything
 * personal taken out. */
#ifndef RMN_DETECT_MASK_H
#define RMN_DETECT_MASK_H

#include "base/buf.h"

enum rmn_mask_style {
	RMN_MASK_FIRST,		/* first character of each word: "山〇 〇〇" */
	RMN_MASK_MAIL,		/* t***@e******.jp */
	RMN_MASK_PHONE,		/* first group and last two digits */
	RMN_MASK_CARD,		/* last four digits */
	RMN_MASK_SECRET,	/* first four and last two characters */
	RMN_MASK_NONE,		/* markings and keywords: nothing personal */
	RMN_MASK_ALL,		/* shapes only */
};

/* By its name in rules ("mail" "phone" "card" "secret" "first" "none" "all"); false when it is
 * none of them. */
bool rmn_mask_style_find(const char *name, enum rmn_mask_style *style);

#define RMN_MASKED_MAX 160u

/* Appends the masked form of a value (UTF-8), at most RMN_MASKED_MAX bytes. */
void rmn_mask_value(struct rmn_bytes value, enum rmn_mask_style style, struct rmn_buf *masked);

/* Appends text as shapes: digits '#', Latin letters 'x', other letters U+3007; punctuation and
 * spaces stay, control characters become spaces. */
void rmn_mask_shape(struct rmn_bytes text, struct rmn_buf *masked);

#endif
