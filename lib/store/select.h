/* SPDX-License-Identifier: MIT
 *
 * Items of a case by what a user asks for: those of remnant-recover. */
#ifndef RMN_STORE_SELECT_H
#define RMN_STORE_SELECT_H

#include "store/case.h"

struct rmn_words {
	const char *const *items;
	size_t count;
};

/* All of them must hold; an empty list of words asks nothing. */
struct rmn_select {
	struct rmn_words states;	/* deleted lost carved allocated */
	struct rmn_words grades;	/* "A" ... */
	struct rmn_words types;		/* extensions or names of the format table */
	const char *path_glob;		/* over the path in its volume; NULL: any */
	const char *where;		/* an SQL expression over v_item; NULL: any */
	bool documents_only;
};

/* Borrowed for the call. */
struct rmn_selected {
	int64_t id;
	int64_t source_id, volume_id;	/* volume_id 0: none */
	const char *source_path, *source_name;
	const char *place;		/* of the volume: "p1@1048576(ntfs,lost)"; "" for none */
	struct rmn_bytes path;
	const char *kind, *state, *grade, *recoverability, *format;	/* NULL where unknown */
	const char *sha256;		/* hex, NULL when it was not examined */
	const char *forensic_path;
	uint64_t size_bytes;
	int64_t created, modified, accessed;
	bool has_bytes;			/* false: another name of bytes that an item before has */
	uint64_t first_offset;
};

/* Items with bytes on an image or device, in disk order.  RMN_CORRUPT with a sentence when the
 * expression is none. */
enum rmn_status rmn_case_select(struct rmn_case *c, const struct rmn_select *select,
    enum rmn_status (*each)(void *context, const struct rmn_selected *item), void *context,
    struct rmn_error *error);

#endif
