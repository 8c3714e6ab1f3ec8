/* SPDX-License-Identifier: MIT
 *
 * Compound files of programs that no row knows (Works, Hangul, Quattro, StarOffice, installers ...): the runs
 * of text in each stream, which may lie in pieces, and the documents that storages inside are. */
#include "format/ole/ole_walk.h"

struct unknown {
	const struct rmn_ole *ole;
	struct rmn_text_runs runs;
};

static enum rmn_status
take_stream(void *context, const struct rmn_cfb_entry *entry, const char *path)
{
	struct unknown *u = context;

	return rmn_ole_runs(u->ole, &u->runs, entry, path);
}

enum rmn_status
rmn_ole_unknown(const struct rmn_ole *ole)
{
	struct unknown u = {.ole = ole};
	enum rmn_status status;

	rmn_text_runs_init(&u.runs, ole->text, ole->cfb->arena);
	if (ole->text->status != RMN_OK)
		return ole->text->status;
	status = rmn_ole_walk(ole, take_stream, &u);
	if (ole->text->given_bytes + ole->text->used == 0 && status == RMN_OK)
		return rmn_fail(ole->error, RMN_UNSUPPORTED,
		    "a compound file of no known kind, without text; its bytes were searched");
	return status != RMN_OK ? status : rmn_fail(ole->error, RMN_PARTIAL,
	    "a compound file of no known kind: runs of text only");
}
