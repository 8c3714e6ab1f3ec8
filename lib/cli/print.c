/* SPDX-License-Identifier: MIT */
#include "cli/print.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/utf8.h"

void
rmn_print_evidence(struct rmn_bytes text)
{
	struct rmn_buf line;

	rmn_buf_init(&line, 0);
	rmn_buf_reserve(&line, text.size);
	rmn_utf8_append_lines(&line, text);
	fwrite(line.data, 1, line.size, stdout);
	rmn_buf_release(&line);
}
