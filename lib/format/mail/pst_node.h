/* SPDX-License-Identifier: MIT
 *
 * What is inside a node of Outlook's stores ([MS-PST] 2.2.2.8.3, 2.3): the chain of its blocks, nodes of
 * its own, and a heap with a bag of properties or a table. */
#ifndef RMN_FORMAT_PST_NODE_H
#define RMN_FORMAT_PST_NODE_H

#include "base/sink.h"
#include "format/mail/pst_file.h"

struct rmn_pst_subnodes {
	struct rmn_pst_node *nodes;	/* by id */
	size_t count;
};

/* block 0: none.  False when out of memory. */
bool rmn_pst_subnodes_load(struct rmn_pst *pst, uint64_t block, struct rmn_arena *arena,
    struct rmn_pst_subnodes *subnodes);
const struct rmn_pst_node *rmn_pst_subnode_find(const struct rmn_pst_subnodes *subnodes,
    uint32_t id);

/* The data of a node, block by block. */
struct rmn_pst_data {
	struct rmn_pst *pst;
	uint64_t *blocks;
	size_t count, next;
	unsigned char *buffer;		/* RMN_PST_BLOCK_MAX bytes, shared by all of a message */
	struct rmn_bytes left;		/* of the block in buffer */
	bool is_short;			/* the list of blocks is broken */
};

/* False when out of memory. */
bool rmn_pst_data_open(struct rmn_pst *pst, uint64_t block, struct rmn_arena *arena,
    unsigned char *buffer, struct rmn_pst_data *data);

/* As a member is read. */
struct rmn_member_reader rmn_pst_data_reader(struct rmn_pst_data *data);

/* The object of a node as a bag: what is wanted of its text, numbers and bodies. */
struct rmn_pst_object {
	struct rmn_pst *pst;
	struct rmn_arena *arena;
	unsigned char *buffer;		/* as above */
	struct rmn_pst_subnodes subnodes;
	/* PidTagAttachDataBinary or -Object of an attachment: where it is. */
	struct rmn_bytes held;		/* in the heap */
	const struct rmn_pst_node *kept;/* in a subnode */
	bool has_data, is_object;
};

/* Reads subnodes and bag; false when there is no heap with properties in the node, or no memory
 * (bag->failed). */
bool rmn_pst_object_read(struct rmn_pst_object *o, const struct rmn_pst_node *node,
    struct rmn_mapi_bag *bag);

/* Each row of the table in a node as a bag. */
typedef void rmn_pst_row_function(void *context, struct rmn_mapi_bag *bag);
void rmn_pst_table_read(struct rmn_pst *pst, const struct rmn_pst_node *node,
    struct rmn_arena *arena, unsigned char *buffer, unsigned codepage,
    rmn_pst_row_function *function, void *context);

#endif
