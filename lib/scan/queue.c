/* SPDX-License-Identifier: MIT */
#include "scan/queue.h"

#include <stdlib.h>

#include "base/checked.h"

void
rmn_queue_init(struct rmn_queue *queue)
{
	*queue = (struct rmn_queue){0};
}

void
rmn_queue_release(struct rmn_queue *queue)
{
	free(queue->ahead.entries);
	free(queue->behind.entries);
	rmn_queue_init(queue);
}

static bool
entry_before(const struct rmn_queue_entry *a, const struct rmn_queue_entry *b)
{
	return a->offset != b->offset ? a->offset < b->offset : a->unit < b->unit;
}

static void
heap_swap(struct rmn_queue_heap *heap, size_t i, size_t j)
{
	struct rmn_queue_entry kept = heap->entries[i];

	heap->entries[i] = heap->entries[j];
	heap->entries[j] = kept;
}

static enum rmn_status
heap_push(struct rmn_queue_heap *heap, struct rmn_queue_entry entry)
{
	size_t at = heap->count;

	if (heap->count == heap->capacity) {
		size_t capacity = heap->capacity ? heap->capacity : 1024, bytes;
		struct rmn_queue_entry *entries;

		if (!rmn_mul_size(capacity, 2, &capacity) ||
		    !rmn_mul_size(capacity, sizeof(entry), &bytes))
			return RMN_NOMEM;
		entries = realloc(heap->entries, bytes);
		if (!entries)
			return RMN_NOMEM;
		heap->entries = entries;
		heap->capacity = capacity;
	}
	heap->entries[heap->count++] = entry;
	for (; at > 0 && entry_before(&heap->entries[at], &heap->entries[(at - 1) / 2]);
	     at = (at - 1) / 2)
		heap_swap(heap, at, (at - 1) / 2);
	return RMN_OK;
}

static struct rmn_queue_entry
heap_pop(struct rmn_queue_heap *heap)
{
	struct rmn_queue_entry first = heap->entries[0];
	size_t at = 0;

	heap->entries[0] = heap->entries[--heap->count];
	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < heap->count &&
		    entry_before(&heap->entries[child + 1], &heap->entries[child]))
			child++;
		if (child >= heap->count ||
		    !entry_before(&heap->entries[child], &heap->entries[at]))
			return first;
		heap_swap(heap, at, child);
		at = child;
	}
}

enum rmn_status
rmn_queue_push(struct rmn_queue *queue, uint64_t offset, int64_t unit)
{
	struct rmn_queue_entry entry = {offset, unit};

	return heap_push(offset >= queue->head ? &queue->ahead : &queue->behind, entry);
}

bool
rmn_queue_pop(struct rmn_queue *queue, int64_t *unit)
{
	struct rmn_queue_entry entry;

	if (queue->ahead.count == 0) {		/* up again from the bottom */
		struct rmn_queue_heap empty = queue->ahead;

		queue->ahead = queue->behind;
		queue->behind = empty;
	}
	if (queue->ahead.count == 0)
		return false;
	entry = heap_pop(&queue->ahead);
	queue->head = entry.offset;
	*unit = entry.unit;
	return true;
}

size_t
rmn_queue_count(const struct rmn_queue *queue)
{
	return queue->ahead.count + queue->behind.count;
}
