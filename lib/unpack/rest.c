/* SPDX-License-Identifier: MIT */
#include "unpack/rest.h"

void
rmn_rest_init(struct rmn_rest *rest, struct rmn_blob *content, const struct rmn_sink *sink)
{
	*rest = (struct rmn_rest){.content = content, .sink = sink};
	rmn_buf_init(&rest->name, 0);
}

void
rmn_rest_release(struct rmn_rest *rest)
{
	rmn_hashes_release(&rest->given);
	rmn_buf_release(&rest->name);
}

void
rmn_rest_note(struct rmn_rest *rest, struct rmn_bytes name)
{
	rmn_hashes_add(&rest->given, rmn_hash_bytes(0, name));
}

static enum rmn_status
nothing_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	(void)state;
	(void)buffer;
	(void)size;
	*got = 0;
	return rmn_fail(error, RMN_UNSUPPORTED, "only its name could be read");
}

enum rmn_status
rmn_rest_give(struct rmn_rest *rest, struct rmn_member *member)
{
	static const struct rmn_member_reader reader = {nothing_read, NULL};

	if (rest->name.failed || rest->given.failed)
		return RMN_NOMEM;
	for (size_t i = 0; i < rest->name.size; i++)
		if (rest->name.data[i] == '\\')
			rest->name.data[i] = '/';
	member->name = rmn_buf_bytes(&rest->name);
	if (member->name.size == 0 || rmn_hashes_has(&rest->given, rmn_hash_bytes(0, member->name)))
		return RMN_OK;
	rest->count++;
	return rmn_sink_member(rest->sink, member, &reader);
}
