/* SPDX-License-Identifier: MIT
 *
 * What the headers of deflate streams say, checked strictly: a header among random bytes must
 * cost no inflating. */
#ifndef RMN_UNPACK_RESIDUE_HEAD_H
#define RMN_UNPACK_RESIDUE_HEAD_H

#include "base/bytes.h"

struct rmn_residue_head {
	size_t data_at;			/* of the compressed data in the bytes searched */
	struct rmn_bytes stored_name;	/* empty when there is none */
	int64_t modified;		/* base/time.h */
	uint64_t packed_bytes;		/* UINT64_MAX: unknown */
	uint64_t size_bytes;		/* UINT64_MAX: unknown */
	uint32_t crc;			/* when has_crc */
	bool has_crc;
	bool is_stored;			/* not compressed */
	bool is_encrypted;
	bool has_zlib_frame;		/* else raw deflate */
	bool has_gzip_trailer;		/* CRC and size follow the data */
};

/* Each is true when what stands at `at` is such a header, complete and plausible. */
bool rmn_residue_zip_head(struct rmn_bytes bytes, size_t at, struct rmn_residue_head *head);
bool rmn_residue_gzip_head(struct rmn_bytes bytes, size_t at, struct rmn_residue_head *head);
bool rmn_residue_pdf_head(struct rmn_bytes bytes, size_t at, struct rmn_residue_head *head);

#endif
