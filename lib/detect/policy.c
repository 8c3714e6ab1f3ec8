/* SPDX-License-Identifier: MIT
 *
 * Reading the policy; see policy.h.  One row of `fields` a key. */
#include "detect/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/blob.h"
#include "base/hash.h"
#include "detect/yaml.h"

#define FILE_MAX (4u << 20)
#define ARENA_CAP (64u << 20)

static const char *const none[] = { NULL };

struct party_reading {
	struct rmn_policy_party *party;
};

static enum rmn_status
failed(const struct rmn_yaml *y)
{
	return y->error && y->error->status ? y->error->status : RMN_CORRUPT;
}

static enum rmn_status
read_version(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	const char *text = rmn_yaml_string(y, value);

	(void)object;
	if (!text || strcmp(text, "1") != 0)
		return rmn_yaml_fail(y, value, "this program knows policies of version 1");
	return RMN_OK;
}

static enum rmn_status
read_name(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_policy_party *party = object;

	party->name = rmn_yaml_string(y, value);
	return party->name ? RMN_OK : failed(y);
}

static enum rmn_status
read_aliases(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_policy_party *party = object;

	party->aliases = rmn_yaml_strings(y, value, NULL);
	return party->aliases ? RMN_OK : failed(y);
}

static enum rmn_status
read_domains(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_policy_party *party = object;

	party->domains = rmn_yaml_strings(y, value, NULL);
	return party->domains ? RMN_OK : failed(y);
}

static const struct rmn_yaml_field party_fields[] = {
	{ "name", read_name }, { "aliases", read_aliases }, { "domains", read_domains },
	{ NULL, NULL },
};

/* Adds one party to the policy, which has room. */
static enum rmn_status
read_party(struct rmn_yaml *y, const yaml_node_t *value, struct rmn_policy *policy, bool is_own)
{
	struct rmn_policy_party *parties = (struct rmn_policy_party *)(uintptr_t)policy->parties;
	struct rmn_policy_party *party = &parties[policy->party_count];
	enum rmn_status status;

	*party = (struct rmn_policy_party){ .is_own = is_own, .aliases = none, .domains = none };
	status = rmn_yaml_map(y, value, party_fields, party);
	if (status != RMN_OK)
		return status;
	if (!party->name || !party->name[0])
		return rmn_yaml_fail(y, value, "an organisation needs a name");
	policy->party_count++;
	return RMN_OK;
}

static enum rmn_status
read_own_party(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	return read_party(y, value, object, true);
}

static enum rmn_status
read_client_party(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	return read_party(y, value, object, false);
}

static size_t
sequence_size(const yaml_node_t *node)
{
	return node->type == YAML_SEQUENCE_NODE ?
	    (size_t)(node->data.sequence.items.top - node->data.sequence.items.start) : 0;
}

/* Room for `more` parties behind those that are there. */
static enum rmn_status
grow_parties(struct rmn_yaml *y, struct rmn_policy *policy, size_t more)
{
	struct rmn_policy_party *parties = rmn_arena_alloc(y->arena, policy->party_count + more + 1,
	    sizeof(*parties));

	if (!parties)
		return rmn_fail(y->error, RMN_NOMEM, "%s: out of memory", y->file);
	if (policy->party_count)
		memcpy(parties, policy->parties, policy->party_count * sizeof(*parties));
	policy->parties = parties;
	return RMN_OK;
}

static enum rmn_status
read_own(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	enum rmn_status status = grow_parties(y, object, sequence_size(value));

	return status == RMN_OK ? rmn_yaml_each(y, value, read_own_party, object) : status;
}

static enum rmn_status
read_clients(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	enum rmn_status status = grow_parties(y, object, sequence_size(value));

	return status == RMN_OK ? rmn_yaml_each(y, value, read_client_party, object) : status;
}

static enum rmn_status
read_keyword_id(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_policy_keyword *keyword = object;

	keyword->id = rmn_yaml_string(y, value);
	return keyword->id ? RMN_OK : failed(y);
}

static enum rmn_status
read_keyword_words(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_policy_keyword *keyword = object;

	keyword->words = rmn_yaml_strings(y, value, NULL);
	for (size_t i = 0; keyword->words && keyword->words[i]; i++)
		if (strlen(keyword->words[i]) < 2)
			return rmn_yaml_fail(y, value, "a word of less than two bytes is everywhere");
	return keyword->words ? RMN_OK : failed(y);
}

static enum rmn_status
read_keyword_severity(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_policy_keyword *keyword = object;
	const char *name = rmn_yaml_string(y, value);

	for (int s = RMN_SEVERITY_INFO; name && s <= RMN_SEVERITY_CRITICAL; s++) {
		if (strcmp(name, rmn_severity_name((enum rmn_severity)s)) == 0) {
			keyword->severity = (enum rmn_severity)s;
			return RMN_OK;
		}
	}
	return rmn_yaml_fail(y, value, "severity is info, low, medium, high or critical");
}

static enum rmn_status
read_keyword(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	static const struct rmn_yaml_field fields[] = { { "id", read_keyword_id },
		{ "words", read_keyword_words }, { "severity", read_keyword_severity },
		{ NULL, NULL } };
	struct rmn_policy *policy = object;
	struct rmn_policy_keyword *keywords =
	    (struct rmn_policy_keyword *)(uintptr_t)policy->keywords;
	struct rmn_policy_keyword *keyword = &keywords[policy->keyword_count];
	enum rmn_status status;

	*keyword = (struct rmn_policy_keyword){ .severity = RMN_SEVERITY_MEDIUM };
	status = rmn_yaml_map(y, value, fields, keyword);
	if (status != RMN_OK)
		return status;
	if (!keyword->id || !keyword->words || !keyword->words[0])
		return rmn_yaml_fail(y, value, "a keyword needs id and words");
	policy->keyword_count++;
	return RMN_OK;
}

static enum rmn_status
read_keywords(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_policy *policy = object;

	policy->keyword_count = 0;
	policy->keywords = rmn_arena_alloc(y->arena, sequence_size(value) + 1,
	    sizeof(*policy->keywords));
	if (!policy->keywords)
		return rmn_fail(y->error, RMN_NOMEM, "%s: out of memory", y->file);
	return rmn_yaml_each(y, value, read_keyword, policy);
}

static enum rmn_status
read_ignore(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_policy *policy = object;

	policy->ignored = rmn_yaml_strings(y, value, NULL);
	return policy->ignored ? RMN_OK : failed(y);
}

static enum rmn_status
read_off(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	struct rmn_policy *policy = object;

	policy->off = rmn_yaml_strings(y, value, NULL);
	return policy->off ? RMN_OK : failed(y);
}

static enum rmn_status
read_detectors(struct rmn_yaml *y, const yaml_node_t *value, void *object)
{
	static const struct rmn_yaml_field fields[] = { { "off", read_off }, { NULL, NULL } };

	return rmn_yaml_map(y, value, fields, object);
}

static enum rmn_status
parse(struct rmn_policy *policy, struct rmn_bytes yaml, const char *file, struct rmn_error *error)
{
	static const struct rmn_yaml_field fields[] = { { "version", read_version },
		{ "own", read_own }, { "clients", read_clients }, { "keywords", read_keywords },
		{ "ignore", read_ignore }, { "detectors", read_detectors }, { NULL, NULL } };
	struct rmn_yaml y;
	enum rmn_status status = rmn_yaml_open(&y, yaml, file, policy->arena, error);

	if (status == RMN_OK)
		status = rmn_yaml_map(&y, rmn_yaml_root(&y), fields, policy);
	rmn_yaml_release(&y);
	return status;
}

enum rmn_status
rmn_policy_parse(struct rmn_bytes yaml, const char *file, struct rmn_policy **policy,
    struct rmn_error *error)
{
	struct rmn_policy *p = calloc(1, sizeof(*p));
	unsigned char digest[RMN_SHA256_BYTES];
	struct rmn_error own = { 0 };
	enum rmn_status status;

	if (p)
		p->arena = rmn_arena_new(ARENA_CAP);
	if (!p || !p->arena) {
		free(p);
		return rmn_fail(error, RMN_NOMEM, "%s: out of memory", file);
	}
	p->ignored = p->off = none;
	status = parse(p, yaml, file, &own);
	if (status != RMN_OK) {
		rmn_policy_free(p);
		return rmn_fail(error, status, "%s", own.text);
	}
	rmn_sha256_once(yaml, digest);
	rmn_hex(digest, sizeof(digest), p->digest);
	*policy = p;
	return RMN_OK;
}

enum rmn_status
rmn_policy_load(const char *path, struct rmn_policy **policy, struct rmn_error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct rmn_blob blob = rmn_blob_from_fd(fd, FILE_MAX);
	unsigned char *data = malloc(FILE_MAX);
	size_t got = 0;
	enum rmn_status status;

	if (fd < 0 || !data)
		status = rmn_fail(error, RMN_IO, "%s: %s", path, strerror(errno));
	else
		status = rmn_blob_read(&blob, 0, data, FILE_MAX, &got, error);
	if (status == RMN_OK)
		status = rmn_policy_parse((struct rmn_bytes){ data, got }, path, policy, error);
	free(data);
	if (fd >= 0)
		close(fd);
	return status;
}

void
rmn_policy_free(struct rmn_policy *policy)
{
	if (!policy)
		return;
	rmn_arena_free(policy->arena);
	free(policy);
}

static bool
is_domain_or_below(struct rmn_bytes domain, const char *parent)
{
	size_t size = strlen(parent);

	if (!size || domain.size < size ||
	    strncasecmp((const char *)domain.data + domain.size - size, parent, size) != 0)
		return false;
	return domain.size == size || domain.data[domain.size - size - 1] == '.';
}

const struct rmn_policy_party *
rmn_policy_party_of_domain(const struct rmn_policy *policy, struct rmn_bytes domain)
{
	for (size_t i = 0; policy && i < policy->party_count; i++)
		for (const char *const *d = policy->parties[i].domains; *d; d++)
			if (is_domain_or_below(domain, *d))
				return &policy->parties[i];
	return NULL;
}

bool
rmn_policy_ignores(const struct rmn_policy *policy, struct rmn_bytes value)
{
	const unsigned char *at = value.size ? memchr(value.data, '@', value.size) : NULL;

	for (const char *const *v = policy->ignored; *v; v++) {
		size_t size = strlen(*v);

		if (value.size == size &&
		    strncasecmp((const char *)value.data, *v, size) == 0)
			return true;
		if ((*v)[0] == '@' && at && is_domain_or_below((struct rmn_bytes){ at + 1,
		    value.size - (size_t)(at + 1 - value.data) }, *v + 1))
			return true;
	}
	return false;
}
