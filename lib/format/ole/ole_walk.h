/* SPDX-License-Identifier: MIT
 *
 * All streams of a document in an OLE2 file, for readers that do not know which of them hold text. */
#ifndef RMN_FORMAT_OLE_WALK_H
#define RMN_FORMAT_OLE_WALK_H

#include "base/limits.h"
#include "format/ole/ole.h"
#include "format/text_runs.h"

#define RMN_OLE_STREAM_MAX (64 * RMN_MIB)

/* Sees each stream below the storage; path has the storages between, parted by slashes.  Anything but
 * RMN_OK ends the walk. */
typedef enum rmn_status rmn_ole_taker(void *context, const struct rmn_cfb_entry *entry,
    const char *path);

/* Walks every stream of the document but property sets, class names and other streams that hold no
 * text in any format ("\001CompObj").  Storages inside that are documents of their own are read by
 * their rows.  The worst status of what was met, RMN_OK when all of it was complete. */
enum rmn_status rmn_ole_walk(const struct rmn_ole *ole, rmn_ole_taker *take, void *context);

/* A stream's bytes as far as they can be read.  False when there are none; damage and limits are noted
 * as missing, and in *status. */
bool rmn_ole_stream(const struct rmn_ole *ole, const struct rmn_cfb_entry *entry,
    struct rmn_bytes *bytes, enum rmn_status *status);

/* Starts a part named as the stream and gives its runs of text. */
enum rmn_status rmn_ole_runs(const struct rmn_ole *ole, struct rmn_text_runs *runs,
    const struct rmn_cfb_entry *entry, const char *path);

#endif
