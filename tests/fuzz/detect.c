/* SPDX-License-Identifier: MIT
 *
 * The detection engine with the built-in rules, over raw bytes, as text in each encoding, and as the
 * rows of a table. */
#include <stdlib.h>

#include "detect/detect.h"
#include "tests/fuzz/fuzz.h"

/* Longer inputs are taken as raw bytes only. */
#define TEXT_BYTES 4096

static struct rmn_rules *rules;
static struct rmn_detector *detector;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return rmn_rules_load(NULL, NULL, &rules, NULL) != RMN_OK ||
	    rmn_detector_new(rules, &detector, NULL) != RMN_OK;
}

/* What is reported must lie in the bytes. */
static void
on_finding(void *context, const struct rmn_finding *finding)
{
	const struct rmn_detect_input *input = context;

	if (finding->offset < input->offset ||
	    finding->offset - input->offset > input->bytes.size ||
	    finding->length_bytes > input->bytes.size - (finding->offset - input->offset))
		abort();
}

static void
try_input(struct rmn_detect_input input)
{
	if (rmn_detect(detector, &input, on_finding, &input, NULL) == RMN_NOMEM)
		abort();
}

static void
try_table(struct rmn_detect_input input, char delimiter)
{
	input.delimiter = delimiter;
	rmn_detect_table_begin(detector, delimiter);
	try_input(input);
	rmn_detect_table_end(detector, on_finding, &input);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rmn_detect_input input = {.bytes = {data, size}};

	try_input(input);
	if (size > TEXT_BYTES)
		return 0;
	for (int e = RMN_ENCODING_UNKNOWN + 1; e < RMN_ENCODING_COUNT; e++) {
		input.encoding = (enum rmn_encoding)e;
		try_input(input);
	}
	input.encoding = RMN_UTF8;
	try_table(input, ',');
	try_table(input, '\t');
	input.offset = 1ull << 40;
	input.skip = size / 3;
	input.tail = size / 4;
	input.is_code = input.is_header = true;
	try_input(input);
	return 0;
}
