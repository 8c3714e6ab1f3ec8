/* SPDX-License-Identifier: MIT
 *
 * The lower floors of Outlook's stores ([MS-PST] 2.2, 2.3): pages of two trees that find blocks and
 * nodes, blocks of data, and the property bags in them.  Three layouts: ANSI (32-bit), Unicode, and
 * Unicode with pages of 4 KiB and deflated blocks (Outlook 2013's OST; from libpff's notes).
 *
 * Nothing is read but what is asked for: a store of 50 GB takes no more memory than a small one. */
#ifndef RMN_FORMAT_PST_FILE_H
#define RMN_FORMAT_PST_FILE_H

#include "base/arena.h"
#include "base/blob.h"
#include "base/buf.h"
#include "format/mail/mapi.h"
#include "format/mail/mapi_names.h"

#define RMN_PST_PAGE_MAX 4096u
#define RMN_PST_BLOCK_MAX 66048u	/* with its trailer, in units of 512 */
#define RMN_PST_CACHED_PAGES 64u
#define RMN_PST_INTERNAL 2u	/* of a block's number: a list of blocks, never encoded */

enum rmn_pst_crypt {
	RMN_PST_PLAIN = 0,
	RMN_PST_PERMUTE = 1,
	RMN_PST_CYCLIC = 2,
};

/* The low five bits of a node's number. */
enum rmn_pst_node_type {
	RMN_PST_FOLDER = 0x02,
	RMN_PST_MESSAGE = 0x04,
	RMN_PST_ATTACHMENT = 0x05,
	RMN_PST_ASSOCIATED = 0x08,	/* settings that programs keep as messages */
};

/* Where a block is. */
struct rmn_pst_place {
	uint64_t id;
	uint64_t offset;
	uint32_t size;
};

struct rmn_pst_node {
	uint32_t id;
	uint32_t parent;
	uint64_t data;			/* blocks; 0: none */
	uint64_t subnodes;
};

struct rmn_pst_page {
	uint64_t offset;		/* 0: nothing is kept here */
	unsigned char bytes[RMN_PST_PAGE_MAX];
};

struct rmn_inflate;

struct rmn_pst {
	struct rmn_blob *content;
	bool is_wide;			/* Unicode: 64-bit numbers */
	bool is_big;			/* pages of 4 KiB */
	enum rmn_pst_crypt crypt;
	uint64_t length;		/* of the file, by its header */
	uint64_t node_root, block_root;	/* offsets */
	struct rmn_pst_page *pages;	/* RMN_PST_CACHED_PAGES */
	unsigned char *lists[2];	/* RMN_PST_BLOCK_MAX bytes each: a list of blocks and one below it */
	struct rmn_pst_place *old;	/* by id: places that leaves of old trees name */
	size_t old_count;
	struct rmn_inflate *inflate;	/* made with the first deflated block */
	struct rmn_buf inflated;
	struct rmn_mapi_names names;
	uint64_t work, work_limit;	/* bytes of blocks; above the limit none is read */
	bool is_damaged;		/* something that is named could not be read */
};

/* RMN_CORRUPT: the header is none; RMN_LIMIT without memory.  Close it in every case. */
enum rmn_status rmn_pst_open(struct rmn_pst *pst, struct rmn_blob *content,
    struct rmn_arena *arena, struct rmn_error *error);

void rmn_pst_close(struct rmn_pst *pst);

/* The format starts its CRC-32 at 0 and does not invert it. */
uint32_t rmn_pst_crc(const unsigned char *p, size_t size);

unsigned char rmn_pst_permuted(unsigned char byte);
void rmn_pst_decode(enum rmn_pst_crypt crypt, uint64_t block, unsigned char *bytes, size_t size);

uint32_t rmn_pst_page_bytes(const struct rmn_pst *pst);

/* Whether page (rmn_pst_page_bytes of them) is a page of the tree of nodes (blocks) with its CRC. */
bool rmn_pst_page_fits(const struct rmn_pst *pst, const unsigned char *page, bool is_nodes);

/* Entries of a page, 0 when it says nonsense; *size of each, *height (0: a leaf). */
unsigned rmn_pst_page_entries(const struct rmn_pst *pst, const unsigned char *page, unsigned *size,
    unsigned *height);
void rmn_pst_node_parse(const struct rmn_pst *pst, const unsigned char *entry,
    struct rmn_pst_node *node);
void rmn_pst_place_parse(const struct rmn_pst *pst, const unsigned char *entry,
    struct rmn_pst_place *place);

/* Every node of the tree in the order of their numbers.  A function that returns other than RMN_OK
 * ends the walk with that status.  Broken pages are stepped over (is_damaged). */
typedef enum rmn_status rmn_pst_node_function(void *context, const struct rmn_pst_node *node);
enum rmn_status rmn_pst_nodes_walk(struct rmn_pst *pst, rmn_pst_node_function *function,
    void *context);

/* Whether a leaf of the tree of nodes (blocks) that was found at offset is part of the tree as it is; page
 * has at least one entry. */
bool rmn_pst_page_is_current(struct rmn_pst *pst, uint64_t offset, const unsigned char *page,
    bool is_nodes);

/* One node; false when there is none. */
bool rmn_pst_node_find(struct rmn_pst *pst, uint32_t id, struct rmn_pst_node *node);

bool rmn_pst_place_find(struct rmn_pst *pst, uint64_t id, struct rmn_pst_place *place);

/* A block's data, decoded, into buffer (RMN_PST_BLOCK_MAX bytes); false when it cannot be read or is
 * another block's.  A wrong CRC is damage, and the data is given. */
bool rmn_pst_block_read(struct rmn_pst *pst, uint64_t id, unsigned char *buffer, size_t *size);

/* The same, of a block that is known to be there. */
bool rmn_pst_block_read_at(struct rmn_pst *pst, const struct rmn_pst_place *place, unsigned char *buffer,
    size_t *size);

/* Blocks begin and end at multiples of it. */
size_t rmn_pst_block_unit(const struct rmn_pst *pst);

/* Whether a block ends with bytes, which stand at offset: by the signature and the CRC in its trailer. */
bool rmn_pst_block_ends(struct rmn_pst *pst, struct rmn_bytes bytes, uint64_t offset,
    struct rmn_pst_place *place);

/* The encoding of a store that does not say it, by its first blocks; the usual one when none is told. */
enum rmn_pst_crypt rmn_pst_crypt_guess(struct rmn_pst *pst);

#endif
