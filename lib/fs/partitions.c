/* SPDX-License-Identifier: MIT */
#include "fs/partitions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/utf8.h"

/* When libtsk finds two kinds of table it opens neither; a GPT disk has a DOS table on purpose,
 * and the others are rarer than a DOS table that is left over. */
static const TSK_VS_TYPE_ENUM table_types[] = {
	TSK_VS_TYPE_DETECT, TSK_VS_TYPE_GPT, TSK_VS_TYPE_MAC, TSK_VS_TYPE_DOS, TSK_VS_TYPE_BSD,
	TSK_VS_TYPE_SUN,
};

void
rmn_partitions_release(struct rmn_partitions *partitions)
{
	free(partitions->items);
	*partitions = (struct rmn_partitions){0};
}

static struct rmn_partition *
partition_append(struct rmn_partitions *p)
{
	if (p->count == p->capacity) {
		size_t capacity = p->capacity ? p->capacity * 2 : 16;
		struct rmn_partition *items = reallocarray(p->items, capacity, sizeof(*items));

		if (!items)
			return NULL;
		p->items = items;
		p->capacity = capacity;
	}
	p->items[p->count] = (struct rmn_partition){0};
	return &p->items[p->count++];
}

/* Adds an entry of a table.  Entries outside the image and a second one at the same start (BSD's
 * whole-disk slice) are left out: their bytes are accounted for as what they are. */
static enum rmn_status
entry_add(struct rmn_partitions *p, const TSK_VS_PART_INFO *entry, uint64_t size_bytes,
    struct rmn_error *error)
{
	uint64_t start, length;
	struct rmn_partition *partition;
	const char *description = entry->desc ? entry->desc : "";

	if (!rmn_mul_u64(entry->start, entry->vs->block_size, &start) ||
	    !rmn_add_u64(start, entry->vs->offset, &start) ||
	    !rmn_mul_u64(entry->len, entry->vs->block_size, &length) || start >= size_bytes ||
	    length == 0)
		return RMN_OK;
	for (size_t i = 0; i < p->count; i++) {
		if (p->items[i].start_byte == start)
			return RMN_OK;
	}
	partition = partition_append(p);
	if (!partition)
		return rmn_fail(error, RMN_NOMEM, "out of memory for the partition table");
	partition->start_byte = start;
	partition->length_bytes = rmn_min_u64(length, size_bytes - start);
	snprintf(partition->slot, sizeof(partition->slot), "p%zu", p->count);
	if (rmn_utf8_is_valid(rmn_bytes_from_string(description)))
		snprintf(partition->description, sizeof(partition->description), "%.60s",
		    description);
	return RMN_OK;
}

static TSK_VS_INFO *
table_open(TSK_IMG_INFO *tsk)
{
	TSK_VS_INFO *table = NULL;

	for (size_t i = 0; !table && i < sizeof(table_types) / sizeof(table_types[0]); i++) {
		tsk_error_reset();
		table = tsk_vs_open(tsk, 0, table_types[i]);
		/* libtsk says "GPT or DOS" when there are several.  When there is none, its single
		 * kinds must not be tried: they take less as proof. */
		if (!table && i == 0 && !strstr(tsk_error_get_errstr(), " or "))
			break;
	}
	tsk_error_reset();
	return table;
}

enum rmn_status
rmn_partitions_find(TSK_IMG_INFO *tsk, uint64_t size_bytes, struct rmn_partitions *found,
    struct rmn_error *error)
{
	TSK_VS_INFO *table = table_open(tsk);
	struct rmn_partition *whole;
	enum rmn_status status = RMN_OK;

	for (const TSK_VS_PART_INFO *entry = table ? table->part_list : NULL;
	    entry && status == RMN_OK; entry = entry->next) {
		if (entry->flags & TSK_VS_PART_FLAG_ALLOC)
			status = entry_add(found, entry, size_bytes, error);
	}
	if (table)
		tsk_vs_close(table);
	if (status != RMN_OK || found->count)
		return status;
	whole = partition_append(found);
	if (!whole)
		return rmn_fail(error, RMN_NOMEM, "out of memory for the partition table");
	whole->length_bytes = size_bytes;
	return RMN_OK;
}
