/* SPDX-License-Identifier: MIT
 *
 * Inside identify/ only: contents that are told by fixed bytes at a fixed place. */
#ifndef RMN_IDENTIFY_SIGNATURES_H
#define RMN_IDENTIFY_SIGNATURES_H

#include "base/bytes.h"

struct rmn_signature {
	uint32_t offset;
	uint32_t size;
	const char *bytes;
	const char *media_type;
	uint32_t second_offset;		/* 0: none */
	uint32_t second_size;
	const char *second_bytes;
};

/* In order: a row above wins over one below.  NULL bytes at the end. */
extern const struct rmn_signature rmn_signatures[];

#endif
