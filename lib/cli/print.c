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
	for (size_t at = 0, end; at < text.size; at = end + 1) {
		for (end = at; end < text.size && text.data[end] != '\n' && text.data[end] != '\t';)
			end++;
		rmn_buf_clear(&line);
		rmn_utf8_append_escaped(&line, (struct rmn_bytes){text.data + at, end - at});
		fwrite(line.data, 1, line.size, stdout);
		if (end < text.size)
			putchar(text.data[end]);
	}
	rmn_buf_release(&line);
}
