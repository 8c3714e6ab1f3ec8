/* SPDX-License-Identifier: MIT
 *
 * Jump lists of Windows 7 and later (AutomaticDestinations-ms): what a program opened last, in an OLE2
 * file.  Each stream with a number for a name is a shell link and becomes a member; "DestList" has
 * their paths and machines once more, and what no stream is left of. */
#include <stdio.h>
#include <strings.h>

#include "format/member_bytes.h"
#include "format/ole/ole_walk.h"

struct destinations {
	const struct rmn_ole *ole;
	struct rmn_text_runs runs;
};

static enum rmn_status
take_stream(void *context, const struct rmn_cfb_entry *entry, const char *path)
{
	struct destinations *d = context;
	enum rmn_status status = RMN_OK;
	struct rmn_bytes bytes;
	char name[RMN_CFB_NAME_UNITS * 3 + 8];

	if (strcasecmp(entry->name, "DestList") == 0)
		return rmn_ole_runs(d->ole, &d->runs, entry, path);
	if (!rmn_ole_stream(d->ole, entry, &bytes, &status))
		return status;
	snprintf(name, sizeof(name), "%s.lnk", entry->name);
	rmn_member_bytes_give(d->ole->text, rmn_bytes_from_string(name), bytes);
	return status;
}

enum rmn_status
rmn_ole_jumplist(const struct rmn_ole *ole)
{
	struct destinations d = {.ole = ole};

	rmn_text_runs_init(&d.runs, ole->text, ole->cfb->arena);
	if (ole->text->status != RMN_OK)
		return ole->text->status;
	return rmn_ole_walk(ole, take_stream, &d);
}
