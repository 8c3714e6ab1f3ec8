/* SPDX-License-Identifier: MIT
 *
 * Headers of ARJ archives (ARJ TECHNOTE.TXT). */
#ifndef RMN_UNPACK_ARJ_HEAD_H
#define RMN_UNPACK_ARJ_HEAD_H

#include "base/bytes.h"

/* A basic header has at most 2,600 bytes; what extends it is stepped over. */
#define RMN_ARJ_HEAD_BYTES_MAX 4096u

enum rmn_arj_type { RMN_ARJ_BINARY, RMN_ARJ_TEXT, RMN_ARJ_MAIN, RMN_ARJ_FOLDER, RMN_ARJ_LABEL };
enum rmn_arj_flag { RMN_ARJ_GARBLED = 1, RMN_ARJ_GOES_ON = 4, RMN_ARJ_GOES_BACK = 8 };

struct rmn_arj_head {
	uint8_t flags, method, type;
	uint32_t time, packed_bytes, size_bytes, crc;
	struct rmn_bytes name, comment;	/* as stored */
	uint64_t data_at;		/* from the start of the header */
	bool is_end;			/* nothing but the mark of the end */
};

/* False when bytes do not start with a whole header whose checksum fits. */
bool rmn_arj_head_read(struct rmn_bytes bytes, struct rmn_arj_head *head);

#endif
