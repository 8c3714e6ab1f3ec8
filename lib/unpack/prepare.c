/* SPDX-License-Identifier: MIT
 *
 * The one process-wide state of this folder: made once, never changed, never freed. */
#include "unpack/prepare.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "unpack/unpack.h"

static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static locale_t utf8_locale;

static const char *const locale_names[] = {"C.UTF-8", "C.utf8", "en_US.UTF-8", "ja_JP.UTF-8"};

static void
prepare(void)
{
	for (size_t i = 0; !utf8_locale && i < sizeof(locale_names) / sizeof(locale_names[0]); i++)
		utf8_locale = newlocale(LC_CTYPE_MASK, locale_names[i], (locale_t)0);
	setenv("TZ", "UTC0", 1);
	tzset();
}

locale_t
rmn_unpack_locale(void)
{
	pthread_once(&prepared, prepare);
	return utf8_locale;
}

enum rmn_status
rmn_unpack_prepare(struct rmn_error *error)
{
	if (rmn_unpack_locale())
		return RMN_OK;
	return rmn_fail(error, RMN_UNSUPPORTED,
	    "no UTF-8 locale: names in archives may lose what is not ASCII");
}
