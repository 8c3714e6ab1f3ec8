/* SPDX-License-Identifier: MIT
 *
 * Sparse bundles: a disk cut into files of 8 MiB, as Time Machine keeps it on a network drive
 * (NAME.sparsebundle/bands/<hex>).  The disk inside is not rebuilt here; that it is there is told. */
#include <stdio.h>
#include <string.h>

#include "recover/hfs.h"

#define TOLD_MAX 100u			/* bundles of one volume */

static bool
name_ends(struct rmn_bytes name, const char *end)
{
	size_t size = strlen(end);

	return name.size > size && memcmp(name.data + name.size - size, end, size) == 0;
}

static bool
name_is_hex(struct rmn_bytes name)
{
	for (size_t i = 0; i < name.size; i++)
		if (!memchr("0123456789abcdef", name.data[i], 16))
			return false;
	return name.size > 0 && name.size <= 8;
}

static void
bundle_tell(struct hfs *h, uint32_t volume, const struct hfs_plan *plan,
    const struct hfs_entry *bands, struct rmn_bytes bundle)
{
	unsigned long long bytes = 0;
	unsigned count = 0;
	char text[400];

	for (size_t i = rmn_hfs_children_from(plan, bands->cnid); i < plan->count &&
	    plan->entries[i].parent == bands->cnid; i++) {
		const struct hfs_record *record = &h->records[plan->entries[i].record];

		if (record->kind == HFS_FILE && name_is_hex(hfs_name(h, record))) {
			count++;
			bytes += record->data.size_bytes;
		}
	}
	snprintf(text, sizeof(text), "%.*s: %u bands, %llu bytes in all: the disk inside was not "
	    "put together", (int)(bundle.size < 200 ? bundle.size : 200), bundle.data, count, bytes);
	if (count > 0)
		h->r->unexamined(h->r->context, h->volumes[volume].number, "sparse bundle", text);
}

void
rmn_hfs_bundles_tell(struct hfs *h, uint32_t volume, const struct hfs_plan *plan)
{
	unsigned told = 0;

	for (size_t i = 0; i < plan->count && told < TOLD_MAX; i++) {
		const struct hfs_entry *e = &plan->entries[i], *parent;
		struct rmn_bytes name = hfs_name(h, &h->records[e->record]);

		if ((e->kind != HFS_FOLDER && e->kind != HFS_FOLDER_THREAD) ||
		    !rmn_bytes_equal(name, rmn_bytes_from_string("bands")))
			continue;
		parent = rmn_hfs_place_find(plan, plan->folders, plan->folder_count, e->parent);
		if (!parent)
			continue;
		name = hfs_name(h, &h->records[parent->record]);
		if (name_ends(name, ".sparsebundle") || name_ends(name, ".backupbundle")) {
			bundle_tell(h, volume, plan, e, name);
			told++;
		}
	}
}
