/* SPDX-License-Identifier: MIT
 *
 * Disk images inside other items: a .dmg in a mail, a floppy in a zip, a virtual machine on a disk.  What
 * is on them comes as members, by the same walk that reads a source.
 *
 * Names are "p1@20480(hfsplus)/folder/file": the volume, its place and file system, then the path; files
 * that were deleted stand below "p1@20480(hfsplus,deleted)".  Bytes that no file claims come as members
 * "p1@20480(hfsplus)/unclaimed@OFFSET", one for each 16 MiB of the image, unless they are zeros. */
#ifndef RMN_INSIDE_INSIDE_H
#define RMN_INSIDE_INSIDE_H

#include "base/blob.h"
#include "base/sink.h"

/* Whether content is an image: a container of image/, or plain with a partition table or a file system
 * at its start.  *format_name (static text) says which.  ISO 9660 is an archive (unpack/unpack.h). */
bool rmn_inside_claim(struct rmn_blob *content, struct rmn_bytes head, const char **format_name);

/* Hands on the files and the rest of it as members.  RMN_UNSUPPORTED when there is no volume that is
 * known: nothing was handed on then.  RMN_PARTIAL when a part could not be walked, or when free space
 * was searched as it is: files without a name are carved on sources only, and lost file systems looked
 * for there.  RMN_ENCRYPTED, RMN_CORRUPT as the container says; a limit of the sink ends it.
 *
 * libtsk is behind it: to be called in a process that may die. */
enum rmn_status rmn_inside_read(struct rmn_blob *content, const struct rmn_sink *sink,
    struct rmn_error *error);

#endif
