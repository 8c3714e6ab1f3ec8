/* SPDX-License-Identifier: MIT
 *
 * The detection engine with the built-in rules, over raw bytes. */
#include <stdlib.h>

#include "detect/detect.h"
#include "tests/fuzz/fuzz.h"

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

static void
on_finding(void *context, const struct rmn_finding *finding)
{
	(void)context;
	(void)finding;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rmn_detect_input input = {.bytes = {data, size}};

	if (rmn_detect(detector, &input, on_finding, NULL, NULL) == RMN_NOMEM)
		abort();
	return 0;
}
