/* SPDX-License-Identifier: MIT
 *
 * Documents in cells of databases. */
#ifndef RMN_FORMAT_CELL_DOCUMENT_H
#define RMN_FORMAT_CELL_DOCUMENT_H

#include "base/arena.h"
#include "base/bytes.h"

/* Documents that are taken out of the cells of one database. */
#define RMN_CELL_DOCUMENTS_MAX 4096u

/* Whether bytes are a document or archive with a mark of its own, and become a member.  Asked for
 * every binary value of a database. */
bool rmn_cell_is_document(struct rmn_bytes bytes, struct rmn_arena *arena);

#endif
