/* SPDX-License-Identifier: MIT
 *
 * Files of named chunks, as Publisher keeps its stories in ("CHNKINK ") and Works its documents ("CHNKWKS ").
 * Microsoft publishes no description. */
#ifndef RMN_FORMAT_CHUNKS_H
#define RMN_FORMAT_CHUNKS_H

#include "base/bytes.h"
#include "format/text_runs.h"

bool rmn_chunks_claim(struct rmn_bytes head);

/* Gives the text of chunks "TEXT" (UTF-16LE), each as a body, and runs of text of the others but fonts and
 * styles.  *texts: how many there were.  False when the directory or a chunk is damaged. */
bool rmn_chunks_give(struct rmn_text_runs *runs, struct rmn_bytes contents, unsigned *texts);

#endif
