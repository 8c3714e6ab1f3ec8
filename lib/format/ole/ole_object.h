/* SPDX-License-Identifier: MIT
 *
 * Objects that somebody put into an OLE2 document or a text with OLE 1 objects (MS-OLEDS): files in
 * packages, documents as streams or storages. */
#ifndef RMN_FORMAT_OLE_OBJECT_H
#define RMN_FORMAT_OLE_OBJECT_H

#include "format/ole/ole.h"

/* Gives everything embedded in the storages below storage (Word: "ObjectPool", others: the storage
 * of the document itself; those that are no objects hold nothing to give).  Files become members
 * with their names, their original paths are text; documents in storages are read by their rows,
 * with the object's name in front of the names of their parts; streams that nobody knows become
 * members.  What cannot be read is told to the sink.  Returns the status of a sink that wants no
 * more, else RMN_OK. */
enum rmn_status rmn_ole_objects_give(const struct rmn_ole *ole, uint32_t storage);

/* A package as an OLE 1 object or an "Ole10Native" stream (without its length) holds it. */
struct rmn_ole_package {
	struct rmn_bytes label;		/* file name, in the code page of whoever made it */
	struct rmn_bytes path;		/* where the file was */
	struct rmn_bytes copy_path;	/* where it was copied from */
	struct rmn_bytes data;
	struct rmn_bytes label_utf16;	/* newer writers repeat the names; else empty */
	struct rmn_bytes path_utf16;
	bool is_cut;			/* less data than was announced */
};

bool rmn_ole_package_read(struct rmn_bytes native, struct rmn_ole_package *package);

/* Gives the file as a member, its paths as text of a part "embedded files".  False, and nothing
 * given, when native is no package.  text->status afterwards is that of the sink. */
bool rmn_ole_package_give(struct rmn_bytes native, struct rmn_text *text);

#endif
