/* SPDX-License-Identifier: MIT */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

enum rmn_status
rmn_fail(struct rmn_error *error, enum rmn_status status, const char *format, ...)
{
	va_list arguments;

	if (!error || error->status != RMN_OK)
		return status;
	error->status = status;
	va_start(arguments, format);
	vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
	return status;
}

void
rmn_error_clear(struct rmn_error *error)
{
	if (error)
		*error = (struct rmn_error){0};
}

const char *
rmn_status_name(enum rmn_status status)
{
	switch (status) {
	case RMN_END:
		return "end";
	case RMN_OK:
		return "ok";
	case RMN_PARTIAL:
		return "partial";
	case RMN_CORRUPT:
		return "corrupt";
	case RMN_UNSUPPORTED:
		return "unsupported";
	case RMN_LIMIT:
		return "limit";
	case RMN_IO:
		return "io";
	case RMN_NOMEM:
		return "nomem";
	case RMN_ENCRYPTED:
		return "encrypted";
	}
	return "unknown";
}
