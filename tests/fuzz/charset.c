/* SPDX-License-Identifier: MIT
 *
 * Guessing and decoding in every encoding, and the working copy that patterns run on. */
#include <stdlib.h>

#include "base/utf8.h"
#include "charset/charset.h"
#include "charset/normal.h"
#include "tests/fuzz/fuzz.h"

static struct rmn_normal normal;
static struct rmn_buf decoded;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	rmn_normal_init(&normal);
	rmn_buf_init(&decoded, 0);
	return 0;
}

static void
try_encoding(struct rmn_bytes bytes, enum rmn_encoding encoding)
{
	rmn_buf_clear(&decoded);
	rmn_charset_decode(bytes, encoding, &decoded, NULL);
	if (!rmn_utf8_is_valid(rmn_buf_bytes(&decoded)))
		abort();
	if (bytes.size > 1u << 20 || rmn_normal_fill(&normal, bytes, encoding) != RMN_OK)
		return;
	for (size_t i = 0; i <= normal.text.size; i++) {
		if (normal.source[i] > bytes.size)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rmn_bytes bytes = {data, size};

	rmn_charset_guess(bytes);
	for (int e = RMN_ENCODING_UNKNOWN + 1; e < RMN_ENCODING_COUNT; e++)
		try_encoding(bytes, (enum rmn_encoding)e);
	return 0;
}
