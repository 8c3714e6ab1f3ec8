/* SPDX-License-Identifier: MIT */
#include "unpack/lzh_tree.h"

#define WEIGHT_MAX 0x8000u
#define WEIGHT_OF_ROOT 0xFFFFu		/* above all that it could be mixed up with */

/* Where what stands in a node has its place from now on. */
static void
node_set(struct lzh_tree *tree, unsigned node, int child)
{
	tree->child[node] = (int16_t)child;
	if (child < 0) {
		tree->leaf[~child] = (uint16_t)node;
	} else {
		tree->parent[child] = (uint16_t)node;
		tree->parent[child - 1] = (uint16_t)node;
	}
}

void
lzh_tree_full(struct lzh_tree *tree, unsigned count)
{
	unsigned below = 2 * count - 2;

	*tree = (struct lzh_tree){.nodes = 2 * count - 1};
	for (unsigned i = 0; i < count; i++) {
		tree->weight[below - i] = 1;
		node_set(tree, below - i, ~(int)i);
	}
	for (unsigned node = count - 1; node-- > 0; below -= 2) {
		tree->weight[node] = (uint16_t)(tree->weight[below] + tree->weight[below - 1]);
		node_set(tree, node, (int)below);
	}
}

void
lzh_tree_single(struct lzh_tree *tree)
{
	*tree = (struct lzh_tree){.nodes = 1, .grows = true};
	tree->weight[0] = 1;
	node_set(tree, 0, ~0);
}

/* Halves all weights and builds the tree anew from its leaves. */
static void
tree_halve(struct lzh_tree *tree)
{
	uint16_t weight[LZH_TREE_NODES];
	int16_t child[LZH_TREE_NODES];
	int leaves = 0, node = (int)tree->nodes - 1;

	for (unsigned i = 0; i < tree->nodes; i++)
		if (tree->child[i] < 0) {
			weight[leaves] = (uint16_t)((tree->weight[i] + 1) / 2);
			child[leaves++] = tree->child[i];
		}
	for (int pair = node - 1; node >= 0; pair -= 2) {
		unsigned sum;

		for (; node >= pair && leaves > 0; node--) {
			tree->weight[node] = weight[--leaves];
			node_set(tree, (unsigned)node, child[leaves]);
		}
		if (pair < 0)
			break;
		sum = (unsigned)tree->weight[pair] + tree->weight[pair + 1];
		for (; node > 0 && leaves > 0 && weight[leaves - 1] <= sum; node--) {
			tree->weight[node] = weight[--leaves];
			node_set(tree, (unsigned)node, child[leaves]);
		}
		if (node >= 0) {
			tree->weight[node] = (uint16_t)sum;
			node_set(tree, (unsigned)node--, pair + 1);
		}
	}
}

/* Adds one to a node, which first changes places with the foremost of its weight. */
static unsigned
node_count(struct lzh_tree *tree, unsigned node)
{
	unsigned first = node;

	while (first > 1 && tree->weight[first - 1] == tree->weight[node])
		first--;
	if (first != node) {
		int moved = tree->child[node];

		node_set(tree, node, tree->child[first]);
		node_set(tree, first, moved);
	}
	tree->weight[first]++;
	return tree->parent[first];
}

void
lzh_tree_count(struct lzh_tree *tree, unsigned symbol)
{
	if (tree->grows ? tree->total == WEIGHT_MAX : tree->weight[0] == WEIGHT_MAX) {
		tree_halve(tree);
		tree->total = tree->weight[0];
		if (tree->grows)
			tree->weight[0] = WEIGHT_OF_ROOT;
	}
	if (!tree->grows)
		tree->weight[0]++;
	for (unsigned node = tree->leaf[symbol]; node != 0;)
		node = node_count(tree, node);
	tree->total++;
}

/* The last leaf becomes the parent of itself and of the new one. */
void
lzh_tree_grow(struct lzh_tree *tree, unsigned symbol)
{
	unsigned last = tree->nodes - 1;

	if (tree->nodes + 2 > LZH_TREE_NODES || symbol >= LZH_TREE_SYMBOLS)
		return;
	tree->weight[last + 1] = tree->weight[last];
	tree->weight[last + 2] = 0;
	node_set(tree, last + 1, tree->child[last]);
	node_set(tree, last + 2, ~(int)symbol);
	node_set(tree, last, (int)last + 2);
	if (last == 0)
		tree->weight[0] = WEIGHT_OF_ROOT;
	tree->nodes += 2;
	lzh_tree_count(tree, symbol);
}
