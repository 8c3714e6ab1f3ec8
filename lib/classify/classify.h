/* SPDX-License-Identifier: MIT
 *
 * What kind of document a text is (contract, invoice, minutes ...), by the weights of DOMAIN 2.2,
 * how it is marked (2.3), and in which language it is. */
#ifndef RMN_CLASSIFY_CLASSIFY_H
#define RMN_CLASSIFY_CLASSIFY_H

#include "base/bytes.h"
#include "base/status.h"

struct rmn_classify_input {
	struct rmn_bytes name;		/* file name, UTF-8 */
	struct rmn_bytes path;		/* UTF-8; folders may carry a marking */
	struct rmn_bytes title;		/* from the properties; may be empty */
	struct rmn_bytes head_text;	/* the first text, UTF-8; of more than 18 KiB the head */
	uint64_t text_bytes;		/* all of it */
	bool is_mail;
};

struct rmn_classification {
	const char *doc_type;		/* stable id: "contract" ... "other"; static */
	unsigned type_score;		/* 0-100 */
	const char *marking;		/* stable id by level: "top_secret" "secret" "internal" "draft"
					 * or ""; static */
	unsigned marking_level;		/* 0-4 */
	char marking_text[32];		/* as written: "社外秘" */
	bool is_business;
	const char *language;		/* "ja" "en" "" ; static */
};

/* The words of every type, made once for many documents; NULL when out of memory. */
struct rmn_classifier;
struct rmn_classifier *rmn_classifier_new(void);
void rmn_classifier_free(struct rmn_classifier *classifier);	/* takes NULL */

void rmn_classify(struct rmn_classifier *classifier, const struct rmn_classify_input *input,
    struct rmn_classification *result);

/* Every type, for reports: id, English and Japanese title; NULL id at the end. */
struct rmn_doc_type { const char *id, *title_en, *title_ja; };
extern const struct rmn_doc_type rmn_doc_types[];

#endif
