/* SPDX-License-Identifier: MIT */
#include "cli/message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "cli/exit.h"

/* Longer messages are cut: nobody reads them, and evidence must not fill a log. */
#define MESSAGE_BYTES 4096

/* One write for one line, so that lines of two processes do not mix. */
static void
message_print(const char *kind, const char *format, va_list arguments, const char *tail)
{
	char text[MESSAGE_BYTES];
	struct rmn_buf line;

	vsnprintf(text, sizeof(text), format, arguments);
	rmn_buf_init(&line, 0);
	rmn_utf8_append_escaped(&line, rmn_bytes_from_string(text));
	fprintf(stderr, "%s: %s%s%s\n", program_invocation_short_name, kind,
	    rmn_buf_string(&line), tail);
	rmn_buf_release(&line);
}

void
rmn_message(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	message_print("", format, arguments, "");
	va_end(arguments);
}

void
rmn_warning(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	message_print("warning: ", format, arguments, "");
	va_end(arguments);
}

int
rmn_message_misuse(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	message_print("", format, arguments, "; try --help");
	va_end(arguments);
	return RMN_EXIT_MISUSE;
}

int
rmn_message_failure(const struct rmn_error *error)
{
	if (error->status == RMN_OK || error->status == RMN_END)
		return RMN_EXIT_DONE;
	rmn_message("%s", error->text[0] ? error->text : rmn_status_name(error->status));
	if (error->status == RMN_IO || error->status == RMN_NOMEM)
		return RMN_EXIT_FAILED;
	return RMN_EXIT_INCOMPLETE;
}
