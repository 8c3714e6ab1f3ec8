/* SPDX-License-Identifier: MIT
 *
 * Reading YAML through libyaml's document tree; see yaml.h. */
#include "detect/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum rmn_status
rmn_yaml_open(struct rmn_yaml *y, struct rmn_bytes text, const char *file,
    struct rmn_arena *arena, struct rmn_error *error)
{
	yaml_parser_t parser;
	enum rmn_status status = RMN_OK;

	*y = (struct rmn_yaml){ .file = file, .arena = arena, .error = error };
	if (!yaml_parser_initialize(&parser))
		return rmn_fail(error, RMN_NOMEM, "%s: out of memory", file);
	yaml_parser_set_input_string(&parser, text.data, text.size);
	if (!yaml_parser_load(&parser, &y->document)) {
		memset(&y->document, 0, sizeof(y->document));
		status = rmn_fail(error, RMN_CORRUPT, "%s:%zu: %s", file,
		    parser.problem_mark.line + 1, parser.problem ? parser.problem : "no YAML");
	}
	yaml_parser_delete(&parser);
	if (status == RMN_OK && !rmn_yaml_root(y))
		status = rmn_fail(error, RMN_CORRUPT, "%s:1: the file is empty", file);
	return status;
}

void
rmn_yaml_release(struct rmn_yaml *y)
{
	if (y->document.nodes.start)
		yaml_document_delete(&y->document);
}

yaml_node_t *
rmn_yaml_root(struct rmn_yaml *y)
{
	return yaml_document_get_root_node(&y->document);
}

yaml_node_t *
rmn_yaml_node(struct rmn_yaml *y, int index)
{
	return yaml_document_get_node(&y->document, index);
}

enum rmn_status
rmn_yaml_fail(struct rmn_yaml *y, const yaml_node_t *node, const char *format, ...)
{
	char text[160];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return rmn_fail(y->error, RMN_CORRUPT, "%s:%zu: %s", y->file, node->start_mark.line + 1,
	    text);
}

const char *
rmn_yaml_string(struct rmn_yaml *y, const yaml_node_t *node)
{
	struct rmn_bytes copy;

	if (node->type != YAML_SCALAR_NODE) {
		rmn_yaml_fail(y, node, "a text is expected here");
		return NULL;
	}
	copy = rmn_arena_copy(y->arena, (struct rmn_bytes){ node->data.scalar.value,
	    node->data.scalar.length });
	if (!copy.data)
		rmn_fail(y->error, RMN_NOMEM, "%s: out of memory", y->file);
	return (const char *)copy.data;
}

const char *const *
rmn_yaml_strings(struct rmn_yaml *y, const yaml_node_t *node, size_t *count)
{
	bool is_list = node->type == YAML_SEQUENCE_NODE;
	const yaml_node_item_t *items = node->data.sequence.items.start;
	size_t n = is_list ? (size_t)(node->data.sequence.items.top - items) : 1;
	const char **strings = rmn_arena_alloc(y->arena, n + 1, sizeof(*strings));

	if (!strings) {
		rmn_fail(y->error, RMN_NOMEM, "%s: out of memory", y->file);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		strings[i] = rmn_yaml_string(y, is_list ? rmn_yaml_node(y, items[i]) : node);
		if (!strings[i])
			return NULL;
	}
	if (count)
		*count = n;
	return strings;
}

static const struct rmn_yaml_field *
find_field(const struct rmn_yaml_field *fields, const yaml_node_t *key)
{
	if (key->type != YAML_SCALAR_NODE)
		return NULL;
	for (; fields->name; fields++)
		if (strcmp(fields->name, (const char *)key->data.scalar.value) == 0)
			return fields;
	return NULL;
}

enum rmn_status
rmn_yaml_map(struct rmn_yaml *y, const yaml_node_t *node, const struct rmn_yaml_field *fields,
    void *object)
{
	if (node->type != YAML_MAPPING_NODE)
		return rmn_yaml_fail(y, node, "keys and values are expected here");
	for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
	    p < node->data.mapping.pairs.top; p++) {
		const yaml_node_t *key = rmn_yaml_node(y, p->key);
		const struct rmn_yaml_field *field = find_field(fields, key);
		enum rmn_status status;

		if (!field)
			return rmn_yaml_fail(y, key, "unknown key \"%.60s\"",
			    key->type == YAML_SCALAR_NODE ?
			    (const char *)key->data.scalar.value : "");
		status = field->read(y, rmn_yaml_node(y, p->value), object);
		if (status != RMN_OK)
			return status;
	}
	return RMN_OK;
}

enum rmn_status
rmn_yaml_each(struct rmn_yaml *y, const yaml_node_t *node,
    enum rmn_status (*read)(struct rmn_yaml *y, const yaml_node_t *value, void *object),
    void *object)
{
	if (node->type != YAML_SEQUENCE_NODE)
		return rmn_yaml_fail(y, node, "a list is expected here");
	for (const yaml_node_item_t *i = node->data.sequence.items.start;
	    i < node->data.sequence.items.top; i++) {
		enum rmn_status status = read(y, rmn_yaml_node(y, *i), object);

		if (status != RMN_OK)
			return status;
	}
	return RMN_OK;
}
