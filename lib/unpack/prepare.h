/* SPDX-License-Identifier: MIT
 *
 * libarchive turns the names of zip, 7z, rar, cab and others into the charset of the locale, and
 * DOS times into those of the time zone.  Neither may depend on who runs the program, and neither
 * may be looked up on disk from inside the sandbox: both are fixed once, before. */
#ifndef RMN_UNPACK_PREPARE_H
#define RMN_UNPACK_PREPARE_H

#include <locale.h>

/* The UTF-8 locale of this folder (the program's own stays "C"), made by the first call or by
 * rmn_unpack_prepare; (locale_t)0 where there is none: names outside ASCII may then be lost. */
locale_t rmn_unpack_locale(void);

#endif
