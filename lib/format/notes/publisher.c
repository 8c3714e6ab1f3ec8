/* SPDX-License-Identifier: MIT
 *
 * Publisher documents (.pub of Publisher 98 to 2016).  Microsoft publishes no description.  The text of
 * all stories stands in Quill/QuillSub/CONTENTS, in chunks called "TEXT" (UTF-16LE); addresses of
 * links in chunks "PL  ".  All other streams give runs of text. */
#include <strings.h>

#include "base/limits.h"
#include "format/notes/chunks.h"
#include "format/ole/ole_walk.h"

struct publication {
	const struct rmn_ole *ole;
	struct rmn_text_runs runs;
	unsigned texts;
};

static enum rmn_status
take_stream(void *context, const struct rmn_cfb_entry *entry, const char *path)
{
	struct publication *p = context;
	enum rmn_status status = RMN_OK;
	struct rmn_bytes bytes;

	if (strcasecmp(path, "Quill/QuillSub/CONTENTS") != 0)
		return rmn_ole_runs(p->ole, &p->runs, entry, path);
	if (!rmn_ole_stream(p->ole, entry, &bytes, &status) ||
	    rmn_chunks_give(&p->runs, bytes, &p->texts))
		return status;
	rmn_text_part(p->ole->text, RMN_PART_BODY, rmn_bytes_from_string(path));
	rmn_text_runs_put(&p->runs, bytes);
	return rmn_fail(p->ole->error, RMN_PARTIAL, "%s is damaged: runs of text only", path);
}

enum rmn_status
rmn_ole_publisher(const struct rmn_ole *ole)
{
	struct publication p = {.ole = ole};
	enum rmn_status status;

	rmn_text_runs_init(&p.runs, ole->text, ole->cfb->arena);
	if (ole->text->status != RMN_OK)
		return ole->text->status;
	status = rmn_ole_walk(ole, take_stream, &p);
	if (status != RMN_OK || p.texts > 0)
		return status;
	return rmn_fail(ole->error, RMN_PARTIAL, "no text of stories found: runs of text only");
}
