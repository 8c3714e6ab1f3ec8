/* SPDX-License-Identifier: MIT */
#include "unpack/disc.h"

#include <string.h>

#define DESCRIPTORS_AT 32768u
#define SECTOR_BYTES 2048u
/* ISO 9660 has a few descriptors, one for each character set; UDF has three. */
#define DESCRIPTORS_MAX 16u

/* The identifier of the descriptor at index, in five characters; "" behind the end. */
static void
identifier_read(struct rmn_blob *content, unsigned index, char identifier[6])
{
	size_t got = 0;

	if (rmn_blob_read(content, DESCRIPTORS_AT + (uint64_t)index * SECTOR_BYTES + 1, identifier, 5,
	    &got, NULL) != RMN_OK)
		got = 0;
	identifier[got] = '\0';
}

bool
rmn_disc_has_udf(struct rmn_blob *content)
{
	char identifier[6];

	for (unsigned i = 0; i < DESCRIPTORS_MAX; i++) {
		identifier_read(content, i, identifier);
		if (strcmp(identifier, "NSR02") == 0 || strcmp(identifier, "NSR03") == 0)
			return true;
	}
	return false;
}

const char *
rmn_disc_find(struct rmn_blob *content)
{
	char identifier[6];

	identifier_read(content, 0, identifier);
	if (strcmp(identifier, "CD001") == 0)
		return "iso9660";
	return strcmp(identifier, "BEA01") == 0 && rmn_disc_has_udf(content) ? "udf" : NULL;
}
