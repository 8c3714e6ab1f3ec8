/* SPDX-License-Identifier: MIT
 *
 * Lost NTFS volumes, from their FILE records, index blocks and logs.  Everything is found by its own
 * signature; boot sectors and record 0 only help to place clusters.
 *
 *	table	all records outside living volumes, in pieces of $MFT
 *	base	where volumes began and how large their clusters were
 *	mft	which records a record 0 that is left had
 *	volume	generations of one base
 *	names	folder trees, and files known by name alone
 *	file	files put together from their records */
#include "recover/ntfs.h"

#include "recover/ntfs_file.h"

enum rmn_status
rmn_recover_ntfs(struct rmn_recovery *r)
{
	struct rmn_ntfs_table table;
	struct rmn_ntfs_bases bases = {0};
	struct rmn_ntfs_mfts mfts = {.count = 0};
	struct rmn_ntfs_volumes volumes = {0};
	struct rmn_ntfs_names names = {0};
	enum rmn_status status = rmn_ntfs_table_collect(r, &table);

	if (status == RMN_OK)
		status = rmn_ntfs_bases_find(r, &table, &bases);
	rmn_ntfs_table_forget(&table);
	if (status == RMN_OK)
		status = rmn_ntfs_mfts_find(r, &table, &bases, &mfts);
	if (status == RMN_OK)
		status = rmn_ntfs_volumes_make(r, &table, &bases, &mfts, &volumes);
	if (status == RMN_OK)
		status = rmn_ntfs_table_sort(r, &table);
	if (status == RMN_OK)
		status = rmn_ntfs_names_collect(r, &table, &volumes, &names);
	if (status == RMN_OK)
		status = rmn_ntfs_files_give(r, &table, &volumes, &names);
	if (status == RMN_OK && table.is_cut)
		r->unexamined(r->context, UINT32_MAX, "ntfs",
		    "more pieces of $MFT than are kept apart");
	rmn_ntfs_names_release(&names);
	rmn_ntfs_volumes_release(&volumes);
	rmn_ntfs_mfts_release(&mfts);
	rmn_ntfs_bases_release(&bases);
	rmn_ntfs_table_release(&table);
	return status;
}
