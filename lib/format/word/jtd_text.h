/* SPDX-License-Identifier: MIT
 *
 * The units of an Ichitaro text (UTF-16BE): characters, and records of structure that are told by
 * their first unit (001C) and check themselves by their footer. */
#ifndef RMN_FORMAT_JTD_TEXT_H
#define RMN_FORMAT_JTD_TEXT_H

#include "format/text.h"

/* Puts the text; cells of ruled lines are parted by tabs, readings (ruby) and prompts of templates
 * left out.  False when a record did not hold: its units were then taken for text where they
 * can be some. */
bool rmn_jtd_text_put(struct rmn_text *text, struct rmn_bytes units);

#endif
