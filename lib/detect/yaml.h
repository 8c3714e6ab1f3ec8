/* SPDX-License-Identifier: MIT
 *
 * YAML documents for rules and policy: nodes by key, and mistakes as "FILE:LINE: reason". */
#ifndef RMN_DETECT_YAML_H
#define RMN_DETECT_YAML_H

#include <yaml.h>

#include "base/arena.h"
#include "base/status.h"

struct rmn_yaml {
	yaml_document_t document;
	const char *file;
	struct rmn_arena *arena;	/* strings are copied there */
	struct rmn_error *error;
};

/* Loads the first document; the root is a mapping.  release() after every open, failed or not. */
enum rmn_status rmn_yaml_open(struct rmn_yaml *y, struct rmn_bytes text, const char *file,
    struct rmn_arena *arena, struct rmn_error *error);
void rmn_yaml_release(struct rmn_yaml *y);

yaml_node_t *rmn_yaml_root(struct rmn_yaml *y);
yaml_node_t *rmn_yaml_node(struct rmn_yaml *y, int index);

/* RMN_CORRUPT with where the node stands. */
enum rmn_status rmn_yaml_fail(struct rmn_yaml *y, const yaml_node_t *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The text of a scalar in the arena, or NULL (with the error set) when it is none. */
const char *rmn_yaml_string(struct rmn_yaml *y, const yaml_node_t *node);

/* A sequence of scalars, or one scalar, as a NULL-terminated array; NULL with the error set. */
const char *const *rmn_yaml_strings(struct rmn_yaml *y, const yaml_node_t *node, size_t *count);

/* One row a key; read gets the value's node. */
struct rmn_yaml_field {
	const char *name;
	enum rmn_status (*read)(struct rmn_yaml *y, const yaml_node_t *value, void *object);
};

/* Reads a mapping by its fields (ended by a NULL name); an unknown key is a mistake. */
enum rmn_status rmn_yaml_map(struct rmn_yaml *y, const yaml_node_t *node,
    const struct rmn_yaml_field *fields, void *object);

/* Calls read for each element of a sequence. */
enum rmn_status rmn_yaml_each(struct rmn_yaml *y, const yaml_node_t *node,
    enum rmn_status (*read)(struct rmn_yaml *y, const yaml_node_t *value, void *object),
    void *object);

#endif
