/* SPDX-License-Identifier: MIT
 *
 * Looking words up. */
#include <stdio.h>
#include <string.h>

#include "classify/classify.h"
#include "report/words.h"

static const struct {
	const char *key, *text[2];
} words[] = {
#define WORD(key, english, japanese) {key, {english, japanese}},
#include "report/words.def"
#undef WORD
};

const char *
rmn_report_find_word(enum rmn_report_language language, const char *key)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].key, key) == 0)
			return words[i].text[language];
	return NULL;
}

const char *
rmn_report_word(enum rmn_report_language language, const char *key)
{
	const char *word = rmn_report_find_word(language, key);

	return word ? word : key;
}

/* Types of documents have their titles where they are recognised. */
static const char *
doc_type_word(enum rmn_report_language language, const char *value)
{
	const struct rmn_doc_type *type;

	for (type = rmn_doc_types; type->id; type++)
		if (strcmp(type->id, value) == 0)
			return language == RMN_JAPANESE ? type->title_ja : type->title_en;
	return value;
}

const char *
rmn_report_value_word(enum rmn_report_language language, const char *group, const char *value)
{
	const char *word;
	char key[80];

	if (!value)
		return rmn_report_word(language, "unknown");
	if (strcmp(group, "doc_type") == 0)
		return doc_type_word(language, value);
	snprintf(key, sizeof(key), "%s.%s", group, value);
	word = rmn_report_find_word(language, key);
	return word ? word : value;
}
