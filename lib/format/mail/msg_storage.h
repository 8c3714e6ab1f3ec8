/* SPDX-License-Identifier: MIT
 *
 * How a .msg file keeps MAPI properties ([MS-OXMSG]): storages of streams named by property. */
#ifndef RMN_FORMAT_MSG_STORAGE_H
#define RMN_FORMAT_MSG_STORAGE_H

#include "format/ole/cfb.h"
#include "format/mail/mapi_names.h"

/* The entries of the file by the storage they are in, and the names of properties. */
struct rmn_msg_file {
	struct rmn_cfb *cfb;
	struct rmn_arena *arena;
	uint32_t *first, *next;		/* entry numbers; RMN_CFB_NONE at the end */
	struct rmn_mapi_names names;
	bool is_damaged;		/* a stream was cut short */
};

/* root: the storage of the outermost message, which has the names for all.  False when out of
 * memory. */
bool rmn_msg_file_open(struct rmn_msg_file *f, struct rmn_cfb *cfb, uint32_t root,
    struct rmn_arena *arena);

/* The entry directly below a storage whose name starts so (case ignored); RMN_CFB_NONE when there is
 * none. */
uint32_t rmn_msg_child(const struct rmn_msg_file *f, uint32_t storage, const char *prefix);

/* All text, numbers and bodies of the object in a storage; header_bytes stand before the list of its
 * properties. */
void rmn_msg_bag_read(struct rmn_msg_file *f, uint32_t storage, size_t header_bytes,
    struct rmn_mapi_bag *bag);

#endif
