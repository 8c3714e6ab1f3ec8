/* SPDX-License-Identifier: MIT
 *
 * What is this content: own signatures and libmagic. */
#include <stdlib.h>

#include "identify/identify.h"
#include "tests/fuzz/fuzz.h"

static struct rmn_identifier *identifier;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return rmn_identifier_new(&identifier, NULL) != RMN_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!rmn_identify(identifier, (struct rmn_bytes){data, size}))
		abort();
	return 0;
}
