/* SPDX-License-Identifier: MIT
 *
 * The table is data/tlds.txt, sorted at build time. */
#include "detect/tld.h"

#include <stdlib.h>
#include <string.h>

static const char *const tlds[] = {
#include "detect/tld_rows.h"
};

#define LONGEST 24u

static int
compare_tld(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row);
}

bool
rmn_tld_is(struct rmn_bytes label)
{
	char text[LONGEST + 1];

	if (label.size < 2 || label.size > LONGEST)
		return false;
	for (size_t i = 0; i < label.size; i++)
		text[i] = (char)(label.data[i] >= 'A' && label.data[i] <= 'Z' ?
		    label.data[i] | 32 : label.data[i]);
	text[label.size] = '\0';
	return bsearch(text, tlds, sizeof(tlds) / sizeof(tlds[0]), sizeof(tlds[0]), compare_tld);
}

size_t
rmn_tld_prefix(struct rmn_bytes label, size_t most)
{
	for (size_t size = most < LONGEST ? most : LONGEST; size >= 2 && size <= label.size; size--)
		if (rmn_tld_is((struct rmn_bytes){ label.data, size }))
			return size;
	return 0;
}
