/* SPDX-License-Identifier: MIT
 *
 * The code of lh1 and lh2, which learns: a Huffman tree whose nodes stand in falling order of how
 * often they were met, siblings side by side, the root first. */
#ifndef RMN_UNPACK_LZH_TREE_H
#define RMN_UNPACK_LZH_TREE_H

#include <stdbool.h>
#include <stdint.h>

#define LZH_TREE_SYMBOLS 314u		/* of lh1; lh2 has 286 */
#define LZH_TREE_NODES (2 * LZH_TREE_SYMBOLS)

struct lzh_tree {
	uint16_t weight[LZH_TREE_NODES];
	int16_t child[LZH_TREE_NODES];		/* the second of two siblings, or ~symbol */
	uint16_t parent[LZH_TREE_NODES];
	uint16_t leaf[LZH_TREE_SYMBOLS];	/* where a symbol stands */
	unsigned nodes;
	unsigned total;				/* symbols met since the last halving */
	bool grows;				/* the root of such a tree is not counted */
};

/* A tree of count symbols that all were met once. */
void lzh_tree_full(struct lzh_tree *tree, unsigned count);

/* A tree that has only symbol 0, and takes more. */
void lzh_tree_single(struct lzh_tree *tree);

/* One more symbol, met once.  Nothing happens when there is no room. */
void lzh_tree_grow(struct lzh_tree *tree, unsigned symbol);

/* The symbol was met. */
void lzh_tree_count(struct lzh_tree *tree, unsigned symbol);

#endif
