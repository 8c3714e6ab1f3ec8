/* SPDX-License-Identifier: MIT
 *
 * Text that Windows metafiles draw (MS-EMF, MS-WMF): what a printer driver or a clipboard left of a
 * document. */
#ifndef RMN_FORMAT_METAFILE_H
#define RMN_FORMAT_METAFILE_H

#include "format/text.h"

/* Puts the strings of an EMF or WMF; those drawn on one line after each other stay on it.  Strings of
 * glyph numbers are no text.  False when it is neither, or its records do not hold to the end. */
bool rmn_metafile_give(struct rmn_text *text, struct rmn_bytes metafile);

#endif
