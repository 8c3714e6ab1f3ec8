/* SPDX-License-Identifier: MIT
 *
 * The blocks between two known ones: of those that nobody else has, in their order on the disk, some
 * are this file's.  When there are exactly as many as needed nothing is to be decided.  Otherwise each
 * choice has a cost: bytes that do not look like what the FAT has there, sudden changes at the border
 * of a block, and every jump.  The cheapest is found by dynamic programming over (blocks kept, blocks
 * left out), once from each end, so that the cheapest way through every other state is known too: only
 * when all are clearly dearer is the choice taken. */
#include <string.h>

#include "base/checked.h"
#include "carve/cfb_mend.h"

#define STATES_MAX ((size_t)1 << 22)
#define COST_NEVER 1000000000
#define COST_JUMP 6		/* over blocks that nobody has */
#define COST_JUMP_TAKEN 1
#define MARGIN 20		/* the next best must cost so much more */
#define SECTORS_MAX 128u	/* of a block */

/* cost[kind][class] of one sector */
static const int costs[][CFB_CLASS_COUNT] = {
	[CFB_KIND_FREE] = {0, 0, 0, 0},
	[CFB_KIND_FAT] = {4, 8, 0, 8},
	[CFB_KIND_DIRECTORY] = {1, 8, 0, 8},
	[CFB_KIND_MINI_FAT] = {1, 8, 0, 8},
	[CFB_KIND_MINI] = {0, 0, 0, 1},
	[CFB_KIND_PLAIN] = {1, 0, 0, 4},
	[CFB_KIND_MIXED] = {1, 1, 0, 0},
	[CFB_KIND_PACKED] = {4, 4, 3, 0},
	[CFB_KIND_UNKNOWN] = {0, 0, 0, 0},
};

static bool
block_classes(const struct cfb_gap *g, uint64_t place, uint8_t *classes)
{
	unsigned char sector[512];

	g->d->m->tools->work += g->d->block_bytes;
	if (g->d->m->tools->work_limit && g->d->m->tools->work > g->d->m->tools->work_limit)
		return false;
	for (unsigned i = 0; i < g->sectors; i++) {
		rmn_disk_read(g->d->m->disk, place + i * 512u, sector, 512);
		classes[i] = (uint8_t)cfb_classify(sector);
	}
	return true;
}

/* The free blocks strictly between two places. */
static bool
free_list(struct cfb_gap *g, uint64_t low, uint64_t high)
{
	const struct rmn_mender *m = g->d->m;
	uint64_t count = 0, limit = (high - low) / g->d->block_bytes;

	g->free = rmn_arena_alloc(g->d->arena, (size_t)limit + 1, sizeof(*g->free));
	if (!g->free)
		return false;
	for (uint64_t at = low + g->d->block_bytes; at < high; at += g->d->block_bytes)
		if (rmn_mender_is_free(m, at))
			g->free[count++] = at;
	if (count < g->need)
		return false;
	g->extra = (uint32_t)(count - g->need);
	return true;
}

/* What file block number wanted costs when free block index serves. */
static int
block_cost(const struct cfb_gap *g, uint32_t wanted, size_t index)
{
	const uint8_t *kinds = g->d->kinds + (size_t)(g->first + wanted) * g->sectors;
	const uint8_t *classes = g->classes + index * g->sectors;
	int cost = 0;

	for (unsigned i = 0; i < g->sectors; i++)
		cost += costs[kinds[i]][classes[i]];
	return cost;
}

/* What the border before file block number wanted costs, between these classes. */
static int
border_cost(const struct cfb_gap *g, uint32_t wanted, uint8_t left, uint8_t right)
{
	const uint32_t *chains = g->d->chains + (size_t)(g->first + wanted) * g->sectors;

	return left != right && chains[0] && chains[0] == chains[-1] ? g->change_cost : 0;
}

static int
jump_cost(const struct cfb_gap *g, uint64_t left, uint64_t right)
{
	return right == left + g->d->block_bytes ? 0 : COST_JUMP_TAKEN;
}

static uint8_t
class_first(const struct cfb_gap *g, size_t index)
{
	return index == (size_t)g->need + g->extra ? g->behind : g->classes[index * g->sectors];
}

static uint8_t
class_last(const struct cfb_gap *g, size_t index)
{
	return index == SIZE_MAX ? g->before : g->classes[(index + 1) * g->sectors - 1];
}

static uint64_t
place_of(const struct cfb_gap *g, size_t index)
{
	return index == SIZE_MAX ? g->place_before :
	    index == (size_t)g->need + g->extra ? g->place_behind : g->free[index];
}

/* The border between block wanted - 1, served by index left, and wanted, served by right; left_out
 * blocks nobody has are jumped over. */
static int
step_cost(const struct cfb_gap *g, uint32_t wanted, size_t left, size_t right, bool is_jump)
{
	return (is_jump ? COST_JUMP : jump_cost(g, place_of(g, left), place_of(g, right))) +
	    border_cost(g, wanted, class_last(g, left), class_first(g, right));
}

/* How rare it is that one sector looks unlike the next, inside of blocks: at the border of two it says so
 * much.  And what leaving blocks out costs: a change at a border between two of them has to be the start
 * of somebody else's file. */
static bool
changes_count(struct cfb_gap *g)
{
	size_t count = (size_t)g->need + g->extra, changes = 1, pairs = count * (g->sectors - 1u);

	for (size_t i = 0; i < count; i++)
		for (unsigned j = 1; j < g->sectors; j++)
			changes += g->classes[i * g->sectors + j] != g->classes[i * g->sectors + j - 1];
	g->change_cost = pairs > changes * 32 ? 12 : pairs > changes * 16 ? 9 :
	    pairs > changes * 8 ? 6 : 3;
	g->left_out = rmn_arena_alloc(g->d->arena, count + 1, sizeof(*g->left_out));
	for (size_t i = 1; g->left_out && i < count; i++)
		g->left_out[i] = g->left_out[i - 1] + (g->free[i] == g->free[i - 1] +
		    g->d->block_bytes && class_last(g, i - 1) != class_first(g, i) ?
		    g->change_cost : 0);
	return g->left_out != NULL;
}

/* Leaving out free blocks from .. to - 1 (at least one). */
static int
left_out_cost(const struct cfb_gap *g, size_t from, size_t to)
{
	return g->left_out[to - 1] - g->left_out[from];
}

static void
lowest_set(int *lowest, uint8_t class, int cost)
{
	if (cost < lowest[class])
		lowest[class] = cost;
}

/* forward[k][e]: the cheapest way to have k blocks kept and e left out, the last block kept being
 * free[k + e - 1]. */
static void
forward_fill(struct cfb_gap *g)
{
	size_t width = (size_t)g->extra + 1;

	for (uint32_t k = 1; k <= g->need; k++) {
		int lowest[CFB_CLASS_COUNT];

		for (unsigned i = 0; i < CFB_CLASS_COUNT; i++)
			lowest[i] = COST_NEVER;
		for (size_t e = 0; e < width; e++) {
			size_t index = k + e - 1, left = index - 1;
			int best = COST_NEVER, *cell = &g->forward[k * width + e];
			uint8_t first = class_first(g, index);

			if (k == 1) {
				best = step_cost(g, 0, SIZE_MAX, index, e > 0) +
				    (e > 0 ? left_out_cost(g, 0, index) : 0);
			} else {
				best = g->forward[(k - 1) * width + e] +
				    step_cost(g, k - 1, left, index, false);
				for (unsigned i = 0; i < CFB_CLASS_COUNT; i++) {
					int jumped = lowest[i] + COST_JUMP + g->left_out[left] +
					    border_cost(g, k - 1, (uint8_t)i, first);

					best = jumped < best ? jumped : best;
				}
				lowest_set(lowest, class_last(g, left),
				    g->forward[(k - 1) * width + e] - g->left_out[index]);
			}
			*cell = best + block_cost(g, k - 1, index);
		}
	}
}

/* backward[k][e]: what is still to be paid from that state on. */
static void
backward_fill(struct cfb_gap *g)
{
	size_t width = (size_t)g->extra + 1;

	for (size_t e = 0; e < width; e++)
		g->backward[g->need * width + e] = step_cost(g, g->need, g->need + e - 1,
		    (size_t)g->need + g->extra, e < g->extra) + (e < g->extra ?
		    left_out_cost(g, g->need + e, (size_t)g->need + g->extra) : 0);
	for (uint32_t k = g->need; k-- > 1;) {
		int lowest[CFB_CLASS_COUNT];

		for (unsigned i = 0; i < CFB_CLASS_COUNT; i++)
			lowest[i] = COST_NEVER;
		for (size_t e = width; e-- > 0;) {
			size_t index = k + e - 1, right = index + 1;
			int own = g->backward[(k + 1) * width + e] + block_cost(g, k, right);
			int best = own + step_cost(g, k, index, right, false);
			uint8_t last = class_last(g, index);

			for (unsigned i = 0; i < CFB_CLASS_COUNT; i++) {
				int jumped = lowest[i] + COST_JUMP - g->left_out[right] +
				    border_cost(g, k, last, (uint8_t)i);

				best = jumped < best ? jumped : best;
			}
			lowest_set(lowest, class_first(g, right), own + g->left_out[index]);
			g->backward[k * width + e] = best;
		}
	}
}

static int
through(const struct cfb_gap *g, uint32_t k, size_t e)
{
	size_t at = k * ((size_t)g->extra + 1) + e;

	return g->forward[at] + g->backward[at];
}

/* Takes the cheapest state of each row; false when another is nearly as cheap anywhere. */
static bool
cheapest_take(struct cfb_gap *g)
{
	bool is_clear = true;

	for (uint32_t k = 1; k <= g->need; k++) {
		size_t best = 0;
		int next = COST_NEVER;

		for (size_t e = 1; e <= g->extra; e++)
			if (through(g, k, e) < through(g, k, best))
				best = e;
		for (size_t e = 0; e <= g->extra; e++)
			if (e != best && through(g, k, e) < next)
				next = through(g, k, e);
		is_clear = is_clear && next - through(g, k, best) >= MARGIN;
		g->least = through(g, k, best);
		g->chosen[k - 1] = (uint32_t)(k + best - 1);
	}
	return is_clear;
}

static enum cfb_gap_end
decide(struct cfb_gap *g)
{
	size_t states, count = (size_t)g->need + g->extra;

	if (!rmn_mul_size((size_t)g->need + 1, (size_t)g->extra + 1, &states) || states > STATES_MAX)
		return CFB_GAP_NONE;
	g->classes = rmn_arena_take(g->d->arena, count * g->sectors);
	g->forward = rmn_arena_alloc(g->d->arena, states, sizeof(int));
	g->backward = rmn_arena_alloc(g->d->arena, states, sizeof(int));
	g->chosen = rmn_arena_alloc(g->d->arena, (size_t)g->need + 1, sizeof(*g->chosen));
	if (!g->classes || !g->forward || !g->backward || !g->chosen)
		return CFB_GAP_NONE;
	for (size_t i = 0; i < count; i++)
		if (!block_classes(g, g->free[i], g->classes + i * g->sectors))
			return CFB_GAP_NONE;
	if (!changes_count(g))
		return CFB_GAP_NONE;
	forward_fill(g);
	backward_fill(g);
	return cheapest_take(g) ? CFB_GAP_CLEAR : CFB_GAP_DOUBTFUL;
}

static void
chosen_place(const struct cfb_gap *g)
{
	for (uint32_t k = 0; k < g->need; k++)
		g->d->places[g->first + k] = g->free[g->chosen[k]];
}

enum cfb_gap_end
cfb_gap_fill(struct cfb_mend *d, const struct cfb_spot *from, const struct cfb_spot *to,
    struct cfb_gap *gap)
{
	struct cfb_gap g = {.d = d, .first = from->block + 1, .need = to->block - from->block - 1,
	    .sectors = d->block_bytes / 512, .place_before = from->image_offset,
	    .place_behind = to->image_offset};
	uint8_t classes[SECTORS_MAX];

	*gap = g;
	if (g.need == 0)
		return CFB_GAP_CLEAR;
	if (to->image_offset <= from->image_offset || g.sectors > SECTORS_MAX ||
	    !free_list(&g, from->image_offset, to->image_offset) ||
	    !block_classes(&g, from->image_offset, classes))
		return CFB_GAP_NONE;
	g.before = classes[g.sectors - 1];
	if (!block_classes(&g, to->image_offset, classes))
		return CFB_GAP_NONE;
	g.behind = classes[0];
	if (g.extra > 0) {
		enum cfb_gap_end end = decide(&g);

		*gap = g;
		if (end != CFB_GAP_NONE)
			chosen_place(gap);
		return end;
	}
	for (uint32_t k = 0; k < g.need; k++)
		d->places[g.first + k] = g.free[k];
	*gap = g;
	return CFB_GAP_CLEAR;
}

int
cfb_gap_once_cost(const struct cfb_gap *gap, uint32_t kept)
{
	size_t left = SIZE_MAX;
	int cost = 0;

	for (uint32_t k = 0; k <= gap->need; k++) {
		size_t index = k < kept ? k : (size_t)k + gap->extra;

		cost += step_cost(gap, k, left, index, k == kept);
		if (k == kept)
			cost += left_out_cost(gap, kept, (size_t)kept + gap->extra);
		if (k < gap->need)
			cost += block_cost(gap, k, index);
		left = index;
	}
	return cost;
}

void
cfb_gap_once_take(struct cfb_gap *gap, uint32_t kept)
{
	for (uint32_t k = 0; k < gap->need; k++)
		gap->chosen[k] = k < kept ? k : k + gap->extra;
	chosen_place(gap);
}

static bool
kind_is_followed(uint8_t kind)
{
	return kind == CFB_KIND_PLAIN || kind == CFB_KIND_MIXED || kind == CFB_KIND_PACKED ||
	    kind == CFB_KIND_FAT || kind == CFB_KIND_DIRECTORY || kind == CFB_KIND_MINI_FAT;
}

/* Whether a jump before block wanted shows: streams are followed over it, so that it is there and
 * nowhere else, or the same goes on behind it, unlike all that is left out. */
static bool
jump_is_sure(const struct cfb_gap *g, uint32_t wanted, size_t left, size_t right)
{
	size_t border = (size_t)(g->first + wanted) * g->sectors;
	uint8_t class = class_last(g, left);

	if ((wanted == 0 || kind_is_followed(g->d->kinds[border - 1])) &&
	    (wanted == g->need || kind_is_followed(g->d->kinds[border])))
		return true;
	if (class == CFB_CLASS_DENSE || class != class_first(g, right) || g->change_cost < 9 ||
	    !g->d->chains[border] || g->d->chains[border] != g->d->chains[border - 1])
		return false;
	for (size_t i = left + 1; i < right; i++)
		if (class_first(g, i) == class || class_last(g, i) == class)
			return false;
	return true;
}

bool
cfb_gap_is_sure(const struct cfb_gap *gap)
{
	size_t left = SIZE_MAX;

	for (uint32_t k = 0; k <= gap->need; k++) {
		size_t right = k < gap->need ? gap->chosen[k] : (size_t)gap->need + gap->extra;

		if (right != left + 1 && !jump_is_sure(gap, k, left, right))
			return false;
		left = right;
	}
	return true;
}
