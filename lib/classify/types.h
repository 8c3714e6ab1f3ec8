/* SPDX-License-Identifier: MIT
 *
 * Inside classify/ only: by which words a type of document is known. */
#ifndef RMN_CLASSIFY_TYPES_H
#define RMN_CLASSIFY_TYPES_H

/* Lists "one|two", in the form of rmn_normal_fill with ASCII in lower case; one entry for each of
 * rmn_doc_types, in its order. */
struct rmn_type_words {
	const char *strong;	/* names of the thing itself: "請求書" */
	const char *weak;	/* what stands in it: "支払期日" */
	const char *layout;	/* all of these together are its form */
	const char *not_with;	/* any of these: it is something else */
};

extern const struct rmn_type_words rmn_type_words[];

/* What no business document is. */
extern const char rmn_words_software[];	/* licences, help, manuals of software */
extern const char rmn_words_private[];
extern const char rmn_words_template[];

#endif
