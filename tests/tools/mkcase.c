/* SPDX-License-Identifier: MIT
 *
 * mkcase CASE [FINDINGS] -- writes the synthetic case of mkcase.h, with so many findings a file. */
#include "tests/tools/mkcase.h"

int
main(int argc, char **argv)
{
	struct rmn_case_options options = {.mode = RMN_CASE_WRITE, .keep_values = argc > 3};
	struct rmn_error error = {0};
	struct rmn_case *c;

	if (argc < 2)
		return 2;
	if (rmn_case_open(argv[1], &options, &c, &error) != RMN_OK) {
		fprintf(stderr, "mkcase: %s\n", error.text);
		return 4;
	}
	mkcase_fill(c, argc > 2 ? strtoull(argv[2], NULL, 10) : 10);
	rmn_case_close(c);
	return 0;
}
