/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: names in what NTFS logs.  Pages of $LogFile (RCRD) hold pieces of records and
 * folder entries that were written; the change journal ($UsnJrnl:$J) names every file that changed.
 * Both say which life of which file they mean, and its folder's. */
#ifndef RMN_RECOVER_NTFS_LOG_H
#define RMN_RECOVER_NTFS_LOG_H

#include "recover/ntfs_names.h"

#define RMN_NTFS_PAGE_BYTES 4096u

/* Names in one page, in order. */
struct rmn_ntfs_page {
	struct rmn_bytes bytes;		/* borrowed */
	size_t at;
	uint64_t record;		/* reference of the record that goes up to record_end */
	size_t record_end;
	bool is_journal;
};

/* Opens a page of the log (with its fix-ups applied, in place) or of the journal.  False when it is
 * none. */
bool rmn_ntfs_page_log(unsigned char *data, size_t size, struct rmn_ntfs_page *page);
void rmn_ntfs_page_journal(const unsigned char *data, size_t size, struct rmn_ntfs_page *page);

/* Of the journal only parent, changed, flags and units are known. */
bool rmn_ntfs_page_next(struct rmn_ntfs_page *page, struct rmn_ntfs_entry *entry);

/* Adds what the pages that were sighted tell. */
enum rmn_status rmn_ntfs_log_collect(struct rmn_recovery *r, const struct rmn_ntfs_table *t,
    struct rmn_ntfs_volumes *volumes, struct rmn_ntfs_names *names);

#endif
