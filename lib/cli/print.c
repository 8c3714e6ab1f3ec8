/* SPDX-License-Identifier: MIT */
#include "cli/print.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/utf8.h"

void
rmn_print_evidence(struct rmn_bytes text)
{
	size_t same = rmn_utf8_lines_size(text);
	struct rmn_buf line;

	if (same > 0)
		fwrite(text.data, 1, same, stdout);
	text = rmn_bytes_after(text, same);
	if (text.size == 0)
		return;
	rmn_buf_init(&line, 0);
	rmn_utf8_append_lines(&line, text);
	fwrite(line.data, 1, line.size, stdout);
	rmn_buf_release(&line);
}
