/* SPDX-License-Identifier: MIT */
#include "format/ole/ole_walk.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"

#define STORAGES_MAX 256u	/* of one document; the largest plan seen has 60 */
#define PATH_BYTES 256u

struct place {
	uint32_t storage;
	char path[PATH_BYTES];
};

struct walk {
	const struct rmn_ole *ole;
	rmn_ole_taker *take;
	void *context;
	struct place *places;
	size_t count;
	unsigned storages;	/* looked at, documents of their own among them */
	enum rmn_status status;
};

/* Names that start with a control character belong to OLE itself; Ichitaro's start with 4. */
static bool
is_plumbing(const char *name)
{
	return (name[0] > 0 && name[0] < 4) || name[0] == 5 || strcasecmp(name, "PRINT") == 0;
}

/* A path that is too long keeps its end. */
static void
path_join(char path[PATH_BYTES], const char *above, const char *name)
{
	while (*name > 0 && *name < ' ')
		name++;
	snprintf(path, PATH_BYTES, "%.*s%s%s", (int)(PATH_BYTES - RMN_CFB_NAME_UNITS * 3 - 2), above,
	    above[0] ? "/" : "", name);
}

/* The sink's refusal or want of memory ends the walk, anything else is remembered. */
static bool
go_on(struct walk *w, enum rmn_status status)
{
	if (w->status == RMN_OK || status == RMN_LIMIT || status == RMN_NOMEM)
		w->status = status == RMN_OK ? w->status : status;
	return w->ole->text->status == RMN_OK && status != RMN_NOMEM;
}

static bool
storage_visit(struct walk *w, uint32_t index, const char *above)
{
	const struct rmn_cfb_entry *entry = &w->ole->cfb->entries[index];
	enum rmn_status status;

	/* to tell a document takes a look at every entry of the file */
	if (++w->storages == STORAGES_MAX) {
		rmn_sink_missing(w->ole->sink, RMN_LIMIT, "storage %s: more than %u in a document",
		    entry->name, STORAGES_MAX);
		w->status = rmn_fail(w->ole->error, RMN_LIMIT,
		    "more than %u storages in a document", STORAGES_MAX);
		return false;
	}
	status = rmn_ole_embedded(w->ole, index);
	if (status != RMN_UNSUPPORTED)
		return go_on(w, status);
	w->places[w->count].storage = index;
	path_join(w->places[w->count].path, above, entry->name);
	w->count++;
	return true;
}

static bool
entry_visit(struct walk *w, uint32_t index, const char *above)
{
	const struct rmn_cfb_entry *entry = &w->ole->cfb->entries[index];
	char path[PATH_BYTES];

	if (entry->type == RMN_CFB_STORAGE)
		return storage_visit(w, index, above);
	if (entry->type != RMN_CFB_STREAM || is_plumbing(entry->name) || entry->size_bytes == 0)
		return true;
	path_join(path, above, entry->name);
	return go_on(w, w->take(w->context, entry, path));
}

enum rmn_status
rmn_ole_walk(const struct rmn_ole *ole, rmn_ole_taker *take, void *context)
{
	struct walk w = {.ole = ole, .take = take, .context = context, .count = 1};

	w.places = rmn_arena_alloc(ole->cfb->arena, STORAGES_MAX, sizeof(*w.places));
	if (!w.places)
		return rmn_fail(ole->error, RMN_LIMIT, "item outgrows its memory");
	w.places[0].storage = ole->storage;
	for (size_t i = 0; i < w.count; i++)
		for (uint32_t at = ole->cfb->entries[w.places[i].storage].first; at > 0;
		    at = ole->cfb->entries[at].next)
			if (!entry_visit(&w, at, w.places[i].path))
				return w.status;
	return w.status;
}

bool
rmn_ole_stream(const struct rmn_ole *ole, const struct rmn_cfb_entry *entry,
    struct rmn_bytes *bytes, enum rmn_status *status)
{
	struct rmn_error why = {0};
	enum rmn_status got = rmn_cfb_read(ole->cfb, entry, RMN_OLE_STREAM_MAX, bytes, &why);

	if (got != RMN_OK) {
		enum rmn_status given = rmn_sink_missing(ole->sink, got, "%s", why.text);

		*status = rmn_fail(ole->error, got, "%s", why.text);
		if (ole->text->status == RMN_OK)
			ole->text->status = given;
	}
	return bytes->size > 0;
}

enum rmn_status
rmn_ole_runs(const struct rmn_ole *ole, struct rmn_text_runs *runs,
    const struct rmn_cfb_entry *entry, const char *path)
{
	enum rmn_status status = RMN_OK;
	struct rmn_bytes bytes;

	if (rmn_ole_stream(ole, entry, &bytes, &status)) {
		rmn_text_part(ole->text, RMN_PART_BODY, rmn_bytes_from_string(path));
		rmn_text_runs_put(runs, bytes);
	}
	return status;
}
